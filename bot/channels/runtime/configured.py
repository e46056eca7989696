"""Which messengers `credentials.yml` names, made without a server: for the door, for commands and the doctor.

They stand under the one channel that Rasa has, by their platforms' names:

    bot.dialogue.internal_channel.InternalChannel:
      messengers:
        telegram:
          token: ${NAME}
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from bot.channels.base.messenger import Messenger
from bot.settings import ROOT, SettingError
from storage import plugins

CREDENTIALS = ROOT / "credentials.yml"
CHANNEL = "bot.dialogue.internal_channel.InternalChannel"
# A platform's name → its class. An installed package may bring another one (`storage.plugins`), and any class
# is named by its path (`my.module.MyMessenger`).
PLATFORMS: dict[str, str] = {
    "instagram": "bot.channels.meta:Instagram",
    "line": "bot.channels.line:Line",
    "matrix": "bot.channels.matrix:Matrix",
    "messenger": "bot.channels.meta:FacebookMessenger",
    "slack": "bot.channels.slack:Slack",
    "sms": "bot.channels.twilio:TwilioSms",
    "telegram": "bot.channels.telegram:Telegram",
    "twilio_whatsapp": "bot.channels.twilio:TwilioWhatsApp",
    "wechat": "bot.channels.wechat:WeChat",
    "whatsapp": "bot.channels.whatsapp:WhatsApp",
    "xmpp": "bot.channels.xmpp:Xmpp",
}
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def messengers(file: Path = CREDENTIALS) -> Iterator[Messenger]:
    """Each messenger that is configured; raises `SettingError` for entries that make no sense."""
    for name, values in entries(file).items():
        if values is not None and not isinstance(values, Mapping):
            raise SettingError(f"credentials.yml: {name} needs its values below it, each on a line")
        filled = {key: _filled(value, f"{name}: {key}") for key, value in (values or {}).items()}
        yield kind_of(name).from_credentials(filled)


def entries(file: Path = CREDENTIALS) -> Mapping[str, Any]:
    """What the file names as messengers, with what stands below each; raises `SettingError`."""
    try:
        channels = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise SettingError(f"credentials.yml cannot be read: {first}") from error
    if not isinstance(channels, Mapping):
        raise SettingError("credentials.yml cannot be read: it is no list of channels")
    for path in channels:
        if str(path).startswith("bot.channels."):
            raise SettingError(f"credentials.yml: {path} stands at the top: {_where(str(path))}")
    found = (channels.get(CHANNEL) or {}).get("messengers") or {}
    if not isinstance(found, Mapping):
        raise SettingError("credentials.yml: messengers: each needs its name, a colon, and its values below")
    return found


def kind_of(name: str) -> type[Messenger]:
    """The class of a messenger, by its platform's name or by its path; raises `SettingError`."""
    module, _, kind = PLATFORMS.get(name, ":".join(name.rsplit(".", 1))).partition(":")
    try:
        found = getattr(import_module(module), kind) if kind else plugins.find(plugins.MESSENGERS, name)
    except (ImportError, AttributeError):
        found = None
    except plugins.BrokenPlugin as error:
        raise SettingError(f"credentials.yml: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Messenger)):
        known = ", ".join((*PLATFORMS, *plugins.names(plugins.MESSENGERS)))
        raise SettingError(f"credentials.yml: there is no messenger {name}; there are: {known}")
    return found


def _where(path: str) -> str:
    """What to write instead of an entry of old."""
    names = {kind.replace(":", "."): name for name, kind in PLATFORMS.items()}
    if path in names:
        return f"write it as {names[path]} under messengers: of {CHANNEL}"
    return f"only {CHANNEL} does, with the messengers below it"


def _filled(value: Any, what: str) -> Any:
    """A value with the environment's in place of ${NAME}."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _variable(found[1], what), value)
    if isinstance(value, list):
        return [_filled(each, what) for each in value]
    return value


def _variable(name: str, what: str) -> str:
    if name not in os.environ:
        raise SettingError(f"credentials.yml: {what}: the environment variable ${{{name}}} is not set")
    return os.environ[name]
