"""One request after another, out of the octets of a connection: strictly, and never more of one than its route takes.

httptools (llhttp, without any of its leniencies) knows the grammar. It has no limits, reads on through whatever it is
given, and asks for no host; hence what it is given ends where a request ends at the latest, and is counted.
"""

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpRequestParser

from adapters.http.crowd import Pool, Share
from adapters.http.exchange import BUSY, MALFORMED, NOT_FOUND, Handler, WebRequest, WebResponse
from adapters.http.head import LONGEST_LINE, Head, read_head
from adapters.http.routes import TOO_LARGE, Route, Routes
from bridge.wording import door

_MOST_LINES = 128  # headers and trailers of one request
_BLANK_LINE = b"\r\n\r\n"  # ends every head and every chunked body, and comes before the end of neither

TOO_LONG = WebResponse(431, door.too_long().encode())


class Unreadable(Exception):
    """This is no request, or wrapped in too much; where another would begin, nobody knows."""

    def __init__(self, answer: WebResponse) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Reader:
    """Read a request until it `is_complete`; then, once it is answered, `clear` the way for the next.

    `head` is there once it was read. With a `refusal` the request is for no handler, and its body is thrown away.
    `is_lasting` tells whether the connection may go on after it. Each `on_…` is called by httptools.
    """

    __slots__ = (
        *("_body", "_is_expecting", "_is_odd", "_is_switching", "_left", "_line", "_lines", "_parser"),
        *("_route", "_routes", "_seam", "_size", "_tail", "_target", "_wrapping", "_wrapping_limit"),
        *("head", "is_begun", "is_complete", "is_lasting", "refusal", "share"),
    )

    def __init__(self, routes: Routes, wrapping: int, pool: Pool) -> None:
        self.share = Share(pool)
        self._routes = routes
        self._wrapping_limit = wrapping
        self._parser = HttpRequestParser(self)
        self.clear()

    def clear(self) -> None:
        self.share.release()
        self.is_begun = self.is_complete = self.is_lasting = False
        self.head: Head | None = None
        self.refusal: WebResponse | None = None
        self._route: Route | None = None
        self._tail = ""  # of the path
        self._target = b""
        self._lines: list[tuple[bytes, bytes]] = []
        self._body = bytearray()
        self._size = 0  # of the body, kept or not
        self._left = 0  # of a declared body
        self._wrapping = 0  # octets that are not the body
        self._line = 0  # octets of the line of the head that has no end yet
        self._seam = b""  # what may be the beginning of a blank line
        self._is_odd = self._is_switching = self._is_expecting = False

    def read(self, data: bytes) -> bytes:
        """Take the octets of this request, and return those that come after it; may raise Unreadable."""
        self.is_begun = True
        at, size = 0, len(data)
        while at < size and not self.is_complete:
            end = self._cut(data, at)
            self._take(data[at:end])
            at = end
        return data[at:]

    def request(self, peer: str) -> WebRequest:
        """Hand over the complete request, once."""
        head = self.head
        assert head is not None
        body, self._body = bytes(self._body), bytearray()
        return WebRequest(head.method, head.path, head.query, head.headers, body, peer, self._tail)

    @property
    def handler(self) -> Handler:
        assert self._route is not None
        return self._route.handler

    @property
    def size(self) -> int:
        """How many octets of the body are held."""
        return self._size if self.refusal is None else 0

    def expects_leave(self) -> bool:
        """Tell once whether the caller waits to be told that he may send the body."""
        is_expecting, self._is_expecting = self._is_expecting, False
        return is_expecting

    def _cut(self, data: bytes, at: int) -> int:
        """Return up to where this may be parsed at once: not beyond the end of the request, wherever that is."""
        if self._left:
            return min(at + self._left, len(data))
        if self._seam:
            end = (self._seam + data[at : at + 3]).find(_BLANK_LINE)
            if end >= 0:
                return at + end + len(_BLANK_LINE) - len(self._seam)
        end = data.find(_BLANK_LINE, at)
        return len(data) if end < 0 else end + len(_BLANK_LINE)

    def _take(self, piece: bytes) -> None:
        size = self._size
        if self._is_switching:
            self.on_body(piece)
        else:
            self._parse(piece)
        self._wrapping += len(piece) - (self._size - size)
        if self._is_odd or len(self._lines) > _MOST_LINES:
            raise Unreadable(MALFORMED)
        if self._wrapping > self._wrapping_limit:
            raise Unreadable(TOO_LONG)
        if not self.is_complete and not self._left:
            self._note_end(piece)

    def _parse(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except HttpParserUpgrade:  # no more is given to this parser
            pass
        except HttpParserCallbackError:  # our own bug
            raise
        except HttpParserError:
            self._is_odd = True

    def _note_end(self, piece: bytes) -> None:
        """Remember what a head or a chunked body has come to, for when it goes on."""
        self._seam = b"" if piece.endswith(_BLANK_LINE) else (self._seam + piece)[-3:]
        if self.head is None:
            line = len(piece) - 1 - piece.rfind(b"\n")
            self._line = line if line < len(piece) else self._line + line
            if self._line > LONGEST_LINE:
                raise Unreadable(MALFORMED)

    def on_message_begin(self) -> None:
        """Refuse what begins before this one was answered: `_cut` and httptools would not mean the same end."""
        self._is_odd = self._is_odd or self.is_complete

    def on_url(self, piece: bytes) -> None:
        self._target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; a trailer comes here too, when the head has been read already, and is merely counted."""
        self._lines.append((name, value))

    def on_headers_complete(self) -> None:
        parser = self._parser
        head = read_head(parser.get_method(), parser.get_http_version(), self._target, self._lines)
        if head is None:
            self._is_odd = True
            return
        self.head = head
        self._left = head.length
        self.is_lasting = parser.should_keep_alive()
        if parser.should_upgrade():
            self._stay()
        found = self._routes.find(head.path)
        if found is None:
            self.refusal = NOT_FOUND
            return
        self._route, self._tail = found
        self.refusal = self._route.objection(head.method, head.headers, head.length)
        self._is_expecting = head.headers.get("expect", "").lower() == "100-continue" and self.refusal is None

    def _stay(self) -> None:
        """Answer an offer of another protocol in this one, as the last request.

        httptools gives up after the head; a body of declared length can still be counted, chunks cannot.
        """
        assert self.head is not None
        self.is_lasting = False
        self._is_switching = True
        self._is_odd = "transfer-encoding" in self.head.headers

    def on_body(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._left:
            self._left -= len(piece)
            self.is_complete = self._is_switching and not self._left
        if self.refusal is not None:
            return
        assert self._route is not None
        if self._size > self._route.limit:
            self._drop(TOO_LARGE)
        elif not self.share.holds(self._size):
            self._drop(BUSY)
        else:
            self._body += piece

    def _drop(self, refusal: WebResponse) -> None:
        self.refusal = refusal
        self._body = bytearray()
        self.share.release()

    def on_message_complete(self) -> None:
        self.is_complete = not (self._is_switching and self._left)
