"""What the ledger promises of names: one for each address and source, found by what people type."""

from datetime import datetime, timedelta
from functools import partial

from bridge.domain.contact import Contact, Source
from bridge.domain.ids import ConversationId, ThreadRef
from bridge.domain.phone import Address, PhoneNumber, SenderName, ShortCode
from bridge.ports import Ledger, Store
from tests.contracts.bench import AGENT, ANN, BOB, MINUTE, Bench, conversation, inbound, outbound

LONDON = PhoneNumber("+442079460123")
CODE = ShortCode("72345")
ODD = SenderName("ACME\0BANK")
DAY = timedelta(days=1)


def contact(address: Address, name: str, now: datetime, source: Source = Source.IMPORT) -> Contact:
    by = AGENT if source is Source.PERSON else None
    return Contact(address=address, source=source, name=name, by=by, at=now)


def put(ledger: Ledger, now: datetime, *names: tuple[Address, str]) -> None:
    for address, name in names:
        ledger.contacts.put(contact(address, name, now))


def with_thread(ledger: Ledger, now: datetime, id: str, *people: Address) -> None:
    ledger.conversations.open(conversation(id, now, *people))
    ledger.conversations.set_thread(ConversationId(id), ThreadRef(f"C1/{id}"), "")


async def called(store: Store, typed: str, limit: int = 10) -> list[str]:
    found = await store.transact(lambda ledger, now: ledger.contacts.like(typed, limit))
    return [one.name for one in found]


class Names:
    async def test_a_name_is_kept_whole_and_replaced_by_its_own_source_only(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[Contact], list[Contact]]:
            wished = [
                contact(ANN, "Ann Of The File", now),
                contact(ANN, "Ann\0", now + MINUTE, Source.PERSON),
                contact(ODD, "The bank", now),
            ]
            ledger.contacts.put(contact(ANN, "Ann before", now - MINUTE, Source.PERSON))
            ledger.contacts.put(contact(BOB, "Somebody else", now))
            for one in wished:
                ledger.contacts.put(one)
            return wished, ledger.contacts.of([ANN, ODD, LONDON])

        wished, found = await store.transact(work)

        assert sorted(found, key=str) == sorted(wished, key=str)

    async def test_a_name_is_dropped_from_one_source_and_not_found_by_it_any_more(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            ledger.contacts.put(contact(ANN, "Ada", now))
            ledger.contacts.put(contact(ANN, "Wren", now, Source.PERSON))
            ledger.contacts.drop(ANN, Source.PERSON)
            ledger.contacts.drop(BOB, Source.PERSON)

        await store.transact(work)
        left = await store.transact(lambda ledger, now: ledger.contacts.of([ANN]))

        assert [one.name for one in left] == ["Ada"]
        assert (await called(store, "wren"), await called(store, "ada")) == ([], ["Ada"])

    async def test_nobody_asked_about_has_no_name(self, store: Store) -> None:
        assert await store.transact(lambda ledger, now: ledger.contacts.of([])) == []

    async def test_somebody_is_found_by_the_beginnings_of_his_words(self, store: Store) -> None:
        names = ((ANN, "Ada Moss-Ferry"), (BOB, "José Ferrán"), (LONDON, "Müller & Co."), (CODE, "Parcels"))
        await store.transact(lambda ledger, now: put(ledger, now, *names))

        assert await called(store, "ada") == ["Ada Moss-Ferry"]
        assert await called(store, "  FERR ") == ["José Ferrán", "Ada Moss-Ferry"]
        assert await called(store, "ferr jos") == ["José Ferrán"]
        assert await called(store, "jos ada") == []
        assert await called(store, "muller") == ["Müller & Co."]
        assert await called(store, "oss") == []
        assert await called(store, "…") == []
        assert await called(store, "723") == ["Parcels"]

    async def test_somebody_is_found_by_digits_however_they_are_divided(self, store: Store) -> None:
        await store.transact(lambda ledger, now: put(ledger, now, (ANN, "Ann"), (LONDON, "Max")))

        for typed in ("+1 (212) 555-01", "212-555", "(212) 5", "555-0110", "0110", "ann 0110"):
            assert await called(store, typed) == ["Ann"], typed
        assert await called(store, "+44 20 7946") == ["Max"]
        assert await called(store, "9999") == []

    async def test_the_name_that_counts_is_found_once_and_no_more_than_asked_for(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> None:
            for source in Source:
                ledger.contacts.put(contact(ANN, f"Wren Wright {source}", now, source))
            put(ledger, now, (BOB, "Wrong"), (LONDON, "Wry"))

        await store.transact(work)

        assert await called(store, "wr") == ["Wren Wright person", "Wrong", "Wry"]
        assert await called(store, "wr", 2) == ["Wren Wright person", "Wrong"]
        assert await called(store, "import") == ["Wren Wright person"]

    async def test_all_names_are_read_in_steps(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            put(ledger, now, (BOB, "b"), (ANN, "a"), (LONDON, "c"))
            ledger.contacts.put(contact(ANN, "a of a person", now, Source.PERSON))
            pages = [ledger.contacts.all(after, 2) for after in (None, BOB, LONDON)]
            return [[one.name for one in page] for page in pages]

        assert await store.transact(work) == [["a", "a of a person", "b"], ["c"], []]

    async def test_threads_of_somebody_are_found_while_they_wait_or_are_young(self, bench: Bench, store: Store) -> None:
        def begin(ledger: Ledger, now: datetime) -> None:
            for id, people in (("old", (ANN,)), ("waits", (ANN, BOB)), ("theirs", (BOB,)), ("hidden", (ANN, LONDON))):
                with_thread(ledger, now, id, *people)
            ledger.conversations.set_thread(ConversationId("hidden"), None, "")
            for id in ("old", "waits", "theirs", "hidden"):
                ledger.messages.save(inbound(f"first {id}", now, within=id))
            for id in ("old", "theirs"):
                ledger.messages.cover(ConversationId(id), 99)

        def go_on(ledger: Ledger, now: datetime) -> None:
            with_thread(ledger, now, "young", LONDON, ANN)
            with_thread(ledger, now, "silent", ANN, CODE)
            ledger.messages.save(outbound("second", now, within="young"))

        def look(
            since: datetime, limit: int, people: tuple[Address, ...], ledger: Ledger, now: datetime
        ) -> list[ConversationId]:
            return ledger.conversations.active_with(people, since, limit)

        began = bench.clock.now()
        await store.transact(begin)
        bench.clock.forward(DAY)
        later = bench.clock.now()
        await store.transact(go_on)

        assert await store.transact(partial(look, later, 9, (ANN,))) == ["young", "waits"]
        assert await store.transact(partial(look, began, 9, (ANN,))) == ["young", "waits", "old"]
        assert await store.transact(partial(look, began, 1, (ANN, LONDON))) == ["young"]
        assert await store.transact(partial(look, began, 9, (ANN, BOB))) == ["young", "theirs", "waits", "old"]
        assert await store.transact(partial(look, began, 9, ())) == []
