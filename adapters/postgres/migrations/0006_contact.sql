-- Names of people outside, by which beginnings they are found, and which conversations somebody takes part in.

CREATE TABLE contact (
    address text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (address, source)
);

CREATE TABLE contact_key (
    address text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (address, source, key),
    FOREIGN KEY (address, source) REFERENCES contact ON DELETE CASCADE
);
CREATE INDEX contact_key_key ON contact_key (key, address);

CREATE TABLE participant (
    address text COLLATE "C" NOT NULL,
    conversation bigint NOT NULL REFERENCES conversation,
    PRIMARY KEY (address, conversation)
);

-- Senders that are no numbers may have characters in their names that the server would not read out of JSON.
INSERT INTO participant (address, conversation)
    SELECT DISTINCT found[1], number FROM conversation, regexp_matches(participants, '"([+]?[0-9]{3,15})"', 'g') AS found;
