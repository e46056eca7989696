"""What `python -m bot doctor` says of messengers: do the credentials work, can the platforms reach us?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.channels.base.messenger import Messenger
from bot.channels.runtime import configured, outbox
from bot.finding import Finding
from bot.settings import SettingError
from storage.timeouts import within


def checks(*, ask: bool = True) -> Iterator[Finding]:
    """What the doctor says of messengers; `ask`: the platforms are asked (over the network)."""
    try:
        found = list(configured.messengers())
    except SettingError as error:
        yield Finding("bad", str(error), "docs/messengers/ has a page for each platform")
        return
    if not found:
        yield Finding("ok", "messengers: none is on (credentials.yml turns them on; see docs/messengers/)")
        return
    for messenger in found:
        if ask:
            yield from asyncio.run(_check(messenger))
        else:
            yield Finding("ok", f"{messenger.title}: on")
    try:
        dead = len(outbox.undelivered_messages())
    except Exception:
        return  # the database is another look's
    if dead:
        remedy = "python -m bot messengers letters  says why;  resend  sends them again"
        yield Finding("note", f"{dead} messages could not be delivered to messengers", remedy)


async def _check(messenger: Messenger) -> list[Finding]:
    try:
        return await within(20.0, messenger.check())
    except Exception as error:
        return [
            Finding("bad", f"{messenger.title} cannot be asked: {type(error).__name__}", "is the network up?")
        ]
    finally:
        await messenger.disconnect()
        await messenger.client.close()
