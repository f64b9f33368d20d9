"""What the chat's door itself says: small words around our posts, remedies for what Slack refuses, its own state."""

from datetime import datetime


def may_repeat() -> str:
    """Mark a post that is said once more because nobody could tell whether it was said before."""
    return "(may repeat)"


def nothing_said() -> str:
    return "(no text)"


def plain_moment(at: datetime) -> str:
    """Write a moment for programs that cannot show it in their reader's own time zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def colleague() -> str:
    """Name a mentioned person whose name Slack does not tell in time; phones have no use for an id."""
    return "colleague"


def slash_help() -> str:
    return (
        "/sms opens the form for a new text; /sms (415) 555-0100 Hello opens it filled in. Nothing is sent before you "
        "press Send. /sms find WORDS searches the texts that you can see, names and numbers. In threads, just reply."
    )


def unnamed_file() -> str:
    return "a file"


def deleted_file() -> str:
    return "a deleted file"


# Remedies: what an admin must do before anything of this kind can work again.


def invite_bot() -> str:
    return "Invite the app to the channel (/invite in the channel), and check the channel's name or id in bridge.toml."


def unarchive() -> str:
    return "Unarchive the channel, or give the number another channel in bridge.toml."


def allow_posting() -> str:
    return "Allow the app to post and to reply in threads, in the channel's posting permissions."


def new_bot_token() -> str:
    return "Reinstall the app in the workspace and put its new bot token (xoxb-…) into bridge.toml."


def new_app_token() -> str:
    return "Make an app-level token (xapp-…) with the scope connections:write and put it into bridge.toml."


def not_a_bot() -> str:
    return "Use the bot token (xoxb-…) of the app, not a person's token."


def add_scope(needed: str) -> str:
    scope = f"the scope {needed}" if needed else "every scope of our manifest"
    return f"Give the app {scope} and reinstall it in the workspace."


def new_manifest() -> str:
    return 'Paste what `sms-bridge manifest` prints under "App Manifest", and reinstall the app.'


def unshare() -> str:
    return (
        "People of another company can read that channel. End the sharing, give the number another channel, or "
        "allow it (shared_channels in [slack])."
    )


def check_groups() -> str:
    return "Check the ids of the user groups among the responders in bridge.toml."


def ask_slack_admin() -> str:
    return "Ask the workspace's admin: Slack refuses the app by a rule of the workspace or organisation."


def enable_uploads() -> str:
    return "Allow file uploads in the workspace, or make room for them; texts are not affected."


def check_address() -> str:
    return "Check api_url in [slack] of bridge.toml."


# The listener's state, for the status view.


def starting() -> str:
    return "starting"


def up_with_sockets(open_sockets: int, wanted: int) -> str:
    if open_sockets == wanted:
        return f"up ({open_sockets} sockets)"
    return f"up ({open_sockets} of {wanted} sockets)"


def up_by_webhook() -> str:
    return "up (http)"


def connecting() -> str:
    return "down: no connection to Slack; trying again"


def down(detail: str, remedy: str = "") -> str:
    return f"down: {detail}. {remedy}".rstrip()


def socket_mode_off() -> str:
    return "down: Socket Mode is switched off. Switch it on, on the app's page Socket Mode."


def stopped() -> str:
    return "stopped"
