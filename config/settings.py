"""The whole of `bridge.toml` as types: our own sections, and each adapter's embedded as it is.

It says what may be written. Reading the file and telling mistakes is `read`; building the house is `assemble`.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from adapters.control.settings import ControlSettings
from adapters.http.settings import HttpSettings
from adapters.mail.settings import MailSettings
from adapters.pictures.settings import MessageSize, MmsLimitSettings
from adapters.postgres.settings import PostgresSettings
from adapters.slack.settings import SlackSettings
from adapters.sqlite.settings import SqliteSettings
from adapters.twilio.settings import TwilioSettings
from bridge.domain.dialplan import MEANINGS, NOTES, Abilities, DialPlan, Did, LongText, Meaning, Owning, Person, Replies
from bridge.domain.ids import ChannelRef, PersonRef
from bridge.domain.phone import PhoneNumber, address
from bridge.domain.snippet import Snippet
from bridge.domain.toll import Limits
from bridge.wording import config as wording
from config.values import (
    CarrierName,
    ContactNumber,
    Deadline,
    Email,
    Keeping,
    Line,
    Most,
    Number,
    Region,
    SnippetText,
    Timezone,
    between,
    matching,
)

CarrierSettings = TwilioSettings
"""What may stand in [carriers.NAME]; with a second carrier this becomes a union, told apart by `type`."""


_STRICT = ConfigDict(extra="forbid", frozen=True)


class BridgeSettings(HttpSettings):
    """The section [bridge]: where we are reached, and the rules that hold for all numbers."""

    timezone: Timezone = Field(default="UTC", description="The time zone of the times in digest mails.")
    acknowledge_within: Deadline = Field(
        default=timedelta(minutes=10),
        description="How long a text may wait for a reaction or a reply in Slack before it goes into a digest mail.",
    )
    retention: Keeping = Field(
        default=timedelta(days=30),
        description="How long texts, pictures and raw requests are kept; then they are deleted for good.",
    )
    digest_window: Annotated[timedelta, between("1s", "1h")] = Field(
        default=timedelta(minutes=1),
        description="How long due texts are gathered before one digest mail is made of them.",
    )
    digest_interval: Annotated[timedelta, between("1s", "1d")] = Field(
        default=timedelta(minutes=10), description="The shortest time between two digest mails to the same person."
    )
    hold: Annotated[timedelta, between("0s", "5m")] = Field(
        default=timedelta(seconds=5),
        description="How long a reply waits before it goes out, so that its author can change or delete it; 0s: not.",
    )
    notes: tuple[Line, ...] = Field(
        default=NOTES, description="What a reply begins with that stays among colleagues; [] for no such sign."
    )
    echo_after: Annotated[timedelta, between("0s", "30d")] = Field(
        default=timedelta(hours=3),
        description="After how long a quiet a new text is shown in the channel too, not only in its thread; 0s: never.",
    )
    mentions: bool = Field(
        default=True,
        description="Whether whoever owns a conversation is mentioned when it goes on after such a quiet.",
    )
    undo: bool = Field(
        default=True, description="Whether the author of a reply is offered, privately, to take it back while it waits."
    )
    responders: tuple[str, ...] = Field(
        default=(),
        description="Who may answer and acknowledge: people by name, Slack user groups by id (S…); [] for everybody.",
    )
    guests: bool = Field(default=False, description="Whether guests of the workspace may answer and acknowledge.")
    strangers: bool = Field(
        default=False, description="Whether people of other companies may, in channels that are shared with them."
    )
    owner: Owning = Field(
        default=Owning.REPLY,
        description="Whose a conversation is: reply (whoever answers first, or says mine), claim (whoever says mine) "
        "or assigned (the number's first assigned person).",
    )
    give_back: Annotated[timedelta, between("0s", "30d")] = Field(
        default=timedelta(minutes=30),
        description="After how long a text that waits for its owner is everybody's again; 0s: never.",
    )
    meanings: dict[Line, Meaning] = Field(
        default=MEANINGS,
        description='What a reaction, by its name, says beyond taking texts on: "mine", "done" or "no answer needed".',
    )
    convert_pictures: bool = Field(
        default=True,
        description="Whether pictures in replies are converted and made smaller as needed, instead of refused.",
    )
    admins: tuple[str, ...] = Field(
        default=(),
        description="The people, by name, who are told what only an operator can mend, and may have data deleted.",
    )

    @field_validator("public_url")
    @classmethod
    def _names_a_host_only(cls, url: str) -> str:
        """Refuse a path: webhooks, Slack's events and pictures have paths of their own below it."""
        if urlsplit(url).path:
            raise ValueError(*wording.public_url_has_path(urlsplit(url).path))
        return url


class PersonSettings(BaseModel):
    """One of [[people]]: named here once, referred to by name everywhere else."""

    model_config = _STRICT

    name: Line = Field(description="The name by which `assigned` and `admins` mean this person.")
    email: Email = Field(description="Where this person's digest mails go.")
    slack: Annotated[str, matching(r"[UW][A-Z0-9]{1,30}", wording.no_member)] | None = Field(
        default=None, description="The person's member id in Slack, which makes mentions possible."
    )


class ContactSettings(BaseModel):
    """One of [[contacts]]: a name for a number that is not ours."""

    model_config = _STRICT

    name: Line = Field(description="The name that is shown beside the number.")
    number: ContactNumber = Field(description="The contact's number with plus sign and country code, or a short code.")


class SnippetSettings(BaseModel):
    """One of [[snippets]]: words that are offered to whoever answers."""

    model_config = _STRICT

    name: Line = Field(description="What it is called where it is offered.")
    text: SnippetText = Field(
        description="The words. In braces: first_name, name, number (of whom it goes to), my_name, my_number, label."
    )


class DidSettings(BaseModel):
    """One of [[dids]]: a number of ours, bound to a Slack channel."""

    model_config = _STRICT

    number: Number = Field(description="Our number, with plus sign and country code.")
    label: Line = Field(description="What people call this number.")
    carrier: str = Field(description="The name of the carrier's section: main for [carriers.main].")
    channel: Annotated[str, matching(r"[CG][A-Z0-9]{1,30}|#[^\s#,]{1,80}", wording.no_channel)] = Field(
        description="The Slack channel of its threads, by id or by #name; the app must be a member of it."
    )
    assigned: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="The people, by name, who get the digest mail when nobody acknowledges in time."
    )
    acknowledge_within: Deadline | None = Field(
        default=None, description="For this number only, instead of the one in [bridge]."
    )
    retention: Keeping | None = Field(default=None, description="For this number only, instead of the one in [bridge].")
    long_text: LongText = Field(
        default=LongText.SEGMENTS,
        description="What becomes of a reply that is longer than one text: segments, split, mms or refuse.",
    )
    echo_after: Annotated[timedelta, between("0s", "30d")] | None = Field(
        default=None, description="For this number only, instead of the one in [bridge]."
    )
    responders: tuple[str, ...] = Field(
        default=(), description="Who may answer for this number only, instead of those in [bridge]."
    )
    replies: Replies = Field(
        default=Replies.SEND,
        description="Which replies go out: send (every one but notes), mention (those that mention the app) or off.",
    )
    convert_pictures: bool | None = Field(
        default=None, description="For this number only, instead of the one in [bridge]."
    )
    max_mms_bytes: MessageSize | None = Field(
        default=None, description="The largest whole picture message of this number, whatever [mms_limits] says."
    )


class LimitSettings(BaseModel):
    """The section [limits]: how many texts may go out before a person is asked, and where to."""

    model_config = _STRICT

    per_person: Most = Field(
        default=60, description="How many texts an hour one member of the workspace may send; 0 for no limit."
    )
    per_participant: Most = Field(
        default=30, description="How many texts an hour may go to one number; 0 for no limit."
    )
    new_participants: Most = Field(
        default=20,
        description="How many numbers a day one member may write to that have not texted lately; 0 for no limit.",
    )
    per_account: Most = Field(
        default=300, description="How many texts an hour may leave one carrier account; 0 for no limit."
    )
    regions: tuple[Region, ...] = Field(
        default=(), description="The countries and territories that may be texted; without it, those of our numbers."
    )
    short_codes: bool = Field(default=False, description="Whether short codes such as 72345 may be answered.")


class StoreSettings(SqliteSettings, PostgresSettings):
    """The section [store]: a file for one daemon, or a database for several."""

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError(*wording.one_store())
        return self


class Settings(BaseModel):
    """Everything that `bridge.toml` says."""

    model_config = _STRICT

    bridge: BridgeSettings
    store: StoreSettings
    control: ControlSettings = ControlSettings()
    slack: SlackSettings
    mail: MailSettings
    limits: LimitSettings = LimitSettings()
    mms_limits: MmsLimitSettings = MmsLimitSettings()
    carriers: Annotated[dict[CarrierName, CarrierSettings], Field(min_length=1)]
    people: Annotated[tuple[PersonSettings, ...], Field(min_length=1)]
    contacts: tuple[ContactSettings, ...] = ()
    snippets: Annotated[tuple[SnippetSettings, ...], Field(max_length=100)] = ()
    dids: Annotated[tuple[DidSettings, ...], Field(min_length=1)]

    @property
    def control_socket(self) -> Path:
        """Where the running daemon is asked."""
        return self.control.beside(self.store.path)


def dial_plan(settings: Settings, abilities: Mapping[str, Abilities]) -> DialPlan:
    """Build the dial plan; `abilities` by the carrier's name, as the open carriers tell them."""
    bridge = settings.bridge
    people = {p.name: Person(name=p.name, email=p.email, slack=_person(p.slack)) for p in settings.people}
    return DialPlan(
        dids=tuple(_did(did, settings, people) for did in settings.dids),
        people=tuple(people.values()),
        admins=tuple(people[name] for name in bridge.admins),
        contacts={address(contact.number): contact.name for contact in settings.contacts},
        abilities=dict(abilities),
        digest_window=bridge.digest_window,
        digest_interval=bridge.digest_interval,
        retention=bridge.retention,
        timezone=bridge.timezone,
        notes=bridge.notes,
        hold=bridge.hold,
        offers_undo=bridge.undo,
        mentions=bridge.mentions,
        responders=_responders(bridge.responders, people),
        guests=bridge.guests,
        strangers=bridge.strangers,
        owning=bridge.owner,
        give_back=bridge.give_back,
        meanings=bridge.meanings,
        snippets=tuple(Snippet(name=one.name, text=one.text) for one in settings.snippets),
        limits=_limits(settings.limits),
    )


def _responders(names: tuple[str, ...], people: Mapping[str, Person]) -> frozenset[str]:
    """Return the ids of people and groups; whoever is named without one in Slack cannot be recognised there."""
    return frozenset((people[name].slack or name) if name in people else name for name in names)


def groups(settings: Settings) -> frozenset[str]:
    """Return the Slack user groups that are named among the responders."""
    people = {person.name for person in settings.people}
    named = {*settings.bridge.responders, *(name for did in settings.dids for name in did.responders)}
    return frozenset(named - people)


def _limits(limits: LimitSettings) -> Limits:
    return Limits(**(dict(limits) | {"regions": frozenset(limits.regions)}))


def _person(slack: str | None) -> PersonRef | None:
    return PersonRef(slack) if slack else None


def _did(did: DidSettings, settings: Settings, people: Mapping[str, Person]) -> Did:
    number, bridge = PhoneNumber(did.number), settings.bridge
    return Did(
        number=number,
        label=did.label,
        carrier=did.carrier,
        channel=ChannelRef(did.channel),
        assigned=tuple(people[name] for name in did.assigned),
        acknowledge_within=did.acknowledge_within or bridge.acknowledge_within,
        retention=did.retention or bridge.retention,
        long_text=did.long_text,
        replies=did.replies,
        echo_after=bridge.echo_after if did.echo_after is None else did.echo_after,
        responders=_responders(did.responders, people),
        converts=bridge.convert_pictures if did.convert_pictures is None else did.convert_pictures,
        max_mms_bytes=did.max_mms_bytes or settings.mms_limits.for_any(number),
    )


def known_secrets(settings: BaseModel) -> Iterator[str]:
    """Yield the value of every secret that was read, so that the log can hide it wherever it turns up."""
    for name in type(settings).model_fields:
        yield from _secrets_in(getattr(settings, name))


def _secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from known_secrets(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _secrets_in(inner)
