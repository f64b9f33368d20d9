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
    "adapters.sqlite.ledger.outbox": {
        **{
            f"{query}: \"AND noun = 'e'\" is \"AND (1 OR noun = 'e')\"": "of one name's rows the entry's is the first"
            for query in ("_END", "_CHANGE", "_POSITION", "_UNENDED")
        },
        **{
            f"_HAS_MORE: {change}": "where it says yes too often, one more look finds nothing"
            for change in (
                "'WHERE is_free = 1' is 'WHERE (1 OR is_free = 1)'",
                "'AND other.destination = entry.destination' is 'AND (1 OR other.destination = entry.destination)'",
                "'AND due_at <= ?2' is 'AND (1 OR due_at <= ?2)'",
                "'is_free =' is 'is_free <>'",  # what was just claimed is of the destination, and free no more
                "'= 1' is '= 0'",
            )
        },
        "_CLOSE_LANE: \"AND state = 'ready'\" is \"AND (1 OR state = 'ready')\"": "only what is ready is free",
        "_CLOSE_LANE: 'AND is_free = 1' is 'AND (1 OR is_free = 1)'": "what is not free stays so",
        "_BEHIND: '+ 1' is '+ 2'": "a gap between positions means nothing",
        "SqliteOutbox.__init__: False is another": "one look too many, after the start",
        "SqliteOutbox.take: Gt is another": "the short way and the long way claim the same",
        "SqliteOutbox.take: every one is taken": "one more look at each destination finds nothing",
        "SqliteOutbox.take: without key=": "positions, which stand first, are all different",
        "SqliteOutbox.alter: without change.state is not None": "the lane of the entry is as it was",
        "SqliteOutbox._free: Gt is another": "one look too many",
    },
    "bridge.flows.deliver": {
        "take: Gt is another": "where there is room for nothing, nothing is claimed",
        "still_due: without entry.started_at": "whatever was claimed has a beginning",
        "_sent: and is or": "a file comes with the fetching of one, and with nothing else",
        "_sent: without entry.kind in _FETCHING": "a file comes with the fetching of one, and with nothing else",
        "_sent: without settlement.media": "a file comes with the fetching of one, and with nothing else",
        "_shown: without conversation": "it was read in the same transaction, and still is there",
        "_refused: without ''": "no reason and an empty one are written alike",
    },
    "bridge.domain.outbox": {
        "backoff: 10 is 11": "two to the tenth is beyond five minutes already",
        "MOST_KILLS: 3 is 4": "it became a default when the function was made, before the mistake",
    },
}
