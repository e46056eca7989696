"""Times one photo turn beside a bare backbone call, `tf.function` and `model.predict`, all in the same run.

A turn is what a customer waits for once the photo is decoded: is it good enough, is somebody on it, all heads
and the caption, and the search for what is like it among 10,000 products. Speed does not depend on what
weights say: those of the bare backbone and of the captioner beside ours are random.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from vision import photo
from vision.inference.caption import Captioner
from vision.inference.eyes import Eyes
from vision.inference.loading import load_eyes
from vision.inference.similarity import Descriptors, ranking
from vision.inference.tflite import Network
from vision.inference.training_neighbours import TrainingNeighbours
from vision.inference.weights import WEIGHTS
from vision.predictions import SIDE, Prediction
from vision.training import backbone, network
from vision.training.caption.decoder import Decoder
from vision.training.export import restored, to_tflite

PHOTOS = Path(__file__).resolve().parents[2] / "data/demo/pictures"
PRODUCTS = 10_000
WARM = 3  # calls that are not counted
BAR = 4.0  # a turn takes less than so many bare backbone calls


def bare_backbone() -> Callable[[np.ndarray], object]:
    """One TFLite call of the bare backbone (float32 [1, SIDE, SIDE, 3] in, feature map out)."""
    body = backbone.build(size=SIDE)
    bare = tf.keras.Model(body.input, body.outputs[0])
    call = tf.function(lambda pixels: {"features": bare(pixels, training=False)})
    spec = tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32, "pixels")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backbone.tflite"
        path.write_bytes(to_tflite(call.get_concrete_function(spec), bare))
        return Network(path)


def keras_model(weights: Path = WEIGHTS) -> tf.keras.Model:
    """The shipped network as a Keras model, for `tf.function` and `predict`."""
    model, heads = restored(weights)
    return network.serving(model, heads.sizes())


class Beside(Network):
    """A shipped network that does every call once more as a Keras model by `predict`; keeps the seconds of
    both and answers as the shipped one, so that the calls are those of a real prediction.
    """

    def __init__(self, path: Path, model: tf.keras.Model) -> None:
        super().__init__(path)
        self._model = model
        self.ours = self.predicted = 0.0

    def __call__(self, *arrays: np.ndarray, **named: np.ndarray) -> dict[str, np.ndarray]:
        named.update(zip(self.inputs, arrays, strict=False))
        rows = max(map(len, named.values()))  # what is one row for all is one for each there
        batch = {name: np.repeat(array, rows // len(array), axis=0) for name, array in named.items()}
        began = time.perf_counter()
        answer = super().__call__(**named)
        answered = time.perf_counter()
        self._model.predict(batch if len(batch) > 1 else next(iter(batch.values())), verbose=0)
        self.ours += answered - began
        self.predicted += time.perf_counter() - answered
        return answer


class Twin:
    """The heads and the captioner, each network beside itself as a Keras model."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        facts, caption = (
            json.loads((weights / name).read_text(encoding="utf-8")) for name in ("eyes.json", "caption.json")
        )
        self.model = keras_model(weights)
        decoder = Decoder(len(caption["words"]))
        models = {
            "eyes": self.model,
            "caption_start": _keras(lambda x: decoder.start(x["features"], x["belief"])),
            "caption_step": _keras(lambda x: decoder.step(x["token"], x["h"], x["c"], x["keys"], x["told"])),
        }
        self._all = [Beside(weights / f"{name}.tflite", model) for name, model in models.items()]
        network, first, following = self._all
        neighbours = TrainingNeighbours.load(weights)
        self._eyes = Eyes(
            network, facts, captioner=Captioner(first, following, caption), neighbours=neighbours
        )

    def predict(self, pixels: np.ndarray) -> tuple[float, float]:
        """Seconds that one prediction spends in our networks, and in `predict` of the same."""
        for each in self._all:
            each.ours = each.predicted = 0.0
        self._eyes.predict(pixels)
        return sum(each.ours for each in self._all), sum(each.predicted for each in self._all)


def _keras(function: Callable[[dict[str, tf.Tensor]], tuple[tf.Tensor, ...]]) -> tf.keras.Model:
    class Called(tf.keras.Model):
        def call(self, inputs: dict[str, tf.Tensor]) -> tuple[tf.Tensor, ...]:
            return function(inputs)

    return Called()


def products(prediction: Prediction, count: int = PRODUCTS, seed: int = 1) -> Descriptors:
    """A gallery of made-up products whose descriptors have the sizes of the prediction's."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(count, len(prediction.embedding))).astype(np.float32)
    kinds = rng.dirichlet(np.full(len(prediction.kinds), 0.05), count).astype(np.float32)
    colours = rng.dirichlet(np.full(len(prediction.colours), 0.05), count).astype(np.float32)
    return Descriptors(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), kinds, colours)


def descriptors_of(prediction: Prediction) -> Descriptors:
    """A prediction as the query of a search; names in alphabetical order."""
    kinds, colours = (
        np.array([[each.probability for each in sorted(ranking, key=lambda each: each.name)]], np.float32)
        for ranking in (prediction.kinds, prediction.colours)
    )
    return Descriptors(prediction.embedding[None], kinds, colours)


def run(calls: int = 40, weights: Path = WEIGHTS) -> dict[str, float]:
    """p50 milliseconds of a turn, its parts, and the calls that it is compared with; and ratios.

    The calls take turns, so that a busy machine is equally unkind to all of them.
    """
    eyes, bare, twin = load_eyes(weights), bare_backbone(), Twin(weights)
    graph = tf.function(lambda pixels: twin.model(pixels, training=False))
    paths = sorted(PHOTOS.glob("*.webp"))
    photos = [photo.decode(path.read_bytes()).pixels for path in paths[:: max(1, len(paths) // 8)]]
    photos = [pixels for pixels in photos if len(eyes.analyse(pixels).detections) == 1]
    if not photos:
        raise RuntimeError(f"the eyes find no single product on any photo of {PHOTOS}")
    batch = np.random.default_rng(1).integers(0, 256, (1, SIDE, SIDE, 3)).astype(np.float32)
    first = eyes.predict(photos[0])
    gallery, query = products(first), descriptors_of(first)
    jobs: dict[str, Callable[[np.ndarray], object]] = {
        "turn": lambda pixels: ranking(
            descriptors_of(eyes.analyse(pixels).detections[0].prediction), gallery, top=20
        ),
        "look": lambda pixels: eyes.predict(pixels),
        "look_without_caption": lambda pixels: eyes.predict(pixels, caption=False),
        "search": lambda pixels: ranking(query, gallery, top=20),
        "backbone": lambda pixels: bare(batch),
        "tf_function": lambda pixels: graph(tf.constant(batch)),
    }
    times: dict[str, list[float]] = {name: [] for name in (*jobs, "networks", "predict")}
    for turn in range(calls + WARM):
        pixels = photos[turn % len(photos)]
        seconds = {}
        for name, job in jobs.items():
            began = time.perf_counter()
            job(pixels)
            seconds[name] = time.perf_counter() - began
        seconds["networks"], seconds["predict"] = twin.predict(pixels)
        if turn >= WARM:
            for name, spent in seconds.items():
                times[name].append(spent * 1000)
    result = {f"{name}_ms": round(statistics.median(values), 2) for name, values in times.items()}
    result["turn_per_backbone"] = round(result["turn_ms"] / result["backbone_ms"], 2)
    result["look_per_backbone"] = round(result["look_ms"] / result["backbone_ms"], 2)
    result["predict_per_networks"] = round(result["predict_ms"] / result["networks_ms"], 2)
    result["tf_function_per_look"] = round(result["tf_function_ms"] / result["look_without_caption_ms"], 2)
    return result


def table(result: dict[str, float]) -> str:
    """The figures as lines for people, with the bar's verdict."""
    lines = [f"{name:24}{value:10.2f}" for name, value in result.items()]
    held = "held" if result["turn_per_backbone"] < BAR else "MISSED"
    bar = f"bar: a turn with search over {PRODUCTS} products under {BAR:.0f} bare backbone calls: {held}"
    return "\n".join(["p50 ms of one photo, and ratios", *lines, bar])
