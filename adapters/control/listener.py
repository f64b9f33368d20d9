"""The daemon's end of the control socket. Whoever may open the socket may ask; only the daemon's own user may open it.

It answers questions, has a backup written, and takes names in; nothing else that it does changes the house.
"""

import asyncio
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from adapters.control import wire
from adapters.control.settings import socket_path
from bridge.domain.backup import Backup
from bridge.domain.query import AskStatus, StatusView
from bridge.errors import BridgeError, CannotListen, StoreBusy, WireError
from bridge.ports import Book, Desk

_PROBE_SECONDS = 2.0
_GRACE_SECONDS = 1.0

BackUp = Callable[[Path, bool], Awaitable[Backup]]
"""Writes a backup to a file; True allows it to replace one."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class ControlServer:
    """Answers at a path in the file system, from `start` to `aclose`."""

    def __init__(self, path: Path, back_up: BackUp | None = None, book: Book | None = None) -> None:
        self._path = path
        self._back_up = back_up
        self._book = book
        self._runner: web.AppRunner | None = None
        self._inode = 0

    async def start(self, desk: Desk) -> None:
        """Take the path and answer from `desk`; CannotListen says what is in the way.

        A socket that a killed daemon left behind is replaced, one that answers is not. Two daemons that start at the
        same moment are kept apart by the store, which only one of them can open, and which comes first.
        """
        try:
            socket_path(self._path)
        except ValueError as error:
            raise CannotListen(f"{self._path} {error}") from error
        await self._make_way()
        listening = self._bound()
        runner = web.AppRunner(self._application(desk), access_log=None, shutdown_timeout=_GRACE_SECONDS)
        await runner.setup()
        self._runner = runner
        await web.SockSite(runner, listening).start()

    async def aclose(self) -> None:
        """Stop answering, and clear the path unless somebody else has taken it meanwhile."""
        if self._runner is None:
            return
        await self._runner.cleanup()
        self._runner = None
        if self._inode == _inode(self._path):
            self._path.unlink(missing_ok=True)

    def _application(self, desk: Desk) -> web.Application:
        application = web.Application()
        application.router.add_get("/status", _status(desk))
        if self._back_up:
            application.router.add_post("/backup", _backup(self._back_up))
        if self._book:
            application.router.add_post("/contacts", _contacts(self._book))
            application.router.add_post("/contacts/page", _contacts_page(self._book))
        return application

    async def _make_way(self) -> None:
        try:
            mode = self._path.lstat().st_mode
        except FileNotFoundError:
            return
        except OSError as error:
            raise CannotListen(f"the control socket {self._path} cannot be had: {error.strerror}") from error
        if not stat.S_ISSOCK(mode):
            raise CannotListen(f"{self._path} is wanted for the control socket, and is something else; move it away")
        if await _answers(self._path):
            raise CannotListen(f"another daemon answers at {self._path}; stop it first, or give this one another path")
        self._path.unlink(missing_ok=True)

    def _bound(self) -> socket.socket:
        """Bind under a mask, so that nobody else can connect even in the first moment.

        The mask is the whole process's; a file that another thread makes in that moment is merely more private.
        """
        listening = socket.socket(socket.AF_UNIX)
        mask = os.umask(0o177)
        try:
            listening.bind(os.fspath(self._path))
        except OSError as error:
            listening.close()
            raise CannotListen(f"the control socket {self._path} cannot be made: {error.strerror}") from error
        finally:
            os.umask(mask)
        self._inode = _inode(self._path)
        return listening


def _inode(path: Path) -> int:
    try:
        return path.lstat().st_ino
    except OSError:
        return -1


async def _answers(path: Path) -> bool:
    """Tell whether anybody listens there; in doubt, yes."""
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            _, writer = await asyncio.open_unix_connection(path)
    except (ConnectionRefusedError, FileNotFoundError):
        return False
    except OSError:  # no permission, or too busy to take the connection: somebody is there
        return True
    writer.close()
    return True


def _status(desk: Desk) -> Handler:
    async def status(_: web.Request) -> web.Response:
        try:
            view = await desk.ask(AskStatus())
        except StoreBusy as error:
            return _busy(error)
        assert isinstance(view, StatusView)
        return _json(wire.written(view))

    return status


def _backup(back_up: BackUp) -> Handler:
    async def backup(request: web.Request) -> web.Response:
        try:
            file, force = wire.read_order(await request.read())
            written = wire.written_backup(await back_up(file, force))
        except WireError as error:
            return web.Response(status=400, text=str(error))
        except BridgeError as error:
            return web.Response(status=422, body=wire.written_refusal(error), content_type="application/json")
        return _json(written)

    return backup


def _contacts(book: Book) -> Handler:
    async def take(body: bytes) -> bytes:
        return wire.written_imported(await book.take(*wire.read_rows(body)))

    return _answering(take)


def _contacts_page(book: Book) -> Handler:
    async def page(body: bytes) -> bytes:
        return wire.written_page(await book.page(wire.read_after(body)))

    return _answering(page)


def _answering(answer: Callable[[bytes], Awaitable[bytes]]) -> Handler:
    async def answered(request: web.Request) -> web.Response:
        try:
            return _json(await answer(await request.read()))
        except WireError as error:
            return web.Response(status=400, text=str(error))
        except StoreBusy as error:
            return _busy(error)

    return answered


def _busy(error: StoreBusy) -> web.Response:
    return web.Response(status=503, text=f"the store is busy: {error}")


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
