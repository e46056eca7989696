"""Reads the weights of a network of ours back out of its TFLite file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tensorflow as tf

_WITH_WEIGHTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def read(path: Path) -> dict[str, list[np.ndarray]]:
    """float32 kernel and bias, as Keras orders them, of each convolution and dense layer by its name."""
    interpreter = tf.lite.Interpreter(str(path))
    details = {each["index"]: each for each in interpreter.get_tensor_details()}
    operations = interpreter._get_ops_details()
    # A kernel of float16 comes through an operation that widens it.
    stored = {each["outputs"][0]: each["inputs"][0] for each in operations if each["op_name"] == "DEQUANTIZE"}
    computed = {index for each in operations for index in each["outputs"]}

    def value(index: int) -> np.ndarray:
        return np.asarray(interpreter.get_tensor(index), np.float32)

    found = {}
    for each in operations:
        if each["op_name"] not in _WITH_WEIGHTS:
            continue
        kernel, bias = (stored.get(index, index) for index in each["inputs"][1:3])
        if kernel in computed:
            continue
        weights = value(kernel)
        order = (1, 0) if weights.ndim == 2 else (1, 2, 3, 0)
        # Biases that are all zero are left out.
        biases = value(bias) if bias >= 0 else np.zeros(details[each["outputs"][0]]["shape"][-1], np.float32)
        found[details[kernel]["name"].split("/")[1]] = [weights.transpose(order), biases]
    return found
