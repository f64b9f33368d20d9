"""Where Slack's events come in: sockets that we open, or the webhook that Slack calls; behind both stands one inbox."""

import asyncio
import json
from datetime import timedelta
from typing import Any, Never
from urllib.parse import parse_qs

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from adapters.http.exchange import BUSY, MALFORMED, REFUSED, WebRequest, WebResponse
from adapters.slack.api import SlackApi
from adapters.slack.asides import Asides
from adapters.slack.channels import Channels
from adapters.slack.counts import Counts
from adapters.slack.errands import Errands
from adapters.slack.exports import Exports
from adapters.slack.homes import Homes
from adapters.slack.inbox import Inbox, tidy
from adapters.slack.names import Identity
from adapters.slack.people import People
from adapters.slack.signature import is_genuine
from adapters.slack.sockets import Sockets
from adapters.slack.talks import Talks
from adapters.slack.visits import Visits
from bridge.errors import Blocked, PortError, Transient
from bridge.ports import Clock, Desk, Intake
from bridge.wording import chat

_LONGEST_CHALLENGE = 200
_MOST_FIELDS = 200
_AGAIN, _AGAIN_BLOCKED = timedelta(seconds=5), timedelta(seconds=60)


class Listener:
    """Listen to one app's events; `state` says in words how that goes, `gaps` is set after something may be missed."""

    def __init__(
        self,
        api: SlackApi,
        people: People,
        channels: Channels,
        exports: Exports,
        errands: Errands,
        clock: Clock,
        *,
        ping_seconds: float,
    ) -> None:
        self.gaps = asyncio.Event()
        self._api = api
        self._people = people
        self._channels = channels
        self._exports = exports
        self._errands = errands
        self._clock = clock
        self._ping_seconds = ping_seconds
        self._state = chat.starting()
        self._sockets: Sockets | None = None
        self._app: AsyncApp | None = None  # for the webhook; None as long as nobody takes in what it tells

    @property
    def state(self) -> str:
        return self._people.trouble or (self._sockets.state if self._sockets else self._state)

    async def run(self, intake: Intake, desk: Desk) -> Never:
        """Find out who we are, then listen for ever."""
        homes = Homes(self._api, desk, self._people, self._channels, self._clock)
        counts = Counts(self._api, desk, self._errands, self._clock)
        asides = Asides(self._api, self._errands)
        talks = Talks(self._api, desk, self._people, self._exports, asides, self._errands, self._clock)
        visits = Visits(self._api, desk, self._people, self._channels, homes, counts, talks, self._errands)
        me, missed = await self._introduce(), self.gaps.set
        app = Inbox(me, intake, self._people, self._channels, asides, visits, talks, missed).app(self._api)
        following = asyncio.create_task(homes.run())
        try:
            if self._api.settings.mode == "socket":
                self._sockets = Sockets(self._api, app, self._clock, self.gaps, ping_seconds=self._ping_seconds)
                await self._sockets.run()
            self._app, self._state = app, chat.up_by_webhook()
            await asyncio.Event().wait()
        finally:
            following.cancel()
            self._sockets = self._app = None
            self._state = chat.stopped()
        raise AssertionError("waiting for ever came to an end")

    async def _introduce(self) -> Identity:
        """Ask who we are until we are told: without it, our own posts would look like somebody's replies."""
        while True:
            try:
                return await self._api.me()
            except PortError as error:
                remedy = error.remedy if isinstance(error, Blocked) else ""
                self._state = chat.down(str(error), remedy)
                asked = error.retry_after if isinstance(error, Transient) else None
                await self._clock.sleep(asked or (_AGAIN_BLOCKED if remedy else _AGAIN))

    async def receive(self, request: WebRequest) -> WebResponse:
        """Answer a call of the webhook: strangers first, then what cannot be read; nothing is parsed before that."""
        secret = self._api.settings.signing_secret
        written = secret.get_secret_value() if secret else ""
        if not is_genuine(written, request.headers, request.body, self._clock.now()):
            return REFUSED
        payload = _payload(request)
        if payload is None:
            return MALFORMED
        if payload.get("type") == "url_verification":
            return _echo(payload.get("challenge"))
        return await self._dispatch(payload) if self._app else BUSY

    async def _dispatch(self, payload: dict[str, Any]) -> WebResponse:
        """Give it to Bolt as a socket would: parsed, and proven to be Slack's."""
        assert self._app
        tidy(payload)
        answer = await self._app.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
        if answer.status != 200:
            return BUSY
        kind = answer.headers.get("content-type", ["text/plain; charset=utf-8"])[0]
        return WebResponse(200, answer.body.encode(), kind)


def _payload(request: WebRequest) -> dict[str, Any] | None:
    """Read events (JSON) and interactions (a form whose one field holds JSON); None for whatever is neither."""
    try:
        text = request.body.decode()
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            fields = parse_qs(text, strict_parsing=True, max_num_fields=_MOST_FIELDS)
            if "payload" not in fields:
                return {name: values[-1] for name, values in fields.items()}
            text = fields["payload"][0]
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _echo(challenge: object) -> WebResponse:
    """Prove to Slack that this address is ours."""
    if not isinstance(challenge, str) or len(challenge) > _LONGEST_CHALLENGE:
        return MALFORMED
    return WebResponse(200, challenge.encode("utf-8", "replace"))
