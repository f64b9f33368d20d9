"""Fetching the media of an outgoing message as the vendor does: HEAD, then GET, and strict about type and size.

What is downloaded here is what the phone shows.
"""

from urllib.parse import urldefrag, urlsplit

import aiohttp
from yarl import URL

from adapters.sandbox.carrier.refusals import Refused
from adapters.sandbox.carrier.webhooks import Routes

IMAGE_LIMIT = 5_000_000
OTHER_LIMIT = 500_000

_LARGE = frozenset({"image/jpeg", "image/jpg", "image/gif", "image/png"})
_OTHERS = frozenset(
    {"image/bmp", "image/tiff", "image/webp", "text/vcard", "text/x-vcard", "text/csv", "text/rtf", "text/calendar"}
    | {"application/pdf", "application/vcard"}
)
_MAGIC = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/jpg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/png": b"\x89PNG\r\n",
}
_PATIENCE = aiohttp.ClientTimeout(total=10)


class Pictures:
    """Fetch media URLs; raise Refused with the vendor's code for what cannot be used."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._session: aiohttp.ClientSession | None = None

    def start(self) -> None:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    async def fetch(self, url: str) -> tuple[str, bytes]:
        """Return content type and bytes; 21620 unreachable, 12300 wrong type, 11751 too large."""
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise Refused(21620, url)
        try:
            announced, _ = await self._request("HEAD", url)
            content_type, content = await self._request("GET", url)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Refused(21620, url) from error
        if content_type != announced or not content.startswith(_MAGIC.get(content_type, b"")):
            raise Refused(12300, content_type)
        return content_type, content

    async def _request(self, method: str, url: str) -> tuple[str, bytes]:
        if self._session is None:
            raise RuntimeError("the carrier was not started")
        address = URL(self._routes.actual(urldefrag(url).url), encoded=True)
        headers = {"Host": urlsplit(url).netloc, "User-Agent": "TwilioProxy/1.1"}
        async with self._session.request(
            method, address, headers=headers, timeout=_PATIENCE, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise Refused(21620, url)
            limit = _limit(response.content_type)
            if (response.content_length or 0) > limit:
                raise Refused(11751, url)
            content = b"" if method == "HEAD" else await _read(response, limit, url)
            return response.content_type, content


def _limit(content_type: str) -> int:
    if content_type in _LARGE:
        return IMAGE_LIMIT
    if content_type in _OTHERS or content_type.startswith(("audio/", "video/")):
        return OTHER_LIMIT
    raise Refused(12300, content_type)


async def _read(response: aiohttp.ClientResponse, limit: int, url: str) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > limit:
            raise Refused(11751, url)
    return bytes(content)
