"""Live events between the server's processes: PostgreSQL's LISTEN and NOTIFY.

`publish` belongs into the transaction that makes the change: the event goes out when it is committed, and not
at all when it is not. Events carry ids and numbers, never what somebody wrote. They are a hint to look: a
process that was cut off has missed some, so it looks everything up anew (`on_gap`).

    listener = Listener(loop)
    listener.on("message", show)       # show({"conversation": …, "first": 3, "last": 4}), in the loop
    listener.on_gap(look_everything_up)
    await listener.start()
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Any

import psycopg2
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import database

logger = logging.getLogger(__name__)

CHANNEL = "shop"
LISTENER = "shop live"  # what the database calls the connection of a server process that listens
LIMIT = 7000  # bytes; PostgreSQL takes 8000
PULSE = 15.0  # seconds of silence after which the connection is asked whether it lives
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)  # between attempts to connect again; the last one stays

Callback = Callable[[dict[str, Any]], Any]

_NOTIFY = sa.text(f"SELECT pg_notify('{CHANNEL}', :payload)")


def publish(connection: Connection, topic: str, data: dict[str, Any]) -> None:
    """Send an event with the transaction of `connection`. Raises `ValueError` if it is too large."""
    connection.execute(_NOTIFY, {"payload": payload(topic, data)})


def payload(topic: str, data: dict[str, Any]) -> str:
    """An event as it is sent; raises `ValueError` if it is too large."""
    text = json.dumps({"topic": topic, "data": data}, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > LIMIT:
        raise ValueError(f"an event of topic {topic!r} is too large: ids only, no texts")
    return text


def listeners(connection: Connection) -> int:
    """How many processes listen now: the servers, on whatever machine."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = :name"
    )
    return int(connection.execute(query, {"name": LISTENER}).scalar_one())


class Listener:
    """Hears the events of all processes, this one's included, in the order of the commits.

    One thread with a connection of its own waits; callbacks run in the event loop, one after another (a
    coroutine becomes a task). One that raises is logged and harms nobody.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop
        self._callbacks: dict[str, list[Callback]] = {}
        self._gaps: list[Callable[[], Any]] = []
        self._tasks: set[asyncio.Future[Any]] = set()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._wake: tuple[int, int] | None = None

    def on(self, topic: str, callback: Callback) -> None:
        """Call `callback(data)` for every event of a topic."""
        self._callbacks.setdefault(topic, []).append(callback)

    def on_gap(self, callback: Callable[[], Any]) -> None:
        """Call `callback()` after events may have been missed: look everything up."""
        self._gaps.append(callback)

    @property
    def connected(self) -> bool:
        """Whether events arrive now."""
        return self._listening.is_set()

    async def start(self, timeout: float = 5.0) -> bool:
        """Begin to listen; returns whether that worked within `timeout` seconds.

        If not, it goes on trying, and reports a gap once it has a connection.
        """
        if self._thread is not None:
            raise RuntimeError("the listener runs already")
        self._loop = self._loop or asyncio.get_running_loop()
        self._stopping.clear()
        self._wake = os.pipe()
        self._late = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()
        if not await asyncio.to_thread(self._listening.wait, timeout):
            self._late.set()
        return self._listening.is_set()

    async def stop(self) -> None:
        """End; no callback is begun after this returns."""
        if self._thread is None or self._wake is None:
            return
        self._stopping.set()
        os.write(self._wake[1], b"x")
        await asyncio.to_thread(self._thread.join)
        self._thread = None
        for end in self._wake:
            os.close(end)
        self._wake = None
        for task in list(self._tasks):
            task.cancel()

    # --- in the thread --------------------------------------------------------------------------------------

    def _run(self) -> None:
        missed, attempt = False, 0
        while not self._stopping.is_set():
            connection = None
            try:
                connection = _connect()
                self._listening.set()
                if missed or self._late.is_set():
                    self._later(self._report_gap)
                missed, attempt = True, 0
                self._listen(connection)
            except Exception as error:
                if self._stopping.is_set():
                    break
                wait = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                first = str(error).splitlines()[0] if str(error) else ""
                logger.log(
                    logging.INFO if attempt else logging.WARNING,
                    "No live events, trying again: %s %s",
                    type(error).__name__,
                    first,
                )
                attempt += 1
                self._listening.clear()
                self._stopping.wait(wait)
            finally:
                self._listening.clear()
                if connection is not None:
                    with contextlib.suppress(Exception):
                        connection.close()

    def _listen(self, connection: Any) -> None:
        assert self._wake is not None
        while not self._stopping.is_set():
            # Those that came with the answer of LISTEN or of the pulse lie here already.
            while connection.notifies:
                self._later(self._dispatch, connection.notifies.pop(0).payload)
            ready, _, _ = select.select([connection, self._wake[0]], [], [], PULSE)
            if connection in ready:
                connection.poll()
            elif not ready:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")

    def _later(self, function: Callable[..., None], *arguments: Any) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop was closed without stopping us
            self._loop.call_soon_threadsafe(function, *arguments)

    # --- in the loop ----------------------------------------------------------------------------------------

    def _dispatch(self, text: str) -> None:
        try:
            event = json.loads(text)
            topic, data = event["topic"], event["data"]
        except (ValueError, TypeError, KeyError):
            logger.warning("A live event was not understood")  # somebody else's NOTIFY on our channel
            return
        for callback in self._callbacks.get(topic, ()):
            self._call(callback, data)

    def _report_gap(self) -> None:
        for callback in self._gaps:
            self._call(callback)

    def _call(self, callback: Callable[..., Any], *arguments: Any) -> None:
        if self._stopping.is_set():
            return
        try:
            result = callback(*arguments)
            if inspect.isawaitable(result):
                task = asyncio.ensure_future(result)
                self._tasks.add(task)
                task.add_done_callback(self._finished)
        except Exception:
            logger.exception("A live event could not be handled")

    def _finished(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("A live event could not be handled", exc_info=task.exception())


def _connect() -> Any:
    """A connection of its own that listens, made as the pool makes its connections."""
    fairy = database.engine().raw_connection()
    fairy.detach()  # it is ours from here, and the pool makes another one
    connection = fairy.connection
    try:
        connection.set_session(autocommit=True)
        with connection.cursor() as cursor:
            cursor.execute(f"SET application_name = '{LISTENER}'")
            cursor.execute(f"LISTEN {CHANNEL}")
    except BaseException:
        with contextlib.suppress(psycopg2.Error):
            connection.close()
        raise
    return connection
