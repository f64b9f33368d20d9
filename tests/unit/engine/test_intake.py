"""A fact becomes a decision in one transaction, and only then is its sender told that we have it."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.domain.aside import Aside
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.event import (
    ButtonPressed,
    Event,
    InboundSms,
    NameGiven,
    RawEvent,
    Reaction,
    ReactionSet,
    ReplyDeleted,
    ReplyEdited,
    ReplyTurned,
    SmsComposed,
    ThreadReply,
)
from bridge.domain.ids import CarrierRef, EventKey, MessageId, PostRef, ThreadRef
from bridge.domain.outbox import Outcome, Settlement
from bridge.domain.phrase import Action
from bridge.engine import intake
from bridge.engine.intake import DurableIntake
from bridge.errors import Reason, StoreBusy, WireError
from bridge.flows import reply as reply_flow
from bridge.ports import Answer, Ledger
from tests.unit.engine.conftest import Works
from tests.unit.flows.books import ANN, BEN, DID, MINUTE, plan


def raw(key: str = "main:1", source: str = "twilio/main") -> RawEvent:
    return RawEvent(source=source, keys=(EventKey(key),), body=b"Body=Hello")


def sms(key: str = "main:1", text: str = "Hello") -> InboundSms:
    return InboundSms(key=EventKey(key), did=DID, sender=ANN, text=text)


def reply(works: Works, thread: str, key: str = "slack:1") -> ThreadReply:
    return ThreadReply(
        key=EventKey(key),
        thread=ThreadRef(thread),
        post=PostRef("C1/reply"),
        author=BEN,
        text="Yes",
        said_at=works.clock.now(),
    )


async def kept(works: Works) -> int:
    return len(await works.books.unacknowledged())


async def poisoned(works: Works) -> int:
    status = await works.books.do(lambda ledger, now: ledger.audit.status(now))
    return status.counts["poison"]


async def test_a_text_is_kept_before_its_sender_is_told(works: Works) -> None:
    assert await works.intake().accept(raw(), sms()) is Answer.ACCEPTED

    assert await kept(works) == 1


async def test_a_repetition_changes_nothing(works: Works) -> None:
    await works.intake().accept(raw(), sms())

    assert await works.intake().accept(raw(), sms()) is Answer.REPEATED

    assert await kept(works) == 1
    assert len(await works.books.takes()) == 1


async def test_the_same_text_under_another_of_its_keys_is_a_repetition(works: Works) -> None:
    both = RawEvent(source="slack", keys=(EventKey("slack:C1/1"), EventKey("slack:client-1")), body=b"")
    other = RawEvent(source="slack", keys=(EventKey("slack:client-1"),), body=b"")
    await works.intake().accept(both, sms())

    assert await works.intake().accept(other, sms("main:2")) is Answer.REPEATED


async def test_two_deliveries_of_one_text_at_the_same_moment_are_one(works: Works) -> None:
    answers = await asyncio.gather(*(works.intake().accept(raw(), sms()) for _ in range(5)))

    assert Counter(answers) == {Answer.ACCEPTED: 1, Answer.REPEATED: 4}
    assert await kept(works) == 1


async def test_what_cannot_be_read_is_kept_raw_and_told_to_the_admin(works: Works) -> None:
    assert await works.intake().accept(raw(), WireError("no Body")) is Answer.ACCEPTED

    assert await poisoned(works) == 1
    assert await works.intake().accept(raw(), WireError("no Body")) is Answer.REPEATED
    (trouble,) = await works.books.look(lambda ledger: ledger.audit.troubles())
    assert "twilio/main" in trouble.what


async def test_a_bug_of_ours_undoes_the_decision_keeps_the_request_and_logs_no_text(
    works: Works, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def halfway(ledger: Ledger, plan: object, event: Event, now: datetime) -> None:
        decide(ledger, works.books.plan, event, now)
        raise LookupError("secret words")

    decide = intake.decide_on
    monkeypatch.setattr(intake, "decide_on", halfway)

    assert await works.intake().accept(raw(), sms()) is Answer.ACCEPTED

    assert (await kept(works), await poisoned(works)) == (0, 1)
    assert caplog.messages == ["poison"]
    assert await works.books.takes() == []


async def test_of_a_decision_that_fails_twice_at_once_one_request_is_kept(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("secret words")

    monkeypatch.setattr(intake, "decide_on", fail)
    doors = works.intake()

    answers = await asyncio.gather(doors.accept(raw(), sms()), doors.accept(raw(), sms()))

    assert set(answers) == {Answer.ACCEPTED, Answer.REPEATED}
    assert await poisoned(works) == 1


@pytest.mark.parametrize(
    ("why", "told"), [(WireError("no SID"), "WireError: no SID"), (LookupError("secret words"), "LookupError")]
)
async def test_of_what_was_not_taken_the_reason_is_kept_and_of_our_own_bugs_no_words(
    works: Works, why: Exception, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise why

    monkeypatch.setattr(intake, "decide_on", fail)

    await works.intake().accept(raw(), why if isinstance(why, WireError) else sms())

    with closing(sqlite3.connect(tmp_path / "bridge.db")) as file:
        assert file.execute("SELECT poison FROM sighting").fetchall() == [(told,)]


class _Hanging:
    """A store that takes nothing, or refuses."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.is_asked = asyncio.Event()

    async def transact(self, work: Callable[[Ledger, datetime], Any]) -> Any:
        self.is_asked.set()
        if self.error:
            raise self.error
        await asyncio.Event().wait()

    def park(self, work: Callable[[Ledger, datetime], Any]) -> Any: ...

    async def room(self) -> None: ...

    async def aclose(self) -> None: ...


@pytest.mark.parametrize("error", [None, StoreBusy("locked")], ids=["hangs", "refuses"])
async def test_a_store_that_does_not_take_it_in_time_is_busy_and_marks_the_source(
    works: Works, error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=1.5) == intake.PATIENCE
    monkeypatch.setattr(intake, "PATIENCE", timedelta(milliseconds=1))
    refused: list[str] = []
    busy = DurableIntake(_Hanging(error), works.books.plan, works.missed.append, refused.append)

    assert await busy.accept(raw(), sms()) is Answer.BUSY

    assert works.missed == ["twilio/main"]
    assert refused == [str(error or "")]


async def test_every_kind_of_fact_reaches_its_decision(works: Works) -> None:
    books, doors = works.books, works.intake()
    await doors.accept(raw(), sms())
    await books.goes_out()
    works.clock.forward(MINUTE)
    root, talk, now = await books.root(), await books.conversation(), works.clock.now()
    receipt = DeliveryReceipt(
        key=EventKey("r"), token=None, ref=CarrierRef("SM1"), status=DeliveryStatus.SENT, detail="", at=None
    )
    button = ButtonPressed(key=EventKey("b"), action=Action.ACKNOWLEDGE, value=talk.id, person=BEN, at=now)
    reaction = Reaction(post=PostRef(root), person=BEN, emoji="eyes", is_set=True, at=now)

    await doors.accept(raw("react"), reaction)
    after_reaction = await kept(works)
    await doors.accept(raw("set"), ReactionSet(post=PostRef(root), present=frozenset(), at=now + MINUTE))
    after_set = await kept(works)
    await doors.accept(raw("press"), button)
    after_button = await kept(works)
    await doors.accept(raw("reply"), reply(works, root))
    await doors.accept(raw("receipt"), receipt)
    told = await doors.accept(raw("name"), NameGiven(key=EventKey("n"), address=ANN, name="Ann Moss", person=BEN))

    assert isinstance(told, Aside)
    assert (after_reaction, after_set, after_button) == (0, 1, 0)
    assert await books.sendings("slack:1")
    assert await books.look(lambda ledger: ledger.receipts.claim(CarrierRef("SM1"))) == [receipt]
    assert await poisoned(works) == 0


async def test_of_a_reply_in_somebody_elses_thread_nothing_is_kept(works: Works) -> None:
    await works.intake().accept(raw(), sms())
    await works.books.goes_out()

    assert await works.intake().accept(raw("slack:1"), reply(works, "C1/other")) is Answer.ACCEPTED

    assert await works.books.look(lambda ledger: ledger.messages.get(MessageId("slack:1"))) is None
    assert await works.intake().accept(raw("slack:1"), sms("main:2")) is Answer.ACCEPTED


async def test_a_reply_that_overtakes_the_answer_to_our_post_is_to_come_again_and_is_taken_then(works: Works) -> None:
    await works.intake().accept(raw(), sms())
    (opening,) = await works.books.takes()
    early = await works.intake().accept(raw("slack:1"), reply(works, "C1/first"))
    shown = Settlement(outcome=Outcome.SENT, ref="C1/first", posted_at=works.clock.now())
    await works.books.settles(opening, shown)

    again = await works.intake().accept(raw("slack:1"), reply(works, "C1/first"))

    assert (early, again) == (Answer.BUSY, Answer.ACCEPTED)
    await works.books.goes_out()
    assert works.books.sms() == ["Yes"]


async def test_an_acknowledgement_that_overtakes_the_answer_to_our_post_is_to_be_repeated(works: Works) -> None:
    await works.intake().accept(raw(), sms())
    await works.books.takes()
    talk = await works.books.conversation()
    press = ButtonPressed(
        key=EventKey("press:1"), action=Action.ACKNOWLEDGE, value=talk.id, person=BEN, post=None, at=works.clock.now()
    )

    assert await works.intake().accept(raw("press:1", "slack"), press) is Answer.BUSY

    assert works.missed == ["slack"]
    assert await kept(works) == 1


async def test_a_reply_that_is_to_come_again_marks_its_source_like_every_busy_answer(works: Works) -> None:
    await works.intake().accept(raw(), sms())
    await works.books.takes()

    await works.intake().accept(raw("slack:1", "slack"), reply(works, "C1/first"))

    assert works.missed == ["slack"]


async def test_a_first_post_of_which_another_daemon_tells_between_two_questions_makes_its_thread_ours(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    await works.intake().accept(raw(), sms())
    await works.books.goes_out()
    answers, is_ours = iter((False,)), reply_flow.is_ours
    monkeypatch.setattr(reply_flow, "is_ours", lambda ledger, event: next(answers, is_ours(ledger, event)))

    answer = await works.intake().accept(raw("slack:1"), reply(works, await works.books.root()))

    assert answer is Answer.ACCEPTED
    assert await works.books.sendings("slack:1")


async def test_what_people_change_and_delete_in_other_threads_is_not_kept(works: Works) -> None:
    await works.intake().accept(raw(), sms())
    await works.books.goes_out()
    other = reply(works, "C1/other")
    edited = ReplyEdited(key=EventKey("edit:1"), reply=other)
    deleted = ReplyDeleted(key=EventKey("delete:1"), reply=other.key, thread=other.thread)

    for fact in (edited, deleted):
        assert await works.intake().accept(raw(fact.key), fact) is Answer.ACCEPTED
        assert await works.intake().accept(raw(fact.key), fact) is Answer.ACCEPTED  # it was not kept

    assert works.missed == []


async def test_a_change_that_overtakes_its_reply_is_to_come_again(works: Works) -> None:
    await works.intake().accept(raw(), sms())
    await works.books.goes_out()
    edited = ReplyEdited(key=EventKey("edit:1"), reply=reply(works, await works.books.root()))

    assert await works.intake().accept(raw("edit:1", "slack"), edited) is Answer.BUSY
    assert works.missed == ["slack"]


async def test_whoever_answers_edits_deletes_turns_and_writes_hears_of_it(works: Works) -> None:
    works.books.plan = plan(hold=MINUTE, offers_undo=True)
    await works.intake().accept(raw(), sms())
    await works.books.goes_out()
    said = reply(works, await works.books.root())
    edited = ReplyEdited(key=EventKey("edit:1"), reply=replace(said, text="No"))
    now = works.clock.now()
    turned = ReplyTurned(key=EventKey("turn:1"), reply=said, person=BEN, is_note=True, at=now)
    new = SmsComposed(
        key=EventKey("f:1"), form=EventKey("f"), did=DID, to=(), text="Hi", person=BEN, channels=frozenset()
    )

    told = [await works.intake().accept(raw(fact.key), fact) for fact in (said, edited, turned, new)]
    deleted = ReplyDeleted(key=EventKey("delete:1"), reply=said.key, thread=said.thread)
    gone = await works.intake().accept(raw("delete:1"), deleted)

    assert [type(one) for one in told] == [Aside] * 4
    assert gone is Answer.ACCEPTED
    kept_of_it = await works.books.message(said.key)
    assert (kept_of_it.text, kept_of_it.refusal) == ("No", Reason.NOTE)
