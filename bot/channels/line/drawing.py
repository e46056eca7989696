"""What LINE shows: texts, a carousel of cards, quick replies or a list of choices, packed so that an answer
is as few pushes as possible, since each counts. Pure.

https://developers.line.biz/en/reference/messaging-api/#message-objects
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.channels.base.drawing import Choice, Shown, ShownCard, as_text, shorten, split

TEXT = 5000  # UTF-16 code units of a text
MESSAGES = 5  # of one push
BUBBLES = 12  # of a carousel
CAROUSEL = 45_000  # bytes of a carousel's JSON; LINE takes 50 KB
REASON = 2000  # characters on a card: no bubble comes near the 30 KB that LINE takes
QUICK = 13  # quick replies
ROWS = 20  # choices of one list
LABEL = 20  # characters of a quick reply
BUTTON = 40  # characters of a button in a bubble
SAID = 300  # characters that pressing a button says
ALT = 400  # characters that stand for a carousel in notifications
URI = 1000  # characters of an address behind a button
PICTURE = 2000  # characters of a picture's address
GREY = "#767676"

Message = dict[str, Any]
Address = Callable[[str], "str | None"]  # of a picture as LINE takes it


def draw(shown: Shown, picture: Address, whose: str = "") -> list[dict[str, Any]]:
    """A message as pushes: `messages`, and `words`, the same in plain texts, should LINE refuse them.

    `picture` gives the address of a picture for LINE (JPEG, https), or None. `whose`: in a group the customer
    who is answered, and alone may press the buttons; or the group.
    """
    parts = split(shown.said, TEXT - len("{who} "), lambda part: units(_braced(part)))
    pairs = [(_text(part), [_text(part)]) for part in parts]
    if pairs and whose.startswith("U"):
        pairs[0] = (_to(whose, parts[0]), pairs[0][1])
    for cards in _carousels(shown.cards, picture, whose):
        plain = as_text(Shown(shown.seq, shown.sender, cards=tuple(replace(c, choices=()) for c in cards)))
        titles = "\n".join(f"{each.title} – {each.price}" if each.price else each.title for each in cards)
        pairs.append((_flex(titles, [_bubble(each, picture, whose) for each in cards]), _texts(plain)))
    if shown.picture:
        pairs.append((_image(picture(shown.picture)) or _text(shown.picture), [_text(shown.picture)]))
    short = len(shown.choices) <= QUICK and all(len(each.title) <= LABEL for each in shown.choices)
    quick = bool(pairs) and short
    if not quick:
        pairs += [_list(choices, whose) for choices in _groups(shown.choices, ROWS)]
    pushes = [_push(group) for group in _groups(pairs, MESSAGES)]
    if quick and shown.choices:
        items = [{"type": "action", "action": _action(each, LABEL, whose)} for each in shown.choices]
        for messages in pushes[-1].values():
            messages[-1] = {**messages[-1], "quickReply": {"items": items}}
    return pushes


def units(text: str) -> int:
    """How long a text is for LINE."""
    return len(text.encode("utf-16-le")) // 2


def _push(pairs: Sequence[tuple[Message, list[Message]]]) -> dict[str, Any]:
    return {"messages": [each for each, _ in pairs], "words": [word for _, words in pairs for word in words]}


def _text(text: str) -> Message:
    return {"type": "text", "text": text}


def _texts(text: str) -> list[Message]:
    return [_text(part) for part in split(text, TEXT, units)]


def _to(user: str, text: str) -> Message:
    """A text that names in a group whom it answers."""
    who = {"type": "mention", "mentionee": {"type": "user", "userId": user}}
    return {"type": "textV2", "text": "{who} " + _braced(text), "substitution": {"who": who}}


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _image(address: str | None) -> Message | None:
    if address is None:
        return None
    return {"type": "image", "originalContentUrl": address, "previewImageUrl": address}


def _flex(words: str, bubbles: Sequence[Message]) -> Message:
    one = len(bubbles) == 1
    contents = bubbles[0] if one else {"type": "carousel", "contents": list(bubbles)}
    return {"type": "flex", "altText": _cut(words, ALT), "contents": contents}


def _carousels(cards: Sequence[ShownCard], picture: Address, whose: str) -> list[list[ShownCard]]:
    """Cards in groups that fit a carousel."""
    found: list[list[ShownCard]] = []
    size = 0
    for card in cards:
        more = len(json.dumps(_bubble(card, picture, whose)).encode())
        if not found or len(found[-1]) == BUBBLES or size + more > CAROUSEL:
            found.append([])
            size = 0
        found[-1].append(card)
        size += more
    return found


def _bubble(card: ShownCard, picture: Address, whose: str) -> Message:
    link = {"type": "uri", "label": "🔗", "uri": card.url} if card.url and len(card.url) <= URI else None
    action = {"action": link} if link else {}
    texts = [{"type": "text", "text": card.title or "…", "weight": "bold", "wrap": True, **action}]
    if card.price:
        texts.append({"type": "text", "text": card.price, "wrap": True})
    if card.reason:
        reason = _cut(card.reason, REASON)
        texts.append({"type": "text", "text": reason, "size": "sm", "color": GREY, "wrap": True})
    bubble: Message = {"type": "bubble", "size": "kilo", "body": _box(texts)}
    if card.picture and (address := picture(card.picture)):
        hero = {"type": "image", "url": address, "size": "full", "aspectRatio": "1:1", "aspectMode": "fit"}
        bubble["hero"] = {**hero, **action}
    buttons = [_row(each, whose) for each in card.choices]
    if link:
        buttons.append({"type": "button", "style": "link", "height": "sm", "action": link})
    if buttons:
        bubble["footer"] = _box(buttons)
    return bubble


def _list(choices: Sequence[Choice], whose: str) -> tuple[Message, list[Message]]:
    """Choices that are too many or too long for quick replies."""
    words = "\n".join(f"• {each.title}" for each in choices)
    bubble = {"type": "bubble", "size": "kilo", "body": _box([_row(each, whose) for each in choices])}
    return _flex(words, [bubble]), _texts(words)


def _row(choice: Choice, whose: str) -> Message:
    """A button; or a line of text that can be pressed, if the title does not fit a button."""
    action = _action(choice, BUTTON, whose)
    if len(choice.title) <= LABEL:
        return {"type": "button", "style": "secondary", "height": "sm", "action": action}
    line = {"type": "text", "text": choice.title, "wrap": True, "align": "center", "size": "sm"}
    frame = {"paddingAll": "sm", "cornerRadius": "md", "borderWidth": "light", "borderColor": GREY}
    return {**_box([line]), **frame, "action": action}


def _action(choice: Choice, label: int, whose: str) -> Message:
    return {
        "type": "postback",
        "label": shorten(choice.title, label),
        "data": f"{choice.token} {whose}".strip(),
        "displayText": _cut(choice.title, SAID),
    }


def _box(contents: Sequence[Message]) -> Message:
    return {"type": "box", "layout": "vertical", "spacing": "sm", "contents": list(contents)}


def _cut(text: str, limit: int) -> str:
    """At most so many UTF-16 code units, lines kept."""
    parts = split(text, limit - 1, units)
    return parts[0] if len(parts) == 1 else f"{parts[0]}…"


def _groups(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[first : first + size] for first in range(0, len(items), size)]
