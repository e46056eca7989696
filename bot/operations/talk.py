"""`python -m bot talk`: a customer in the terminal, over the widget's own protocol; or one who follows a
script.
"""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml

from bot.operations.client import Client, ClientError, Turn
from bot.settings import settings

_HELP = "Type a message · /photo PATH [words] · /button 2 · /quit"


class ScriptError(ValueError):
    """A script that cannot be followed; the message says where and why."""


def talk(url: str | None, language: str | None, script: Path | None) -> int:
    """Talk until the customer leaves or the script ends; returns an exit code."""
    address = url or settings().base_url
    try:
        if script is not None:
            return asyncio.run(_follow(address, language, read_script(script)))
        return asyncio.run(_chat(address, language))
    except (ClientError, ScriptError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


# --- a script -----------------------------------------------------------------------------------------------


def read_script(path: Path) -> list[dict[str, Any]]:
    """The steps of a script: {say}, {photo, say?}, {button}, {wait}. Photos are found beside the script.

    Raises `ScriptError`.
    """
    try:
        steps = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScriptError(f"{path} cannot be read: {error}") from error
    if not isinstance(steps, list):
        raise ScriptError(f"{path}: a list of steps is needed")
    for number, step in enumerate(steps, start=1):
        kinds = {"say", "photo", "button", "wait"} & set(step) if isinstance(step, dict) else set()
        if not kinds or set(step) - kinds or (len(kinds) > 1 and kinds != {"say", "photo"}):
            raise ScriptError(f"{path}, step {number}: one of say, photo (with say), button, wait is needed")
        if "wait" in step and not (isinstance(step["wait"], (int, float)) and 0 <= step["wait"] <= 3600):
            raise ScriptError(f"{path}, step {number}: wait takes seconds")
        if "photo" in step:
            photo = Path(str(step["photo"])).expanduser()
            step["photo"] = photo if photo.is_absolute() or photo.exists() else path.parent / photo
            if not step["photo"].is_file():
                raise ScriptError(f"{path}, step {number}: there is no photo {step['photo']}")
    return steps


async def _follow(url: str, language: str | None, steps: list[dict[str, Any]]) -> int:
    async with Client(url, language=language) as client:
        number = 0
        for step in steps:
            if "wait" in step:
                await asyncio.sleep(step["wait"])
                continue
            number += 1
            print(json.dumps(await play(client, number, step), ensure_ascii=False), flush=True)
    return 0


async def play(client: Client, number: int, step: dict[str, Any]) -> dict[str, Any]:
    """Do one step of a script; returns its line: {"turn", "sent", "replies", "ms"} (and "error")."""
    try:
        if "button" in step:
            sent: str = str(step["button"])
            turn = await client.press_title(sent)
        else:
            sent = str(step.get("say") or "")
            photo = await client.upload(step["photo"]) if "photo" in step else None
            turn = await client.say(sent, photo)
            if photo:
                sent = f"[{Path(step['photo']).name}] {sent}".strip()
    except ClientError as error:
        return {
            "turn": number,
            "sent": str(next(iter(step.values()))),
            "replies": [],
            "ms": 0,
            "error": str(error),
        }
    return line(number, sent, turn)


def line(number: int, sent: str, turn: Turn) -> dict[str, Any]:
    """A turn as one JSON line says it."""
    result: dict[str, Any] = {
        "turn": number,
        "sent": sent,
        "replies": [
            {
                "text": reply["text"],
                "cards": [
                    {key: card[key] for key in ("id", "title", "price", "reason")} for card in reply["cards"]
                ],
                "buttons": [button["title"] for button in reply["buttons"]],
                "picture": reply["picture"],
            }
            for reply in turn.replies
        ],
        "ms": round(turn.ms, 1),
    }
    if turn.error:
        result["error"] = turn.error["text"]
    return result


# --- a person -----------------------------------------------------------------------------------------------


async def _chat(url: str, language: str | None) -> int:
    async with Client(url, language=language) as client:
        print(f"Connected to {url}. {_HELP}\n")
        buttons: list[tuple[int, int, int | None]] = []
        while True:
            try:
                text = (await asyncio.to_thread(input, "you › ")).strip()
            except EOFError:
                print()
                return 0
            if text in ("/quit", "/exit"):
                return 0
            try:
                turn = await _do(client, text, buttons)
            except ClientError as error:
                print(f"  ! {error}\n")
                if client.frames.empty():
                    await client.disconnect()
                    await client.connect()
                continue
            if turn is None:
                continue
            if turn.error:
                print(f"  ! {turn.error['text']}")
            if turn.replies:
                buttons = show(turn)
            print(f"  ({turn.ms:.0f} ms)\n")


async def _do(client: Client, text: str, buttons: list[tuple[int, int, int | None]]) -> Turn | None:
    command, _, rest = text.partition(" ")
    if command == "/help":
        print(_HELP)
        return None
    if command == "/button":
        if not rest.strip().isdigit() or not 0 < int(rest) <= len(buttons):
            print(
                f"  ! There are buttons 1 to {len(buttons)}." if buttons else "  ! There are no buttons now."
            )
            return None
        seq, button, card = buttons[int(rest) - 1]
        return await client.press(seq, button, card)
    if command == "/photo":
        name, _, words = rest.strip().partition(" ")
        path = await asyncio.to_thread(lambda: Path(name).expanduser())
        if not name or not await asyncio.to_thread(path.is_file):
            print(f"  ! There is no file {name!r}.")
            return None
        return await client.say(words.strip(), await client.upload(path))
    return await client.say(text)


def show(turn: Turn) -> list[tuple[int, int, int | None]]:
    """Draw the replies of a turn; returns its buttons in the order of their numbers: (seq, button, card)."""
    buttons: list[tuple[int, int, int | None]] = []

    def row(seq: int, titles: list[dict[str, str]], card: int | None) -> str:
        shown = []
        for index, button in enumerate(titles):
            buttons.append((seq, index, card))
            shown.append(f"[{len(buttons)}] {button['title']}")
        return "  ".join(shown)

    for reply in turn.replies:
        if reply["text"]:
            for paragraph in reply["text"].splitlines():
                print(textwrap.fill(paragraph, 96, initial_indent="  ", subsequent_indent="  ") or "")
        for number, card in enumerate(reply["cards"]):
            print(f"  ┌ {number + 1}. {card['title']}   {card['price']}")
            if card["reason"]:
                print(f"  │ {card['reason']}")
            if card["url"]:
                print(f"  │ {card['url']}")
            print(f"  └ {row(reply['seq'], card['buttons'], number)}")
        if reply["picture"]:
            print(f"  picture: {reply['picture']}")
        if reply["buttons"]:
            print(f"  {row(reply['seq'], reply['buttons'], None)}")
    return buttons
