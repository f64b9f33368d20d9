"""A toll: what one text to one number counts for; the limits that hold; and the numbers that are never texted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType, shortnumberinfo

from bridge.domain.ids import PersonRef
from bridge.domain.phone import Address, PhoneNumber, ShortCode

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEARD_LATELY = timedelta(days=30)  # whoever texted us within this is no stranger


class Cap(StrEnum):
    """What is limited: texts an hour, or strangers a day."""

    ACCOUNT = "account"
    PERSON = "person"
    STRANGERS = "strangers"
    PARTICIPANT = "participant"

    @property
    def window(self) -> timedelta:
        return DAY if self is Cap.STRANGERS else HOUR


class Barrier(StrEnum):
    """Why a number is not texted at all."""

    PREMIUM = "premium"  # whoever owns it earns by each text
    SATELLITE = "satellite"  # numbers of no country: satellites, ships, international services
    EMERGENCY = "emergency"
    SHORT_CODE = "short-code"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many texts may go out before a person is asked; 0 means no limit. No regions: those of our own numbers."""

    per_person: int = 60
    per_participant: int = 30
    new_participants: int = 20
    per_account: int = 300
    regions: frozenset[str] = frozenset()
    short_codes: bool = False

    def most(self, cap: Cap) -> int:
        """Return how many are allowed."""
        return {
            Cap.ACCOUNT: self.per_account,
            Cap.PERSON: self.per_person,
            Cap.STRANGERS: self.new_participants,
            Cap.PARTICIPANT: self.per_participant,
        }[cap]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """One text to one number, let out by one person through one account."""

    account: str
    person: PersonRef
    participant: Address
    is_stranger: bool
    at: datetime


_PREMIUM = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PERSONAL_NUMBER)
_NO_COUNTRY = "001"
_DEAR = (shortnumberinfo.ShortNumberCost.PREMIUM_RATE,)


@lru_cache(maxsize=4096)
def region_of(number: PhoneNumber) -> str:
    """Return the region by its two letters; +1 alone is twenty-five of them.

    A number that no plan knows yet counts as one of the chief region of its code: nobody is billed for what nobody has.
    """
    read = _read(number)
    if read is None:
        return _NO_COUNTRY
    code = read.country_code or 0
    return phonenumbers.region_code_for_number(read) or phonenumbers.region_code_for_country_code(code)


def barrier(address: Address, *, home: str, regions: frozenset[str], short_codes: bool) -> Barrier | None:
    """Tell why this address is never texted, if so; `home` is the region of our own number."""
    if isinstance(address, PhoneNumber):
        return _barrier_of_number(address, regions)
    return _barrier_of_code(address, home, short_codes) if isinstance(address, ShortCode) else None


def _barrier_of_number(number: PhoneNumber, regions: frozenset[str]) -> Barrier | None:
    region, read = region_of(number), _read(number)
    if region == _NO_COUNTRY:
        return Barrier.SATELLITE
    if read and phonenumbers.number_type(read) in _PREMIUM:
        return Barrier.PREMIUM
    return None if region in regions else Barrier.FOREIGN


def _barrier_of_code(code: ShortCode, home: str, short_codes: bool) -> Barrier | None:
    if shortnumberinfo.is_emergency_number(code.value, home):
        return Barrier.EMERGENCY
    if not short_codes:
        return Barrier.SHORT_CODE
    short = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(home), national_number=int(code.value)
    )
    return Barrier.PREMIUM if shortnumberinfo.expected_cost_for_region(short, home) in _DEAR else None


def _read(number: PhoneNumber) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number.value)
    except phonenumbers.NumberParseException:  # a country code that nobody has: senders can be forged
        return None
