"""Slack's door: what its webhook and its sockets tell, what its history gives back, and its signature."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from adapters.http.exchange import WebRequest
from adapters.slack import listener, plain, wire
from adapters.slack.names import Identity, Json
from adapters.slack.signature import is_genuine
from bridge.domain.event import ChatEvent, RawEvent
from bridge.errors import WireError
from fuzz.promises import can_be_kept, promise

_ME = Identity(user_id="U0BRIDGE", bot_id="B0BRIDGE", team_id="T0ACME", url="https://acme.slack.test/")
_CALLED = {"U0ANNA": "Anna"}
_CHANNEL = "C0TEXTS"
_KINDS = ("application/json", "application/x-www-form-urlencoded")
_SIGNED_WITH = "secret-of-the-fuzzer"
_NOW = datetime(2026, 3, 2, 15, 1, 40, tzinfo=UTC)


def payload(data: bytes) -> None:
    """Read a body that Slack posted, as JSON and as a form."""
    for kind in _KINDS:
        request = WebRequest("POST", "/slack/events", "", {"content-type": kind}, data, "127.0.0.1")
        told, again = listener._payload(request), listener._payload(request)
        if told is not None and again is not None:
            _told(told, again)


def _told(told: Json, again: Json) -> None:
    """Take equal payloads in, as the inbox does."""
    if message := wire.message_in(told):
        _said(message)
    if not wire.concerns_us(told, _ME):
        return
    raw = wire.raw(told)
    promise(raw == wire.raw(again), "equal payloads have equal names")
    _kept(raw)
    _kept_event(_event(told), _event(again))


def _event(told: Json) -> ChatEvent | WireError:
    try:
        return wire.event(told, _CALLED)
    except WireError as error:
        return error


def read_back(data: bytes) -> None:
    """Read a message as the history gives it."""
    try:
        message, again = json.loads(data), json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(message, dict) or not isinstance(message.get("ts"), str):
        return  # the history itself passes over these
    _said(message)
    raw, reactions = wire.reaction_set(message, _CHANNEL, _NOW, ignored=frozenset())
    _kept(raw)
    promise(can_be_kept(reactions), "a set of reactions can be kept")
    if not wire.is_reply(message, _ME):
        return
    raw, event = wire.reply_read_back(message, _CHANNEL, _CALLED, _ME)
    raw_again, event_again = wire.reply_read_back(again, _CHANNEL, _CALLED, _ME)
    promise(raw == raw_again, "equal messages have equal names")
    _kept(raw)
    _kept_event(event, event_again)


def _said(message: Json) -> None:
    promise(can_be_kept(plain.plain(message, _CALLED)), "what was said holds no half characters")
    plain.people_in(message)


def _kept(raw: RawEvent) -> None:
    promise(bool(raw.keys) and all(raw.keys), "what came has a name")
    promise(can_be_kept(raw.keys), "the names of what came can be kept")
    promise(isinstance(json.loads(raw.body), dict), "what came is kept as it was")


def _kept_event(event: ChatEvent | WireError, again: ChatEvent | WireError) -> None:
    if isinstance(event, WireError):
        promise(isinstance(again, WireError), "what cannot be read cannot be read again")
        return
    promise(event == again, "equal input is an equal event")
    promise(can_be_kept(event), "an event can be kept")


def signed(data: bytes) -> None:
    """Check line by line: the moment, the signature; the rest is the body."""
    moment, claimed, body = (*data.split(b"\n", 2), b"", b"")[:3]
    headers = {
        "x-slack-request-timestamp": moment.decode("utf-8", "surrogateescape"),
        "x-slack-signature": claimed.decode("utf-8", "surrogateescape"),
    }
    now = str(int(_NOW.timestamp()))
    ours = {"x-slack-request-timestamp": now, "x-slack-signature": _made(now.encode(), body)}

    promise(is_genuine(_SIGNED_WITH, ours, body, _NOW), "what is genuine is let in")
    promise(not is_genuine("", headers, body, _NOW), "without a secret nobody is let in")
    if is_genuine(_SIGNED_WITH, headers, body, _NOW):
        promise(claimed == _made(moment, body).encode(), "what is not genuine is not let in")
        promise(abs(int(moment) - int(now)) <= 300, "what is old is not let in")


def _made(moment: bytes, body: bytes) -> str:
    return "v0=" + hmac.digest(_SIGNED_WITH.encode(), b"v0:%b:%b" % (moment, body), hashlib.sha256).hex()
