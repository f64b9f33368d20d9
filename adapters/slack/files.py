"""Files between Slack and us: shared in three steps, of which only the last is seen; fetched from its hosts alone."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientResponse, ClientTimeout

from adapters.http.settings import is_loopback
from adapters.slack import names, wire
from adapters.slack.api import SlackApi
from adapters.slack.names import Json
from bridge.domain.command import FetchMedia, UploadFile
from bridge.domain.ids import EntryToken
from bridge.domain.message import Media, media_type
from bridge.errors import Permanent, PortError, Reason, Transient, Uncertain
from bridge.ports import Clock, StillDue

_HOSTS = ("slack.com", "slack-files.com", "slack-edge.com")
_REDIRECTS = 3
_TIMEOUT = ClientTimeout(total=60, sock_connect=5)
_CHUNK = 65_536
_LOOKS = tuple(timedelta(seconds=seconds) for seconds in (0.5, 1, 2, 4, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Where a file was shared: enough of a message to name it."""

    channel: str
    thread_ts: str
    message: Json


def tagged(name: str, key: EntryToken) -> str:
    """Put a short form of the key into a file's name: picture-1.jpg becomes picture-1-3f9c01ab.jpg.

    A shared file carries no metadata, and its id is lost if we die before the answer. Its name comes back with the
    thread's messages, so that `find` needs nothing but the key. People see the title, which stays as it was.
    """
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{_tag(key)}.{ending}" if dot and stem else f"{name}-{_tag(key)}"


def carries(message: Json, key: EntryToken) -> bool:
    """Tell whether a message shows the file that was shared under this key."""
    files = message.get("files")
    shown = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return any(f"-{_tag(key)}" in str(file.get("name")) for file in shown)


def _tag(key: EntryToken) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


class Files:
    """Share files in threads, and fetch what people shared."""

    def __init__(self, api: SlackApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    async def share(self, file: UploadFile, key: EntryToken, still_due: StillDue[UploadFile]) -> Shared | None:
        """Upload, ask once more, then share. Nobody sees anything before the last step, which is never said twice."""
        file_id = await self._upload(tagged(file.name, key), file.media.content)
        wish = await still_due()
        if wish is None:
            return None
        channel, thread_ts = names.parts(wish.thread)
        files = json.dumps([{"id": file_id, "title": wish.name}])
        place = {"channel_id": channel, "thread_ts": thread_ts}
        await self._api.order("files.completeUploadExternal", {"files": files} | place)
        return Shared(channel=channel, thread_ts=thread_ts, message={"ts": await self._share_of(file_id, channel)})

    async def hand(self, person: str, name: str, content: bytes, comment: str) -> None:
        """Share a file with one person alone, in his direct messages with the app."""
        answer = await self._api.order("conversations.open", {"users": person}, harmless=True)
        channel = answer.get("channel")
        id_ = channel.get("id") if isinstance(channel, dict) else None
        if not isinstance(id_, str):
            raise Uncertain("conversations.open: no channel")
        files = json.dumps([{"id": await self._upload(name, content), "title": name}])
        place = {"channel_id": id_, "initial_comment": comment}
        await self._api.order("files.completeUploadExternal", {"files": files} | place)

    async def delete(self, message: Json) -> None:
        """Delete the files that a message of ours shows."""
        files = message.get("files")
        shown = [file.get("id") for file in files if isinstance(file, dict)] if isinstance(files, list) else []
        for id_ in shown:
            await self._api.order("files.delete", {"file": id_}, harmless=True, fine=("file_not_found", "file_deleted"))

    async def _upload(self, name: str, content: bytes) -> str:
        if not content:
            raise Permanent("an empty file", Reason.REJECTED)
        wanted = {"filename": name, "length": len(content)}
        answer = await self._api.order("files.getUploadURLExternal", wanted, harmless=True)
        url, file_id = str(answer.get("upload_url")), str(answer.get("file_id"))
        self._check(url)
        try:
            async with self._api.session.post(url, data=BytesIO(content), timeout=_TIMEOUT) as response:
                if response.status != 200:
                    raise Transient(f"upload of a file: status {response.status}")
        except wire.FAILURES as error:
            raise wire.fault(error, "upload of a file", harmless=True) from error
        return file_id

    async def _share_of(self, file_id: str, channel: str) -> str:
        """Wait for the message that shows the file; Slack makes it a little later.

        From here on the file may be seen, whatever goes wrong: only looking, never sharing again, can tell.
        """
        try:
            for pause in (*_LOOKS, None):
                answer = await self._api.read("files.info", {"file": file_id})
                if ts := _shared_at(answer.get("file"), channel):
                    return ts
                if pause:
                    await self._clock.sleep(pause)
        except PortError as error:
            raise Uncertain(f"the file is shared, but not where: {error}") from error
        raise Uncertain("the file is shared, but not yet shown")

    async def fetch(self, media: FetchMedia) -> Media:
        answer = await self._api.read("files.info", {"file": media.ref})
        file = answer.get("file")
        file = file if isinstance(file, dict) else {}
        _check_fetchable(file, media.limit)
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        content = await self._download(url, media.limit, is_page=str(file.get("mimetype")) == "text/html")
        return Media(digest=hashlib.sha256(content).hexdigest(), type=media_type(content), content=content)

    async def _download(self, url: str, limit: int, *, is_page: bool) -> bytes:
        """Follow redirects by hand, each to a host of Slack's: aiohttp would drop the token, and get a sign-in page."""
        token = self._api.settings.bot_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        try:
            for _ in range(_REDIRECTS + 1):
                self._check(url)
                async with self._api.session.get(
                    url, headers=headers, allow_redirects=False, timeout=_TIMEOUT
                ) as response:
                    if response.status not in (301, 302, 303, 307, 308):
                        return await _content(response, limit, is_page=is_page)
                    url = urljoin(url, response.headers.get("Location", ""))
        except wire.FAILURES as error:
            raise wire.fault(error, "a file", harmless=True) from error
        raise Permanent("a file: too many redirects", Reason.REJECTED)

    def _check(self, url: str) -> None:
        """Refuse every address that our token, or our bytes, must not be sent to."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Permanent("a file with an address that cannot be read", Reason.REJECTED) from None
        if self._api.settings.on_loopback and parts.scheme == "http" and is_loopback(host):
            return
        ours = any(host == known or host.endswith(f".{known}") for known in _HOSTS)
        if parts.scheme != "https" or port not in (None, 443) or not ours or parts.username is not None:
            raise Permanent("a file that lies outside of Slack", Reason.REJECTED)


def _check_fetchable(file: Json, limit: int) -> None:
    if file.get("mode") == "tombstone":
        raise Permanent("a deleted file", Reason.GONE)
    if file.get("is_external") or file.get("mode") not in ("hosted", "snippet"):
        raise Permanent("a file that lies outside of Slack, or that its plan hides", Reason.REJECTED)
    size = file.get("size")
    if isinstance(size, int) and size > limit:
        raise Permanent(f"a file of {size} octets", Reason.TOO_LARGE)


async def _content(response: ClientResponse, limit: int, *, is_page: bool) -> bytes:
    if response.status in (404, 410):
        raise Permanent(f"a file: status {response.status}", Reason.GONE)
    if response.status != 200 or response.headers.get("Content-Encoding", "identity") != "identity":
        raise Transient(f"a file: status {response.status}")
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            raise Permanent(f"a file of more than {limit} octets", Reason.TOO_LARGE)
    if not is_page and _is_page(response, bytes(content[:200])):
        raise Transient("a file: Slack answered with a page to sign in at; it may not be ready")
    return bytes(content)


def _is_page(response: ClientResponse, start: bytes) -> bool:
    """Recognise the sign-in page that Slack sends, with a 200, to whoever may not have a file, or not yet."""
    opening = start.lstrip().lower()
    return response.content_type == "text/html" or opening.startswith((b"<!doctype html", b"<html"))


def _shared_at(file: object, channel: str) -> str | None:
    """Find the message that shows a file in this channel: shares.{public|private}.<channel>[].ts."""
    shares = file.get("shares") if isinstance(file, dict) else None
    for kind in (shares or {}).values() if isinstance(shares, dict) else ():
        places = kind.get(channel) if isinstance(kind, dict) else None
        if isinstance(places, list) and places and isinstance(places[0], dict):
            return str(places[0].get("ts"))
    return None
