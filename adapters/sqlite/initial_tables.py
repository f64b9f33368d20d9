"""The tables of release 0.1.0, as the first migration makes them. Never edited: what came later stands elsewhere."""

# `noun` says whose number it is: 's' a sighting's, of which it is one key, 'm' a message's, 'e' an entry's.
NAME = (
    """
    CREATE TABLE name (
        name TEXT NOT NULL,
        noun TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (name, noun)
    ) STRICT, WITHOUT ROWID
    """,
)

# Blanked after retention: headers, body, poison.
SIGHTING = (
    """
    CREATE TABLE sighting (
        number INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        kept_at TEXT NOT NULL,
        headers TEXT,
        body BLOB,
        poison TEXT
    ) STRICT
    """,
    "CREATE INDEX sighting_kept ON sighting (kept_at) WHERE body IS NOT NULL",
    "CREATE INDEX sighting_poison ON sighting (number) WHERE poison IS NOT NULL",
)

# `participants` is a JSON list of addresses.
CONVERSATION = (
    """
    CREATE TABLE conversation (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        did TEXT NOT NULL,
        participants TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        thread TEXT,
        link TEXT NOT NULL,
        covered INTEGER NOT NULL,
        waiting_since TEXT
    ) STRICT
    """,
    "CREATE INDEX conversation_thread ON conversation (thread) WHERE thread IS NOT NULL",
)

# `is_open` is NULL for what went out: only what came in can be open. `did` repeats the conversation's, for retention.
MESSAGE = (
    """
    CREATE TABLE message (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        conversation INTEGER NOT NULL REFERENCES conversation,
        did TEXT NOT NULL,
        direction TEXT NOT NULL,
        author TEXT NOT NULL,
        text TEXT NOT NULL,
        media INTEGER NOT NULL,
        said_at TEXT NOT NULL,
        received_at TEXT NOT NULL,
        post TEXT,
        refusal TEXT,
        is_open INTEGER,
        is_kept INTEGER NOT NULL DEFAULT 1
    ) STRICT
    """,
    "CREATE INDEX message_open ON message (conversation, position) WHERE is_open = 1",
    "CREATE INDEX message_closed ON message (conversation, position) WHERE is_open = 0",
    "CREATE INDEX message_outbound ON message (conversation, position) WHERE is_open IS NULL",
    "CREATE INDEX message_waiting ON message (received_at) WHERE is_open = 1",
    "CREATE INDEX message_kept ON message (received_at, did) WHERE is_kept = 1",
    """
    CREATE TABLE attachment (
        message INTEGER NOT NULL REFERENCES message,
        number INTEGER NOT NULL,
        ref TEXT NOT NULL,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        size INTEGER NOT NULL,
        state TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (message, number)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX attachment_digest ON attachment (digest) WHERE digest <> ''",
    """
    CREATE TABLE post (
        ref TEXT NOT NULL PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversation,
        up_to INTEGER NOT NULL,
        posted_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX post_conversation ON post (conversation, up_to, posted_at)",
)

MEDIA = (
    """
    CREATE TABLE media (
        digest TEXT NOT NULL PRIMARY KEY,
        type TEXT NOT NULL,
        kept_at TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE media_grant (
        token TEXT NOT NULL PRIMARY KEY,
        digest TEXT NOT NULL REFERENCES media ON DELETE CASCADE,
        until TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX media_grant_digest ON media_grant (digest)",
)

PEOPLE = (
    """
    CREATE TABLE acknowledgement (
        key TEXT NOT NULL PRIMARY KEY,
        conversation TEXT,
        post TEXT,
        person TEXT NOT NULL,
        means TEXT NOT NULL,
        up_to INTEGER NOT NULL,
        at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX acknowledgement_conversation ON acknowledgement (conversation, up_to, at)",
    "CREATE INDEX acknowledgement_post ON acknowledgement (post) WHERE means = 'reaction'",
    """
    CREATE TABLE consent (
        did TEXT NOT NULL,
        address TEXT NOT NULL,
        state TEXT NOT NULL,
        since TEXT NOT NULL,
        PRIMARY KEY (did, address)
    ) STRICT, WITHOUT ROWID
    """,
)

# `is_free` marks what may be taken: the first ready entry of a lane in which nothing is being tried or asked about.
# The conditions of these indexes stand word for word in the queries, or SQLite would not use them.
OUTBOX = (
    """
    CREATE TABLE entry (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        token TEXT NOT NULL,
        lane TEXT NOT NULL,
        destination TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        part INTEGER NOT NULL,
        detail TEXT NOT NULL,
        state TEXT NOT NULL,
        status TEXT,
        fence INTEGER NOT NULL,
        tries INTEGER NOT NULL,
        looks INTEGER NOT NULL,
        started_at TEXT,
        due_at TEXT NOT NULL,
        ask_at TEXT,
        is_repeat INTEGER NOT NULL,
        ref TEXT NOT NULL,
        owner TEXT,
        enqueued_at TEXT NOT NULL,
        finished_at TEXT,
        is_free INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX entry_token ON entry (token) WHERE kind = 'send-sms'",
    """
    CREATE INDEX entry_open ON entry (lane, state, position)
        WHERE state = 'ready' OR state = 'trying' OR state = 'asked'
    """,
    "CREATE INDEX entry_free ON entry (destination, position, due_at) WHERE is_free = 1",
    "CREATE INDEX entry_trying ON entry (ask_at) WHERE state = 'trying'",
    "CREATE INDEX entry_failed ON entry (position) WHERE state = 'failed'",
    "CREATE INDEX entry_finished ON entry (finished_at) WHERE finished_at IS NOT NULL",
    "CREATE INDEX entry_ref ON entry (ref) WHERE kind = 'send-sms' AND ref <> ''",
    "CREATE INDEX entry_message ON entry (subject, position) WHERE kind = 'send-sms'",
    "CREATE INDEX entry_started ON entry (lane, started_at) WHERE kind = 'send-sms'",
    """
    CREATE TABLE attempt (
        entry INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
        fence INTEGER NOT NULL,
        owner TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT,
        ref TEXT,
        excerpt TEXT,
        PRIMARY KEY (entry, fence)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE receipt (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        token TEXT,
        ref TEXT NOT NULL,
        status TEXT NOT NULL,
        detail TEXT NOT NULL,
        at TEXT,
        kept_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX receipt_ref ON receipt (ref)",
    "CREATE INDEX receipt_kept ON receipt (kept_at)",
)

DIGEST = (
    """
    CREATE TABLE digest (
        id TEXT NOT NULL PRIMARY KEY,
        recipient TEXT NOT NULL,
        name TEXT NOT NULL,
        frozen_at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX digest_recipient ON digest (recipient, frozen_at)",
    """
    CREATE TABLE digest_member (
        digest TEXT NOT NULL REFERENCES digest,
        place INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        message TEXT NOT NULL,
        is_new INTEGER NOT NULL,
        PRIMARY KEY (digest, place)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX digest_member_new ON digest_member (message, recipient) WHERE is_new = 1",
)

HOUSE = (
    "CREATE TABLE cursor (name TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE trouble (
        key TEXT NOT NULL PRIMARY KEY,
        what TEXT NOT NULL,
        since TEXT NOT NULL,
        count INTEGER NOT NULL DEFAULT 1,
        is_mailed INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE TABLE secret (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT",
)

ALL = (*NAME, *SIGHTING, *CONVERSATION, *MESSAGE, *MEDIA, *PEOPLE, *OUTBOX, *DIGEST, *HOUSE)
