"""Finds the person on a photo, and on the person the products.

    estimator = PoseEstimator.load()
    for part in estimator.parts(photo.decode(data).pixels):
        left, top, right, bottom = part.box

One person a photo: the largest near the middle. The detector needs a face. Where it is in doubt, the landmark
network is asked directly, over the two ways in which shops and customers cut the head off: from the waist
down, and from the neck to the thighs. A pose counts only if a second pass, laid by the first, still sees it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from vision.inference.pose.detector import Detector, PersonDetection
from vision.inference.pose.files import DETECTOR, FOLDER, LANDMARKS, Interpreter, read
from vision.inference.pose.landmarker import Landmarker, region_of
from vision.inference.pose.landmarks import Pose, Region
from vision.inference.pose.parts import WornPart, parts_of

# Chosen on studio photos with and without a model and on customers' flat ones.
DOUBT: Final = 0.15  # detector's score below which nobody is there
FACE: Final = 0.5  # from which it has seen somebody's face, as MediaPipe's graph has it
SURE: Final = 0.8  # from which the number of landmarks does not matter (a portrait has few)
FIRST_PASS, SECOND_PASS = 0.6, 0.75  # scores of the landmark network
CLEAR: Final = 0.97  # of the landmark network: with a sure detector one pass is enough
LANDMARKS_SEEN: Final = 23  # of 33, in both passes: folds of flat clothes give fewer
TILT, SURE_TILT = np.deg2rad(45), np.deg2rad(120)  # to lie takes a sure detector; nobody stands on the head
LEAST_REGION: Final = 0.5  # of the photo's longer side, where the detector is not sure: a logo is no person
CUT: Final = 0.05  # of the height: how near to the photo's top a body without a head must begin
MOST_TRIED: Final = 2  # people of a group


class PoseEstimator:
    """Finds dressed people. `pose` and `parts` may be called from any thread; calls take turns."""

    def __init__(self, detector: Detector, landmarker: Landmarker) -> None:
        self._detector, self._landmarker = detector, landmarker
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path | None = None, threads: int = 1) -> PoseEstimator:
        """Load and warm up the networks from the folder of the npm package `@mediapipe/pose`.

        Raises `PoseError` where they are missing or damaged; only this imports TensorFlow.
        """
        folder = FOLDER if folder is None else folder
        detector, landmarks = read(folder, DETECTOR), read(folder, LANDMARKS)
        estimator = cls(Detector(Interpreter(detector, threads)), Landmarker(Interpreter(landmarks, threads)))
        estimator.pose(np.zeros((64, 64, 3), np.uint8))
        return estimator

    def parts(self, pixels: np.ndarray) -> list[WornPart]:
        """The products worn on a photo uint8 [h, w, 3] sRGB; [] where nobody wears any."""
        pose = self.pose(pixels)
        return [] if pose is None else parts_of(pose, pixels.shape[0], pixels.shape[1])

    def pose(self, pixels: np.ndarray) -> Pose | None:
        """The pose of the main person of a photo uint8 [h, w, 3] sRGB; None where nobody is.

        Raises `ValueError` for anything but such pixels.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
            raise ValueError(
                f"pixels must be uint8 [height, width, 3], not {pixels.dtype} {list(pixels.shape)}"
            )
        with self._lock:
            found = self._detector(pixels, DOUBT)
            for region, score in _tries(found, pixels.shape[0], pixels.shape[1]):
                pose = self._in_two_passes(pixels, region, score)
                if pose is not None:
                    return pose
        return None

    def _in_two_passes(self, pixels: np.ndarray, region: Region, detection: float) -> Pose | None:
        first, better = self._landmarker(pixels, region, detection)
        if first.score < FIRST_PASS or not 0.2 * region.side < better.side < 3 * region.side:
            return None
        sure = detection >= SURE
        if abs(better.angle) > (SURE_TILT if sure else TILT):
            return None
        if sure and first.score >= CLEAR:
            return first
        second, _next = self._landmarker(pixels, better, detection)
        if second.score < SECOND_PASS:
            return None
        return second if sure or _is_plausible(first, second, pixels.shape[0], pixels.shape[1]) else None


def _is_plausible(first: Pose, second: Pose, height: int, width: int) -> bool:
    """Whether a pose that the detector was not sure of is that of a person and not folds of clothes."""
    if min(first.landmarks_seen, second.landmarks_seen) < LANDMARKS_SEEN:
        return False
    if second.detection >= FACE:
        return second.region.side >= LEAST_REGION * max(height, width)
    covered = second.person_points()
    return bool(len(covered) and covered[:, 1].min() <= CUT * height)


def _tries(found: list[PersonDetection], height: int, width: int) -> Iterator[tuple[Region, float]]:
    """Regions where a body may be, the likeliest first, with the detector's score for each (0: a guess)."""
    faces = [detection for detection in found if detection.score >= FACE]
    middle = np.array([width, height]) / 2

    def prominence(detection: PersonDetection) -> float:
        hips, circle = detection.keypoints[:2]
        off = np.hypot(*((hips - middle) / middle))
        return float(np.hypot(*(circle - hips)) / (1 + off))

    for detection in sorted(faces, key=prominence, reverse=True)[:MOST_TRIED]:
        yield region_of(*detection.keypoints[:2]), detection.score
    if found:
        yield Region((width / 2, 0.08 * height), 2.4 * height, 0.0), 0.0  # from the waist down
    if faces:
        yield Region((width / 2, 0.75 * height), 2.75 * height, 0.0), 0.0  # from the neck to the thighs
