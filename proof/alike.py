"""Mistakes that change nothing that anybody could see, each with the reason why; the rest must make a test fail."""

ALIKE: dict[str, dict[str, str]] = {
    "adapters.slack.signature": {
        "is_genuine: '' is another": "a header that is missing is no signature, whatever stands for it",
    },
    "adapters.twilio.signature": {
        "Seal._keys: 'sha256' is another": "where there is no key, nothing is computed",
    },
    "bridge.engine.intake": {
        "_NotOurs.__init__: without super().__init__()": "it sets nothing that is not set already",
        "decide_on: without assert_never(event)": "it is for the type checker",
    },
    "adapters.sqlite.ledger.sighting": {
        "SqliteSightings.first: without len(raw.keys) > 1": "a single key is looked up twice, with one answer",
        "SqliteSightings.first: Gt is another": "a single key is looked up twice, with one answer",
    },
    "bridge.domain.outbox": {
        "backoff: 10 is 11": "two to the tenth is beyond five minutes already",
        "MOST_KILLS: 3 is 4": "it became a default when the function was made, before the mistake",
    },
}
