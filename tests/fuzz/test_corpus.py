"""What fuzzing has found, and what it starts from: none of it breaks a promise. This needs no fuzzer."""

import pytest

from fuzz.promises import BrokenPromise, can_be_kept, promise
from fuzz.targets import CORPUS, TARGETS, corpus

SAVED = [(name, path.name) for name in TARGETS for path in corpus(name)]
MOST_SEEDS, LARGEST_SEED = 40, 4096  # of a target, in octets; people read a corpus too


@pytest.mark.parametrize(("name", "saved"), [pytest.param(*each, id="/".join(each)) for each in SAVED])
def test_what_was_saved_breaks_no_promise(name: str, saved: str) -> None:
    TARGETS[name]((CORPUS / name / saved).read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_starts_from_a_small_corpus(name: str) -> None:
    seeds = [path for path in corpus(name) if not path.name.startswith("found-")]

    assert 5 <= len(seeds) <= MOST_SEEDS
    assert max(path.stat().st_size for path in seeds) <= LARGEST_SEED


def test_there_is_no_corpus_without_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)


def test_a_broken_promise_is_noticed() -> None:
    with pytest.raises(BrokenPromise, match="twice two"):
        promise(2 * 2 == 5, "twice two is five")


@pytest.mark.parametrize("value", ["\ud83d", ("a", {"b": "\udc00"}), 2**63, frozenset({"\udfff"})])
def test_what_no_store_takes_is_noticed(value: object) -> None:
    assert not can_be_kept(value)
    assert can_be_kept(("a", 2**63 - 1, {"b": "😀\x00"}, None))
