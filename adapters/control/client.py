"""The command line's end of the control socket. One question, one connection."""

from collections.abc import Sequence
from pathlib import Path

import httpx

from adapters.control import wire
from adapters.control.settings import socket_path
from bridge.domain.backup import Backup
from bridge.domain.contact import Imported, Named, Page
from bridge.domain.phone import Address
from bridge.domain.query import StatusView

_SECONDS = 10.0


class ControlClient:
    """Asks the daemon that listens at a path.

    Raises ConnectionError when none answers there, with the sentence to show; it is no BridgeError, because nothing of
    the bridge runs on this side.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def status(self) -> StatusView:
        """Ask how the house is; WireError for an answer that this release cannot read."""
        answer = await self._ask("GET", "/status", _SECONDS)
        if answer.status_code != httpx.codes.OK:
            raise self._useless(answer)
        return wire.read(answer.content)

    async def back_up(self, file: Path, *, force: bool) -> Backup:
        """Have the daemon write a backup, however long that takes; raises what the daemon says is in the way."""
        order = wire.written_order(file, force=force)
        answer = await self._ask("POST", "/backup", None, content=order)
        if answer.status_code == httpx.codes.OK:
            return wire.read_backup(answer.content)
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise wire.read_refusal(answer.content)
        raise self._useless(answer)

    async def take(self, people: Sequence[Named], cards: int) -> Imported:
        """Have the daemon keep some imported names."""
        return wire.read_imported(await self._told("/contacts", wire.written_rows(people, cards)))

    async def page(self, after: Address | None) -> Page:
        """Ask for the next names that the daemon has."""
        return wire.read_page(await self._told("/contacts/page", wire.written_after(after)))

    async def _told(self, question: str, content: bytes) -> bytes:
        answer = await self._ask("POST", question, _SECONDS, content=content)
        if answer.status_code != httpx.codes.OK:
            raise self._useless(answer)
        return answer.content

    def _useless(self, answer: httpx.Response) -> ConnectionError:
        return ConnectionError(f"the daemon at {self._path} cannot answer now: {answer.text.strip()[:300]}")

    async def _ask(
        self, method: str, question: str, longest: float | None, content: bytes | None = None
    ) -> httpx.Response:
        try:
            socket_path(self._path)
        except ValueError as error:
            raise ConnectionError(f"{self._path} {error}") from error
        transport = httpx.AsyncHTTPTransport(uds=str(self._path), retries=0)
        patience = httpx.Timeout(_SECONDS, read=longest)
        async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=patience) as client:
            try:
                return await client.request(method, f"http://daemon{question}", content=content)
            except httpx.TransportError as error:
                raise ConnectionError(f"no daemon answers at {self._path} ({_reason(error)})") from error


def _reason(error: httpx.TransportError) -> str:
    return "it takes too long" if isinstance(error, httpx.TimeoutException) else str(error) or "it hung up"
