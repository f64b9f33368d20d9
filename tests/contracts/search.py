"""What searching promises: whole words, all of them, the newest first; and nothing that was forgotten."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from bridge.domain.ids import MessageId
from bridge.domain.phone import PhoneNumber, SenderName, ShortCode
from bridge.domain.query import AskSearch, SearchView
from bridge.domain.word import words
from bridge.flows import find
from bridge.ports import Ledger, Store
from tests.contracts.bench import BOB, DID, OTHER_DID, Bench, conversation, inbound, outbound, with_conversation

DAY = timedelta(days=1)
Work = Callable[[Ledger, datetime], None]

# What means something to an index, to SQL or to people, and must mean nothing in a query.
_TRAPS = (
    '"', "'", '""', "*", "(", ")", "NEAR", "NEAR(a b)", "AND", "OR", "NOT a", "words:a", "^a", "a*", "-a", "+a", "a|b",
    "a & b", "!a", "a:*", "<->", "'; DROP TABLE message; --", "%", "_", "\\", "\0", "\ud800", "{words}: a", "rowid",
)  # fmt: skip


def saved(*texts: str, is_indexed: bool = True) -> Work:
    """Keep these texts, named by their numbers from 0 on."""

    def work(ledger: Ledger, now: datetime) -> None:
        with_conversation(ledger, now)
        for number, text in enumerate(texts):
            ledger.messages.save(inbound(str(number), now, text=text))
        if is_indexed:
            ledger.search.index(1000)

    return work


def asked(query: str, ledger: Ledger, now: datetime) -> list[str]:
    return [hit.message.id for hit in find.texts(ledger, AskSearch(words=query)).hits]


def index(ledger: Ledger, now: datetime) -> int:
    return ledger.search.index(1000)


class Search:
    # --- Words --------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("is_indexed", [True, False])
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("bicycle", ["1", "0"]),
            ("BICYCLE ready", ["0"]),
            ("ready bicycle", ["0"]),
            ("bicycl", []),
            ("café", ["2"]),
            ("CAFE", ["2"]),
            ("cafés", []),
            ("ann", ["3"]),
            ("ann@example.com", ["3"]),
            ("don't", ["2"]),
            ("5pm", ["1"]),
            ("5", ["3"]),
            ("会議", ["4"]),
            ("会", ["4"]),
            ("🎉", []),
            ("", []),
            (" *", []),
        ],
    )
    async def test_the_texts_with_all_the_words_are_found_the_newest_first(
        self, store: Store, query: str, found: list[str], is_indexed: bool
    ) -> None:
        texts = (
            "Your bicycle is ready.",
            "A bicycle, at 5pm?",
            "Don\u2019t wait at the CAFE\u0301 🎉",
            "https://example.com/?mail=ann_5@example.com",
            "明日の会議",
        )
        await store.transact(saved(*texts, is_indexed=is_indexed))

        assert await store.transact(partial(asked, query)) == found

    @pytest.mark.parametrize("query", _TRAPS)
    async def test_a_query_is_words_and_nothing_in_it_has_power(self, store: Store, query: str) -> None:
        texts = ("a b", "NEAR", "and or", "b | rowid drop table message", query.encode(errors="ignore").decode())
        await store.transact(saved(*texts))

        found = await store.transact(partial(asked, query))

        wanted = set(words(query))
        assert found == [str(at) for at in reversed(range(len(texts))) if wanted and wanted <= set(words(texts[at]))]

    async def test_replies_and_notes_are_found_as_texts_are_and_a_sender_by_its_name(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            with_conversation(ledger, now)
            ledger.messages.save(outbound("reply", now, text="A wheel"))
            ledger.messages.save(inbound("code", now, text="Your code is 1234", author=SenderName("Acme-Bank")))
            ledger.search.index(9)
            return [asked(query, ledger, now) for query in ("wheel", "acme code", "u1")]

        assert await store.transact(work) == [["reply"], ["code"], []]

    async def test_each_hit_comes_with_its_conversation(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            with_conversation(ledger, now, thread="C1/1")
            ledger.conversations.open(conversation("bob", now, BOB, did=OTHER_DID))
            for within in ("ann", "bob"):
                ledger.messages.save(inbound(within, now, within=within, text="hello"))

        def look(ledger: Ledger, now: datetime) -> list[tuple[str, str, str | None, str]]:
            hits = find.texts(ledger, AskSearch(words="hello")).hits
            each = [(one.message, one.conversation) for one in hits]
            return [(message.id, within.did.value, within.thread, within.link) for message, within in each]

        await store.transact(work)
        found = await store.transact(look)
        await store.transact(index)

        assert found == [("bob", OTHER_DID.value, None, ""), ("ann", DID.value, "C1/1", "https://chat.example.com/1")]
        assert await store.transact(look) == found

    async def test_an_answer_is_limited_and_goes_on_where_it_ended(self, store: Store) -> None:
        def pages(ledger: Ledger, now: datetime) -> list[list[str]]:
            found, before = list[list[str]](), None
            while True:
                view = find.texts(ledger, AskSearch(words="hello", limit=2, before=before))
                found.append([hit.message.id for hit in view.hits])
                if (before := view.before) is None:
                    return found

        await store.transact(saved(*["hello"] * 3))
        await store.transact(lambda ledger, now: ledger.messages.save(inbound("3", now)))

        assert await store.transact(pages) == [["3", "2"], ["1", "0"]]

    # --- The index ----------------------------------------------------------------------------------------------------

    async def test_texts_are_indexed_some_at_a_time_the_newest_first_and_once(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[int], list[str]]:
            first = ledger.search.index(2)
            rest: list[str] = [message.id for message, _ in ledger.search.unindexed(None, 9)]
            return [first, ledger.search.index(2), ledger.search.index(2)], rest

        await store.transact(saved("a", "b", "", is_indexed=False))

        assert await store.transact(work) == ([2, 1, 0], ["0"])

    async def test_an_answer_says_that_older_texts_wait_to_be_indexed(self, store: Store) -> None:
        def look(ledger: Ledger, now: datetime) -> tuple[bool, list[str]]:
            return find.texts(ledger, AskSearch(words="oldest")).is_complete, asked("oldest", ledger, now)

        await store.transact(saved("oldest", *["later"] * find.AT_ONCE, is_indexed=False))
        before = await store.transact(look)
        while await store.transact(lambda ledger, now: find.index(ledger)):
            pass

        assert before == (False, [])
        assert await store.transact(look) == (True, ["0"])

    async def test_a_text_that_was_reworded_is_found_by_its_new_words_only(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            found = [asked(query, ledger, now) for query in ("old", "new", "same")]
            ledger.search.index(9)
            return found + [asked(query, ledger, now) for query in ("old", "new", "same")]

        await store.transact(saved("old same"))
        await store.transact(lambda ledger, now: ledger.messages.reword(MessageId("0"), "new same", None))

        assert await store.transact(work) == [[], ["0"], ["0"]] * 2

    async def test_a_text_longer_than_any_index_takes_is_found_by_its_first_words(self, store: Store) -> None:
        endless = "x" * 5000
        many = " ".join(f"{number:x}é" * 30 for number in range(4000))
        await store.transact(saved(f"start {endless} {many}"))

        assert [await store.transact(partial(asked, query)) for query in ("start", endless)] == [["0"], ["0"]]

    # --- Forgetting ---------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("is_indexed", [True, False])
    async def test_what_was_forgotten_is_not_found_and_the_rest_is(self, store: Store, is_indexed: bool) -> None:
        def forget(ledger: Ledger, now: datetime) -> list[str]:
            ledger.messages.save(inbound("young", now, text="secret"))
            ledger.messages.forget(DID, now, 9)
            return asked("secret", ledger, now)

        def later(ledger: Ledger, now: datetime) -> list[str]:
            while ledger.search.overwrite():
                pass
            return [*map(str, [ledger.search.index(9), ledger.search.index(9)]), *asked("secret", ledger, now)]

        await store.transact(saved(*["secret"] * 3, is_indexed=is_indexed))
        await store.transact(lambda ledger, now: ledger.messages.forget(DID, now + DAY, 9))

        assert await store.transact(forget) == ["young"]
        assert await store.transact(later) == ["1", "0", "young"]

    @pytest.mark.parametrize("is_forgotten", [True, False])
    async def test_the_words_of_what_was_forgotten_or_reworded_are_nowhere_on_disk(
        self, bench: Bench, is_forgotten: bool
    ) -> None:
        store = await bench.open()
        await store.transact(saved("xylophone", "zeppelin"))
        for number in range(2, 30):  # in many parts of the index
            await store.transact(lambda ledger, now, n=number: ledger.messages.save(inbound(str(n), now, text=f"w{n}")))  # type: ignore[misc]
            await store.transact(index)

        def forget(ledger: Ledger, now: datetime) -> bool:
            ledger.messages.reword(MessageId("0"), "quiet", None)
            ledger.messages.reword(MessageId("1"), "quiet", None)
            assert ledger.messages.forget(DID, now + DAY, 9)
            return ledger.search.overwrite()

        if is_forgotten:
            is_more = await store.transact(forget)
            while is_more:
                is_more = await store.transact(lambda ledger, now: ledger.search.overwrite())
        await store.aclose()

        on_disk = bench.octets().lower()
        assert [word in on_disk for word in (b"xylophone", b"zeppelin")] == [not is_forgotten] * 2

    async def test_nothing_is_overwritten_where_nothing_was_taken_out(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            before = ledger.search.overwrite()
            ledger.messages.save(inbound("new", now))
            ledger.messages.reword(MessageId("new"), "hello again", None)
            return [before, ledger.search.overwrite()]

        await store.transact(saved("a"))

        assert await store.transact(work) == [False, False]

    # --- Numbers ------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("+1 212 555 0110", ["group", "ann"]),
            ("(212) 555-0110", ["group", "ann"]),
            ("212.555.0110", ["group", "ann"]),
            ("1-212-555-0110", ["group", "ann"]),
            ("12125550110", ["group", "ann"]),
            ("0110", ["group", "ann"]),
            ("110", []),
            ("0111", ["group"]),
            ("5501", []),
            ("+44 (0)20 7946 0958", ["london"]),
            ("020 7946 0958", ["london"]),
            ("0044 20 7946 0958", ["london"]),
            ("011 44 20 7946 0958", ["london"]),
            ("72345", ["short"]),
            ("+1 212 555 0110 ann", []),
            ("4155550100", []),
            ("1234567", []),
        ],
    )
    async def test_a_number_as_people_write_it_finds_the_conversations_with_it_the_last_opened_first(
        self, store: Store, query: str, found: list[str]
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            with_conversation(ledger, now)
            ledger.conversations.open(conversation("group", now, PhoneNumber("+12125550110"), BOB))
            ledger.conversations.open(conversation("london", now, PhoneNumber("+442079460958")))
            ledger.conversations.open(conversation("short", now, ShortCode("72345")))
            odd = ('a"+12125550110', "1234567", 'nul\0"+12125550110"', "x\\", "")
            ledger.conversations.open(conversation("names", now, *map(SenderName, odd)))

        def look(ledger: Ledger, now: datetime) -> list[str]:
            return [one.id for one in find.texts(ledger, AskSearch(words=query)).conversations]

        await store.transact(work)

        assert await store.transact(look) == found

    async def test_a_number_in_a_text_is_found_beside_the_conversations_with_it(self, store: Store) -> None:
        def look(ledger: Ledger, now: datetime) -> SearchView:
            return find.texts(ledger, AskSearch(words="(212) 555-0110"))

        await store.transact(saved("Call 212 555 0110", "Call 555 0110"))
        view = await store.transact(look)

        assert [hit.message.id for hit in view.hits] == ["0"]
        assert [one.id for one in view.conversations] == ["ann"]
