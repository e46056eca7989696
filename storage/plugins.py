"""What other packages add: a messenger, a desk, a ticket system, a catalogue format.

A package names it in its own `pyproject.toml`, and the shop that installs the package has it:

    [project.entry-points."shop_assistant.desks"]
    zendesk = "zendesk_desk:make"

What cannot be imported costs only itself: it is logged, and said to whoever asks for it by name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

log = logging.getLogger(__name__)

CATALOGUE_SOURCES = "shop_assistant.catalogue_sources"
DESKS = "shop_assistant.desks"
MESSENGERS = "shop_assistant.messengers"
TICKETS = "shop_assistant.tickets"


class BrokenPlugin(Exception):
    """A package registers something that cannot be imported; the message says what, whose, and why."""


def names(group: str) -> tuple[str, ...]:
    """What installed packages register in a group; nothing of theirs is imported."""
    return tuple(sorted({each.name for each in entry_points(group=group)}))


def find(group: str, name: str) -> object | None:
    """What is registered under a name, None if nothing is. Raises `BrokenPlugin`."""
    found = next(_of(group, name), None)
    return _load(found) if found is not None else None


def load(group: str) -> dict[str, object]:
    """All that is registered in a group, by name; what is broken is logged and left out."""
    found: dict[str, object] = {}
    for point in _of(group):
        try:
            found.setdefault(point.name, _load(point))
        except BrokenPlugin as error:
            log.error("%s", error)
    return found


def _of(group: str, name: str | None = None) -> Iterator[EntryPoint]:
    # By package, so that of two with one name it is always the same that is taken.
    points = entry_points(group=group) if name is None else entry_points(group=group, name=name)
    return iter(sorted(points, key=_package))


def _load(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as error:  # whatever a foreign module does when it is imported
        raise BrokenPlugin(
            f"the plugin {point.name} ({point.group}) of the package {_package(point)} cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value
