"""The parts of finding people that need no network: anchors, suppression, regions, landmarks to boxes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vision.inference.pose.detector import anchors, decode, letterbox, weighted_suppression
from vision.inference.pose.landmarker import crop, refine, region_of
from vision.inference.pose.landmarks import INDEX, LANDMARKS, MASK_SIDE, Pose, Region
from vision.inference.pose.parts import parts_of

# Half a body's joints, x from its middle and y, on a photo of 400 x 800; the other half is its mirror image.
JOINTS = {
    "shoulder": (50, 200),
    "elbow": (70, 280),
    "wrist": (75, 360),
    "hip": (30, 350),
    "knee": (32, 465),
    "ankle": (34, 610),
    "heel": (34, 625),
    "foot_index": (50, 640),
}


def standing(
    detection: float = 0.9, scale: float = 1.0, shift: float = 0.0, hidden: tuple[str, ...] = ()
) -> Pose:
    landmarks = np.full((len(LANDMARKS), 5), 0.99, np.float32)
    landmarks[:, :2] = (200, 120 * scale + shift)  # the face
    for joint, (x, y) in JOINTS.items():
        for side, sign in (("left", 1), ("right", -1)):
            landmarks[INDEX[f"{side}_{joint}"], :2] = (200 + sign * x * scale, y * scale + shift)
            if joint in hidden:
                landmarks[INDEX[f"{side}_{joint}"], 3] = 0.1
    region = Region((200.0, 350 * scale + shift), 800.0 * scale, 0.0)
    return Pose(landmarks, 1.0, detection, region, np.zeros((MASK_SIDE, MASK_SIDE), np.float32))


def names(pose: Pose, height: int = 800, width: int = 400) -> list[str]:
    return [part.part for part in parts_of(pose, height, width)]


def test_anchors_lie_in_the_order_of_the_detectors_outputs() -> None:
    centres = anchors()
    assert centres.shape == (2254, 2)  # 28² x 2 + 14² x 2 + 7² x 6
    np.testing.assert_allclose(
        centres[[0, 1, 2]], [[0.5 / 28] * 2, [0.5 / 28] * 2, [1.5 / 28, 0.5 / 28]], rtol=1e-6
    )
    np.testing.assert_allclose(
        centres[[1568, 1960, -1]], [[0.5 / 14] * 2, [0.5 / 7] * 2, [6.5 / 7] * 2], rtol=1e-6
    )


def test_boxes_are_offsets_from_their_anchor_and_overlapping_ones_are_averaged() -> None:
    raw, logits = np.zeros((3, 12), np.float32), np.array([[2.0], [0.0], [4.0]], np.float32)
    raw[:, 2:4] = 44.8  # a fifth of the picture
    raw[1, 0] = 22.4
    rows = decode(raw, logits, np.array([[0.3, 0.5], [0.2, 0.5], [0.8, 0.5]], np.float32), 0.4)
    np.testing.assert_allclose(rows[:2, 1:5], [[0.2, 0.4, 0.4, 0.6]] * 2, atol=1e-6)
    merged = weighted_suppression(rows)
    assert [round(float(row[0]), 3) for row in merged] == [0.982, 0.881]
    np.testing.assert_allclose(
        merged[1][5:7], (0.3 * 0.881 + 0.2 * 0.5) / 1.381 * np.array([1, 0]) + [0, 0.5], atol=1e-3
    )
    assert weighted_suppression(decode(raw, logits - 9, anchors()[:3], 0.5)) == []


@pytest.mark.parametrize("shape", [(300, 200), (200, 300), (1, 500), (37, 37)])
def test_a_letterbox_can_be_undone(shape: tuple[int, int]) -> None:
    canvas, scale, offset = letterbox(np.full((*shape, 3), 255, np.uint8), 224)
    corner = np.array([shape[1], shape[0]]) * scale + offset
    assert canvas.shape == (224, 224, 3)
    rows, columns = np.nonzero(canvas[..., 0])
    np.testing.assert_allclose([columns.min(), rows.min()], offset, atol=1)
    np.testing.assert_allclose([columns.max() + 1, rows.max() + 1], corner, atol=1)


@pytest.mark.parametrize(
    ("circle", "degrees"), [((0, -50), 0), ((50, 0), 90), ((-50, 0), -90), ((0, 50), 180)]
)
def test_a_region_stands_its_body_upright(circle: tuple[int, int], degrees: float) -> None:
    hips = np.array([100.0, 120.0])
    region = region_of(hips, hips + circle)
    assert region.centre == (100, 120) and region.side == pytest.approx(125)
    assert abs(np.rad2deg(region.angle)) == pytest.approx(abs(degrees))
    picture = np.zeros((300, 300, 3), np.uint8)
    head = (hips + circle).astype(int).tolist()
    cv2.circle(picture, head, 5, (255, 255, 255), -1)
    rows, columns = np.nonzero(crop(picture, region)[..., 0] > 128)
    assert columns.mean() == pytest.approx(128, abs=2) and rows.mean() == pytest.approx(
        128 - 256 / 2.5, abs=2
    )


def test_landmarks_move_to_the_heat_around_them_only() -> None:
    heat = np.full((64, 64, 2), -20.0, np.float32)
    heat[34, 33, 0] = 20.0
    heat[5, 5, 1] = 20.0  # too far from its landmark
    moved = refine(np.array([[0.5, 0.5], [0.5, 0.5]]), heat)
    np.testing.assert_allclose(moved, [[33 / 64, 34 / 64], [0.5, 0.5]], atol=1e-6)


def test_parts_hold_their_joints() -> None:
    boxes = {part.part: part.box for part in parts_of(standing(), 800, 400)}
    assert list(boxes) == ["upper", "lower", "feet", "dress"]
    joints = {"upper": "shoulder hip elbow wrist", "lower": "hip knee ankle", "feet": "ankle heel foot_index"}
    joints["dress"] = "shoulder hip knee"
    for part, inside in joints.items():
        left, top, right, bottom = boxes[part]
        for joint in inside.split():
            x, y = JOINTS[joint]
            assert left <= 200 - x and 200 + x <= right and top <= y <= bottom, (part, joint)
    assert boxes["upper"][3] < 420 and boxes["lower"][1] > 280 and boxes["feet"][1] > 540


def test_what_is_cut_off_hidden_or_tiny_is_no_part() -> None:
    assert names(standing(hidden=("knee", "ankle")), height=450) == ["upper"]
    assert names(standing(shift=-330)) == ["lower", "feet"]  # cut above the waist
    assert names(standing(hidden=("knee", "ankle", "foot_index"))) == ["upper"]
    assert names(standing(hidden=("heel",))) == ["upper", "lower", "dress"]
    assert names(standing(scale=0.02, shift=100)) == []


def test_without_a_face_one_part_alone_is_not_believed() -> None:
    assert names(standing(detection=0.0, hidden=("knee", "ankle")), height=450) == []
    assert names(standing(detection=0.0)) == ["upper", "lower", "feet", "dress"]


def test_a_wide_skirt_in_the_mask_widens_the_box() -> None:
    pose = standing()
    inverse = cv2.invertAffineTransform(pose.region.matrix(MASK_SIDE))
    corners = np.array([[200, 350, 1], [110, 470, 1], [290, 470, 1]]) @ inverse.T
    cv2.fillPoly(pose.mask, [np.rint(corners).astype(np.int32)], (1.0,))
    narrow, wide = (
        next(p.box for p in parts_of(q, 800, 400) if p.part == "lower") for q in (standing(), pose)
    )
    assert wide[0] < narrow[0] and wide[2] > narrow[2] and wide[0] >= 105 and wide[2] <= 296
