"""The Bolt app: what a person did is in the intake before Slack gets its acknowledgement; the rest gets just that.

Bolt acknowledges an event before its listeners run, so they would lose what they were told. Hence there are none: the
work is done in the one place that Bolt waits for first, before it even asks who sent the event.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from adapters.slack import concerns, forms, plain, wire
from adapters.slack.api import VENDOR_LOG, SlackApi
from adapters.slack.asides import Asides
from adapters.slack.channels import Channels
from adapters.slack.names import Identity, Json
from adapters.slack.people import People
from adapters.slack.talks import Talks
from adapters.slack.visits import Visits
from bridge.domain.aside import Aside
from bridge.domain.event import ChatEvent, OwnerChosen, SmsComposed
from bridge.domain.ids import ChannelRef
from bridge.domain.standing import MEMBER, Standing
from bridge.errors import Transient, WireError
from bridge.ports import Answer, Intake

_LOG = logging.getLogger(__name__)
_UNREAD = WireError("a form of ours that cannot be read")
_REPEAT = 503  # On a socket, any status but 200 means that no acknowledgement is sent; Slack then comes again.


class Inbox:
    """Admit what concerns us, acknowledge everything that was kept or does not concern us."""

    def __init__(
        self,
        me: Identity,
        intake: Intake,
        people: People,
        channels: Channels,
        asides: Asides,
        visits: Visits,
        talks: Talks,
        missed: Callable[[], None],
    ) -> None:
        self._me = me
        self._intake = intake
        self._people = people
        self._channels = channels
        self._asides = asides
        self._visits = visits
        self._talks = talks
        self._missed = missed  # told of whatever may have to be read back
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def app(self, api: SlackApi) -> AsyncApp:
        """Build the app with an `authorize` of our own: Bolt's would ask Slack, and lose the event if that fails.

        Signatures are checked before anything is parsed, in the listener, and not again.
        """
        app = AsyncApp(
            name="sms-bridge",
            logger=VENDOR_LOG,
            client=api.client(),
            before_authorize=self._admit,
            authorize=_introducing(self._me),
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
        )
        # Without this, whatever has no listener would get no acknowledgement, and be printed whole into the log.
        app.use(_acknowledge)
        return app

    async def _admit(self, body: dict[str, Any], next_: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        if forms.is_form(body):
            return await self._filled_in(body)
        if concerns.concerns_us(body, self._me):
            async with self._turn(body):
                is_kept = await self._is_kept(body)
            if not is_kept:
                return BoltResponse(status=_REPEAT)
        elif shown := await self._visits.receive(body):
            return shown
        await next_()
        return None

    async def _filled_in(self, payload: Json) -> BoltResponse:
        """Hand a form in; it closes when all of it is right, and says at its fields what is not."""
        if wanted := forms.wanted(payload):
            return await self._talks.wanted(wanted, payload)
        read = self._form_of(payload)
        try:
            person = str(concerns.actor(payload))
            standing = await self._people.standing(person)
            seen = await self._channels.seen_by(person, standing)
            fact = await self._by(read, standing, seen) if read else _UNREAD
        except Transient:
            return _answer(forms.busy(payload))
        answer = await self._intake.accept(wire.raw(payload), fact)
        if read is None:
            return _answer(forms.unreadable(payload))
        if answer is Answer.BUSY:
            return _answer(forms.busy(payload))
        if isinstance(answer, Aside) and answer.wrong:
            return _answer(forms.refused(payload, answer.wrong))
        if isinstance(read, SmsComposed) and read.did:
            self._visits.has_used(read.person, read.did)
        return BoltResponse(status=200)

    async def _by(self, read: forms.Filled, standing: Standing, seen: frozenset[ChannelRef]) -> forms.Filled:
        """Add what whoever sent it off is in the workspace, and so whoever was chosen in it."""
        match read:
            case SmsComposed():
                return replace(read, standing=standing, channels=seen)
            case OwnerChosen() if read.owner:
                return replace(read, standing=standing, owner_standing=await self._people.standing(read.owner))
        return replace(read, standing=standing)

    def _form_of(self, payload: Json) -> forms.Filled | None:
        try:
            return forms.read(payload)
        except WireError:
            return None

    def _turn(self, payload: Json) -> asyncio.Lock:
        """Let the replies of one thread in one after another, as they came: looking up a name must not shuffle them."""
        thread = str(concerns.told_of(payload).get("thread_ts"))  # of two channels the same moment is no harm
        lock = self._turns.get(thread)
        if lock is None:
            lock = self._turns[thread] = asyncio.Lock()
        return lock

    async def _is_kept(self, payload: Json) -> bool:
        """Hand a payload in; false when Slack must tell it again."""
        reactor, actor = concerns.reactor(payload), concerns.actor(payload)
        try:
            if reactor and await self._people.is_bot(reactor):
                return True
            standing = await self._people.standing(actor) if actor else MEMBER
        except Transient as error:
            _LOG.warning("not acknowledged yet, because nobody says who did it: %s", error)
            self._missed()  # Slack comes again three times, in some six minutes; after that it must be read back
            return False
        answer = await self._intake.accept(wire.raw(payload), await self._read(payload, standing))
        if isinstance(answer, Aside):
            self._asides.say(payload, answer)
        return answer is not Answer.BUSY

    async def _read(self, payload: Json, standing: Standing) -> ChatEvent | WireError:
        called = await self._people.names(plain.people_in(concerns.told_of(payload)))
        try:
            return wire.by(wire.event(payload, called, self._me), standing)
        except WireError as error:
            return error


def _answer(answer: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": "application/json"})


def tidy(payload: dict[str, Any]) -> None:
    """Take out what Bolt stumbles over where it is odd, and has no use for: `authorize` is ours."""
    payload.pop("authorizations", None)


def _introducing(me: Identity) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Say who we are, so that Bolt drops what we did ourselves. Bolt cannot call a method here."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_id=me.bot_id, bot_user_id=me.user_id)

    return authorize


async def _acknowledge(ack: AsyncAck) -> BoltResponse:
    return await ack()
