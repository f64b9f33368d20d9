"""Forms that were sent off: read as facts for the intake, and answered with what is wrong in which field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack import concerns, menus, names, views, wire
from adapters.slack.names import Json
from adapters.slack.render import Block
from bridge.domain.event import (
    ButtonPressed,
    ErasureOrdered,
    MuteWished,
    NameGiven,
    OwnerChosen,
    ReminderWished,
    SmsComposed,
)
from bridge.domain.ids import ConversationId, EventKey, PersonRef
from bridge.domain.phone import PhoneNumber, address
from bridge.domain.phrase import Action
from bridge.domain.query import AskLength
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


def _answer(payload: Json) -> SmsComposed:
    """Read an answer within a conversation."""
    values = payload["view"]["state"]["values"]
    files, unfit = wire.files({"files": _value(values, words.FILES).get("files") or ()})
    return SmsComposed(
        key=wire.form_key(payload),
        form=EventKey(names.whole(f"slack:form/{payload['view']['id']}")),
        conversation=_about(payload)[0],
        text=names.whole(_value(values, words.TEXT).get("value") or ""),
        files=files,
        unfit_files=unfit,
        send_at=_at(_value(values, words.AT).get("selected_date_time")),
        channels=frozenset(),
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _reminder(payload: Json) -> ReminderWished:
    """Read when somebody wants to be reminded: a moment that was picked counts before one that was offered."""
    values = payload["view"]["state"]["values"]
    return ReminderWished(
        key=wire.form_key(payload),
        conversation=_about(payload)[0],
        due_at=_moment(values),
        note=names.whole(_value(values, menu.NOTE).get("value") or ""),
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _mute(payload: Json) -> MuteWished:
    return MuteWished(
        key=wire.form_key(payload),
        until=_moment(payload["view"]["state"]["values"]),
        person=PersonRef(names.whole(payload["user"]["id"])),
    )


def _moment(values: Mapping[str, Any]) -> datetime | None:
    offered = _value(values, menu.WHEN)["selected_option"]["value"]
    picked = _at(_value(values, menu.AT).get("selected_date_time"))
    return picked or (None if offered == menus.NEVER else _at(int(offered)))


def _at(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


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


Filled = SmsComposed | NameGiven | OwnerChosen | ReminderWished | MuteWished | ErasureOrdered | ButtonPressed


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
    menus.REPLYING: _Form(_answer, words.TEXT, words.busy, words.unreadable),
    menus.MUTING: _Form(_mute, menu.WHEN, menu.busy, menu.unreadable),
    menus.REMINDING: _Form(_reminder, menu.WHEN, menu.busy, menu.unreadable),
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


def typed(view: Json) -> AskLength:
    """Read a form that is still being filled in: what its words would come to is to be asked."""
    try:
        values = view["state"]["values"]
        return AskLength(
            did=PhoneNumber(_line_of(view)),
            text=names.whole(_value(values, words.TEXT).get("value") or ""),
            has_files=bool(_value(values, words.FILES).get("files")),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise WireError(f"a form of ours that cannot be read ({type(error).__name__})") from error


def _line_of(view: Json) -> str:
    """Give our number in a form: chosen, or that of the conversation which the form is about."""
    if view["callback_id"] == menus.REPLYING:
        return str(view["private_metadata"]).split(" ")[-1]
    return str(_value(view["state"]["values"], words.DID)["selected_option"]["value"])


def busy(payload: Json) -> dict[str, Any]:
    """Answer that nothing could be done now; the form stays open."""
    form = _FORMS[payload["view"]["callback_id"]]
    return refused(payload, {form.field: form.busy()})


def unreadable(payload: Json) -> dict[str, Any]:
    """Answer that the form could not be read; it stays open."""
    form = _FORMS[payload["view"]["callback_id"]]
    return refused(payload, {form.field: form.unreadable()})


def action(payload: Json) -> Json:
    """Give what was pressed, picked or typed; nothing, where it cannot be told."""
    actions = payload.get("actions")
    return actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}


def _value(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    """Give what one field holds, in whichever turn; nothing, if it is left out."""
    held = next((held for name, held in values.items() if name.partition("#")[0] == block), None)
    (only,) = (held or {"": {}}).values()
    return only if isinstance(only, Mapping) else {}


def snippet_in(payload: Json) -> int:
    """Give the place of the snippet that was chosen. Raise `WireError` where it cannot be told."""
    option = action(payload).get("selected_option")
    place = str(option.get("value") if isinstance(option, dict) else "")
    if not (place.isascii() and place.isdigit()):
        raise WireError("a snippet that is none of ours")
    return int(place)


def _blocks(view: Json) -> list[Json]:
    blocks = view.get("blocks")
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


def turn_of(view: Json) -> int:
    """Give how often the words of a form have been put in by us."""
    blocks = (str(block.get("block_id")) for block in _blocks(view))
    turns = (block.partition("#")[2] for block in blocks if block.startswith(f"{words.TEXT}#"))
    return next((int(turn) for turn in turns if turn.isascii() and turn.isdigit()), 0)


def refusal(wrong: Mapping[str, str]) -> dict[str, Any]:
    """Answer that something is wrong, at its fields; the form stays open."""
    return {"response_action": "errors", "errors": dict(wrong)}


def refused(payload: Json, wrong: Mapping[str, str]) -> dict[str, Any]:
    """Answer the same at the fields as they are called in this turn of the form."""
    asked = [str(block.get("block_id")) for block in _blocks(payload["view"])]
    called = {name.partition("#")[0]: name for name in asked}
    return refusal({called.get(field, field): what for field, what in wrong.items()})


def instead(form: Block) -> dict[str, Any]:
    """Answer that another form takes its place."""
    return {"response_action": "update", "view": form}
