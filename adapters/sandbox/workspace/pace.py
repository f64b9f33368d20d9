"""How often one may call: tiers per method and minute, and one post a second in each channel.

Tiers after docs.slack.dev, "Rate limits", January 2026. Slack publishes no burst sizes; `burst` is our guess. The
windows of a minute begin at the full minute of the clock.
"""

import math
from collections import defaultdict

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.refusal import Limited

TIER_2, TIER_3, TIER_4, SPECIAL = 20, 50, 100, 300
_MINUTE = 60

_TIERS = {
    "auth.test": SPECIAL,
    "apps.connections.open": TIER_3,
    "chat.postMessage": SPECIAL,  # for the whole workspace; per channel see below
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "users.list": TIER_2,
    "users.info": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "files.info": TIER_4,
    "views.open": TIER_4,
    "views.update": TIER_4,
    "views.push": TIER_4,
    "views.publish": TIER_4,
}


class Pace:
    """Count calls; `enabled = False` lets everything through, `limits` may be changed at any time."""

    def __init__(self, clock: MovableClock, *, enabled: bool = True) -> None:
        self.enabled = enabled
        self.burst = 3
        self.per_second = 1.0
        self.limits: dict[str, int] = defaultdict(lambda: TIER_3, _TIERS)
        self._clock = clock
        self._windows: dict[str, tuple[int, int]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def check(self, method: str, channel: str | None) -> None:
        """Count one call, or raise Limited; a refused call costs nothing."""
        if not self.enabled:
            return
        now = self._clock.now().timestamp()
        self._check_window(method, now)
        if method == "chat.postMessage" and channel:
            self._check_bucket(channel, now)
        minute, calls = self._window(method, now)
        self._windows[method] = (minute, calls + 1)

    def _window(self, method: str, now: float) -> tuple[int, int]:
        minute, calls = self._windows.get(method, (0, 0))
        return (minute, calls) if minute == int(now // _MINUTE) else (int(now // _MINUTE), 0)

    def _check_window(self, method: str, now: float) -> None:
        minute, calls = self._window(method, now)
        if calls >= self.limits[method]:
            raise Limited(max(1, math.ceil((minute + 1) * _MINUTE - now)))

    def _check_bucket(self, channel: str, now: float) -> None:
        tokens, since = self._buckets.get(channel, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - since) * self.per_second)
        if tokens < 1:
            self._buckets[channel] = (tokens, now)
            raise Limited(max(1, math.ceil((1 - tokens) / self.per_second)))
        self._buckets[channel] = (tokens - 1, now)
