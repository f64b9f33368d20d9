"""Why a number is not texted at all: said in the form and in threads alike."""

from bridge.domain.phone import spoken
from bridge.domain.toll import Barrier

_BARRIERS = {
    Barrier.PREMIUM: "is a number at a special rate, by which its owner earns",
    Barrier.SATELLITE: "belongs to a satellite or an international service",
    Barrier.EMERGENCY: "is an emergency number. Please call it",
    Barrier.SHORT_CODE: "is a short code, and the configuration allows no texts to these",
    Barrier.FOREIGN: "is in a country or territory that the configuration does not allow",
}


def barred(number: str, barrier: Barrier) -> str:
    return f"{spoken(number)} {_BARRIERS[barrier]}."
