"""Which of the canonical colours a customer means by one of them, and how close two colours are."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

from vision.taxonomy import load as load_taxonomy

# Colours of one family count as the same for a customer up to this distance (CIE76, of typical swatches):
# navy is met by nothing else of the blues, tan by camel-like browns, burgundy by maroon.
_NEAR = 22.0


def meant(colour: str) -> dict[str, float]:
    """Canonical colours that satisfy a wish for `colour`, each with its closeness in (0, 1]; empty if
    unknown.

    The plain name of a family ("Blue") means all of it, the colour itself first; a special name ("Navy Blue")
    means itself and its near relations.
    """
    return dict(_meant(colour))


def meant_by_any(wished: Iterable[str]) -> dict[str, float]:
    """The union of `meant` over several wishes, each colour with its best closeness."""
    result: dict[str, float] = {}
    for colour in wished:
        for name, closeness in _meant(colour):
            result[name] = max(closeness, result.get(name, 0.0))
    return result


def excluded_by_any(unwished: Iterable[str]) -> tuple[str, ...]:
    """The colours that "not blue", "not navy" rule out: a whole family by its plain name, else the colour
    alone.
    """
    colours = load_taxonomy().colours
    result: dict[str, None] = {}
    for wish in unwished:
        name = canonical(wish)
        if name is None:
            continue
        if is_family_name(name):
            result.update(dict.fromkeys(load_taxonomy().family_colours(colours[name].family)))
        else:
            result[name] = None
    return tuple(result)


def canonical(name: str) -> str | None:
    """The canonical spelling of a colour's name, or None."""
    return _by_folded_name().get(name.strip().casefold())


def is_family_name(colour: str) -> bool:
    """Whether a canonical colour is the plain name of its family: Blue is, Navy Blue is not."""
    return load_taxonomy().colours[colour].family == colour.casefold()


@functools.lru_cache(maxsize=4096)
def closeness(one: str, other: str) -> float:
    """How alike two canonical colours are, 1 for the same, near 0 for opposite ones."""
    if one == other:
        return 1.0
    colours = load_taxonomy().colours
    return math.exp(-math.dist(_lab(colours[one].rgb), _lab(colours[other].rgb)) / 30.0)


@functools.lru_cache(maxsize=256)
def _meant(colour: str) -> tuple[tuple[str, float], ...]:
    name = canonical(colour)
    if name is None:
        return ()
    taxonomy = load_taxonomy()
    family = taxonomy.family_colours(taxonomy.family(name))
    whole = is_family_name(name)
    mine = _lab(taxonomy.colours[name].rgb)
    return tuple(
        (other, closeness(name, other))
        for other in family
        if other == name or whole or math.dist(mine, _lab(taxonomy.colours[other].rgb)) < _NEAR
    )


@functools.lru_cache(maxsize=1)
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in load_taxonomy().colours}


@functools.lru_cache(maxsize=512)
def _lab(rgb: tuple[int, int, int]) -> tuple[float, float, float]:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in rgb)
    ]
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
