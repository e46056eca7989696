"""Customers' photos, kept in the database under ids that cannot be guessed, until they expire."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from . import settings
from .database import session
from .results import LookLike
from .tables import photos

__all__ = ["PhotoStore", "StoredLook", "StoredPhoto", "get", "put"]


@dataclass(frozen=True)
class StoredPhoto:
    """A photo as the photo door re-encoded it: JPEG without metadata."""

    id: str
    owner: str
    data: bytes
    width: int
    height: int
    created: datetime
    expires: datetime


class Ranked(NamedTuple):
    name: str
    probability: float


@dataclass(frozen=True)
class StoredLook:
    """What the eyes found in a photo, read back; it can be searched by like a fresh `vision.eyes.Look`."""

    kinds: list[Ranked]
    colours: list[Ranked]
    caption: dict[str, str]
    embedding: np.ndarray
    genders: list[Ranked] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    def kind(self, name: str) -> float:
        """The probability of one kind; 0 for a name that is none."""
        return next((ranked.probability for ranked in self.kinds if ranked.name == name), 0.0)

    def colour(self, name: str) -> float:
        """The probability of one colour; 0 for a name that is none."""
        return next((ranked.probability for ranked in self.colours if ranked.name == name), 0.0)


class PhotoStore:
    """The store; without state, so one instance or many are the same."""

    def put(
        self,
        owner: str,
        jpeg: bytes,
        width: int = 0,
        height: int = 0,
        *,
        keep: timedelta | None = None,
    ) -> str:
        """Keep a photo for its owner (a conversation); returns its new id. `keep` is how long, by default
        `settings.photo_days()`."""
        photo_id = secrets.token_urlsafe(24)
        expires = datetime.now(timezone.utc) + (
            keep if keep is not None else timedelta(days=settings.photo_days())
        )
        values = {
            "id": photo_id,
            "owner": owner,
            "jpeg": jpeg,
            "width": width,
            "height": height,
            "expires": expires,
        }
        with session() as connection:
            connection.execute(photos.insert().values(**values))
        return photo_id

    def get(self, photo_id: str, owner: str | None = None) -> StoredPhoto | None:
        """The photo, or None if there is none of that id (any more) or it is another's than `owner`'s."""
        with session() as connection:
            row = connection.execute(_alive(sa.select(photos), photo_id, owner)).mappings().one_or_none()
        if row is None:
            return None
        return StoredPhoto(
            row["id"],
            row["owner"],
            bytes(row["jpeg"]),
            row["width"],
            row["height"],
            row["created"],
            row["expires"],
        )

    def save_look(self, photo_id: str, look: Any) -> None:
        """Keep what the eyes found (a `vision.eyes.Look`) beside the photo; nothing if the photo is gone."""
        data = {
            **{
                name: [[each.name, round(float(each.probability), 6)] for each in getattr(look, name, ())]
                for name in ("kinds", "colours", "genders")
            },
            "caption": dict(getattr(look, "caption", None) or {}),
            "embedding": base64.b64encode(np.asarray(look.embedding, dtype="<f4").tobytes()).decode(),
        }
        with session() as connection:
            connection.execute(photos.update().where(photos.c.id == photo_id).values(look=data))

    def load_look(self, photo_id: str, owner: str | None = None) -> StoredLook | None:
        """What was found in the photo, or None if it was not looked at yet or is gone."""
        with session() as connection:
            data = connection.execute(_alive(sa.select(photos.c.look), photo_id, owner)).scalar()
        if data is None:
            return None
        return StoredLook(
            kinds=[Ranked(*pair) for pair in data["kinds"]],
            colours=[Ranked(*pair) for pair in data["colours"]],
            caption=data["caption"],
            genders=[Ranked(*pair) for pair in data.get("genders", ())],
            embedding=np.frombuffer(base64.b64decode(data["embedding"]), dtype="<f4").copy(),
        )

    def delete(self, photo_id: str, owner: str) -> bool:
        """Delete one photo of its owner; False where there was none."""
        with session() as connection:
            condition = (photos.c.id == photo_id) & (photos.c.owner == owner)
            return bool(connection.execute(photos.delete().where(condition)).rowcount)

    def delete_owner(self, owner: str) -> int:
        """Delete all photos of an owner and what was found in them; returns how many there were."""
        with session() as connection:
            return int(connection.execute(photos.delete().where(photos.c.owner == owner)).rowcount)

    def purge_expired(self) -> int:
        """Delete what has expired; to be called now and then. Returns how many there were."""
        with session() as connection:
            return int(connection.execute(photos.delete().where(photos.c.expires <= sa.func.now())).rowcount)


def put(owner: str, jpeg: bytes, width: int = 0, height: int = 0, *, keep: timedelta | None = None) -> str:
    """`PhotoStore.put`."""
    return PhotoStore().put(owner, jpeg, width, height, keep=keep)


def get(photo_id: str, owner: str | None = None) -> StoredPhoto | None:
    """`PhotoStore.get`."""
    return PhotoStore().get(photo_id, owner)


def _alive(query: Any, photo_id: str, owner: str | None) -> Any:
    query = query.where(photos.c.id == photo_id, photos.c.expires > sa.func.now())
    return query if owner is None else query.where(photos.c.owner == owner)


def _is_look(value: StoredLook) -> LookLike:
    return value  # the type checker holds the two together
