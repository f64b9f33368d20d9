"""What the page is told: once who is who, then again and again everything that can be seen, as JSON."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from adapters.sandbox.page.switches import Switches
from adapters.sandbox.page.worlds import Worlds
from adapters.sandbox.workspace import emoji

Json = dict[str, Any]
_ROOTS = 40  # of each channel, the last so many threads


def cast(worlds: Worlds) -> Json:
    """Tell what never changes."""
    return asdict(worlds.cast) | {
        "emoji": emoji.NAMES | {alias: emoji.NAMES[to] for alias, to in emoji.ALIASES.items()}
    }


def state(worlds: Worlds, switches: Switches) -> Json:
    """Tell what is seen now."""
    slack = worlds.workspace.snapshot(roots=_ROOTS)
    return {
        "now": worlds.clock.now().isoformat(),
        "carrier": worlds.carrier.snapshot() | {"announced": _announced(worlds)},
        "slack": slack | {"is_up": worlds.workspace.is_up},
        "mail": worlds.mailbox.snapshot(),
        "switches": switches.show(),
    }


def _announced(worlds: Worlds) -> dict[str, int]:
    """Count how often each text from a phone was announced to the bridge and taken by it."""
    return Counter(each.sid for each in worlds.carrier.attempts if each.kind == "message" and not each.problem)


def mail_page(html: str, slack_url: str) -> str:
    """Make a mail's HTML showable in a frame: its links to threads open them on this page."""
    base = '<base target="_top">'
    html = html.replace(slack_url, "/#")
    return html.replace("<head>", f"<head>{base}", 1) if "<head>" in html else base + html
