"""The control socket: how the command line asks the running daemon, on one machine, as one user; it changes nothing."""

from adapters.control.client import ControlClient
from adapters.control.listener import ControlServer

__all__ = ["ControlClient", "ControlServer"]
