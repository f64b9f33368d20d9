-- Lets those who wait be found without looking at all conversations.
CREATE INDEX conversation_waiting ON conversation (waiting_since) WHERE waiting_since IS NOT NULL;
