"""What the ledger promises of limits: what was let out is counted by each of them, and what is held is found again."""

from datetime import datetime, timedelta

from bridge.domain.ids import ConversationId, PersonRef
from bridge.domain.message import Message
from bridge.domain.outbox import EntryState, OutboxEntry, WishKind
from bridge.domain.phone import Address
from bridge.domain.toll import Cap, Toll
from bridge.ports import Ledger, Store
from tests.contracts.bench import AGENT, ANN, BOB, MINUTE, conversation, entry, inbound, outbound
from tests.contracts.lanes import names

HOUR = timedelta(hours=1)
LANE = "main/+14155550100:ann"
OTHER = PersonRef("U2")


def _put(
    ledger: Ledger,
    at: datetime,
    *,
    account: str = "main",
    person: PersonRef = AGENT,
    participant: Address = ANN,
    is_stranger: bool = False,
) -> None:
    ledger.tolls.put(Toll(account=account, person=person, participant=participant, is_stranger=is_stranger, at=at))


def _held(id: str, now: datetime, detail: str = "over limit", lane: str = LANE) -> OutboxEntry:
    held = entry(id, now, lane=lane, kind=WishKind.SEND_SMS, state=EntryState.HELD)
    return OutboxEntry(**{name: getattr(held, name) for name in held.__slots__} | {"detail": detail})


class Tolls:
    async def test_each_limit_counts_its_own_newest_first_and_nothing_older_than_asked(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> dict[str, list[int | None]]:
            _put(ledger, now - 50 * MINUTE, is_stranger=True)
            _put(ledger, now - 40 * MINUTE, person=OTHER, participant=BOB)
            _put(ledger, now - 30 * MINUTE, account="second")
            _put(ledger, now - 2 * HOUR)

            def minutes(cap: Cap, of: str) -> list[int | None]:
                found = [ledger.tolls.nth_last(cap, of, number, now - HOUR) for number in (1, 2, 3)]
                return [int((now - at) / MINUTE) if at else None for at in found]

            return {
                "account": minutes(Cap.ACCOUNT, "main"),
                "person": minutes(Cap.PERSON, AGENT),
                "strangers": minutes(Cap.STRANGERS, AGENT),
                "participant": minutes(Cap.PARTICIPANT, BOB.value),
                "nobody": minutes(Cap.PERSON, "U9"),
            }

        assert await store.transact(work) == {
            "account": [40, 50, None],
            "person": [30, 50, None],
            "strangers": [50, None, None],
            "participant": [40, None, None],
            "nobody": [None, None, None],
        }

    async def test_old_tolls_are_forgotten_in_small_steps(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[list[int], datetime | None, bool]:
            for age in (1, 2, 3, 4):
                _put(ledger, now - age * HOUR)
            steps = [ledger.tolls.forget(now - 90 * MINUTE, 2) for _ in range(3)]
            first, second = (ledger.tolls.nth_last(Cap.ACCOUNT, "main", n, now - 9 * HOUR) for n in (1, 2))
            return steps, second, first == now - HOUR

        assert await store.transact(work) == ([2, 1, 0], None, True)

    async def test_what_a_limit_holds_in_a_lane_is_found_in_its_order(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[list[str]]:
            ledger.outbox.enqueue(_held("a", now))
            ledger.outbox.enqueue(_held("b", now, detail=""))
            ledger.outbox.enqueue(_held("c", now))
            ledger.outbox.enqueue(_held("d", now, lane="main/+14155550100:bob"))
            ledger.outbox.enqueue(entry("e", now, lane=LANE, kind=WishKind.SEND_SMS))
            return [names(ledger.outbox.held(LANE, "over limit", most)) for most in (1, 9)]

        assert await store.transact(work) == [["a"], ["a", "c"]]

    async def test_a_conversation_knows_when_the_last_text_came(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Message | None]:
            for name in ("ann", "bob"):
                ledger.conversations.open(conversation(name, now, ANN if name == "ann" else BOB))
            ledger.messages.save(inbound("m1", now - HOUR))
            ledger.messages.save(inbound("m2", now - MINUTE))
            ledger.messages.save(outbound("m3", now))
            open_, _ = (
                ledger.messages.last_heard(ConversationId("ann")),
                ledger.messages.cover(ConversationId("ann"), 9),
            )
            return [
                open_,
                ledger.messages.last_heard(ConversationId("ann")),
                ledger.messages.last_heard(ConversationId("bob")),
            ]

        open_, covered, silent = await store.transact(work)

        assert open_ is not None
        assert open_.id == "m2"
        assert open_ == covered
        assert silent is None
