"""The command line, as a person uses it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psutil
import pytest

from bot.dialogue import without_tensorflow
from tests.conftest import ROOT, Server, wait_for
from tests.door.hostile import picture, save


def bot(
    *arguments: str, environment: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot …`."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=environment or dict(os.environ),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_help_explains_all() -> None:
    text = bot("--help").stdout
    for word in ("serve", "train", "import", "talk", "doctor", "SHOP_PORT", "SHOP_DATABASE_URL"):
        assert word in text
    assert "_dialogue" not in text.replace("{", "")


def test_wrong_use_is_told() -> None:
    for arguments, environment in (
        (["fly"], {}),
        (["serve"], {"SHOP_PORT": "http"}),
        (["serve", "--model", "none.tar.gz"], {}),
        (["import", "none.csv"], {}),
        (["talk", "--url", "http://127.0.0.1:9"], {}),
        (["talk", "--script", "none.yml"], {}),
    ):
        run = bot(*arguments, environment=os.environ | {"SHOP_VAR": "/tmp/shop-none"} | environment)
        assert run.returncode not in (0, None) and "Traceback" not in run.stderr + run.stdout, arguments
        assert run.stderr + run.stdout


def test_talk_follows_a_script(ready: Server, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(save(picture(), "JPEG"))
    script = tmp_path / "script.yml"
    script.write_text(
        "- say: show me dresses\n- wait: 0.1\n- {photo: photo.jpg, say: something like this}\n"
        "- button: a button that is not there\n- say: 你好\n"
    )
    run = bot("talk", "--url", ready.url, "--language", "en", "--script", str(script))
    assert run.returncode == 0, run.stderr
    turns = [json.loads(line) for line in run.stdout.splitlines()]
    assert [turn["turn"] for turn in turns] == [1, 2, 3, 4]
    for turn in turns:
        assert set(turn) - {"error"} == {"turn", "sent", "replies", "ms"}
        for reply in turn["replies"]:
            assert set(reply) == {"text", "cards", "buttons", "picture"}
            assert all(set(card) == {"id", "title", "price", "reason"} for card in reply["cards"])
            assert all(isinstance(title, str) for title in reply["buttons"])
    assert turns[0]["replies"] and turns[0]["ms"] > 0 and "error" in turns[2]


def test_talk_with_a_person(ready: Server, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(save(picture(), "JPEG"))
    typed = (
        f"show me dresses\n/button 1\n/button 99\n/photo {photo} like this\n/photo none.jpg\n/help\n/quit\n"
    )
    run = bot("talk", "--url", ready.url, stdin=typed)
    assert run.returncode == 0 and "[1]" in run.stdout and "ms)" in run.stdout, run.stdout + run.stderr
    assert "There is no file" in run.stdout and "Traceback" not in run.stderr


def test_doctor(ready: Server) -> None:
    run = bot("doctor", environment=ready.environment)
    assert "running at" in run.stdout and "database" in run.stdout, run.stdout + run.stderr
    broken = bot(
        "doctor", environment=ready.environment | {"SHOP_DATABASE_URL": "postgresql://x@127.0.0.1:9/x"}
    )
    assert broken.returncode == 1 and "✗ the database" in broken.stdout and "Traceback" not in broken.stderr


def test_a_second_copy_is_told(ready: Server) -> None:
    run = bot("serve", *_model(), environment=ready.environment)
    assert run.returncode == 1 and f"Port {ready.port} is in use" in run.stdout
    assert ready.healthy()


def test_ctrl_c_stops_everything(ready: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A copy with an empty catalogue's cost spared: it uses the first one's folder after that has ended."""
    part_pids = [ready.part(name).pid for name in ("actions", "dialogue", "database")]
    seconds = ready.stop()
    assert seconds < 20
    for pid in part_pids:
        wait_for(lambda pid=pid: not psutil.pid_exists(pid), 5, f"end of process {pid}")
    again = Server(ready.var)  # on other ports, over the same data: what `server` is from now on
    again.wait_ready(300)
    assert "importing" not in again.log(), "a second start has nothing to import"
    ready.__dict__.update(again.__dict__)


def _model() -> list[str]:
    model = os.environ.get("SHOP_TEST_MODEL")
    return ["--model", model] if model else []


# --- Rasa without TensorFlow -----------------------------------------------------------------------------------------


def model_of(folder: Path, *components: str) -> Path:
    """A model archive that says it consists of these components."""
    data = json.dumps({"predict_schema": {"nodes": {name: {"uses": name} for name in components}}}).encode()
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("metadata.json")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return path


def test_only_a_model_that_allows_it_goes_without_tensorflow(tmp_path: Path) -> None:
    rule = "rasa.core.policies.rule_policy.RulePolicy"
    assert not without_tensorflow.needs_tensorflow(
        model_of(tmp_path, rule, "bot.nlu.encoder.SentenceEncoderFeaturizer")
    )
    assert without_tensorflow.needs_tensorflow(
        model_of(tmp_path, rule, "rasa.nlu.classifiers.diet_classifier.DIETClassifier")
    )
    assert without_tensorflow.needs_tensorflow(tmp_path / "none.tar.gz")
    (tmp_path / "broken.tar.gz").write_bytes(b"x")
    assert without_tensorflow.needs_tensorflow(tmp_path / "broken.tar.gz")


def test_another_version_of_rasa_has_the_real_tensorflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(tmp_path, "rasa.core.policies.rule_policy.RulePolicy")
    assert not without_tensorflow.needs_tensorflow(model)
    monkeypatch.setattr(without_tensorflow, "RASA_VERSION", "3.6.20")
    finders = list(sys.meta_path)
    assert without_tensorflow.needs_tensorflow(model)
    assert not without_tensorflow.leave_out_tensorflow(model) and sys.meta_path == finders


def test_stand_ins_may_be_named_but_not_used(tmp_path: Path) -> None:
    model = model_of(tmp_path, "rasa.core.policies.rule_policy.RulePolicy")
    program = f"""
from pathlib import Path
from bot.dialogue import without_tensorflow
assert without_tensorflow.leave_out_tensorflow(Path({str(model)!r}))
import tensorflow as tf
from tensorflow.keras import layers
class Layer(layers.Layer, tf.keras.Model):
    @tf.function
    def call(self, x: tf.Tensor) -> "tf.Tensor":
        return x
    @tf.function(jit_compile=True)
    def other(self, x):
        return x
assert Layer.call(None, 3) == 3 and Layer.other(None, 4) == 4
try:
    Layer()
except without_tensorflow.NotLoaded:
    print("refused")
import rasa.core.agent
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.stdout.strip() == "refused", run.stderr
