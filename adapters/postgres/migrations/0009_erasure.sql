-- What is to be deleted of somebody, and how far that has come; his conversations bear the name of the erasure.

CREATE TABLE erasure (
    id text COLLATE "C" PRIMARY KEY,
    address text COLLATE "C" NOT NULL,
    ending text NOT NULL,
    channel text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    ordered_at timestamptz NOT NULL,
    stage text COLLATE "C" NOT NULL,
    reached bigint NOT NULL,
    texts bigint NOT NULL,
    files bigint NOT NULL,
    posts bigint NOT NULL,
    remaining bigint NOT NULL
);
CREATE INDEX erasure_open ON erasure (ordered_at, id) WHERE stage <> 'done';
ALTER TABLE conversation ADD COLUMN erasure text COLLATE "C";
CREATE INDEX conversation_erasure ON conversation (erasure) WHERE erasure IS NOT NULL;
