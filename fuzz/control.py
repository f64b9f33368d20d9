"""The control socket: what the command line takes for the answer of a daemon."""

from contextlib import suppress

from adapters.control import wire
from bridge.domain.visible import visible
from bridge.errors import WireError
from fuzz.promises import promise


def status(data: bytes) -> None:
    """Read a status, write it, and read it again."""
    with suppress(WireError):
        view = wire.read(data)
        again = wire.read(wire.written(view))
        promise(wire.written(again) == wire.written(view), "a status that was written is read as it was")
        promise(all(visible(one.what) == one.what for one in again.troubles), "a trouble can be shown on a terminal")
        promise(again.counts == view.counts and again.now == view.now, "no figure changes on the way")
