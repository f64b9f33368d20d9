"""What people do that the app must answer within three seconds: in messages, in modals and Home tabs, in menus.

What leads into the app from outside of its own posts (commands, shortcuts, the Home tab) stands in `entrances`.
"""

import json
import uuid

from adapters.sandbox.workspace import form, views_api
from adapters.sandbox.workspace.courier import Delivery, Fate, Kind
from adapters.sandbox.workspace.elements import Filled, Picked, Reading, find
from adapters.sandbox.workspace.entrances import Entrances
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Ephemeral, Json, Message, User, View
from adapters.sandbox.workspace.offers import groups_in
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.view_rules import check_view

TROUBLE = "We had some trouble connecting. Try again?"
_SHORTEST_QUERY = 3  # where a menu does not say after how many characters it asks


class Interactions(Entrances):
    """Press and submit. Each returns its Delivery at once; wait for `is_settled`, or for what it changes."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._offered: dict[str, dict[str, Json]] = {}  # action_id: what external menus were given, by value
        self._picked: dict[tuple[str, str, str], Filled] = {}  # person, message, its blocks: what stands in its menus

    @property
    def errors(self) -> dict[str, Json]:
        """View id: the errors shown in that modal, by block_id; "" for the whole."""
        return {view.id: view.errors for view in self._hub.state.views.values() if view.errors}

    async def press(
        self,
        user: str,
        channel: str,
        ts: str,
        button: str,
        *,
        chosen: Json | None = None,
        picked: Picked = None,
        block: str = "",
    ) -> Delivery:
        """Press the button, or pick in the menu, of this action_id or value under a message; ValueError for none.

        `picked` is what was picked, plainly; `chosen` adds fields to the action as they stand.
        """
        who, where = self._people.user(user), self._people.channel(channel)
        message = self._seen(who, where.id, ts)
        shown = _blocks_of(message)
        element, place = find(shown, button, block)
        reading = self._reading(who)
        filled = self._picked.setdefault((who.id, ts, json.dumps(shown)), {})
        said = _pick(reading, element, place, picked, filled)
        action = self._payloads.action(element, place, said | (chosen or {}))
        payload: Json = {"type": "block_actions", "actions": [action]} | self._payloads.person(who)
        payload |= self._payloads.trigger(who) | self._payloads.on_message(where, message)
        payload |= {"state": {"values": reading.values(shown, filled)}}
        payload |= self._payloads.answer_right(who, where, ts)
        return self._send(payload, who, where.id, message.thread_ts)

    async def press_in_view(
        self,
        user: str,
        view_id: str,
        button: str,
        *,
        chosen: Json | None = None,
        picked: Picked = None,
        block: str = "",
        filled: Filled | None = None,
    ) -> Delivery:
        """Press, pick or type in a modal or in one's Home tab; `filled` is what stands in its other fields.

        ValueError for a field of which the app does not want to hear before the form is submitted.
        """
        who, view = self._people.user(user), self._view(user, view_id)
        element, place = find(view.body["blocks"], button, block)
        if form.is_quiet(view.body["blocks"], place):
            raise ValueError(f"nobody is told of {button} before the form is submitted")
        reading, filled = self._reading(who), filled or {}
        said = _pick(reading, element, place, picked, filled)
        action = self._payloads.action(element, place, said | (chosen or {}))
        payload: Json = {"type": "block_actions", "actions": [action]} | self._payloads.person(who)
        payload |= self._payloads.trigger(who)
        payload |= self._payloads.on_view(view, reading.values(view.body["blocks"], filled))

        def then(delivery: Delivery) -> None:
            if delivery.fate is Fate.FAILED:
                view.errors = {"": TROUBLE}

        view.errors = {}
        return self._hub.courier.send_once(Kind.INTERACTIVE, payload["trigger_id"], payload, then)

    async def suggest(
        self, user: str, menu: str, typed: str, *, view_id: str = "", channel: str = "", ts: str = "", block: str = ""
    ) -> list[Json]:
        """Type in a menu whose options the app knows; give groups of options.

        Nothing is asked before `min_query_length` characters are there. ValueError when the app gives nothing usable.
        """
        who = self._people.user(user)
        if view_id:
            view = self._view(user, view_id)
            shown, place = view.body["blocks"], self._payloads.on_view(view, {})
        else:
            where = self._people.channel(channel)
            message = self._seen(who, where.id, ts)
            shown, place = _blocks_of(message), self._payloads.on_message(where, message)
        element, block = find(shown, menu, block)
        if len(typed) < element.get("min_query_length", _SHORTEST_QUERY):
            return []
        payload: Json = {"type": "block_suggestion", "action_id": menu, "block_id": block, "value": typed}
        payload |= self._payloads.person(who) | place
        delivery = self._hub.courier.send_once(Kind.INTERACTIVE, str(uuid.uuid4()), payload)
        await self._hub.bell.wait_for(lambda: delivery.is_settled, 60)
        groups = groups_in(delivery)
        options = (option for group in groups for option in group["options"])
        self._offered.setdefault(menu, {}).update({option["value"]: option for option in options})
        return groups

    async def submit_form(self, user: str, view_id: str, filled: Filled) -> Delivery | None:
        """Submit a modal as the client does: what is missing is said at its field, and the app hears nothing (None)."""
        who, view = self._people.user(user), self._view(user, view_id)
        values = self._reading(who).values(view.body["blocks"], filled)
        if wrong := form.wrong(view.body["blocks"], values):
            view.errors = dict(wrong)
            self._hub.bell.ring()
            return None
        return await self.submit(user, view_id, values)

    async def submit(self, user: str, view_id: str, values: Json | None = None) -> Delivery:
        """Submit a modal; `values` is view.state.values: {block_id: {action_id: {…}}}."""
        who, view = self._people.user(user), self._view(user, view_id)
        shown = self._payloads.on_view(view, values or {})["view"]
        payload: Json = {"type": "view_submission", "view": shown, "response_urls": []}
        payload |= self._payloads.person(who) | self._payloads.trigger(who)
        view.errors = {}

        def then(delivery: Delivery) -> None:
            if delivery.fate is Fate.ACKED:
                self._obey(view, delivery.answer or {})
            else:
                view.errors = {"": TROUBLE}

        return self._hub.courier.send_once(Kind.INTERACTIVE, payload["trigger_id"], payload, then)

    async def close_view(self, user: str, view_id: str, *, all_of_stack: bool = False) -> Delivery | None:
        """Close a modal without submitting, or all that lie on each other; the app hears of it if it asked to."""
        who, view = self._people.user(user), self._view(user, view_id)
        is_all = all_of_stack or bool(view.body.get("clear_on_close"))
        closed = self._hub.state.trail(view) if is_all else [view]
        views_api.close(self._hub, view, all_of_stack=is_all)
        told: list[Delivery] = []
        for one in closed:
            if one.body.get("notify_on_close"):
                shown = self._payloads.on_view(one, {})["view"]
                payload: Json = {"type": "view_closed", "view": shown, "is_cleared": is_all} | self._payloads.person(
                    who
                )
                told.append(self._hub.courier.send_once(Kind.INTERACTIVE, str(uuid.uuid4()), payload))
        return told[0] if told else None

    def _obey(self, view: View, answer: Json) -> None:
        try:
            match answer.get("response_action"):
                case "errors":
                    view.errors = _checked_errors(view, answer.get("errors"))
                case "update":
                    views_api.replace(self._hub, view, check_view(answer.get("view"), ("modal",)))
                case "push":
                    views_api.push_over(self._hub, view, check_view(answer.get("view"), ("modal",)))
                case "clear":
                    views_api.close(self._hub, view, all_of_stack=True)
                case _:
                    views_api.close(self._hub, view)
        except Refused as refused:
            view.errors = {"": f"{TROUBLE} ({refused.error})"}

    def _reading(self, who: User) -> Reading:
        offered = {value: option for options in self._offered.values() for value, option in options.items()}
        return Reading(file=self._file, tz=who.tz, offered=offered)

    def _file(self, id_: str) -> Json:
        file = self._hub.state.files.get(id_)
        if file is None:
            raise ValueError(f"there is no file {id_}")
        return self._hub.wire.file(file)

    def _seen(self, who: User, channel: str, ts: str) -> Message | Ephemeral:
        """Find a message, or what only this person sees."""
        whispered = self._hub.state.whispered(channel, ts)
        return whispered if whispered and whispered.user == who.id else self._people.message(channel, ts)

    def _view(self, user: str, id_: str) -> View:
        every = {view.id: view for view in self._hub.state.homes.values()} | self._hub.state.views
        if id_ not in every or every[id_].user != self._people.user(user).id:
            raise ValueError(f"no view {id_} is open")
        return every[id_]


def _pick(reading: Reading, element: Json, block: str, picked: Picked, filled: Filled) -> Json:
    """Write what was picked; a menu keeps it, a button and an overflow menu do not."""
    if element["type"] in ("button", "workflow_button") or picked is None:
        return {}
    if element["type"] != "overflow":
        filled.setdefault(block, {})[element["action_id"]] = picked
    return reading.said(element, picked)


def _checked_errors(view: View, errors: object) -> Json:
    """Errors are said at input blocks; anything else is no answer that Slack could show."""
    asked = {block.get("block_id") for block in view.body["blocks"] if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= asked:
        raise Refused("invalid_errors")
    return errors


def _blocks_of(message: Message | Ephemeral) -> list[Json]:
    return [*message.blocks, *(block for one in message.attachments for block in one.get("blocks") or ())]
