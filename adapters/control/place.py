"""The place of the control socket: whether its path can be one at all. Both ends ask, so that both say the same."""

import os
from pathlib import Path

# A socket's address holds 104 octets on BSD and macOS and 108 on Linux, the closing zero included. The smaller holds
# everywhere, so that a configuration that works on one machine works on the other.
_ROOM = 104 - 1


def unusable(path: Path) -> str | None:
    """Say why no socket can be at this path, or None if one can."""
    length = len(os.fsencode(path))
    if length > _ROOM:
        return f"the path of the control socket is {length} octets long, and systems take {_ROOM}: {path}"
    return None
