"""A real Prosody on the loopback, with a folder of its own: accounts, rooms, uploads, and our component."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.conftest import free_ports, wait_for

DOMAIN = "shop.test"
COMPONENT = "assistant.shop.test"
SECOND = "second.shop.test"  # another shop's
ROOMS = "rooms.shop.test"
UPLOADS = "upload.shop.test"
SECRET = "open-sesame-of-the-test"

CONFIGURATION = """
run_as_root = true
daemonize = false
data_path = "{folder}/data"
certificates = "{folder}"
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
c2s_direct_tls_ports = {{}}
s2s_ports = {{}}
s2s_direct_tls_ports = {{}}
component_ports = {{ {component} }}
http_ports = {{ {http} }}
https_ports = {{}}
modules_enabled = {{ "roster", "saslauth", "disco", "ping", "offline", "carbons", "s2s" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/prosody.log" }} }}

VirtualHost "{DOMAIN}"

Component "{COMPONENT}"
  component_secret = "{SECRET}"

Component "{SECOND}"
  component_secret = "{SECRET}"

Component "{ROOMS}" "muc"
  muc_room_default_persistent = true

Component "{UPLOADS}" "http_file_share"
  http_host = "127.0.0.1"
  http_external_url = "http://127.0.0.1:{http}/"
  http_paths = {{ file_share = "/files" }}
"""


class Prosody:
    """See the module. What it keeps survives `stop` and `start`."""

    def __init__(self) -> None:
        if shutil.which("prosody") is None:
            pytest.fail("prosody is missing: apt-get install prosody")
        self.folder = Path(tempfile.mkdtemp(prefix="prosody-"))
        self.c2s, self.component, self.http = free_ports(3)
        values = {key: value for key, value in globals().items() if key.isupper()}
        values |= {"folder": self.folder, "c2s": self.c2s, "component": self.component, "http": self.http}
        (self.folder / "data").mkdir()
        (self.folder / "prosody.cfg.lua").write_text(CONFIGURATION.format(**values))
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def uploads(self) -> str:
        """Below which address files lie."""
        return f"http://127.0.0.1:{self.http}/files"

    @property
    def log(self) -> str:
        path = self.folder / "prosody.log"
        return path.read_text() if path.exists() else ""

    def start(self) -> None:
        command = ["prosody", "--config", str(self.folder / "prosody.cfg.lua"), "-F"]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        wait_for(self._listens, 30, "start of Prosody")

    def _listens(self) -> bool:
        import socket

        assert self.process and self.process.poll() is None, self.log[-2000:]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.c2s)) == 0

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.process
        self.process.send_signal(number)
        self.process.wait(20)

    def remove(self) -> None:
        """For good."""
        if self.process and self.process.poll() is None:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, user: str, password: str) -> None:
        """An account, as `prosodyctl adduser` writes it."""
        folder = self.folder / "data" / DOMAIN.replace(".", "%2e") / "accounts"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{user}.dat").write_text(f'return {{ ["password"] = "{password}" }};\n')
