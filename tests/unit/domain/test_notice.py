"""What may have to be said in a thread survives its way through the outbox."""

from datetime import UTC, datetime

import pytest

from bridge.domain.ids import PersonRef
from bridge.domain.notice import Case, Notice


@pytest.mark.parametrize(
    "notice",
    [
        Notice(case=Case.STOPPED),
        Notice(
            case=Case.ASK_LATE,
            about="token",
            person=PersonRef("U0BEN"),
            address="+12125550142",
            at=datetime(2026, 3, 2, 15, 0, 0, 5, tzinfo=UTC),
            reason="landline",
            detail='"quoted" \u202e ünï😀\n',
        ),
    ],
)
def test_what_was_packed_is_unpacked_alike(notice: Notice) -> None:
    assert Notice.unpacked(notice.packed()) == notice


def test_what_is_empty_takes_no_room() -> None:
    assert Notice(case=Case.STOPPED).packed() == '{"case": "stopped"}'
