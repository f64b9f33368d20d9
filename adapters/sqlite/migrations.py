"""The schema of the SQLite store, as numbered steps forward. A step is never edited once it was released.

It holds no verb: what is done with the tables stands in `ledger`. Times are UTC text of one fixed width, so that text
compares as time does. An index whose keys come in no order costs a page a row; so rows have integer keys, and all long
names stand in one table: an id begins with the name of its cause, so what one text brings about lies on one page.
"""

import secrets

from sqlite_utils import Database, Migrations

from adapters.sqlite import initial_tables
from adapters.sqlite.ledger.columns import endings, read_addresses

APPLICATION_ID = 0x534D5342  # "SMSB" in the header of the file
SCHEMA_VERSION = 9  # how many migrations there are

migrations = Migrations("sms-bridge")

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
    for statement in initial_tables.ALL:
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


# What people have decided on a conversation: whose it is, its course, since when its texts wait anew; and which thread
# it had before.
_COURSE = (
    "ALTER TABLE conversation ADD COLUMN owner TEXT",
    "ALTER TABLE conversation ADD COLUMN course TEXT NOT NULL DEFAULT 'open'",
    "ALTER TABLE conversation ADD COLUMN steered_by TEXT",
    "ALTER TABLE conversation ADD COLUMN steered_at TEXT",
    "ALTER TABLE conversation ADD COLUMN reopened_at TEXT",
    "ALTER TABLE conversation ADD COLUMN earlier_thread TEXT",
    "ALTER TABLE conversation ADD COLUMN earlier_link TEXT",
    "CREATE INDEX entry_planned ON entry (detail, due_at) WHERE state = 'held'",
)


@migrations(name="0008_course")
def course(db: Database) -> None:
    """Keep whose a conversation is, and what people have decided on it."""
    for statement in _COURSE:
        db.execute(statement)
    db.execute("PRAGMA user_version = 8")


# What is to be deleted of somebody, and how far that has come; his conversations bear the name of the erasure.
_ERASURE = (
    """
    CREATE TABLE erasure (
        id TEXT NOT NULL PRIMARY KEY,
        address TEXT NOT NULL,
        ending TEXT NOT NULL,
        channel TEXT NOT NULL,
        person TEXT NOT NULL,
        ordered_at TEXT NOT NULL,
        stage TEXT NOT NULL,
        reached INTEGER NOT NULL,
        texts INTEGER NOT NULL,
        files INTEGER NOT NULL,
        posts INTEGER NOT NULL,
        remaining INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX erasure_open ON erasure (ordered_at, id) WHERE stage <> 'done'",
    "ALTER TABLE conversation ADD COLUMN erasure TEXT",
    "CREATE INDEX conversation_erasure ON conversation (erasure) WHERE erasure IS NOT NULL",
)


@migrations(name="0009_erasure")
def erasure(db: Database) -> None:
    """Keep what is to be deleted, so that a deletion which was interrupted goes on."""
    for statement in _ERASURE:
        db.execute(statement)
    db.execute("PRAGMA user_version = 9")
