"""A database of its own for these tests, with agents, a desk that is always open, and nothing of the shop."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import database
from tests.support.handoff.world import World

HANDOFF = """
desk: own
groups:
  service: {en: Customer service, zh: 客服}
  orders: {en: Orders, zh: 订单}
hours: always
timers: {accept_within: 60, gone_after: 60, wait_at_most: 900, nobody_after: 120, ticket_after: 600}
priorities: {complaint: 5}
return_slots: {usual_size: {en: Size, zh: 尺码}, focus: {en: Product, zh: 商品}}
close_reasons: {solved: {en: Solved, zh: 已解决}, spam: {en: Spam, zh: 垃圾信息}}
"""


@pytest.fixture(scope="package")
def installation() -> Iterator[Path]:
    """`SHOP_VAR` in a temporary folder (a short path: sockets' names are limited), the server stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hand"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SHOP_DATABASE_URL", "SHOP_SECRET", "SHOP_DESK"):
            patch.delenv(name, raising=False)
        patch.setenv("SHOP_VAR", str(folder / "var"))
        database.dispose()
        database.migrate()
        with database.session() as connection:  # thousands of small transactions, and nobody pulls the plug
            connection.exec_driver_sql("ALTER DATABASE postgres SET synchronous_commit = off")
        database.dispose()
        yield folder
        database.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(installation: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """Nobody at the desk, no hand-over open, and settings of the test's own."""
    file = tmp_path / "handoff.yml"
    file.write_text(HANDOFF, encoding="utf-8")
    monkeypatch.setenv("SHOP_HANDOFF", str(file))
    with database.session() as connection:
        connection.exec_driver_sql("TRUNCATE agents, agent_presence, handoffs, handoff_asked CASCADE")
        connection.exec_driver_sql(
            "TRUNCATE products, cart_items, wishlist_items, profiles, orders, photos CASCADE"
        )
    return World(file)
