"""Forms that were sent off: read as facts for the intake, and answered with what is wrong in which field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack import concerns, menus, names, views, wire
from adapters.slack.names import Json
from adapters.slack.render import Block
from bridge.domain.event import ButtonPressed, ErasureOrdered, NameGiven, OwnerChosen, SmsComposed
from bridge.domain.ids import ConversationId, EventKey, PersonRef
from bridge.domain.phone import PhoneNumber, address
from bridge.domain.phrase import Action
from bridge.errors import WireError
from bridge.wording import erase, menu, naming
from bridge.wording import form as words


def _name(payload: Json) -> NameGiven:
    values = payload["view"]["state"]["values"]
    return NameGiven(
        key=wire.form_key(payload),
        address=address(names.whole(_value(values, naming.WHO)["selected_option"]["value"])),
        name=names.whole(_value(values, naming.NAME).get("value") or ""),
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _sms(payload: Json) -> SmsComposed:
    values = payload["view"]["state"]["values"]
    files, unfit = wire.files({"files": _value(values, words.FILES).get("files") or ()})
    return SmsComposed(
        key=wire.form_key(payload),
        form=EventKey(names.whole(f"slack:form/{payload['view']['id']}")),
        did=PhoneNumber(str(_value(values, words.DID)["selected_option"]["value"])),
        to=tuple(str(one["value"]) for one in _value(values, words.TO).get("selected_options") or ()),
        text=names.whole(_value(values, words.TEXT).get("value") or ""),
        files=files,
        unfit_files=unfit,
        channels=frozenset(),
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _owner(payload: Json) -> OwnerChosen:
    values = payload["view"]["state"]["values"]
    chosen = _value(values, menu.OWNER).get("selected_user")
    return OwnerChosen(
        key=wire.form_key(payload),
        conversation=_about(payload)[0],
        owner=PersonRef(names.whole(chosen)) if chosen else None,
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _step(payload: Json) -> ButtonPressed:
    """Read what was chosen as a press at the moment when the form was opened: what came later was not seen."""
    conversation, opened_at, _ = _about(payload)
    values = payload["view"]["state"]["values"]
    return ButtonPressed(
        key=wire.form_key(payload),
        action=Action(_value(values, menu.CHOICE)["selected_option"]["value"]),
        value=conversation,
        person=PersonRef(names.whole(payload["user"]["id"])),
        at=names.moment(opened_at),
    )


def _erasure(payload: Json) -> ErasureOrdered:
    values = payload["view"]["state"]["values"]
    return ErasureOrdered(
        key=wire.form_key(payload),
        conversation=_about(payload)[0],
        address=address(names.whole(_value(values, erase.WHO)["selected_option"]["value"])),
        typed=names.whole(_value(values, erase.TYPED).get("value") or ""),
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _about(payload: Json) -> tuple[ConversationId, str, str]:
    """Read what a form is about, when it was opened, and in which channel."""
    conversation, opened_at, channel = f"{payload['view']['private_metadata']}  ".split(" ")[:3]
    return ConversationId(names.whole(conversation)), opened_at, channel


Filled = SmsComposed | NameGiven | OwnerChosen | ErasureOrdered | ButtonPressed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A choice of the form about a conversation that changes nothing in it by itself."""

    action: Action
    person: PersonRef
    conversation: ConversationId
    channel: str  # where it was made
    about: str


def wanted(payload: Json) -> Wanted | None:
    """Read whether somebody wants a conversation as a file, or to be asked once more before its data is deleted."""
    if not is_form(payload) or payload["view"].get("callback_id") != menus.STEERING:
        return None
    try:
        step = _step(payload)
        about = str(payload["view"]["private_metadata"])
        found = Wanted(step.action, step.person, ConversationId(step.value), _about(payload)[2], about)
    except (KeyError, TypeError, AttributeError, ValueError, WireError):
        return None
    return found if found.action in (Action.EXPORT, Action.DELETE) else None


@dataclass(frozen=True, slots=True)
class _Form:
    """How a form is read, the field at which is said what concerns all of it, and what is said there in trouble."""

    read: Callable[[Json], Filled]
    field: str
    busy: Callable[[], str]
    unreadable: Callable[[], str]


_FORMS = {
    views.NEW_SMS: _Form(_sms, words.TEXT, words.busy, words.unreadable),
    menus.NAMING: _Form(_name, naming.NAME, menu.busy, menu.unreadable),
    menus.ASSIGNING: _Form(_owner, menu.OWNER, menu.busy, menu.unreadable),
    concerns.ERASING: _Form(_erasure, erase.TYPED, menu.busy, menu.unreadable),
    menus.STEERING: _Form(_step, menu.CHOICE, menu.busy, menu.unreadable),
}


def is_form(payload: Json) -> bool:
    """Tell one of our forms that was sent off."""
    view = payload.get("view")
    is_ours = isinstance(view, dict) and view.get("callback_id") in tuple(_FORMS)
    return payload.get("type") == "view_submission" and is_ours


def read(payload: Json) -> Filled:
    """Read a form."""
    try:
        return _FORMS[payload["view"]["callback_id"]].read(payload)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise WireError(f"a form of ours that cannot be read ({type(error).__name__})") from error


def busy(payload: Json) -> dict[str, Any]:
    """Answer that nothing could be done now; the form stays open."""
    form = _FORMS[payload["view"]["callback_id"]]
    return refusal({form.field: form.busy()})


def unreadable(payload: Json) -> dict[str, Any]:
    """Answer that the form could not be read; it stays open."""
    form = _FORMS[payload["view"]["callback_id"]]
    return refusal({form.field: form.unreadable()})


def _value(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    """Give what one field holds; nothing, if it is left out."""
    (held,) = (values.get(block) or {"": {}}).values()
    return held if isinstance(held, Mapping) else {}


def refusal(wrong: Mapping[str, str]) -> dict[str, Any]:
    """Answer that something is wrong, at its fields; the form stays open."""
    return {"response_action": "errors", "errors": dict(wrong)}


def instead(form: Block) -> dict[str, Any]:
    """Answer that another form takes its place."""
    return {"response_action": "update", "view": form}
