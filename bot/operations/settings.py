"""Everything that can be set from outside, in one object, and what is told of it.

`python -m bot settings` shows what is set now; with `--markdown` it writes docs/settings.md.
"""

from __future__ import annotations

import difflib
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.settings import ROOT, RedisSettings, Settings
from bot.support.integrations.settings import (
    ChatwootSettings,
    HelpdeskSettings,
    MailSettings,
    TicketSettings,
    desk_name,
)
from bot.support.owner_settings import DeskSettings
from shop.settings import ShopSettings
from storage.environment import Section, Variable, variables
from storage.settings import StorageSettings
from vision.settings import TrainingSettings

# By the titles of the guide.
SECTIONS: dict[str, type[Section]] = {
    "The server": Settings,
    "Storage": StorageSettings,
    "The shop": ShopSettings,
    "Several server processes": RedisSettings,
    "People who answer": DeskSettings,
    "Chatwoot": ChatwootSettings,
    "Tickets": TicketSettings,
    "Tickets by mail": MailSettings,
    "Tickets in django-helpdesk": HelpdeskSettings,
    "Training the eyes": TrainingSettings,
}
CREDENTIALS = ROOT / "credentials.yml"
LIKE = 0.7  # how much of a name must fit for it to be a slip of the other


@dataclass(frozen=True)
class AllSettings:
    """What is set now. A desk or ticket system that is not in use is None."""

    server: Settings
    storage: StorageSettings
    shop: ShopSettings
    redis: RedisSettings
    desk: DeskSettings
    tickets: TicketSettings
    training: TrainingSettings
    chatwoot: ChatwootSettings | None
    mail: MailSettings | None
    helpdesk: HelpdeskSettings | None

    @classmethod
    def read(cls) -> AllSettings:
        """From the environment. Raises `SettingError` for the first section that makes no sense."""
        tickets = TicketSettings.read()
        return cls(
            server=Settings.read(),
            storage=StorageSettings.read(),
            shop=ShopSettings.read(),
            redis=RedisSettings.read(),
            desk=DeskSettings.read(),
            tickets=tickets,
            training=TrainingSettings.read(),
            chatwoot=ChatwootSettings.read() if desk_name() == "chatwoot" else None,
            mail=MailSettings.read() if tickets.target == "mail" else None,
            helpdesk=HelpdeskSettings.read() if tickets.target == "helpdesk" else None,
        )


def known() -> dict[str, Variable]:
    """Every variable of ours by its name, without the messengers'."""
    return {each.name: each for section in SECTIONS.values() for each in variables(section)}


def messenger_names() -> dict[str, list[str]]:
    """The variables that credentials.yml takes, by messenger; also of messengers that are off."""
    found: dict[str, list[str]] = {}
    messenger = ""
    for line in CREDENTIALS.read_text(encoding="utf-8").splitlines():
        if named := re.match(r"\s+(?:#\s+)?(\w+):\s*$", line):
            messenger = named[1]
        for name in re.findall(r"\$\{(SHOP_\w+)\}", line):
            found.setdefault(messenger, []).append(name)
    return found


def unknown(environment: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Each `SHOP_…` variable that is no setting, with the one that was perhaps meant."""
    names = {*known(), *(name for each in messenger_names().values() for name in each)}
    rests = {name.removeprefix("SHOP_"): name for name in names}
    for name in sorted(environment):
        if name.startswith("SHOP_") and name not in names:
            near = difflib.get_close_matches(name.removeprefix("SHOP_"), rests, n=1, cutoff=LIKE)
            yield name, rests[near[0]] if near else None


def help_text() -> str:
    """The end of `python -m bot --help`."""
    lines = ["settings (environment variables, all optional; docs/settings.md explains them):"]
    for title, section in SECTIONS.items():
        names = ", ".join(each.name for each in variables(section))
        lines += textwrap.wrap(names, 100, initial_indent=f"  {title:<28}", subsequent_indent=" " * 30)
    return "\n".join(lines)


def listing() -> str:
    """What is set, and the defaults of what is not; secrets are not shown."""
    lines = ["• is set; the others are defaults. docs/settings.md says what they mean."]
    for title, section in SECTIONS.items():
        lines += ["", title]
        for each in variables(section):
            given = os.environ.get(each.name, "").strip()
            shown = ("(secret)" if each.secret else given) if given else each.default
            lines.append(f"  {'•' if given else ' '} {each.name:<26} {shown}".rstrip())
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Environment variables; *needed* ones only for what their section is about. A blank one counts as",
        "not set. `python -m bot settings` shows what is set now; `python -m bot doctor` tells what makes no",
        "sense, and names that are no settings.",
        "",
        "This page is written by `python -m bot settings --markdown > docs/settings.md`.",
    ]
    for title, section in SECTIONS.items():
        about = " ".join((section.__doc__ or "").split())
        guide = f" [More]({section.guide})" if section.guide else ""
        lines += ["", f"## {title}", f"{about}{guide}", "", "| variable | what it is | values | default |"]
        lines += ["|---|---|---|---|", *map(_row, variables(section))]
    lines += [
        "",
        "## Messengers",
        "What `credentials.yml` takes; each [messenger's page](messengers/README.md) says where a value",
        "comes from. Nobody else should see them.",
        "",
        "| messenger | variables |",
        "|---|---|",
    ]
    for messenger, names in messenger_names().items():
        lines.append(f"| {messenger} | {', '.join(f'`{name}`' for name in names)} |")
    return "\n".join(lines) + "\n"


def _row(each: Variable) -> str:
    values = f"{each.values}; secret" if each.secret else each.values
    default = "*needed*" if each.required else each.default
    return f"| `{each.name}` | {each.description} | {values} | {default} |"
