"""The schema of the SQLite store, as numbered steps forward. A step is never edited once it was released.

It holds no verb: what is done with the tables stands in `ledger`. Times are UTC text of one fixed width, so that text
compares as time does. An index whose keys come in no order costs a page a row; so rows have integer keys, and all long
names stand in one table: an id begins with the name of its cause, so what one text brings about lies on one page.
"""

import secrets

from sqlite_utils import Database, Migrations

from adapters.sqlite.ledger.columns import endings, read_addresses

APPLICATION_ID = 0x534D5342  # "SMSB" in the header of the file
SCHEMA_VERSION = 7  # how many migrations there are

migrations = Migrations("sms-bridge")

# `noun` says whose number it is: 's' a sighting's, of which it is one key, 'm' a message's, 'e' an entry's.
_NAME = (
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
_SIGHTING = (
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
_CONVERSATION = (
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
_MESSAGE = (
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

_MEDIA = (
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

_PEOPLE = (
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
_OUTBOX = (
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

_DIGEST = (
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

_HOUSE = (
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


# What was let out, by which the limits are counted; and the replies that a person must let out.
_TOLL = (
    """
    CREATE TABLE toll (
        number INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        person TEXT NOT NULL,
        participant TEXT NOT NULL,
        is_stranger INTEGER NOT NULL,
        at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX toll_account ON toll (account, at)",
    "CREATE INDEX toll_person ON toll (person, at)",
    "CREATE INDEX toll_stranger ON toll (person, at) WHERE is_stranger = 1",
    "CREATE INDEX toll_participant ON toll (participant, at)",
    "CREATE INDEX toll_at ON toll (at)",
    "CREATE INDEX entry_held ON entry (lane, position) WHERE state = 'held'",
)

# Names of people outside, and by which beginnings they are found.
_CONTACT = (
    """
    CREATE TABLE contact (
        address TEXT NOT NULL,
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        person TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (address, source)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE contact_key (
        address TEXT NOT NULL,
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (address, source, key),
        FOREIGN KEY (address, source) REFERENCES contact ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX contact_key_key ON contact_key (key, address)",
)


@migrations(name="0001_initial")
def initial(db: Database) -> None:
    """Make every table of release 0.1.0, and this store's own secret."""
    for statement in (*_NAME, *_SIGHTING, *_CONVERSATION, *_MESSAGE, *_MEDIA, *_PEOPLE, *_OUTBOX, *_DIGEST, *_HOUSE):
        db.execute(statement)
    db.execute("INSERT INTO secret (name, value) VALUES ('seal', ?)", (secrets.token_bytes(32),))
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")


@migrations(name="0002_leases")
def leases(db: Database) -> None:
    """Make the table that says whose turn it is; here it only keeps the schemas alike."""
    db.execute(
        """
        CREATE TABLE lease (
            name TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            fence INTEGER NOT NULL,
            until TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("PRAGMA user_version = 2")


# One row. `id` is drawn anew at every opening and stands in the lock file too; `is_declared` says that a backup was put
# in place and nobody has acted on it yet. `unsure_since` of an entry: it may have happened in a life that was undone.
_EPOCH = (
    """
    CREATE TABLE epoch (
        id TEXT NOT NULL DEFAULT '',
        number INTEGER NOT NULL,
        is_declared INTEGER NOT NULL,
        restored_at TEXT
    ) STRICT
    """,
    "INSERT INTO epoch (id, number, is_declared) VALUES ('', 1, 0)",
    "ALTER TABLE entry ADD COLUMN unsure_since TEXT",
)


@migrations(name="0003_epoch")
def epoch(db: Database) -> None:
    """Let a database know whether it was put back from a backup."""
    for statement in _EPOCH:
        db.execute(statement)
    db.execute("PRAGMA user_version = 3")


@migrations(name="0004_toll")
def toll(db: Database) -> None:
    """Make what limits are counted by."""
    for statement in _TOLL:
        db.execute(statement)
    db.execute("PRAGMA user_version = 4")


@migrations(name="0005_waiting")
def waiting(db: Database) -> None:
    """Let those who wait be found without looking at all conversations."""
    db.execute("CREATE INDEX conversation_waiting ON conversation (waiting_since) WHERE waiting_since IS NOT NULL")
    db.execute("PRAGMA user_version = 5")


# By which words messages are found. They come in without case and accents, parted by blanks, so SQLite's own reading of
# them knows ASCII only and stays the same with every version of it. The old texts are indexed as new ones are.
_SEARCH = (
    "ALTER TABLE message ADD COLUMN is_indexed INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX message_unindexed ON message (position) WHERE is_indexed = 0 AND is_kept = 1",
    "CREATE VIRTUAL TABLE message_words USING fts5 (words, tokenize = 'ascii', detail = 'none', columnsize = 0)",
    """
    CREATE TABLE participant (
        backwards TEXT NOT NULL,
        conversation INTEGER NOT NULL REFERENCES conversation,
        PRIMARY KEY (backwards, conversation)
    ) STRICT, WITHOUT ROWID
    """,
)


@migrations(name="0006_search")
def search(db: Database) -> None:
    """Make what texts are found by, and fill in the numbers."""
    for statement in _SEARCH:
        db.execute(statement)
    for number, participants in db.execute("SELECT number, participants FROM conversation").fetchall():
        for backwards in endings(read_addresses(participants)):
            db.execute("INSERT INTO participant (backwards, conversation) VALUES (?, ?)", (backwards, number))
    db.execute("PRAGMA user_version = 6")


@migrations(name="0007_contact")
def contact(db: Database) -> None:
    """Keep what people outside are called."""
    for statement in _CONTACT:
        db.execute(statement)
    db.execute("PRAGMA user_version = 7")
