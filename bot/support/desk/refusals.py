"""Everything that can go wrong on the desk, in one form: a stable code, an HTTP status, a sentence."""

from __future__ import annotations

import logging
from typing import Any

from bot.conversation.photo_intake import PhotoRefused
from bot.support.accounts.errors import (
    AgentError,
    Locked,
    NotAllowed,
    SignInRefused,
    UnknownAgent,
    UnknownCanned,
)
from bot.support.desk.page_texts import say
from bot.support.handoff.errors import HandoffError
from shop.errors import ShopError, UnknownProduct
from storage.errors import Unavailable

logger = logging.getLogger(__name__)

_STATUS = {
    "signed_out": 401,
    "refused": 401,
    "bad_csrf": 403,
    "bad_origin": 403,
    "forbidden": 403,
    "not_yours": 403,
    "unknown": 404,
    "unknown_product": 404,
    "photo_gone": 404,
    "conflict": 409,
    "wrong_state": 409,
    "too_large": 413,
    "too_many_pixels": 413,
    "locked": 429,
    "too_many": 429,
    "failed": 500,
    "unavailable": 503,
}


class Refused(Exception):
    """What an agent asked for is not done. `code` is stable and has a text in
    `bot.support.desk.page_texts`.
    """

    def __init__(
        self,
        code: str,
        status: int | None = None,
        *,
        retry_after: int | None = None,
        english: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status or _STATUS.get(code, 400)
        self.retry_after = retry_after
        self.english = english

    def body(self, language: str | None) -> dict[str, Any]:
        """As the page gets it."""
        text = say(self.code, language, english=self.english, seconds=self.retry_after or 0)
        return {"code": self.code, "text": text}


def refusal(error: Exception) -> Refused:
    """Any exception as a refusal; what nobody foresaw is logged and told as `failed`."""
    match error:
        case Refused():
            return error
        case Locked():
            return Refused("locked", retry_after=error.seconds)
        case SignInRefused():
            return Refused("refused")
        case NotAllowed():
            return Refused("forbidden")
        case UnknownAgent() | UnknownCanned():
            return Refused(error.code, 404, english=str(error))
        case AgentError():
            return Refused(error.code, 422, english=str(error))
        case HandoffError():
            return Refused({"not_found": "unknown", "bad_value": "bad_request"}.get(error.code, error.code))
        case PhotoRefused():
            return Refused(error.code, 413 if error.code in ("too_large", "too_many_pixels") else 422)
        case Unavailable():
            logger.error("The desk's database does not answer: %s", _short(error))
            return Refused("unavailable")
        case UnknownProduct():
            return Refused("unknown_product")
        case ShopError():
            return Refused("bad_request")
    logger.error("The desk could not do something", exc_info=error)
    return Refused("failed")


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
