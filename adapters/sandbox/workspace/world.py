"""The simulated Slack workspace as one object: start it, point an app at it, act as its people, look at it."""

from collections.abc import Callable
from typing import Any, TypeVar

from adapters.sandbox.bell import Bell
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Faults
from adapters.sandbox.workspace import scopes
from adapters.sandbox.workspace.changes import Changes
from adapters.sandbox.workspace.courier import Courier, Delivery, EventFaults, Kind, Route
from adapters.sandbox.workspace.events import Events
from adapters.sandbox.workspace.gate import Heard
from adapters.sandbox.workspace.hub import Hub, Switches
from adapters.sandbox.workspace.interactions import Interactions
from adapters.sandbox.workspace.manifest import check_manifest
from adapters.sandbox.workspace.nouns import Channel, Json, Message, Shortcut, User, UserGroup
from adapters.sandbox.workspace.pace import Pace
from adapters.sandbox.workspace.people import People
from adapters.sandbox.workspace.push import Push
from adapters.sandbox.workspace.server import Server
from adapters.sandbox.workspace.show import snapshot
from adapters.sandbox.workspace.sockets import Sockets
from adapters.sandbox.workspace.state import State
from adapters.sandbox.workspace.triggers import Triggers
from adapters.sandbox.workspace.wire import Wire

Found = TypeVar("Found")


class Workspace:
    """A small Slack. `people` act by hand, `interactions` press and type commands, the API answers the app.

    Everything it does wrong is set by `faults` (API calls), `event_faults` (deliveries), `pace` and `switches`.
    """

    def __init__(
        self,
        clock: MovableClock,
        faults: Faults | None = None,
        *,
        paced: bool = True,
        granted: tuple[str, ...] = scopes.BOT_SCOPES,
        web_url: str = "https://workspace.slack.test/",
        bot_name: str = "sms-bridge",
    ) -> None:
        team = "T0SANDBOX"
        self.bot_token, self.app_token = f"xoxb-{team}-bot", f"xapp-1-{team}-app"
        self.signing_secret = f"secret-of-{team}"
        self.clock, self.faults = clock, faults or Faults()
        self.changed = Bell()
        self.state = State(clock, team_id=team, bot_name=bot_name)
        self.switches = Switches(granted=set(granted))
        self.sockets = Sockets(clock, self.changed, self.state.app_id)
        self.push = Push(clock, self.signing_secret)
        self.courier = Courier(clock, self.changed, self._route)
        self.events = Events(self.state, self.switches.granted, self.courier.send_event)
        self.pace = Pace(clock, enabled=paced)
        self._hub = self._join(web_url)
        self.people = People(self._hub)
        self.interactions = Interactions(self._hub)
        self._server = Server(self._hub, self.faults)

    def _join(self, web_url: str) -> Hub:
        wire = Wire(self.state, web_url=web_url)
        return Hub(
            bot_token=self.bot_token,
            app_token=self.app_token,
            state=self.state,
            bell=self.changed,
            wire=wire,
            events=self.events,
            changes=Changes(self.state, wire, self.events, self.changed),
            courier=self.courier,
            triggers=Triggers(self.state),
            pace=self.pace,
            sockets=self.sockets,
            switches=self.switches,
        )

    async def start(self) -> None:
        await self._server.start()
        self._hub.wire.origin = f"http://127.0.0.1:{self._server.port}"

    async def aclose(self) -> None:
        await self.courier.aclose()
        await self.sockets.aclose()
        await self._server.aclose()
        await self.push.aclose()

    @property
    def api_url(self) -> str:
        """Where the Web API is; ends with a slash, as the SDK's base_url does."""
        return f"{self._hub.wire.origin}/api/"

    @property
    def heard(self) -> list[Heard]:
        """Every API call, in order, with what became of it."""
        return self._server.heard

    @property
    def deliveries(self) -> list[Delivery]:
        """Every event and interaction, in order, with every try."""
        return self.courier.deliveries

    @property
    def event_faults(self) -> EventFaults:
        return self.courier.faults

    @property
    def bot_user_id(self) -> str:
        return self.state.bot_user_id

    def add_user(self, name: str, *, id: str = "", real_name: str = "", team_id: str = "", **more: Any) -> User:
        """Let somebody in; `more` are the other fields of a User. New people are members of every channel there is."""
        user = User(
            id=id or self.state.next_id("U"),
            name=name,
            real_name=real_name or name,
            team_id=team_id or self.state.team_id,
            **more,
        )
        for channel in self.state.channels.values():
            channel.members.add(user.id)
        self.changed.ring()
        return self.state.add_user(user)

    def add_channel(self, name: str, *, id: str = "", bot_in: bool = True, **more: Any) -> Channel:
        """Open a channel with everybody in it, our bot too unless `bot_in` is false."""
        channel = Channel(id=id or self.state.next_id("C"), name=name, **more)
        channel.members |= {user.id for user in self.state.users.values() if not user.is_bot}
        if bot_in:
            channel.members.add(self.state.bot_user_id)
        self.state.channels[channel.id] = channel
        self.changed.ring()
        return channel

    def add_user_group(self, handle: str, users: list[str], *, id: str = "", name: str = "") -> UserGroup:
        """Gather people under a handle; `users` are ids or names."""
        ids = [self.people.user(one).id for one in users]
        group = UserGroup(id=id or self.state.next_id("S"), handle=handle, name=name or handle, users=ids)
        self.state.user_groups[group.id] = group
        return group

    def install(self, manifest: Json) -> None:
        """Take over what an app's manifest offers to people: its shortcuts and commands, and which tabs it has.

        ValueError when Slack would not accept it.
        """
        if wrong := check_manifest(manifest):
            raise ValueError("; ".join(wrong))
        features = manifest.get("features") or {}
        self.switches.commands = {each["command"] for each in features.get("slash_commands") or ()}
        self.switches.shortcuts = [
            Shortcut(callback_id=each["callback_id"], name=each["name"], kind=each["type"])
            for each in features.get("shortcuts") or ()
        ]
        home = features.get("app_home") or {}
        self.switches.home_enabled = bool(home.get("home_tab_enabled"))
        self.switches.messages_enabled = bool(home.get("messages_tab_enabled"))

    def message(self, channel: str, ts: str) -> Message:
        """Give one message; KeyError when there is none."""
        return self.state.messages[channel][ts]

    def thread(self, channel: str, root: str) -> list[Message]:
        """Give a thread, the root first."""
        stamps = [root, *self.state.replies(channel, root)]
        return [self.state.messages[channel][ts] for ts in stamps]

    def roots(self, channel: str) -> list[Message]:
        """Give what stands in the channel itself, oldest first."""
        return list(self.state.in_channel(channel))

    def directs(self, user: str) -> list[Message]:
        """Give somebody's direct messages with our bot, oldest first."""
        return list(self.state.in_channel(self.state.direct(user).id))

    async def use_http(self, url: str, *, interactions: str = "", commands: str = "") -> None:
        """Turn Socket Mode off and push to these addresses; ValueError when the first does not answer the challenge."""
        if not await self.push.verify(url):
            raise ValueError("the request URL did not answer the challenge")
        self.push.urls = {Kind.EVENT: url, Kind.INTERACTIVE: interactions or url, Kind.SLASH: commands or url}

    async def disconnect(self, reason: str = "refresh_requested", *, sockets: int | None = None) -> None:
        """Send the app's sockets away: `warning`, `refresh_requested` or `link_disabled`."""
        await self.sockets.disconnect(reason, sockets=sockets)

    async def down(self) -> None:
        """Make all of Slack unreachable: nothing listens, every connection and socket is cut."""
        self.push.reachable = False
        await self._server.down()
        self.changed.ring()

    async def up(self) -> None:
        """Come back at the same address."""
        self.push.reachable = True
        await self._server.up()
        self.changed.ring()

    @property
    def is_up(self) -> bool:
        return self._server.is_up

    async def wait_for(self, predicate: Callable[[], Found], timeout: float = 10) -> Found:
        """Return what the predicate finds as soon as it is truthy; `timeout` in real seconds, TimeoutError."""
        return await self.changed.wait_for(predicate, timeout)

    async def settled(self, timeout: float = 10) -> None:
        """Wait until no event or interaction is under way or waiting for a retry."""
        await self.changed.wait_for(lambda: self.courier.is_idle, timeout)

    def snapshot(self, *, roots: int = 50) -> Json:
        """Tell the page what to show: each channel's last threads, whole."""
        return snapshot(self._hub, roots=roots)

    def _route(self) -> Route:
        return self.push if self.push.urls else self.sockets
