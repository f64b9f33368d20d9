"""Transcribe: a whole conversation, text by text, for whoever may read it; some messages at a time."""

from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan
from bridge.domain.message import MediaState, Message, media_name
from bridge.domain.query import AskTranscript, Enclosure, Peer, TranscriptView, Utterance
from bridge.flows import admit, compose, name
from bridge.ports import Ledger
from bridge.wording import export as words

AT_ONCE = 500  # messages a transaction, so that a long conversation holds up no text


def page(ledger: Ledger, plan: DialPlan, query: AskTranscript) -> TranscriptView:
    """Return the next part, or why whoever has asked does not get it."""
    conversation = ledger.conversations.get(query.conversation)
    did = plan.did(conversation.did) if conversation else None
    if refusal := admit.refusal(plan, did, query.person, query.standing):
        return TranscriptView(refusal=refusal.phrase)
    if conversation is None or conversation.is_erased or did is None or did.channel not in query.channels:
        return TranscriptView(refusal=words.not_yours())
    messages = ledger.messages.after(conversation.id, query.after, AT_ONCE)
    people = _people(ledger, plan, conversation)
    return TranscriptView(
        people=tuple(people.values()),
        label=did.label,
        number=did.number.value,
        timezone=plan.timezone,
        utterances=tuple(_utterance(ledger, people, one) for one in messages),
        after=messages[-1].position if len(messages) == AT_ONCE else None,
    )


def _people(ledger: Ledger, plan: DialPlan, conversation: Conversation) -> dict[str, Peer]:
    names = name.of_all(ledger, plan, conversation.participants)
    return {one.value: Peer(number=one.value, name=names.get(one, "")) for one in conversation.participants}


def _utterance(ledger: Ledger, people: dict[str, Peer], message: Message) -> Utterance:
    is_ours = isinstance(message.author, str)
    author = message.author
    return Utterance(
        at=message.said_at,
        by=author if isinstance(author, str) else people.get(author.value, Peer(number=author.value, name="")),
        text=message.text,
        is_kept=message.is_kept,
        enclosures=_enclosures(ledger, message) if message.media else (),
        mark=compose.mark_of(ledger, message) if is_ours else None,
    )


def _enclosures(ledger: Ledger, message: Message) -> tuple[Enclosure, ...]:
    return tuple(
        Enclosure(
            name=(one.name or media_name(one.number, one.type)) if one.state is not MediaState.FORGOTTEN else "",
            type=one.type,
            is_kept=one.state is MediaState.KEPT,
        )
        for one in ledger.messages.attachments(message.id)
    )
