"""Dressed people on photos: where the upper body, the lower body and the feet are."""

from vision.inference.pose.files import PeopleError
from vision.inference.pose.landmarks import Pose
from vision.inference.pose.parts import Part
from vision.inference.pose.person import People

__all__ = ["Part", "People", "PeopleError", "Pose"]
