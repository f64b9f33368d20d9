"""A carrier in miniature that speaks Twilio's wire: REST, signed webhooks, status callbacks, and the phones behind it.

It refuses what the vendor refuses and goes wrong on demand. It is an independent reading of the vendor's rules: nothing
of the bridge or its adapters is imported here, signatures included.
"""

from adapters.sandbox.carrier.phones import Phone, PhoneMessage
from adapters.sandbox.carrier.receipts import Fate, Receipts
from adapters.sandbox.carrier.records import Alert, CarrierMessage, Media
from adapters.sandbox.carrier.webhooks import Attempt
from adapters.sandbox.carrier.world import CarrierWorld

__all__ = ["Alert", "Attempt", "CarrierMessage", "CarrierWorld", "Fate", "Media", "Phone", "PhoneMessage", "Receipts"]
