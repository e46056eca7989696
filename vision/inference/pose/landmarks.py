"""A body's pose as plain data: 33 named landmarks and the person's mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

# The order of BlazePose's landmarks (Bazarevsky et al. 2020); left and right are the person's own.
LANDMARKS: Final = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}
MASK_SIDE: Final = 256


@dataclass(frozen=True)
class Region:
    """A turned square of a photo: `centre` (x, y) and `side` in pixels, `angle` in radians clockwise."""

    centre: tuple[float, float]
    side: float
    angle: float

    def matrix(self, side: int) -> np.ndarray:
        """The affine map [2, 3] from a picture of `side` x `side` pixels of this region into the photo."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        turn = np.array([[cos, -sin], [sin, cos]]) * (self.side / side)
        shift = np.array(self.centre) - turn @ np.full(2, side / 2)
        return np.concatenate([turn, shift[:, None]], axis=1)


@dataclass(frozen=True)
class Pose:
    """A person's pose.

    `landmarks` float32 [33, 5]: x and y in pixels of the photo, z in the same scale (towards the camera is
    negative, the hips are 0), visibility (not hidden) and presence (inside the picture), both 0..1.
    `score` 0..1 says how sure the network is that there is a body at all; `detection` the detector's score, 0
    where the detector found nobody and the pose was found without it. `mask` float32 [256, 256]: how likely
    each point of `region` belongs to the person; `person_mask` lays it over the photo.
    """

    landmarks: np.ndarray
    score: float
    detection: float
    region: Region
    mask: np.ndarray

    def point(self, name: str) -> np.ndarray:
        """Where a landmark is: x, y in pixels. Raises `KeyError` for a name that is none of `LANDMARKS`."""
        return np.asarray(self.landmarks[INDEX[name], :2])

    def seen(self, name: str) -> float:
        """How likely a landmark is inside the picture and not hidden, 0..1."""
        return float(self.landmarks[INDEX[name], 3:].min())

    @property
    def landmarks_seen(self) -> int:
        """How many landmarks are more likely than not inside the picture and not hidden."""
        return int((self.landmarks[:, 3:].min(axis=1) > 0.5).sum())

    def person_points(self, step: int = 2) -> np.ndarray:
        """Points of the person, [n, 2] as x, y in pixels of the photo: every `step`th of the mask."""
        rows, columns = np.nonzero(self.mask[::step, ::step] > 0.5)
        matrix = self.region.matrix(MASK_SIDE)
        return np.asarray(np.stack([columns, rows], axis=1) * step @ matrix[:, :2].T + matrix[:, 2])

    def person_mask(self, height: int, width: int) -> np.ndarray:
        """The mask laid over the photo of that size: float32 [height, width], 0 outside of the region."""
        import cv2

        matrix = self.region.matrix(MASK_SIDE)
        return cv2.warpAffine(self.mask, matrix, (width, height), flags=cv2.INTER_LINEAR)
