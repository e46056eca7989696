"""A catalogue import changes what is understood, without training."""

import json
import os
from pathlib import Path

import pytest

from bot.nlu.entities.reader import Reader
from shop import settings
from shop.catalogue import vocabulary


def brands(reader: Reader, text: str) -> list[object]:
    return [span.value for span in reader.read(text) if span.entity == "brand"]


def test_a_new_brand_is_known_after_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "vocabulary.json"
    monkeypatch.setattr(settings, "vocabulary_path", lambda: file)
    monkeypatch.setattr(vocabulary, "path", lambda: file)
    file.write_text(json.dumps({"brands": ["Northfell"]}), encoding="utf-8")
    reader = Reader()
    assert brands(reader, "anything from northfell or quillmark") == ["Northfell"]
    assert not reader.refresh()

    file.write_text(json.dumps({"brands": ["Northfell", "Quillmark"]}), encoding="utf-8")
    os.utime(file, (1, 1))
    assert reader.refresh()
    assert brands(reader, "anything from northfell or quillmark") == ["Northfell", "Quillmark"]
