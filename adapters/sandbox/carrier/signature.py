"""How the carrier signs what it sends: HMAC over the exact public URL and the sorted form fields.

It only makes signatures; checking them is the receiver's affair.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urldefrag


def sign(secret: str, url: str, form: Iterable[tuple[str, str]] = (), *, algorithm: str = "sha1") -> str:
    """Sign a request to `url` (its fragment is left out) that carries these form fields; base64.

    Fields count in byte order of their names; of a repeated name, each distinct value once, sorted. For a JSON body
    there is no form: the query then names the body's digest (`bodySHA256`), see `digest`.
    """
    values: dict[str, set[str]] = {}
    for name, value in form:
        values.setdefault(name, set()).add(value)
    parts = [urldefrag(url).url.encode()]
    for name in sorted(values, key=str.encode):
        parts += [name.encode() + value.encode() for value in sorted(values[name])]
    mac = hmac.new(secret.encode(), b"".join(parts), getattr(hashlib, algorithm))
    return base64.b64encode(mac.digest()).decode()


def digest(body: bytes) -> str:
    """Return what the query parameter `bodySHA256` must say for this body."""
    return hashlib.sha256(body).hexdigest()
