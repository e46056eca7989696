"""`python -m bot doctor`: what is missing or misconfigured, in plain words, with what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.dialogue import RASA_VERSION, models
from bot.finding import Finding, one_line
from bot.settings import ROOT, SettingError, settings

Check = Callable[[], Iterator[Finding]]

NEEDED_DISK = 1024**3  # bytes
NEEDED_MEMORY = 2 * 1024**3


def doctor() -> int:
    """Look at everything and print what was found; returns 1 if something is bad."""
    marks = {"ok": "✓", "note": "·", "bad": "✗"}
    findings = []
    for check in CHECKS:
        try:
            found = list(check())
        except SettingError as error:
            found = [Finding("bad", f"a setting is wrong: {error}")]
        except Exception as error:  # a check that breaks is a finding too
            found = [Finding("bad", f"{check.__name__.strip('_')} could not be looked at: {one_line(error)}")]
        found = [each for each in found if each not in findings]  # several checks read the same settings
        for finding in found:
            print(f"{marks[finding.level]} {finding.what}", flush=True)
            if finding.remedy:
                print(f"    → {finding.remedy}", flush=True)
        findings += found
    bad = sum(finding.level == "bad" for finding in findings)
    print(f"\n{'Everything that is needed is there.' if not bad else f'{bad} to repair.'}", flush=True)
    return 1 if bad else 0


def _python() -> Iterator[Finding]:
    version = sys.version.split()[0]
    if sys.version_info[:2] == (3, 10):
        yield Finding("ok", f"Python {version}")
    else:
        yield Finding(
            "bad", f"Python {version}; Rasa's newest open release runs on 3.10", "make run PYTHON=python3.10"
        )
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        yield Finding("note", "PYTHONDONTWRITEBYTECODE is set: our own commands start slowly", "unset it")


def _packages() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    wanted = {
        "rasa": RASA_VERSION,
        "rasa-sdk": "",
        "tensorflow-cpu": "2.12",
        "spacy": "",
        "sqlalchemy": "1.4",
    }
    for name, start in wanted.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding("bad", f"the package {name} is not installed", "make run installs everything")
            continue
        if not found.startswith(start):
            yield Finding("bad", f"{name} is {found}, {start} is needed", "delete .venv and run: make run")
    yield Finding("ok", f"packages: rasa {version('rasa')}, tensorflow {version('tensorflow-cpu')}")


def _names() -> Iterator[Finding]:
    from bot.operations.settings import unknown

    found = list(unknown(os.environ))
    for name, meant in found:
        if meant:
            yield Finding("bad", f"{name} is no setting; did you mean {meant}?")
        else:
            yield Finding("note", f"{name} is no setting", "docs/settings.md lists them all")
    if not found:
        yield Finding("ok", "every SHOP_… variable is a setting")


def _settings() -> Iterator[Finding]:
    from bot.operations.settings import AllSettings

    AllSettings.read()
    yield Finding("ok", "the settings make sense")


def _patches() -> Iterator[Finding]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bot.dialogue import patches

        found = list(patches.problems())
    for problem in found:
        yield Finding("bad", f"Rasa cannot be patched: {problem}", patches.REMEDY)
    if not found:
        yield Finding("ok", f"patches of Rasa: {len(patches.PATCHES)} fit")


def _model() -> Iterator[Finding]:
    model = models.current()
    if model is None:
        yield Finding("bad", "there is no trained dialogue model", "make train")
    elif not models.is_fresh(model):
        yield Finding("note", f"the dialogue model {model.name} is older than its sources", "make train")
    else:
        yield Finding("ok", f"dialogue model {model.name}, up to date")


def _weights() -> Iterator[Finding]:
    folder = ROOT / "vision" / "weights"
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    if not files:
        yield Finding(
            "bad",
            "the eyes have no weights (vision/weights)",
            "get them from the repository, or: make train-vision",
        )
        return
    size = sum(path.stat().st_size for path in files) / 2**20
    yield Finding("ok", f"weights of the eyes: {len(files)} files, {size:.0f} MB")


def _widget() -> Iterator[Finding]:
    dist = ROOT / "bot" / "web" / "dist"
    pages = ("widget.js", "frame.html", "assets/chat.js", "desk/index.html")
    if missing := [name for name in pages if not (dist / name).is_file()]:
        what = f"the pages are not built ({', '.join(missing)} missing)"
        yield Finding("bad", what, "make run builds them")
    else:
        yield Finding("ok", "widget and desk are built")


def _folder() -> Iterator[Finding]:
    from storage.settings import var_dir

    folder = var_dir()
    if not os.access(folder, os.W_OK):
        yield Finding("bad", f"{folder} cannot be written to", "give this user the right, or set SHOP_VAR")
        return
    free = shutil.disk_usage(folder).free
    level = "ok" if free > NEEDED_DISK else "bad"
    yield Finding(level, f"{folder}: {free / 2**30:.1f} GB free", "" if level == "ok" else "1 GB is needed")


def _memory() -> Iterator[Finding]:
    for line in Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else ():
        if line.startswith("MemAvailable:"):
            free = int(line.split()[1]) * 1024
            level = "ok" if free > NEEDED_MEMORY else "note"
            yield Finding(
                level, f"memory: {free / 2**30:.1f} GB free", "" if level == "ok" else "2 GB are good to have"
            )


def _secret() -> Iterator[Finding]:
    from bot.settings import secret
    from storage.settings import StorageSettings, var_dir

    secret()
    if StorageSettings.read().secret:
        yield Finding("ok", "secret: from SHOP_SECRET")
        return
    path = var_dir() / "secret"
    if path.stat().st_mode & 0o077:
        yield Finding("bad", f"other users of this machine can read {path}", f"chmod 600 {path}")
    else:
        yield Finding("ok", f"secret: {path}")


def _database() -> Iterator[Finding]:
    from shop.catalogue import products
    from storage import database
    from storage.settings import database_url

    where = "SHOP_DATABASE_URL" if database_url() else "embedded"
    try:
        database.url()
        if not database.healthy():
            yield Finding(
                "bad", f"the database ({where}) does not answer", "look at its log, or at SHOP_DATABASE_URL"
            )
            return
    except (database.Unavailable, ValueError) as error:
        yield Finding("bad", f"the database ({where}) cannot be used: {one_line(error)}")
        return
    yield Finding("ok", f"database: {where}")
    try:
        count = products.count()
    except Exception:
        yield Finding("note", "the database has no tables yet", "the first start makes them")
        return
    if count:
        yield Finding("ok", f"catalogue: {count} products")
    else:
        yield Finding(
            "note",
            "the catalogue is empty",
            "the first start imports the demo; or: python -m bot import PATH",
        )


def _ports() -> Iterator[Finding]:
    from bot.operations.serve import fetch, port_free

    config = settings()
    local = "127.0.0.1" if config.host in ("0.0.0.0", "") else config.host
    health = fetch(f"http://{local}:{config.port}/health")
    if health is not None and "model" in health:
        yield Finding("ok", f"the assistant is running at {config.base_url}")
        return
    for name, host, port in (
        ("SHOP_PORT", config.host, config.port),
        ("SHOP_ACTIONS_PORT", "127.0.0.1", config.actions_port),
        *(("SHOP_DIALOGUE_PORT", "127.0.0.1", config.dialogue_port + n) for n in range(config.dialogues)),
    ):
        if port_free(host, port):
            yield Finding("ok", f"port {port} is free")
        else:
            yield Finding("bad", f"port {port} is in use by another program", f"stop it, or set {name}")


def _exposure() -> Iterator[Finding]:
    config = settings()
    if config.host not in ("127.0.0.1", "localhost", "::1"):
        yield Finding(
            "note", f"the assistant listens to the network ({config.host})", "put a proxy with TLS in front"
        )
        if not config.public_url:
            yield Finding("note", "SHOP_PUBLIC_URL is not set", "set it to the address that customers see")
        elif config.public_url.startswith("http://"):
            yield Finding(
                "bad", "agents' passwords travel for everybody to read", "let SHOP_PUBLIC_URL be https"
            )
    if config.public_url and config.public_url.startswith("http://") and "127.0.0.1" not in config.public_url:
        yield Finding("note", "SHOP_PUBLIC_URL is not https: browsers give the camera only to secure pages")
    origins = ", ".join(config.allowed_origins) or "its own pages only"
    yield Finding("ok", f"websites that may show the chat: {origins}")


def _support(name: str) -> Check:
    """A check of `bot.operations.support_checks`, which needs packages: they may be what is missing."""

    def check() -> Iterator[Finding]:
        from bot.operations import support_checks

        yield from support_checks.CHECKS[name]()

    check.__name__ = name
    return check


def _messengers() -> Iterator[Finding]:
    from bot.operations.messenger_checks import checks

    yield from checks()


CHECKS: tuple[Check, ...] = (
    _python, _packages, _patches, _names, _settings, _model, _weights, _widget, _folder, _memory, _secret,
    _database, _ports, _exposure, *map(_support, ("handoff", "desk", "tickets", "processes")), _messengers,
)  # fmt: skip
