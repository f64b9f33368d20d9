"""Whether a request was signed by Slack: version 0 of its signatures, over the raw bytes, before anything is parsed."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_WINDOW = timedelta(seconds=300)


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Check signature and age. Header names are in lower case; anything odd in them is no signature.

    A copy within the five minutes is genuine too: that it is a copy, its keys tell.
    """
    timestamp, signed = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not secret or not _TIMESTAMP.fullmatch(timestamp):
        return False
    if abs(now.timestamp() - int(timestamp)) > _WINDOW.total_seconds():
        return False
    digest = hmac.new(secret.encode(), b"v0:%b:%b" % (timestamp.encode(), body), hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={digest}".encode(), signed.encode("utf-8", "surrogatepass"))
