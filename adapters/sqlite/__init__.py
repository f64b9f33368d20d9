"""The store in one SQLite file: one thread, one connection, one daemon."""

from adapters.sqlite.settings import SqliteSettings
from adapters.sqlite.store import SqliteStore

__all__ = ["SqliteSettings", "SqliteStore"]
