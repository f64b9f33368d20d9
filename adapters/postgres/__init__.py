"""The store in a PostgreSQL database: several daemons may share it, and none of them leads."""

from adapters.postgres.settings import PostgresSettings
from adapters.postgres.store import PostgresStore

__all__ = ["PostgresSettings", "PostgresStore"]
