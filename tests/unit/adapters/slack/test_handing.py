"""A file is handed to one person alone, in a direct message; to whom that cannot be is said."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.workspace import gate
from adapters.slack.files import Files
from bridge.errors import Permanent, Uncertain
from tests.unit.adapters.slack.rig import Rig, opened


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with opened(timeout_seconds=1) as opened_rig:
        yield opened_rig


async def test_a_file_is_handed_to_one_person_alone(rig: Rig) -> None:
    files = Files(rig.chat._api, rig.clock)

    for _ in range(2):
        await files.hand(rig.ada.id, "texts.txt", b"Hello", "Here you are.")

    first, second = rig.workspace.directs(rig.ada.id)
    assert (first.text, first.channel) == ("Here you are.", second.channel)
    assert [rig.workspace.state.files[id_].content for id_ in (*first.files, *second.files)] == [b"Hello", b"Hello"]
    assert rig.workspace.roots(rig.channel.id) == []


@pytest.mark.parametrize(
    ("who", "error"), [("U0NOBODY", "user_not_found"), ("U0GONE", "user_disabled"), ("U0ROBOT", "cannot_dm_bot")]
)
async def test_to_whom_nothing_can_be_handed_is_said(rig: Rig, who: str, error: str) -> None:
    rig.workspace.add_user("gone", id="U0GONE", deleted=True)
    rig.workspace.add_user("robot", id="U0ROBOT", is_bot=True)

    with pytest.raises(Permanent, match=error):
        await Files(rig.chat._api, rig.clock).hand(who, "texts.txt", b"Hello", "")


async def test_an_answer_without_a_place_is_no_place(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(gate.METHODS, "conversations.open", lambda hub, call: {"channel": "nowhere"})

    with pytest.raises(Uncertain):
        await Files(rig.chat._api, rig.clock).hand(rig.ada.id, "texts.txt", b"Hello", "")
