"""What a workspace consists of: users, channels, messages, files, views. Plain records that change in place."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

SLACKBOT = "USLACKBOT"


@dataclass(slots=True, kw_only=True)
class User:
    """A member, a guest, a bot, or somebody from another company (another team_id)."""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str | None = None
    tz: str = "America/New_York"
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Channel:
    """A public or private channel; `members` are user ids, our bot among them or not.

    Of somebody's direct messages with our bot, `direct_with` says whose they are.
    """

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    direct_with: str = ""
    connected_teams: list[str] = field(default_factory=list)  # other companies' workspaces, where it is shared
    members: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """Several people under one handle; `users` are user ids."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False


@dataclass(slots=True, kw_only=True)
class Shortcut:
    """An entry of the app in Slack's menus: `global` beside the composer, `message` beside a message."""

    callback_id: str
    name: str
    kind: str = "global"


@dataclass(slots=True, kw_only=True)
class Activation:
    """What a text would set off for its readers: pings, links, formatting."""

    mentions: list[str] = field(default_factory=list)  # "@U1", "#C1", "!channel", "!subteam^S1"
    links: list[tuple[str, str]] = field(default_factory=list)  # (where it leads, what it says)
    formats: list[str] = field(default_factory=list)  # "bold", "emoji", …

    def add(self, other: "Activation") -> None:
        self.mentions += other.mentions
        self.links += other.links
        self.formats += other.formats


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; a thread's root has `thread_ts` None here, its replies name the root."""

    channel: str
    ts: str
    text: str
    user: str | None = None
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    username: str | None = None
    icons: Json | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    edited: Json | None = None
    client_msg_id: str | None = None
    activation: Activation = field(default_factory=Activation)

    @property
    def mentions(self) -> list[str]:
        return self.activation.mentions

    @property
    def links(self) -> list[tuple[str, str]]:
        return self.activation.links

    @property
    def is_broadcast(self) -> bool:
        return self.subtype == "thread_broadcast"


@dataclass(slots=True, kw_only=True)
class Ephemeral:
    """What only one person sees, until the page is reloaded."""

    channel: str
    user: str
    ts: str
    text: str
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    author: str = SLACKBOT


@dataclass(slots=True, kw_only=True)
class SharedFile:
    """A file with its bytes; announced first, then uploaded, then completed, then shared."""

    id: str
    name: str
    title: str
    mimetype: str
    owner: str
    created: int
    length: int
    ticket: str = ""
    alt_txt: str = ""
    content: bytes | None = None
    completed: bool = False
    deleted: bool = False
    external_url: str | None = None
    shares: list[tuple[str, str, str | None]] = field(default_factory=list)  # (channel, ts, thread_ts)


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or a Home tab as it is shown to one person."""

    id: str
    user: str
    kind: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    errors: Json = field(default_factory=dict)  # shown in it, by block_id; "" for the whole
