"""The contracts of what the ledger keeps of the house itself: how far was read, whose turn it is, what is to go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bridge.domain.erasure import Erasure
from bridge.domain.ids import ConversationId, EventKey, PostRef
from bridge.domain.invariant import Duty
from bridge.domain.outbox import OutboxEntry
from bridge.domain.query import StatusView, Trouble


class Cursors(Protocol):
    def get(self, name: str) -> datetime | None: ...
    def put(self, name: str, at: datetime) -> None: ...


class Leases(Protocol):
    """Whose turn it is at what one daemon at a time should do. A store for a single daemon grants it every turn."""

    def claim(self, name: str, owner: str, until: datetime, now: datetime) -> int | None:
        """Have the turn until then, or keep it for longer: return its fence, which rises with every new holder.

        None, and nothing changed, while it is another's.
        """

    def is_held(self, name: str, fence: int) -> bool:
        """Tell whether nobody has had the turn since it was claimed with this fence; it stays so until we commit."""

    def release(self, name: str, fence: int) -> None:
        """Let others have it from now on, if it is still held with this fence."""


class Epoch(Protocol):
    """The life of a database: a new one begins where a backup takes the place of what was written since."""

    def declare(self) -> None:
        """Say that a backup was put in place; a store that sees it by itself does so when it is opened."""

    def is_declared(self) -> bool:
        """Tell whether that was said and no life has begun since."""

    def begin(self, now: datetime) -> None:
        """Begin the life that was declared."""

    def restored_at(self) -> datetime | None:
        """Return when the present life began; None for the first."""


class Erasures(Protocol):
    """What is to be deleted of somebody, and how far that has come; his conversations bear the erasure's name."""

    def begin(self, erasure: Erasure, conversations: Sequence[ConversationId]) -> None:
        """Keep the order, and let these conversations be erased from now on."""

    def get(self, id: EventKey) -> Erasure | None: ...
    def put(self, erasure: Erasure) -> None:
        """Write down how far it has come."""

    def under_way(self) -> Erasure | None:
        """Return the first that was ordered and is not done."""

    def conversations(self, id: EventKey) -> list[ConversationId]: ...
    def unfinished(self, id: EventKey, limit: int) -> list[OutboxEntry]:
        """Return up to `limit` unfinished wishes about these conversations; marks and deletions of posts apart."""

    def forget_entries(self, id: EventKey, after: int, limit: int) -> int | None:
        """Look at up to `limit` wishes behind this place; of those that are finished and about these, keep only names.

        That of an SMS stays, of others nothing does. Return the place of the last; None where there was none.
        """

    def blank(self, id: EventKey) -> None:
        """Forget who took part in these conversations, where they were shown, and who took them on."""

    def posts(self, id: EventKey, limit: int) -> list[PostRef]:
        """Return up to `limit` posts of ours in these conversations, the newest first."""


class Audit(Protocol):
    def note(self, key: str, what: str, now: datetime) -> None:
        """Record a trouble that a person should know of; the same key again only counts."""

    def clear(self, key: str) -> None: ...
    def troubles(self) -> list[Trouble]: ...
    def unmailed(self) -> list[Trouble]: ...
    def mailed(self, now: datetime) -> None:
        """Mark the present troubles as told."""

    def last_mailed(self) -> datetime | None: ...
    def status(self, now: datetime) -> StatusView: ...


class Invariants(Protocol):
    """What must be true whenever somebody looks: each verb returns an example of the contrary, or nothing.

    They only read, and never all that ever was: of what is unfinished or unacknowledged, and of what was finished, each
    looks at the newest ten thousand. An example is a source, a message's id or an entry's token.
    """

    def unseen_request(self) -> str:
        """A request that we could not use, of whose source no trouble tells."""

    def unasked_attempt(self, before: datetime) -> str:
        """An entry that is *trying*, and could have been asked about before then."""

    def untaken_entry(self, before: datetime) -> str:
        """A free lane head that was due before then, of whose destination no trouble tells."""

    def stuck_lane(self) -> str:
        """The first ready entry of a lane in which nothing is tried or asked about, and that is not free."""

    def unshown_text(self, before: datetime) -> str:
        """An open message from before then without a post, and without an entry that will make one or has told why."""

    def unmailed_text(self, duties: Sequence[Duty]) -> str:
        """An open message that one of these duties demands to be new in a digest, and that is in none."""

    def text_mailed_twice(self) -> str:
        """An open message that is new in two digests to one person."""

    def sent_without_reference(self) -> str:
        """A post or an SMS that was answered, without the name that the world gave it."""

    def reference_twice(self) -> str:
        """An SMS whose reference another one has too."""
