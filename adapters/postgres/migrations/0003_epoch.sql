-- Which life of the database this is, for the time after a backup was put in its place.
--
-- One row. `is_declared` says that a backup was put in place and no daemon has acted on it yet. `unsure_since` of an
-- entry: it may have happened in a life that was undone. The previous release ignores both.

CREATE TABLE epoch (
    id text COLLATE "C" NOT NULL DEFAULT '',
    number bigint NOT NULL,
    is_declared boolean NOT NULL,
    restored_at timestamptz
);
INSERT INTO epoch (id, number, is_declared) VALUES (gen_random_uuid()::text, 1, false);

ALTER TABLE entry ADD COLUMN unsure_since timestamptz;
