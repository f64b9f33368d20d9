"""What identifies a conversation, and which texts are words to the network."""

import pytest

from bridge.domain.conversation import Keyword, conversation_cause, keyword
from bridge.domain.phone import PhoneNumber
from tests.unit.flows.books import ANN, BOB, DID, OTHER_DID

STOP, START, HELP = Keyword.STOP, Keyword.START, Keyword.HELP


def test_a_conversation_is_the_same_whoever_wrote_and_another_for_another_number() -> None:
    assert conversation_cause(DID, (ANN, BOB)) == conversation_cause(DID, (BOB, ANN))
    assert conversation_cause(DID, (ANN,)) != conversation_cause(OTHER_DID, (ANN,))
    assert conversation_cause(DID, (ANN,)) != conversation_cause(DID, (ANN, BOB))
    assert conversation_cause(DID, (ANN,)) != conversation_cause(ANN, (PhoneNumber(DID.value),))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *((word, STOP) for word in ("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE")),
        *((word, STOP) for word in ("OPTOUT", "opt out", "opt-out", "arret", "remove", "td")),
        *((word, START) for word in ("START", "yes", "Unstop")),
        *((word, HELP) for word in ("HELP", "Info")),
        ("  stop \n", STOP),
        ("Stop.", STOP),
        ("stop!!!", STOP),
        ("stop  all", STOP),
        ("please don't stop", None),
        ("stop it", None),
        ("don't stop", None),
        ("stopp", None),
        ("end of the day?", None),
        ("yes please", None),
        ("", None),
        ("!", None),
        ("ｓｔｏｐ", None),
        ("x" * 25, None),
        pytest.param("STOP" + " " * 30, STOP),
        pytest.param('"STOP"', STOP),
        pytest.param("STOP…", STOP),
        pytest.param("Arrêt", STOP),
    ],
)
def test_only_a_whole_text_is_a_keyword(text: str, meant: Keyword | None) -> None:
    assert keyword(text) is meant
