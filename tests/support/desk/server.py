"""The desk with everything real but the dialogue: started by the tests, once or twice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import door
from bot.conversation.replies import Reply
from bot.dialogue.port import NO_SUGGESTION, State, Suggestion, Utterance
from bot.operations.door import compose
from bot.settings import settings
from storage import database


class Echo:
    """A dialogue without an engine (`bot.dialogue.port.Dialogue`), which has nothing to suggest."""

    async def answer(self, utterance: Utterance, state: State) -> Sequence[Reply]:
        return [Reply(f"echo {utterance.text}")]

    async def tell(self, conversation: str) -> int:
        return 0

    async def erase(self, conversation: str) -> int:
        return 0

    async def suggest(self, conversation: str, channel: str) -> Suggestion:
        return NO_SUGGESTION

    async def healthy(self) -> bool:
        return True

    async def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    database.migrate()
    asyncio.run(door.serve(compose(Echo()), "127.0.0.1", settings().port))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    main()
