"""Forms that were sent off: read as facts for the intake, and answered with what is wrong in which field."""

from collections.abc import Mapping
from typing import Any

from adapters.slack import names, views, wire
from adapters.slack.names import Json
from bridge.domain.event import NameGiven, SmsComposed
from bridge.domain.ids import EventKey, PersonRef
from bridge.domain.phone import PhoneNumber, address
from bridge.domain.query import AskLength
from bridge.errors import WireError
from bridge.wording import form as words
from bridge.wording import naming


def is_form(payload: Json) -> bool:
    """Tell one of our forms that was sent off."""
    view = payload.get("view")
    is_ours = isinstance(view, dict) and view.get("callback_id") in (views.NEW_SMS, views.NAMING)
    return payload.get("type") == "view_submission" and is_ours


def read(payload: Json) -> SmsComposed | NameGiven:
    """Read a form."""
    try:
        is_name = payload["view"]["callback_id"] == views.NAMING
        return _name(payload) if is_name else _sms(payload)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise WireError(f"a form of ours that cannot be read ({type(error).__name__})") from error


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


def typed(view: Json) -> AskLength:
    """Read a form that is still being filled in: what its words would come to is to be asked."""
    try:
        values = view["state"]["values"]
        return AskLength(
            did=PhoneNumber(str(_value(values, words.DID)["selected_option"]["value"])),
            text=names.whole(_value(values, words.TEXT).get("value") or ""),
            has_files=bool(_value(values, words.FILES).get("files")),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise WireError(f"a form of ours that cannot be read ({type(error).__name__})") from error


def action(payload: Json) -> Json:
    """Give what was pressed, picked or typed; nothing, where it cannot be told."""
    actions = payload.get("actions")
    return actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}


def first_field(payload: Json) -> str:
    """Name a field at which to say what concerns all of a form."""
    is_name = payload["view"].get("callback_id") == views.NAMING
    return naming.NAME if is_name else words.TEXT


def _value(values: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    """Give what one field holds; nothing, if it is left out."""
    (held,) = (values.get(block) or {"": {}}).values()
    return held if isinstance(held, Mapping) else {}


def refusal(wrong: Mapping[str, str]) -> dict[str, Any]:
    """Answer that something is wrong, at its fields; the form stays open."""
    return {"response_action": "errors", "errors": dict(wrong)}
