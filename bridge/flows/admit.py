"""Admit: who may answer for us, and take texts on. Everybody else is told so, alone."""

from bridge.domain.aside import Aside
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.ids import PersonRef
from bridge.domain.standing import Place, Standing
from bridge.wording import aside as words


def refusal(plan: DialPlan, did: Did | None, person: PersonRef, standing: Standing) -> Aside | None:
    """Return what is said to a person who may not act for this number; None for one who may."""
    allowed = {Place.MEMBER: True, Place.GUEST: plan.guests, Place.STRANGER: plan.strangers, Place.GONE: False}
    if not allowed[standing.place]:
        return Aside(phrase=words.not_from_outside(standing.place))
    responders = did.responders if did and did.responders else plan.responders
    if responders and not responders & {person, *standing.groups}:
        return Aside(phrase=words.not_a_responder())
    return None
