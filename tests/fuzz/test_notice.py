"""Whatever a carrier says about a failure comes out of the outbox as it went in."""

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.notice import Case, Notice

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    st.builds(
        Notice,
        case=st.sampled_from(Case),
        about=WORDS,
        detail=WORDS,
        at=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_notice_survives_its_packing(notice: Notice) -> None:
    assert Notice.unpacked(notice.packed()) == notice
