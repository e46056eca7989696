"""Conversations as customers have them, against the real server over the widget's own protocol.

Each `tests/conversations/*.yml` is a list of `{name, language?, steps}`; `language` is the page's. A step is
`{say}`, `{photo: {…}, say?}` (see `tests.photos.make`), `{button: TITLE or number}` (of the last
reply), `{say_size_of: N}` (a size in stock of the Nth product shown), each with `expect`:

    language: en | zh     every sentence is in that language
    says: [a, b]          one of these is said (capitals do not matter)
    says_all: [a, b]      each of these is said
    says_not: [a]         none of these is said
    mentions: N           the title of the Nth product of the last list is said
    no_cards: true
    min_buttons: N
    buttons: [a, b]       buttons of these titles are offered
    rows: N               so many bubbles have cards
    reasons: [a, b]       each card's reason says one of these
    cards:
      min, max, price_min, price_max
      kinds, not_kinds, colours, not_colours, genders     all cards are so
      mostly: [KIND]                  the first card and two thirds of all are of the kind
      not_patterns: [PATTERN]         none is so
      other_colours_than: [COLOUR]    at least one is
      cheaper: true                   than the dearest of the last list
      new: true                       none was shown before
      new_to: N                       it is not the Nth of the last list
      is: N or [N, M]                 exactly these of the last list
      ids: [ID]                       exactly these

Kinds may be groups of the taxonomy; a colour means its family. The products' facts are looked up in the demo
shop's records, so that a card can only be right if the record says so.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.operations.client import Client
from tests import photos
from tests.conftest import Server
from tests.photos import records
from vision.taxonomy import load as load_taxonomy

ROOT = Path(__file__).resolve().parents[1]
CJK = re.compile(r"[\u3400-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{3,}")


def _conversations() -> list[Any]:
    found = []
    for path in sorted((ROOT / "tests" / "conversations").glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(conversation, id=f"{path.stem}: {conversation['name']}"))
    return found


class Customer:
    """A customer who follows a script and looks at what comes back. All that knows of the protocol is here."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.folder = tempfile.TemporaryDirectory()
        self.replies: list[dict[str, Any]] = []
        self.lists: list[list[str]] = []  # ids of the cards of each list shown, newest last

    async def step(self, step: dict[str, Any]) -> None:
        """Send what the step says and take in the replies."""
        if "button" in step:
            await self._press(step["button"])
            return
        if "say_size_of" in step:
            sizes = records()[self.shown[step["say_size_of"] - 1]]["sizes"]
            text = next(size["name"] for size in sizes if size["stock"])
        else:
            text = step.get("say", "")
        photo = None
        if "photo" in step:
            path = photos.make(Path(self.folder.name), **step["photo"])
            photo = await self.client.upload(path)
        self._take(await self.client.say(str(text), photo))

    async def _press(self, wanted: str | int) -> None:
        if isinstance(wanted, str):
            self._take(await self.client.press_title(wanted))
            return
        reply = next(reply for reply in reversed(self.replies) if reply["buttons"])
        self._take(await self.client.press(reply["seq"], wanted - 1))

    def _take(self, turn: Any) -> None:
        assert turn.error is None, f"the server refused: {turn.error}"
        self.replies = turn.replies

    def remember(self) -> None:
        """Count the products of this turn as shown."""
        ids = [id for id in self.card_ids() if id in records()]
        if ids:
            self.lists.append(ids)

    @property
    def shown(self) -> list[str]:
        return self.lists[-1] if self.lists else []

    def text(self) -> str:
        return "\n".join(reply["text"] for reply in self.replies if reply["text"])

    def card_ids(self) -> list[str]:
        return [card["id"] for reply in self.replies for card in reply["cards"]]

    def buttons(self) -> list[str]:
        return [button["title"] for reply in self.replies for button in reply["buttons"]]


@pytest.mark.parametrize("conversation", _conversations())
async def test_conversation(conversation: dict[str, Any], ready: Server) -> None:
    async with Client(ready.url, language=conversation.get("language")) as client:
        customer = Customer(client)
        for number, step in enumerate(conversation["steps"], 1):
            await customer.step(step)
            try:
                check(customer, step.get("expect") or {})
            except AssertionError as error:
                said = step.get("say", step.get("button", step.get("photo")))
                shown = json.dumps(_brief(customer.replies), ensure_ascii=False)
                raise AssertionError(f"step {number}, {said!r}: {error}\n{shown}") from None
            customer.remember()


def test_half_of_the_conversations_are_chinese() -> None:
    conversations = [param.values[0] for param in _conversations()]
    chinese = [each for each in conversations if CJK.search(each["name"])]
    assert len(conversations) >= 50
    assert 0.4 <= len(chinese) / len(conversations) <= 0.6


def check(customer: Customer, expect: dict[str, Any]) -> None:
    """Compare the replies with what is expected; raises `AssertionError`."""
    known = {
        "language", "says", "says_all", "says_not", "mentions", "no_cards", "min_buttons", "buttons", "rows",
        "reasons", "cards",
    }  # fmt: skip
    assert set(expect) <= known, f"unknown expectations: {set(expect) - known}"
    assert customer.replies, "nothing was answered"
    text, folded = customer.text(), customer.text().casefold()
    if language := expect.get("language"):
        assert_language(text, language)
    if says := expect.get("says"):
        assert any(each.casefold() in folded for each in says), f"none of {says} is said"
    for each in expect.get("says_all", ()):
        assert each.casefold() in folded, f"{each!r} is not said"
    for each in expect.get("says_not", ()):
        assert each.casefold() not in folded, f"{each!r} is said"
    if number := expect.get("mentions"):
        record = records()[customer.shown[number - 1]]
        titles = (record["title_en"], record["title_zh"])
        assert any(title in text for title in titles), f"{titles} is not mentioned"
    if expect.get("no_cards"):
        assert not customer.card_ids(), "there are cards"
    if wanted := expect.get("min_buttons"):
        assert len(customer.buttons()) >= wanted, f"only {customer.buttons()}"
    if missing := set(expect.get("buttons", ())) - set(customer.buttons()):
        raise AssertionError(f"no buttons {missing} among {customer.buttons()}")
    if "rows" in expect:
        assert sum(bool(reply["cards"]) for reply in customer.replies) == expect["rows"]
    if wanted := expect.get("reasons"):
        reasons = [card["reason"] for reply in customer.replies for card in reply["cards"]]
        assert all(any(each in reason for each in wanted) for reason in reasons), f"reasons: {reasons}"
    if cards := expect.get("cards"):
        check_cards(customer, cards)


def check_cards(customer: Customer, expect: dict[str, Any]) -> None:
    """Compare the cards with what is expected, by the catalogue's records."""
    taxonomy = load_taxonomy()
    ids = customer.card_ids()
    if "ids" in expect:
        assert ids == expect["ids"]
        return
    found = [records()[id] for id in ids]
    for card in (card for reply in customer.replies for card in reply["cards"]):
        price = f"{records()[card['id']]['price']:.2f}".removesuffix(".00")
        assert price in card["price"].replace(",", ""), (
            f"the card's price {card['price']} is not the record's {price}"
        )
        assert card["picture"] and card["url"] and card["buttons"]
    if "is" in expect:
        numbers = expect["is"] if isinstance(expect["is"], list) else [expect["is"]]
        assert ids == [customer.shown[number - 1] for number in numbers]
    assert len(ids) >= expect.get("min", 1), f"only {len(ids)} cards"
    assert len(ids) <= expect.get("max", 99), f"{len(ids)} cards"
    for key, wanted in (("kinds", True), ("not_kinds", False)):
        if key in expect:
            kinds = {kind for name in expect[key] for kind in taxonomy.expand(name)}
            wrong = [record["title_en"] for record in found if (record["category"] in kinds) is not wanted]
            assert not wrong, f"{key} {expect[key]}: {wrong}"
    if "colours" in expect:
        families = {taxonomy.family(colour) for colour in expect["colours"]}
        wrong = [record["title_en"] for record in found if not families & _families(record)]
        assert not wrong, f"not {expect['colours']}: {wrong}"
    if "not_colours" in expect:
        wrong = [record["title_en"] for record in found if record["colour"] in expect["not_colours"]]
        assert not wrong, f"{expect['not_colours']}: {wrong}"
    if "not_patterns" in expect:
        wrong = [record["title_en"] for record in found if record["pattern"] in expect["not_patterns"]]
        assert not wrong, f"{expect['not_patterns']}: {wrong}"
    if "other_colours_than" in expect:
        assert any(record["colour"] not in expect["other_colours_than"] for record in found), (
            "the old colour holds"
        )
    if "genders" in expect:
        wrong = [record["title_en"] for record in found if record["gender"] not in expect["genders"]]
        assert not wrong, f"not for {expect['genders']}: {wrong}"
    if "mostly" in expect:
        kinds = {kind for name in expect["mostly"] for kind in taxonomy.expand(name)}
        fitting = [record for record in found if record["category"] in kinds]
        assert 3 * len(fitting) >= 2 * len(found), f"mostly no {expect['mostly']}"
        assert found[0] in fitting, f"the first is no {expect['mostly']}"
    prices = [record["price"] for record in found]
    assert all(price <= expect.get("price_max", 1e9) for price in prices), f"dearer than asked for: {prices}"
    assert all(price >= expect.get("price_min", 0) for price in prices), f"cheaper than asked for: {prices}"
    if expect.get("cheaper"):
        before = [records()[id]["price"] for id in customer.shown]
        assert max(prices) < max(before), f"{prices} is not cheaper than {before}"
    if expect.get("new"):
        old = {id for ids in customer.lists for id in ids}
        assert not old & set(ids), "shown before"
    if number := expect.get("new_to"):
        assert customer.shown[number - 1] not in ids


def assert_language(text: str, language: str) -> None:
    """Whether a reply is in the language; names of brands may be Latin in Chinese."""
    if language == "zh":
        assert CJK.search(text), f"not Chinese: {text!r}"
        sentences = [each for each in re.split(r"[\n。！？]", text) if LETTERS.search(each)]
        assert all(CJK.search(each) for each in sentences), f"English among Chinese: {text!r}"
    else:
        assert not CJK.search(text), f"Chinese in English: {text!r}"
        assert LETTERS.search(text)


def _families(record: dict[str, Any]) -> set[str]:
    taxonomy = load_taxonomy()
    return {taxonomy.family(colour) for colour in (record["colour"], record["colour2"]) if colour}


def _brief(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "text": reply["text"],
            "cards": [f"{card['title']} {card['price']}" for card in reply["cards"]],
            "buttons": [button["title"] for button in reply["buttons"]],
        }
        for reply in replies
    ]
