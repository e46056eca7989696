"""How a message looks at WeChat: text, one news article for a product, one picture with numbers for several,
menus as text. Pure.

WeChat allows five messages after one of the customer's (three after a tap on a menu), so as few as possible
are drawn. A piece is the body of a call to `message/custom/send`; `words` is what is sent instead if WeChat
refuses it, `sheet` are the pictures (number, address) that are to be sent as one, 0 for one without number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.channels.base.drawing import Shown, ShownCard, numbered, shorten, split
from bot.channels.wechat import menu_page
from bot.conversation.texts import say
from bot.door import jpeg_pictures

TEXT = 2048  # bytes of one text
HEAD = 600  # bytes above a menu
ROW = 120  # bytes of a row of a menu
ROWS = 10  # of a menu
TITLE = 64  # characters of an article's title
DESCRIPTION = 120  # characters

Piece = dict[str, Any]


def draw(shown: Shown, language: str, base: str) -> list[Piece]:
    """The pieces of a message; `base` is the base of our own addresses."""
    blocks = [shown.said] if shown.said else []
    shows: list[Piece] = []
    if len(shown.cards) == 1:
        more, shows = _one(shown.cards[0], base)
        blocks += more
    else:
        blocks += [_listed(number, card) for number, card in enumerate(shown.cards, start=1)]
        shows += _sheets(shown.cards)
    if shown.picture:
        shows.append(_picture([(0, shown.picture)], words=shown.picture))
    texts = list(_packed(blocks))
    menus = list(_menus(shown, say("reply_with_number", language)))
    # What is said last may stand above the menu, if it is short: a link would perhaps be none there.
    if menus and texts and _size(texts[-1]) <= HEAD and "<a " not in texts[-1]:
        menus[0] = _headed(menus[0], texts.pop())
    return [*(text(each) for each in texts), *shows, *menus]


def text(content: str) -> Piece:
    """A plain message."""
    return {"msgtype": "text", "text": {"content": content}}


def _listed(number: int, card: ShownCard) -> str:
    """A product of several, its title a link."""
    title = _cut(card.title, 200)
    linked = f'<a href="{card.url}">{title}</a>' if card.url and '"' not in card.url else title
    head = f"{number}. {linked}" + (f" – {card.price}" if card.price else "")
    return f"{head}\n   {_cut(card.reason, 400)}" if card.reason else head


def _about(card: ShownCard) -> str:
    head = card.title + (f" – {card.price}" if card.price else "")
    return "\n".join(filter(None, (head, card.reason, card.url)))


def _one(card: ShownCard, base: str) -> tuple[list[str], list[Piece]]:
    """A product by itself: an article that leads to its page, or words and a picture where it has none."""
    if not card.url:
        return [_about(card)], [_picture([(0, card.picture)])] if card.picture else []
    more = []
    if len(card.price) + len(card.reason) >= DESCRIPTION:  # it has room for that above the article only
        more, card = [card.reason], replace(card, reason="")
    article = {
        "title": shorten(card.title, TITLE),
        "description": "\n".join(filter(None, (card.price, card.reason))),
        "url": card.url,
        "picurl": jpeg_pictures.jpeg_url(card.picture, base) or "",
    }
    return more, [{"msgtype": "news", "news": {"articles": [article]}, "words": _about(card)}]


def _sheets(cards: Sequence[ShownCard]) -> list[Piece]:
    found = [(number, card.picture) for number, card in enumerate(cards, start=1) if card.picture]
    return [_picture(found[first : first + menu_page.MOST]) for first in range(0, len(found), menu_page.MOST)]


def _picture(numbered: Sequence[tuple[int, str]], words: str = "") -> Piece:
    return {"msgtype": "image", "sheet": [list(each) for each in numbered], "words": words}


def _menus(shown: Shown, hint: str) -> Iterator[Piece]:
    """The choices, numbered as they may be typed; a tap sends the row with its token."""
    rows = [
        (f"{number}. {choice.title}", choice.token)
        for number, choice in enumerate(numbered(shown), start=1)
        if choice.token
    ]
    for first in range(0, len(rows), ROWS):
        items = [{"id": token, "content": _cut(row, ROW)} for row, token in rows[first : first + ROWS]]
        words = "\n".join([*(item["content"] for item in items), "", hint])
        yield {"msgtype": "msgmenu", "msgmenu": {"head_content": hint, "list": items}, "words": words}


def _headed(menu: Piece, head: str) -> Piece:
    hint, items = menu["msgmenu"]["head_content"], menu["msgmenu"]["list"]
    inner = {"head_content": head, "list": items, "tail_content": hint}
    return {**menu, "msgmenu": inner, "words": f"{head}\n\n{menu['words']}"}


def _packed(blocks: Sequence[str]) -> Iterator[str]:
    """Blocks in as few texts as possible; none is cut that is no longer than a text (a link may be in it)."""
    packed = ""
    for block in blocks:
        for part in _parts(block, TEXT):
            if packed and _size(packed) + 2 + _size(part) > TEXT:
                yield packed
                packed = part
            else:
                packed = f"{packed}\n\n{part}" if packed else part
    if packed:
        yield packed


def _parts(block: str, characters: int) -> Iterator[str]:
    """A block in parts that are no longer than a text."""
    for part in split(block, characters):
        if _size(part) <= TEXT:
            yield part
        else:
            yield from _parts(part, characters * 2 // 3)


def _cut(line: str, most: int) -> str:
    """At most so many bytes of a line, with "…" where something is missing."""
    line = " ".join(line.split())
    if _size(line) <= most:
        return line
    return line.encode()[: most - 3].decode(errors="ignore").rstrip() + "…"


def _size(line: str) -> int:
    return len(line.encode())
