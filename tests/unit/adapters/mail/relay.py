"""A small mail server that goes wrong where a test says so. It keeps what it took, and what it was told."""

import asyncio
import ssl
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

CERTIFICATE = Path(__file__).with_name("localhost.pem")  # for 127.0.0.1 and localhost until 2124, with its key
AUTHORITY = Path(__file__).with_name("localhost-authority.pem")


class Fault(Enum):
    CUT = "the connection is reset"
    SILENT = "no answer ever comes"


DOT = "."
_USUAL = {
    "CONNECT": "220 relay.test ESMTP",
    "EHLO": "250-relay.test\r\n250-SIZE 20000000\r\n250 STARTTLS",
    "STARTTLS": "220 go ahead",
    "AUTH": "235 welcome",
    "DATA": "354 speak",
    "QUIT": "221 bye",
}


class Relay:
    """`answers` replaces the usual answer to a verb; CONNECT is the greeting, DOT the answer to a whole mail."""

    def __init__(self, answers: Mapping[str, str | Fault] | None = None, *, tls_at_once: bool = False) -> None:
        self._answers = {**_USUAL, **(answers or {})}
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(CERTIFICATE)
        self._tls_at_once = tls_at_once
        self.said: list[str] = []
        self.taken: list[bytes] = []
        self.took = asyncio.Event()
        self.fell_silent = asyncio.Event()
        self.left = asyncio.Event()

    async def __aenter__(self) -> Self:
        context = self._context if self._tls_at_once else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        port = self._server.sockets[0].getsockname()[1]
        assert isinstance(port, int)
        return port

    @property
    def verbs(self) -> list[str]:
        return [line.split()[0].upper() for line in self.said]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            self.left.set()
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = "CONNECT"
        while await self._answer(heard, reader, writer):
            if heard == "STARTTLS":
                await writer.start_tls(self._context)
            if heard == "DATA" and self._answers["DATA"] == _USUAL["DATA"]:
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                self.took.set()
                heard = DOT
                continue
            line = await reader.readline()
            if not line:
                return
            self.said.append(line.decode().strip())
            heard = self.verbs[-1]

    async def _answer(self, heard: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        answer = self._answers.get(heard, "250 fine")
        match answer:
            case Fault.CUT:
                writer.transport.abort()
                return False
            case Fault.SILENT:
                self.fell_silent.set()
                await reader.read()  # until the other side gives up
                return False
            case str():
                writer.write(f"{answer}\r\n".encode())
                await writer.drain()
        return heard != "QUIT"
