"""Rasa's workers, asked over loopback: each turn goes to a free one that answers.

A worker that hangs or dies stops only its own turns. A turn whose worker died is begun anew by another one
(it has kept nothing), once; one that takes too long has failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import aiohttp

from bot.conversation.replies import Reply
from bot.dialogue import secret
from bot.dialogue.port import NO_SUGGESTION, State, Suggestion, TurnFailed, Utterance
from storage.errors import Unavailable

logger = logging.getLogger(__name__)

TURN_SECONDS = 60.0  # a turn that takes longer has failed
SUGGEST_SECONDS = 6.0
PROBE_SECONDS = 3.0  # between two looks, and for the answer
AGAIN_SECONDS = 0.3  # between two looks for a worker while there is none
KEPT_SECONDS = 2.0  # a connection; the worker closes an idle one after 5
TRIES = 2  # of a turn whose worker died


@dataclass
class Worker:
    """One process, as we know it."""

    url: str
    turns: int = 0  # in flight
    well: bool = False


class RemoteDialogue:
    """The port's adapter (`bot.dialogue.port.Dialogue`); use it in one event loop."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.workers = [Worker(url) for url in urls]
        self._http: aiohttp.ClientSession | None = None
        self._probing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look which workers are well."""
        await asyncio.gather(*(self._probe(worker) for worker in self.workers))
        self._probing = asyncio.create_task(self._keep_probing())

    async def close(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
        if self._http is not None:
            await self._http.close()

    async def answer(self, utterance: Utterance, state: State) -> Sequence[Reply]:
        body = {
            "conversation": utterance.conversation,
            "text": utterance.text,
            "channel": utterance.channel,
            "id": utterance.id,
            "state": dict(state),
        }
        given = await self._turn(body)
        return [reply for each in given["replies"] if (reply := Reply.from_response(each))]

    async def tell(self, conversation: str) -> int:
        return int((await self._ask("tell", {"conversation": conversation}))["told"])

    async def erase(self, conversation: str) -> int:
        return int((await self._ask("erase", {"conversation": conversation}))["erased"])

    async def suggest(self, conversation: str, channel: str) -> Suggestion:
        body = {"conversation": conversation, "channel": channel}
        try:
            return cast(Suggestion, await self._ask("suggest", body, SUGGEST_SECONDS))
        except TurnFailed as error:
            logger.warning("No suggestion: %s", error)
            return NO_SUGGESTION

    async def healthy(self) -> bool:
        return any(worker.well for worker in self.workers)

    # --- asking ---------------------------------------------------------------------------------------------

    async def _turn(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask until somebody has answered, or it has failed."""
        until = asyncio.get_running_loop().time() + TURN_SECONDS
        for attempt in range(TRIES):
            try:
                left = until - asyncio.get_running_loop().time()
                return await self._ask("turn", body, left)
            except _Lost as error:
                logger.error(
                    "A worker of the dialogue was lost in a turn (attempt %d): %s", attempt + 1, error
                )
        raise TurnFailed("its workers died")

    async def _ask(self, what: str, body: dict[str, Any], seconds: float = TURN_SECONDS) -> dict[str, Any]:
        """What a worker answers. Raises `TurnFailed`; `_Lost` if the worker died while it was at it."""
        until = asyncio.get_running_loop().time() + seconds
        while True:
            worker = self._free()
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                raise TurnFailed("no worker of the dialogue answers")
            if worker is None:
                await asyncio.sleep(min(AGAIN_SECONDS, left))
                continue
            worker.turns += 1
            try:
                return await self._post(worker, what, body, left)
            except (aiohttp.ClientConnectorError, ConnectionRefusedError):
                worker.well = False  # nothing was asked: another one
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
                worker.well = False
                raise _Lost(type(error).__name__) from error
            finally:
                worker.turns -= 1

    async def _post(self, worker: Worker, what: str, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=seconds)
        headers = {secret.HEADER: secret.token()}
        try:
            async with self._session().post(
                f"{worker.url}/{what}", json=body, headers=headers, timeout=timeout
            ) as response:
                if response.status == 503:
                    raise Unavailable("the dialogue's database does not answer")
                if response.status != 200:
                    raise TurnFailed(
                        f"the dialogue answered {response.status}: {(await response.text())[:200]}"
                    )
                return cast(dict[str, Any], await response.json())
        except asyncio.TimeoutError as error:
            raise TurnFailed(f"no answer within {seconds:.0f} s") from error

    def _free(self) -> Worker | None:
        """The least busy worker of those that are well."""
        well = [worker for worker in self.workers if worker.well]
        return min(well, key=lambda worker: worker.turns) if well else None

    # --- looking --------------------------------------------------------------------------------------------

    async def _keep_probing(self) -> None:
        while True:
            await asyncio.sleep(PROBE_SECONDS if await self.healthy() else AGAIN_SECONDS)
            await asyncio.gather(*(self._probe(worker) for worker in self.workers))

    async def _probe(self, worker: Worker) -> None:
        well = False
        with contextlib.suppress(Exception):  # whatever it is, the worker is not well; and we look again
            timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
            async with self._session().get(f"{worker.url}/health", timeout=timeout) as response:
                well = response.status == 200
        if well != worker.well:
            logger.info("The worker at %s %s", worker.url, "is there" if well else "does not answer")
        worker.well = well

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            # No limit: a turn must not wait for another one's connection. None is reused just when the worker
            # may be closing it: that would look as if the worker had died.
            self._http = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_SECONDS)
            )
        return self._http


class _Lost(TurnFailed):
    """The worker died, or cut the line, in the middle of it."""
