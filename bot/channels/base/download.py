"""Fetching a customer's photo from a platform: only from its own hosts, never from inside our network, never
more than the photo door takes.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.channels.base.api_client import Gone, Later, Refused
from bot.conversation.photo_intake import PhotoRefused, read
from bot.settings import MAX_PHOTO

SECONDS = 60.0
REDIRECTS = 3


class _Public(AbstractResolver):
    """Resolves names to public addresses only; `trusted` hosts may be anywhere (the shop's own server)."""

    def __init__(self, trusted: frozenset[str]) -> None:
        self._resolver = aiohttp.ThreadedResolver()
        self._trusted = trusted

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        found = await self._resolver.resolve(host, port, family)
        if host not in self._trusted:
            found = [each for each in found if is_public(each["host"])]
        if not found:
            raise OSError("not a public address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The host of an address in lower case; '' if it has none."""
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""


def allowed(url: str, hosts: Sequence[str], trusted: frozenset[str]) -> bool:
    """Whether a photo may be fetched there: https at one of the hosts (".example.com" is any below it), or
    any scheme at a trusted one, which the shop has configured itself.
    """
    host = host_of(url)
    if not host:
        return False
    if host in trusted:
        return urlsplit(url).scheme in ("http", "https")
    if urlsplit(url).scheme != "https" or urlsplit(url).port not in (None, 443):
        return False
    return any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts)


async def fetch(
    url: str,
    *,
    hosts: Sequence[str],
    trusted: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    auth: aiohttp.BasicAuth | None = None,
) -> bytes:
    """The bytes at an address of the platform.

    `hosts` are the platform's own, `trusted` those that the shop has configured (they may be local). Headers
    and auth go to the first host only. Raises `PhotoRefused("too_large")`, `Later`, `Refused` (another host,
    not there), `Gone` (expired).
    """
    trust = frozenset(trusted)
    connector = aiohttp.TCPConnector(resolver=_Public(trust))
    timeout = aiohttp.ClientTimeout(total=SECONDS, connect=8)
    first = host_of(url)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        for _ in range(REDIRECTS + 1):
            if not allowed(url, hosts, trust) or _is_private_literal(url, trust):
                raise Refused(f"a photo at a host that is not the platform's: {host_of(url) or 'none'}")
            ours = host_of(url) == first
            try:
                async with http.get(
                    url,
                    headers=headers if ours else None,
                    auth=auth if ours else None,
                    allow_redirects=False,
                ) as response:
                    if response.status in (301, 302, 303, 307, 308):
                        url = urljoin(url, response.headers.get("Location", ""))
                        continue
                    if response.status in (404, 410):
                        raise Gone("the photo is not there any more")
                    if response.status in (202, 408, 425, 429) or response.status >= 500:
                        raise Later(f"the photo cannot be fetched now: {response.status}")
                    if response.status != 200:
                        raise Refused(f"the photo cannot be fetched: {response.status}")
                    if (response.content_length or 0) > MAX_PHOTO:
                        raise PhotoRefused("too_large")
                    return await read(response.content.iter_chunked(2**16))
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                raise Later(f"the photo cannot be fetched now: {type(error).__name__}") from error
    raise Refused("too many redirects")


def _is_private_literal(url: str, trusted: frozenset[str]) -> bool:
    """An IP address in place of a name never meets the resolver."""
    host = host_of(url)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return host not in trusted and not is_public(host)
