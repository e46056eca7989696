"""The server starts and serves with every messenger configured and no network at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from bot.operations.client import Client
from tests.channels.conftest import Drivers
from tests.conftest import free_ports, wait_for
from tests.door.conftest import Echo


async def test_starts_offline(drivers: Drivers) -> None:
    from storage import database

    (closed,) = free_ports(1)  # nobody listens there
    wanted = json.dumps({each.channel: each.credentials() for each in drivers.running.values()})
    nowhere = re.sub(r"(127\.0\.0\.1|localhost):\d+", f"127.0.0.1:{closed}", wanted)
    folder = Path(tempfile.mkdtemp(prefix="offline-"))
    echo = Echo(folder, ECHO_MESSENGERS=nowhere)
    try:
        async with Client(echo.url) as customer:
            assert (await customer.say("hello")).replies[0]["text"] == "echo hello"
        log = folder / "echo.log"
        wait_for(lambda: "not connected" in log.read_text(), 20, "a line about the network")
        assert "Traceback" not in log.read_text()
    finally:
        echo.stop()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SHOP_VAR", str(folder))
            patch.delenv("SHOP_DATABASE_URL", raising=False)
            database.stop()
        shutil.rmtree(folder, ignore_errors=True)
