"""What an API method may touch, and the switches that set how the workspace treats the app."""

import re
from dataclasses import dataclass, field

from adapters.sandbox.bell import Bell
from adapters.sandbox.workspace.changes import Changes
from adapters.sandbox.workspace.courier import Courier
from adapters.sandbox.workspace.events import Events
from adapters.sandbox.workspace.nouns import Channel, Message, Shortcut
from adapters.sandbox.workspace.pace import Pace
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.sockets import Sockets
from adapters.sandbox.workspace.state import State
from adapters.sandbox.workspace.triggers import Triggers
from adapters.sandbox.workspace.wire import Wire

SHORTCUTS = (
    Shortcut(callback_id="new_sms", name="New SMS"),
    Shortcut(callback_id="text_this", name="Send as SMS", kind="message"),
)  # until an app's own manifest is installed
_TS = re.compile(r"\d{10}\.\d{6}")


@dataclass(slots=True, kw_only=True)
class Switches:
    """What an administrator, or a bad day, decides."""

    granted: set[str]
    token_error: str | None = None  # invalid_auth, token_revoked, account_inactive, …: answers every call
    refusals: dict[str, str] = field(default_factory=dict)  # method: error, until taken away
    home_enabled: bool = True
    messages_enabled: bool = True  # whether people have a place for direct messages with the app
    uploads_error: str | None = None  # file_uploads_disabled, storage_limit_reached, …
    largest_file: int = 1 << 30
    commands: set[str] = field(default_factory=lambda: {"/sms"})
    shortcuts: list[Shortcut] = field(default_factory=lambda: list(SHORTCUTS))
    custom_emoji: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Hub:
    """Everything within the workspace, joined."""

    bot_token: str
    app_token: str
    state: State
    bell: Bell
    wire: Wire
    events: Events
    changes: Changes
    courier: Courier
    triggers: Triggers
    pace: Pace
    sockets: Sockets
    switches: Switches

    def channel(self, reference: str, *, by_name: bool = False) -> Channel:
        """Find a channel the bot may know of; `#name` is understood by posting methods only."""
        found = self.state.channels.get(reference) or self.state.directs.get(reference)
        if found is None and by_name:
            found = self.state.channel_named(reference.removeprefix("#"))
        if found is None or (found.is_private and self.state.bot_user_id not in found.members):
            raise Refused("channel_not_found")
        return found

    def joined_channel(self, reference: str, *, by_name: bool = False) -> Channel:
        found = self.channel(reference, by_name=by_name)
        if self.state.bot_user_id not in found.members:
            raise Refused("not_in_channel")
        return found

    def open_channel(self, reference: str, *, by_name: bool = False) -> Channel:
        """Find a channel in which the bot can change something."""
        found = self.joined_channel(reference, by_name=by_name)
        if found.is_archived:
            raise Refused("is_archived")
        if found.direct_with and not self.switches.messages_enabled:
            raise Refused("messages_tab_disabled")
        return found

    def message(self, channel: Channel, ts: str) -> Message:
        found = self.state.message(channel.id, ts)
        if found is None:
            raise Refused("message_not_found")
        return found

    def root(self, channel: Channel, ts: str | None) -> str | None:
        """Check that a thread_ts is a root's: neither a reply's nor nobody's.

        What Slack does with a reply's ts is not documented, and in practice not what one wants (python-slack-sdk #840,
        #1116); refusing is the strictest reading. A tombstone is let through: its thread lives on.
        """
        if not ts:
            return None
        if not _TS.fullmatch(ts):
            raise Refused.because("invalid_thread_ts", [f"[ERROR] {ts} is not a valid thread_ts"])
        found = self.state.message(channel.id, ts)
        if found is None or found.thread_ts:
            raise Refused("thread_not_found")
        return ts

    def resolve(self, name: str) -> str | None:
        """Resolve `@name` or `#name` to what it would become in a text that is searched for names."""
        if name[0] == "#":
            channel = self.state.channel_named(name[1:])
            return f"#{channel.id}" if channel else None
        return next((f"@{user.id}" for user in self.state.users.values() if user.name == name[1:]), None)
