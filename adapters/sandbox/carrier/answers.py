"""What the carrier reads out of the answer to an inbound webhook: nothing, texts to send back, or nonsense."""

import re
from xml.etree import ElementTree as ET

_XML_TYPES = frozenset({"text/xml", "application/xml"})
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class Nonsense(Exception):
    """An answer the carrier cannot use; `code` is the vendor's."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def spoken(status: int, content_type: str, body: str) -> list[str]:
    """Return the texts that this answer makes the carrier send to the phone; raises Nonsense.

    An empty `<Response/>` or an empty body says nothing; a plain text *is* a text message, which is how an innocent
    "ok" reaches somebody's phone.
    """
    if status == 204 or not body.strip():
        return []
    if content_type == "text/plain":
        return [body]
    if content_type not in _XML_TYPES:
        raise Nonsense(code=12300, text=f"Invalid Content-Type: {content_type} supplied")
    return _messages(body)


def _messages(body: str) -> list[str]:
    if _DOCTYPE.search(body):
        raise Nonsense(code=12100, text="Document parse failure")
    try:
        root = ET.fromstring(body.encode())  # noqa: S314 - entities were refused above
    except ET.ParseError as error:
        raise Nonsense(code=12100, text="Document parse failure") from error
    if root.tag != "Response":
        raise Nonsense(code=12100, text="Document parse failure: the root is not Response")
    return [_text(each) for each in root if each.tag in ("Message", "Sms")]


def _text(verb: ET.Element) -> str:
    inner = verb.find("Body")
    return ((verb if inner is None else inner).text or "").strip()
