-- Leases: what one daemon at a time should do, whose turn it is, and until when. Release 0.1.0 runs on without them.

CREATE TABLE lease (
    name text COLLATE "C" PRIMARY KEY,
    owner text NOT NULL,
    fence bigint NOT NULL,
    until timestamptz NOT NULL
);
