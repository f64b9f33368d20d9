"""Slack's error words, sorted: who must do something about them, and whether trying again can help. Only tables.

After Slack's reference of chat.postMessage, chat.update, chat.delete, reactions.*, conversations.*, files.*, 2026-01.
"""

from collections.abc import Callable, Mapping

from bridge.errors import Reason
from bridge.wording import chat

UNCERTAIN = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Slack says of the first two itself that part of the operation may have succeeded."""

LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "service_unavailable", "team_added_to_org"})

GONE = Reason.GONE
_REJECTED = Reason.REJECTED

NEVER: Mapping[str, Reason] = {
    "message_not_found": GONE,
    "thread_not_found": GONE,
    "file_not_found": GONE,
    "file_deleted": GONE,
    "msg_too_long": Reason.TOO_LONG,
    "msg_blocks_too_long": Reason.TOO_LONG,
    "metadata_too_large": Reason.TOO_LONG,
    "file_upload_size_restricted": Reason.TOO_LARGE,
    "snippet_too_large": Reason.TOO_LARGE,
    "no_text": _REJECTED,
    "invalid_blocks": _REJECTED,
    "invalid_blocks_format": _REJECTED,
    "invalid_attachments": _REJECTED,
    "too_many_attachments": _REJECTED,
    "invalid_arguments": _REJECTED,
    "invalid_metadata_format": _REJECTED,
    "invalid_metadata_schema": _REJECTED,
    "cannot_reply_to_message": _REJECTED,
    "thread_locked": _REJECTED,
    "restricted_action_thread_locked": _REJECTED,
    "cant_update_message": _REJECTED,
    "cant_delete_message": Reason.FOREIGN,
    "compliance_exports_prevent_deletion": _REJECTED,
    "cant_delete_file": _REJECTED,
    "user_disabled": GONE,
    "cannot_dm_bot": _REJECTED,
    "edit_window_closed": _REJECTED,
    "bad_timestamp": _REJECTED,
    "invalid_name": _REJECTED,
    "not_reactable": _REJECTED,
    "too_many_emoji": _REJECTED,
    "too_many_reactions": _REJECTED,
    "not_visible": _REJECTED,
    "access_denied": _REJECTED,
    "user_not_found": GONE,
    "no_such_subteam": GONE,
    "user_not_visible": _REJECTED,
}

REMEDIES: Mapping[str, Callable[[], str]] = {
    **dict.fromkeys(("channel_not_found", "not_in_channel", "channel_type_not_supported"), chat.invite_bot),
    "is_archived": chat.unarchive,
    "messages_tab_disabled": chat.new_manifest,
    **dict.fromkeys(
        (
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "posting_to_channel_denied",
        ),
        chat.allow_posting,
    ),
    **dict.fromkeys(
        (
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "two_factor_setup_required",
        ),
        chat.new_bot_token,
    ),
    **dict.fromkeys(("not_allowed_token_type",), chat.not_a_bot),
    **dict.fromkeys(
        (
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "org_login_required",
            "team_access_not_granted",
            "no_permission",
            "metadata_must_be_sent_from_app",
            "method_deprecated",
            "deprecated_endpoint",
        ),
        chat.ask_slack_admin,
    ),
    **dict.fromkeys(
        ("file_uploads_disabled", "storage_limit_reached", "file_uploads_except_images_disabled"), chat.enable_uploads
    ),
    **dict.fromkeys(("unknown_method", "invalid_form_data"), chat.check_address),
}
"""Certainly not done, and nothing of this account or channel will be before somebody applies the remedy."""

SCOPE = frozenset({"missing_scope"})
UNREADABLE = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
"""After these, a look into the channel cannot tell whether something is there."""
