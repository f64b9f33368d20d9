"""The names of things: opaque strings, each with its own type. Nothing is random; an id is the name of its cause."""

from typing import NewType

EventKey = NewType("EventKey", str)  # names a fact wherever it is met, live or read back: twilio:main:SM12
ConversationId = NewType("ConversationId", str)  # a keyed digest of our number and the others' numbers
MessageId = NewType("MessageId", str)  # the name of the event that made it
EntryId = NewType("EntryId", str)  # cause, slash, step
EntryToken = NewType("EntryToken", str)  # a keyed digest of an EntryId; the only form that leaves the house
DigestId = NewType("DigestId", str)

# These belong to an adapter, which alone may look inside.
ChannelRef = NewType("ChannelRef", str)
ThreadRef = NewType("ThreadRef", str)
PostRef = NewType("PostRef", str)
PersonRef = NewType("PersonRef", str)
CarrierRef = NewType("CarrierRef", str)
MailRef = NewType("MailRef", str)
MediaRef = NewType("MediaRef", str)


def step(cause: str, *names: str | int) -> EntryId:
    """Name the entry that `cause` brings about: the same cause and step always give the same name."""
    return EntryId("/".join((cause, *map(str, names))))
