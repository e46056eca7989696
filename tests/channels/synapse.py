"""A real homeserver (Synapse, SQLite), in an environment of its own under `var/`: made once, then started within
seconds."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from bot.operations.serve import fetch
from tests.conftest import ROOT, free_ports

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "synapse-requirements.txt"
NAME = "shop.test"
SHARED_SECRET = "the secret of the test for accounts"
START_SECONDS = 120
INSTALL_SECONDS = 300
NO_LIMIT = {"per_second": 10_000, "burst_count": 10_000}


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "PYTHON"))}
    return {**kept, "OMP_NUM_THREADS": "1"}


def prepared() -> Path:
    """The environment with a database and a signing key, for these requirements; made if it is not there."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    folder = ROOT / "var" / "synapse" / digest
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
        [python, "-m", "synapse._scripts.generate_signing_key", "-o", folder / "signing.key"],
    ):
        subprocess.run(command, check=True, env=_environment(), timeout=INSTALL_SECONDS)
    first = Synapse(folder)  # its first start makes the tables
    first.start()
    first.end()
    made, kept = sqlite3.connect(first.folder / "homeserver.db"), sqlite3.connect(folder / "homeserver.db")
    with contextlib.closing(made), contextlib.closing(kept):
        made.backup(kept)
    first.stop()
    (folder / "ready").touch()
    return folder


class Synapse:
    """The homeserver. `base` holds the environment, and what it starts with."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.folder = Path(tempfile.mkdtemp(prefix="synapse-"))
        for path in (*base.glob("homeserver.db"), base / "signing.key"):
            shutil.copy(path, self.folder)
        (self.port,) = free_ports(1)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *registrations: str) -> None:
        """Start it, with these application services; returns when it answers."""
        files = []
        for number, text in enumerate(registrations):
            files.append(self.folder / f"registration{number}.yaml")
            files[-1].write_text(text)
        self._configure(files)
        self.again()

    def again(self) -> None:
        """Start it as it was."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self._base / "venv" / "bin" / "python",
                    "-m",
                    "synapse.app.homeserver",
                    "-c",
                    self.folder / "homeserver.yaml",
                ],
                cwd=self.folder,
                env=_environment(),
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + START_SECONDS
        while fetch(f"{self.url}/_matrix/client/versions") is None:
            ended = self.process.poll() is not None
            assert not ended and time.monotonic() < until, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """Stop it at once, whatever it does."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Stop it, by its process id."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def stop(self) -> None:
        """Stop it, and remove what it kept."""
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configure(self, registrations: list[Path]) -> None:
        log = {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
            "root": {"level": "WARNING", "handlers": ["console"]},
        }
        (self.folder / "log.yaml").write_text(yaml.safe_dump(log))
        settings: dict[str, Any] = {
            "server_name": NAME,
            "public_baseurl": f"{self.url}/",
            "listeners": [
                {
                    "port": self.port,
                    "type": "http",
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client"]}],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "log_config": str(self.folder / "log.yaml"),
            "signing_key_path": str(self.folder / "signing.key"),
            "media_store_path": str(self.folder / "media"),
            "registration_shared_secret": SHARED_SECRET,
            "macaroon_secret_key": SHARED_SECRET,
            "form_secret": SHARED_SECRET,
            "bcrypt_rounds": 4,
            "report_stats": False,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "presence": {"enabled": False},
            "user_directory": {"enabled": False},
            "app_service_config_files": [str(path) for path in registrations],
            "rc_message": NO_LIMIT,
            "rc_registration": NO_LIMIT,
            "rc_login": {"address": NO_LIMIT, "account": NO_LIMIT, "failed_attempts": NO_LIMIT},
            "rc_joins": {"local": NO_LIMIT, "remote": NO_LIMIT},
            "rc_joins_per_room": NO_LIMIT,
            "rc_invites": {"per_room": NO_LIMIT, "per_user": NO_LIMIT, "per_issuer": NO_LIMIT},
            "rc_room_creation": NO_LIMIT,
            "rc_admin_redaction": NO_LIMIT,
        }
        (self.folder / "homeserver.yaml").write_text(yaml.safe_dump(settings))
