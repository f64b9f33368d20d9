"""A conversation is handed out whole or not at all, and whoever has asked hears of either."""

from collections.abc import AsyncIterator

import pytest

from adapters.slack.channels import Channels
from adapters.slack.errands import Errands
from adapters.slack.exports import Exports
from adapters.slack.files import Files
from adapters.slack.people import People
from bridge.domain.ids import ConversationId, PersonRef
from bridge.domain.query import AskTranscript, Peer, Query, TranscriptView, Utterance, View
from bridge.errors import StoreBusy
from tests.unit.adapters.slack.rig import Rig, opened

ADA = Peer(number="+12125550142", name="Ada")
CONVERSATION = ConversationId("c1")


class Pages:
    """A desk that answers with these parts, one after another."""

    def __init__(self, *parts: TranscriptView | Exception) -> None:
        self.parts = list(parts)
        self.asked: list[int] = []

    async def ask(self, query: Query) -> View:
        assert isinstance(query, AskTranscript)
        self.asked.append(query.after)
        part = self.parts.pop(0)
        if isinstance(part, Exception):
            raise part
        return part


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with opened(timeout_seconds=1) as opened_rig:
        yield opened_rig


def part(rig: Rig, *texts: str, after: int | None = None) -> TranscriptView:
    said = tuple(Utterance(at=rig.clock.now(), by=ADA, text=text, is_kept=True) for text in texts)
    return TranscriptView(people=(ADA,), label="Main line", number="+14155550100", utterances=said, after=after)


async def handed(rig: Rig, desk: Pages) -> str:
    """Hand it out; return what the person is told."""
    api, clock = rig.chat._api, rig.clock
    people = People(api, clock)
    exports = Exports(api, people, Channels(api, clock, Errands(), frozenset()), Files(api, clock), clock)
    told = await exports.hand(desk, PersonRef(rig.ada.id), CONVERSATION)
    return str(told.phrase)


async def test_all_parts_stand_in_one_file(rig: Rig) -> None:
    desk = Pages(part(rig, "One", after=7), part(rig, "Two", after=9), part(rig))

    assert "on its way" in await handed(rig, desk)

    (message,) = rig.workspace.directs(rig.ada.id)
    (file,) = (rig.workspace.state.files[id_] for id_ in message.files)
    assert file.content
    lines = file.content.decode().splitlines()
    assert [line.strip() for line in lines if line.startswith("    ")] == ["One", "Two"]
    assert desk.asked == [0, 7, 9]


async def test_a_conversation_without_a_text_is_a_file_too(rig: Rig) -> None:
    await handed(rig, Pages(part(rig)))

    (file,) = rig.workspace.state.files.values()
    assert file.content
    assert "Nothing was written yet" in file.content.decode()


async def test_a_store_that_is_busy_in_the_middle_gives_nothing_away(rig: Rig) -> None:
    told = await handed(rig, Pages(part(rig, "One", after=7), StoreBusy("locked")))

    assert "try again" in told
    assert rig.workspace.state.files == {}


async def test_a_refusal_is_told_and_no_file_is_made(rig: Rig) -> None:
    assert "No." in await handed(rig, Pages(TranscriptView(refusal=("No.",))))
    assert rig.workspace.state.files == {}
