"""After new weights the stored embeddings are stale: the assistant notices, and looks at the pictures by itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from bot.operations import process, serve
from bot.settings import settings
from shop.catalogue import embeddings, pictures, products
from shop.search import queries
from shop.search.criteria import Criteria
from storage import database
from tests.shop.conftest import ColourEyes
from tests.shop.test_visual_search import prediction_of


def embedded() -> int:
    with database.session() as connection:
        return connection.execute(sa.text("SELECT count(embedding) FROM products")).scalar()


def test_serve_looks_at_the_pictures_anew_in_the_background(shop, capsys, monkeypatch):
    monkeypatch.setattr(
        process, "_background", process._die_with_parent
    )  # a busy machine would never get to it
    supervisor = serve.Supervisor(settings(), Path("model"))
    supervisor.children = [supervisor.looking]
    stale = serve._forget_stale()  # the catalogue was seen by other eyes
    assert stale == len(shop.records) and embedded() == 0
    # Served at once: words find everything, a photo finds by kind and colour, and no likeness is claimed.
    assert queries.by_criteria(Criteria(categories="dress")).hits
    hits = queries.by_photo(prediction_of({"dress": 1.0}, {"Red": 1.0})).hits
    assert hits[0].product.category == "dress" and hits[0].product.colour == "Red"
    assert not any("similar_look" in hit.reasons for hit in hits)
    supervisor.looking.start()
    deadline = time.monotonic() + 300
    while supervisor.looking.process is not None or supervisor.looking.due is not None:
        assert time.monotonic() < deadline, supervisor.looking.tail()
        supervisor.watch()
        time.sleep(0.2)
    assert "done" in capsys.readouterr().out
    log = supervisor.looking.log.read_text()
    assert f"looking {stale}/{stale}" in log and f"{stale} pictures looked at anew" in log
    assert embedded() == stale and serve._forget_stale() == 0 and embedded() == stale


def test_a_job_leaves_the_processor_to_the_customers(filled):
    looking = serve.Supervisor(settings(), Path("model")).looking
    looking.command = ["sleep", "30"]
    looking.start()
    try:
        assert os.getpriority(os.PRIO_PROCESS, looking.process.pid) >= 10
    finally:
        looking.process.kill()
        looking.process.wait()


def test_a_job_that_cannot_be_done_is_given_up(filled, capsys, monkeypatch):
    supervisor = serve.Supervisor(settings(), Path("model"))
    supervisor.children = [supervisor.looking]
    supervisor.looking.command = ["false"]
    monkeypatch.setattr(serve, "BACKOFF", (0.0, 0.0))
    supervisor.looking.start()
    deadline = time.monotonic() + 60
    while supervisor.looking.process is not None:
        assert time.monotonic() < deadline
        supervisor.watch()
        time.sleep(0.05)
    assert "given up" in capsys.readouterr().out


def test_broken_off_and_run_again(shop):
    class Tired(ColourEyes):
        def predict(self, pixels, *, caption=True):
            if self.looked == 10:
                raise KeyboardInterrupt
            return super().predict(pixels)

    with pytest.raises(KeyboardInterrupt):
        embeddings.refresh(eyes=Tired(), model="new")
    assert embedded() == 10 and len(embeddings.stale("new")) == len(shop.records) - 10
    # What is ready is compared, the rest is found by its record; never are two kinds of eyes compared.
    assert all(distance <= 2 for _, distance in queries.nearest(np.full(256, 1 / 16), limit=100))
    assert len(queries.nearest(np.full(256, 1 / 16), limit=100)) <= 10
    assert embeddings.refresh(eyes=ColourEyes(), model="new") == len(shop.records) - 10
    assert embeddings.stale("new") == []


def test_only_one_process_looks(shop):
    lock = sa.select(sa.func.pg_advisory_lock(embeddings._REFRESHING))
    with database.engine().connect() as other:
        other.execute(lock)
        assert embeddings.refresh(eyes=ColourEyes(), model="new") == 0
        other.execute(sa.select(sa.func.pg_advisory_unlock(embeddings._REFRESHING)))
    assert embeddings.refresh(eyes=ColourEyes(), model="new") == len(shop.records)


def test_a_picture_that_is_gone_is_not_tried_for_ever(shop):
    path = pictures.find(products.get("t000").picture)
    path.unlink()
    assert embeddings.refresh(eyes=ColourEyes(), model="new") == len(shop.records) - 1
    assert embeddings.stale("new") == []
