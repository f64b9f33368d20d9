"""views.*: modals opened by a trigger, stacked, replaced; and one Home tab per person."""

import copy
import secrets
from typing import Any

from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Json, View
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.view_rules import check_view

_STACK = 3


def _sent(call: Call) -> Any:
    return call.structure("view", "invalid_arguments")


def open_(hub: Hub, call: Call) -> Json:
    body = check_view(_sent(call), ("modal",))
    _check_external_id(hub, body, None)
    user = hub.triggers.spend(call.required("trigger_id", "invalid_trigger_id"))
    return _answer(hub, show_modal(hub, user, body))


def push(hub: Hub, call: Call) -> Json:
    """Lay a modal over the one the person has open."""
    body = check_view(_sent(call), ("modal",))
    _check_external_id(hub, body, None)
    user = hub.triggers.spend(call.required("trigger_id", "invalid_trigger_id"))
    below = top_modal(hub, user)
    if below is None:
        raise Refused("not_found")
    return _answer(hub, push_over(hub, below, body))


def push_over(hub: Hub, below: View, body: Json) -> View:
    """Lay a modal over another; three at most."""
    if len(hub.state.trail(below)) >= _STACK:
        raise Refused("push_limit_reached")
    return show_modal(hub, below.user, body, below)


def update(hub: Hub, call: Call) -> Json:
    body = check_view(_sent(call), ("modal", "home"))
    view = _find(hub, call)
    _check_hash(call, view)
    _check_external_id(hub, body, view)
    replace(hub, view, body)
    return _answer(hub, view)


def publish(hub: Hub, call: Call) -> Json:
    body = check_view(_sent(call), ("home",))
    user = call.required("user_id", "user_not_found")
    if user not in hub.state.users:
        raise Refused("user_not_found")
    if not hub.switches.home_enabled:
        raise Refused("not_enabled")
    view = hub.state.homes.get(user)
    if view is None:
        id_ = hub.state.next_id("V")
        view = View(id=id_, user=user, kind="home", body=_named(hub, body), hash=_new_hash(hub), root=id_)
        hub.state.homes[user] = view
        hub.bell.ring()
    else:
        _check_hash(call, view)
        replace(hub, view, body)
    return _answer(hub, view)


def show_modal(hub: Hub, user: str, body: Json, below: View | None = None) -> View:
    id_ = hub.state.next_id("V")
    root, previous = (below.root, below.id) if below else (id_, None)
    view = View(id=id_, user=user, kind="modal", body=_named(hub, body), hash=_new_hash(hub), root=root)
    view.previous = previous
    hub.state.views[id_] = view
    hub.bell.ring()
    return view


def replace(hub: Hub, view: View, body: Json) -> None:
    view.body, view.hash, view.errors = _named(hub, body), _new_hash(hub), {}
    hub.bell.ring()


def top_modal(hub: Hub, user: str) -> View | None:
    """Give the modal a person sees now."""
    return next((view for view in reversed(hub.state.views.values()) if view.user == user), None)


def close(hub: Hub, view: View, *, all_of_stack: bool = False) -> None:
    for closed in hub.state.trail(view) if all_of_stack else [view]:
        hub.state.views.pop(closed.id, None)
    hub.bell.ring()


def _named(hub: Hub, body: Json) -> Json:
    """Give every block and element the ids it lacks; they are new each time, so that only named fields keep a draft."""
    named: Json = copy.deepcopy(body)
    for block in named["blocks"]:
        block.setdefault("block_id", hub.state.next_id("b"))
        inner = [block.get("accessory"), block.get("element")]
        inner += block.get("elements", []) if block["type"] == "actions" else []
        for element in inner:
            if isinstance(element, dict) and element.get("type") != "image":
                element.setdefault("action_id", hub.state.next_id("a"))
    return named


def _find(hub: Hub, call: Call) -> View:
    id_, external = call.optional("view_id"), call.optional("external_id")
    every = [*hub.state.views.values(), *hub.state.homes.values()]
    for view in every:
        if (id_ and view.id == id_) or (external and view.body.get("external_id") == external):
            return view
    raise Refused("not_found")


def _check_hash(call: Call, view: View) -> None:
    if call.has("hash") and call.text("hash") != view.hash:
        raise Refused("hash_conflict")


def _check_external_id(hub: Hub, body: Json, own: View | None) -> None:
    external = body.get("external_id")
    others = (view for view in hub.state.views.values() if view is not own)
    if external and any(view.body.get("external_id") == external for view in others):
        raise Refused("duplicate_external_id")


def _new_hash(hub: Hub) -> str:
    return f"{hub.state.seconds()}.{secrets.token_hex(4)}"


def _answer(hub: Hub, view: View) -> Json:
    return {"view": hub.wire.view(view)}


METHODS = {"views.open": open_, "views.push": push, "views.update": update, "views.publish": publish}
