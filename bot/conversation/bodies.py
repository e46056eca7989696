"""What a message holds, as the message store keeps it: JSON, empty parts left out.

Who reads a message seldom knows who said it, so there is one `Body` with the parts of all senders.
"""

from __future__ import annotations

from typing import Literal, TypedDict, cast


class ButtonBody(TypedDict, total=False):
    """A button; see `bot.conversation.replies.Button`."""

    title: str
    payload: str
    retry: int
    offer: str


class CardBody(TypedDict, total=False):
    """A product as shown; see `bot.conversation.replies.Card`."""

    id: str
    title: str
    price: str
    reason: str
    picture: str | None
    url: str | None
    buttons: list[ButtonBody]


class OfferBody(TypedDict, total=False):
    """The bot offers a person: why and to which group. In the customer's message: which offer is meant, and
    whether it is taken.
    """

    # the bot's
    reason: str
    detail: str | None
    group: str | None
    priority: int | None
    message: int  # number of the customer's message that waits for the answer to the offer
    # the customer's
    reply: int  # number of the message that made the offer
    take: bool


class AgentBody(TypedDict):
    """Who of the agents speaks; customers see the name only."""

    id: int
    name: str


class RatingBody(TypedDict):
    """The question for an opinion on a hand-over."""

    handoff: int


class Body(TypedDict, total=False):
    """A message of the customer, the bot, an agent or the system."""

    text: str  # anybody's; all that the system says
    photo: str  # id; a customer's or an agent's
    offer: OfferBody  # the bot's, and the customer's answer to it

    # the customer's
    photos: list[str]  # all of an album, the first one included
    cut: bool  # the text was too long
    payload: str  # of the button that was pressed
    language: str  # of the page, or as the platform tells it
    again: Body | Literal[True]  # the message that is sent again; in the bot's: it asks the same once more
    media: str  # what came that we cannot read: "voice", "sticker" …
    deleted: bool  # taken back

    # the bot's
    cards: list[CardBody]  # an agent's, too
    buttons: list[ButtonBody]
    picture: str
    form: str  # what the customer is asked for: "email"
    rating: RatingBody
    failed: int  # an apology: how many turns have failed in a row

    # an agent's
    agent: AgentBody


_SENT_AGAIN = ("text", "photo", "payload", "again")


def without_empty(body: Body) -> Body:
    """The body without parts that hold nothing."""
    return cast(Body, {part: value for part, value in body.items() if value})


def to_send_again(body: Body) -> Body:
    """What is kept of a customer's message in the message that sends it again."""
    return cast(Body, {part: value for part, value in body.items() if part in _SENT_AGAIN})


def sent_again(body: Body) -> Body | None:
    """The message that this one sends again ("Try again" was pressed); None if it is one by itself."""
    earlier = body.get("again")
    return earlier if isinstance(earlier, dict) else None


def original(body: Body) -> Body:
    """The message as it was sent first, however often "Try again" was pressed since."""
    while (earlier := sent_again(body)) is not None:
        body = earlier
    return body
