"""The assistant's wording for replies that carry data: sentences, button titles, reasons, lists."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

from actions.replies.owner_texts import DATA, TextFile
from shop import value_names

LANGUAGES = ("en", "zh")
MAX_REASONS = 4  # on one card, the strongest first
FILES = {language: TextFile(DATA / "replies" / f"{language}.yml") for language in LANGUAGES}


class Words:
    """The wording of one language, from `data/replies/`; an unknown language speaks English."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"

    def say(self, key: str, **facts: Any) -> str:
        """A sentence: one of its variants, with the facts filled in. Raises `KeyError` for an unknown key."""
        return self._fill("say", key, facts)

    def button(self, key: str, **facts: Any) -> str:
        """A button's title."""
        return self._fill("buttons", key, facts)

    def reason(self, codes: Iterable[str], **facts: str) -> str:
        """Why a product is shown, from the search's codes and the product's own `facts`: "in navy blue ·
        same kind"; unknown codes are left out.
        """
        table = self._table("reasons")
        said = [str(table[code]).format(**facts) for code in codes if code in table]
        return " · ".join(list(dict.fromkeys(said))[:MAX_REASONS])

    def reading(self, intent: str) -> str | None:
        """An intent as a customer would name it on a button, or None where it makes no sensible question."""
        return self._table("readings").get(intent)

    def wish(self, field: str, **facts: Any) -> str:
        """The offer to drop a wish, as a button: "any colour"."""
        return self._fill("drop", field, facts)

    def attribute(self, name: str) -> str:
        return self._table("attributes").get(name, name)

    def order_status(self, status: str) -> str:
        return str(self._table("order_status").get(status, status))

    def part(self, name: str) -> str:
        """What a part of a person wears, where its kind is not sure: "shoes"."""
        return str(self._table("parts").get(name, name))

    def usage(self, name: str) -> str:
        """An occasion as the eyes name it; "" for one that is not worth a word."""
        return str(self._table("usages").get(name, ""))

    def sleeve(self, name: str) -> str:
        return str(self._table("sleeves").get(name, name))

    def date(self, day: date) -> str:
        """A day: "14 Sep", "9月14日"."""
        return f"{day.month}月{day.day}日" if self.language == "zh" else f"{day.day} {day:%b}"

    def sentences(self, parts: Iterable[str]) -> str:
        """Sentences one after another; Chinese has no space between them."""
        return ("" if self.language == "zh" else " ").join(part for part in parts if part)

    def stored(self, name: str) -> str:
        """What a part of the customer's stored data is called."""
        return str(self._table("stored").get(name, name))

    def join(self, items: Iterable[str], last: str = "and") -> str:
        """ "a, b and c", "a、b和c"."""
        return value_names.join(list(items), self.language, last)

    def list(self, items: Iterable[str]) -> str:
        """ "S, M, L", "S、M、L"."""
        return ("、" if self.language == "zh" else ", ").join(items)

    def value(self, table: str, value: str) -> str:
        """The word for a catalogue value, see `shop.value_names.name`."""
        return value_names.name(table, value, self.language)

    def _table(self, name: str) -> dict[str, Any]:
        table: dict[str, Any] = FILES[self.language].read()[name]
        return table

    def _fill(self, table: str, key: str, facts: dict[str, Any]) -> str:
        variants = self._table(table)[key]
        text = random.choice(variants) if isinstance(variants, list) else variants
        return str(text).format(**facts)
