"""Reads the weights of a TFLite file, quantised ones as the numbers that they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

_WITH_WEIGHTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def read(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """float32 kernel and bias of each convolution and dense layer, in the order in which they are computed.

    Kernels have TFLite's order: [out, height, width, in], depthwise [1, height, width, channels], dense
    [out, in].
    """
    interpreter = tf.lite.Interpreter(str(path))
    details = {each["index"]: each for each in interpreter.get_tensor_details()}

    def value(index: int) -> np.ndarray:
        """Affine quantisation of an axis (Jacob et al. 2018): (q - zero point) x scale."""
        found = interpreter.get_tensor(index).astype(np.float32)
        parameters: dict[str, Any] = details[index]["quantization_parameters"]
        if not len(parameters["scales"]):
            return found
        shape = np.ones(found.ndim, int)
        shape[parameters["quantized_dimension"]] = len(parameters["scales"])
        scale, zero = (parameters[part].reshape(shape) for part in ("scales", "zero_points"))
        return np.asarray((found - zero) * scale, np.float32)

    return [
        (value(each["inputs"][1]), value(each["inputs"][2]))
        for each in interpreter._get_ops_details()
        if each["op_name"] in _WITH_WEIGHTS
    ]
