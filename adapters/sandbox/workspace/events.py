"""Wrap what happened into Events API envelopes, and send those that the app subscribed to and may see."""

from collections.abc import Callable

from adapters.sandbox.workspace import scopes
from adapters.sandbox.workspace.nouns import Channel, Json
from adapters.sandbox.workspace.state import State


class Events:
    """Publish events; without subscription, scope or membership the app hears nothing."""

    def __init__(self, state: State, granted: set[str], send: Callable[[Json], None]) -> None:
        self.subscriptions = set(scopes.BOT_EVENTS)
        self._state = state
        self._granted = granted
        self._send = send

    def publish(self, event: Json, channel: Channel | None = None, *, anyway: bool = False) -> None:
        """Send one inner event; `anyway` is for the last words about a channel the bot has just left."""
        name = scopes.subscription(event, channel)
        scope = scopes.needed_for_event(name)
        absent = channel is not None and self._state.bot_user_id not in channel.members
        if name not in self.subscriptions or (scope and scope not in self._granted) or (absent and not anyway):
            return
        self._send(self._envelope(event, channel))

    def _envelope(self, event: Json, channel: Channel | None) -> Json:
        state = self._state
        authorization = {
            "enterprise_id": None,
            "team_id": state.team_id,
            "user_id": state.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        event_id = state.next_id("Ev")
        return {
            "token": "verification",
            "team_id": state.team_id,
            "context_team_id": state.team_id,
            "context_enterprise_id": None,
            "api_app_id": state.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": state.seconds(),
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": f"4-{event_id}",
        }
