"""The one web page of the sandbox: a phone, a Slack thread, an inbox and a clock, side by side and live.

It shows the simulated worlds and lets people act in them; of the bridge it knows nothing.
"""

from adapters.sandbox.page.server import Page

__all__ = ["Page"]
