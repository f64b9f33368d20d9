"""The way every API call goes: known method, valid token, pace, scope, standing refusals, then the method itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.sandbox.workspace import (
    chat_api,
    files_api,
    history_api,
    reactions_api,
    scopes,
    users_api,
    views_api,
)
from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.refusal import Limited, Refused

Method = Callable[[Hub, Call], Json]

METHODS: dict[str, Method] = {
    **chat_api.METHODS,
    **files_api.METHODS,
    **history_api.METHODS,
    **reactions_api.METHODS,
    **users_api.METHODS,
    **views_api.METHODS,
}
_APP_METHODS = {"apps.connections.open"}


@dataclass(slots=True, kw_only=True)
class Heard:
    """One call as the workspace heard it; `outcome` is "ok", an error word, or the fault it ran into."""

    method: str
    args: Json
    outcome: str
    at: datetime
    answer: Json


@dataclass(slots=True, kw_only=True)
class Answer:
    """What to write on the wire."""

    body: Json
    status: int = 200
    retry_after: int | None = None

    @property
    def outcome(self) -> str:
        return "ok" if self.body["ok"] else str(self.body["error"])


def answer(hub: Hub, call: Call) -> Answer:
    """Do what was asked, or say why not."""
    try:
        _admit(hub, call)
        return Answer(body={"ok": True} | METHODS[call.method](hub, call))
    except Refused as refused:
        return Answer(body={"ok": False, "error": refused.error} | refused.more)
    except Limited as limited:
        return ratelimited(limited.retry_after)


def ratelimited(retry_after: int) -> Answer:
    return Answer(body={"ok": False, "error": "ratelimited"}, status=429, retry_after=retry_after)


def _admit(hub: Hub, call: Call) -> None:
    if call.method not in METHODS:
        raise Refused("unknown_method", req_method=call.method)
    _check_token(hub, call)
    asked = call.text("channel")
    channel = (
        hub.state.channels.get(asked) or hub.state.directs.get(asked) or hub.state.channel_named(asked.lstrip("#"))
    )
    hub.pace.check(call.method, channel.id if channel else call.optional("channel"))
    scope = scopes.needed(call.method, channel)
    if scope and scope not in hub.switches.granted:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(hub.switches.granted)))
    if call.method in hub.switches.refusals:
        raise Refused(hub.switches.refusals[call.method])


def _check_token(hub: Hub, call: Call) -> None:
    if not call.token:
        raise Refused("not_authed")
    if hub.switches.token_error:
        raise Refused(hub.switches.token_error)
    right, wrong = hub.bot_token, hub.app_token
    if call.method in _APP_METHODS:
        right, wrong = wrong, right
    if call.token == wrong:
        raise Refused("not_allowed_token_type")
    if call.token != right:
        raise Refused("invalid_auth")
