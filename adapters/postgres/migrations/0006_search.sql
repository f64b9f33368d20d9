-- By which words messages are found, and by which digits conversations.
--
-- Words are made by us, alike for both stores, some time after a text was kept; the old texts are indexed as new ones
-- are. The previous release indexes nothing, and need not: it leaves `is_indexed` false.

ALTER TABLE message ADD COLUMN is_indexed boolean NOT NULL DEFAULT false;
CREATE INDEX message_unindexed ON message (position) WHERE is_kept AND NOT is_indexed;

CREATE TABLE message_words (
    message bigint PRIMARY KEY REFERENCES message,
    words tsvector NOT NULL
);
-- Words come in batches, and nobody waits for them; so they go where they belong at once.
CREATE INDEX message_words_words ON message_words USING gin (words) WITH (fastupdate = off);

-- Of whichever release a daemon is that rewords or forgets a text: its words are gone with it.
CREATE FUNCTION take_words_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM message_words WHERE message = NEW.position;
    NEW.is_indexed := false;
    RETURN NEW;
END
$$;
CREATE TRIGGER take_words_out BEFORE UPDATE OF text ON message FOR EACH ROW EXECUTE FUNCTION take_words_out();

-- `backwards` are a number's digits, the last one first, so that it is found by its end. In the list of participants,
-- which is JSON, a quote within a name has a backslash before it.
CREATE TABLE participant (
    backwards text COLLATE "C" NOT NULL,
    conversation bigint NOT NULL REFERENCES conversation,
    PRIMARY KEY (backwards, conversation)
);
INSERT INTO participant (backwards, conversation)
    SELECT DISTINCT reverse(ltrim(written[1], '+')), number
    FROM conversation, regexp_matches(participants, '(?<!\\)"(\+[1-9][0-9]{6,14}|[0-9]{3,6})"', 'g') AS written;

CREATE FUNCTION keep_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO participant (backwards, conversation)
        SELECT DISTINCT reverse(ltrim(written[1], '+')), NEW.number
        FROM regexp_matches(NEW.participants, '(?<!\\)"(\+[1-9][0-9]{6,14}|[0-9]{3,6})"', 'g') AS written;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_numbers AFTER INSERT ON conversation FOR EACH ROW EXECUTE FUNCTION keep_numbers();
