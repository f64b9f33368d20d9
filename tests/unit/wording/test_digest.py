"""Every sentence of the digest mail."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.domain.ids import MediaRef, MessageId
from bridge.domain.message import Attachment, MediaState
from bridge.wording import digest

NEW_YORK, SAO_PAULO = ZoneInfo("America/New_York"), ZoneInfo("America/Sao_Paulo")
AT = datetime(2026, 3, 2, 17, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("texts", "who", "subject"),
    [
        (1, ["Ada"], "1 unanswered text, oldest 1 h: Ada"),
        (3, ["Ada", "Bob", "Cy"], "3 unanswered texts, oldest 1 h: Ada, Bob, Cy"),
        (1200, ["Ada", "Bob", "Cy", *"xy"], "1,200 unanswered texts, oldest 1 h: Ada, Bob, Cy and 2 more"),
    ],
)
def test_the_subject_says_how_many_how_long_and_who(texts: int, who: list[str], subject: str) -> None:
    assert digest.subject(texts, HOUR, who) == subject


@pytest.mark.parametrize(
    ("at", "zone", "today", "said"),
    [
        (AT, NEW_YORK, AT, "12:05 PM EST"),
        (AT, NEW_YORK, AT + timedelta(days=1), "Mon, Mar 2, 12:05 PM EST"),
        (AT, NEW_YORK, None, "Mon, Mar 2, 12:05 PM EST"),
        (AT - 12 * HOUR, NEW_YORK, AT, "12:05 AM EST"),
        (AT, SAO_PAULO, AT, "2:05 PM UTC-03"),
    ],
)
def test_a_moment_is_local_with_its_zone_and_its_date_where_that_is_not_todays(
    at: datetime, zone: ZoneInfo, today: datetime | None, said: str
) -> None:
    assert digest.moment(at, zone, today) == said


@pytest.mark.parametrize(
    ("state", "type", "said"),
    [
        (MediaState.KEPT, "image/jpeg", "picture, 80 KB"),
        (MediaState.WANTED, "video/mp4", "video, not fetched yet"),
        (MediaState.REFUSED, "audio/amr", "sound, could not be fetched"),
        (MediaState.FORGOTTEN, "application/pdf", "PDF, no longer kept"),
        (MediaState.KEPT, "text/vcard", "contact card, 80 KB"),
        (MediaState.KEPT, "application/octet-stream", "file, 80 KB"),
    ],
)
def test_a_file_is_described_in_words(state: MediaState, type: str, said: str) -> None:
    file = Attachment(message=MessageId("m"), number=1, ref=MediaRef("r"), name="", type=type, size=80_000, state=state)

    assert digest.attached(file) == said


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "1 KB"), (1499, "1 KB"), (999_499, "999 KB"), (999_500, "1.0 MB"), (1_240_000, "1.2 MB")]
)
def test_a_size_is_never_nothing(octets: int, said: str) -> None:
    assert digest.size(octets) == said


def test_people_numbers_and_states_are_named() -> None:
    assert digest.person("Ada", "(212) 555-0142") == "Ada, (212) 555-0142"
    assert digest.person("", "(212) 555-0142") == digest.person("(212) 555-0142", "(212) 555-0142") == "(212) 555-0142"
    assert (digest.group("Ada", 1), digest.group("Ada", 2)) == ("Ada and 1 other", "Ada and 2 others")
    assert digest.to_our_number("Main", "(415) 555-0100") == "to Main, (415) 555-0100"
    assert "no longer one of our numbers" in digest.to_our_number("", "(415) 555-0100")
    assert digest.state(is_new=True, when="noon", waiting=HOUR) == "NEW · noon · 1 h ago"
    assert digest.state(is_new=False, when="noon", waiting=HOUR) == "Still open since noon · 1 h"
    assert digest.came_late("noon") == "written noon"
    assert digest.as_of(AT, NEW_YORK).endswith("Times are local to America/New_York.")


def test_what_the_mail_cannot_do_is_said() -> None:
    assert "cannot be used to answer" in digest.one_way()
    assert "cannot be answered" in digest.warned_one_way()
    assert "Slack" in digest.why()
    assert "sms-bridge" in digest.why_warned()
    assert digest.warning_subject("It broke.") == "sms-bridge needs attention: It broke."


def test_what_is_left_out_is_counted() -> None:
    assert digest.cut(5000).startswith("(cut here; 5,000 characters")
    assert digest.more_here(1) == "and 1 more text in this conversation"
    assert digest.more(50, 1200).startswith("Only 50 of 1,200 unanswered texts")
    assert digest.more_notices(3).startswith("And 3 more.")
