"""The two networks of the npm package `@mediapipe/pose` (Apache-2.0), found, checked and run.

`npm ci` in this folder puts them into `node_modules`; they are not part of this repository. The landmark
network lies there as a plain TFLite file. The detector is in `pose_solution_packed_assets.data`, a file of
Emscripten's packager, whose loader lists its contents as one entry from byte 0 to the end: so the packed
file *is* `pose_detection.tflite`, byte for byte, and nothing has to be unpacked.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

FOLDER: Final = Path(__file__).with_name("node_modules") / "@mediapipe" / "pose"
PACKAGE: Final = "@mediapipe/pose 0.5.1675469404"


class PoseError(RuntimeError):
    """The networks are missing or are not the ones that this code decodes."""


class ModelFile(NamedTuple):
    name: str
    sha256: str


DETECTOR: Final = ModelFile(
    "pose_solution_packed_assets.data", "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85"
)
LANDMARKS: Final = ModelFile(
    "pose_landmark_full.tflite", "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"
)


def read(folder: Path, file: ModelFile) -> bytes:
    """The bytes of a network; raises `PoseError` where they are missing or others than expected.

    The check is not only against a wrong version: TensorFlow ends the process on a damaged file.
    """
    try:
        content = (folder / file.name).read_bytes()
    except OSError as error:
        raise PoseError(
            f"{file.name} of the npm package {PACKAGE} is not in {folder}: "
            "run `npm ci` in vision/inference/pose"
        ) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise PoseError(f"{file.name} in {folder} is damaged or not that of {PACKAGE}")
    return content


class Interpreter:
    """A TFLite network with one picture as input. Not thread-safe."""

    def __init__(self, content: bytes, threads: int = 1) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow as tf

        self._network = tf.lite.Interpreter(model_content=content, num_threads=threads)
        self._network.allocate_tensors()
        self._input = self._network.get_input_details()[0]["index"]
        self._outputs = [output["index"] for output in self._network.get_output_details()]

    def __call__(self, picture: np.ndarray) -> list[np.ndarray]:
        """Run on float32 [h, w, 3]; the outputs without their batch axis, in the file's order."""
        self._network.set_tensor(self._input, picture[None])
        self._network.invoke()
        return [self._network.get_tensor(index)[0] for index in self._outputs]
