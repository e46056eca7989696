"""How Messenger and Instagram show a message: texts, a carousel of products, buttons and quick replies. Pure.

Quick replies vanish when they are pressed or something else is said, buttons stay: up to three choices are
buttons, up to 13 quick replies, more are a carousel of buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.channels.base.drawing import Choice, Shown, ShownCard, groups, shorten, split
from bot.channels.meta import more
from bot.conversation.texts import say

Message = dict[str, Any]  # the `message` of the Send API

CARDS = 10  # of a carousel
BUTTONS = 3  # of a card, of a text
QUICK = 13  # quick replies
TITLE = 80  # characters of a card's title, and of its subtitle
LABEL = 20  # of a button
BUTTON_TEXT = 640  # of a text with buttons


def draw(
    shown: Shown,
    language: str,
    *,
    limit: int,
    size: Callable[[str], int],
    picture: Callable[[str | None], str | None],
) -> list[Message]:
    """The messages, in order. `limit` is of a text, as the platform counts (`size`); `picture` gives the
    address that the platform can fetch a picture from. A picture of the message itself is `{"picture":
    address}`: how it is sent is not decided here.
    """
    found: list[Message] = [{"picture": shown.picture}] if shown.picture else []
    choices, said = list(shown.choices), shown.said
    if shown.cards:
        found += [{"text": part} for part in split(said, limit, size)]
        found += [_generic(group) for group in groups(_elements(shown, language, picture), CARDS)]
        if len(shown.cards) == 1:
            choices = [*shown.cards[0].choices[BUTTONS:], *choices]
        said = ""
        if choices and len(choices) <= QUICK and not _long(choices):
            found[-1]["quick_replies"] = [_quick(each.title, each) for each in choices]
            choices = []
    return [*found, *_asked(said, choices, language, limit, size)]


def others(card: ShownCard, language: str, limit: int, size: Callable[[str], int]) -> list[Message]:
    """What the button "More …" of a card shows."""
    about = "\n".join(filter(None, (_head(card), card.reason, card.url)))
    return _asked(about, list(card.choices[BUTTONS - 1 :]), language, limit, size)


def plain(message: Message) -> Message | None:
    """The same without pictures, for a platform that did not like them; None if there are none."""
    if "picture" in message:
        return {"text": message["picture"]}
    payload = message.get("attachment", {}).get("payload", {})
    if not any("image_url" in each for each in payload.get("elements", ())):
        return None
    elements = [{key: each[key] for key in each if key != "image_url"} for each in payload["elements"]]
    bare = [each if len(each) > 1 else {**each, "subtitle": "…"} for each in elements]
    return {**message, "attachment": {"type": "template", "payload": {**payload, "elements": bare}}}


def _asked(
    said: str, choices: list[Choice], language: str, limit: int, size: Callable[[str], int]
) -> list[Message]:
    """A text with choices."""
    titles = [each.title for each in choices]
    if _long(choices):  # the whole words are in the text
        titles = [_numbered(number, title) for number, title in enumerate(titles, start=1)]
        said = "\n\n".join(filter(None, (said, "\n".join(titles))))
    if choices and not said:
        said = say("please_choose", language)
    parts = split(said, limit, size)
    found: list[Message] = [{"text": part} for part in parts]
    if not choices:
        return found
    if len(choices) <= BUTTONS and len(parts[-1]) <= BUTTON_TEXT:
        buttons = [_postback(title, each) for title, each in zip(titles, choices, strict=True)]
        found[-1] = _template("button", text=parts[-1], buttons=buttons)
    elif len(choices) <= QUICK:
        found[-1]["quick_replies"] = [
            _quick(title, each) for title, each in zip(titles, choices, strict=True)
        ]
    else:
        pairs = list(enumerate(zip(titles, choices, strict=True), start=1))
        rows_of_three = [pairs[first : first + BUTTONS] for first in range(0, len(pairs), BUTTONS)]
        elements = [
            {
                "title": f"{row[0][0]}–{row[-1][0]}",
                "buttons": [_postback(title, each) for _, (title, each) in row],
            }
            for row in rows_of_three
        ]
        found += [_generic(group) for group in groups(elements, CARDS)]
    return found


def _elements(shown: Shown, language: str, picture: Callable[[str | None], str | None]) -> list[Message]:
    alone = len(shown.cards) == 1
    found = []
    for place, card in enumerate(shown.cards):
        choices = list(card.choices[:BUTTONS])
        if len(card.choices) > BUTTONS and not alone:
            choices = [*card.choices[: BUTTONS - 1], more.button(shown.seq, place, language)]
        element: Message = {"title": shorten(card.title, TITLE) or "…"}
        under = shorten(" – ".join(filter(None, (card.price, card.reason))), TITLE)
        element |= {"subtitle": under} if under else {}
        address = picture(card.picture)
        element |= {"image_url": address} if address else {}
        buttons = [_postback(each.title, each) for each in choices]
        if card.url:
            element["default_action"] = {"type": "web_url", "url": card.url}
            if len(buttons) < BUTTONS:
                buttons.append({"type": "web_url", "url": card.url, "title": say("view", language)})
        element |= {"buttons": buttons} if buttons else {}
        found.append(element if len(element) > 1 else {**element, "subtitle": "…"})
    return found


def _head(card: ShownCard) -> str:
    return card.title + (f" – {card.price}" if card.price else "")


def _generic(elements: list[Message]) -> Message:
    return _template("generic", elements=elements)


def _template(kind: str, **payload: Any) -> Message:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}


def _postback(title: str, choice: Choice) -> Message:
    return {"type": "postback", "title": shorten(title, LABEL) or "…", "payload": choice.token}


def _quick(title: str, choice: Choice) -> Message:
    return {"content_type": "text", "title": shorten(title, LABEL) or "…", "payload": choice.token}


def _numbered(number: int, title: str) -> str:
    return title if title.startswith(f"{number}. ") else f"{number}. {title}"


def _long(choices: Sequence[Choice]) -> bool:
    return any(len(" ".join(each.title.split())) > LABEL for each in choices)
