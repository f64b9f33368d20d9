"""Converse: the conversation between one of our numbers and these people, opened with their first text or with ours."""

from datetime import datetime

from bridge.domain.conversation import Conversation, conversation_cause
from bridge.domain.dialplan import Did
from bridge.domain.ids import ConversationId
from bridge.domain.phone import Address
from bridge.ports import Ledger


def between(ledger: Ledger, did: Did, people: tuple[Address, ...], now: datetime) -> Conversation:
    """Return it; open it where there is none yet."""
    id, known = _last(ledger, did, people)
    if known:
        return known
    opened = Conversation(id=id, did=did.number, participants=people, opened_at=now)
    ledger.conversations.open(opened)
    return opened


def known(ledger: Ledger, did: Did, people: tuple[Address, ...]) -> Conversation | None:
    """Return it, if there is one."""
    return _last(ledger, did, people)[1]


def _last(ledger: Ledger, did: Did, people: tuple[Address, ...]) -> tuple[ConversationId, Conversation | None]:
    """Return the present one with its name, or the name of the next.

    One that was erased keeps its name, so that what is said of it late is never taken for said of the next.
    """
    id = ConversationId(ledger.seal(conversation_cause(did.number, people)))
    while (found := ledger.conversations.get(id)) and found.is_erased:
        id = ConversationId(ledger.seal(f"{id} anew"))
    return id, found
