"""`python -m bot`: start the assistant, feed it, talk to it, look after it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.operations import agent_commands, messenger_commands, settings, ticket_commands
from bot.settings import LANGUAGES, MAX_DIALOGUES, SettingError


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MAX_DIALOGUES:
        raise argparse.ArgumentTypeError(f"between 1 and {MAX_DIALOGUES}")
    return number


def parser() -> argparse.ArgumentParser:
    """The command line."""
    main = argparse.ArgumentParser(
        prog="python -m bot",
        description="The shopping assistant: a website's chat that understands words and photos.",
        epilog=settings.help_text(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main.add_subparsers(dest="command", metavar="COMMAND", required=True)

    serve = commands.add_parser(
        "serve", help="start every process, check their health, print the address; Ctrl-C stops all"
    )
    serve.add_argument(
        "--model", type=Path, help="a trained dialogue model (default: the newest of these sources)"
    )

    serve.add_argument(
        "--dialogues",
        type=_count,
        metavar="N",
        help="workers that lead the dialogue (default: SHOP_DIALOGUES)",
    )

    train = commands.add_parser("train", help="train the dialogue model if its sources have changed")
    train.add_argument("--force", action="store_true", help="train even if nothing has changed")

    take = commands.add_parser(
        "import", help="import a catalogue (CSV or JSON Lines with pictures); may be run again"
    )
    take.add_argument("path", type=Path, help="the file, or a folder with one file and its pictures")
    take.add_argument(
        "--remove-missing", action="store_true", help="remove products that the file does not name"
    )
    take.add_argument("--default-price", type=float, metavar="PRICE", help="for rows without a price")
    take.add_argument("--currency", default="USD", help="for rows without one (%(default)s)")
    take.add_argument(
        "--no-pictures", action="store_true", help="do not look at the pictures (no search by photo)"
    )

    talk = commands.add_parser("talk", help="be a customer, in the terminal or from a script")
    talk.add_argument("--url", help="address of the assistant (default: as configured)")
    talk.add_argument("--language", choices=LANGUAGES, help="language of the page the customer is on")
    talk.add_argument(
        "--script",
        type=Path,
        metavar="FILE.yml",
        help="a list of say, photo, button, wait; prints JSON lines",
    )

    agent_commands.register(commands)
    ticket_commands.configure(commands)
    messenger_commands.configure(commands)

    commands.add_parser("doctor", help="say in plain words what is missing or misconfigured")

    told = commands.add_parser("settings", help="show what is set, without the secrets")
    told.add_argument("--markdown", action="store_true", help="write the guide to all of them instead")

    dialogue = commands.add_parser("_dialogue")  # without help: used by serve
    dialogue.add_argument("model")
    dialogue.add_argument("--port", type=int, required=True)
    commands.add_parser("_door")
    return main


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except SettingError as error:
        print(f"A setting is wrong: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0


def _run(options: argparse.Namespace) -> int:
    # Each command imports its own: `talk` must not wait for Rasa, nor `serve` for TensorFlow.
    if options.command == "serve":
        from bot.operations.serve import serve

        return serve(options.model, options.dialogues)
    if options.command == "train":
        from bot.dialogue.training import train

        return train(force=options.force)
    if options.command == "import":
        from bot.operations.catalogue_import import import_catalogue

        return import_catalogue(
            options.path,
            remove_missing=options.remove_missing,
            default_price=options.default_price,
            currency=options.currency,
            pictures=not options.no_pictures,
        )
    if options.command == "talk":
        from bot.operations.talk import talk

        return talk(options.url, options.language, options.script)
    if options.command == "agent":
        return agent_commands.run(options)
    if options.command == "tickets":
        return ticket_commands.run(options)
    if options.command == "messengers":
        return messenger_commands.run(options)
    if options.command == "doctor":
        from bot.operations.doctor import doctor

        return doctor()
    if options.command == "settings":
        print(settings.markdown() if options.markdown else settings.listing(), end="")
        return 0
    if options.command == "_dialogue":
        from bot.dialogue.worker import main as dialogue

        dialogue(options.model, options.port)
        return 0
    from bot.operations.door import main as door

    door()
    return 0


if __name__ == "__main__":
    sys.exit(main())
