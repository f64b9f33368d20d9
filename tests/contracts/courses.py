"""What the ledger promises of what people decide on a conversation: whose it is, its course, that it waits anew."""

from collections.abc import Sequence
from datetime import datetime

from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.conversation import Course
from bridge.domain.digest import Digest, OpenLine
from bridge.domain.ids import ConversationId, DigestId, EntryId, MessageId, ThreadRef
from bridge.domain.invariant import Duty
from bridge.domain.outbox import EntryChange, EntryState, Outcome, Settlement, WishKind
from bridge.ports import Ledger, Store
from tests.contracts.bench import AGENT, DID, MINUTE, entry, inbound, outbound, with_conversation
from tests.contracts.lanes import take

ANN_ID = ConversationId("ann")
DESK = "desk@example.com"


def _open_text(ledger: Ledger, now: datetime) -> None:
    """Let a text wait since an hour."""
    with_conversation(ledger, now)
    ledger.messages.save(inbound("m1", now - 60 * MINUTE))
    ledger.conversations.set_covered(ANN_ID, 0, now - 60 * MINUTE)


class Courses:
    async def test_a_conversation_is_open_and_nobodys_until_a_person_decides(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            with_conversation(ledger, now)
            seen: list[object] = []
            for course, owner in ((None, None), (Course.MUTED, AGENT), (Course.OPEN, None)):
                if course:
                    ledger.conversations.steer(ANN_ID, course, owner, now)
                    ledger.conversations.set_owner(ANN_ID, owner)
                ledger.messages.save(outbound(f"m{len(seen)}", now))
                found, in_context = ledger.conversations.get(ANN_ID), ledger.messages.in_context(MessageId("m0"))
                assert found
                assert in_context
                assert in_context[1] == found
                seen.append((found.course, found.owner, found.steered_by, found.steered_at and found.steered_at == now))
            return seen

        assert await store.transact(work) == [
            (Course.OPEN, None, None, None),
            (Course.MUTED, AGENT, AGENT, True),
            (Course.OPEN, None, None, True),
        ]

    async def test_what_waits_for_its_owner_is_found_the_longest_waiting_first_up_to_a_limit(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            waits = {"new": 1, "old": 30, "older": 60, "ownerless": 90}
            for name, minutes in waits.items():
                with_conversation(ledger, now, name)
                ledger.conversations.set_covered(ConversationId(name), 0, now - minutes * MINUTE)
                ledger.conversations.set_owner(ConversationId(name), None if name == "ownerless" else AGENT)
            with_conversation(ledger, now, "quiet")
            ledger.conversations.set_owner(ConversationId("quiet"), AGENT)
            asked = ((now - 30 * MINUTE, 9), (now - 30 * MINUTE, 1), (now - 99 * MINUTE, 9))
            return [[one.id for one in ledger.conversations.kept_waiting(*each)] for each in asked]

        assert await store.transact(work) == [["older", "old"], ["older"], []]

    async def test_what_was_reopened_waits_from_then_on(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[OpenLine]]:
            _open_text(ledger, now)
            before = ledger.messages.open_before(now - 10 * MINUTE)
            ledger.conversations.reopen(ANN_ID, now - 5 * MINUTE)
            return [before, *(ledger.messages.open_before(now - minutes * MINUTE) for minutes in (10, 5))]

        now = await store.transact(lambda ledger, now: now)
        before, too_early, after = await store.transact(work)

        assert [(line.message, line.did) for line in before] == [("m1", DID)]
        assert too_early == []
        assert [line.since >= now - 5 * MINUTE for line in after] == [True]

    async def test_a_text_that_was_reopened_is_owed_a_mail_from_then_on(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str]:
            _open_text(ledger, now)
            duty = Duty(DID, DESK, due=now - 12 * MINUTE, quiet_since=now - 12 * MINUTE)
            owed = [ledger.invariants.unmailed_text([duty])]
            for minutes in (5, 20):
                ledger.conversations.reopen(ANN_ID, now - minutes * MINUTE)
                owed.append(ledger.invariants.unmailed_text([duty]))
            return owed

        assert await store.transact(work) == ["m1", "", "m1"]

    async def test_a_renewed_message_may_be_new_in_a_later_digest_and_stays_in_the_earlier_one(
        self, store: Store
    ) -> None:
        def digest(number: int, now: datetime) -> Digest:
            id, new = DigestId(f"digest/{DESK}/{number}"), (MessageId("m1"),)
            return Digest(id=id, recipient=DESK, name="Front desk", new=new, still_open=(), frozen_at=now)

        def work(ledger: Ledger, now: datetime) -> list[object]:
            _open_text(ledger, now)
            frozen = [ledger.digests.freeze(digest(number, now)) for number in (1, 2)]
            ledger.digests.renew(MessageId("m1"))
            told = ledger.digests.memberships()
            frozen.append(ledger.digests.freeze(digest(3, now)))
            first = ledger.digests.get(DigestId(f"digest/{DESK}/1"))
            assert first
            return [frozen, told, first.new, first.still_open, ledger.invariants.text_mailed_twice()]

        assert await store.transact(work) == [[True, False, True], set(), (), ("m1",), ""]

    async def test_acknowledgements_of_one_conversation_are_lowered_and_no_others(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int | None]:
            for key, within, up_to in (("a", "ann", 9), ("b", "ann", 3), ("c", "bob", 9)):
                ledger.acknowledgements.put(
                    Acknowledgement(
                        key=key,
                        conversation=ConversationId(within),
                        post=None,
                        by=AGENT,
                        means=Means.MUTE,
                        up_to=up_to,
                        at=now,
                    )
                )
            ledger.acknowledgements.lower(ANN_ID, 5)
            found = [ledger.acknowledgements.get(key) for key in "abc"]
            return [one.up_to if one else None for one in found]

        assert await store.transact(work) == [5, 3, 9]

    async def test_a_conversation_leaves_its_thread_and_is_read_back_in_both_once_it_has_another(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            _open_text(ledger, now)
            ledger.conversations.set_thread(ANN_ID, ThreadRef("C1/1"), "https://chat.example.com/1")
            ledger.conversations.leave_thread(ANN_ID, ThreadRef("C1/1"), "https://chat.example.com/1")
            left = ledger.conversations.get(ANN_ID)
            active = [ledger.conversations.active_threads(now)]
            ledger.conversations.set_thread(ANN_ID, ThreadRef("C2/1"), "https://chat.example.com/2")
            active.append(ledger.conversations.active_threads(now))
            ledger.conversations.leave_thread(ANN_ID, None, "")
            gone = ledger.conversations.get(ANN_ID)
            assert left
            assert gone
            found = [(one.thread, one.link, one.earlier_thread, one.earlier_link) for one in (left, gone)]
            return [*found, *active]

        assert await store.transact(work) == [
            (None, "", "C1/1", "https://chat.example.com/1"),
            (None, "", None, ""),
            [],
            ["C2/1", "C1/1"],
        ]

    async def test_what_is_readdressed_goes_in_its_new_lane_at_its_place_in_the_order(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Sequence[str]]:
            for id, lane in (("a", "slack/C1:ann"), ("b", "slack/C1:ann"), ("c", "slack/C2:ann")):
                ledger.outbox.enqueue(entry(id, now, lane=lane))
            ledger.outbox.enqueue(entry("sms", now, lane="slack/C1:ann", kind=WishKind.SEND_SMS))
            seen: list[Sequence[str]] = [[one.id for one in ledger.outbox.ready((WishKind.SHOW_MESSAGE,))]]
            for id in ("b", "a"):
                ledger.outbox.readdress(EntryId(id), "slack/C2", "slack/C2:ann")
            for _ in range(3):
                (taken,) = take(ledger, now, of="slack/C2")
                seen.append([taken.id, taken.lane])
                ledger.outbox.settle(taken, Settlement(outcome=Outcome.SENT), EntryChange(state=EntryState.SENT), now)
            seen.append([one.id for one in take(ledger, now, of="slack/C1")])
            return seen

        assert await store.transact(work) == [
            ["a", "b", "c"],
            *(["a", "slack/C2:ann"], ["b", "slack/C2:ann"], ["c", "slack/C2:ann"]),
            ["sms"],
        ]

    async def test_a_first_post_that_is_made_for_a_note_opens_a_thread_too(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            with_conversation(ledger, now)
            seen = [ledger.conversations.is_opening()]
            ledger.outbox.enqueue(entry("note", now, kind=WishKind.SAY_NOTE, subject="ann"))
            take(ledger, now, of="slack/C1")
            seen.append(ledger.conversations.is_opening())
            ledger.conversations.set_thread(ANN_ID, ThreadRef("C1/1"), "")
            return [*seen, ledger.conversations.is_opening()]

        assert await store.transact(work) == [False, True, False]
