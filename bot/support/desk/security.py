"""What a browser is told of the desk's pages, its cookie, and from where the desk may be called."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import Settings, origin_of
from bot.support.accounts.desk_sessions import LONGEST

COOKIE = "desk_session"
PATH = "/desk"

# Everything from files of ours; photos that an agent is about to send are blobs.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
    "connect-src 'self' {sockets}; media-src 'self' data: blob:; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-src 'none'; object-src 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def page_policy(request: web.Request, settings: Settings) -> str:
    """The desk's Content-Security-Policy: no inline script or style, no other origin, no frame."""
    hosts = {request.host}
    if settings.public_url:
        hosts.add(urlsplit(settings.public_url).netloc)
    # Older browsers do not count ws: as 'self', so our own host is named.
    plain = [host for host in sorted(hosts) if host and all(c.isalnum() or c in ".-:[]" for c in host)]
    return _POLICY.format(sockets=" ".join(f"ws://{host} wss://{host}" for host in plain) or "'self'")


def secure(response: web.StreamResponse) -> None:
    """Headers that every answer of the desk carries."""
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers.setdefault("Cache-Control", "no-store")


def own_origin(request: web.Request, settings: Settings) -> bool:
    """Whether the page that calls is the desk itself: the shop's own pages (SHOP_ALLOWED_ORIGINS) are not."""
    origin = origin_of(request.headers.get("origin") or "")
    if not origin:
        return False
    if settings.public_url and origin == origin_of(settings.public_url):
        return True
    return urlsplit(origin).netloc == (request.host or "").lower()


def is_https(request: web.Request, settings: Settings) -> bool:
    """Whether the browser talks to us through TLS, as far as we can know."""
    if request.scheme == "https":
        return True
    if (
        settings.trust_proxy
        and request.headers.get("x-forwarded-proto", "").split(",")[-1].strip() == "https"
    ):
        return True
    public = urlsplit(settings.public_url or "")
    return public.scheme == "https" and public.netloc.lower() == (request.host or "").lower()


def set_cookie(response: web.StreamResponse, request: web.Request, settings: Settings, token: str) -> None:
    """Put the session's token into a cookie that no script can read and no other site can use."""
    response.set_cookie(
        COOKIE,
        token,
        path=PATH,
        max_age=LONGEST if token else 0,
        httponly=True,
        samesite="Strict",
        secure=is_https(request, settings),
    )


def drop_cookie(response: web.StreamResponse, request: web.Request, settings: Settings) -> None:
    """Take the cookie back."""
    set_cookie(response, request, settings, "")
