"""What concerns the server: addresses, limits, the key of sessions, the Redis of several processes.

The other rooms' settings are theirs: `storage.settings`, `shop.settings`, `bot.support`; all of them together
are `bot.operations.settings`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, validator

from storage import settings as storage_settings
from storage.environment import Section, SettingError
from storage.settings import ROOT as ROOT

# Nothing leaves the machine; set here so that every way of starting Rasa through our code agrees.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"

MAX_TEXT = 4000  # characters of one message; what is beyond is cut
MAX_FRAME = 256 * 1024  # bytes of one socket frame
MAX_PHOTO = 12 * 2**20  # bytes of one photo
PHOTO_SIDE = 1280  # pixels of the longer side of a stored photo

MAX_DIALOGUES = 32


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, lower case, as browsers write an Origin; '' if it has none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


class Settings(Section):
    """Addresses and limits of the server. A limit of 0 is none."""

    host: str = Field("127.0.0.1", env="SHOP_HOST", description="where the assistant listens")
    port: int = Field(5005, env="SHOP_PORT", ge=1, le=65535, description="its port")
    actions_port: int = Field(
        5055,
        env="SHOP_ACTIONS_PORT",
        ge=1,
        le=65535,
        description="port of the action server, on this machine only",
    )
    dialogues: int = Field(
        1,
        env="SHOP_DIALOGUES",
        ge=1,
        le=MAX_DIALOGUES,
        description="how many dialogue workers run beside each other",
    )
    dialogue_port: int = Field(
        5056,
        env="SHOP_DIALOGUE_PORT",
        ge=1,
        le=65535 - MAX_DIALOGUES,
        description="port of the first dialogue worker, on this machine only; the others' follow it",
    )
    hung_seconds: int = Field(
        30,
        env="SHOP_HUNG_SECONDS",
        ge=5,
        le=3600,
        description="a process that has not answered for so long is ended and started again",
    )
    public_url: str | None = Field(
        None,
        env="SHOP_PUBLIC_URL",
        description="the address customers see, if a proxy stands in front: https://assistant.example.com",
    )
    allowed_origins: tuple[str, ...] = Field(
        (),
        env="SHOP_ALLOWED_ORIGINS",
        description="websites that may show the chat: https://www.example.com",
    )
    messages_per_minute: int = Field(
        60, env="SHOP_MESSAGES_PER_MINUTE", ge=0, le=1_000_000, description="in one conversation"
    )
    photos_per_minute: int = Field(
        12, env="SHOP_PHOTOS_PER_MINUTE", ge=0, le=1_000_000, description="in one conversation"
    )
    sessions_per_minute: int = Field(
        60,
        env="SHOP_SESSIONS_PER_MINUTE",
        ge=0,
        le=1_000_000,
        description="new conversations, and sign-ins at the desk, from one network address",
    )
    trust_proxy: bool = Field(
        False,
        env="SHOP_TRUST_PROXY",
        description="take callers' addresses from X-Forwarded-For, which a proxy of yours writes",
    )

    @validator("public_url")
    def _public_url(cls, value: str | None) -> str | None:
        value = (value or "").rstrip("/")
        if value and not origin_of(value):
            raise SettingError(f"SHOP_PUBLIC_URL must be an http(s) address, not {value!r}")
        return value or None

    @validator("allowed_origins", pre=True)
    def _allowed_origins(cls, value: Any) -> Any:
        return tuple(_origin(item) for item in listed(value)) if isinstance(value, str) else value

    @property
    def base_url(self) -> str:
        """The address a person opens: the public one if set, else the local one."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def actions_url(self) -> str:
        """Base address of the action server; always on this machine."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def dialogue_urls(self) -> tuple[str, ...]:
        """Base addresses of the dialogue workers; always on this machine."""
        ports = range(self.dialogue_port, self.dialogue_port + self.dialogues)
        return tuple(f"http://127.0.0.1:{port}" for port in ports)


def listed(text: str) -> list[str]:
    """What stands between commas."""
    return list(filter(None, (part.strip() for part in text.split(","))))


def _origin(item: str) -> str:
    origin = origin_of(item)
    if not origin or any(c in origin for c in " ;'\"*"):  # it is written into a Content-Security-Policy
        raise SettingError(
            f"SHOP_ALLOWED_ORIGINS: {item!r} is no origin; write for example https://www.example.com"
        )
    return origin


class RedisSettings(Section):
    """What they share, beside the database."""

    url: str | None = Field(
        None,
        env="SHOP_REDIS_URL",
        repr=False,
        description="redis://user:password@host:6379/0, needed as soon as there are two of them",
    )

    @validator("url")
    def _url(cls, value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise SettingError(
                "SHOP_REDIS_URL must be an address of Redis: redis://user:password@host:6379/0"
            )
        return value


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once; raises `SettingError` for a value that makes no sense."""
    return Settings.read()


def redis_url() -> str | None:
    """`SHOP_REDIS_URL`, or None: this process is the only one. Raises `SettingError` if it is no address."""
    return RedisSettings.read().url


@lru_cache(maxsize=1)
def secret() -> str:
    """The key that signs session tokens (`SHOP_SECRET`, else generated once into `$SHOP_VAR/secret`)."""
    key = storage_settings.secret()
    if len(key) < 32:
        raise SettingError("SHOP_SECRET is too short; use at least 32 characters")
    return key
