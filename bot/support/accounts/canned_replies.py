"""Canned replies: what agents say often, with a shortcut, in both languages, for one group or all.

A text may hold {placeholders}. They are filled with plain text, never evaluated; one for which there is no
value yet stays as it stands, so that the agent sees it before sending.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions.replies.owner_texts import DATA, TextFile
from bot.settings import DEFAULT_LANGUAGE, LANGUAGES, MAX_TEXT, ROOT
from bot.support.accounts import groups
from bot.support.accounts.errors import CannedRefused, NotAllowed, UnknownCanned
from bot.support.accounts.roles import Agent, may, sees
from storage import advisory_locks, database

log = logging.getLogger(__name__)

MAX_TITLE = 80
OWN_PLACEHOLDERS = ("agent", "customer_language", "order")  # filled by the desk, for each conversation

_STARTERS = TextFile(ROOT / "bot" / "support" / "canned.yml")
_SHOP = {language: TextFile(DATA / "policies" / f"{language}.yml") for language in LANGUAGES}
_LANGUAGE_NAMES = {"en": {"en": "English", "zh": "Chinese"}, "zh": {"en": "英文", "zh": "中文"}}
_SHORTCUT = re.compile(r"[\w-]{1,30}")
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Canned:
    """One reply in one language. `group` None: for every group."""

    id: int
    shortcut: str
    language: str
    title: str
    text: str
    group: str | None

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces, in order, each once."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.text)))


def listing(agent: Agent | None = None, *, language: str | None = None) -> list[Canned]:
    """The replies that an agent may use (None: all), by shortcut; in one language or all."""
    statement = sa.text(
        """
        SELECT id, shortcut, language, title, text, "group" FROM canned_replies
        WHERE CAST(:language AS text) IS NULL OR language = :language
        ORDER BY shortcut, language, "group" NULLS FIRST
        """
    )
    with database.session() as connection:
        found = [Canned(*row) for row in connection.execute(statement, {"language": language})]
    return [each for each in found if agent is None or each.group is None or sees(agent, each.group)]


def save(
    number: int | None,
    *,
    shortcut: str,
    language: str,
    title: str,
    text: str,
    group: str | None = None,
    by: Agent | None = None,
) -> Canned:
    """Store a reply: a new one (`number` None) or in place of an old one.

    Raises `CannedRefused`, `UnknownCanned`, `NotAllowed` (only leads and owners edit).
    """
    _allow(by)
    values = _checked(shortcut, language, title, text, group)
    with database.session() as connection:
        advisory_locks.wait(connection, "canned replies")
        if number is not None and not _exists(connection, number):
            raise UnknownCanned("This canned reply is no longer there.")
        taken = connection.execute(
            sa.text(
                """
                SELECT 1 FROM canned_replies WHERE shortcut = :shortcut AND language = :language
                AND "group" IS NOT DISTINCT FROM :group AND id IS DISTINCT FROM :id
                """
            ),
            {**values, "id": number},
        ).first()
        if taken:
            raise CannedRefused(
                f"There is a reply /{values['shortcut']} in this language already.", "shortcut_taken"
            )
        return _insert(connection, values) if number is None else _replace(connection, number, values)


def delete(number: int, *, by: Agent | None = None) -> bool:
    """Remove a reply; False if it was gone already. Raises `NotAllowed`."""
    _allow(by)
    with database.session() as connection:
        statement = sa.text("DELETE FROM canned_replies WHERE id = :id")
        return bool(connection.execute(statement, {"id": number}).rowcount)


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with the placeholders filled for which there is a value that is not empty."""

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        return match[0] if found is None or found == "" else str(found)

    return _PLACEHOLDER.sub(value, text)


def values_for(
    agent: Agent, language: str, *, customer_language: str | None = None, order: str | None = None
) -> dict[str, str]:
    """What to fill a reply in `language` with: the conversation's own values and the shop's (`facts` of the
    policies).
    """
    language = language if language in LANGUAGES else DEFAULT_LANGUAGE
    values = {name: str(value) for name, value in _facts(language).items()}
    values["agent"] = agent.name
    if customer_language in LANGUAGES:
        values["customer_language"] = _LANGUAGE_NAMES[language][customer_language]
    if order:
        values["order"] = order
    return values


def known_placeholders(language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """The placeholders that a reply may hold."""
    return (*OWN_PLACEHOLDERS, *(name for name in _facts(language) if name not in OWN_PLACEHOLDERS))


def load_starters() -> int:
    """Put the replies of `bot/support/canned.yml` into the table if it is empty; returns how many.

    What cannot be taken is logged and left out: a slip in that file must not keep the desk shut.
    """
    with database.session() as connection:
        advisory_locks.wait(connection, "canned replies")
        if connection.execute(sa.text("SELECT 1 FROM canned_replies LIMIT 1")).first():
            return 0
        rows = {(row["shortcut"], row["language"], row["group"]): row for row in _good_starters()}
        for row in rows.values():
            _insert(connection, row)
        return len(rows)


def starters() -> list[dict[str, Any]]:
    """The entries of `canned.yml`, one a language, as written. Raises `ValueError` if it has no such."""
    found = []
    for shortcut, entry in _STARTERS.read().items():
        if not isinstance(entry, dict):
            raise ValueError(f"canned.yml: {shortcut} must hold en and zh")
        for language in LANGUAGES:
            own = entry.get(language)
            if isinstance(own, dict):
                texts = {"title": own.get("title", ""), "text": own.get("text", "")}
                found.append(
                    {"shortcut": shortcut, "language": language, "group": entry.get("group"), **texts}
                )
    return found


def _good_starters() -> list[dict[str, Any]]:
    try:
        entries = starters()
    except (OSError, ValueError) as error:
        log.warning("No canned replies to begin with: %s", error)
        return []
    good = []
    for entry in entries:
        try:
            good.append(_checked(**entry))
        except CannedRefused as error:
            log.warning("canned.yml: /%s (%s): %s", entry["shortcut"], entry["language"], error)
    return good


# --- inside -------------------------------------------------------------------------------------------------


def _checked(shortcut: str, language: str, title: str, text: str, group: str | None) -> dict[str, Any]:
    shortcut = unicodedata.normalize("NFKC", str(shortcut)).strip().lstrip("/").lower()
    title, text = " ".join(str(title).split()), str(text).strip()
    if not _SHORTCUT.fullmatch(shortcut):
        raise CannedRefused("A shortcut is made of 1 to 30 letters, digits, _ and -.", "bad_shortcut")
    if language not in LANGUAGES:
        raise CannedRefused(f"The language must be one of: {', '.join(LANGUAGES)}.", "bad_language")
    if not 0 < len(title) <= MAX_TITLE:
        raise CannedRefused(f"A title has 1 to {MAX_TITLE} characters.", "bad_title")
    if not 0 < len(text) <= MAX_TEXT or "\0" in title + text:
        raise CannedRefused(f"A reply has 1 to {MAX_TEXT} characters.", "bad_text")
    known = known_placeholders(language)
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            raise CannedRefused(
                f"Nobody could fill {{{name}}}. There are: {', '.join(f'{{{each}}}' for each in known)}.",
                "bad_placeholder",
            )
    if group is not None:
        groups.checked([group], CannedRefused)
    return {"shortcut": shortcut, "language": language, "title": title, "text": text, "group": group}


def _facts(language: str) -> dict[str, Any]:
    file = _SHOP[language if language in LANGUAGES else DEFAULT_LANGUAGE]
    facts: dict[str, Any] = file.read().get("facts") or {}
    return facts


def _allow(by: Agent | None) -> None:
    if by is not None and not may(by, "edit_canned"):
        raise NotAllowed("Only leads and owners change canned replies.")


def _exists(connection: Connection, number: int) -> bool:
    statement = sa.text("SELECT 1 FROM canned_replies WHERE id = :id")
    return connection.execute(statement, {"id": number}).first() is not None


def _insert(connection: Connection, values: dict[str, Any]) -> Canned:
    row = connection.execute(
        sa.text(
            """
            INSERT INTO canned_replies (shortcut, language, title, text, "group")
            VALUES (:shortcut, :language, :title, :text, :group) RETURNING id
            """
        ),
        values,
    ).one()
    return Canned(row.id, **values)


def _replace(connection: Connection, number: int, values: dict[str, Any]) -> Canned:
    connection.execute(
        sa.text(
            """
            UPDATE canned_replies SET shortcut = :shortcut, language = :language, title = :title,
                text = :text, "group" = :group WHERE id = :id
            """
        ),
        {**values, "id": number},
    )
    return Canned(number, **values)
