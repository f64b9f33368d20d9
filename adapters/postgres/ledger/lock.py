"""The locks under which daemons decide one after another; each is held until its transaction ends.

A lock is a statement of its own, before the one that looks: only a new statement sees what others committed meanwhile.
A conversation and its lanes share one lock. A text locks the conversation first and its lane later, what became of a
post the lane first and the conversation later; with two locks, each would wait for the other.
"""

# The rest of a lane behind the colon is what it keeps in order: mostly a conversation's id.
CONVERSATION = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
LANE = "SELECT pg_advisory_xact_lock(hashtextextended(substr(%(lane)s, strpos(%(lane)s, ':') + 1), 0))"
LANE_OF_ENTRY = "SELECT pg_advisory_xact_lock(hashtextextended(substr(lane, strpos(lane, ':') + 1), 0)) FROM entry"

# Of a carrier's reference: a receipt is put down to wait for it, and whoever gets it looks what waits.
REF = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))"

# Of what is told at most once in a while: whoever asks when that was last decides whether it is told now.
DIGESTS_TO = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))"
WARNINGS = "SELECT pg_advisory_xact_lock(hashtextextended('', 3))"

# Of what is counted against a limit: whoever counts is the only one to let something out.
TOLLS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))"
