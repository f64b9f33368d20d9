"""What people do that the app must answer within three seconds: buttons, slash commands, Home tabs, modals."""

from collections.abc import Iterator
from typing import Any

from adapters.sandbox.workspace import views_api
from adapters.sandbox.workspace.blocks import walk
from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.chat_api import read_body
from adapters.sandbox.workspace.courier import Delivery, Fate, Kind
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import SLACKBOT, Ephemeral, Json, Message, User, View
from adapters.sandbox.workspace.people import People
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.response_url import say
from adapters.sandbox.workspace.view_rules import check_view


class Interactions:
    """Press and submit. Each returns its Delivery at once; wait for `is_settled`, or for what it changes."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._people = People(hub)
        self.errors: dict[str, Json] = {}  # view id: the errors shown in that modal

    async def press(self, user: str, channel: str, ts: str, button: str, *, chosen: Json | None = None) -> Delivery:
        """Press the button with this action_id or value under a message; ValueError when there is none.

        `chosen` adds what a menu says beyond a button (`selected_option`, …).
        """
        who, where = self._people.user(user), self._people.channel(channel)
        message = self._people.message(where.id, ts)
        pressed, block = _button(_blocks_of(message), button)
        container = {"type": "message", "message_ts": ts, "channel_id": where.id, "is_ephemeral": False}
        container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        answer = self._hub.triggers.issue_answer(user=who.id, channel=where.id, message_ts=ts)
        payload = self._actions(who, pressed, block, chosen or {}) | {
            "container": container,
            "channel": {"id": where.id, "name": where.name},
            "message": self._hub.wire.message(message),
            "response_url": f"{self._hub.wire.origin}/commands/{answer}",
        }
        return self._send(payload, who, where.id, message.thread_ts)

    async def press_in_view(self, user: str, view_id: str, button: str, *, chosen: Json | None = None) -> Delivery:
        """Press a button in a modal or in one's Home tab."""
        who, view = self._people.user(user), self._view(view_id)
        pressed, block = _button(view.body["blocks"], button)
        payload = self._actions(who, pressed, block, chosen or {})
        payload |= {"container": {"type": "view", "view_id": view.id}, "view": self._hub.wire.view(view)}
        return self._send(payload, who)

    async def slash(self, user: str, command: str, text: str, channel: str) -> Delivery | None:
        """Type a slash command in a channel (threads have none); None when Slack knows no such command."""
        who, where = self._people.user(user), self._people.channel(channel)
        if command not in self._hub.switches.commands or "commands" not in self._hub.switches.granted:
            self._trouble(who.id, where.id, f"{command} is not a valid command.")
            return None
        answer = self._hub.triggers.issue_answer(user=who.id, channel=where.id)
        payload: Json = {
            "token": "verification",
            "team_id": self._hub.state.team_id,
            "team_domain": "sandbox",
            "channel_id": where.id,
            "channel_name": where.name,
            "user_id": who.id,
            "user_name": who.name,
            "command": command,
            "text": text.strip(),
            "api_app_id": self._hub.state.app_id,
            "is_enterprise_install": "false",
            "response_url": f"{self._hub.wire.origin}/commands/{answer}",
            "trigger_id": self._hub.triggers.issue(who.id),
        }

        def then(delivery: Delivery) -> None:
            if delivery.fate is Fate.FAILED:
                self._trouble(who.id, where.id, f'{command} failed with the error "dispatch_failed"')
            elif delivery.answer and (delivery.answer.get("text") or delivery.answer.get("blocks")):
                self._show_answer(who.id, where.id, delivery.answer)

        return self._hub.courier.send_once(Kind.SLASH, payload["trigger_id"], payload, then)

    async def shortcut(self, user: str, callback_id: str) -> Delivery:
        """Use a global shortcut."""
        who = self._people.user(user)
        payload = {"type": "shortcut", "callback_id": callback_id} | self._person(who)
        return self._send(payload | {"action_ts": self._hub.state.next_ts()}, who)

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's Home (or messages) tab."""
        who = self._people.user(user)
        view = self._hub.state.homes.get(who.id)
        event = {"type": "app_home_opened", "user": who.id, "channel": f"D{who.id[1:]}", "tab": tab}
        self._hub.changes.tell(event | ({"view": self._hub.wire.view(view)} if view and tab == "home" else {}))

    async def submit(self, user: str, view_id: str, values: Json | None = None) -> Delivery:
        """Submit a modal; `values` is view.state.values: {block_id: {action_id: {…}}}."""
        who, view = self._people.user(user), self._view(view_id)
        shown = self._hub.wire.view(view) | {"state": {"values": values or {}}}
        payload: Json = {"type": "view_submission", "view": shown, "response_urls": []} | self._person(who)
        self.errors.pop(view.id, None)

        def then(delivery: Delivery) -> None:
            if delivery.fate is Fate.ACKED:
                self._obey(view, delivery.answer or {})

        return self._hub.courier.send_once(Kind.INTERACTIVE, payload["trigger_id"], payload, then)

    async def close_view(self, user: str, view_id: str) -> Delivery | None:
        """Close a modal without submitting; the app hears of it if it asked to."""
        who, view = self._people.user(user), self._view(view_id)
        views_api.close(self._hub, view)
        if not view.body.get("notify_on_close"):
            return None
        payload = {"type": "view_closed", "view": self._hub.wire.view(view), "is_cleared": False}
        return self._send(payload | self._person(who), who)

    def _obey(self, view: View, answer: Json) -> None:
        try:
            match answer.get("response_action"):
                case "errors":
                    self.errors[view.id] = answer.get("errors") or {}
                case "update":
                    views_api.replace(self._hub, view, check_view(answer.get("view"), ("modal",)))
                case "push":
                    body = check_view(answer.get("view"), ("modal",))
                    views_api.show_modal(self._hub, view.user, body, view)
                case "clear":
                    views_api.close(self._hub, view, all_of_stack=True)
                case _:
                    views_api.close(self._hub, view)
        except Refused as refused:
            self.errors[view.id] = {"": refused.error}

    def _actions(self, who: User, pressed: Json, block: str, chosen: Json) -> Json:
        kept = ("action_id", "value", "type", "text", "style")
        action = {key: pressed[key] for key in kept if key in pressed} | chosen
        action |= {"block_id": block, "action_ts": self._hub.state.next_ts()}
        return {"type": "block_actions", "actions": [action]} | self._person(who)

    def _person(self, who: User) -> Json:
        user = {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team_id}
        team = {"id": self._hub.state.team_id, "domain": "sandbox"}
        trigger = self._hub.triggers.issue(who.id)
        app = {"api_app_id": self._hub.state.app_id, "token": "verification", "enterprise": None}
        return app | {"user": user, "team": team, "is_enterprise_install": False, "trigger_id": trigger}

    def _send(self, payload: Json, who: User, channel: str = "", thread_ts: str | None = None) -> Delivery:
        def then(delivery: Delivery) -> None:
            if delivery.fate is Fate.FAILED and channel:
                self._trouble(who.id, channel, "This didn't work. Try again in a moment.", thread_ts)

        return self._hub.courier.send_once(Kind.INTERACTIVE, payload["trigger_id"], payload, then)

    def _trouble(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> None:
        ts = self._hub.state.next_ts()
        told = Ephemeral(channel=channel, user=user, ts=ts, text=text, thread_ts=thread_ts, author=SLACKBOT)
        self._hub.changes.whisper(told)

    def _show_answer(self, user: str, channel: str, answer: Json) -> None:
        try:
            body = read_body(self._hub, Call(method="response", args=answer))
        except Refused as refused:
            self._trouble(user, channel, f"The command failed with the error “{refused.error}”")
            return
        if answer.get("response_type") == "in_channel":
            say(self._hub, channel, body, None)
            return
        body.pop("activation")
        ts, author = self._hub.state.next_ts(), self._hub.state.bot_user_id
        self._hub.changes.whisper(Ephemeral(channel=channel, user=user, ts=ts, author=author, **body))

    def _view(self, id_: str) -> View:
        every = {view.id: view for view in self._hub.state.homes.values()} | self._hub.state.views
        if id_ not in every:
            raise ValueError(f"no view {id_} is open")
        return every[id_]


def _blocks_of(message: Message) -> list[Json]:
    return [*message.blocks, *(block for one in message.attachments for block in one.get("blocks") or ())]


def _button(shown: list[Json], name: str) -> tuple[Json, str]:
    for piece, block in _pressable(shown):
        if name in (piece.get("action_id"), piece.get("value")):
            return piece, block
    raise ValueError(f"there is no button {name}")


def _pressable(shown: list[Json]) -> Iterator[tuple[Json, str]]:
    for block in shown:
        inner: Any = [block.get("elements", []), block.get("accessory", {}), block.get("element", {})]
        for piece in walk(inner):
            if "action_id" in piece or piece.get("type") == "button":
                yield piece, str(block.get("block_id", ""))
