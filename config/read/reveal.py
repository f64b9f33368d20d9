"""Secrets: the tables `{ env = "NAME" }` and `{ file = "path" }` become the values that they speak of.

A secret that stands in the file itself is refused, and so is a secret file that others can read.
"""

import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.postgres.settings import has_password
from bridge.wording import config as wording
from config.read.locate import KeyPath
from config.read.shape import inside, is_secret
from config.settings import Settings

_LARGEST = 65_536  # octets; no token or password comes near
# Stands in for a secret that could not be had, so that the rest can be checked; as the address of a database it is one.
_UNKNOWN = "postgresql://unknown"


class _Unavailable(Exception):
    """A secret cannot be had; carries what to tell."""

    def __init__(self, told: wording.Told) -> None:
        super().__init__(*told)
        self.told = told


class SecretReader:
    """Looks secrets up in this environment; relative files in systemd's credentials first, then beside the file."""

    def __init__(self, *, environ: Mapping[str, str], folder: Path) -> None:
        self._environ = environ
        self._folder = folder
        self.found: list[tuple[KeyPath, wording.Told]] = []

    def reveal(self, document: Mapping[str, Any]) -> Any:
        """Return the document with every secret's value in its place; what went wrong is in `found`."""
        return self._revealed(document, Settings, ())

    def _revealed(self, value: Any, kind: object, path: KeyPath) -> Any:
        if is_secret(kind):
            return self._secret(value, path)
        if isinstance(value, dict):
            return {key: self._revealed(inner, inside(kind, key), (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._revealed(inner, inside(kind, at), (*path, at)) for at, inner in enumerate(value)]
        return value

    def _secret(self, value: object, path: KeyPath) -> str:
        key = str(path[-1])
        try:
            match value:
                case {"env": str(name), **others} if name and not others:
                    return self._from_environment(key, name)
                case {"file": str(name), **others} if name and not others:
                    return self._from_file(key, name)
                case str() if not has_password(value):
                    return value
                case str():
                    raise _Unavailable(wording.literal_secret(key))
                case _:
                    raise _Unavailable(wording.unreadable_secret(key))
        except _Unavailable as unavailable:
            self.found.append((path, unavailable.told))
            return _UNKNOWN

    def _from_environment(self, key: str, name: str) -> str:
        if name not in self._environ:
            raise _Unavailable(wording.no_variable(key, name))
        return _plain(key, name, self._environ[name])

    def _from_file(self, key: str, name: str) -> str:
        path = self._folder / name
        try:
            path, is_credential = self._file(name)
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise _Unavailable(wording.closed_secret_file(key, str(path), "not a file"))
            if not is_credential and status.st_mode & 0o077:
                raise _Unavailable(wording.open_secret_file(key, str(path), f"chmod 600 {shlex.quote(str(path))}"))
            with path.open("rb") as file:
                content = file.read(_LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise _Unavailable(wording.no_secret_file(key, str(path))) from None
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
            raise _Unavailable(wording.closed_secret_file(key, str(path), reason.lower())) from None
        return _plain(key, str(path), content.decode("utf-8", errors="replace"))

    def _file(self, name: str) -> tuple[Path, bool]:
        """Find the file, and tell whether systemd keeps it: then it is in a folder of the daemon alone, and its own
        mode (0440) says nothing."""
        credentials = self._environ.get("CREDENTIALS_DIRECTORY")
        if credentials and not Path(name).is_absolute():
            credential = Path(credentials, name)
            if ".." not in credential.parts and credential.is_file():
                return credential, True
        return self._folder / name, False


def _plain(key: str, source: str, content: str) -> str:
    """Return a secret without the line end that editors add; it must be one line that a header can carry."""
    secret = content.strip()
    if not secret:
        raise _Unavailable(wording.empty_secret(key, source))
    if not secret.isprintable() or "\ufffd" in secret or len(secret) > _LARGEST:
        raise _Unavailable(wording.odd_secret(key, source))
    return secret
