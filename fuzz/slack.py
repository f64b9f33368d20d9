"""Slack's door: what its webhook and its sockets tell, what its history gives back, and its signature."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.http.exchange import WebRequest
from adapters.sandbox.clock import MovableClock
from adapters.slack import asides, concerns, forms, listener, plain, wire
from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.errands import Errands
from adapters.slack.history import History
from adapters.slack.names import Identity, Json
from adapters.slack.people import People
from adapters.slack.settings import SlackSettings
from adapters.slack.signature import is_genuine
from bridge.domain.aside import Aside
from bridge.domain.event import ChatEvent, RawEvent
from bridge.domain.ids import ChannelRef, ThreadRef
from bridge.domain.standing import MEMBER
from bridge.errors import PortError, Transient, Uncertain, WireError
from fuzz.promises import can_be_kept, promise

_ME = Identity(user_id="U0BRIDGE", bot_id="B0BRIDGE", team_id="T0ACME", url="https://acme.slack.test/")
_ASIDE = Aside(phrase=("Taken back.",))
_CALLED = {"U0ANNA": "Anna"}
_CHANNEL = "C0TEXTS"
_SETTINGS = SlackSettings.model_validate({"bot_token": "xoxb-of-the-fuzzer", "app_token": "xapp-of-the-fuzzer"})
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
    if message := concerns.message_in(told):
        _said(message)
    asides._ear(told, _ASIDE)
    if forms.is_form(told):
        _filled_in(told, again)
    if not concerns.concerns_us(told, _ME):
        return
    raw = wire.raw(told)
    promise(raw == wire.raw(again), "equal payloads have equal names")
    _kept(raw)
    _kept_event(_event(told), _event(again))


def _filled_in(told: Json, again: Json) -> None:
    """Take a form in that somebody sent off."""
    promise(wire.raw(told) == wire.raw(again), "equal forms have equal names")
    _kept(wire.raw(told))
    promise(bool(forms.busy(told)["errors"]), "there is a field at which to say what is wrong")
    try:
        promise(can_be_kept(forms.read(told)), "what a form says can be kept")
    except WireError:
        return


def _event(told: Json) -> ChatEvent | WireError:
    try:
        return wire.event(told, _CALLED, _ME)
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
    raw, reactions = wire.reaction_set(message, _CHANNEL, _NOW, {}, ignored=frozenset())
    _kept(raw)
    promise(can_be_kept(reactions), "a set of reactions can be kept")
    if not concerns.is_reply(message, _ME):
        return
    raw, event = wire.reply_read_back(message, _CHANNEL, _CALLED, _ME, MEMBER)
    raw_again, event_again = wire.reply_read_back(again, _CHANNEL, _CALLED, _ME, MEMBER)
    promise(raw == raw_again, "equal messages have equal names")
    _kept(raw)
    _kept_event(event, event_again)


def answered(data: bytes) -> None:
    """Read the first line as status and Retry-After of an answer, and the rest as its body."""
    head, _, body = data.partition(b"\n")
    status, _, pause = head.decode("latin-1").partition(" ")
    code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 500
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    answer = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="chat.postMessage", req_args={}, headers={"Retry-After": pause},
        data=told if isinstance(told, dict) else {}, status_code=code,
    )  # fmt: skip
    error = SlackApiError("chat.postMessage", answer)  # type: ignore[no-untyped-call]  # the SDK has no types there
    fault, harmless = wire.fault(error, "a call"), wire.fault(error, "a call", harmless=True)
    promise(can_be_kept(str(fault)), "why it failed can be kept")
    promise(code < 500 or isinstance(fault, Uncertain), "what may have happened is asked about")
    promise(not isinstance(harmless, Uncertain), "what is harmless is simply done again")
    if isinstance(fault, Transient) and fault.retry_after is not None:
        promise(timedelta() < fault.retry_after <= timedelta(hours=1), "a pause is no longer than an hour")


class _CannedApi(SlackApi):
    """Gives one answer to everybody who asks about people, and another to whoever reads a thread."""

    def __init__(self, person: Json, page: Json) -> None:
        super().__init__(_SETTINGS, timeout_seconds=1)
        self._answers = {"users.info": person}
        self._page = page

    async def me(self) -> Identity:
        return _ME

    async def read(self, method: str, params: Mapping[str, Any]) -> Json:
        return self._answers.get(method, self._page if "cursor" not in params else {"messages": []})


def thread(data: bytes) -> None:
    """Read a thread whose page is the second line, among people who are the first."""
    first, _, second = data.partition(b"\n")
    try:
        person, page = json.loads(first), json.loads(second)
    except (ValueError, RecursionError):
        return
    if isinstance(person, dict) and isinstance(page, dict):
        asyncio.run(_read_thread(_CannedApi(person, page)))


async def _read_thread(api: SlackApi) -> None:
    clock = MovableClock()
    people = People(api, clock)
    threads = [ThreadRef(f"{_CHANNEL}/1772463600.00010{number}") for number in range(5)]
    try:
        channels = Channels(api, clock, Errands(), frozenset({ChannelRef(_CHANNEL)}))
        async for raw, event in History(api, people, channels, clock).read(threads, clock.now()):
            _kept(raw)
            promise(isinstance(event, WireError) or can_be_kept(event), "an event can be kept")
    except PortError:
        pass
    finally:
        await people.aclose()
        await api.aclose()


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
