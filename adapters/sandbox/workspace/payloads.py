"""What an interaction tells the app beside the deed itself: who did it, where, and which rights come with it."""

from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Channel, Ephemeral, Json, Message, User, View


class Payloads:
    """Write the parts that many payloads share."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def person(self, who: User) -> Json:
        user = {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team_id}
        team = {"id": self._hub.state.team_id, "domain": "sandbox"}
        app = {"api_app_id": self._hub.state.app_id, "token": "verification", "enterprise": None}
        return app | {"user": user, "team": team, "is_enterprise_install": False}

    def trigger(self, who: User) -> Json:
        """Give the right to open one modal within three seconds."""
        return {"trigger_id": self._hub.triggers.issue(who.id)}

    def answer_right(self, who: User, channel: Channel, message_ts: str | None = None) -> Json:
        """Give the right to speak, or to replace what the deed was done to."""
        answer = self._hub.triggers.issue_answer(user=who.id, channel=channel.id, message_ts=message_ts)
        return {"response_url": f"{self._hub.wire.origin}/commands/{answer}"}

    def on_message(self, where: Channel, message: Message | Ephemeral) -> Json:
        """Name a message as the place; what only one person sees is named, but not told whole."""
        is_ephemeral = isinstance(message, Ephemeral)
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": where.id}
        container |= {"is_ephemeral": is_ephemeral}
        container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        told: Json = {"container": container, "channel": {"id": where.id, "name": where.name}}
        return told if isinstance(message, Ephemeral) else told | {"message": self._hub.wire.message(message)}

    def on_view(self, view: View, values: Json) -> Json:
        shown = self._hub.wire.view(view) | {"state": {"values": values}}
        return {"container": {"type": "view", "view_id": view.id}, "view": shown}

    def action(self, element: Json, block: str, said: Json) -> Json:
        """Write one entry of `actions`."""
        kept = ("action_id", "value", "type", "text", "style", "placeholder")
        action = {key: element[key] for key in kept if key in element} | said
        return action | {"block_id": block, "action_ts": self._hub.state.next_ts()}
