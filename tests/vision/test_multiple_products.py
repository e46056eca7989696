"""One product or several on a photo: drawn pairs, packs, sets and backgrounds."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision import drawings
from vision.inference.multiple_products import product_boxes

RED, BLUE, GREEN = (190, 40, 50), (40, 60, 150), (40, 130, 70)


def shoe(colour: tuple[int, int, int], size: int = 256) -> np.ndarray:
    picture = np.full((size, size, 3), 255, np.uint8)
    outline = [(30, 110), (84, 100), (120, 140), (200, 160), (232, 186), (228, 206), (30, 206)]
    cv2.fillPoly(picture, [np.array(outline) * size // 256], colour, cv2.LINE_AA)
    cv2.rectangle(picture, (30, 198), (230, 208), (230, 230, 225), -1)
    return picture


def on(background: np.ndarray, picture: np.ndarray) -> np.ndarray:
    """Lay a drawing on white over another background of its size."""
    white = (picture >= 250).all(axis=2, keepdims=True)
    return np.where(white, background, picture)


@pytest.mark.parametrize(
    "draw", [drawings.t_shirt, drawings.trousers, drawings.dress, drawings.handbag, shoe]
)
@pytest.mark.parametrize("colour", [RED, (250, 250, 250), (20, 20, 20), (236, 236, 238)])
def test_one_product_is_one(draw: object, colour: tuple[int, int, int]) -> None:
    assert product_boxes(draw(colour)) == []  # type: ignore[operator]


@pytest.mark.parametrize("stack", [np.hstack, np.vstack])
def test_two_products_are_two_with_their_boxes(stack: object) -> None:
    boxes = product_boxes(stack([drawings.t_shirt(RED), drawings.trousers(BLUE)]))  # type: ignore[operator]
    assert len(boxes) == 2
    down = stack is np.vstack
    shirt, trousers = sorted(boxes, key=lambda box: box[1 if down else 0])
    moved = (0, 256, 0, 256) if down else (256, 0, 256, 0)
    np.testing.assert_allclose(shirt, (34, 50, 222, 214), atol=10)
    np.testing.assert_allclose(trousers, np.array((74, 24, 182, 236)) + moved, atol=10)


def test_three_products_are_three() -> None:
    row = [drawings.handbag(GREEN), drawings.t_shirt(RED), drawings.trousers(BLUE)]
    assert len(product_boxes(np.hstack(row))) == 3


def test_two_of_one_colour_are_two_where_their_shapes_differ() -> None:
    assert len(product_boxes(np.hstack([drawings.handbag(RED), drawings.trousers(RED)]))) == 2


@pytest.mark.parametrize(
    "other",
    [
        shoe(RED),
        shoe(RED)[:, ::-1],
        shoe(RED)[::-1],
        cv2.rotate(shoe(RED), cv2.ROTATE_90_CLOCKWISE),
        shoe(BLUE),
    ],
    ids=["beside", "mirrored", "upside down", "turned", "a pack in two colours"],
)
def test_a_pair_is_one_product(other: np.ndarray) -> None:
    assert product_boxes(np.hstack([shoe(RED), other])) == []


def test_a_pair_beside_something_else_is_two() -> None:
    boxes = product_boxes(np.hstack([shoe(RED), shoe(RED)[:, ::-1], drawings.handbag(GREEN)]))
    assert len(boxes) == 2 and boxes[0][2] > 256


def test_a_label_or_a_shadow_is_no_product() -> None:
    picture = drawings.t_shirt(RED)
    cv2.rectangle(picture, (6, 6), (30, 22), (0, 0, 0), -1)
    cv2.ellipse(picture, (128, 240), (110, 8), 0, 0, 360, (246, 246, 246), -1)
    assert product_boxes(picture) == []


def test_pieces_that_a_faint_difference_ties_together_are_one() -> None:
    picture = np.full((256, 256, 3), 255, np.uint8)
    picture[40:220, 60:200] = 245  # a white shirt on white
    picture[40:80, 60:200] = RED  # its yoke
    picture[150:220, 60:200] = BLUE
    assert product_boxes(picture) == []


def test_a_lamp_on_one_side_does_not_hide_two_products() -> None:
    light = np.linspace(150, 225, 512)[None, :, None] * np.ones((256, 1, 3))
    both = np.hstack([drawings.t_shirt(RED), drawings.trousers(BLUE)])
    assert len(product_boxes(on(light.astype(np.uint8), both))) == 2


def test_a_busy_background_is_not_judged() -> None:
    squares = (np.indices((256, 512)).sum(axis=0) // 16 % 2 * 120 + 60).astype(np.uint8)
    both = np.hstack([drawings.t_shirt(RED), drawings.trousers(BLUE)])
    assert product_boxes(on(np.repeat(squares[..., None], 3, axis=2), both)) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_any_picture_gives_boxes_inside_it(height: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    picture = np.full((height, width, 3), random.integers(0, 256, 3), np.uint8)
    for _ in range(4):
        corners = np.sort(random.integers(0, [[width], [height]], (2, 2)), axis=1).tolist()
        cv2.rectangle(
            picture,
            (corners[0][0], corners[1][0]),
            (corners[0][1], corners[1][1]),
            random.integers(0, 256, 3).tolist(),
            -1,
        )
    boxes = product_boxes(picture)
    assert len(boxes) != 1
    assert all(
        0 <= left < right <= width and 0 <= top < bottom <= height for left, top, right, bottom in boxes
    )


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
)
def test_other_arrays_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        product_boxes(pixels)


def test_it_is_cheap() -> None:
    """Processor time, not the clock's: other tests may run at the same time."""
    both = np.hstack([drawings.t_shirt(RED, 800), drawings.trousers(BLUE, 800)])
    times = []
    for _ in range(7):
        began = time.thread_time()
        assert product_boxes(both)
        times.append(time.thread_time() - began)
    assert np.median(times) < 0.015
