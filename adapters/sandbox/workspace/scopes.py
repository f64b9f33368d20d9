"""Which scope each method and each event needs (docs.slack.dev, method pages, January 2026)."""

from adapters.sandbox.workspace.nouns import Channel, Json

BOT_SCOPES = (
    "chat:write", "chat:write.customize", "commands", "channels:history", "channels:read", "groups:history",
    "groups:read", "reactions:read", "reactions:write", "files:read", "files:write", "users:read", "users:read.email",
    "usergroups:read", "im:write",
)  # fmt: skip
BOT_EVENTS = (
    "app_home_opened", "app_uninstalled", "tokens_revoked", "channel_archive", "group_archive", "channel_id_changed",
    "channel_shared", "channel_unshared", "member_left_channel", "message.channels", "message.groups",
    "reaction_added", "reaction_removed",
)  # fmt: skip

_METHODS = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "reactions.get": "reactions:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "bots.info": "users:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "files.delete": "files:write",
    "conversations.open": "im:write",
    "conversations.history": ":history",
    "conversations.replies": ":history",
    "conversations.info": ":read",
    "conversations.list": ":read",
    "conversations.members": ":read",
}
_EVENTS = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "channel_archive": "channels:read",
    "channel_id_changed": "channels:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "member_left_channel": "channels:read",
    "group_archive": "groups:read",
}


def needed(method: str, channel: Channel | None) -> str | None:
    """Name the scope a call needs; reading a private channel needs the groups: twin of the channels: one."""
    scope = _METHODS.get(method)
    if scope and scope.startswith(":") and channel and channel.direct_with:
        return f"im{scope}"
    if scope and scope.startswith(":"):
        return ("groups" if channel and channel.is_private else "channels") + scope
    return scope


def accepted(method: str) -> str:
    """Write the `x-accepted-oauth-scopes` header of a method."""
    scope = _METHODS.get(method, "")
    return f"channels{scope},groups{scope}" if scope.startswith(":") else scope


def subscription(event: Json, channel: Channel | None) -> str:
    """Name the subscription under which an event comes: `message.groups` for one from a private channel."""
    kind = str(event["type"])
    if kind != "message":
        return kind
    if channel and channel.direct_with:
        return "message.im"
    return "message.groups" if channel and channel.is_private else "message.channels"


def needed_for_event(name: str) -> str | None:
    return _EVENTS.get(name)
