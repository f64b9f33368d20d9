"""What time it is for whoever answers us."""

from datetime import UTC, datetime

import pytest

from adapters.http.date import DateReader

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def read(*headers: str | None) -> list[datetime]:
    heard: list[datetime] = []
    reader = DateReader(heard.append)
    for header in headers:
        reader.read(header)
    return heard


def test_a_date_is_heard_once_however_often_it_stands_in_answers() -> None:
    assert read("Sun, 01 Nov 2026 12:00:00 GMT", None, "Sun, 01 Nov 2026 12:00:00 GMT") == [NOON]


@pytest.mark.parametrize(
    "header", ["", "soon", "Sun, 01 Nov 2026 12:00:00", "Sun, 99 Nov 2026 12:00:00 GMT", "1" * 400, "é\x00"]
)
def test_what_is_no_date_is_passed_over(header: str) -> None:
    assert all(told.tzinfo for told in read(header))
    assert len(read(header, "Sun, 01 Nov 2026 12:00:00 GMT")) in (1, 2)
