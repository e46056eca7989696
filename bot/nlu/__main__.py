"""`python -m bot.nlu evaluate | tune | benchmark | compare | parse`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot.nlu", description="Measure what the assistant understands."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("evaluate", help="accuracy, thresholds, entities and time on files of rows")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE.yml")
    command.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    command.add_argument("--model", type=Path, help="model file or folder (default: the newest in models/)")
    command.add_argument(
        "--entities", type=_names, metavar="A,B", help="entities that count (default: all that the rows name)"
    )
    command.add_argument(
        "--entity-intents", type=_names, metavar="A,B", help="count entities only on rows of these intents"
    )
    command.add_argument("--errors", action="store_true", help="list every row that was not understood")

    command = commands.add_parser("tune", help="what each fallback threshold costs and brings")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE.yml")
    command.add_argument("--model", type=Path)

    command = commands.add_parser(
        "benchmark", help="train the pipeline of config.yml on another set of intents"
    )
    command.add_argument("train", type=Path, metavar="TRAIN", help="CSV with text and intent, or Rasa YAML")
    command.add_argument("test", type=Path, metavar="TEST")
    command.add_argument("--config", type=Path)
    command.add_argument("--json", action="store_true")

    command = commands.add_parser(
        "compare", help="train the pipeline of config.yml and others, print a table"
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE.yml")
    command.add_argument("--nlu", type=Path, help="training data (default: data/nlu)")
    command.add_argument("--epochs", type=int, default=100, help="of DIET")
    command.add_argument(
        "--only", type=_names, default=[], metavar="A,B", help="variants whose names contain one of these"
    )

    command = commands.add_parser("parse", help="show what is understood of a message")
    command.add_argument("text", nargs="+")
    command.add_argument("--model", type=Path)
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    from bot.nlu.entities.lexicon import WordsError
    from bot.nlu.examples import ExamplesError
    from bot.nlu.model import CONFIG, ROOT, Model, ModelError, quiet

    quiet()
    try:
        print(_run(options, CONFIG, ROOT, Model))
    except (ExamplesError, ModelError, WordsError) as error:
        print(f"python -m bot.nlu: {error}", file=sys.stderr)
        return 2
    return 0


def _run(options: argparse.Namespace, config: Path, root: Path, model: type) -> str:
    if options.command == "evaluate":
        from bot.nlu import evaluate

        return evaluate.run(
            options.files,
            model=options.model,
            as_json=options.json,
            entities=options.entities,
            entity_intents=options.entity_intents,
            errors=options.errors,
        )
    if options.command == "tune":
        from bot.nlu import tune

        return tune.run(options.files, model=options.model)
    if options.command == "benchmark":
        from bot.nlu import benchmark

        return benchmark.run(
            options.train, options.test, config=options.config or config, as_json=options.json
        )
    if options.command == "compare":
        from bot.nlu import compare

        return compare.run(
            options.nlu or root / "data" / "nlu", options.files, epochs=options.epochs, only=options.only
        )
    import json

    from bot.nlu.model import MODELS

    parsed = model(options.model or MODELS).parse(" ".join(options.text))
    parsed.pop("text_tokens", None)
    return json.dumps(parsed, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    sys.exit(main())
