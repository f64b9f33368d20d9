"""Readdress: what waits to be shown goes to the channel that its number has by now, in one lane with what comes."""

from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan
from bridge.domain.ids import ConversationId, MessageId
from bridge.domain.outbox import OutboxEntry, WishKind
from bridge.flows import request
from bridge.ports import Ledger

SAID = (WishKind.SHOW_MESSAGE, WishKind.SAY_NOTE)


def strays(ledger: Ledger, plan: DialPlan) -> None:
    """Send on what was meant for a channel that its number has no more.

    Otherwise two lanes of one conversation would stand side by side, and each might open a thread.
    """
    for entry in ledger.outbox.ready(SAID):
        conversation = _conversation(ledger, entry)
        destination = request.channel(plan.did(conversation.did)) if conversation else entry.destination
        if conversation and destination != entry.destination:
            ledger.outbox.readdress(entry.id, destination, f"{destination}:{entry.lane.partition(':')[2]}")


def _conversation(ledger: Ledger, entry: OutboxEntry) -> Conversation | None:
    if entry.kind is WishKind.SAY_NOTE:
        return ledger.conversations.get(ConversationId(entry.subject))
    found = ledger.messages.in_context(MessageId(entry.subject))
    return found[1] if found else None
