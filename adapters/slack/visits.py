"""Who wants to see something: a form, the Home tab, people to choose. It is asked at the desk, and nothing is kept."""

import json
import logging
from typing import Any

from slack_bolt.response import BoltResponse

from adapters.slack import forms, views
from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.counts import Counts
from adapters.slack.errands import Errands
from adapters.slack.homes import Homes
from adapters.slack.names import Json
from adapters.slack.people import People
from adapters.slack.render import Block
from adapters.slack.talks import Talks
from bridge.domain.ids import PersonRef
from bridge.domain.phone import PhoneNumber
from bridge.domain.query import (
    AskFind,
    AskLength,
    AskLines,
    AskPeers,
    FindView,
    LengthView,
    LinesView,
    PeersView,
)
from bridge.errors import PortError, StoreBusy
from bridge.ports import Desk
from bridge.wording import chat
from bridge.wording import find as find_words

_LOG = logging.getLogger(__name__)
_NOTHING = BoltResponse(status=200)


class Visits:
    """Answer those who want to see something, each with what he may see."""

    def __init__(
        self,
        api: SlackApi,
        desk: Desk,
        people: People,
        channels: Channels,
        homes: Homes,
        counts: Counts,
        talks: Talks,
        errands: Errands,
    ) -> None:
        self._api = api
        self._channels = channels
        self._desk = desk
        self._people = people
        self._homes = homes
        self._counts = counts
        self._errands = errands
        self._talks = talks
        self._last_used: dict[str, PhoneNumber] = {}  # by whom; forgotten with us, and no harm

    def has_used(self, person: str, number: PhoneNumber) -> None:
        """Remember from which number somebody wrote last."""
        self._last_used[person] = number

    async def receive(self, payload: Json) -> BoltResponse | None:
        """Answer a payload that wants something shown; None for any other."""
        if isinstance(payload.get("command"), str):
            return await self._slash(payload)
        match payload.get("type"):
            case "block_suggestion" if payload.get("action_id") == views.TO:
                return await self._suggest(_person(payload), str(payload.get("value") or ""))
            case "shortcut" if payload.get("callback_id") == views.NEW_SMS:
                return self._open(payload)
            case "block_actions":
                return _NOTHING if self._talks.heed(payload) else self._pressed(payload)
            case "event_callback":
                return self._visited(payload)
        return None

    async def _slash(self, payload: Json) -> BoltResponse:
        words = str(payload.get("text") or "").strip()
        command, _, rest = words.partition(" ")
        match command.casefold():
            case "help":
                return _said(_private(chat.slash_help()))
            case "find":
                return _said(await self._found(_person(payload), rest.strip()))
        return self._open(payload, words)

    async def _found(self, person: str, words: str) -> dict[str, Any]:
        """Search in what this person can see; the answer is for him alone."""
        if not words:
            return _private(chat.slash_help())
        try:
            channels = await self._channels.seen_by(person, await self._people.standing(person))
            view = await self._desk.ask(AskFind(words=words, channels=channels))
        except (PortError, StoreBusy) as error:
            _LOG.warning("a search was not answered: %s", error)
            return _private(find_words.busy())
        assert isinstance(view, FindView)
        return views.found(words, view)

    async def _show(self, trigger: str, form: Block) -> None:
        """Open a form; where that fails, the person sees that nothing opens, and tries again."""
        try:
            await self._api.post("views.open", {"trigger_id": trigger, "view": form}, harmless=True)
        except PortError as error:
            _LOG.warning("a form was not opened: %s", error)

    def _pressed(self, payload: Json) -> BoltResponse | None:
        """Heed a button of the Home tab, and what is typed in a form."""
        action = forms.action(payload)
        if not payload.get("view"):
            return None
        if self._counts.heed(payload):
            return _NOTHING
        name, person = str(action.get("action_id")), _person(payload)
        if name == views.NEW_SMS:
            return self._open(payload)
        if name == views.MUTE and isinstance(payload.get("trigger_id"), str):
            self._errands.run(self._talks.mute(person, payload["trigger_id"]))
            return _NOTHING
        if name.startswith(views.TURN_PAGE) and person:
            page = str(action.get("value"))
            self._errands.run(self._homes.open(person, int(page) if page.isascii() and page.isdigit() else 0))
            return _NOTHING
        return None

    def _visited(self, payload: Json) -> BoltResponse | None:
        event = payload.get("event")
        told: Json = event if isinstance(event, dict) else {}
        if told.get("type") in ("channel_shared", "channel_unshared"):
            self._channels.look_again()
            return _NOTHING
        if told.get("type") != "app_home_opened":
            return None
        if told.get("tab", "home") == "home" and isinstance(told.get("user"), str):
            self._errands.run(self._homes.open(told["user"]))
        return _NOTHING

    async def _suggest(self, person: str, words: str) -> BoltResponse:
        try:
            channels = await self._channels.seen_by(person, await self._people.standing(person))
            found = await self._desk.ask(AskPeers(words=words, channels=channels))
        except (PortError, StoreBusy):
            found = PeersView(peers=())
        assert isinstance(found, PeersView)
        return _said({"options": [views.peer_option(peer) for peer in found.peers]})

    def _open(self, payload: Json, words: str = "") -> BoltResponse:
        """Open the form; the trigger serves once, for three seconds, so nothing slow comes before it."""
        person, trigger = _person(payload), payload.get("trigger_id")
        if person and isinstance(trigger, str):
            self._errands.run(self._opened(person, trigger, words, str(payload.get("channel_id") or "")))
        return _NOTHING

    async def _opened(self, person: str, trigger: str, words: str, channel: str) -> None:
        try:
            standing = await self._people.standing(person)
            seen = await self._channels.seen_by(person, standing)
            asked = AskLines(person=PersonRef(person), standing=standing, channels=seen, words=words)
            view = await self._desk.ask(asked)
            assert isinstance(view, LinesView)
        except (PortError, StoreBusy) as error:
            _LOG.warning("a form was not opened: %s", error)
            return
        await self._show(trigger, await self._new_sms(view, person, channel) if view.lines else views.no_lines())

    async def _new_sms(self, view: LinesView, person: str, channel: str) -> Block:
        chosen = self._chosen(view, person, channel)
        found = await self._desk.ask(AskLength(did=chosen, text=view.text))
        assert isinstance(found, LengthView)
        return views.new_sms(view, chosen, found)

    def _chosen(self, view: LinesView, person: str, channel: str) -> PhoneNumber:
        """Choose the number that belongs to this channel, else the one last used, else the first: the person's own."""
        here = [line.number for line in view.lines if channel and self._api.known_channel(line.channel) == channel]
        last = [line.number for line in view.lines if line.number == self._last_used.get(person)]
        return (here or last or [view.lines[0].number])[0]


def _person(payload: Json) -> str:
    user = payload.get("user")
    found = user.get("id") if isinstance(user, dict) else payload.get("user_id")
    return found if isinstance(found, str) else ""


def _private(words: str) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": words}


def _said(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
