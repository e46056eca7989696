"""Dressed people on photos: where the upper body, the lower body and the feet are."""

from vision.people.files import PeopleError
from vision.people.parts import Part
from vision.people.people import People
from vision.people.pose import Pose

__all__ = ["Part", "People", "PeopleError", "Pose"]
