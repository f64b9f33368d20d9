"""Converse: the conversation between one of our numbers and these people, opened with their first text or with ours."""

from datetime import datetime

from bridge.domain.conversation import Conversation, conversation_cause
from bridge.domain.dialplan import Did
from bridge.domain.ids import ConversationId
from bridge.domain.phone import Address
from bridge.ports import Ledger


def between(ledger: Ledger, did: Did, people: tuple[Address, ...], now: datetime) -> Conversation:
    """Return it; open it where there is none yet."""
    id = ConversationId(ledger.seal(conversation_cause(did.number, people)))
    known = ledger.conversations.get(id)
    if known:
        return known
    opened = Conversation(id=id, did=did.number, participants=people, opened_at=now)
    ledger.conversations.open(opened)
    return opened
