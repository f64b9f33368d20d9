"""What the ledger promises of erasures: all about somebody is found and blanked, and nothing about anybody else."""

from datetime import datetime, timedelta

from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.erasure import Erasure, Stage
from bridge.domain.ids import (
    ChannelRef,
    ConversationId,
    EntryId,
    EventKey,
    MediaRef,
    MessageId,
    PostRef,
    ThreadRef,
)
from bridge.domain.message import Attachment, Media, MediaState, Message, Post
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, WishKind
from bridge.domain.phone import SenderName
from bridge.domain.toll import Cap, Toll
from bridge.ports import Ledger, Store
from tests.contracts.bench import (
    AGENT,
    ANN,
    BOB,
    MINUTE,
    Bench,
    conversation,
    entry,
    inbound,
    outbound,
    request,
    with_conversation,
)

E1 = EventKey("form/1")
ANNS, BOBS = ConversationId("ann"), ConversationId("bob")


def erasure(now: datetime, id: str = E1, **more: object) -> Erasure:
    usual = Erasure(id=EventKey(id), address=ANN, ending="0110", channel=ChannelRef("C1"), by=AGENT, ordered_at=now)
    return usual if not more else Erasure(**{**{name: getattr(usual, name) for name in usual.__slots__}, **more})


def begun(ledger: Ledger, now: datetime) -> None:
    """Two conversations with a thread and two texts each; that with Ann is to go."""
    for id, person in (("ann", ANN), ("bob", BOB)):
        ledger.conversations.open(conversation(id, now, person))
        ledger.conversations.set_thread(ConversationId(id), ThreadRef(f"C1/{id}"), f"https://chat.example.com/{id}")
        ledger.messages.save(inbound(f"{id} in", now, within=id, author=person, text=f"words from {id}"))
        ledger.messages.save(outbound(f"{id} out", now, within=id, text=f"words to {id}"))
    ledger.erasures.begin(erasure(now), [ANNS])


class Erasures:
    async def test_an_order_is_kept_and_its_conversations_bear_it(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            begun(ledger, now)
            talks = [ledger.conversations.get(id) for id in (ANNS, BOBS)]
            kept = ledger.erasures.get(E1), ledger.erasures.get(EventKey("form/2"))
            return [*kept, *(talk and talk.is_erased for talk in talks), ledger.erasures.conversations(E1), now]

        *found, now = await store.transact(work)

        assert isinstance(now, datetime)
        assert found == [erasure(now), None, True, False, [ANNS]]

    async def test_the_first_that_was_ordered_is_under_way_until_it_is_done(self, bench: Bench, store: Store) -> None:
        def order(ledger: Ledger, now: datetime) -> None:
            ledger.erasures.begin(erasure(now - MINUTE * len(ledger.erasures.conversations(E1)), "later"), [])

        def look(ledger: Ledger, now: datetime) -> list[EventKey | None]:
            found = []
            for _ in range(3):
                first = ledger.erasures.under_way()
                found.append(first.id if first else None)
                if first:
                    done = erasure(
                        now, first.id, address=None, stage=Stage.DONE, texts=3, files=2, posts=1, remaining=4
                    )
                    ledger.erasures.put(done)
                    kept = ledger.erasures.get(first.id)
                    assert kept
                    assert (kept.address, kept.stage, kept.texts, kept.files) == (None, Stage.DONE, 3, 2)
                    assert (kept.posts, kept.remaining, kept.ending) == (1, 4, "0110")
            return found

        await store.transact(lambda ledger, now: ledger.erasures.begin(erasure(now, "first"), []))
        bench.clock.forward(MINUTE)
        await store.transact(order)

        assert await store.transact(look) == ["first", "later", None]

    async def test_messages_are_read_in_their_order_some_at_a_time(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[MessageId]]:
            ledger.conversations.open(conversation("ann", now))
            ledger.conversations.open(conversation("bob", now, BOB))
            positions = []
            for number in range(3):
                positions.append(ledger.messages.save(inbound(f"in {number}", now)))
                ledger.messages.save(inbound(f"of bob {number}", now, within="bob", author=BOB))
                ledger.messages.save(outbound(f"out {number}", now))
            ledger.messages.cover(ANNS, positions[1])
            pages, after = [], 0
            while page := ledger.messages.after(ANNS, after, 4):
                pages.append([one.id for one in page])
                after = page[-1].position
            return pages

        assert await store.transact(work) == [["in 0", "out 0", "in 1", "out 1"], ["in 2", "out 2"]]

    async def test_erased_messages_lose_their_words_their_files_and_who_wrote_them(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[int, list[Message | None], tuple[Attachment, ...]]:
            begun(ledger, now)
            ledger.media.keep(Media(digest="d1", type="image/jpeg", content=b"\xff\xd8\xff"), now)
            for number, state in ((1, MediaState.KEPT), (2, MediaState.FORGOTTEN)):
                ledger.messages.attach(_file(number, state))
            ledger.search.index(10)
            positions = [one.position for one in ledger.messages.after(ANNS, 0, 10)]
            files = ledger.messages.erase(positions)
            while ledger.search.overwrite():
                pass
            assert [one.id for one, _ in ledger.search.indexed(["words"], None, 10)] == ["bob out", "bob in"]
            found = [ledger.messages.get(MessageId(id)) for id in ("ann in", "ann out", "bob in")]
            return files, found, ledger.messages.attachments(MessageId("ann in"))

        files, (came, went, bobs), attachments = await store.transact(work)

        assert files == 1
        assert came
        assert went
        assert bobs
        assert (came.text, came.author, came.is_kept) == ("", SenderName(""), False)
        assert (went.text, went.author, went.is_kept) == ("", AGENT, False)
        assert (bobs.text, bobs.author) == ("words from bob", BOB)
        assert [(one.name, one.ref, one.state) for one in attachments] == [("", "", MediaState.FORGOTTEN)] * 2

    async def test_requests_are_blanked_by_their_keys_and_by_what_stands_in_them(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            for key, body in (("k1", b"From=1"), ("k2", b"To=%2B12125550110"), ("k3", "née".encode()), ("k4", b"else")):
                ledger.sightings.first(request(key, f"{key} again", body=body), now)
            ledger.sightings.blank([EventKey("k1 again"), EventKey("never met")])
            reached, after = [], 0
            while (place := ledger.sightings.blank_naming(["12125550110", "née"], after, 3)) is not None:
                reached.append(place > after)
                after = place
            again = [ledger.sightings.first(request(key), now) for key in ("k1", "k2", "k3", "k4")]
            return [reached, again, ledger.sightings.forget(now + MINUTE, 10)]

        assert await store.transact(work) == [[True, True], [False] * 4, 1]

    async def test_only_the_request_of_a_key_is_blanked_whatever_else_bears_that_name(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            with_conversation(ledger, now)
            for key in ("k1", "k2", "k3"):
                ledger.sightings.first(request(key, body=b"words"), now)
            ledger.messages.save(inbound("m1", now))  # the first of its kind, as k1 is of its own
            ledger.outbox.enqueue(entry("e1", now))
            ledger.sightings.blank([EventKey("m1"), EventKey("e1"), EventKey("never met")])
            ledger.sightings.poison(EventKey("k2"), "cannot be read")
            poison = ledger.audit.status(now).counts["poison"]
            ledger.sightings.blank([EventKey("k2")])
            left = ledger.audit.status(now).counts["poison"]
            return [poison, left, ledger.sightings.forget(now + MINUTE, 9)]

        assert await store.transact(work) == [1, 0, 2]

    async def test_only_requests_of_the_stretch_that_hold_one_of_the_words_are_blanked(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int | None]:
            for number, word in enumerate(("ann", "ann", "bob", "ann", "ann"), 1):
                ledger.sightings.first(request(f"k{number}", body=f"From={word}".encode()), now)
            ledger.sightings.poison(EventKey("k2"), "cannot be read")
            reached = [
                ledger.sightings.blank_naming(["ann", "nobody"], 1, 3),
                ledger.sightings.blank_naming(["x"], 9, 3),
            ]
            poison = ledger.audit.status(now).counts["poison"]
            return [*reached, poison, ledger.sightings.forget(now + MINUTE, 9)]

        assert await store.transact(work) == [4, None, 0, 3]

    async def test_without_words_nothing_is_blanked(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int | None]:
            ledger.sightings.first(request("k1", body=b"From=1"), now)
            reached = [ledger.sightings.blank_naming([], 0, 3), ledger.sightings.blank_naming(["From=2"], 0, 3)]
            return [*reached, ledger.sightings.forget(now + MINUTE, 9)]

        assert await store.transact(work) == [1, 1, 1]

    async def test_unfinished_wishes_about_its_conversations_are_found_whatever_they_name(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> set[str]:
            begun(ledger, now)
            _with_wishes(ledger, now)
            return {one.id for one in ledger.erasures.unfinished(E1, 20)}

        assert await store.transact(work) == {
            "show ann in",
            "sms of ann",
            "held of ann",
            "say ann",
            "amend note of ann",
        }

    async def test_finished_wishes_are_dropped_of_an_sms_the_name_stays(self, store: Store) -> None:
        def begin(ledger: Ledger, now: datetime) -> None:
            begun(ledger, now)
            _with_wishes(ledger, now)

        def finish(ledger: Ledger, now: datetime) -> tuple[list[bool], str]:
            for name in ("show ann in", "sms of ann", "say ann", "amend note of ann", "show bob in"):
                done = EntryChange(state=EntryState.SENT, detail=f"what was said to {ANN.value}")
                ledger.outbox.alter(EntryId(name), done)
            after = 0
            while (place := ledger.erasures.forget_entries(E1, after, 2)) is not None:
                after = place
            names = ("show ann in", "sms of ann", "held of ann", "say ann", "amend note of ann", "show bob in")
            kept = [ledger.outbox.get(EntryId(name)) is not None for name in names]
            sms = ledger.outbox.get(EntryId("sms of ann"))
            assert sms
            assert not ledger.outbox.enqueue(sms)
            return kept, sms.detail

        await store.transact(begin)

        kept, detail = await store.transact(finish)

        assert kept == [False, True, True, False, False, True]
        assert detail == ""

    async def test_who_took_part_where_and_who_took_it_on_is_blanked(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[object]:
            begun(ledger, now)
            for id in (ANNS, BOBS):
                ledger.conversations.set_owner(id, AGENT)
                ledger.acknowledgements.put(
                    Acknowledgement(
                        key=f"of {id}", conversation=id, post=None, by=AGENT, means=Means.REPLY, up_to=1, at=now
                    )
                )
            ledger.erasures.blank(E1)
            talk = ledger.conversations.get(ANNS)
            assert talk
            found = [ledger.conversations.shown_in(ThreadRef(f"C1/{id}")) for id in ("ann", "bob")]
            acknowledged = [ledger.acknowledgements.latest(id) is not None for id in (ANNS, BOBS)]
            gone = (talk.participants, talk.thread, talk.link, talk.owner)
            return [gone, [one is not None for one in found], acknowledged, ledger.search.conversations("0110", 9)]

        assert await store.transact(work) == [((), None, "", None), [False, True], [False, True], []]

    async def test_its_posts_are_found_the_newest_first_and_dropped(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[PostRef]]:
            begun(ledger, now)
            for number, id in enumerate((ANNS, BOBS, ANNS, ANNS)):
                at = now + timedelta(seconds=number)
                ledger.posts.save(Post(ref=PostRef(f"C1/{number}"), conversation=id, up_to=1, posted_at=at))
            found = [ledger.erasures.posts(E1, 2)]
            ledger.posts.drop(PostRef("C1/3"))
            return [*found, ledger.erasures.posts(E1, 9)]

        assert await store.transact(work) == [["C1/3", "C1/2"], ["C1/2", "C1/0"]]

    async def test_tolls_of_somebody_who_was_forgotten_count_for_all_others(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            ledger.tolls.put(Toll(account="main", person=AGENT, participant=ANN, is_stranger=False, at=now))
            ledger.tolls.unname(ANN)
            counts = ((Cap.ACCOUNT, "main"), (Cap.PERSON, AGENT), (Cap.PARTICIPANT, ANN.value))
            return [ledger.tolls.nth_last(cap, of, 1, now - MINUTE) is not None for cap, of in counts]

        assert await store.transact(work) == [True, True, False]


def _file(number: int, state: MediaState) -> Attachment:
    return Attachment(
        message=MessageId("ann in"),
        number=number,
        ref=MediaRef("https://media.example.com/1"),
        name="holiday.jpg",
        type="image/jpeg",
        size=9,
        state=state,
        digest="d1" if state is MediaState.KEPT else "",
    )


def _with_wishes(ledger: Ledger, now: datetime) -> None:
    for id in ("ann", "bob"):
        ledger.posts.save(Post(ref=PostRef(f"C1/note {id}"), conversation=ConversationId(id), up_to=1, posted_at=now))

    def wish(name: str, lane: str, kind: WishKind, subject: str, state: EntryState = EntryState.READY) -> OutboxEntry:
        return entry(name, now, lane=lane, kind=kind, subject=subject, state=state)

    for one in (
        wish("show ann in", "slack/C1:ann", WishKind.SHOW_MESSAGE, "ann in"),
        wish("show bob in", "slack/C1:bob", WishKind.SHOW_MESSAGE, "bob in"),
        wish("sms of ann", "main/1:ann", WishKind.SEND_SMS, "ann out"),
        wish("held of ann", "main/1:ann", WishKind.SEND_SMS, "ann out", EntryState.HELD),
        wish("say ann", "slack/C1:say", WishKind.SAY_NOTE, "ann"),
        wish("amend note of ann", "cards:note", WishKind.AMEND_NOTE, "C1/note ann"),
        wish("mark ann out", "marks:ann out", WishKind.MARK_REPLY, "ann out"),
        wish("delete", "cards:deletions", WishKind.DELETE_POST, "C1/note ann"),
        wish("digest", "mail/relay:x", WishKind.SEND_DIGEST, "digest"),
    ):
        ledger.outbox.enqueue(one)
