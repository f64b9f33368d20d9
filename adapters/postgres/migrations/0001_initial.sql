-- Every table of the first schema, and this store's own secret. A step is never edited once it was released.
--
-- Tables and columns are named as in the SQLite store. Texts by which something is found are compared octet by octet
-- (COLLATE "C"): the order of any other collation comes from the operating system, and where an upgrade of that changes
-- it, an index no longer finds what is in it. A NUL in a text is written as the ledger's `columns` says.

CREATE TABLE schema (
    version integer NOT NULL,
    oldest_release integer NOT NULL  -- the lowest schema version whose release may still run on this one
);
INSERT INTO schema (version, oldest_release) VALUES (1, 1);

CREATE TABLE secret (
    name text COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);
-- Each of the two is 122 random bits from the server's strong source.
INSERT INTO secret (name, value)
VALUES ('seal', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- Blanked after retention: headers, body, poison.
CREATE TABLE sighting (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    kept_at timestamptz NOT NULL,
    headers text,
    body bytea,
    poison text
);
CREATE INDEX sighting_kept ON sighting (kept_at) WHERE body IS NOT NULL;
CREATE INDEX sighting_poison ON sighting (number) WHERE poison IS NOT NULL;

CREATE TABLE sighting_key (
    key text COLLATE "C" PRIMARY KEY,
    sighting bigint NOT NULL REFERENCES sighting ON DELETE CASCADE
);
CREATE INDEX sighting_key_sighting ON sighting_key (sighting);

-- `participants` is a JSON list of addresses.
CREATE TABLE conversation (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    did text COLLATE "C" NOT NULL,
    participants text NOT NULL,
    opened_at timestamptz NOT NULL,
    thread text COLLATE "C",
    link text NOT NULL,
    covered bigint NOT NULL,
    waiting_since timestamptz
);
CREATE INDEX conversation_thread ON conversation (thread) WHERE thread IS NOT NULL;

-- `is_open` is null for what went out: only what came in can be open. `did` repeats the conversation's, for retention.
CREATE TABLE message (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    conversation bigint NOT NULL REFERENCES conversation,
    did text COLLATE "C" NOT NULL,
    direction text NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    media integer NOT NULL,
    said_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    post text,
    refusal text,
    is_open boolean,
    is_kept boolean NOT NULL DEFAULT true
);
CREATE INDEX message_open ON message (conversation, position) WHERE is_open;
CREATE INDEX message_closed ON message (conversation, position) WHERE NOT is_open;
CREATE INDEX message_outbound ON message (conversation, position) WHERE is_open IS NULL;
CREATE INDEX message_waiting ON message (received_at) WHERE is_open;
CREATE INDEX message_kept ON message (did, received_at) WHERE is_kept;

CREATE TABLE attachment (
    message bigint NOT NULL REFERENCES message,
    number integer NOT NULL,
    ref text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    size bigint NOT NULL,
    state text NOT NULL,
    digest text COLLATE "C" NOT NULL,
    PRIMARY KEY (message, number)
);
CREATE INDEX attachment_digest ON attachment (digest) WHERE digest <> '';

CREATE TABLE post (
    ref text COLLATE "C" PRIMARY KEY,
    conversation bigint NOT NULL REFERENCES conversation,
    up_to bigint NOT NULL,
    posted_at timestamptz NOT NULL
);
CREATE INDEX post_conversation ON post (conversation, up_to, posted_at);

CREATE TABLE media (
    digest text COLLATE "C" PRIMARY KEY,
    type text NOT NULL,
    kept_at timestamptz NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE media ALTER content SET STORAGE EXTERNAL;  -- pictures are compressed already

CREATE TABLE media_grant (
    token text COLLATE "C" PRIMARY KEY,
    digest text COLLATE "C" NOT NULL REFERENCES media ON DELETE CASCADE,
    until timestamptz NOT NULL
);
CREATE INDEX media_grant_digest ON media_grant (digest);

CREATE TABLE acknowledgement (
    key text COLLATE "C" PRIMARY KEY,
    conversation text COLLATE "C",
    post text COLLATE "C",
    person text NOT NULL,
    means text NOT NULL,
    up_to bigint NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX acknowledgement_conversation ON acknowledgement (conversation, up_to, at);
CREATE INDEX acknowledgement_post ON acknowledgement (post) WHERE means = 'reaction';

CREATE TABLE consent (
    did text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    state text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (did, address)
);

-- `is_free` marks what may be taken: the first ready entry of a lane in which nothing is being tried or asked about.
CREATE TABLE entry (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    token text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    destination text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    part integer NOT NULL,
    detail text NOT NULL,
    state text NOT NULL,
    status text,
    fence integer NOT NULL,
    tries integer NOT NULL,
    looks integer NOT NULL,
    started_at timestamptz,
    due_at timestamptz NOT NULL,
    ask_at timestamptz,
    is_repeat boolean NOT NULL,
    ref text COLLATE "C" NOT NULL,
    owner text,
    enqueued_at timestamptz NOT NULL,
    finished_at timestamptz,
    is_free boolean NOT NULL
);
CREATE INDEX entry_token ON entry (token) WHERE kind = 'send-sms';
CREATE INDEX entry_open ON entry (lane, state, position) WHERE state IN ('ready', 'trying', 'asked');
CREATE INDEX entry_free ON entry (destination, position, due_at) WHERE is_free;
CREATE INDEX entry_due ON entry (due_at) WHERE is_free;
CREATE INDEX entry_trying ON entry (ask_at) WHERE state = 'trying';
CREATE INDEX entry_failed ON entry (position) WHERE state = 'failed';
CREATE INDEX entry_finished ON entry (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX entry_ref ON entry (ref) WHERE kind = 'send-sms' AND ref <> '';
CREATE INDEX entry_message ON entry (subject, position) WHERE kind = 'send-sms';
CREATE INDEX entry_started ON entry (lane, started_at) WHERE kind = 'send-sms';

CREATE TABLE attempt (
    entry bigint NOT NULL REFERENCES entry ON DELETE CASCADE,
    fence integer NOT NULL,
    owner text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text,
    ref text,
    excerpt text,
    PRIMARY KEY (entry, fence)
);

CREATE TABLE receipt (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    token text,
    ref text COLLATE "C" NOT NULL,
    status text NOT NULL,
    detail text NOT NULL,
    at timestamptz,
    kept_at timestamptz NOT NULL
);
CREATE INDEX receipt_ref ON receipt (ref);
CREATE INDEX receipt_kept ON receipt (kept_at);

CREATE TABLE digest (
    id text COLLATE "C" PRIMARY KEY,
    recipient text COLLATE "C" NOT NULL,
    name text NOT NULL,
    frozen_at timestamptz NOT NULL
);
CREATE INDEX digest_recipient ON digest (recipient, frozen_at);

CREATE TABLE digest_member (
    digest text COLLATE "C" NOT NULL REFERENCES digest ON DELETE CASCADE,
    place integer NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    message text COLLATE "C" NOT NULL,
    is_new boolean NOT NULL,
    PRIMARY KEY (digest, place)
);
CREATE UNIQUE INDEX digest_member_new ON digest_member (message, recipient) WHERE is_new;

CREATE TABLE cursor (
    name text COLLATE "C" PRIMARY KEY,
    at timestamptz NOT NULL
);

CREATE TABLE trouble (
    key text COLLATE "C" PRIMARY KEY,
    what text NOT NULL,
    since timestamptz NOT NULL,
    count integer NOT NULL DEFAULT 1,
    is_mailed boolean NOT NULL DEFAULT false
);
