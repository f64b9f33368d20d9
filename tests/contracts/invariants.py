"""What the ledger finds where it is not as it must be: each invariant is broken once, and well kept beside that."""

from datetime import datetime

from bridge.domain.digest import Digest
from bridge.domain.ids import ConversationId, DigestId, EntryId, MessageId, PostRef
from bridge.domain.invariant import Duty
from bridge.domain.message import Post
from bridge.domain.outbox import Claim, EntryChange, EntryState, Outcome, Settlement, WishKind
from bridge.domain.phone import PhoneNumber
from bridge.ports import Ledger, Store
from tests.contracts.bench import DID, MINUTE, OTHER_DID, Bench, entry, inbound, request, with_conversation
from tests.contracts.lanes import take

ANN_ID = ConversationId("ann")
DESK = "desk@example.com"
LINE = "main/+14155550100"


def _text(ledger: Ledger, now: datetime, id: str = "m1", *, shown: EntryState | None = EntryState.READY) -> int:
    """Let a text have come long ago, with an entry that is to show it."""
    if ledger.conversations.get(ANN_ID) is None:
        with_conversation(ledger, now)
    position = ledger.messages.save(inbound(id, now - 60 * MINUTE))
    if shown:
        ledger.outbox.enqueue(entry(f"{id}/show/0", now, lane=f"slack/C1:{id}", subject=id))
        if shown is not EntryState.READY:
            ledger.outbox.alter(EntryId(f"{id}/show/0"), EntryChange(state=shown))
    return position


def _digest(now: datetime, *new: str, to: str = DESK, number: int = 1) -> Digest:
    return Digest(
        id=DigestId(f"digest/{to}/{number}"),
        recipient=to,
        name="Front desk",
        new=tuple(map(MessageId, new)),
        still_open=(),
        frozen_at=now,
    )


def _sent(
    ledger: Ledger, now: datetime, id: str, ref: str, *, lane: str = LINE, outcome: Outcome = Outcome.SENT
) -> None:
    """Let an SMS have gone out under this reference."""
    ledger.outbox.enqueue(entry(id, now, lane=f"{lane}:{id}", kind=WishKind.SEND_SMS))
    (taken,) = take(ledger, now, of=lane)
    change = EntryChange(state=EntryState.SENT, ref=ref)
    ledger.outbox.settle(taken, Settlement(outcome=outcome, ref=ref), change, now)


class Invariants:
    async def test_an_empty_house_violates_nothing(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            asked = ledger.invariants
            return [
                asked.unseen_request(),
                asked.unasked_attempt(now),
                asked.untaken_entry(now),
                asked.stuck_lane(),
                asked.unshown_text(now),
                asked.unmailed_text([Duty(DID, DESK, now, now)]),
                asked.unmailed_text([]),
                asked.text_mailed_twice(),
                asked.sent_without_reference(),
                asked.reference_twice(),
            ]

        assert not any(await store.transact(work))

    async def test_a_request_that_could_not_be_used_is_unseen_until_a_trouble_tells_of_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            raw = request("a")
            ledger.sightings.first(raw, now)
            seen = [ledger.invariants.unseen_request()]
            ledger.sightings.poison(raw.keys[0], "unreadable")
            seen.append(ledger.invariants.unseen_request())
            for key in ("poison/twilio/main", "unknown-did/+14155550177"):
                ledger.audit.note(key, "It came.", now)
                seen.append(ledger.invariants.unseen_request())
                ledger.audit.clear(key)
            return seen

        assert await store.transact(work) == ["", "twilio/main", "", ""]

    async def test_an_attempt_is_unasked_once_it_could_have_been_asked_about_for_long(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            ledger.outbox.enqueue(entry("a", now))
            ledger.outbox.take([Claim("slack/C1", 1, now + MINUTE)], "me", now)
            return [ledger.invariants.unasked_attempt(now + minutes * MINUTE) for minutes in (0, 1, 2)]

        assert await store.transact(work) == ["", "", "token of a"]

    async def test_an_entry_is_untaken_where_it_was_due_long_ago_and_no_trouble_tells_why(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            ledger.outbox.enqueue(entry("a", now))
            ledger.outbox.enqueue(entry("behind a", now - 60 * MINUTE))
            ask = ledger.invariants.untaken_entry
            seen = [ask(now), ask(now + MINUTE)]
            for key in ("blocked/slack/C1", "waiting/slack/C1", "blocked/slack/C2"):
                ledger.audit.note(key, "It waits.", now)
                seen.append(ask(now + MINUTE))
                ledger.audit.clear(key)
            return seen

        assert await store.transact(work) == ["", "token of a", "", "", "token of a"]

    async def test_a_lane_is_stuck_where_its_first_entry_may_not_be_taken_though_nothing_is_under_way(
        self, bench: Bench, store: Store
    ) -> None:
        def fill(ledger: Ledger, now: datetime) -> None:
            for id, lane in (("a", "x"), ("b", "x"), ("c", "tried"), ("d", "tried"), ("e", "asked"), ("f", "asked")):
                ledger.outbox.enqueue(entry(id, now, lane=f"slack/{lane}:1"))
            for lane in ("tried", "asked"):
                take(ledger, now, of=f"slack/{lane}")
            ledger.outbox.alter(EntryId("e"), EntryChange(state=EntryState.ASKED))

        await store.transact(fill)
        well = await store.transact(lambda ledger, now: ledger.invariants.stuck_lane())
        bench.tamper("UPDATE entry SET is_free = false WHERE id = 'a'")

        assert well == ""
        assert await store.transact(lambda ledger, now: ledger.invariants.stuck_lane()) == "token of a"

    async def test_a_text_is_unshown_without_a_post_or_an_entry_that_will_make_one(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            def ask() -> str:
                return ledger.invariants.unshown_text(now - MINUTE)

            position = _text(ledger, now, shown=None)
            seen = [ask(), ledger.invariants.unshown_text(now - 60 * MINUTE)]
            ledger.posts.save(Post(ref=PostRef("C1/1"), conversation=ANN_ID, up_to=position, posted_at=now))
            seen.append(ask())
            _text(ledger, now, "m2")
            seen.append(ask())
            position = _text(ledger, now, "m3", shown=EntryState.CANCELLED)
            seen.append(ask())
            ledger.messages.cover(ANN_ID, position)
            return [*seen, ask()]

        assert await store.transact(work) == ["m1", "", "", "", "m3", ""]

    async def test_a_text_that_cannot_be_shown_is_unshown_until_a_trouble_tells_of_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            _text(ledger, now, shown=EntryState.FAILED)
            seen = [ledger.invariants.unshown_text(now)]
            for key in ("not-shown/token of m1/show/0", "broken/token of m1/show/0", "not-shown/another"):
                ledger.audit.note(key, "It is refused.", now)
                seen.append(ledger.invariants.unshown_text(now))
                ledger.audit.clear(key)
            return seen

        assert await store.transact(work) == ["m1", "", "", "m1"]

    async def test_a_text_is_unmailed_where_it_is_in_no_digest_to_somebody_who_must_be_told(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            def ask(did: PhoneNumber = DID, to: str = DESK, due: int = 0, quiet: int = 0) -> str:
                duty = Duty(did, to, now - due * MINUTE, now - quiet * MINUTE)
                return ledger.invariants.unmailed_text([Duty(OTHER_DID, "x@example.com", now, now), duty])

            _text(ledger, now)
            seen = [ask(), ask(OTHER_DID), ask(due=61)]
            ledger.digests.freeze(_digest(now - 30 * MINUTE, "m1"))
            seen += [ask(), ask(to="boss@example.com")]
            _text(ledger, now, "m2")
            return [*seen, ask(quiet=20), ask(quiet=40)]

        assert await store.transact(work) == ["m1", "", "", "", "m1", "m2", ""]

    async def test_a_text_that_is_new_in_two_digests_to_one_person_is_found(self, bench: Bench, store: Store) -> None:
        def fill(ledger: Ledger, now: datetime) -> None:
            _text(ledger, now)
            ledger.digests.freeze(_digest(now, "m1"))
            ledger.digests.freeze(_digest(now, "m1", to="boss@example.com"))
            ledger.digests.freeze(_digest(now, number=2))

        await store.transact(fill)
        well = await store.transact(lambda ledger, now: ledger.invariants.text_mailed_twice())
        bench.tamper(
            "DROP INDEX digest_member_new",
            "INSERT INTO digest_member (digest, place, recipient, message, is_new)"
            " SELECT id, 0, recipient, 'm1', true FROM digest WHERE id LIKE '%desk%/2'",
        )

        assert well == ""
        assert await store.transact(lambda ledger, now: ledger.invariants.text_mailed_twice()) == "m1"

    async def test_what_was_sent_has_a_reference_but_for_what_a_person_says_has_arrived(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            _sent(ledger, now, "with", "SM1")
            seen = [ledger.invariants.sent_without_reference()]
            _sent(ledger, now, "arrived", "", outcome=Outcome.UNCERTAIN)
            seen.append(ledger.invariants.sent_without_reference())
            _sent(ledger, now, "without", "")
            return [*seen, ledger.invariants.sent_without_reference()]

        assert await store.transact(work) == ["", "", "token of without"]

    async def test_a_post_that_was_answered_without_its_name_is_found(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            for id, kind in (("card", WishKind.AMEND_CARD), ("show", WishKind.SHOW_MESSAGE)):
                ledger.outbox.enqueue(entry(id, now, kind=kind))
                (taken,) = take(ledger, now)
                ledger.outbox.settle(taken, Settlement(outcome=Outcome.SENT), EntryChange(state=EntryState.SENT), now)
            return [ledger.invariants.sent_without_reference()]

        assert await store.transact(work) == ["token of show"]

    async def test_a_reference_that_two_texts_of_ours_have_is_found(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            _sent(ledger, now, "a", "SM1")
            _sent(ledger, now, "b", "SM2")
            _sent(ledger, now, "c", "")
            _sent(ledger, now, "d", "")
            seen = [ledger.invariants.reference_twice()]
            _sent(ledger, now, "e", "SM2")
            return [*seen, ledger.invariants.reference_twice()]

        well, twice = await store.transact(work)

        assert well == ""
        assert twice in ("token of b", "token of e")
