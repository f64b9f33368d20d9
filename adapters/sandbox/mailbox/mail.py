"""One mail as its reader sees it: headers, text, HTML, and the pictures the HTML points to.

It parses what arrived and judges nothing; the bytes are kept as they came.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A part that the HTML shows by `cid:`."""

    cid: str
    content_type: str
    content: bytes = field(repr=False)

    @property
    def data_url(self) -> str:
        return f"data:{self.content_type};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail in an inbox."""

    number: int  # unique in the world, in order of arrival
    at: datetime
    envelope_from: str  # "" for the null sender
    envelope_to: str
    headers: tuple[tuple[str, str], ...]  # decoded, in order
    text: str | None
    html: str | None
    pictures: tuple[Picture, ...]
    attachments: tuple[str, ...]  # the names of what is attached, not shown
    raw: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """Return the first header of this name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def subject(self) -> str:
        return self.header("Subject") or ""

    @property
    def message_id(self) -> str | None:
        return self.header("Message-ID")

    @property
    def html_with_pictures(self) -> str | None:
        """Return the HTML with every `cid:` address replaced by the picture itself."""
        html = self.html
        for picture in self.pictures:
            html = html and html.replace(f"cid:{picture.cid}", picture.data_url)
        return html


def read(raw: bytes, *, number: int, at: datetime, envelope_from: str, envelope_to: str) -> Mail:
    """Parse a mail as received."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)
    return Mail(
        number=number,
        at=at,
        envelope_from=envelope_from,
        envelope_to=envelope_to,
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        pictures=tuple(_pictures(message)),
        attachments=tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments()),
        raw=raw,
    )


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    content = part.get_content() if part else None
    return content.replace("\r\n", "\n") if isinstance(content, str) else None


def _pictures(message: EmailMessage) -> Iterator[Picture]:
    for part in message.walk():
        cid, content = part.get("Content-ID"), part.get_payload(decode=True)
        if cid and isinstance(content, bytes):
            yield Picture(cid=str(cid).strip().strip("<>"), content_type=part.get_content_type(), content=content)
