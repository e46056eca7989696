"""What Slack shows: text, or blocks (https://docs.slack.dev/reference/block-kit/blocks). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from bot.channels.base.drawing import Choice, Shown, ShownCard, read_token, shorten, split

TEXT = 3900  # characters of a message without blocks; Slack advises less than 4,000
SECTION = 3000  # characters of one section
MESSAGE = 10_000  # characters of all blocks of a message; above 13,000 they are refused (not documented)
BLOCKS = 50  # blocks of a message
ELEMENTS = 25  # buttons of one block
BUTTON = 75  # characters on a button
ALT = 200  # characters of the words for a picture
TITLE = 150  # characters of a card's title, and of its price
LINK = 1000  # characters of an address; a longer one is left out

Block = dict[str, Any]


def draw(shown: Shown, whose: str = "") -> list[dict[str, Any]]:
    """A message as the arguments of `chat.postMessage` (without a channel), one dictionary a message.
    Pictures stand with their address in the catalogue. `whose`: who alone may press its buttons.
    """
    if not (shown.cards or shown.choices or shown.picture):
        return [{"text": part} for part in _parts(shown.said, TEXT)]
    together = [[_section(part)] for part in _parts(shown.said)]
    together += [_card(card, whose) for card in shown.cards]
    if shown.picture:
        together.append([{"type": "image", **_image(shown.picture, shown.text)}])
    together += [[block] for block in _buttons(shown.choices, whose)]
    return [{"text": _words(blocks), "blocks": blocks} for blocks in _messages(together)]


def offers(piece: dict[str, Any], token: str) -> bool:
    """Whether a message has the button of a token."""
    return any(token in _tokens(block) for block in piece.get("blocks", []))


def pressed(blocks: Sequence[Block], token: str, title: str) -> dict[str, Any]:
    """The arguments of `chat.update` after one of a message's own buttons was pressed: what was chosen stands
    in their place. Those of its cards stay.
    """
    found: list[Block] = []
    done = {"type": "context", "elements": [{"type": "mrkdwn", "text": f"✓ {escape(title)}"}]}
    for block in blocks:
        tokens = _tokens(block)
        places = [place for each in tokens if (place := read_token(each)) is not None]
        if token in tokens:
            found.append(done)
        elif not places or any(card is not None for _, card, _ in places):
            found.append(block)
    return {"text": _words(found), "blocks": found}


def images(blocks: Sequence[Block]) -> list[Block]:
    """The parts of blocks that are a picture."""
    parts = [block if block["type"] == "image" else block.get("accessory") for block in blocks]
    return [part for part in parts if part]


def without(blocks: Sequence[Block], missing: Sequence[Block]) -> list[Block]:
    """Blocks without some of their pictures; one that was nothing else is words."""
    found = []
    for block in blocks:
        if any(block is each for each in missing):
            block = _section(escape(block["alt_text"]))
        elif any(block.get("accessory") is each for each in missing):
            block = {name: value for name, value in block.items() if name != "accessory"}
        found.append(block)
    return found


def escape(text: str) -> str:
    """A text that Slack shows as it is: nothing in it is a mention, a link or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tokens(block: Block) -> list[str]:
    return [each["action_id"] for each in block.get("elements", []) if "action_id" in each]


def _parts(text: str, limit: int = SECTION) -> list[str]:
    return [escape(part) for part in split(text, limit, lambda part: len(escape(part)))]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, "expand": True}


def _image(address: str, words: str) -> Block:
    return {"image_url": address, "alt_text": shorten(words, ALT) or "…"}


def _card(card: ShownCard, whose: str) -> list[Block]:
    title = escape(shorten(card.title, TITLE))
    link = quote(card.url or "", safe="/:?#[]@!$&'()*+,;=%~")
    head = f"*<{link}|{title}>*" if 0 < len(link) <= LINK else f"*{title}*"
    head += f" – {escape(shorten(card.price, TITLE))}" if card.price else ""
    first, *rest = _parts(card.reason, SECTION - len(head) - 1) or [""]
    section = _section(f"{head}\n{first}".strip())
    if card.picture:
        section["accessory"] = {"type": "image", **_image(card.picture, card.title)}
    return [section, *map(_section, rest), *_buttons(card.choices, whose)]


def _buttons(choices: Sequence[Choice], whose: str) -> list[Block]:
    buttons = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": shorten(each.title, BUTTON), "emoji": True},
            "action_id": each.token,
            "value": f"{each.token} {whose}".strip(),
        }
        for each in choices
    ]
    groups = [buttons[first : first + ELEMENTS] for first in range(0, len(buttons), ELEMENTS)]
    return [{"type": "actions", "elements": group} for group in groups]


def _messages(together: Sequence[list[Block]]) -> list[list[Block]]:
    """Blocks that belong together, in as many messages as they need."""
    found: list[list[Block]] = []
    for blocks in (part for whole in together for part in _fitting(whole)):
        last = found[-1] if found else []
        size = len(_words([*last, *blocks]))
        if found and len(last) + len(blocks) <= BLOCKS and size <= MESSAGE:
            last += blocks
        else:
            found.append(list(blocks))
    return found


def _fitting(blocks: list[Block]) -> list[list[Block]]:
    """Blocks that belong together; each for itself, if they are too many words for one message."""
    return [blocks] if len(_words(blocks)) <= MESSAGE else [[block] for block in blocks]


def _words(blocks: Sequence[Block]) -> str:
    """The same in words: for notifications and screen readers."""
    lines = []
    for block in blocks:
        if block["type"] == "section":
            lines.append(block["text"]["text"])
        elif block["type"] == "image":
            lines.append(escape(block["alt_text"]))
        else:
            lines.append(" · ".join(map(_word, block["elements"])))
    return "\n".join(lines)


def _word(element: Block) -> str:
    text = element["text"]
    return text if isinstance(text, str) else escape(text["text"])
