"""Forms about one conversation: which opens for what was chosen on its first post, and what a snippet changes."""

import logging
from zoneinfo import ZoneInfo

from adapters.slack import concerns, forms, menus
from adapters.slack.api import SlackApi
from adapters.slack.errands import Errands
from adapters.slack.names import Json
from adapters.slack.people import People
from adapters.slack.render import Block
from bridge.domain.ids import ConversationId, PersonRef
from bridge.domain.phone import PhoneNumber
from bridge.domain.phrase import Action
from bridge.domain.query import AskLength, AskTalk, LengthView, TalkView
from bridge.errors import PortError, StoreBusy, WireError
from bridge.ports import Clock, Desk

_LOG = logging.getLogger(__name__)


class Talks:
    """Open such forms, each with what is true of the conversation now."""

    def __init__(self, api: SlackApi, desk: Desk, people: People, errands: Errands, clock: Clock) -> None:
        self._api = api
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

    async def _open(self, payload: Json, chosen: Action, conversation: ConversationId, trigger: str) -> None:
        """Open the form; where that fails, the person sees that nothing opens, and tries again."""
        ts = str(forms.action(payload).get("action_ts"))
        try:
            form = await self._form(str(concerns.actor(payload)), chosen, conversation, ts)
            if form:
                await self._api.post("views.open", {"trigger_id": trigger, "view": form}, harmless=True)
        except (PortError, StoreBusy) as error:
            _LOG.warning("a form was not opened: %s", error)

    async def _form(self, person: str, chosen: Action, conversation: ConversationId, ts: str) -> Block | None:
        if chosen is Action.REMIND:
            zone = ZoneInfo(await self._people.zone(person))
            return menus.reminding(self._clock.now().astimezone(zone), menus.about(conversation, ts))
        view = await self._talk(conversation, person)
        if not view.people:
            return None
        if chosen is not Action.REPLY:
            return menus.OPENED[chosen](view, menus.about(conversation, ts))
        if view.line is None:
            return None
        about = menus.about(conversation, ts, view.line.number.value)
        return menus.replying(view, about, await self._length(view.line.number, ""))

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
