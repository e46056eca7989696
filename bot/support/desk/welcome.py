"""The first frame of a page, and what the shop has set for its desk."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import Any

from bot.settings import DEFAULT_LANGUAGE, LANGUAGES, MAX_TEXT
from bot.support.accounts import agents, presence
from bot.support.accounts.roles import Agent
from bot.support.desk import access, handoff_lines
from bot.support.owner_settings import Names, settings
from shop.catalogue import vocabulary
from vision.taxonomy import load as load_taxonomy

WAIT_WARNING = 120  # seconds
_MOST_SIZES = 60


def welcome(agent: Agent, loads: Counter[int]) -> dict[str, Any]:
    """All open hand-overs that an agent sees (his own apart), and his colleagues. Call it in a thread."""
    there = presence.everyone()
    seen = handoff_lines.seen(access.groups_of(agent))
    return {
        "type": "welcome",
        "now": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "queue": [line for line in seen if line["agent"] != agent.id],
        "mine": [line for line in seen if line["agent"] == agent.id],
        "agents": [
            {**colleague(each), "load": loads[each.id], "status": there.get(each.id, "offline")}
            for each in agents.listing(active=True)
        ],
        "status": there.get(agent.id, "offline"),
    }


def colleague(agent: Agent) -> dict[str, Any]:
    """An agent as colleagues see him."""
    return {
        "id": agent.id,
        "name": agent.name,
        "role": agent.role.value,
        "groups": list(agent.groups),
        "languages": list(agent.languages),
        "max_load": agent.max_load,
    }


def myself(agent: Agent) -> dict[str, Any]:
    """An agent as he sees himself, and leads see him."""
    return {**colleague(agent), "login": agent.login, "active": agent.active}


def desk_settings() -> dict[str, Any]:
    """What the page offers: groups, reasons, tags, what can be agreed. Call it in a thread."""
    current = settings()
    known, taxonomy = vocabulary.load(), load_taxonomy()
    return {
        "groups": [_labelled(group, names) for group, names in current.groups.items()],
        "close_reasons": [_labelled(reason, names) for reason, names in current.close_reasons.items()],
        "return_slots": [_labelled(slot, names) for slot, names in current.return_slots.items()],
        "tags": list(current.tags),
        "sizes": list(known.sizes[:_MOST_SIZES]),
        "colours": [
            {"id": colour, **{language: taxonomy.name(colour, language) for language in LANGUAGES}}
            for colour in known.colours
            if colour in taxonomy.colours
        ],
        "max_text": MAX_TEXT,
        "wait_warning": WAIT_WARNING,
    }


def _labelled(ident: str, names: Names) -> dict[str, str]:
    return {
        "id": ident,
        **{language: names.get(language) or names.get(DEFAULT_LANGUAGE) or ident for language in LANGUAGES},
    }
