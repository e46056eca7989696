"""Texts that the shop's owner may edit while the assistant runs: YAML files, read again when they change."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import yaml

log = logging.getLogger(__name__)

DATA = Path(__file__).resolve().parents[2] / "data"


class TextFile:
    """One YAML file with a mapping at its top.

    `read()` costs a `stat`; the file is parsed again only when its time or size changed. A file that cannot
    be read or parsed is logged, and the last good state stays in use, so that a slip of the editor never
    silences the shop.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._content: dict[str, Any] = {}
        self._lock = threading.Lock()

    def read(self) -> dict[str, Any]:
        """The file's mapping; raises `OSError` or `ValueError` only if it was never readable."""
        try:
            stat = self.path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp != self._stamp:
                with self._lock:
                    self._content = self._parse()
                    self._stamp = stamp
        except (OSError, ValueError) as error:
            if self._stamp is None:
                raise
            log.error("%s cannot be read, its last good state stays in use: %s", self.path.name, error)
            # Not complained about again until the file changes once more.
            self._stamp = stamp if isinstance(error, ValueError) else self._stamp
        return self._content

    def _parse(self) -> dict[str, Any]:
        try:
            content = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ValueError(f"{self.path.name} is not valid YAML: {error}") from error
        if not isinstance(content, dict):
            raise ValueError(f"{self.path.name} must hold a mapping")
        return content
