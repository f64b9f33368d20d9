"""How the status of the house is laid out on a terminal of eighty columns and more."""

from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bridge.domain.query import StatusView, is_up
from bridge.domain.visible import visible
from bridge.wording import cli as wording


def house(view: StatusView, timezone: str) -> RenderableType:
    """Lay the status out for eighty columns and more."""
    heading = Text.assemble(
        ("sms-bridge  ", "bold"), wording.heading(view.now.astimezone(ZoneInfo(timezone)), timezone)
    )
    parts: tuple[RenderableType, ...] = (
        heading,
        _section("Listeners", _listeners(view)),
        _section("Texts", _numbers(view)),
    )
    if view.violated:
        parts = (*parts, _section(wording.VIOLATED, Text("\n".join(view.violated), style="bold red")))
    return Group(*parts, _section(*_troubles(view, timezone)))


def _section(title: str, body: RenderableType) -> RenderableType:
    return Group(Text(f"\n{title}", style="bold"), Padding(body, (0, 0, 0, 2), expand=False))


def _listeners(view: StatusView) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for name, state in sorted(view.listeners.items()):
        table.add_row(Text(visible(name)), _folded(state, "green" if is_up(state) else "bold red"))
    return table


def _numbers(view: StatusView) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=max((len(wording.label(key)) for key in view.counts), default=0))
    table.add_column(justify="right")
    oldest = {"unacknowledged": view.oldest_unacknowledged, "waiting": view.oldest_waiting}
    for key, count in sorted(view.counts.items(), key=lambda each: (not each[0].startswith(tuple(oldest)), each[0])):
        since = oldest.pop(key.split("/")[0], None)
        table.add_row(_folded(wording.label(key)), f"{count:,}", wording.waited(since, view.now) if count else "")
    return table


def _troubles(view: StatusView, timezone: str) -> tuple[str, RenderableType]:
    if not view.troubles:
        return wording.NOTHING_TO_DO, Text("")
    table = Table.grid(padding=(0, 2))
    zone = ZoneInfo(timezone)
    for trouble in sorted(view.troubles, key=lambda each: each.since):
        table.add_row(
            Text(wording.since(trouble.since.astimezone(zone), view.now.astimezone(zone))),
            Group(_folded(trouble.what), *_repeated(trouble.count)),
        )
    return wording.needs_you(len(view.troubles)), table


def _repeated(count: int) -> tuple[Text, ...]:
    return (Text(wording.times(count), style="dim"),) if count > 1 else ()


def _folded(text: str, style: str = "") -> Text:
    """Prepare text from elsewhere: without control characters, and broken where it is too wide."""
    return Text(visible(text), style=style, overflow="fold")
