"""A real django-helpdesk, in an environment of its own under `var/`: made once, then started within seconds."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.conftest import ROOT

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "helpdesk-requirements.txt"
SITE = HERE / "helpdesk"
TOKEN = "0123456789abcdef0123456789abcdef01234567"  # as in helpdesk/serve.py
USER, PASSWORD = "shop-bot", "the password of the test's account"
START_SECONDS = 120
INSTALL_SECONDS = 300


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "PYTHON"))}
    return {**kept, "OMP_NUM_THREADS": "1"}


def prepared() -> Path:
    """The environment with a migrated database, for these requirements and this site; made if it is missing."""
    parts = [REQUIREMENTS, *sorted(SITE.glob("*.py"))]
    digest = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    folder = ROOT / "var" / "helpdesk" / digest
    if (folder / "ready").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    uv = ROOT / ".venv" / "bin" / "uv"
    python = folder / "venv" / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--python", ROOT / ".venv" / "bin" / "python", folder / "venv"],
        [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", REQUIREMENTS],
        [python, "-m", "compileall", "-q", folder / "venv" / "lib"],
        [python, SITE / "serve.py", "prepare"],
    ):
        environment = {**_environment(), "HELPDESK_FOLDER": str(folder)}
        subprocess.run(command, check=True, env=environment, timeout=INSTALL_SECONDS)
    (folder / "ready").touch()
    return folder


class HelpdeskServer:
    """The running help desk, with a database of its own."""

    def __init__(self) -> None:
        base = prepared()
        self.folder = Path(tempfile.mkdtemp(prefix="helpdesk-"))
        shutil.copy(base / "helpdesk.sqlite3", self.folder)
        self._python = base / "venv" / "bin" / "python"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """As SHOP_HELPDESK_URL has it."""
        return f"http://127.0.0.1:{self.port}/support"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._python, SITE / "serve.py", port_file],
                env={**_environment(), "HELPDESK_FOLDER": str(self.folder)},
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + START_SECONDS
        while not port_file.exists():
            ended = self._process.poll() is not None
            assert not ended and time.monotonic() < until, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.1)
        self.port = int(port_file.read_text())

    def stop(self) -> None:
        """Stop it, by its process id."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop it and remove what it kept."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def file(self, address: str) -> bytes:
        """An attachment, as it lies in the help desk's storage."""
        found = list((self.folder / "media").rglob(address.rpartition("/")[2]))
        assert len(found) == 1, found
        return found[0].read_bytes()
