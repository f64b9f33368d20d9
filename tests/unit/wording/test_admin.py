"""What the admin is told: each trouble in whole sentences, ending in what to do."""

from datetime import timedelta

import pytest

from bridge.domain.invariant import Invariant
from bridge.wording import admin


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        (admin.unknown_did("+14155550199"), "(415) 555-0199"),
        (admin.poison("twilio/main"), "twilio/main"),
        (admin.blocked("slack", "not_in_channel", "Invite the app."), "not_in_channel"),
        (admin.not_shown("invalid_blocks"), "invalid_blocks"),
        (admin.digest_refused("desk@example.com", "550"), "desk@example.com"),
        (admin.worker_died("send-sms"), "send-sms"),
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
