"""Whether a webhook comes from Chatwoot: by its signature, or by the secret in the address it was sent to."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping

from bot.support.integrations.settings import ChatwootSettings

TOLERANCE = 300.0  # seconds that a signed call may be old, or our clock may be wrong


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Chatwoot's signature: over the time and the body as it was sent."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def genuine(
    settings: ChatwootSettings,
    headers: Mapping[str, str],
    body: bytes,
    key: str = "",
    now: float | None = None,
) -> bool:
    """Whether a call is Chatwoot's. With secrets set, only a fresh signature counts; without, the address."""
    if settings.secrets:
        given = {name.lower(): value for name, value in headers.items()}
        timestamp = given.get("x-chatwoot-timestamp", "")
        signature = given.get("x-chatwoot-signature", "")
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            return False
        if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE:
            return False
        good = [_same(signature, sign(secret, timestamp, body)) for secret in settings.secrets]
        return any(good)
    return bool(settings.key) and _same(key, settings.key)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
