"""What Rasa says: collected during a turn, or stored at once when nobody asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from rasa.core.channels import channel as rasa_channel

from bot.conversation.replies import Reply

if TYPE_CHECKING:
    from bot.turns.channel import Channel


class TurnFailed(BaseException):
    """An action could not be run. Not an `Exception`, so that Rasa does not swallow it and save half a
    turn.
    """


class OutputChannel(rasa_channel.OutputChannel):
    """Collects what Rasa says in one turn, as replies. The channel's name picks channel-specific
    responses.
    """

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.replies: list[Reply] = []

    def name(self) -> str:
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Called by Rasa for every bubble."""
        reply = Reply.from_response(message)
        if reply:
            self.replies.append(reply)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        await self.send_response(recipient_id, {"text": text})

    def action_failed(self, action: str, error: BaseException) -> NoReturn:
        """Called when an action could not be run (see `bot.dialogue.patches`): ends the turn."""
        raise TurnFailed(action) from error


class PushChannel(OutputChannel):
    """What Rasa says without being asked (reminders, triggered intents): stored and delivered at once, unless
    a person has the conversation by then.
    """

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel.name())
        self.owner = channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        reply = Reply.from_response(message)
        if reply:
            await self.owner.push(recipient_id, [reply])
