"""The control socket: how the command line asks the running daemon, as one user; names are all that it changes."""

from adapters.control.client import ControlClient
from adapters.control.listener import ControlServer

__all__ = ["ControlClient", "ControlServer"]
