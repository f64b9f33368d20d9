-- Names of people outside, and by which beginnings they are found.

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
