"""What the owner has written into `credentials.yml` for a messenger, read with clear complaints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.settings import SettingError, origin_of


class Fields:
    """The entries of one messenger."""

    def __init__(self, messenger: str, values: Mapping[str, Any] | None) -> None:
        self._messenger = messenger
        self._values = dict(values or {})

    def need(self, name: str) -> str:
        """An entry that must be there; raises `SettingError`."""
        value = self.get(name)
        if not value:
            raise SettingError(f"credentials.yml: {self._messenger} needs {name}")
        return value

    def get(self, name: str, default: str = "") -> str:
        """An entry, or the default; raises `SettingError` for a variable that is not set."""
        value = self._values.get(name)
        text = "" if value is None else str(value).strip()
        if text.startswith("${"):
            raise SettingError(
                f"credentials.yml: {self._messenger}: {name}: the environment variable {text} is not set"
            )
        return text or default

    def url(self, name: str, default: str) -> str:
        """An http(s) address without a slash at its end; raises `SettingError`."""
        value = self.get(name, default).rstrip("/")
        if not origin_of(value):
            raise SettingError(
                f"credentials.yml: {self._messenger}: {name} must be an http(s) address, not {value!r}"
            )
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A list of words, or words separated by commas."""
        value = self._values.get(name)
        items = value if isinstance(value, list) else str(value or "").split(",")
        return tuple(text for item in items if (text := str(item).strip()))
