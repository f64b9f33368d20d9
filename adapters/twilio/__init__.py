"""The door to Twilio, and to whatever speaks its wire."""

from adapters.twilio.client import TwilioCarrier
from adapters.twilio.settings import TwilioSettings

__all__ = ["TwilioCarrier", "TwilioSettings"]
