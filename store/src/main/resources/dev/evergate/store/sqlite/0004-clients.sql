-- sessions: what people and clients have settled for a conversation (details is a JSON object),
-- what it is about, and when somebody last said something in it.
ALTER TABLE sessions ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE sessions ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN spoken_at_ms INTEGER NOT NULL DEFAULT 0;
