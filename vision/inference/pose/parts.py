"""Where a dressed person's products are on the photo: the upper body, the lower body, the feet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from vision.inference.pose.landmarks import Pose

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the photo

UPPER, LOWER, FEET, DRESS = "upper", "lower", "feet", "dress"
SIDES: Final = ("left", "right")
SEEN: Final = 0.5  # how likely a landmark must be in the picture and not hidden
# How much of the way from neck to hips, from waist to ankles the photo must show.
UPPER_SHARE, LOWER_SHARE = 0.35, 0.45
LEAST_SIDE: Final = 16  # pixels: smaller boxes tell the network nothing
# Lengths in units of the torso (shoulders to hips). Hips are the joints: the waist is above, a hem below.
COLLAR, WAIST, HEM, CUFF = 0.22, 0.3, 0.25, 0.12
SHOULDER_EASE, HIP_EASE, KNEE_EASE, LIMB_EASE = 0.2, 0.3, 0.25, 0.1
# Of the foot's length; of the shin, a shoe's collar and the length of a foot that points to the camera.
FOOT_EASE, SHAFT, FOOT = 0.4, 0.15, 0.4
LONGEST_THIGH: Final = 0.85  # of the torso; where no face was seen, more means that there is only a waist
MASK_REACH: Final = 0.35  # how far the person's mask (a wide skirt, a coat) may widen a box


@dataclass(frozen=True)
class WornPart:
    """One product's place on a person: `part` is "upper", "lower", "feet" or "dress" (neck to knees).

    `box` is (left, top, right, bottom) in pixels, inside the photo. A "dress" comes last, with an upper and a
    lower one, and covers both to the knees: for the eyes to tell whether one garment does so too.
    """

    part: str
    box: Box


def parts_of(pose: Pose, height: int, width: int) -> list[WornPart]:
    """The products' places on a person, top to bottom; only those that the photo shows enough of."""
    parts = _Body(pose, height, width).parts()
    # Flat trousers can pass for legs, a flat shirt for a torso. Without a face, one part alone does not tell
    # more than the whole photo anyway.
    return parts if pose.detection > 0 or len(parts) > 1 else []


class _Body:
    """A pose with its axis: `down` points from the shoulders to the hips, `aside` to the person's left."""

    def __init__(self, pose: Pose, height: int, width: int) -> None:
        self._pose, self._height, self._width = pose, height, width
        self._shoulders, self._hips = self._middle("shoulder"), self._middle("hip")
        axis = self._hips - self._shoulders
        length = float(np.hypot(*axis))
        self._down = axis / length if length > 1 else np.array([0.0, 1.0])
        self._aside = np.array([self._down[1], -self._down[0]])
        across = float(np.hypot(*(pose.point("left_shoulder") - pose.point("right_shoulder"))))
        self._torso, self._thigh = length, float(np.hypot(*(self._middle("knee") - self._hips)))
        # Seen from above or bent, a torso looks too short to measure by.
        self._unit = max(length, 0.8 * across, 0.5 * self._thigh, 1.0)
        self._person = pose.person_points()

    def parts(self) -> list[WornPart]:
        places = {UPPER: self._upper(), LOWER: self._lower(), FEET: self._feet()}
        if places[UPPER] is not None and places[LOWER] is not None:
            places[DRESS] = self._dress()
        return [WornPart(part, box) for part, box in places.items() if box is not None]

    def _upper(self) -> Box | None:
        if self._pose.detection == 0 and self._thigh > LONGEST_THIGH * self._torso:
            return None
        if not self._shown(("shoulder", "hip"), self._neck(), UPPER_SHARE):
            return None
        return self._box(self._upper_points(), self._neck(), self._hem())

    def _lower(self) -> Box | None:
        if not self._shown(("hip", "knee", "ankle"), self._waist(), LOWER_SHARE):
            return None
        points = [self._waist(), *self._around("hip", HIP_EASE), *self._around("knee", KNEE_EASE)]
        for side in SIDES:
            knee, ankle = self._pose.point(f"{side}_knee"), self._pose.point(f"{side}_ankle")
            shin = (ankle - knee) / max(1.0, float(np.hypot(*(ankle - knee))))
            points += self._about(ankle + shin * CUFF * self._unit, LIMB_EASE)
        return self._box(points, self._waist(), None)

    def _dress(self) -> Box | None:
        points = [*self._upper_points(), *self._around("hip", HIP_EASE), *self._around("knee", KNEE_EASE)]
        return self._box(points, self._neck(), self._middle("knee"))

    def _feet(self) -> Box | None:
        points: list[np.ndarray] = []
        for side in SIDES:
            names = [f"{side}_{joint}" for joint in ("ankle", "heel", "foot_index")]
            ankle, heel, toes = (self._pose.point(name) for name in names)
            if min(self._pose.seen(name) for name in names) < SEEN:
                continue
            if not (self._inside(ankle) and self._inside(toes)):
                continue
            shin = self._pose.point(f"{side}_knee") - ankle
            ease = FOOT_EASE * max(float(np.hypot(*(toes - heel))), FOOT * float(np.hypot(*shin)))
            for point in (ankle + SHAFT * shin, ankle, heel, toes):
                points += [point - ease, point + ease]
        return self._clipped(points) if points else None

    def _upper_points(self) -> list[np.ndarray]:
        points = [self._neck(), self._hem(), *self._around("shoulder", SHOULDER_EASE)]
        points += self._around("hip", SHOULDER_EASE)
        for side in SIDES:
            for joint in ("elbow", "wrist"):
                point = self._pose.point(f"{side}_{joint}")
                if self._pose.seen(f"{side}_{joint}") >= SEEN and self._down @ (point - self._neck()) > 0:
                    points += self._about(point, LIMB_EASE)  # not a raised arm: it would take in the face
        return points

    def _neck(self) -> np.ndarray:
        return self._shoulders - self._down * COLLAR * self._unit

    def _waist(self) -> np.ndarray:
        return self._hips - self._down * WAIST * self._unit

    def _hem(self) -> np.ndarray:
        return self._hips + self._down * HEM * self._unit

    def _middle(self, joint: str) -> np.ndarray:
        both = [self._pose.point(f"{side}_{joint}") for side in SIDES]
        return np.asarray(np.mean(both, axis=0), np.float64)

    def _around(self, joint: str, ease: float) -> list[np.ndarray]:
        points = [self._pose.point(f"{side}_{joint}") for side in SIDES]
        return [point + sign * self._aside * ease * self._unit for point in points for sign in (-1, 1)]

    def _about(self, point: np.ndarray, ease: float) -> list[np.ndarray]:
        return [point - ease * self._unit, point + ease * self._unit]

    def _inside(self, point: np.ndarray) -> bool:
        return bool(0 <= point[0] < self._width and 0 <= point[1] < self._height)

    def _shown(self, joints: tuple[str, ...], start: np.ndarray, least: float) -> bool:
        """Whether the first joint is seen, and how much of the way over the joints lies within the photo.

        Of the way to a joint that is hidden or cut off only the first half counts, and nothing after it.
        """
        steps = np.linspace(0, 1, 12, endpoint=False)[:, None]
        total, inside, known = 0.0, 0.0, True
        for joint in joints:
            end = self._middle(joint)
            seen = max(self._pose.seen(f"{side}_{joint}") for side in SIDES) >= SEEN
            if joint == joints[0] and not seen:
                return False
            length = float(np.hypot(*(end - start)))
            total += length
            if known:
                points = start + steps[: len(steps) if seen else len(steps) // 2] * (end - start)
                inside += length * sum(self._inside(point) for point in points) / len(steps)
            start, known = end, known and seen
        return inside >= least * max(total, 1e-6)

    def _box(self, points: list[np.ndarray], top: np.ndarray, bottom: np.ndarray | None) -> Box | None:
        """The box of the points, widened to the person's mask between two heights of the body."""
        around = np.array(points)
        low, high = around.min(axis=0), around.max(axis=0)
        reach = MASK_REACH * self._unit
        near = ((self._person >= low - reach) & (self._person <= high + reach)).all(axis=1)
        along = self._person @ self._down
        near &= along >= top @ self._down
        if bottom is not None:
            near &= along <= bottom @ self._down
        return self._clipped([low, high, *self._person[near]])

    def _clipped(self, points: list[np.ndarray]) -> Box | None:
        around = np.array(points)
        left, top = np.maximum(np.floor(around.min(0)), 0).astype(int).tolist()
        right, bottom = np.minimum(np.ceil(around.max(0)), [self._width, self._height]).astype(int).tolist()
        return (left, top, right, bottom) if min(right - left, bottom - top) >= LEAST_SIDE else None
