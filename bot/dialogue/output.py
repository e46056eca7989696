"""What Rasa says in a turn: collected, for the door to store and show."""

from __future__ import annotations

from typing import Any, NoReturn

from rasa.core.channels import channel as rasa_channel


class ActionFailed(BaseException):
    """An action could not be run. Not an `Exception`, so that Rasa does not swallow it and save half a
    turn.
    """


class CollectedOutput(rasa_channel.OutputChannel):
    """Collects Rasa's responses as they are. The channel's name picks channel-specific responses."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.responses: list[dict[str, Any]] = []

    def name(self) -> str:
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Called by Rasa for every bubble."""
        self.responses.append(message)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {"text": text})

    def action_failed(self, action: str, error: BaseException) -> NoReturn:
        """Called when an action could not be run (see `bot.dialogue.patches`): ends the turn."""
        raise ActionFailed(action) from error
