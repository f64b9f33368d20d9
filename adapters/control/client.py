"""The command line's end of the control socket. One question, one connection."""

from pathlib import Path

import httpx

from adapters.control import wire
from adapters.control.settings import socket_path
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
        return wire.read(await self._get("/status"))

    async def _get(self, question: str) -> bytes:
        try:
            socket_path(self._path)
        except ValueError as error:
            raise ConnectionError(f"{self._path} {error}") from error
        transport = httpx.AsyncHTTPTransport(uds=str(self._path), retries=0)
        async with httpx.AsyncClient(transport=transport, trust_env=False, timeout=_SECONDS) as client:
            try:
                answer = await client.get(f"http://daemon{question}")
            except httpx.TransportError as error:
                raise ConnectionError(f"no daemon answers at {self._path} ({_reason(error)})") from error
        if answer.status_code != httpx.codes.OK:
            raise ConnectionError(f"the daemon at {self._path} cannot answer now: {answer.text.strip()[:300]}")
        return answer.content


def _reason(error: httpx.TransportError) -> str:
    return "it takes too long" if isinstance(error, httpx.TimeoutException) else str(error) or "it hung up"
