"""A message between bot and person: what is not for the dialogue, and when a person is called.

    before ── a person has the conversation: nobody answers
           ── an e-mail that was asked for, an opinion, an offer taken or left, an owner's keyword: done here
           ── else the message that the dialogue is to be asked about
    store  ── what the dialogue said; or the hand-over that it (or an owner's rule) calls for, which announces
              itself

All functions are synchronous; call them in a thread, with the lock of the conversation held.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from bot.conversation import messages
from bot.conversation.bodies import Body, OfferBody, to_send_again
from bot.conversation.messages import Answer, Draft, Message
from bot.conversation.replies import Button, PersonWanted, Reply
from bot.conversation.texts import say
from bot.support import handoff
from bot.support.handoff import BeforeTurn, triggers
from bot.support.handoff.triggers import Rule
from bot.support.owner_settings import settings
from bot.turns import handoff_answers
from bot.turns.answering import BotAnswer, language_of, last_said
from storage import database


class Question(NamedTuple):
    """What to ask the dialogue about, and whether a person has had the conversation, of which it may not
    know.
    """

    message: Message
    after_a_person: bool


_NOW = sa.text(
    """
    SELECT (SELECT answered FROM messages WHERE conversation = :c AND seq = :s) AS answered,
        EXISTS (SELECT FROM handoffs WHERE conversation = :c) AS handed_over
    """
)


def before(message: Message, channel: str) -> Question | None:
    """The question for the dialogue; None if there is nothing (more) to answer."""
    with database.session() as connection:
        now = connection.execute(_NOW, {"c": message.conversation, "s": message.seq}).one()
    if now.answered:
        return None  # another process did it, or it is for a person
    state = handoff.before_turn(message.conversation) if now.handed_over else BeforeTurn()
    if state.open is not None:
        messages.answer(message, (), channel=channel)
        return None
    asked = _before(message, state, channel)
    return Question(asked, now.handed_over) if asked is not None else None


def _before(message: Message, state: BeforeTurn, channel: str) -> Message | None:
    if "offer" in message.body:
        return _offer_pressed(message, channel)
    if "payload" in message.body or "again" in message.body:
        return message
    text = message.body.get("text") or ""
    if "photo" not in message.body:
        if state.wants_email is not None and _email(message, text, state.wants_email, channel):
            return None
        if handoff_answers.stars_in(text) is not None and _rated(message, text, channel):
            return None
        if handoff_answers.is_yes(text) or handoff_answers.is_no(text):
            return _offer_answered(message, text, channel)
    rule = _keyword(message.conversation, text)
    if rule is None:
        return message
    _by_rule(message, rule, channel)
    return None


def store(message: Message, said: BotAnswer, channel: str) -> Answer:
    """Store the answer of the dialogue, or open the hand-over that it calls for; a person who has the
    conversation by now silences it.
    """
    drafts = [Draft("bot", body, reply_to=message.client_id) for body in said.bodies]
    if said.wish is not None:
        _request(message, said.wish, channel, drafts)
        return Answer([])
    rule = None if said.failed else handoff.check_rules(message.conversation, "")
    if rule is not None and not rule.ask:
        _request(message, PersonWanted(rule.reason, rule.name), channel, drafts, rule)
        return Answer([])
    if rule is not None:
        leave = Button(say("offer_leave", language_of(message)), offer="leave")
        drafts.append(_draft(message, _offer(message, rule, leave)))
    return messages.answer(message, drafts, channel=channel)


def push(conversation: str, replies: list[Reply], channel: str, sender: str = "bot") -> list[Message]:
    """Store what is said without being asked; nothing if a person has the conversation."""
    drafts = [Draft(sender, body) for reply in replies if (body := reply.body())]
    wish = next((reply.handoff for reply in replies if reply.handoff), None)
    if wish is not None:
        handoff.request(conversation, channel=channel, reason=wish.reason, detail=wish.detail, before=drafts)
        return []
    return messages.add(conversation, drafts, channel=channel) if drafts else []


def cancel(conversation: str) -> bool:
    """The customer goes back to the assistant; False if no one is waited for."""
    with contextlib.suppress(handoff.NotFound, handoff.WrongState):
        handoff.cancel(conversation)
        return True
    return False


# --- what is answered here ----------------------------------------------------------------------------------


def _email(message: Message, text: str, wanted: int, channel: str) -> bool:
    if handoff.leave_email(wanted, message) is not None:
        return True
    if handoff_answers.is_no(text):
        return _say(message, channel, "email_declined")
    last = last_said(message.conversation)
    if not handoff_answers.tries_email(text) or last is None or last.body.get("again"):
        return False
    return _say(message, channel, "email_wrong", {"form": "email", "again": True})


def _rated(message: Message, text: str, channel: str) -> bool:
    """The question for the opinion was the last thing said, and this is nothing but stars."""
    last = last_said(message.conversation)
    rating = last.body.get("rating") if last is not None else None
    stars = handoff_answers.stars_in(text)
    if not isinstance(rating, Mapping) or stars is None:
        return False
    try:
        handoff.rate(message.conversation, int(rating["handoff"]), stars)
    except (handoff.HandoffError, KeyError, ValueError):
        return False
    return _say(message, channel, "rated")


def _offer_pressed(message: Message, channel: str) -> Message | None:
    chosen = message.body["offer"]
    reply = messages.get(message.conversation, int(chosen["reply"]))
    offer = reply.body.get("offer") if reply is not None else None
    if not isinstance(offer, Mapping) or not chosen.get("take"):
        _say(message, channel, "offer_left")
        return None
    _take(message, offer, channel)
    return None


def _offer_answered(message: Message, text: str, channel: str) -> Message | None:
    """Yes or no in words, if a person was offered last; else it is for the dialogue."""
    last = last_said(message.conversation)
    offer = last.body.get("offer") if last is not None else None
    if not isinstance(offer, Mapping):
        return message
    if handoff_answers.is_yes(text):
        _take(message, offer, channel)
        return None
    waiting = messages.get(message.conversation, int(offer.get("message") or 0))
    if waiting is None:
        _say(message, channel, "offer_left")
        return None
    body: Body = {**message.body, "again": to_send_again(waiting.body)}
    return dataclasses.replace(message, body=body)


def _keyword(conversation: str, text: str) -> Rule | None:
    """The owner's rule that a message calls for by its words, the first time."""
    words = (spec.keywords for spec in settings().rules if spec.keywords)
    if not text or all(triggers.keyword(text, each) is None for each in words):
        return None
    return handoff.check_rules(conversation, text)


def _by_rule(message: Message, rule: Rule, channel: str) -> None:
    """Hand over at once, or offer it in place of the dialogue's answer, which "no" still brings."""
    if not rule.ask:
        _request(message, PersonWanted(rule.reason, rule.name), channel, (), rule)
        return
    leave = Button(say("offer_leave", language_of(message)), retry=message.seq)
    body = _offer(message, rule, leave)
    body["offer"]["message"] = message.seq
    messages.answer(message, [_draft(message, body)], channel=channel)


def _offer(message: Message, rule: Rule, leave: Button) -> Body:
    language = language_of(message)
    take = Button(say("offer_take", language), offer="take")
    body = Reply(say(f"offer_{rule.reason}", language), buttons=(take, leave)).body()
    facts: OfferBody = {
        "reason": rule.reason,
        "detail": rule.name,
        "group": rule.group,
        "priority": rule.priority,
    }
    return {**body, "offer": facts}


def _take(message: Message, offer: OfferBody, channel: str) -> None:
    handoff.request(
        message.conversation,
        channel=channel,
        reason=str(offer.get("reason") or "asked"),
        detail=offer.get("detail"),
        group=offer.get("group"),
        priority=offer.get("priority"),
        language=language_of(message),
        message=message,
        consented=True,
    )


def _request(
    message: Message,
    wish: PersonWanted,
    channel: str,
    said: list[Draft] | tuple[Draft, ...],
    rule: Rule | None = None,
) -> None:
    handoff.request(
        message.conversation,
        channel=channel,
        reason=wish.reason,
        detail=wish.detail,
        group=rule.group if rule else None,
        priority=rule.priority if rule else None,
        language=language_of(message),
        message=message,
        before=said,
    )


def _say(message: Message, channel: str, code: str, asks: Body | None = None) -> bool:
    body: Body = {"text": say(code, language_of(message)), **(asks or {})}
    messages.answer(message, [_draft(message, body)], channel=channel)
    return True


def _draft(message: Message, body: Body) -> Draft:
    return Draft("bot", body, reply_to=message.client_id)
