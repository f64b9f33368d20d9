"""The names in a store: brought in from a file some hundred at a time, so that no text waits for them, and listed."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from adapters.contacts import read
from bridge.domain.contact import Entry, Imported, Named, Page, Refused, sorted_out
from bridge.domain.dialplan import DialPlan
from bridge.domain.phone import Address
from bridge.flows import name
from bridge.ports import Book, Ledger, Store

_AT_ONCE = 200  # names in one transaction
_CARDS = 250  # first posts that one import renews: five minutes at the pace that Slack grants

Brought = tuple[Imported, list[Refused]]
"""What came of an import, and the lines that could not be used."""


class StoreBook:
    """The names in a store, under a dial plan."""

    def __init__(self, store: Store, plan: DialPlan) -> None:
        self._store = store
        self._plan = plan

    async def take(self, people: Sequence[Named], cards: int) -> Imported:
        def work(ledger: Ledger, now: datetime) -> Imported:
            return name.imported(ledger, self._plan, people, cards, now)

        return await self._store.transact(work)

    async def page(self, after: Address | None) -> Page:
        return await self._store.transact(lambda ledger, now: name.page(ledger, self._plan, after, _AT_ONCE))


async def brought_in(book: Book, file: Path, region: str) -> Brought:
    """Import a file of names; return what came of it, and which of its lines could not be used."""
    good, refused = sorted_out(read(file), region)
    came = Imported()
    for start in range(0, len(good), _AT_ONCE):
        came += await book.take(good[start : start + _AT_ONCE], _CARDS - came.cards)
    return came, refused


async def entries(book: Book) -> AsyncIterator[Entry]:
    """Yield all names, one page after another."""
    page = await book.page(None)
    while True:
        for entry in page.entries:
            yield entry
        if page.last is None:
            return
        page = await book.page(page.last)
