"""How WhatsApp shows a message: texts, products as pictures with buttons (a carousel where it can be one),
reply buttons, lists. Pure.

A piece is the body of a call without the recipient; a picture in it is `{"picture": address}`, which is
replaced when it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.channels.base.drawing import Choice, Shown, ShownCard, groups, shorten, split
from bot.channels.meta import more
from bot.conversation.texts import say

Body = dict[str, Any]

TEXT = 4096  # characters of a text
BODY = 1024  # of a text with buttons or a list, and under a picture
BUTTONS = 3
LABEL = 20  # characters of a button
ROWS = 10  # of a list
ROW = 24  # characters of a row's title
UNDER = 72  # of a row's description
CAROUSEL = (2, 10)  # cards
CARD = 160  # characters of a carousel's card


def draw(shown: Shown, language: str, *, link: Callable[[str | None], str | None]) -> list[Body]:
    """The pieces, in order. `link` gives the address that WhatsApp can fetch a picture from, or None."""
    said, choices = shown.said, list(shown.choices)
    found: list[Body] = [_image(shown.picture, "")] if shown.picture else []
    if not shown.cards:
        return [*found, *asked(said, choices, language)]
    carousel = _carousel(shown, language, link)
    if carousel is None:
        found += [_text(part) for part in split(said, TEXT)]
        found += [_card(shown, place, language) for place in range(len(shown.cards))]
    else:
        if len(said) > BODY:
            found += [_text(part) for part in split(said, TEXT)]
            said = ""
        first, *others = carousel
        body = said or say("please_choose", language)
        found += [_interactive("carousel", body, {"cards": first})]
        found += [_interactive("carousel", "…", {"cards": each}) for each in others]
    return [*found, *asked("", choices, language)]


def asked(said: str, choices: Sequence[Choice], language: str) -> list[Body]:
    """A text with choices: up to three as buttons, more as lists of ten."""
    if not choices:
        return [_text(part) for part in split(said, TEXT)]
    parts = split(said, TEXT)
    body = parts.pop() if parts and len(parts[-1]) <= BODY else say("please_choose", language)
    found = [_text(part) for part in parts]
    if len(choices) <= BUTTONS and all(len(each.title) <= LABEL for each in choices):
        return [*found, _interactive("button", body, _replies(choices))]
    rows = [
        {"id": each.token, "title": title}
        | ({"description": shorten(each.title, UNDER)} if title != each.title else {})
        for each, title in zip(choices, _labels(choices, ROW), strict=True)
    ]
    pages = [rows[first : first + ROWS] for first in range(0, len(rows), ROWS)]
    for number, page in enumerate(pages, start=1):
        words = body if number == 1 else f"{say('please_choose', language)} ({number}/{len(pages)})"
        action = {"button": say("choose", language), "sections": [{"rows": page}]}
        found.append(_interactive("list", words, action))
    return found


def others(card: ShownCard, language: str) -> list[Body]:
    """What the button "More …" of a card shows."""
    return asked(_about(card, BODY), card.choices[1:], language)


def plain(body: Body) -> Body | None:
    """The same without pictures, for a platform that did not like them; None if there are none."""
    if body["type"] == "image":
        image = body["image"]
        return _text(image.get("caption") or image["picture"])
    interactive = body.get("interactive", {})
    if interactive.get("type") == "carousel":
        return _as_list(interactive)
    if "header" not in interactive:
        return None
    bare = {key: value for key, value in interactive.items() if key != "header"}
    return {**body, "interactive": bare}


# --- products -----------------------------------------------------------------------------------------------


def _card(shown: Shown, place: int, language: str) -> Body:
    """One product: its picture, what there is to say, its buttons."""
    card = shown.cards[place]
    header = {"type": "image", "image": {"picture": card.picture}} if card.picture else None
    if card.choices:
        choices = list(card.choices)
        if len(choices) > BUTTONS:
            choices = [*choices[: BUTTONS - 1], more.button(shown.seq, place, language)]
        return _interactive("button", _about(card, BODY), _replies(choices), header)
    if card.url:
        action = {
            "name": "cta_url",
            "parameters": {"display_text": say("view", language), "url": card.url},
        }
        return _interactive("cta_url", _about(card, BODY, url=False), action, header)
    if header is None:
        return _text(_about(card, TEXT))
    return _image(str(card.picture), _about(card, BODY))


def _carousel(
    shown: Shown, language: str, link: Callable[[str | None], str | None]
) -> list[list[Body]] | None:
    """Carousels of all products, or None: they need pictures that WhatsApp can fetch, and all cards the same
    number of buttons (one or two; the rest comes after "More …").
    """
    least, most = CAROUSEL
    links = [link(card.picture) for card in shown.cards]
    if len(shown.cards) < least or not all(links):
        return None
    fewest = min(len(card.choices) for card in shown.cards)
    if fewest == 0:
        return None
    count = min(fewest, 2)
    cards = []
    for place, (card, address) in enumerate(zip(shown.cards, links, strict=True)):
        choices = list(card.choices)
        full = len(choices) == count
        if not full:
            choices = [*choices[: count - 1], more.button(shown.seq, place, language)]
        buttons = [
            {"type": "quick_reply", "quick_reply": {"id": each.token, "title": title}}
            for each, title in zip(choices, _labels(choices, LABEL), strict=True)
        ]
        cards.append(
            {
                "type": "cta_url",
                "header": {"type": "image", "image": {"link": address}},
                "body": {"text": _about(card, CARD, url=full)},
                "action": {"buttons": buttons},
            }
        )
    return [
        [{"card_index": index, **card} for index, card in enumerate(group)] for group in groups(cards, most)
    ]


def _as_list(carousel: Body) -> Body:
    """A carousel in words: its products as rows, with the first of their buttons."""
    cards = carousel["action"]["cards"]
    words = [f"{number}. {card['body']['text']}" for number, card in enumerate(cards, start=1)]
    text = carousel["body"]["text"]
    room = (BODY - len(text)) // max(len(cards), 1) - 2
    body = "\n\n".join([text, *(_cut(each, max(room, 24)) for each in words)])[:BODY]
    rows = [
        {
            "id": card["action"]["buttons"][0]["quick_reply"]["id"],
            "title": shorten(words[place], ROW),
            "description": shorten(card["body"]["text"], UNDER),
        }
        for place, card in enumerate(cards)
    ]
    button = cards[0]["action"]["buttons"][0]["quick_reply"]["title"]
    return _interactive("list", body, {"button": button, "sections": [{"rows": rows}]})


def _about(card: ShownCard, limit: int, *, url: bool = True) -> str:
    """A product in words; the address is whole or not there."""
    words = card.title + (f" – {card.price}" if card.price else "")
    words += f"\n{card.reason}" if card.reason else ""
    address = f"\n{card.url}" if url and card.url and len(card.url) <= limit // 2 else ""
    return (_cut(words.strip() or "…", limit - len(address)) + address).strip()


# --- parts --------------------------------------------------------------------------------------------------


def _text(text: str) -> Body:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _image(address: str, caption: str) -> Body:
    return {"type": "image", "image": {"picture": address, **({"caption": caption} if caption else {})}}


def _interactive(kind: str, text: str, action: Body, header: Body | None = None) -> Body:
    top = {"header": header} if header is not None else {}
    return {
        "type": "interactive",
        "interactive": {"type": kind, **top, "body": {"text": text}, "action": action},
    }


def _replies(choices: Sequence[Choice]) -> Body:
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": each.token, "title": title}}
            for each, title in zip(choices, _labels(choices, LABEL), strict=True)
        ]
    }


def _labels(choices: Sequence[Choice], limit: int) -> list[str]:
    """Titles that fit; with numbers if two would look the same, which WhatsApp takes for an error."""
    short = [shorten(each.title, limit) or "…" for each in choices]
    if len(set(short)) == len(short):
        return short
    return [shorten(f"{number}. {each.title}", limit) for number, each in enumerate(choices, start=1)]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
