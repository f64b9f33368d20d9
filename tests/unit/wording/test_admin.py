"""What the admin is told: each trouble in whole sentences, ending in what to do."""

import pytest

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
