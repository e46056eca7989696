"""What an agent does to a conversation, frame by frame. Everything here runs in a thread.

Each function gets the agent and the checked frame, makes sure that he sees what it names, and lets
`bot.support.handoff` decide whether he may do it now. It returns what the `ok` frame carries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.replies.cards import card
from bot.conversation import messages, receipts
from bot.conversation.bodies import Body
from bot.conversation.messages import Draft
from bot.conversation.replies import Card
from bot.settings import DEFAULT_LANGUAGE
from bot.support.accounts import agents, presence
from bot.support.accounts.roles import Action, Agent, may, sees
from bot.support.desk import access, frames, handoff_lines, private_notes
from bot.support.desk.agreement_form import slots_of
from bot.support.desk.frames import Frame
from bot.support.desk.refusals import Refused
from bot.support.handoff import agent_side
from bot.support.handoff.errors import BadValue, NotYours, WrongState
from bot.support.handoff.model import Handoff
from bot.support.owner_settings import settings
from shop.catalogue import products
from shop.customers import photos
from shop.errors import UnknownProduct
from storage import database

Done = dict[str, Any]


def claim(agent: Agent, frame: Frame) -> Done:
    """Take one that waits."""
    return _changed(agent_side.claim(*_named(agent, frame)))


def accept(agent: Agent, frame: Frame) -> Done:
    """Open one that is assigned."""
    return _changed(agent_side.accept(*_named(agent, frame)))


def release(agent: Agent, frame: Frame) -> Done:
    """Give an assigned one back to the queue."""
    return _changed(agent_side.release(*_named(agent, frame)))


def step_in(agent: Agent, frame: Frame) -> Done:
    """Take a conversation that the bot has."""
    seen = access.conversation(agent, frame.get("conversation"))
    return _changed(agent_side.step_in(seen.conversation, agent.id, channel=seen.channel))


def transfer(agent: Agent, frame: Frame) -> Done:
    """Pass on to a person or a group. The line is None if the agent does not see it any more."""
    number, by, version = _named(agent, frame)
    if frame.get("agent") is not None:
        target = agents.get(frames.whole(frame, "agent"))
        if target is None or not target.active:
            raise Refused("unknown")
        return _changed(agent_side.transfer_to_agent(number, by, target.id, version), agent)
    return _changed(agent_side.transfer_to_group(number, by, frames.word(frame, "group"), version), agent)


def give_back(agent: Agent, frame: Frame) -> Done:
    """Return it to the bot, which learns what was agreed."""
    slots = slots_of(frames.mapping(frame, "slots"), settings().return_slots)
    note = frames.text(frame, "note") or None
    return _changed(agent_side.give_back(*_named(agent, frame), slots=slots, note=note))


def close(agent: Agent, frame: Frame) -> Done:
    """End it; the customer is asked for his opinion. A reason in the agent's own words becomes a note."""
    known = settings().close_reasons
    number, by, version = _named(agent, frame)
    reason, tags = frames.text(frame, "reason"), frames.texts(frame, "tags")
    if not reason:
        raise Refused("bad_request")
    if reason in known:
        return _changed(agent_side.close(number, by, version, reason, tags))
    if "other" not in known:
        raise BadValue("no such reason")
    closed = agent_side.close(number, by, version, "other", tags)
    agent_side.add_note(number, by, reason)
    return _changed(closed)


def say(agent: Agent, frame: Frame) -> Done:
    """Write to the customer."""
    text = frames.text(frame, "text")
    if not text:
        raise Refused("empty")
    return _said(agent, frame, lambda handoff: {"text": text})


def product(agent: Agent, frame: Frame) -> Done:
    """Send a product's card, as the bot would, in the customer's language."""
    ident = frames.word(frame, "product")

    def body(handoff: Handoff) -> Body:
        found = products.get(ident)
        if found is None:
            raise UnknownProduct(product_id=ident)
        language = messages.language_of(handoff.conversation) or handoff.language or DEFAULT_LANGUAGE
        drawn = Card.of(card(found, language))
        assert drawn is not None
        return {"cards": [drawn.body()]}

    return _said(agent, frame, body)


def photo(agent: Agent, frame: Frame) -> Done:
    """Send a photo that came through the door for this very conversation."""
    ident = frames.ident(frame, "photo")

    def body(handoff: Handoff) -> Body:
        if photos.get(ident, owner=handoff.conversation) is None:
            raise Refused("photo_gone")
        return {"photo": ident}

    return _said(agent, frame, body)


def note(agent: Agent, frame: Frame) -> Done:
    """Keep a private note."""
    handoff = access.handoff(agent, frame.get("handoff"))
    private_notes.add(handoff.id, agent.id, frames.text(frame, "text"))
    return {}


def tags(agent: Agent, frame: Frame) -> Done:
    """Replace the tags."""
    handoff = access.handoff(agent, frame.get("handoff"))
    return _changed(agent_side.set_tags(handoff.id, agent.id, frames.texts(frame, "tags")))


def read(agent: Agent, frame: Frame) -> Done:
    """The agent who has the conversation has read it; what others look at is not told to the customer."""
    seq = frames.whole(frame, "seq")
    handoff = access.own(agent, frame.get("conversation"))
    receipts.mark(handoff.conversation, "agent", seq)
    return {}


def set_presence(agent: Agent, frame: Frame) -> Done:
    """Come, or go for a while."""
    status = frame.get("status")
    if status not in ("online", "away"):
        raise Refused("bad_request")
    presence.set_status(agent.id, status)
    return {}


# Frame → what the role must allow, and what is done.
ACTIONS: dict[str, tuple[Action, Callable[[Agent, Frame], Done]]] = {
    "claim": ("answer", claim),
    "accept": ("answer", accept),
    "release": ("answer", release),
    "step_in": ("step_in", step_in),
    "transfer": ("answer", transfer),
    "return": ("answer", give_back),
    "close": ("answer", close),
    "say": ("answer", say),
    "product": ("answer", product),
    "photo": ("answer", photo),
    "note": ("answer", note),
    "tags": ("answer", tags),
    "read": ("answer", read),
    "presence": ("answer", set_presence),
}


def do(agent: Agent, frame: Frame) -> Done:
    """Do what a frame asks for. Raises `Refused`, `HandoffError`, `ShopError`."""
    allowed, act = ACTIONS[frame["type"]]
    if not may(agent, allowed):
        raise Refused("forbidden")
    return act(agent, frame)


def _named(agent: Agent, frame: Frame) -> tuple[int, int, int]:
    """The hand-over that a frame names, the agent, and the version that his page shows."""
    return access.handoff(agent, frame.get("handoff")).id, agent.id, frames.whole(frame, "version")


def _said(agent: Agent, frame: Frame, body_of: Callable[[Handoff], Body]) -> Done:
    """Store a message of the agent; sent again under the same id it is stored once, whoever has it by now."""
    conversation, client_id = frames.word(frame, "conversation"), frames.ident(frame, "client_id")
    # First, because it may have been passed on to where he cannot see since.
    if (seq := _known(agent, conversation, client_id)) is not None:
        return {"seq": seq}
    handoff = access.own(agent, conversation)
    try:
        said = agent_side.say(handoff.id, agent.id, Draft("agent", body_of(handoff), client_id))
    except WrongState as error:  # it ended or was passed on between our look and the lock
        raise NotYours from error
    return {"seq": said.message.seq, "handoff": handoff_lines.of(said.handoff)}


def _known(agent: Agent, conversation: str, client_id: str) -> int | None:
    """The number of a message that the agent sent under this id before; raises `Refused` for another's id."""
    with database.session() as connection:
        found = messages.by_client_id(connection, conversation, client_id)
    if found is None:
        return None
    speaker = found.body.get("agent")
    if found.sender != "agent" or speaker is None or speaker["id"] != agent.id:
        raise Refused("bad_request")
    return found.seq


def _changed(handoff: Handoff, seer: Agent | None = None) -> Done:
    """The line after a change; None where the agent (`seer`) passed it on to where he cannot see."""
    gone = seer is not None and not sees(seer, handoff.group)
    return {"handoff": None if gone else handoff_lines.of(handoff)}
