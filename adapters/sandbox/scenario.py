"""Who lives in the demonstration, and the story it tells: a bicycle workshop, its numbers, its people, its customers.

It furnishes the three worlds and nothing more; the daemon between them is started by others.
"""

from dataclasses import dataclass
from typing import Any, Literal

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.people import ELSEWHERE

Place = Literal["phone", "slack", "inbox", "trouble"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number of ours, and the channel that its texts go to."""

    number: str
    label: str
    channel: str  # the channel's id
    channel_name: str  # without the #
    assigned: tuple[str, ...]  # colleagues, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody who works here: in Slack, with a mailbox."""

    name: str
    handle: str
    email: str
    slack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody in Slack who does not work here as colleagues do; the configuration of the bridge knows none of them."""

    name: str
    handle: str
    slack: str
    what: str  # as the page's menu of people says it
    single_channel: str | None = None  # the one channel that a single-channel guest is in
    is_guest: bool = False
    is_elsewhere: bool = False  # of another company: in no channel until one is shared
    has_left: bool = False  # deactivated: only users.info knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A phone of the public; `name` is what the bridge's contacts call it, None where they do not know it."""

    number: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the guided story.

    `acts` are done for the reader, in order, when the button is pressed; `until` is what must then be seen before the
    story goes on. What both may hold is listed in `page/story.js`.
    """

    title: str
    words: str
    place: Place
    button: str
    acts: tuple[dict[str, Any], ...] = ()
    until: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody and everything that the page shows by name."""

    house: str
    lines: tuple[Line, ...]
    people: tuple[Colleague, ...]
    callers: tuple[Caller, ...]
    story: tuple[Step, ...]
    others: tuple[Other, ...] = ()
    admin: str = ""  # the workspace's administrator, by Slack id
    user_group: tuple[str, tuple[str, ...]] = ("", ())  # a handle, and who is in the group, by Slack id
    timezone: str = "America/New_York"
    acknowledge_minutes: int = 10  # as the daemon's own default; the clock shows how much of it has passed
    slack_url: str = "https://workspace.slack.test/"  # where permalinks lead


MAIN, SERVICE = "+14155550100", "+14155550101"
ADA, NOOR, STRANGER, OTHER_STRANGER = "+12125550142", "+12125550117", "+12125550163", "+12125550188"

LINES = (
    Line(
        number=MAIN, label="Main line", channel="C0TEXTS", channel_name="texts", assigned=("Ben Okafor", "Mei Tanaka")
    ),
    Line(number=SERVICE, label="Service desk", channel="C0SERVICE", channel_name="service", assigned=("Iris Holm",)),
)
PEOPLE = (
    Colleague(name="Ben Okafor", handle="ben", email="ben@example.com", slack="U0BENOKAFOR"),
    Colleague(name="Mei Tanaka", handle="mei", email="mei@example.com", slack="U0MEITANAKA"),
    Colleague(name="Iris Holm", handle="iris", email="iris@example.com", slack="U0IRISHOLM"),
)
CALLERS = (
    Caller(number=ADA, name="Ada Moss"),
    Caller(number=NOOR, name="Noor Haddad"),
    Caller(number=STRANGER),
    Caller(number=OTHER_STRANGER),
)

OTHERS = (
    Other(name="Gus Lindqvist", handle="gus", slack="U0GUSGUEST", what="guest", is_guest=True),
    Other(name="Sol Ferrer", handle="sol", slack="U0SOLGUEST", what="guest of #texts only", single_channel="C0TEXTS"),
    Other(name="Xena Novak", handle="xena", slack="U0XENANOVAK", what="of another company", is_elsewhere=True),
    Other(name="Dana Voss", handle="dana", slack="U0DANAVOSS", what="deactivated", has_left=True),
)

STORY = (
    Step(
        title="A customer texts you",
        words="Ada is at home with her phone. She knows one number of your workshop, and nothing about Slack.",
        place="phone",
        button="Let Ada text",
        acts=(
            {"do": "text", "caller": ADA, "line": MAIN, "words": "Hi! Is my bike ready? I could come by at five 🚲"},
        ),
        until={"see": "thread", "caller": ADA, "line": MAIN},
    ),
    Step(
        title="It is a thread, and the bar is green",
        words="Green means: nobody has dealt with this yet. A reaction, a reply or the button by anybody ends it. "
        "Let Ben simply reply in the thread.",
        place="slack",
        button="Answer as Ben",
        acts=(
            {
                "do": "reply",
                "caller": ADA,
                "line": MAIN,
                "person": "U0BENOKAFOR",
                "words": "Yes, it is ready and shiny. See you at five!",
            },
        ),
        until={"see": "answer", "caller": ADA, "line": MAIN},
    ),
    Step(
        title="Ada has her answer",
        words="It reached her as a plain text. In Slack the bar has lost its green, and the mark on Ben's reply says "
        "what became of it: on its way, sent, delivered. Now somebody else texts.",
        place="phone",
        button="Let Noor text",
        acts=(
            {"do": "text", "caller": NOOR, "line": MAIN, "words": "Do you also repair cargo bikes? Mine lost a spoke"},
        ),
        until={"see": "thread", "caller": NOOR, "line": MAIN},
    ),
    Step(
        title="This time nobody looks",
        words="Everybody is in the workshop with oily hands. Let ten minutes pass, and the one in which mails are "
        "gathered.",
        place="slack",
        button="Let time pass",
        acts=({"do": "forward", "minutes": 10}, {"do": "forward", "minutes": 1}),
        until={"see": "mail"},
    ),
    Step(
        title="So it comes to those in charge, once",
        words="One mail for each assigned person, with everything that is unanswered and a link to each thread. Ada's "
        "text is not in it. Next, a carrier that stutters: it announces every text three times.",
        place="inbox",
        button="Make it stutter",
        acts=(
            {"do": "switch", "name": "duplicates"},
            {"do": "text", "caller": STRANGER, "line": MAIN, "words": "hello is this the bike shop??"},
        ),
        until={"see": "thread", "caller": STRANGER, "line": MAIN},
    ),
    Step(
        title="Announced three times, said once",
        words="That is the promise: nothing lost, nothing said twice. Try the other switches, text STOP, send a "
        "picture, take Slack away. You cannot break anything that matters.",
        place="trouble",
        button="Now it is mine",
        acts=({"do": "calm"},),
    ),
)

CAST = Cast(
    house="Halyard Cycles",
    lines=LINES,
    people=PEOPLE,
    callers=CALLERS,
    story=STORY,
    others=OTHERS,
    admin="U0MEITANAKA",
    user_group=("workshop", ("U0BENOKAFOR", "U0MEITANAKA")),
)


class Town:
    """The three worlds around one clock, furnished; their addresses are known once it is started.

    What a daemon needs to live between them: `cast` (lines, people, callers), `carrier` (api_url, account_sid,
    auth_token; set its webhook_url), `workspace` (api_url, bot_token, app_token, signing_secret), `mailbox` (host,
    port, no login), and `clock`.
    """

    def __init__(self, clock: MovableClock, cast: Cast) -> None:
        self.clock = clock
        self.cast = cast
        self.carrier = CarrierWorld(clock, dids=[line.number for line in cast.lines])
        self.workspace = Workspace(clock, web_url=cast.slack_url)
        self.mailbox = MailWorld(clock, mailboxes=[person.email for person in cast.people])
        for person in cast.people:
            admin = person.slack == cast.admin
            names = {"id": person.slack, "real_name": person.name, "email": person.email}
            self.workspace.add_user(person.handle, **names, is_admin=admin)
        for line in cast.lines:
            self.workspace.add_channel(line.channel_name, id=line.channel)
        for other in cast.others:
            self._let_in(other)
        handle, members = cast.user_group
        if handle:
            self.workspace.add_user_group(handle, list(members))

    def _let_in(self, other: Other) -> None:
        """Let somebody into the channels that such a person is in."""
        self.workspace.add_user(
            other.handle,
            id=other.slack,
            real_name=other.name,
            team_id=ELSEWHERE if other.is_elsewhere else "",
            is_restricted=other.is_guest or bool(other.single_channel),
            is_ultra_restricted=bool(other.single_channel),
            is_stranger=other.is_elsewhere,
            deleted=other.has_left,
        )
        for channel in self.workspace.state.channels.values():
            if other.is_elsewhere or other.has_left or other.single_channel not in (None, channel.id):
                channel.members.discard(other.slack)

    @property
    def contacts(self) -> dict[str, str]:
        """Whom the bridge knows by name: number → name."""
        return {caller.number: caller.name for caller in self.cast.callers if caller.name}

    async def start(self) -> None:
        await self.carrier.start()
        await self.workspace.start()
        await self.mailbox.start()

    async def aclose(self) -> None:
        await self.mailbox.aclose()
        await self.workspace.aclose()
        await self.carrier.aclose()


def furnish(clock: MovableClock, cast: Cast = CAST) -> Town:
    """Build the town; nothing listens before its `start`."""
    return Town(clock, cast)
