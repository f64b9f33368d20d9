"""The chat, over Slack: one internal app in one workspace, heard by Socket Mode or by webhook."""

from adapters.slack.client import SlackChat
from adapters.slack.settings import SlackSettings

__all__ = ["SlackChat", "SlackSettings"]
