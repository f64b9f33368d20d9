"""A simulated Slack workspace: Web API, Socket Mode, signed HTTP, and the people in it."""

from adapters.sandbox.workspace.world import Workspace

__all__ = ["Workspace"]
