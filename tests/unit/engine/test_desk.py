"""Whoever must show something now asks at the desk, which changes nothing."""

from datetime import timedelta

from bridge.domain.ids import ChannelRef
from bridge.domain.invariant import Invariant
from bridge.domain.query import (
    AskErasure,
    AskFind,
    AskLength,
    AskMedia,
    AskStatus,
    AskTalk,
    AskTranscript,
    ErasureView,
    FindView,
    LengthView,
    MediaView,
    StatusView,
    TalkView,
    TranscriptView,
)
from bridge.engine.desk import ReadingDesk
from tests.unit.engine.conftest import Works
from tests.unit.flows.books import BEN, DID, JPEG


async def test_the_status_holds_the_figures_of_the_store_and_the_state_of_the_listeners(works: Works) -> None:
    await works.books.texts()
    desk = ReadingDesk(works.store, works.books.plan, lambda: {"slack": "up"}, lambda: [Invariant.DISK_SPACE])

    view = await desk.ask(AskStatus())

    assert isinstance(view, StatusView)
    assert view.listeners == {"slack": "up"}
    assert view.violated == (Invariant.DISK_SPACE,)
    assert (view.counts["messages"], view.counts["unacknowledged"], view.counts["waiting"]) == (1, 1, 1)
    assert view.oldest_unacknowledged == works.clock.now()


async def test_a_file_is_shown_under_its_address_until_that_expires(works: Works) -> None:
    desk = ReadingDesk(works.store, works.books.plan, dict, tuple)
    until = works.clock.now() + timedelta(hours=1)
    await works.books.do(lambda ledger, now: ledger.media.keep(JPEG, now))
    await works.books.look(lambda ledger: ledger.media.grant("token", JPEG.digest, until))

    known, unknown = await desk.ask(AskMedia(token="token")), await desk.ask(AskMedia(token="guessed"))
    works.clock.forward(timedelta(hours=1))
    expired = await desk.ask(AskMedia(token="token"))

    assert known == MediaView(media=JPEG)
    assert unknown == expired == MediaView(media=None)


async def test_texts_are_found_by_their_words_and_conversations_by_their_number(works: Works) -> None:
    await works.books.texts("The red bicycle")
    desk = ReadingDesk(works.store, works.books.plan, dict, tuple)
    seen = frozenset({ChannelRef("C1")})

    views = [await desk.ask(AskFind(words=words, channels=seen)) for words in ("Bicycle red", "0142")]

    assert [len(view.found) for view in views if isinstance(view, FindView)] == [1, 1]


async def test_what_concerns_one_conversation_is_asked_here_too(works: Works) -> None:
    await works.books.texts("Hello")
    id = (await works.books.conversation()).id
    desk = ReadingDesk(works.store, works.books.plan, dict, tuple)
    seen = frozenset({ChannelRef("C1")})

    talk = await desk.ask(AskTalk(conversation=id, person=BEN))
    transcript = await desk.ask(AskTranscript(conversation=id, person=BEN, channels=seen))
    erasure = await desk.ask(AskErasure(conversation=id, person=BEN))

    assert isinstance(talk, TalkView)
    assert (len(talk.people), talk.is_erasable) == (1, False)
    assert isinstance(transcript, TranscriptView)
    assert [one.text for one in transcript.utterances] == ["Hello"]
    assert erasure == ErasureView(holdings=())


async def test_what_a_text_comes_to_is_said_however_busy_the_store_is(works: Works) -> None:
    desk = ReadingDesk(works.store, works.books.plan, dict, tuple)
    await works.store.aclose()

    view = await desk.ask(AskLength(did=DID, text="Hello"))

    assert isinstance(view, LengthView)
    assert view.length
    assert view.length.segments.units == 5
