"""What `bridge.toml` may say about the control socket, by which the command line asks the running daemon."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_WITHOUT_FILE = Path("/run/sms-bridge/control.sock")
_LONGEST = 103  # octets that every system we know takes: sun_path of macOS holds 104 with the closing zero, Linux 108


def socket_path(path: Path) -> Path:
    """Return the path if a Unix socket can lie there; raise ValueError with the reason if not."""
    if not path.name or "\0" in str(path):
        raise ValueError("must be the path of a socket")
    if len(os.fsencode(path)) > _LONGEST:
        raise ValueError(f"is too long for the path of a socket (at most {_LONGEST} characters)")
    return path


class ControlSettings(BaseModel):
    """The section [control]; all of it may be missing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    socket: Annotated[Path, AfterValidator(socket_path)] | None = Field(
        default=None,
        description="Where `sms-bridge status` reaches the daemon; by default next to the database file, with .sock "
        "added, or /run/sms-bridge/control.sock where there is none.",
    )

    def beside(self, database: Path | None) -> Path:
        """Return the socket's path: the one that was set, or the one next to this database, if that is a file."""
        if self.socket or database is None:
            return self.socket or _WITHOUT_FILE
        return database.with_name(f"{database.name}.sock")
