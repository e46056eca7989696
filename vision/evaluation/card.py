"""`python -m vision card`: the model card, its figures from the file beside the weights.

What people write (what was tried, and why) stands in `model-card-log.md` and is taken over word for word.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vision.evaluation import pictures
from vision.evaluation.bars import BARS
from vision.evaluation.figures import Figures, keep, read

CARD, LOG = "model-card.md", "model-card-log.md"
NOT_MEASURED = "not measured"


def write(weights: Path, docs: Path, vectors: Path | None = None) -> Path:
    """Write the card and its pictures into `docs`; returns its path.

    `vectors` is the file of the shop's bench (`python -m tests.bench vectors --json FILE`); its figures are
    kept beside the others, also for the next card.

    Raises `FolderError` where the figures are missing or are those of other weights.
    """
    figures = read(weights)
    heads = json.loads((weights / "eyes.json").read_text(encoding="utf-8"))
    if vectors is not None:
        figures["vectors"] = json.loads(vectors.read_text(encoding="utf-8"))
        keep(weights, figures)
    figures["size"] = {"megabytes": round(_bytes(weights) / 2**20, 1)}
    folder = docs / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [pictures.draw(name, table, folder) for name, table in figures["confusions"].items()]
    log = docs / LOG
    template = Path(__file__).with_name("card.md").read_text(encoding="utf-8")
    text = template.format(
        side=heads.get("side"),
        heads=_heads(heads.get("heads", {})),
        megabytes=figures["size"]["megabytes"],
        n_products=figures["products"]["n"],
        n_photos=figures["photos"]["n"],
        bars=bars(figures),
        groups=groups(figures),
        search=comparison(figures["search"], ("p1_kind", "p5_kind", "p5_kind_colour", "map_kind")),
        gallery=figures["search"]["gallery"],
        vectors=engines(figures["vectors"]) if "vectors" in figures else "Not measured yet.",
        captions=comparison(figures["captions"], ("bleu4", "cider", "rouge_l")),
        facts=_facts(figures["captions"]),
        robustness=robustness(figures),
        pictures="\n\n".join(f"![{path.stem.replace('-', ' ')}](pictures/{path.name})" for path in drawn),
        log=log.read_text(encoding="utf-8").strip() if log.exists() else "",
    )
    path = docs / CARD
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
    return path


def bars(figures: Figures) -> str:
    """The table of figures beside their bars and floors."""
    rows = [
        (bar.name, _shown(bar.value(figures)), bar.text(), bar.held(figures), bar.floors(figures))
        for bar in BARS
    ]
    return _table(("figure", "value", "bar", "held", "floor"), rows)


def groups(figures: Figures) -> str:
    """All figures by group, with the number of rows: small groups say little."""
    found = figures["captions"].get("by_gender", {})
    searched = figures["search"].get("by_gender", {})
    products = {
        name: {**part, **searched.get(name, {}), **found.get(name, {})}
        for name, part in figures["products"]["groups"].items()
    }
    return "\n\n".join(
        _table(("", *(f"{name} ({part['n']} rows)" for name, part in parts.items())), _by_figure(parts))
        for parts in (products, figures["photos"]["groups"])
    )


def _by_figure(parts: dict[str, dict[str, float | None]]) -> list[tuple[str, ...]]:
    names = dict.fromkeys(name for part in parts.values() for name in part if name != "n")
    return [(name, *(_shown(part.get(name)) for part in parts.values())) for name in names]


def comparison(figures: dict[str, Any], names: tuple[str, ...]) -> str:
    """Ours and each simpler way that was measured beside it."""
    ways = [("ours", figures), *((way, found) for way, found in figures.items() if isinstance(found, dict))]
    rows = [
        (way.replace("_", " "), *(_shown(found.get(name)) for name in names))
        for way, found in ways
        if any(name in found for name in names)
    ]
    return _table(("", *names), rows)


def engines(figures: dict[str, Any]) -> str:
    """Search by vector over many products beside other engines, as the bench of the shop measured it."""
    # The first row is the exact search through all products.
    exact = figures["searches"][0]["p50_ms"]
    rows = [
        (
            f"{row['engine']}, filter: {row['filter']}",
            *(f"{row[name]:.4g}" for name in ("recall", "lost", "p50_ms", "p99_ms")),
            f"{exact / row['p50_ms']:.1f}",
        )
        for row in figures["searches"]
    ]
    sizes = [
        (name, f"{size / 2**20:.0f}", f"{figures['build_seconds'].get(name, 0):.0f}")
        for name, size in figures["bytes"].items()
    ]
    writes = ", ".join(f"{name} {milliseconds:.3g}" for name, milliseconds in figures["write_ms"].items())
    return "\n\n".join(
        (
            f"{figures['n']:,} products, {figures['queries']} queries; the machine's load meanwhile: "
            f"{figures['load']:.1f} of {figures['cores']} cores. `lost`: queries of which not one of "
            "the ten nearest was found. `times`: how much faster than the exact search without a filter.",
            _table(("", "recall@10", "lost", "p50 ms", "p99 ms", "times"), rows),
            f"`{figures['index']}`; one product, the index kept up, p50 ms: {writes}.",
            _table(("", "MB", "seconds to build"), sizes),
        )
    )


def robustness(figures: Figures) -> str:
    """What is left of the accuracy on bad photos."""
    sets = {"products": figures["robustness_products"], "customers' photos": figures["robustness_photos"]}
    names = [name for name in sets["products"] if f"{name}_kept" in sets["products"]]
    rows = [("clean", *(_shown(found["clean"]) for found in sets.values()))]
    rows += [
        (name, *(f"{_shown(found[name])} ({_shown(found[f'{name}_kept'])} kept)" for found in sets.values()))
        for name in names
    ]
    return _table(("", *(f"{name} ({found['n']} rows)" for name, found in sets.items())), rows)


def _facts(captions: dict[str, Any]) -> str:
    names = [name.removeprefix("fact_") for name in captions if name.startswith("fact_")]
    rows = [(name, _shown(captions[f"fact_{name}"]), _shown(captions[f"says_{name}"])) for name in names]
    return _table(("fact", "right when stated", "captions that state it"), rows)


def _heads(heads: dict[str, list[str]]) -> str:
    return ", ".join(f"{name} ({len(names)})" for name, names in heads.items())


def _bytes(weights: Path) -> int:
    return sum(path.stat().st_size for path in weights.rglob("*") if path.is_file())


def _shown(value: float | None) -> str:
    if value is None:
        return NOT_MEASURED
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
