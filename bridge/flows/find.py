"""Find: the kept texts that have all of the words asked for, and the conversations with a number.

What came in last may not be in the index yet; it is read through instead, as far as that takes no time.
"""

from bridge.domain.conversation import Conversation
from bridge.domain.query import AskSearch, Hit, SearchView
from bridge.domain.word import asked_endings, asked_words, has_words
from bridge.ports import Ledger

AT_ONCE = 500  # messages that are indexed in a transaction, or read through for an answer: some 10 ms
_MOST = 100  # hits of an answer


def texts(ledger: Ledger, asked: AskSearch) -> SearchView:
    """Find what was asked for; a query without a word finds nothing."""
    wanted = asked_words(asked.words)
    if not wanted:
        return SearchView()
    limit = max(1, min(asked.limit, _MOST))
    found = ledger.search.indexed(wanted, asked.before, limit + 1)
    unindexed = ledger.search.unindexed(asked.before, AT_ONCE)
    found += [each for each in unindexed if has_words(each[0], wanted)]
    found = [each for each in found if not each[1].is_erased]
    found.sort(key=lambda each: each[0].position, reverse=True)
    hits = tuple(Hit(message=message, conversation=conversation) for message, conversation in found[:limit])
    return SearchView(
        hits=hits,
        before=hits[-1].message.position if len(found) > limit else None,
        conversations=with_number(ledger, asked.words, limit) if asked.before is None else (),
        is_complete=len(unindexed) < AT_ONCE,
    )


def index(ledger: Ledger) -> bool:
    """Put one batch into the index; True while there may be more."""
    return ledger.search.index(AT_ONCE) >= AT_ONCE


def with_number(ledger: Ledger, query: str, limit: int) -> tuple[Conversation, ...]:
    """Return the conversations of a number, or of whose ends with these digits."""
    found = (one for ending in asked_endings(query) for one in ledger.search.conversations(ending, limit))
    return tuple({one.id: one for one in found if not one.is_erased}.values())[:limit]
