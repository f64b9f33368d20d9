"""Forms about one conversation: which opens for what was chosen on its first post, and what a snippet changes."""

import json
import logging
from zoneinfo import ZoneInfo

from slack_bolt.response import BoltResponse

from adapters.slack import concerns, forms, menus
from adapters.slack.api import SlackApi
from adapters.slack.asides import Asides
from adapters.slack.errands import Errands
from adapters.slack.exports import Exports
from adapters.slack.forms import Wanted
from adapters.slack.names import Json
from adapters.slack.people import People
from adapters.slack.render import Block
from bridge.domain.ids import ConversationId, PersonRef
from bridge.domain.phone import PhoneNumber
from bridge.domain.phrase import Action
from bridge.domain.query import AskErasure, AskLength, AskTalk, ErasureView, LengthView, TalkView
from bridge.errors import PortError, StoreBusy, WireError
from bridge.ports import Clock, Desk
from bridge.wording import erase as erase_words
from bridge.wording import menu as words

_LOG = logging.getLogger(__name__)


class Talks:
    """Open such forms, each with what is true of the conversation now."""

    def __init__(
        self,
        api: SlackApi,
        desk: Desk,
        people: People,
        exports: Exports,
        asides: Asides,
        errands: Errands,
        clock: Clock,
    ) -> None:
        self._api = api
        self._exports = exports
        self._asides = asides
        self._desk = desk
        self._people = people
        self._errands = errands
        self._clock = clock

    def heed(self, payload: Json) -> bool:
        """Take what opens a form, or changes one; False for anything else."""
        action, trigger, view = forms.action(payload), payload.get("trigger_id"), payload.get("view")
        if isinstance(view, dict):
            is_snippet = view.get("callback_id") == menus.REPLYING and action.get("action_id") == menus.SNIPPET
            if is_snippet:
                self._errands.run(self._fill_in(payload, view))
            return is_snippet
        chosen, conversation = concerns.chosen_in(action)
        if chosen not in tuple(concerns.OPENING) or not isinstance(trigger, str):
            return False
        opening = self._open(payload, Action(chosen), ConversationId(conversation), trigger)
        self._errands.run(opening)
        return True

    async def mute(self, person: str, trigger: str) -> None:
        """Open the form in which somebody says until when he is off."""
        zone = ZoneInfo(await self._people.zone(person))
        form = menus.muting(self._clock.now().astimezone(zone))
        try:
            await self._api.post("views.open", {"trigger_id": trigger, "view": form}, harmless=True)
        except PortError as error:
            _LOG.warning("a form was not opened: %s", error)

    async def _open(self, payload: Json, chosen: Action, conversation: ConversationId, trigger: str) -> None:
        """Open the form; where that fails, the person sees that nothing opens, and tries again."""
        container = payload.get("container")
        place = str(container.get("channel_id") or "") if isinstance(container, dict) else ""
        about = menus.about(conversation, str(forms.action(payload).get("action_ts")), place)
        try:
            form = await self._form(str(concerns.actor(payload)), chosen, conversation, about)
            if form:
                await self._api.post("views.open", {"trigger_id": trigger, "view": form}, harmless=True)
        except (PortError, StoreBusy) as error:
            _LOG.warning("a form was not opened: %s", error)

    async def _form(self, person: str, chosen: Action, conversation: ConversationId, about: str) -> Block | None:
        if chosen is Action.REMIND:
            zone = ZoneInfo(await self._people.zone(person))
            return menus.reminding(self._clock.now().astimezone(zone), about)
        view = await self._talk(conversation, person)
        if not view.people:
            return None
        if chosen is not Action.REPLY:
            return menus.OPENED[chosen](view, about)
        if view.line is None:
            return None
        number = view.line.number
        return menus.replying(view, f"{about} {number.value}", await self._length(number, ""))

    async def wanted(self, wanted: Wanted, payload: Json) -> BoltResponse:
        """Begin to write a conversation out; or ask once more before all data of somebody is deleted."""
        if wanted.action is Action.EXPORT:
            self._errands.run(self._export(wanted))
            return BoltResponse(status=200)
        try:
            standing = await self._people.standing(wanted.person)
            asked = AskErasure(conversation=wanted.conversation, person=wanted.person, standing=standing)
            view = await self._desk.ask(asked)
        except (PortError, StoreBusy) as error:
            _LOG.warning("a form was not opened: %s", error)
            return _answer(forms.busy(payload))
        assert isinstance(view, ErasureView)
        if not view.holdings:
            return _answer(forms.refusal({words.CHOICE: erase_words.only_admins()}))
        return _answer(forms.instead(menus.erasing(view, wanted.about)))

    async def _export(self, wanted: Wanted) -> None:
        told = await self._exports.hand(self._desk, wanted.person, wanted.conversation)
        self._asides.say({"user": {"id": wanted.person}, "channel": {"id": wanted.channel}}, told)

    async def _talk(self, conversation: ConversationId, person: str) -> TalkView:
        called = (await self._people.names([person])).get(person, "")
        view = await self._desk.ask(AskTalk(conversation=conversation, person=PersonRef(person), called=called))
        assert isinstance(view, TalkView)
        return view

    async def _length(self, did: PhoneNumber, text: str) -> LengthView:
        found = await self._desk.ask(AskLength(did=did, text=text))
        assert isinstance(found, LengthView)
        return found

    async def _fill_in(self, payload: Json, view: Json) -> None:
        """Put a snippet behind what is written, in a field of its own: Slack heeds new words only in a new one."""
        try:
            asked, about = forms.typed(view), str(view["private_metadata"])
            talk = await self._talk(ConversationId(about.split(" ")[0]), str(concerns.actor(payload)))
            number, turn = forms.snippet_in(payload), forms.turn_of(view)
            text = "\n".join(filter(None, (asked.text.rstrip(), talk.snippets[number].text)))
            form = menus.replying(talk, about, await self._length(asked.did, text), text, turn + 1)
            body: Block = {"view_id": str(view.get("id")), "hash": str(view.get("hash")), "view": form}
            await self._api.post("views.update", body, harmless=True)
        except (PortError, StoreBusy, WireError, KeyError, IndexError) as error:
            _LOG.warning("a snippet was not filled in: %s", error)


def _answer(body: Json) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
