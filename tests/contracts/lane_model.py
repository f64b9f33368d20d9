"""Random verbs against the outbox and against a model too simple to be wrong: they agree after every step."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.domain.outbox import Claim, EntryChange, EntryState, OutboxEntry, Outcome, Settlement
from bridge.ports import Ledger
from tests.contracts.bench import MINUTE, Bench, entry

LANES = ("slack/C1:a", "slack/C1:b", "slack/C2:a")
DESTINATIONS = ("slack/C1", "slack/C2")
ENDINGS = (None, EntryState.READY, EntryState.SENT, EntryState.FAILED, EntryState.ASKED, EntryState.CANCELLED)
DECISIONS = (*ENDINGS, EntryState.HELD)


@dataclass
class Model:
    """Every entry in the order in which it was wished, looked through from end to end at each question."""

    entries: list[OutboxEntry] = field(default_factory=list)

    def enqueue(self, wish: OutboxEntry) -> bool:
        if any(each.id == wish.id for each in self.entries):
            return False
        self.entries.append(wish)
        return True

    def heads(self) -> list[OutboxEntry]:
        lanes = [[each for each in self.entries if each.lane == lane] for lane in LANES]
        ready = [[each for each in lane if each.state is EntryState.READY] for lane in lanes if not _is_blocked(lane)]
        return sorted((lane[0] for lane in ready if lane), key=self.entries.index)

    def take(self, destination: str, limit: int, now: datetime) -> list[OutboxEntry]:
        free = [each for each in self.heads() if each.destination == destination and each.due_at <= now][:limit]
        return [self._put(_claimed(each, now)) for each in free]

    def settle(self, held: OutboxEntry, change: EntryChange) -> bool:
        present = next(each for each in self.entries if each.id == held.id)
        if present.fence != held.fence or present.state is not EntryState.TRYING:
            return False
        self.alter(present, change)
        return True

    def alter(self, present: OutboxEntry, change: EntryChange) -> None:
        changed = {name: getattr(change, name) for name in change.__slots__}
        self._put(replace(present, **{name: value for name, value in changed.items() if value is not None}))

    def answers(self, now: datetime) -> object:
        """Answer everything that can be asked of an outbox."""
        heads = self.heads()
        later = [each.due_at for each in heads if each.due_at > now]
        return (
            self.entries,
            {each.destination for each in heads if each.due_at <= now},
            min(later, default=None),
            [any(each.lane == lane and each.state is EntryState.READY for each in self.entries) for lane in LANES],
        )

    def _put(self, changed: OutboxEntry) -> OutboxEntry:
        at = next(at for at, each in enumerate(self.entries) if each.id == changed.id)
        self.entries[at] = changed
        return changed


def _is_blocked(lane: list[OutboxEntry]) -> bool:
    return any(each.state in (EntryState.TRYING, EntryState.ASKED) for each in lane)


def _claimed(each: OutboxEntry, now: datetime) -> OutboxEntry:
    return replace(
        each,
        state=EntryState.TRYING,
        fence=each.fence + 1,
        tries=each.tries + 1,
        started_at=now,
        ask_at=now + MINUTE,
    )


def _answers(ids: list[str], ledger: Ledger, now: datetime) -> object:
    found = [ledger.outbox.get(each) for each in ids]  # type: ignore[arg-type]  # the model's ids are EntryIds
    outbox = ledger.outbox
    return found, set(outbox.destinations(now)), outbox.next_due(now), [outbox.is_amending(lane) for lane in LANES]


_MINUTES = st.integers(0, 2).map(lambda minutes: minutes * MINUTE)
_STEPS = st.one_of(
    st.tuples(st.just("enqueue"), st.integers(0, 9), st.sampled_from(LANES), st.booleans(), _MINUTES),
    st.tuples(st.just("take"), st.sampled_from(DESTINATIONS), st.integers(1, 3)),
    st.tuples(st.just("settle"), st.integers(0, 9), st.sampled_from(ENDINGS), _MINUTES),
    st.tuples(st.just("alter"), st.integers(0, 9), st.sampled_from(DECISIONS), _MINUTES),
    st.tuples(st.just("forward"), _MINUTES),
)


@dataclass
class Play:
    """One course of events, played to a ledger and to the model."""

    model: Model = field(default_factory=Model)
    claims: list[OutboxEntry] = field(default_factory=list)  # every claim ever, stale ones too

    def step(self, step: tuple[object, ...], ledger: Ledger, now: datetime) -> None:
        match step:
            case ("enqueue", int(number), str(lane), bool(held), timedelta() as due_in):
                state = EntryState.HELD if held else EntryState.READY
                wish = entry(f"e{number}", now, lane=lane, state=state, due_in=due_in)
                assert ledger.outbox.enqueue(wish) == self.model.enqueue(wish)
            case ("take", str(destination), int(limit)):
                taken = ledger.outbox.take([Claim(destination, limit, now + MINUTE)], "me", now)
                assert taken == self.model.take(destination, limit, now)
                self.claims += taken
            case ("settle", int(number), state, timedelta() as due_in) if self.claims:
                claim = self.claims[number % len(self.claims)]
                change = _change(state, now + due_in)
                settled = ledger.outbox.settle(claim, Settlement(outcome=Outcome.TRANSIENT), change, now)
                assert settled == self.model.settle(claim, change)
            case ("alter", int(number), state, timedelta() as due_in) if self.model.entries:
                chosen = self.model.entries[number % len(self.model.entries)]
                ledger.outbox.alter(chosen.id, _change(state, now + due_in))
                self.model.alter(chosen, _change(state, now + due_in))


def _change(state: object, due_at: datetime) -> EntryChange:
    assert state is None or isinstance(state, EntryState)
    return EntryChange(state=state, due_at=due_at)


class LaneModel:
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,  # each example opens a store of its own
            HealthCheck.differing_executors,  # each store has a class of its own
        ],
    )
    @given(steps=st.lists(_STEPS, max_size=40))
    async def test_any_course_of_events_leaves_the_outbox_as_the_model_says(
        self, bench: Bench, steps: list[tuple[object, ...]]
    ) -> None:
        store = await bench.open_elsewhere()
        play = Play()
        for step in steps:
            if step[0] == "forward" and isinstance(step[1], timedelta):
                bench.clock.forward(step[1])
            await store.transact(partial(play.step, step))
            found = await store.transact(partial(_answers, [each.id for each in play.model.entries]))
            assert found == play.model.answers(await store.transact(lambda ledger, now: now))
        await store.aclose()
