"""Every change of the workspace, whoever makes it: it alters the state, tells the app by an event, and rings the bell.

The API and the people both act through here, so that the app's own posts and marks produce events as well.
"""

from adapters.sandbox.bell import Bell
from adapters.sandbox.workspace.events import Events
from adapters.sandbox.workspace.nouns import SLACKBOT, Activation, Channel, Ephemeral, Json, Message
from adapters.sandbox.workspace.state import State
from adapters.sandbox.workspace.wire import Wire


class Changes:
    """Change and tell."""

    def __init__(self, state: State, wire: Wire, events: Events, bell: Bell) -> None:
        self.state = state
        self._wire = wire
        self._events = events
        self._bell = bell

    def post(self, message: Message) -> Message:
        self.state.add_message(message)
        channel = self.state.place(message.channel)
        event = self._told(message, channel) | _place(channel) | {"event_ts": message.ts}
        if message.is_broadcast and message.thread_ts:
            root = self.state.message(message.channel, message.thread_ts)
            event |= {"root": self._wire.message(root, in_event=True)} if root else {}
        self._events.publish(event, channel)
        self._bell.ring()
        return message

    def amend(self, message: Message, changes: Json, *, mark_as_edited: str | None) -> None:
        """Set the named fields; `mark_as_edited` says by whom, None leaves no mark."""
        before = self._wire.message(message, in_event=True)
        for field, value in changes.items():
            setattr(message, field, value)
        if mark_as_edited:
            message.edited = {"user": mark_as_edited, "ts": self.state.next_ts()}
        self._tell_changed(message, before)

    def remove(self, message: Message) -> None:
        """Delete; a root that has replies stays as a tombstone."""
        before = self._wire.message(message, in_event=True)
        channel = self.state.place(message.channel)
        if not message.thread_ts and self.state.replies(message.channel, message.ts):
            _bury(message)
            self._tell_changed(message, before)
            return
        self.state.remove_message(message)
        gone = {"type": "message", "subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts}
        self._tell_hidden(gone | {"previous_message": before}, channel)
        self._drop_empty_tombstone(message)

    def react(self, message: Message, name: str, user: str) -> None:
        message.reactions.setdefault(name, []).append(user)
        self._tell_reaction("reaction_added", message, name, user)

    def unreact(self, message: Message, name: str, user: str) -> None:
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self._tell_reaction("reaction_removed", message, name, user)

    def whisper(self, ephemeral: Ephemeral) -> None:
        """Show something to one person; no event tells of it."""
        self.state.ephemerals.append(ephemeral)
        self._bell.ring()

    def whisper_anew(self, ephemeral: Ephemeral, changes: Json) -> None:
        """Put other words in the place of what one person sees."""
        for name, value in changes.items():
            setattr(ephemeral, name, value)
        self._bell.ring()

    def hush(self, ephemeral: Ephemeral) -> None:
        """Take away what one person sees."""
        self.state.ephemerals.remove(ephemeral)
        self._bell.ring()

    def tell(self, event: Json, channel: Channel | None = None, *, anyway: bool = False) -> None:
        """Publish an event that changes nothing by itself."""
        self._events.publish({"event_ts": self.state.next_ts()} | event, channel, anyway=anyway)
        self._bell.ring()

    def _told(self, message: Message, channel: Channel) -> Json:
        event = self._wire.message(message, in_event=True)
        if channel.is_ext_shared and message.files:
            event["files"] = [self._wire.unchecked_file(self.state.files[id_]) for id_ in message.files]
        return event

    def _tell_changed(self, message: Message, before: Json) -> None:
        event = {"type": "message", "subtype": "message_changed", "hidden": True}
        now = self._wire.message(message, in_event=True)
        self._tell_hidden(event | {"message": now, "previous_message": before}, self.state.place(message.channel))

    def _tell_hidden(self, event: Json, channel: Channel) -> None:
        ts = self.state.next_ts()
        self._events.publish(event | _place(channel) | {"ts": ts, "event_ts": ts}, channel)
        self._bell.ring()

    def _tell_reaction(self, kind: str, message: Message, name: str, user: str) -> None:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event: Json = {"type": kind, "user": user, "reaction": name, "item": item, "event_ts": self.state.next_ts()}
        if message.user:  # Missing for what was posted under a borrowed name.
            event["item_user"] = message.user
        self._events.publish(event, self.state.place(message.channel))
        self._bell.ring()

    def _drop_empty_tombstone(self, reply: Message) -> None:
        root = self.state.message(reply.channel, reply.thread_ts) if reply.thread_ts else None
        if root and root.subtype == "tombstone" and not self.state.replies(root.channel, root.ts):
            self.state.remove_message(root)


def _bury(message: Message) -> None:
    message.subtype, message.user, message.bot_id, message.username = "tombstone", SLACKBOT, None, None
    message.text = "This message was deleted."
    message.blocks, message.attachments, message.files, message.metadata = [], [], [], None
    message.reactions, message.activation, message.icons = {}, Activation(), None


def _place(channel: Channel) -> Json:
    kind = "im" if channel.direct_with else "group" if channel.is_private else "channel"
    return {"channel": channel.id, "channel_type": kind}
