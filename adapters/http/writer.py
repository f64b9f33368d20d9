"""An answer as HTTP/1.1 writes it: a head that tells nothing about the house, and the body."""

import re
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from adapters.http.exchange import WebResponse

_BEGINNINGS = {  # without a version of ours: nobody needs to know which holes to try
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\nServer: sms-bridge\r\n" for status in HTTPStatus
}
_NO_CONTENT = 204
_BREAKS_OUT = re.compile(r"[\r\n\0]")

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def written(response: WebResponse, connection: str = "close", *, is_bare: bool = False) -> bytes:
    """Return the answer as octets; `is_bare` leaves out the body but not its length, as HEAD asks for.

    ValueError if a header would break out of its line.
    """
    body = response.body
    lines = [_BEGINNINGS[response.status], "Date: ", _date(int(time.time())), "\r\n"]
    if body:
        lines += ("Content-Type: ", _line(response.content_type), "\r\n")
    if response.status != _NO_CONTENT:
        lines.append(f"Content-Length: {len(body)}\r\n")
    for name, value in response.headers.items():
        lines += (_line(name), ": ", _line(value), "\r\n")
    if connection:
        lines += ("Connection: ", connection, "\r\n")
    lines.append("\r\n")
    head = "".join(lines).encode()
    return head if is_bare else head + body


def _line(text: str) -> str:
    if _BREAKS_OUT.search(text):
        raise ValueError("a header of an answer has more than one line")
    return text


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
