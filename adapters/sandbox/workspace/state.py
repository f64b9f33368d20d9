"""The truth of the simulated workspace: who is in it and what was said, indexed so that 60,000 messages stay quick.

It decides nothing and tells nobody; `changes` does both.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.nouns import (
    SLACKBOT,
    Channel,
    Ephemeral,
    Json,
    Message,
    SharedFile,
    User,
    UserGroup,
    View,
)

_FIRST = "0000000000.000000"
_LAST = "9999999999.999999"


class State:
    """Everything a workspace knows."""

    def __init__(self, clock: MovableClock, *, team_id: str, bot_name: str) -> None:
        self.clock = clock
        self.team_id = team_id
        self.bot_user_id, self.bot_id, self.app_id = "U0SMSBRIDGE", "B0SMSBRIDGE", "A0SMSBRIDGE"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.directs: dict[str, Channel] = {}
        self.user_groups: dict[str, UserGroup] = {}
        self.messages: dict[str, dict[str, Message]] = defaultdict(dict)
        self.files: dict[str, SharedFile] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.ephemerals: list[Ephemeral] = []
        self._timeline: dict[str, list[str]] = defaultdict(list)
        self._threads: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._last_microsecond = 0
        self._counters: dict[str, int] = defaultdict(int)
        self.add_user(User(id=SLACKBOT, name="slackbot", real_name="Slackbot", team_id=team_id))
        bot = User(id=self.bot_user_id, name=bot_name, real_name=bot_name, team_id=team_id, is_bot=True)
        self.add_user(bot)

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def next_id(self, letter: str) -> str:
        """Make an id that looks like Slack's: a letter or two, then digits and capitals."""
        self._counters[letter] += 1
        return f"{letter}0{self._counters[letter]:08d}"

    def next_ts(self) -> str:
        """Give a timestamp no other message has, later than every one before."""
        microsecond = int(self.clock.now().timestamp() * 1_000_000)
        self._last_microsecond = max(microsecond, self._last_microsecond + 1)
        return "{:010d}.{:06d}".format(*divmod(self._last_microsecond, 1_000_000))

    def seconds(self) -> int:
        return int(self.clock.now().timestamp())

    def has_passed(self, moment: float, duration: timedelta) -> bool:
        return self.clock.now().timestamp() > moment + duration.total_seconds()

    def message(self, channel: str, ts: str) -> Message | None:
        return self.messages[channel].get(ts) if channel in self.messages else None

    def add_message(self, message: Message) -> None:
        self.messages[message.channel][message.ts] = message
        if message.thread_ts:
            insort(self._threads[message.channel, message.thread_ts], message.ts)
        if not message.thread_ts or message.is_broadcast:
            insort(self._timeline[message.channel], message.ts)

    def remove_message(self, message: Message) -> None:
        del self.messages[message.channel][message.ts]
        if message.thread_ts:
            _remove(self._threads[message.channel, message.thread_ts], message.ts)
        _remove(self._timeline[message.channel], message.ts)

    def whispered(self, channel: str, ts: str) -> Ephemeral | None:
        return next((one for one in self.ephemerals if (one.channel, one.ts) == (channel, ts)), None)

    def replies(self, channel: str, root: str) -> list[str]:
        """Give the ts of a thread's replies, oldest first, without the root."""
        return self._threads.get((channel, root), [])

    def timeline(self, channel: str) -> list[str]:
        """Give the ts of what stands in the channel itself, oldest first."""
        return self._timeline.get(channel, [])

    def in_channel(self, channel: str) -> Iterator[Message]:
        messages = self.messages[channel]
        return (messages[ts] for ts in self.timeline(channel))

    def place(self, id_: str) -> Channel:
        """Give a channel, or somebody's direct messages with our bot."""
        return self.directs.get(id_) or self.channels[id_]

    def direct(self, user: str) -> Channel:
        """Give the direct messages of somebody with our bot; there is one such place for each person."""
        known = next((one for one in self.directs.values() if one.direct_with == user), None)
        if known is None:
            known = Channel(id=self.next_id("D"), name="", direct_with=user, members={user, self.bot_user_id})
            self.directs[known.id] = known
        return known

    def channel_named(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels.values() if channel.name == name), None)

    def team_users(self) -> Iterator[User]:
        return (user for user in self.users.values() if user.team_id == self.team_id)

    def trail(self, view: View) -> list[View]:
        """Give the stack of modals this one stands on, itself included, the top first."""
        stack = [view]
        while (below := stack[-1].previous) and below in self.views:
            stack.append(self.views[below])
        return stack


def span(stamps: list[str], oldest: str | None, latest: str | None, *, inclusive: bool) -> list[str]:
    """Cut out of ascending stamps what lies between two moments; borders count when inclusive."""
    low, high = canonical_ts(oldest) or _FIRST, canonical_ts(latest) or _LAST
    start = bisect_left(stamps, low) if inclusive else bisect_right(stamps, low)
    end = bisect_right(stamps, high) if inclusive else bisect_left(stamps, high)
    return stamps[start:end]


def canonical_ts(moment: str | None) -> str | None:
    """Write a moment as messages write theirs; None for none, ValueError for nonsense."""
    if not moment or moment == "now":
        return None
    seconds, _, micros = moment.partition(".")
    return f"{int(seconds):010d}.{int((micros or '0').ljust(6, '0')[:6]):06d}"


def _remove(stamps: list[str], ts: str) -> None:
    place = bisect_left(stamps, ts)
    if place < len(stamps) and stamps[place] == ts:
        del stamps[place]


def merged(*parts: Json) -> Json:
    """Join objects, leaving out what is None or empty, as Slack leaves it out."""
    return {key: value for part in parts for key, value in part.items() if value not in (None, [], {}, "")}
