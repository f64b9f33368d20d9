"""How texts and moments are written for PostgreSQL: without loss, and never misread."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.ledger.columns import MomentDumper, MomentLoader, TextDumper, TextLoader

_SUBSTITUTE = "\x1a"
_ODD_TEXTS = st.text(st.sampled_from(f"\x00{_SUBSTITUTE}01a\u00e9")) | st.text(st.characters(exclude_categories=["Cs"]))
_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _written(text: str) -> bytes:
    return TextDumper(str).dump(text)


def _read(written: bytes) -> str:
    return TextLoader(0).load(written)


@given(text=_ODD_TEXTS)
def test_every_text_is_read_as_it_was_written(text: str) -> None:
    assert _read(_written(text)) == text


@given(text=_ODD_TEXTS)
def test_no_written_text_has_a_nul_in_it(text: str) -> None:
    assert b"\x00" not in _written(text)


@given(one=_ODD_TEXTS, other=_ODD_TEXTS)
def test_no_two_texts_are_written_alike(one: str, other: str) -> None:
    assert (_written(one) == _written(other)) == (one == other)


@pytest.mark.parametrize("text", ["", "hello", "caf\u00e9 \U0001f600\r\n\t\x1b\x7f"])
def test_a_text_without_the_two_rare_characters_is_written_as_it_is(text: str) -> None:
    assert _written(text) == text.encode()


@pytest.mark.parametrize("written", ["2026-03-02 12:00:00+00", "2026-03-02 17:30:00+05:30", "2026-03-02 08:00:00-04"])
def test_a_moment_is_read_as_utc_whatever_the_zone_of_the_session(written: str) -> None:
    read = MomentLoader(0).load(written.encode())

    assert read == _NOON
    assert read.tzinfo is UTC


@pytest.mark.parametrize("fraction", ["5", "05", "000001", "123456"])
def test_a_moment_keeps_its_microseconds_however_few_digits_the_server_writes(fraction: str) -> None:
    read = MomentLoader(0).load(f"2026-03-02 12:00:00.{fraction}+00".encode())

    assert read - _NOON == timedelta(microseconds=int(fraction.ljust(6, "0")))


def test_a_moment_of_another_zone_is_written_as_utc() -> None:
    moment = datetime(2026, 3, 2, 7, tzinfo=timezone(timedelta(hours=-5)))

    assert MomentDumper(datetime).dump(moment) == b"2026-03-02T12:00:00+00:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        MomentDumper(datetime).dump(datetime(2026, 3, 2, 12))
