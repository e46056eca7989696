"""The taxonomy: departments, kinds, groups of kinds and colours, read from `taxonomy.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

PATH = Path(__file__).with_name("taxonomy.yml")


class TaxonomyError(ValueError):
    """The taxonomy file contradicts itself, or a name is asked for that it does not have."""


@dataclass(frozen=True)
class Department:
    id: str
    names: dict[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of product. `products` and `photos` are the two data sets' labels that (may) mean it."""

    id: str
    department: str
    names: dict[str, str]
    products: tuple[str, ...]
    photos: tuple[str, ...]

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True)
class Group:
    """A wider word of customers ("shoes") and the kinds it covers."""

    id: str
    names: dict[str, str]
    kinds: tuple[str, ...]

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True)
class Colour:
    """A canonical colour; `id` is its English name as records spell it, `rgb` a typical sRGB swatch."""

    id: str
    names: dict[str, str]
    family: str
    rgb: tuple[int, int, int]

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True)
class Taxonomy:
    departments: dict[str, Department]
    kinds: dict[str, Kind]
    groups: dict[str, Group]
    parts: dict[str, tuple[str, ...]]  # part of the body → kinds that are worn there; of "whole": none, all
    colours: dict[str, Colour]
    unmapped_products: frozenset[str]

    def expand(self, name: str) -> tuple[str, ...]:
        """The kinds that a kind, group or department id means; raises `TaxonomyError` for an unknown one."""
        if name in self.kinds:
            return (name,)
        if name in self.groups:
            return self.groups[name].kinds
        if name in self.departments:
            return tuple(kind.id for kind in self.kinds.values() if kind.department == name)
        raise TaxonomyError(f"no kind, group or department is called {name!r}")

    def family(self, colour: str) -> str:
        """The family of a canonical colour: "Navy Blue" → "blue"; `TaxonomyError` for an unknown one."""
        try:
            return self.colours[colour].family
        except KeyError:
            known = ", ".join(self.colours)
            raise TaxonomyError(f"no colour is called {colour!r}; there are {known}") from None

    def families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(colour.family for colour in self.colours.values()))

    def family_colours(self, family: str) -> tuple[str, ...]:
        """All canonical colours of a family, in the file's order."""
        return tuple(colour.id for colour in self.colours.values() if colour.family == family)

    def kinds_of_label(self, dataset: str, label: str) -> tuple[str, ...]:
        """The kinds that a data set's label may mean; empty where the taxonomy does not map it.

        `dataset` is "products" (articleType) or "photos" (label of the customers' photos).
        """
        if dataset not in ("products", "photos"):
            raise TaxonomyError(f"no data set is called {dataset!r}; there are products and photos")
        return tuple(kind.id for kind in self.kinds.values() if label in getattr(kind, dataset))

    def labels(self, dataset: str) -> tuple[str, ...]:
        """All labels of a data set ("products" or "photos"), also those that no kind stands for, sorted."""
        mapped = {label for kind in self.kinds.values() for label in getattr(kind, dataset)}
        return tuple(sorted(mapped | (self.unmapped_products if dataset == "products" else frozenset())))

    def name(self, id: str, language: str) -> str:
        """The name of a kind, group, department or colour in a language ("en", "zh"; else English)."""
        for table in (self.kinds, self.groups, self.colours, self.departments):
            if id in table:
                names: dict[str, str] = table[id].names
                return names.get(language, names["en"])
        raise TaxonomyError(f"no kind, group, colour or department is called {id!r}")


@lru_cache(maxsize=4)
def load(path: Path = PATH) -> Taxonomy:
    """Read and check the taxonomy; the result is shared, treat it as read-only."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        taxonomy = Taxonomy(
            departments={id: Department(id, _names(entry)) for id, entry in data["departments"].items()},
            kinds={
                id: Kind(
                    id,
                    entry["department"],
                    _names(entry),
                    tuple(entry.get("products", ())),
                    tuple(entry.get("photos", ())),
                )
                for id, entry in data["kinds"].items()
            },
            groups={
                id: Group(id, _names(entry), tuple(entry["kinds"])) for id, entry in data["groups"].items()
            },
            parts={},
            colours={
                id: Colour(id, {"en": id.lower(), "zh": entry["zh"]}, entry["family"], tuple(entry["rgb"]))
                for id, entry in data["colours"].items()
            },
            unmapped_products=frozenset(data.get("unmapped_products", ())),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise TaxonomyError(f"cannot read the taxonomy {path.name}: {error!r}") from error
    _check(taxonomy)
    for part, names in data["parts"].items():
        taxonomy.parts[part] = tuple(dict.fromkeys(kind for name in names for kind in taxonomy.expand(name)))
    taxonomy.parts["whole"] = ()
    return taxonomy


def _names(entry: dict[str, str]) -> dict[str, str]:
    return {"en": entry["en"], "zh": entry["zh"]}


def _check(taxonomy: Taxonomy) -> None:
    for kind in taxonomy.kinds.values():
        if kind.department not in taxonomy.departments:
            raise TaxonomyError(f"kind {kind.id} names the unknown department {kind.department}")
    for group in taxonomy.groups.values():
        unknown = [kind for kind in group.kinds if kind not in taxonomy.kinds]
        if unknown:
            raise TaxonomyError(f"group {group.id} names unknown kinds: {', '.join(unknown)}")
