"""What the admin is told: each trouble in whole sentences, ending in what to do."""

from datetime import timedelta

import pytest

from bridge.domain.invariant import Invariant
from bridge.domain.toll import Cap
from bridge.wording import admin


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        (admin.unknown_did("+14155550199"), "(415) 555-0199"),
        (admin.poison("twilio/main"), "twilio/main"),
        (admin.blocked("slack", "not_in_channel", "Invite the app."), "not_in_channel"),
        (admin.not_shown("invalid_blocks"), "invalid_blocks"),
        (admin.digest_refused("desk@example.com", "550"), "desk@example.com"),
        (admin.digest_unclear("desk@example.com"), "desk@example.com"),
        (admin.worker_died("send-sms"), "send-sms"),
        (admin.over_limit(Cap.ACCOUNT, 300, "main"), "raise per_account under [limits]"),
        (admin.over_limit(Cap.PERSON, 60, "U0BEN"), "U0BEN has reached 60 texts an hour"),
        (admin.over_limit(Cap.STRANGERS, 20, "U0BEN"), "20 numbers a day"),
        (admin.over_limit(Cap.PARTICIPANT, 30, "+1212…42"), "+1212…42"),
    ],
)
def test_a_trouble_is_said_in_whole_sentences(sentence: str, holds: str) -> None:
    assert holds in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("invariant", Invariant)
def test_what_the_auditor_finds_is_said_in_whole_sentences_with_what_to_do(invariant: Invariant) -> None:
    said = admin.violated(invariant, "2 h ahead of slack")

    assert said.endswith(".")
    assert said.count(". ") >= 1
    assert "{" not in said


def test_a_drift_and_a_full_disk_are_told_in_figures() -> None:
    assert admin.apart("slack", timedelta(hours=2)) == "2 h ahead of slack"
    assert admin.apart("slack", timedelta(minutes=-3)) == "3 min behind slack"
    assert admin.free(95_400_000, 3.24) == "95 MB, 3 %"
