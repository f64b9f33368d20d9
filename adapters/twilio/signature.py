"""Is this webhook really theirs? Twilio's signature over the address it called and the form it posted.

It decides, and never raises: whatever is malformed is not genuine. It has no clock, for the scheme carries no time;
a replay is recognised by the message's own name.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

_BODY_DIGEST = re.compile(r"(?:^|&)bodySHA256=([0-9A-Fa-f]{64})(?:&|$)", re.ASCII)
_SETTINGS = re.compile(r"(?:^|,)\s*algorithm=([^,\s]*)\s*(?=,|$)", re.ASCII)
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Seal:
    """The secrets of one account, by which its webhooks are known.

    Several auth tokens may hold at once, while one replaces the other. Which secret belongs to which algorithm is our
    configuration; the caller's header chooses among them and cannot weaken any.
    """

    def __init__(self, auth_tokens: Iterable[str], shared_key: str | None = None) -> None:
        self._tokens = tuple(token.encode() for token in auth_tokens)
        self._shared_key = shared_key.encode() if shared_key else None

    def fits(self, addresses: Sequence[bytes], signed: bytes, given: str, settings: str | None = None) -> bool:
        """Tell whether `given` signs one of the addresses, followed by the form.

        `settings` is the header X-Twilio-Webhooks-Signature-Settings; without it the algorithm is HMAC-SHA1.
        """
        keys, algorithm = self._keys(settings)
        claimed = given.encode("utf-8", "replace")
        for key in keys:
            for address in addresses:
                made = base64.b64encode(hmac.digest(key, address + signed, algorithm))
                if hmac.compare_digest(made, claimed):
                    return True
        return False

    def _keys(self, settings: str | None) -> tuple[tuple[bytes, ...], str]:
        if settings is None:
            return self._tokens, "sha1"
        if _SETTINGS.findall(settings) == ["HMAC_SHA256"] and self._shared_key:
            return (self._shared_key,), "sha256"
        return (), "sha256"


def spellings(address: str) -> tuple[str, ...]:
    """Return the ways in which Twilio may have written this address: with the scheme's own port, and without."""
    parts = urlsplit(address)
    port = _DEFAULT_PORTS.get(parts.scheme)
    bare = parts.netloc.removesuffix(f":{port}")
    if parts.port not in (None, port):
        return (address,)
    return tuple(parts._replace(netloc=netloc).geturl() for netloc in (bare, f"{bare}:{port}"))


def body_digest(query: str) -> str | None:
    """Return the digest of the body that the address claims; then the form takes no part in the signature."""
    found = _BODY_DIGEST.search(query)
    return found[1].lower() if found else None


def is_body(body: bytes, digest: str) -> bool:
    """Tell whether this is the body that the digest was made of."""
    return hmac.compare_digest(hashlib.sha256(body).hexdigest(), digest)
