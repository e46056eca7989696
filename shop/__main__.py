"""The shop's own commands: `python -m shop import|demo|look|evaluate-photos|search|purge`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from shop.catalogue import embeddings, products
from shop.customers import photos
from shop.errors import ShopError
from shop.importing import demo
from shop.importing.importer import Report, import_catalogue
from shop.search import evaluation, queries
from shop.search.criteria import SORTS, Criteria
from shop.search.criteria_phrases import describe
from storage import database

REFUSED_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed or every row refused, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        result: int = options.run(options)
        return result
    except ShopError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"error: the eyes cannot be loaded: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1


def _import(options: argparse.Namespace) -> int:
    report = import_catalogue(
        options.path,
        remove_missing=options.remove_missing,
        default_price=options.default_price,
        currency=options.currency,
        eyes=None if options.no_eyes else "load",
        progress=_progress("importing"),
    )
    return _tell(report)


def _demo(options: argparse.Namespace) -> int:
    return _tell(demo.load(_progress("importing")))


def _tell(report: Report) -> int:
    for refused in report.refused[:REFUSED_SHOWN]:
        print(f"refused {refused}", file=sys.stderr)
    if len(report.refused) > REFUSED_SHOWN:
        print(f"… and {len(report.refused) - REFUSED_SHOWN} more refused", file=sys.stderr)
    print(report.summary())
    taken = report.added + report.updated + report.unchanged + report.removed
    return 1 if report.refused and not taken else 0


def _look(options: argparse.Namespace) -> int:
    database.migrate()
    print(f"{embeddings.refresh(_progress('looking'))} pictures looked at anew")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    database.migrate()
    labelled = evaluation.sample(evaluation.read_labels(options.folder, split=options.split), options.limit)
    if not products.count():
        raise ShopError("the catalogue is empty; import one first (python -m shop demo)")
    score = evaluation.evaluate(
        labelled, evaluation.predictor(embeddings.load_eyes()), _progress("looking")
    ).to_dict()
    if options.json:
        print(json.dumps(score, ensure_ascii=False))
        return 0
    for name in ("n", "skipped", "unreadable", "kind_in_top3", "colours", "colour_in_top3"):
        if name in score:
            print(f"{name:16} {score[name]}")
    for table in ("by_group", "by_label"):
        for key, row in score[table].items():
            print(f"  {key:24} {row['kind_in_top3']:.3f}  of {row['n']}")
    return 0


def _search(options: argparse.Namespace) -> int:
    criteria = Criteria(
        categories=options.kind,
        colours=options.colour,
        price_max=options.under,
        sort=options.sort,
        text=" ".join(options.words),
    )
    found = queries.by_criteria(criteria, limit=options.limit)
    print(f"{found.total} {describe(criteria, 'en')}")
    for hit in found.hits:
        product, why = hit.product, queries.explain(hit.reasons, hit.product, criteria, "en")
        print(f"  {product.id:10} {product.price_text('en'):>10}  {product.title('en')}  [{why}]")
    for relaxed in found.relaxed:
        print(f"  without {' and '.join(relaxed.fields)}: {relaxed.count}")
    return 0


def _purge(options: argparse.Namespace) -> int:
    print(f"{photos.PhotoStore().purge_expired()} expired photos deleted")
    return 0


def _progress(word: str):  # type: ignore[no-untyped-def]
    """Shows how far it is, on one line of a terminal, or every tenth in a log; never on standard output."""
    terminal = sys.stderr.isatty()
    told = [-1]

    def show(done: int, total: int) -> None:
        tenth = done * 10 // total if total else 10
        if terminal:
            print(f"\r{word} {done}/{total}", end="\n" if done >= total else "", file=sys.stderr, flush=True)
        elif tenth != told[0]:
            told[0] = tenth
            print(f"{word} {done}/{total}", file=sys.stderr, flush=True)

    return show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shop", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser(
        "import", help="import a catalogue: CSV or JSON Lines, or a folder with one"
    )
    command.add_argument("path", type=Path)
    command.add_argument(
        "--remove-missing", action="store_true", help="remove products that the file does not name"
    )
    command.add_argument(
        "--default-price", type=float, help="the price of rows that state none (else refused)"
    )
    command.add_argument("--currency", default="USD", help="of rows that state none (default USD)")
    command.add_argument(
        "--no-eyes", action="store_true", help="do not look at the pictures (no search by photo)"
    )
    command.set_defaults(run=_import)

    command = commands.add_parser("demo", help="load the demo catalogue and the demo orders")
    command.set_defaults(run=_demo)

    command = commands.add_parser("look", help="look anew at the pictures, where the eyes have changed")
    command.set_defaults(run=_look)

    command = commands.add_parser(
        "evaluate-photos", help="score the photo search on a folder of labelled photos"
    )
    command.add_argument("folder", type=Path)
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument("--limit", type=int, help="a seeded sample of so many photos")
    command.add_argument("--split", help="only rows of this split, where the file has splits")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("search", help="search as the assistant does")
    command.add_argument("words", nargs="*", help="free words")
    command.add_argument("--kind", action="append", default=[])
    command.add_argument("--colour", action="append", default=[])
    command.add_argument("--under", type=float)
    command.add_argument("--sort", choices=SORTS)
    command.add_argument("--limit", type=int, default=8)
    command.set_defaults(run=_search)

    command = commands.add_parser("purge", help="delete customers' photos that have expired")
    command.set_defaults(run=_purge)
    return parser


if __name__ == "__main__":
    sys.exit(main())
