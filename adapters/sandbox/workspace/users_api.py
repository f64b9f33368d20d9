"""auth.test, users.*, usergroups.*, bots.info: who we are and who they are."""

from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.history_api import listed, paged
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Json, User
from adapters.sandbox.workspace.refusal import Refused


def auth_test(hub: Hub, call: Call) -> Json:
    state = hub.state
    return {
        "url": hub.wire.web_url,
        "team": "Sandbox",
        "user": state.users[state.bot_user_id].name,
        "team_id": state.team_id,
        "user_id": state.bot_user_id,
        "bot_id": state.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(hub: Hub, call: Call) -> Json:
    """Give the single-use address of a socket."""
    ticket = hub.sockets.issue_ticket()
    origin = hub.wire.origin.replace("http", "ws", 1)
    return {"url": f"{origin}/link/?ticket={ticket}&app_id={hub.state.app_id}"}


def _shown(hub: Hub, user: User) -> Json:
    return hub.wire.user(user, with_email="users:read.email" in hub.switches.granted)


def info(hub: Hub, call: Call) -> Json:
    user = hub.state.users.get(call.required("user", "user_not_found"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": _shown(hub, user)}


def look_up_by_email(hub: Hub, call: Call) -> Json:
    email = call.required("email", "users_not_found").lower()
    for user in hub.state.team_users():
        if (user.email or "").lower() == email and not user.deleted:
            return {"user": _shown(hub, user)}
    raise Refused("users_not_found")


def list_(hub: Hub, call: Call) -> Json:
    page, following = listed(call, [user.id for user in hub.state.team_users()])
    return paged({"members": [_shown(hub, hub.state.users[id_]) for id_ in page]}, following)


def bot_info(hub: Hub, call: Call) -> Json:
    if call.text("bot", hub.state.bot_id) != hub.state.bot_id:
        raise Refused("bot_not_found")
    return {"bot": hub.wire.bot() | {"user_id": hub.state.bot_user_id}}


def user_groups(hub: Hub, call: Call) -> Json:
    with_disabled = call.flag("include_disabled")
    shown = {"with_users": call.flag("include_users"), "with_count": call.flag("include_count")}
    groups = (group for group in hub.state.user_groups.values() if with_disabled or not group.disabled)
    return {"usergroups": [hub.wire.user_group(group, **shown) for group in groups]}


def user_group_members(hub: Hub, call: Call) -> Json:
    group = hub.state.user_groups.get(call.required("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}


METHODS = {
    "auth.test": auth_test,
    "apps.connections.open": open_connection,
    "users.info": info,
    "users.lookupByEmail": look_up_by_email,
    "users.list": list_,
    "bots.info": bot_info,
    "usergroups.list": user_groups,
    "usergroups.users.list": user_group_members,
}
