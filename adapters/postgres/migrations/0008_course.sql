-- What people have decided on a conversation: whose it is, its course, since when its texts wait anew;
-- and which thread it had before.

ALTER TABLE conversation
    ADD COLUMN owner text COLLATE "C",
    ADD COLUMN course text COLLATE "C" NOT NULL DEFAULT 'open',
    ADD COLUMN steered_by text COLLATE "C",
    ADD COLUMN steered_at timestamptz,
    ADD COLUMN reopened_at timestamptz,
    ADD COLUMN earlier_thread text COLLATE "C",
    ADD COLUMN earlier_link text COLLATE "C";

-- By which held texts are found whose time has come.
CREATE INDEX entry_planned ON entry (detail, due_at) WHERE state = 'held';
