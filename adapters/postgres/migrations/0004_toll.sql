-- What was let out, by which the limits are counted; and the replies that a person must let out.

CREATE TABLE toll (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    participant text COLLATE "C" NOT NULL,
    is_stranger boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX toll_account ON toll (account, at);
CREATE INDEX toll_person ON toll (person, at);
CREATE INDEX toll_stranger ON toll (person, at) WHERE is_stranger;
CREATE INDEX toll_participant ON toll (participant, at);
CREATE INDEX toll_at ON toll (at);

CREATE INDEX entry_held ON entry (lane, position) WHERE state = 'held';
