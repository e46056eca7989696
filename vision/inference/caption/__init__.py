"""Captions: CNN feature map + attention + LSTM decoder, held to what the heads saw.

    captioner = load_captioner(folder)  # of `vision.inference.loading`
    captioner.describe(features, prediction)
    # {"en": "women's navy blue striped top", "zh": "女士藏青色条纹上衣"}

`facts("men's white T-shirt")` tells what a caption claims; `compose(prediction)` makes one without a decoder.
Training (`vision.training.caption.trainer`) is not imported here: it needs TensorFlow.
"""

from vision.inference.caption.captioner import Captioner
from vision.inference.caption.composed import ComposedCaptions, compose
from vision.inference.caption.facts import Facts, facts

__all__ = ["Captioner", "ComposedCaptions", "Facts", "compose", "facts"]
