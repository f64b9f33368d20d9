"""Random texts, random queries, and a model that reads every text from end to end: they agree after every step."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.domain.ids import MessageId
from bridge.domain.query import AskSearch
from bridge.flows import find
from bridge.ports import Ledger
from tests.contracts.bench import DID, Bench, inbound, with_conversation

MANY = 100
DAY = timedelta(days=1)
ALONE = ("CJK UNIFIED", "HIRAGANA", "KATAKANA")

_ODD = [
    "a",
    "B",
    "b\u0301",
    "É",
    "e",
    "straße",
    "STRASSE",
    "2",
    "²",
    "会",
    "会議",
    "か",
    "が",
    "x_y",
    "O'B",
    "ﬁ",
    "fi",
    "・",
]
_TEXTS = st.one_of(
    st.lists(st.sampled_from(_ODD), max_size=4).map(" ".join),
    st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=12),
)
_STEPS = st.one_of(
    st.tuples(st.just("save"), _TEXTS),
    st.tuples(st.just("reword"), st.integers(0, 9), _TEXTS),
    st.tuples(st.just("forget"), st.integers(1, 3)),
    st.tuples(st.just("index"), st.integers(1, 5)),
    st.tuples(st.just("overwrite"), st.none()),
    st.tuples(st.just("ask"), _TEXTS),
)


def read(text: str) -> set[str]:
    """Read the words of a text letter by letter."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    parted = ""
    for one in folded:
        kind = unicodedata.category(one)
        if kind[0] == "M" or (kind == "Cf" and one != "\u200b"):
            continue
        is_alone = unicodedata.name(one, "").startswith(ALONE)
        parted += f" {one} " if one.isalnum() and is_alone else one if one.isalnum() else " "
    return set(parted.split())


@dataclass
class Model:
    """The texts that are kept, by the names of their messages."""

    kept: dict[str, str] = field(default_factory=dict)
    saved: int = 0

    def ask(self, query: str) -> list[str]:
        wanted = read(query)
        return [name for name, text in reversed(self.kept.items()) if wanted and wanted <= read(text)]

    def step(self, step: tuple[object, ...], ledger: Ledger, now: datetime) -> None:
        match step:
            case ("save", str(text)):
                self._save(text, ledger, now)
            case ("reword", int(number), str(text)):
                self._reword(f"m{number}", text, ledger)
            case ("forget", int(limit)):
                ledger.messages.forget(DID, now + DAY, limit)
                found = [ledger.messages.get(MessageId(name)) for name in self.kept]
                self.kept = {one.id: self.kept[one.id] for one in found if one and one.is_kept}
            case ("index", int(limit)):
                ledger.search.index(limit)
            case ("overwrite", None):
                ledger.search.overwrite()
            case ("ask", str(query)):
                hits = find.texts(ledger, AskSearch(words=query, limit=MANY)).hits
                assert [hit.message.id for hit in hits] == self.ask(query)

    def _save(self, text: str, ledger: Ledger, now: datetime) -> None:
        ledger.messages.save(inbound(f"m{self.saved}", now, text=text))
        self.kept[f"m{self.saved}"] = text
        self.saved += 1

    def _reword(self, name: str, text: str, ledger: Ledger) -> None:
        ledger.messages.reword(MessageId(name), text, None)
        if name in self.kept:
            self.kept[name] = text


class SearchModel:
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,  # each example opens a store of its own
            HealthCheck.differing_executors,  # each store has a class of its own
        ],
    )
    @given(steps=st.lists(_STEPS, max_size=30))
    async def test_whatever_happens_those_texts_are_found_that_reading_all_would_find(
        self, bench: Bench, steps: list[tuple[object, ...]]
    ) -> None:
        store = await bench.open_elsewhere()
        model = Model()
        await store.transact(with_conversation)
        for step in [*steps, ("ask", "a"), ("ask", "b"), ("ask", "é")]:
            await store.transact(partial(model.step, step))
        await store.aclose()
