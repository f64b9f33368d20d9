"""Address books as files: what other programs export, as lines of a name and a number each; nothing is written."""

from adapters.contacts.file import read

__all__ = ["read"]
