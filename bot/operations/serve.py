"""`python -m bot serve`: every process the assistant needs, started together, watched, and stopped together.

    embedded PostgreSQL ── action server (Rasa SDK, vision, shop) ── dialogue workers (Rasa) ── door (all that
    is public)

The supervisor imports neither Rasa nor TensorFlow: the dialogue workers, whose imports take longest, start at
once, while the database, the tables and the catalogue are made ready. A process that has died is started
again; so is one that no longer answers.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bot.dialogue import models
from bot.operations.database_watch import DatabaseWatch
from bot.operations.process import BACKOFF, ChildProcess
from bot.operations.process import fetch as fetch  # the doctor and the tests ask it here
from bot.settings import ROOT, Settings, settings

START_SECONDS = 180.0
STOP_SECONDS = 3.0  # then a process is killed
WATCH_SECONDS = 0.5
JOB_TRIES = 3


class Failed(Exception):
    """The start cannot go on; the message says why in plain words."""


def say(text: str) -> None:
    """A line for the person who started us."""
    print(text, flush=True)


def port_free(host: str, port: int) -> bool:
    """Whether we can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Supervisor:
    """Starts, watches and stops the processes."""

    def __init__(self, config: Settings, model: Path) -> None:
        from storage.settings import var_dir

        self.settings = config
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3"),
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "SQLALCHEMY_WARN_20": "0",
            "PYTHONUNBUFFERED": "1",
            "SHOP_DIALOGUES": str(config.dialogues),  # the command line may have said another number
        }
        # Importing Rasa without compiled bytecode takes three times as long.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        local = "127.0.0.1" if config.host in ("0.0.0.0", "::", "") else config.host
        host = f"[{local}]" if ":" in local else local
        logs = var_dir() / "logs"
        self.actions = ChildProcess(
            "action server",
            [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(config.actions_port)],
            f"{config.actions_url}/health",
            # Rasa's SDK listens to the whole network unless told otherwise.
            {**environment, "SANIC_HOST": "127.0.0.1"},
            logs / "actions.log",
        )
        self.dialogues = [
            ChildProcess(
                "dialogue worker" + (f" {number}" if config.dialogues > 1 else ""),
                [sys.executable, "-m", "bot", "_dialogue", str(model), "--port", url.rpartition(":")[2]],
                f"{url}/health",
                environment,
                logs / f"dialogue{number if number > 1 else ''}.log",
            )
            for number, url in enumerate(config.dialogue_urls, start=1)
        ]
        self.door = ChildProcess(
            "door",
            [sys.executable, "-m", "bot", "_door"],
            f"http://{host}:{config.port}/health",
            environment,
            logs / "door.log",
            alive=f"http://{host}:{config.port}/alive",
        )
        self.looking = ChildProcess(
            "looking at the catalogue's pictures",
            [sys.executable, "-m", "shop", "look"],
            "",
            environment,
            logs / "look.log",
            job=True,
        )
        self.children = [self.door, *self.dialogues, self.actions, self.looking]
        self.database = DatabaseWatch(say)
        self.stopping = False

    def run(self) -> int:
        """Start everything, print the address, watch until told to stop; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)
        try:
            self._check_ports()
            self.start()
            while not self.stopping:
                time.sleep(WATCH_SECONDS)
                self.watch()
            return 0
        except Failed as error:
            say(f"\n{error}")
            return 1
        except _Stop:
            return 0
        finally:
            self.stop()

    def _stop_asked(self, number: int, frame: Any) -> None:
        if self.stopping:
            return
        self.stopping = True
        raise _Stop

    def _check_ports(self) -> None:
        for name, host, port in (
            ("SHOP_PORT", self.settings.host, self.settings.port),
            ("SHOP_ACTIONS_PORT", "127.0.0.1", self.settings.actions_port),
            *(
                ("SHOP_DIALOGUE_PORT", "127.0.0.1", self.settings.dialogue_port + number)
                for number in range(self.settings.dialogues)
            ),
        ):
            if not port_free(host, port):
                raise Failed(
                    f"Port {port} is in use by another program (or by another copy of the assistant). "
                    f"Stop it, or choose another port: {name}={port + 1} make run"
                )

    def start(self) -> None:
        """Start all processes and wait until they are well."""
        begin = time.monotonic()
        for worker in self.dialogues:
            worker.start()
        _prepare_shop()
        self.actions.start()
        self.door.start()
        stale = _forget_stale()
        waiting = [self.actions, *self.dialogues, self.door]
        told = time.monotonic()
        while waiting:
            for child in tuple(waiting):
                if child.process is not None and child.process.poll() is not None:
                    raise Failed(
                        f"The {child.name} ended at its start (code {child.process.returncode}). "
                        f"Its last words ({child.log}):\n\n{child.tail()}"
                    )
                if child.healthy():
                    say(f"· {child.name}: ready after {time.monotonic() - begin:.1f} s")
                    waiting.remove(child)
            if time.monotonic() - begin > START_SECONDS:
                names = " and ".join(child.name for child in waiting)
                raise Failed(
                    f"The {names} did not become ready in {START_SECONDS:.0f} s.\n\n{waiting[0].tail()}"
                )
            if waiting and time.monotonic() - told > 5:
                told = time.monotonic()
                say(f"  … waiting for the {' and the '.join(child.name for child in waiting)}")
            time.sleep(0.1)
        self.database.start()
        say(f"\nThe assistant is ready: {self.settings.base_url}   (Ctrl-C stops it)")
        if stale:
            self.looking.start()
            say(
                f"· catalogue: today's eyes have not seen {stale} of its pictures; they look at them in the "
                f"background ({self.looking.log}).\n  Until then these products are found by kind, colour "
                "and words, not by their pictures."
            )

    def watch(self) -> None:
        """Start again what has died."""
        now = time.monotonic()
        for child in self.children:
            if child.due is not None:
                if now >= child.due:
                    child.start()
                    say(f"· {child.name}: started again")
            elif child.process is None:
                continue
            elif child.process.poll() is None:
                if child.hangs(now):
                    say(f"! {child.name}: does not answer any more; ending it")
                    child.process.kill()
                    child.process.wait()
            else:
                if child.job and child.process.returncode == 0:
                    say(f"· {child.name}: done")
                    child.process = None
                    continue
                if child.job and len(child.deaths) == JOB_TRIES - 1:
                    say(f"! {child.name}: failed {JOB_TRIES} times, given up ({child.log})")
                    child.process = None
                    continue
                while child.deaths and now - child.deaths[0] > 120:
                    child.deaths.popleft()
                wait = BACKOFF[min(len(child.deaths), len(BACKOFF) - 1)]
                child.deaths.append(now)
                child.due = now + wait
                say(f"! {child.name}: ended (code {child.process.returncode}); starting again in {wait:g} s")

    def stop(self) -> None:
        """Stop every process we started, the database last."""
        self.stopping = True
        self.database.stop()
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        if running:
            say("· stopping")
        for process in running:
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        with contextlib.suppress(Exception):
            from storage import database

            # The embedded PostgreSQL stops when the last process that uses it ends: this one, unless somebody
            # is just importing a catalogue.
            database.dispose()


class _Stop(BaseException):
    """Raised by the signal handler wherever the supervisor is."""


def _prepare_shop() -> None:
    """Database, tables, and the demo catalogue if there is none."""
    from shop.catalogue import products
    from storage import database

    try:
        begin = time.monotonic()
        database.url()
        database.migrate()
        say(f"· database: ready after {time.monotonic() - begin:.1f} s")
        count = products.count()
    except (database.Unavailable, ValueError) as error:
        raise Failed(f"The database cannot be used: {error}") from error
    if not count:
        from shop.settings import DEMO

        say("· catalogue: empty, importing the demo catalogue (once)")
        # In a process of its own: it loads the eyes, and the supervisor should stay small.
        command = [sys.executable, "-m", "bot", "import", str(DEMO / "products.jsonl")]
        if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
            raise Failed("The demo catalogue could not be imported.")
        count = products.count()
    say(f"· catalogue: {count} products")


def _forget_stale() -> int:
    """How many of the catalogue's pictures today's eyes have not seen. What other eyes saw of them is
    forgotten before the first customer's photo is compared with it.
    """
    from shop.catalogue import embeddings
    from shop.errors import ShopError

    try:
        return embeddings.forget_stale()
    except ShopError as error:
        say(f"! the catalogue's pictures cannot be looked at: {error}")
        return 0


def serve(model: Path | None = None, dialogues: int | None = None) -> int:
    """The command; returns its exit code."""
    config = settings()
    if dialogues is not None:
        config = config.copy(update={"dialogues": dialogues})
    if model is not None and not model.is_file():
        say(f"There is no model {model}.")
        return 1
    given, model = model, model or models.current()
    if model is None:
        say("There is no trained dialogue model yet. Train it first:  make train   (or: python -m bot train)")
        return 1
    if given is None and not models.is_fresh(model):
        say(
            f"! {model.name} is older than config.yml, domain.yml or data/. To renew it:  python -m bot train"
        )
    if not (ROOT / "bot" / "web" / "dist" / "widget.js").exists():
        say("! The widget is not built, so pages will be missing. `make run` builds it.")
    return Supervisor(config, model).run()
