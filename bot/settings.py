"""What the shop's owner can set from outside: environment variables, read once, with defaults that work.

`SHOP_VAR` and `SHOP_DATABASE_URL` belong to `shop.settings`; everything that concerns addresses,
limits and the signing secret is here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

# Nothing leaves the machine; set here so that every way of starting Rasa through our code agrees.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"

MAX_TEXT = 4000  # characters of one message; what is beyond is cut
MAX_FRAME = 256 * 1024  # bytes of one socket frame
MAX_PHOTO = 12 * 2**20  # bytes of one photo
PHOTO_SIDE = 1280  # pixels of the longer side of a stored photo


class SettingError(ValueError):
    """An environment variable that makes no sense; the message says which and why."""


@dataclass(frozen=True)
class Settings:
    """Addresses and limits of this server."""

    host: str
    port: int
    actions_port: int
    dialogues: int
    dialogue_port: int
    hung_seconds: int
    public_url: str | None
    allowed_origins: tuple[str, ...]
    messages_per_minute: int
    photos_per_minute: int
    sessions_per_minute: int
    trust_proxy: bool

    @property
    def address(self) -> str:
        """The address a person opens: the public one if set, else the local one."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def actions_url(self) -> str:
        """Base address of the action server; always on this machine."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def dialogue_urls(self) -> tuple[str, ...]:
        """Base addresses of the dialogue's workers; always on this machine."""
        return tuple(f"http://127.0.0.1:{self.dialogue_port + number}" for number in range(self.dialogues))


def _number(name: str, default: int, *, low: int = 0, high: int = 1_000_000) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {text!r}") from None
    if not low <= value <= high:
        raise SettingError(f"{name} must lie between {low} and {high}, not {value}")
    return value


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, lower case, as browsers write an Origin; '' if it has none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


def _origins(text: str) -> tuple[str, ...]:
    found = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        origin = origin_of(item)
        if not origin or any(c in origin for c in " ;'\"*"):  # it is written into a Content-Security-Policy
            raise SettingError(
                f"SHOP_ALLOWED_ORIGINS: {item!r} is no origin; write for example https://www.example.com"
            )
        found.append(origin)
    return tuple(found)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; raises `SettingError` for a value that makes no sense."""
    public = os.environ.get("SHOP_PUBLIC_URL", "").strip().rstrip("/")
    if public and not origin_of(public):
        raise SettingError(f"SHOP_PUBLIC_URL must be an http(s) address, not {public!r}")
    return Settings(
        host=os.environ.get("SHOP_HOST", "").strip() or "127.0.0.1",
        port=_number("SHOP_PORT", 5005, low=1, high=65535),
        actions_port=_number("SHOP_ACTIONS_PORT", 5055, low=1, high=65535),
        dialogues=_number("SHOP_DIALOGUES", 1, low=1, high=32),
        dialogue_port=_number("SHOP_DIALOGUE_PORT", 5056, low=1, high=65535 - 32),
        hung_seconds=_number("SHOP_HUNG_SECONDS", 30, low=5, high=3600),
        public_url=public or None,
        allowed_origins=_origins(os.environ.get("SHOP_ALLOWED_ORIGINS", "")),
        # 0 switches a limit off.
        messages_per_minute=_number("SHOP_MESSAGES_PER_MINUTE", 60),
        photos_per_minute=_number("SHOP_PHOTOS_PER_MINUTE", 12),
        sessions_per_minute=_number("SHOP_SESSIONS_PER_MINUTE", 60),
        trust_proxy=os.environ.get("SHOP_TRUST_PROXY", "") not in ("", "0", "false"),
    )


@lru_cache(maxsize=1)
def secret() -> str:
    """The key that signs session tokens (`SHOP_SECRET`, else generated once into `$SHOP_VAR/secret`)."""
    from shop.settings import secret as shop_secret

    key = shop_secret()
    if len(key) < 32:
        raise SettingError("SHOP_SECRET is too short; use at least 32 characters")
    return key
