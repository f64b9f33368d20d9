"""Twilio's error codes: what each means for a text of ours, in one of our four kinds, and in words.

From the vendor's error dictionary, read 2026-03; codes marked (m) are from memory. The same numbers mean other things
at other carriers that speak this wire, so this table serves Twilio alone.
"""

from datetime import timedelta

from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain

_QUEUE_FULL = timedelta(minutes=5)
_DAILY_CAP = timedelta(hours=1)

_PERMANENT: dict[int, tuple[Reason, str]] = {
    11751: (Reason.TOO_LARGE, "the files are too large for an MMS"),
    12300: (Reason.UNSUPPORTED_MEDIA, "the file type is not supported"),
    14107: (Reason.FILTERED, "the carrier saw a loop of texts"),  # (m)
    21211: (Reason.INVALID_NUMBER, "this is not a valid number"),
    21266: (Reason.INVALID_NUMBER, "a number cannot text itself"),
    21408: (Reason.UNREACHABLE, "this country is not enabled: allow it in the console's messaging geo permissions"),
    21602: (Reason.REJECTED, "there is neither text nor file"),  # (m)
    21604: (Reason.INVALID_NUMBER, "there is no number to send to"),
    21608: (Reason.UNREACHABLE, "a trial account only reaches verified numbers: verify it in the console, or upgrade"),
    21610: (Reason.OPTED_OUT, "this number has opted out"),
    21612: (Reason.UNREACHABLE, "this number cannot be reached from ours"),
    21614: (Reason.LANDLINE, "this is not a mobile number"),  # (m)
    21617: (Reason.TOO_LONG, "the text is longer than 1600 characters"),  # (m)
    21620: (Reason.MEDIA_UNREACHABLE, "the carrier could not fetch the file"),  # (m)
    21623: (Reason.TOO_LARGE, "there are more files than an MMS takes"),  # (m)
    30003: (Reason.UNREACHABLE, "the phone cannot be reached"),
    30004: (Reason.FILTERED, "the text was blocked"),  # (m)
    30005: (Reason.UNREACHABLE, "the number is unknown or no longer in service"),
    30006: (Reason.LANDLINE, "this is a landline, or its carrier cannot be reached"),
    30007: (Reason.FILTERED, "the text was filtered by a carrier"),
    30019: (Reason.TOO_LARGE, "the files are too large for the phone's carrier"),  # (m)
    30450: (Reason.FILTERED, "the text was blocked as traffic pumping"),
}

_BLOCKED: dict[int, tuple[str, str]] = {
    20003: ("the login is refused", "check account_sid and auth_token, or the API key"),
    20404: ("the account is not known at this address", "check account_sid and api_url"),
    21212: ("our number is not valid there", "check that this DID belongs to this account"),
    21603: ("our number is missing", "check that this DID belongs to this account"),
    21606: ("our number cannot send texts", "check that this DID belongs to this account and may send messages"),  # (m)
    21609: ("our callback address is refused", "check public_url: https, and no underscore in the host name"),
    21701: ("the messaging service does not exist", "check the account's messaging services"),
    30002: ("the account is suspended", "look at the account's billing and notices in the console"),  # (m)
    30032: ("our toll-free number is not verified", "complete the toll-free verification in the console"),
    30034: ("our number is not registered", "register the number for A2P 10DLC in the console"),
}

_TRANSIENT: dict[int, tuple[str, timedelta | None]] = {
    20429: ("too many requests", None),
    21611: ("our number's queue is full", _QUEUE_FULL),
    30001: ("the carrier's queue is full", _QUEUE_FULL),
    30022: ("too many texts for our registration", _QUEUE_FULL),
    30023: ("the day's limit at T-Mobile is reached", _DAILY_CAP),  # (m)
}


def failure(code: int, retry_after: timedelta | None = None) -> PortError | None:
    """Say what a code in the answer to a send means; None for one that this table does not know."""
    if code in _PERMANENT:
        reason, words = _PERMANENT[code]
        return Permanent(f"{code}: {words}", reason)
    if code in _BLOCKED:
        words, remedy = _BLOCKED[code]
        return Blocked(f"{code}: {words}", remedy)
    if code in _TRANSIENT:
        words, pause = _TRANSIENT[code]
        return Transient(f"{code}: {words}", retry_after or pause)
    return Uncertain("30008: the carrier does not know what became of it") if code == 30008 else None


def explained(code: str, message: str) -> str:
    """Put a receipt's error into words: ours where we have them, else the carrier's."""
    known = failure(int(code)) if code.isascii() and code.isdecimal() and len(code) <= 5 else None
    if known is not None:
        return str(known)
    return f"{code}: {message}" if code and message else code or message
