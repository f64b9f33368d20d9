"""One connection of a stranger: its requests are answered one by one, in order, and none keeps it for ever."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import cast

from adapters.http.crowd import Gate, Patience, Pool
from adapters.http.deadline import Deadline
from adapters.http.exchange import BUSY, WebResponse
from adapters.http.reader import Reader, Unreadable
from adapters.http.routes import Routes
from adapters.http.writer import CONTINUE, written
from bridge.wording import door

log = logging.getLogger(__name__)

_TOO_SLOW = WebResponse(408, door.too_slow().encode())
_BROKEN = WebResponse(500, door.broken().encode())


@dataclass(slots=True)
class Premises:
    """What the connections of one server share; `inside` are those that are open, or whose handler still works."""

    patience: Patience
    routes: Routes = field(default_factory=Routes)
    gate: Gate = field(init=False)
    pool: Pool = field(init=False)
    inside: "set[Connection]" = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gate = Gate(self.patience)
        self.pool = Pool(self.patience)


class Connection(asyncio.Protocol):
    """One connection; strangers' nonsense is answered without a line in the log.

    A complete request is handled in a task of its own, which ends its work whether or not the caller waits for the
    answer. Until it is answered, and the answer is on its way, nothing else is read.
    """

    def __init__(self, premises: Premises) -> None:
        self.task: asyncio.Task[None] | None = None  # of the request under way
        self._premises = premises
        self._patience = premises.patience
        self._loop = asyncio.get_running_loop()
        self._reader = Reader(premises.routes, premises.patience.wrapping, premises.pool)
        self._deadline = Deadline(self._give_up)
        self._life: asyncio.TimerHandle | None = None
        self._line: asyncio.Transport | None = None
        self._peer = ""
        self._early = b""  # what came before its turn
        self._is_stuffed = False  # the caller does not read what he is told
        self._is_last = False  # the present request, or the next, is the last one
        self._is_over = False  # the last answer was given; what still comes is thrown away

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Turn away whom there is no room for, and who was let in while the server closed."""
        line = cast(asyncio.Transport, transport)
        name = line.get_extra_info("peername")
        self._peer = str(name[0]) if name else ""
        if self._premises.gate.is_closed:
            line.abort()  # nobody would close that connection any more
        elif not self._premises.gate.admit(self._peer):
            line.write(written(BUSY))
            line.close()
        else:
            self._line = line
            self._premises.inside.add(self)
            self._life = self._loop.call_later(self._patience.lifetime.total_seconds(), self._grow_old)
            self._deadline.set(self._patience.idle)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._line is None:
            return
        self._line = None
        self._deadline.end()
        if self._life is not None:
            self._life.cancel()
        self._premises.gate.release(self._peer)
        if self.task is None:
            self._leave()

    def _leave(self) -> None:
        self._reader.clear()
        self._premises.inside.discard(self)

    def data_received(self, data: bytes) -> None:
        if self._line is None or self._is_over:
            return
        if self._reader.is_complete:
            self._put_aside(data)
        else:
            self._read(data)

    def _put_aside(self, data: bytes) -> None:
        """Keep for later what comes early, and take no more of it; without room for it, it is not to be answered."""
        assert self._line is not None
        if self._is_last or not self._reader.is_lasting:
            return
        self._early += data
        if self._reader.share.holds(self._reader.size + len(self._early)):
            self._line.pause_reading()
        else:
            self._early = b""
            self._is_last = True

    def _read(self, data: bytes) -> None:
        assert self._line is not None
        reader = self._reader
        has_begun = reader.is_begun
        try:
            early = reader.read(data)
        except Unreadable as why:
            self._hang_up(why.answer)
            return
        if reader.is_complete:
            self._deadline.stop()
            if early:
                self._put_aside(early)
            self.task = self._loop.create_task(self._serve())
        elif reader.refusal is not None:
            self._linger(reader.refusal)
        else:
            if not has_begun:
                self._deadline.set(self._patience.request)
            if reader.expects_leave():
                self._line.write(CONTINUE)

    async def _serve(self) -> None:
        """Answer the complete request; whoever is cancelled leaves his caller without an answer."""
        reader, octets = self._reader, b""
        try:
            response = reader.refusal or await reader.handler(reader.request(self._peer))
            octets = self._written(response)
        except Exception:
            log.exception("request failed", extra=self._place())
            self._is_last = True
            octets = self._written(_BROKEN)
        finally:
            self.task = None
            self._answer(octets)

    def _written(self, response: WebResponse) -> bytes:
        head = self._reader.head
        assert head is not None
        connection = "keep-alive" if head.version == "1.0" else ""
        if self._is_last or not self._reader.is_lasting:
            self._is_last, connection = True, "close"
        return written(response, connection, is_bare=head.method == "HEAD")

    def _answer(self, octets: bytes) -> None:
        if self._line is None:
            self._leave()
        elif not octets:
            self._line.abort()
        elif not self._line.is_closing():
            self._line.write(octets)
            if self._is_last or not self._is_stuffed:
                self._go_on()

    def _go_on(self) -> None:
        """Turn to the next request, which may be here already, or hang up after the last."""
        if self._is_last:
            self._close()
            return
        self._reader.clear()
        early, self._early = self._early, b""
        if early and self._line is not None:
            self._line.resume_reading()
            self._read(early)
        else:
            self._deadline.set(self._patience.idle)

    def pause_writing(self) -> None:
        self._is_stuffed = True

    def resume_writing(self) -> None:
        """Go on after an answer that took its time to be read."""
        self._is_stuffed = False
        if self._reader.is_complete and self.task is None:
            self._go_on()

    def _linger(self, refusal: WebResponse) -> None:
        """Refuse a request whose body is still coming, and hang up a little later."""
        assert self._line is not None
        self._is_last = self._is_over = True
        self._line.write(self._written(refusal))
        self._reader.clear()
        self._deadline.set(self._patience.lingering)

    def _hang_up(self, last_words: WebResponse) -> None:
        assert self._line is not None
        self._line.write(written(last_words))
        self._close()

    def _close(self) -> None:
        """Close the line, once what was said is sent; who does not read it loses it when the connection is too old."""
        self._is_over = True
        self._deadline.stop()
        self._reader.clear()
        if self._line is not None:
            self._line.close()

    def _give_up(self) -> None:
        if self._is_over or not self._reader.is_begun:
            self._close()
        else:
            self._hang_up(_TOO_SLOW)

    def _grow_old(self) -> None:
        """Hang up if nobody is talking; else let the present request be the last, for a while."""
        assert self._line is not None
        self._is_last = True
        self._life = self._loop.call_later(self._patience.grace.total_seconds(), self._line.abort)
        if not self._reader.is_begun and not self._is_over:
            self._close()

    def retire(self) -> None:
        """Let the request under way be the last, because the server ends; without one, hang up."""
        self._is_last = True
        if self.task is None:
            self._close()

    def _place(self) -> dict[str, str]:
        """Say where for the log, but for the last part of the path: it may be the name of a file nobody should know."""
        head = self._reader.head
        assert head is not None
        return {"method": head.method, "path": head.path.rpartition("/")[0] + "/…"}
