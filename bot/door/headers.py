"""What a browser is told about our pages, and from which pages it may call us."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import Settings, origin_of

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}
# deep-chat writes styles into its shadow root; everything else has its own file.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self' {sockets}; media-src 'self' blob:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors {ancestors}"
)


def page_policy(request: web.Request, settings: Settings, *, framed: bool) -> str:
    """The Content-Security-Policy of a page; only the chat's frame (`framed`) may stand in the shops'
    pages.
    """
    hosts = {request.host}
    if settings.public_url:
        hosts.add(urlsplit(settings.public_url).netloc)
    # Older browsers do not count ws: as 'self', so our own host is named.
    sockets = " ".join(f"ws://{host} wss://{host}" for host in sorted(hosts) if _plain(host)) or "'self'"
    ancestors = " ".join(["'self'", *(settings.allowed_origins if framed else ())])
    return _POLICY.format(sockets=sockets, ancestors=ancestors)


def _plain(host: str) -> bool:
    return bool(host) and all(c.isalnum() or c in ".-:[]" for c in host)


def secure(response: web.StreamResponse) -> None:
    """Headers that every response carries."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")


def origin_allowed(request: web.Request, settings: Settings) -> bool:
    """Whether the page that calls is ours or the shop's. Programs send no Origin, browsers always do on such
    calls.
    """
    given = request.headers.get("Origin")
    if given is None:
        return True
    origin = origin_of(given)
    if not origin:
        return False  # "null": a sandboxed frame or a file
    if origin in settings.allowed_origins or (
        settings.public_url and origin == origin_of(settings.public_url)
    ):
        return True
    return urlsplit(origin).netloc == (request.host or "").lower()


def caller(request: web.Request, settings: Settings) -> str:
    """The caller's network address, for rate limits. Behind a proxy of ours (SHOP_TRUST_PROXY) the one it
    names.
    """
    if settings.trust_proxy:
        chain = [
            part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
        ]
        if chain:
            return chain[-1]
    return request.remote or ""
