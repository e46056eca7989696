"""Customers' photos, kept in the database under ids that cannot be guessed, until they expire."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from shop import settings
from shop.catalogue import embeddings
from shop.customers import photo_analyses
from shop.tables import photos
from storage.database import session
from vision.predictions import Detection, PhotoAnalysis, Prediction, Ranked

__all__ = ["AnalysedPhoto", "PhotoStore", "Ranked", "StoredPhoto", "get", "of_owner", "put"]


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


@dataclass(frozen=True)
class AnalysedPhoto:
    """What is known of a photo without its bytes: what its products are called, by language, and (None where
    nobody has looked, or an older release has) the whole analysis.
    """

    id: str
    created: datetime
    captions: tuple[dict[str, str], ...]
    analysis: PhotoAnalysis | None = None


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

    def save_analysis(self, photo_id: str, analysis: PhotoAnalysis) -> None:
        """Keep all that the eyes found on the photo beside it; nothing if the photo is gone."""
        with session() as connection:
            values = {"look": photo_analyses.to_dict(analysis, embeddings.model_key())}
            connection.execute(photos.update().where(photos.c.id == photo_id).values(values))

    def load_analysis(self, photo_id: str, owner: str | None = None) -> PhotoAnalysis | None:
        """What was found on the photo. None if it was not looked at yet, is gone, or was looked at by other
        weights than today's, whose embeddings cannot be compared with the catalogue's.
        """
        with session() as connection:
            data = connection.execute(_alive(sa.select(photos.c.look), photo_id, owner)).scalar()
        return None if data is None else photo_analyses.from_dict(data, embeddings.model_key())

    def save_prediction(self, photo_id: str, prediction: Prediction) -> None:
        """`save_analysis` of a photo that shows one product."""
        self.save_analysis(photo_id, PhotoAnalysis("", (Detection("whole", (0, 0, 0, 0), prediction),)))

    def load_prediction(self, photo_id: str, owner: str | None = None) -> Prediction | None:
        """The prediction of the first detection of `load_analysis`; None also where nothing was found."""
        analysis = self.load_analysis(photo_id, owner)
        return analysis.detections[0].prediction if analysis and analysis.detections else None

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


def of_owner(owner: str, limit: int = 20) -> list[AnalysedPhoto]:
    """The newest photos of an owner with what was seen on them, the oldest of them first."""
    query = (
        sa.select(photos.c.id, photos.c.created, photos.c.look)
        .where(photos.c.owner == owner, photos.c.expires > sa.func.now())
        .order_by(photos.c.created.desc(), photos.c.id)
        .limit(limit)
    )
    with session() as connection:
        rows = connection.execute(query).all()
    return [
        AnalysedPhoto(
            row.id,
            row.created,
            tuple(photo_analyses.captions(row.look)),
            photo_analyses.of_any_version(row.look),
        )
        if row.look
        else AnalysedPhoto(row.id, row.created, ())
        for row in reversed(rows)
    ]


def _alive(query: Any, photo_id: str, owner: str | None) -> Any:
    query = query.where(photos.c.id == photo_id, photos.c.expires > sa.func.now())
    return query if owner is None else query.where(photos.c.owner == owner)
