"""Dressed people on photos: where the upper body, the lower body and the feet are."""

from vision.inference.pose.files import PoseError
from vision.inference.pose.landmarks import Pose
from vision.inference.pose.parts import WornPart
from vision.inference.pose.person import PoseEstimator

__all__ = ["Pose", "PoseError", "PoseEstimator", "WornPart"]
