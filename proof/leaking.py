"""Starts a daemon that keeps every request in memory and forgets to close a file now and then: the soak's control."""

from typing import Any

from bridge.__main__ import main
from bridge.domain.aside import Aside
from bridge.engine.intake import DurableIntake
from bridge.ports import Answer

_COPIES = 8
_REQUESTS_PER_FILE = 20


def _leak() -> None:
    kept: list[object] = []
    accept = DurableIntake.accept

    async def kept_for_ever(self: DurableIntake, raw: Any, read: Any) -> Answer | Aside:
        kept.append([bytearray(raw.body) for _ in range(_COPIES)])
        if len(kept) % _REQUESTS_PER_FILE == 0:
            kept.append(open("/dev/null"))  # noqa: SIM115, ASYNC230 - this is the leak
        return await accept(self, raw, read)

    DurableIntake.accept = kept_for_ever  # type: ignore[method-assign]


if __name__ == "__main__":
    _leak()
    main()
