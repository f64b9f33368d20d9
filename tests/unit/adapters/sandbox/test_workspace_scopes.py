"""Each method of the simulated workspace needs its scope and its kind of token."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


SCOPES = [
    ("chat:write", "chat.postMessage", {"channel": "C", "text": "x"}),
    ("chat:write", "chat.update", {"channel": "C", "ts": "1", "text": "x"}),
    ("chat:write", "chat.delete", {"channel": "C", "ts": "1"}),
    ("chat:write", "chat.postEphemeral", {"channel": "C", "user": "U", "text": "x"}),
    ("chat:write.customize", "chat.postMessage", {"channel": "C", "text": "x", "username": "Ann"}),
    ("channels:history", "conversations.history", {"channel": "C"}),
    ("channels:history", "conversations.replies", {"channel": "C", "ts": "1"}),
    ("groups:history", "conversations.history", {"channel": "G"}),
    ("channels:read", "conversations.info", {"channel": "C"}),
    ("groups:read", "conversations.info", {"channel": "G"}),
    ("reactions:read", "reactions.get", {"channel": "C", "timestamp": "1"}),
    ("reactions:write", "reactions.add", {"channel": "C", "timestamp": "1", "name": "eyes"}),
    ("reactions:write", "reactions.remove", {"channel": "C", "timestamp": "1", "name": "eyes"}),
    ("files:read", "files.info", {"file": "F"}),
    ("files:write", "files.getUploadURLExternal", {"filename": "a", "length": 1}),
    ("files:write", "files.completeUploadExternal", {"files": []}),
    ("files:write", "files.delete", {"file": "F"}),
    ("im:write", "conversations.open", {"users": "U"}),
    ("users:read", "users.info", {"user": "U"}),
    ("users:read", "users.list", {}),
    ("users:read.email", "users.lookupByEmail", {"email": "ada@example.com"}),
]


@pytest.mark.parametrize(
    ("scope", "method", "args"), SCOPES, ids=[f"{row[1]} of {row[2]} needs {row[0]}" for row in SCOPES]
)
async def test_a_method_without_its_scope_is_refused(rig: Rig, scope: str, method: str, args: Json) -> None:
    rooms = {"C": rig.channel.id, "G": rig.workspace.add_channel("room", is_private=True).id}
    args = args | ({"channel": rooms[args["channel"]]} if "channel" in args else {})
    rig.workspace.switches.granted.discard(scope)

    answer = await rig.call(method, **args)

    assert (answer["error"], answer["needed"]) == ("missing_scope", scope)
    assert scope not in answer["provided"].split(",")


async def test_the_address_of_a_person_needs_its_own_scope(rig: Rig) -> None:
    with_scope = await rig.call("users.info", user=rig.ada.id)

    rig.workspace.switches.granted.discard("users:read.email")
    without = await rig.call("users.info", user=rig.ada.id)

    assert with_scope["user"]["profile"]["email"] == "ada@example.com"
    assert "email" not in without["user"]["profile"]


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-wrong", "invalid_auth"),
        ("auth.test", "app", "not_allowed_token_type"),
        ("apps.connections.open", "bot", "not_allowed_token_type"),
    ],
)
async def test_a_wrong_token_is_refused(rig: Rig, method: str, token: str, error: str) -> None:
    known = {"app": rig.workspace.app_token, "bot": rig.workspace.bot_token}

    async with rig.session.post(rig.workspace.api_url + method, data={"token": known.get(token, token)}) as response:
        answer = await response.json()

    assert (response.status, answer["error"]) == (200, error)
