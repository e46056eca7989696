"""Which messengers `credentials.yml` names; made without a server, for commands and the doctor."""

from __future__ import annotations

from collections.abc import Iterator

from rasa.shared.utils.common import class_from_module_path
from rasa.shared.utils.io import read_config_file

from bot.channels.base.messenger import Messenger
from bot.settings import ROOT, SettingError

CREDENTIALS = ROOT / "credentials.yml"


def messengers() -> Iterator[Messenger]:
    """Each messenger that is configured; raises `SettingError` for entries that make no sense."""
    try:
        entries = read_config_file(str(CREDENTIALS))
    except Exception as error:  # Rasa's own errors: broken YAML, a variable that is not set
        first = next(iter(str(error).splitlines()), type(error).__name__)
        raise SettingError(f"credentials.yml cannot be read: {first}") from error
    for path, values in entries.items():
        if not path.startswith("bot.channels.") or path.startswith("bot.channels.web."):
            continue
        try:
            kind = class_from_module_path(path)
        except (ImportError, AttributeError) as error:
            raise SettingError(f"credentials.yml: there is no messenger {path}") from error
        yield kind.from_credentials(values)
