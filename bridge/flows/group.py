"""Group: whom a reply in a group's thread reaches, and what becomes of it where one of them has opted out."""

from datetime import datetime

from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.ids import PersonRef
from bridge.domain.notice import Case, Notice
from bridge.domain.phone import Address, PhoneNumber
from bridge.flows import compose, name, warn
from bridge.ports import Ledger
from bridge.wording import post as post_words
from bridge.wording import thread as words


def say_who_gets_it(
    ledger: Ledger, plan: DialPlan, did: Did, conversation: Conversation, now: datetime, since: datetime | None
) -> None:
    """Say once, before the first reply to a group, that it reaches all of them, or only one."""
    if not conversation.is_group:
        return
    to = compose.recipients(ledger, plan, did, conversation)
    if len(to) > 1:
        notice = Notice(case=Case.GROUP_ANSWERS_ALL, detail=_called(ledger, plan, to), reason=str(len(to)))
        warn.thread(ledger, did, conversation, notice, conversation.id, now, since)
    elif isinstance(to[0], PhoneNumber):
        notice = Notice(case=Case.GROUP_ANSWERS_ONE, address=to[0].value)
        warn.thread(ledger, did, conversation, notice, conversation.id, now, since)


def opted_out(
    ledger: Ledger, plan: DialPlan, conversation: Conversation, address: Address, person: PersonRef | None
) -> Notice:
    """Say who does not want to be texted; of a group, too, who of the others can be written to one by one.

    The reply reaches nobody. It was written to all, and its author is to know who is left out before it goes to fewer.
    """
    did = plan.did(conversation.did)
    others = tuple(one for one in conversation.participants if one != address and one.is_repliable)
    willing = tuple(one for one in others if did and not compose.is_opted_out(ledger, did.number, one))
    return Notice(
        case=Case.OPTED_OUT,
        person=person,
        address=address.value,
        reason=words.ONE_OF_A_GROUP if conversation.is_group else "",
        detail=_called(ledger, plan, willing),
    )


def _called(ledger: Ledger, plan: DialPlan, people: tuple[Address, ...]) -> str:
    names = name.of_all(ledger, plan, people)
    return post_words.who([names.get(one) for one in people], [one.value for one in people])
