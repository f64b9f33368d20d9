"""What forgetting promises: the words and the pictures are really gone, the names and the threads stay."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bridge.domain.conversation import Conversation
from bridge.domain.ids import ConversationId, EntryId, EventKey, MediaRef, MessageId, ThreadRef
from bridge.domain.message import Attachment, Media, MediaState
from bridge.domain.outbox import EntryState, OutboxEntry, WishKind
from bridge.ports import Ledger, Store
from tests.contracts.bench import (
    DID,
    MINUTE,
    OTHER_DID,
    Bench,
    conversation,
    entry,
    inbound,
    request,
    with_conversation,
)
from tests.contracts.lanes import settle, take

DAY = timedelta(days=1)
M1 = MessageId("m1")


def _picture(digest: str, content: bytes = b"\xff\xd8\xff picture") -> Media:
    return Media(digest=digest, type="image/jpeg", content=content)


def _attach(ledger: Ledger, message: MessageId, digest: str, number: int = 1) -> None:
    ledger.messages.attach(
        Attachment(
            message=message,
            number=number,
            ref=MediaRef("https://media.example.com/1"),
            name="holiday.jpg",
            type="image/jpeg",
            size=9,
            state=MediaState.KEPT,
            digest=digest,
        )
    )


class Retention:
    # --- Files --------------------------------------------------------------------------------------------------------

    async def test_a_file_is_kept_under_its_digest_once(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Media | None]:
            for _ in range(2):
                ledger.media.keep(_picture("d1"), now)
            return [ledger.media.get("d1"), ledger.media.get("d2")]

        assert await store.transact(work) == [_picture("d1"), None]

    async def test_a_file_may_be_fetched_under_its_token_until_the_moment_it_was_granted_to(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Media | None]:
            ledger.media.keep(_picture("d1"), now)
            ledger.media.grant("token", "d1", now + MINUTE)
            granted = ledger.media.granted
            return [granted("token", now), granted("other", now), granted("token", now + MINUTE)]

        assert await store.transact(work) == [_picture("d1"), None, None]

    async def test_a_grant_that_is_given_again_lasts_until_the_later_moment_named(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> Media | None:
            ledger.media.keep(_picture("d1"), now)
            for minutes in (1, 5):
                ledger.media.grant("token", "d1", now + minutes * MINUTE)
            return ledger.media.granted("token", now + 3 * MINUTE)

        assert await store.transact(work) == _picture("d1")

    async def test_files_that_no_attachment_refers_to_are_dropped_and_so_are_expired_grants(
        self, bench: Bench, store: Store
    ) -> None:
        def begin(ledger: Ledger, now: datetime) -> None:
            with_conversation(ledger, now)
            ledger.messages.save(inbound("m1", now))
            for digest in ("wanted", "unwanted"):
                ledger.media.keep(_picture(digest), now)
                ledger.media.grant(f"short {digest}", digest, now + MINUTE)
                ledger.media.grant(f"long {digest}", digest, now + DAY)
            _attach(ledger, M1, "wanted")

        def later(ledger: Ledger, now: datetime) -> list[bool]:
            ledger.media.forget()
            kept = [ledger.media.get(digest) is not None for digest in ("wanted", "unwanted")]
            tokens = ("short wanted", "long wanted", "long unwanted")
            return kept + [ledger.media.granted(token, now - 5 * MINUTE) is not None for token in tokens]

        await store.transact(begin)
        bench.clock.forward(5 * MINUTE)

        assert await store.transact(later) == [True, False, False, True, False]

    # --- Messages and requests ----------------------------------------------------------------------------------------

    async def test_messages_of_one_number_from_before_a_moment_lose_their_words_and_files_some_at_a_time(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[int], dict[str, str]]:
            with_conversation(ledger, now)
            ledger.conversations.open(conversation("other", now, did=OTHER_DID))
            for name, age, within in (("a", 3, "ann"), ("b", 2, "ann"), ("c", 1, "ann"), ("d", 3, "other")):
                ledger.messages.save(inbound(name, now - age * DAY, within=within, text=f"words of {name}"))
            counts = [ledger.messages.forget(DID, now - DAY, limit) for limit in (1, 5, 5)]
            found = {name: ledger.messages.get(MessageId(name)) for name in "abcd"}
            return counts, {name: each.text for name, each in found.items() if each}

        counts, texts = await store.transact(work)

        assert counts == [1, 1, 0]
        assert texts == {"a": "", "b": "", "c": "words of c", "d": "words of d"}

    async def test_of_a_forgotten_message_its_conversation_its_thread_and_its_place_stay(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[Conversation | None, list[str], tuple[Attachment, ...]]:
            with_conversation(ledger, now, thread="C1/1")
            position = ledger.messages.save(inbound("m1", now - DAY))
            ledger.media.keep(_picture("d1"), now)
            _attach(ledger, M1, "d1")
            ledger.messages.forget(DID, now, 9)
            forgotten = ledger.messages.at(position)
            assert forgotten is not None
            assert (forgotten.id, forgotten.conversation, forgotten.is_kept) == (M1, ConversationId("ann"), False)
            threads = ledger.conversations.active_threads(now - 2 * DAY)
            shown = ledger.conversations.shown_in(ThreadRef("C1/1"))
            return shown, [str(thread) for thread in threads], ledger.messages.attachments(M1)

        shown, threads, (attachment,) = await store.transact(work)

        assert shown is not None
        assert threads == ["C1/1"]
        assert (attachment.state, attachment.digest, attachment.name) == (MediaState.FORGOTTEN, "", "")

    async def test_a_forgotten_request_leaves_its_keys_so_that_it_stays_a_repeat(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[int], list[bool], int]:
            for name, age in (("a", 3), ("b", 2), ("c", 1)):
                ledger.sightings.first(request(name, f"{name}'"), now - age * DAY)
            ledger.sightings.poison(EventKey("a"), "cannot be read")
            counts = [ledger.sightings.forget(now - DAY, limit) for limit in (1, 5, 5)]
            repeats = [ledger.sightings.first(request(key), now) for key in ("a", "a'", "b", "b'", "c")]
            return counts, repeats, ledger.audit.status(now).counts["poison"]

        assert await store.transact(work) == ([1, 1, 0], [False] * 5, 0)

    # --- The outbox ---------------------------------------------------------------------------------------------------

    async def test_finished_entries_are_dropped_some_at_a_time_and_unfinished_ones_stay(
        self, bench: Bench, store: Store
    ) -> None:
        def begin(ledger: Ledger, now: datetime) -> None:
            states = (EntryState.SENT, EntryState.FAILED, EntryState.CANCELLED, EntryState.ASKED, EntryState.READY)
            for state in states:
                ledger.outbox.enqueue(entry(state, now, lane=f"slack/C1:{state}"))
            ledger.outbox.enqueue(entry("held", now, state=EntryState.HELD))
            for taken, state in zip(take(ledger, now), states, strict=True):
                settle(ledger, taken, state, now)

        def later(ledger: Ledger, now: datetime) -> tuple[list[int], list[EntryState]]:
            counts = [ledger.outbox.forget(now - DAY, limit) for limit in (2, 9, 9)]
            return counts, [state for state in EntryState if ledger.outbox.get(EntryId(state))]

        await store.transact(begin)
        early = await store.transact(lambda ledger, now: ledger.outbox.forget(now, 9))
        bench.clock.forward(DAY + MINUTE)

        assert early == 0
        assert await store.transact(later) == ([2, 1, 0], ["ready", "asked", "held"])

    async def test_an_sms_that_went_out_is_never_wished_again_however_long_ago(
        self, bench: Bench, store: Store
    ) -> None:
        def send(ledger: Ledger, now: datetime) -> bool:
            is_new = ledger.outbox.enqueue(entry("m1/sms", now, kind=WishKind.SEND_SMS))
            for taken in take(ledger, now):
                settle(ledger, taken, EntryState.SENT, now)
            return is_new

        first = await store.transact(send)
        bench.clock.forward(365 * DAY)
        forgotten = [await store.transact(lambda ledger, now: ledger.outbox.forget(now, 9)) for _ in range(2)]

        assert (first, forgotten) == (True, [1, 0])
        assert not await store.transact(send)

    # --- On disk ------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("is_forgotten", [True, False])
    async def test_what_was_forgotten_is_nowhere_on_disk(self, bench: Bench, is_forgotten: bool) -> None:
        secrets = [b"SECRETWORDS", b"SECRETREQUEST", b"SECRETPICTURE", b"SECRETNOTE", b"SECRETLONGTEXT"]

        def keep(ledger: Ledger, now: datetime) -> None:
            with_conversation(ledger, now)
            ledger.sightings.first(request("a", body=b"SECRETREQUEST" * 200), now)
            ledger.messages.save(inbound("m1", now, text="SECRETWORDS"))
            ledger.messages.save(inbound("m2", now, text="SECRETLONGTEXT" * 2000))
            ledger.media.keep(_picture("d1", b"\xff\xd8\xff" + b"SECRETPICTURE" * 9000), now)
            _attach(ledger, M1, "d1")
            ledger.outbox.enqueue(_note(now))
            for taken in take(ledger, now):
                settle(ledger, taken, EntryState.SENT, now)

        def forget(ledger: Ledger, now: datetime) -> None:
            for forgotten in (
                ledger.messages.forget(DID, now, 99),
                ledger.sightings.forget(now, 99),
                ledger.outbox.forget(now, 99),
            ):
                assert forgotten
            ledger.media.forget()

        store = await bench.open()
        await store.transact(keep)
        bench.clock.forward(DAY)
        if is_forgotten:
            await store.transact(forget)
        await store.aclose()

        on_disk = bench.octets()
        assert [secret in on_disk for secret in secrets] == [not is_forgotten] * len(secrets)


def _note(now: datetime) -> OutboxEntry:
    return replace(entry("note", now, kind=WishKind.SAY_NOTE), detail='{"text": "SECRETNOTE"}')
