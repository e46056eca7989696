"""Finding dressed people: the real networks on a drawn person, on drawings without one, and on photos."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.vision import drawings
from vision import photo
from vision.inference.pose import PoseError, PoseEstimator, WornPart
from vision.inference.pose.files import DETECTOR, FOLDER, LANDMARKS, read

Colour = tuple[int, int, int]
STUDIO = Path(__file__).resolve().parents[3] / "shared/data/products/images"
SKIN, HAIR, SHIRT, TROUSERS, SHOES = (224, 172, 140), (60, 40, 30), (180, 40, 50), (40, 60, 120), (30, 30, 30)
MIDDLE = 200  # column of the drawn person

needs_networks = pytest.mark.skipif(
    not (FOLDER / LANDMARKS.name).exists(),
    reason="run `npm ci` in vision/inference/pose for the pose networks",
)
needs_photos = pytest.mark.skipif(not STUDIO.is_dir(), reason="../shared with the studio photos is not here")


def drawn_person(skin: Colour = SKIN) -> np.ndarray:
    """Somebody in a shirt, trousers and shoes, 400 x 640: like enough to one for the networks to be sure."""
    picture = np.full((640, 400, 3), 235, np.uint8)
    cv2.ellipse(picture, (MIDDLE, 95), (46, 58), 0, 0, 360, HAIR, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (MIDDLE, 105), (36, 46), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.rectangle(picture, (MIDDLE - 14, 140), (MIDDLE + 14, 175), skin, -1)
    for side in (-1, 1):
        eye = (MIDDLE + side * 15, 98)
        cv2.ellipse(picture, eye, (7, 4), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(picture, eye, 3, (40, 30, 20), -1, cv2.LINE_AA)
        cv2.ellipse(picture, (eye[0], 88), (9, 3), 0, 180, 360, HAIR, 2, cv2.LINE_AA)
        shoulder, elbow, wrist = ((MIDDLE + side * x, y) for x, y in ((62, 180), (84, 250), (92, 330)))
        cv2.polylines(picture, [np.array([shoulder, elbow, wrist])], False, skin, 22, cv2.LINE_AA)
        cv2.line(picture, shoulder, elbow, SHIRT, 30, cv2.LINE_AA)
        cv2.circle(picture, (MIDDLE + side * 93, 345), 14, skin, -1, cv2.LINE_AA)
        leg = np.array([(MIDDLE + side * x, y) for x, y in ((26, 330), (30, 460), (32, 580))])
        cv2.polylines(picture, [leg], False, TROUSERS, 44, cv2.LINE_AA)
        cv2.ellipse(picture, (MIDDLE + side * 40, 600), (28, 13), 0, 0, 360, SHOES, -1, cv2.LINE_AA)
    cv2.line(picture, (MIDDLE, 102), (MIDDLE - 3, 115), (190, 130, 105), 3, cv2.LINE_AA)
    cv2.ellipse(picture, (MIDDLE, 128), (12, 5), 0, 0, 180, (170, 70, 70), 3, cv2.LINE_AA)
    outline = [(-62, 170), (-20, 158), (0, 170), (20, 158), (62, 170), (54, 335), (-54, 335)]
    cv2.fillPoly(picture, [np.array([(MIDDLE + x, y) for x, y in outline])], SHIRT, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (5, 5), 0)


@pytest.fixture(scope="module")
def poses() -> PoseEstimator:
    return PoseEstimator.load()


def by_name(parts: list[WornPart]) -> dict[str, tuple[int, int, int, int]]:
    assert len({part.part for part in parts}) == len(parts)
    return {part.part: part.box for part in parts}


def share_inside(box: tuple[int, int, int, int], pixels: np.ndarray, colour: Colour) -> float:
    """How much of what has a colour lies in a box."""
    near = np.abs(pixels.astype(int) - colour).max(axis=2) < 12
    left, top, right, bottom = box
    return float(near[top:bottom, left:right].sum() / near.sum())


@needs_networks
@pytest.mark.parametrize("skin", [SKIN, (141, 95, 66), (74, 48, 36)])
def test_a_dressed_person_has_three_parts_and_the_whole(poses: PoseEstimator, skin: Colour) -> None:
    picture = drawn_person(skin)
    places = by_name(poses.parts(picture))
    assert list(places) == ["upper", "lower", "feet", "dress"]
    for part, colour, least in (("upper", SHIRT, 0.9), ("lower", TROUSERS, 0.9), ("feet", SHOES, 0.6)):
        assert share_inside(places[part], picture, colour) > least, part
    assert share_inside(places["upper"], picture, SHOES) == share_inside(places["dress"], picture, SHOES) == 0
    assert share_inside(places["lower"], picture, HAIR) == share_inside(places["feet"], picture, SHIRT) == 0
    assert share_inside(places["dress"], picture, SHIRT) > 0.9
    for left, top, right, bottom in places.values():
        assert 0 <= left < right <= 400 and 0 <= top < bottom <= 640


@needs_networks
def test_the_pose_says_where_the_joints_are_and_what_the_person_covers(poses: PoseEstimator) -> None:
    pose = poses.pose(drawn_person())
    assert pose is not None and pose.score > 0.9 and pose.detection > 0.9
    for name, place in (
        ("nose", (200, 112)),
        ("left_shoulder", (258, 180)),  # the person's own left
        ("right_knee", (170, 460)),
        ("left_wrist", (292, 335)),
    ):
        assert np.hypot(*(pose.point(name) - place)) < 30, name
        assert pose.seen(name) > 0.5, name
    mask = pose.person_mask(640, 400)
    assert mask.shape == (640, 400) and mask[250, 200] > 0.9 and mask[20, 20] < 0.1
    with pytest.raises(KeyError):
        pose.point("tail")


@needs_networks
def test_only_what_the_photo_shows_is_a_part(poses: PoseEstimator) -> None:
    half = drawn_person()[:380]
    assert list(by_name(poses.parts(half))) == ["upper"]


@needs_networks
@pytest.mark.parametrize("turn", [cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE])
def test_a_lying_person_is_found_too(poses: PoseEstimator, turn: int) -> None:
    picture = np.ascontiguousarray(cv2.rotate(drawn_person(), turn))
    places = by_name(poses.parts(picture))
    assert share_inside(places["upper"], picture, SHIRT) > 0.9
    assert share_inside(places["lower"], picture, TROUSERS) > 0.8


@needs_networks
def test_of_two_the_larger_one_is_taken(poses: PoseEstimator) -> None:
    small = cv2.resize(drawn_person(), (200, 320), interpolation=cv2.INTER_AREA)
    beside = np.full((640, 200, 3), 235, np.uint8)
    beside[320:] = small
    for picture, left in (
        (np.hstack([drawn_person(), beside]), 0),
        (np.hstack([beside, drawn_person()]), 200),
    ):
        box = by_name(poses.parts(picture))["upper"]
        assert left <= box[0] and box[2] <= left + 400


@needs_networks
@pytest.mark.parametrize("size", [(160, 100), (1600, 1000)])
def test_boxes_follow_the_size_of_the_photo(poses: PoseEstimator, size: tuple[int, int]) -> None:
    height, width = size
    resized = cv2.resize(drawn_person(), (width, height), interpolation=cv2.INTER_AREA)
    whole, other = by_name(poses.parts(drawn_person())), by_name(poses.parts(resized))
    for part in ("upper", "lower"):
        np.testing.assert_allclose(np.array(other[part]) / height, np.array(whole[part]) / 640, atol=0.04)


@needs_networks
@pytest.mark.parametrize("product", [drawings.t_shirt, drawings.trousers, drawings.dress, drawings.handbag])
def test_a_flat_product_is_nobody(poses: PoseEstimator, product: object) -> None:
    assert poses.parts(product((180, 40, 60))) == []  # type: ignore[operator]


@needs_networks
@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 2, 3), (64, 64, 3)])
def test_nothing_is_found_in_nothing(poses: PoseEstimator, shape: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert poses.parts(noise) == [] and poses.parts(np.zeros(shape, np.uint8)) == []


@needs_networks
def test_calls_from_threads_agree(poses: PoseEstimator) -> None:
    pictures = [drawn_person(), drawings.t_shirt((10, 120, 60))] * 3
    alone = [poses.parts(picture) for picture in pictures]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(poses.parts, pictures)) == alone


@needs_networks
@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3), np.float32), np.zeros((0, 9, 3), np.uint8)]
)
def test_other_arrays_are_refused(poses: PoseEstimator, pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        poses.parts(pixels)


def test_missing_and_damaged_networks_are_named(tmp_path: Path) -> None:
    with pytest.raises(PoseError, match="npm ci"):
        PoseEstimator.load(tmp_path)
    (tmp_path / DETECTOR.name).write_bytes(b"not a network")
    with pytest.raises(PoseError, match="damaged"):
        read(tmp_path, DETECTOR)


@needs_networks
@needs_photos
@pytest.mark.parametrize(
    ("number", "names"),
    [
        (19457, ["upper"]),  # T-shirt on a model
        (12010, ["upper"]),
        (12760, ["lower", "feet"]),  # jeans on a model whose head is cut off
        (12222, ["lower", "feet"]),
        (12978, []),  # a shoe, bags
        (11124, []),
        (20599, []),
    ],
)
def test_studio_photos(poses: PoseEstimator, number: int, names: list[str]) -> None:
    path = STUDIO / f"{number}.jpg"
    if not path.exists():
        pytest.skip(f"{path.name} is not among the photos")
    assert list(by_name(poses.parts(photo.decode(path.read_bytes()).pixels))) == names
