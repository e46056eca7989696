"""Sessions of the website: a signed token names the conversation, so nobody can speak or look as another
customer.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import jwt

from bot import settings

LIFETIME = 30 * 24 * 3600  # seconds; renewed at every visit
ALGORITHM = "HS256"
AUDIENCE = "chat"
PHOTO_AUDIENCE = "photo"


class TokenError(ValueError):
    """A token that is missing, forged, expired or made for something else."""


@dataclass(frozen=True)
class Session:
    """Who talks: the conversation's id, its language at the start, and until when (seconds since 1970)."""

    conversation: str
    language: str
    expires: int

    @property
    def token(self) -> str:
        """The signed form that the client keeps."""
        claims = {"sub": self.conversation, "lang": self.language, "exp": self.expires, "aud": AUDIENCE}
        return jwt.encode(claims, settings.secret(), algorithm=ALGORITHM)


def start(language: str) -> Session:
    """A new conversation under an id that cannot be guessed."""
    return Session(f"web-{secrets.token_urlsafe(18)}", language, int(time.time()) + LIFETIME)


def renew(session: Session, language: str | None = None) -> Session:
    """The same conversation with a full lifetime ahead."""
    return Session(session.conversation, language or session.language, int(time.time()) + LIFETIME)


def read(token: object) -> Session:
    """Check a token; raises `TokenError`."""
    claims = _claims(token, AUDIENCE)
    language = claims.get("lang")
    return Session(
        claims["sub"],
        language if language in settings.LANGUAGES else settings.DEFAULT_LANGUAGE,
        int(claims["exp"]),
    )


def photo_token(conversation: str, expires: int) -> str:
    """A token that shows this conversation's photos and nothing else: it stands in addresses, which get
    logged.
    """
    claims = {"sub": conversation, "exp": expires, "aud": PHOTO_AUDIENCE}
    return jwt.encode(claims, settings.secret(), algorithm=ALGORITHM)


def photo_owner(token: object) -> str:
    """The conversation whose photos a token (of either kind) may show; raises `TokenError`."""
    return str(_claims(token, [AUDIENCE, PHOTO_AUDIENCE])["sub"])


def _claims(token: object, audience: str | list[str]) -> dict:
    if not isinstance(token, str) or not 0 < len(token) < 2000:
        raise TokenError("no token")
    try:
        claims = jwt.decode(
            token,
            settings.secret(),
            algorithms=[ALGORITHM],
            audience=audience,
            options={"require": ["sub", "exp", "aud"]},
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise TokenError("token not valid") from error
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 100:
        raise TokenError("token without a conversation")
    return claims
