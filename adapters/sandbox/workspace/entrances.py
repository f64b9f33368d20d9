"""The ways into the app from outside of its own posts: slash commands, shortcuts, the Home tab."""

from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.chat_api import read_body
from adapters.sandbox.workspace.courier import Delivery, Fate, Kind
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import SLACKBOT, Ephemeral, Json, User
from adapters.sandbox.workspace.payloads import Payloads
from adapters.sandbox.workspace.people import People
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.response_url import say

_TOO_LATE = ("timeout", "http_timeout")


class Entrances:
    """Enter. Only members of the app's own workspace can; of others Slack does not even show the app."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._people = People(hub)
        self._payloads = Payloads(hub)

    async def slash(
        self, user: str, command: str, text: str, channel: str, thread_ts: str | None = None
    ) -> Delivery | None:
        """Type a slash command in a channel; None where Slack takes none: unknown ones, and any in a thread."""
        who, where = self._member(user), self._people.channel(channel)
        if command not in self._hub.switches.commands or "commands" not in self._hub.switches.granted:
            self._trouble(who.id, where.id, f"{command} is not a valid command.", thread_ts)
            return None
        if thread_ts:
            self._trouble(who.id, where.id, f"{command} is not supported in threads. Sorry!", thread_ts)
            return None
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
            **self._payloads.answer_right(who, where),
            **self._payloads.trigger(who),
        }

        def then(delivery: Delivery) -> None:
            if delivery.fate is Fate.FAILED:
                self._trouble(who.id, where.id, f'{command} failed with the error "{_why(delivery)}"')
            elif delivery.answer and (delivery.answer.get("text") or delivery.answer.get("blocks")):
                self._show_answer(who.id, where.id, delivery.answer)

        return self._hub.courier.send_once(Kind.SLASH, payload["trigger_id"], payload, then)

    async def shortcut(self, user: str, callback_id: str) -> Delivery:
        """Use a global shortcut; it names no channel."""
        who = self._member(user)
        payload = {"type": "shortcut", "callback_id": callback_id, "action_ts": self._hub.state.next_ts()}
        return self._send(payload | self._payloads.person(who) | self._payloads.trigger(who), who)

    async def message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Delivery:
        """Use a shortcut out of a message's menu."""
        who, where = self._member(user), self._people.channel(channel)
        message = self._people.message(where.id, ts)
        place = self._payloads.on_message(where, message)
        payload = {"type": "message_action", "callback_id": callback_id, "action_ts": self._hub.state.next_ts()}
        payload |= {"message_ts": ts, "channel": place["channel"], "message": place["message"]}
        payload |= self._payloads.person(who) | self._payloads.trigger(who)
        payload |= self._payloads.answer_right(who, where)
        return self._send(payload, who, where.id, message.thread_ts)

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's Home (or messages) tab."""
        who = self._member(user)
        view = self._hub.state.homes.get(who.id)
        event = {"type": "app_home_opened", "user": who.id, "channel": f"D{who.id[1:]}", "tab": tab}
        self._hub.changes.tell(event | ({"view": self._hub.wire.view(view)} if view and tab == "home" else {}))

    def _member(self, user: str) -> User:
        who = self._people.user(user)
        if who.team_id != self._hub.state.team_id:
            raise ValueError("Apps of a workspace can be used by its own members only.")
        return who

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


def _why(delivery: Delivery) -> str:
    outcome = delivery.tries[-1].outcome
    return "operation_timeout" if outcome and outcome.reason in _TOO_LATE else "dispatch_failed"
