"""Fetch a file from a host that the operator trusts, and from nowhere else, whatever the address in a text says.

The name is resolved here, every address behind it must be public, and the connection goes to the address that was
checked, with the certificate of the name. Redirects pass the same checks and lose all credentials.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from socket import SOCK_STREAM, gaierror
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import httpx

from adapters.http.address import is_loopback, is_public
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient

FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict, TimeoutError, OSError)
"""Everything that asking over HTTP can raise."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_PATIENCE = timedelta(seconds=60)  # for a file in all, so that one octet a second ends too
_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
_MOST_REDIRECTS = 2
_WRITTEN = re.compile(r"[!-\[\]-~]{1,4096}", re.ASCII)  # what prints, but no backslash: parsers disagree about it
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOGIN = frozenset({401, 403})
_GONE = frozenset({404, 410})
_LATER = frozenset({408, 409, 425, 429})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """One hop: an address that passed our rules, taken apart once so that nobody reads it differently later."""

    scheme: str
    host: str
    port: int
    path: str

    def at(self, address: str) -> str:
        return f"{self.scheme}://{f'[{address}]' if ':' in address else address}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        return self.host if self.port == 443 and self.scheme == "https" else f"{self.host}:{self.port}"


async def _resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedFetcher:
    """Fetches files from the listed hosts only."""

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        allow_loopback: bool,
        resolve: Resolve = _resolve,
        patience: timedelta = _PATIENCE,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`allow_loopback` lets listed hosts be this machine, by http and at any port: for simulated worlds."""
        self._hosts = frozenset(host.lower() for host in hosts)
        self._allow_loopback = allow_loopback
        self._resolve = resolve
        self._patience = patience.total_seconds()
        # A kept connection would be found again by its address alone, whatever name its certificate was checked for.
        self._client = httpx.AsyncClient(
            verify=tls or True,
            trust_env=False,
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=0),
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def fetch(self, url: str, *, headers: Mapping[str, str] = _NO_HEADERS, limit: int) -> bytes:
        """Return the file, at most `limit` octets; `headers` go to the first host and to no other.

        Fetching twice harms nobody, so nothing is uncertain here: what may work later is Transient.
        """
        try:
            async with asyncio.timeout(self._patience):
                return await self._follow(url, headers, limit)
        except httpx.InvalidURL as unusable:
            raise _refused("its address cannot be used") from unusable
        except FAILURES as failure:
            raise Transient(f"the file cannot be had now ({type(failure).__name__})") from failure

    async def _follow(self, url: str, headers: Mapping[str, str], limit: int) -> bytes:
        for hop in range(1 + _MOST_REDIRECTS):
            target = self._checked(url)
            async with self._opened(target, await self._addresses(target), headers) as response:
                if response.status_code == 200:
                    return await _content(response, limit)
                if response.status_code not in _REDIRECTS:
                    raise _no_file(response.status_code, has_login=bool(headers), is_first=hop == 0)
                url, headers = urljoin(url, response.headers.get("location", "")), _NO_HEADERS
        raise _refused("it was redirected too often")

    def _checked(self, url: str) -> _Target:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _refused("its address cannot be read") from None
        if not _WRITTEN.fullmatch(url) or "@" in parts.netloc or host not in self._hosts:
            raise _refused("its host is not one of those that pictures may come from")
        schemes = {"https": 443, "http": 80} if self._allow_loopback else {"https": 443}
        if parts.scheme not in schemes or (port not in (None, 443) and not self._allow_loopback):
            raise _refused("its address is not plain https")
        query = f"?{parts.query}" if parts.query else ""
        path = f"{parts.path or '/'}{query}"
        return _Target(scheme=parts.scheme, host=host, port=port or schemes[parts.scheme], path=path)

    async def _addresses(self, target: _Target) -> Sequence[str]:
        """Resolve the name; one address that is not public condemns them all."""
        try:
            addresses = await self._resolve(target.host, target.port)
        except (gaierror, UnicodeError) as unknown:
            raise Transient("the host of the file is not found") from unknown
        is_ours = self._allow_loopback and bool(addresses) and all(map(is_loopback, addresses))
        is_plain_and_public = target.scheme == "https" and target.port == 443 and all(map(is_public, addresses))
        if not (is_ours or is_plain_and_public):
            raise _refused("its host leads to an address that is not public")
        return addresses

    @asynccontextmanager
    async def _opened(
        self, target: _Target, addresses: Sequence[str], headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """Ask at the first address that can be reached."""
        failure: Exception = httpx.ConnectError("the host has no address")
        for address in addresses:
            request = self._client.build_request(
                "GET",
                target.at(address),
                headers={**headers, "Host": target.authority, "Accept-Encoding": "identity"},
                extensions={"sni_hostname": target.host},
            )
            try:
                response = await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as unreachable:
                failure = unreachable
                continue
            try:
                yield response
            finally:
                await response.aclose()
            return
        raise failure


async def _content(response: httpx.Response, limit: int) -> bytes:
    """Read the octets as they come over the wire; nothing is unpacked, so nothing can swell."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise _refused("it was sent compressed")
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > limit:
            raise _too_large(limit)
    return bytes(content)


def _no_file(status: int, *, has_login: bool, is_first: bool) -> PortError:
    if status in _LOGIN and has_login:
        return Blocked(f"the host of the file answered {status} to our login", "check the account's credentials")
    if status in _GONE or (status in _LOGIN and is_first):
        return Permanent(f"the file is no longer there ({status})", Reason.GONE)
    if status in _LOGIN or status in _LATER or status >= 500:  # a redirect's link expires: begin again
        return Transient(f"the file cannot be had now ({status})")
    return Permanent(f"the host of the file answered {status}", Reason.REJECTED)


def _refused(why: str) -> Permanent:
    return Permanent(f"the file is not fetched: {why}", Reason.REJECTED)


def _too_large(limit: int) -> Permanent:
    return Permanent(f"the file is larger than {limit} bytes", Reason.TOO_LARGE)
