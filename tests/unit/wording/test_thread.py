"""What we say in a thread: every case has words, and buttons only where there is something to decide."""

from datetime import UTC, datetime, timedelta

import pytest

from bridge.domain.ids import PersonRef
from bridge.domain.notice import Case, Notice
from bridge.domain.phrase import Action, Link, Mention, Moment, Phrase, Quote
from bridge.domain.toll import Barrier, Cap
from bridge.errors import Reason
from bridge.wording import post
from bridge.wording import thread as words

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
BEN = PersonRef("U0BEN")
ANN = "+12125550142"
REASONS = {Case.BARRED: Barrier.PREMIUM.value, Case.OVER_LIMIT: Cap.PERSON.value}


def said(phrase: Phrase) -> str:
    """Write a phrase as one line, with what stands in it in brackets."""
    parts = []
    for part in phrase:
        match part:
            case Mention():
                parts.append(f"<{part.person}>")
            case Moment():
                parts.append(f"<{part.at:%H:%M}>")
            case Quote():
                parts.append(f"<{part.text}>")
            case Link():
                parts.append(f"<{part.words}>")
            case _:
                parts.append(part)
    return "".join(parts)


def noted(case: Case, **facts: object) -> str:
    return said(words.note(Notice(case=case, **facts))[0])  # type: ignore[arg-type] # facts of any kind


@pytest.mark.parametrize("case", list(Case))
def test_every_case_is_said_in_a_whole_sentence(case: Case) -> None:
    detail = {Case.DECIDED: Action.RETRY.value, Case.TOO_LONG: "3"}.get(case, "Some detail.")

    reason = REASONS.get(case, Reason.LANDLINE.value)

    sentence = noted(case, person=BEN, address=ANN, at=AT, detail=detail, reason=reason)

    assert sentence.rstrip(">)").endswith((".", "?"))
    assert "None" not in sentence
    assert noted(case, detail=detail, address="", reason=REASONS.get(case, ""))


@pytest.mark.parametrize("action", [action for offered in words.BUTTONS.values() for action, _ in offered])
def test_every_decision_says_who_took_it(action: Action) -> None:
    assert noted(Case.DECIDED, person=BEN, detail=action.value).startswith("<U0BEN> ")


@pytest.mark.parametrize(
    ("case", "labels"),
    [
        (Case.SEND_FAILED, ["Retry"]),
        (Case.SEND_UNCLEAR, ["It arrived", "Send again"]),
        (Case.ASK_LONG, ["Send", "Cancel"]),
        (Case.ASK_LATE, ["Send now", "Don't send"]),
        (Case.OVER_LIMIT, ["Send now", "Don't send"]),
        (Case.UNSUPPORTED_FILE, ["Send without the file", "Cancel"]),
        (Case.FILE_TOO_LARGE, ["Send without the file", "Cancel"]),
        (Case.FILE_UNREACHABLE, ["Send without the file", "Cancel"]),
        (Case.STOPPED, []),
    ],
)
def test_buttons_are_offered_where_there_is_something_to_decide(case: Case, labels: list[str]) -> None:
    _, buttons = words.note(Notice(case=case, about="token", reason=REASONS.get(case, "")))
    _, without = words.note(Notice(case=case, reason=REASONS.get(case, "")))

    assert [one.label for one in buttons] == labels
    assert {one.value for one in buttons} <= {"token"}
    assert [one.is_primary for one in buttons] == [True, False][: len(labels)]
    assert without == ()


def test_the_sentence_about_unsupported_files_is_the_one_that_was_promised() -> None:
    sentence = noted(Case.UNSUPPORTED_FILE, detail="terms.pdf")

    assert sentence.startswith("Message failed to send because file type is not supported by carrier! <terms.pdf>")


def test_words_of_others_are_quoted_never_said_as_our_own() -> None:
    for case in (Case.SEND_FAILED, Case.UNSUPPORTED_FILE, Case.FILE_TOO_LARGE, Case.FILE_UNREACHABLE):
        phrase, _ = words.note(Notice(case=case, detail="<!channel>"))
        assert Quote("<!channel>") in phrase


def test_a_number_is_spoken_and_the_number_itself_stays_readable() -> None:
    assert noted(Case.STOPPED, address=ANN).startswith("(212) 555-0142 texted STOP.")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_of_its_own(reason: Reason) -> None:
    assert words.because(reason).endswith(".")
    assert words.because(reason) in noted(Case.SEND_FAILED, reason=reason.value, detail="30005")


def test_without_a_reason_the_carrier_simply_refused() -> None:
    assert words.because("") == words.because(Reason.REJECTED)
    assert noted(Case.SEND_FAILED, detail="30003").endswith("The carrier says: <30003>")


def test_the_card_speaks_of_people_moments_and_numbers() -> None:
    assert post.who(["Ada Moss", None], [ANN, "72345"]) == "Ada Moss · (212) 555-0142, 72345"
    assert said(post.to_did("Main line", "+14155550100")) == "to Main line · (415) 555-0100"
    assert said(post.waiting(AT)) == "Waiting since <15:00>"
    assert said(post.taken(BEN, AT)) == "Acknowledged by <U0BEN>, <15:00>"
    assert said(post.nothing_waits()) == "Nothing is waiting here."
    assert said(post.sent_earlier(AT - timedelta(hours=1))) == "sent <14:00>, reached us late"


def test_a_size_is_said_against_its_limit() -> None:
    assert words.too_large(1_234_567, 500_000) == (
        "The whole message would be 1,235 kB, and this network takes at most 500 kB."
    )


@pytest.mark.parametrize("barrier", list(Barrier))
def test_every_number_that_is_never_texted_is_said_with_why(barrier: Barrier) -> None:
    sentence = noted(Case.BARRED, person=BEN, address="+18765550100", reason=barrier.value)

    assert sentence.startswith("<U0BEN>: not sent. (876) 555-0100 ")


@pytest.mark.parametrize("cap", list(Cap))
def test_every_limit_is_said_with_its_figure_and_when_it_opens(cap: Cap) -> None:
    sentence = noted(Case.OVER_LIMIT, person=BEN, reason=cap.value, detail="60", at=AT)

    assert "60" in sentence
    assert sentence.endswith("<15:00>.")
