-- Models that stream: what they counted, what they are called, what had come
-- of a reply that was never finished.

ALTER TABLE messages ADD COLUMN prompt_tokens INTEGER;  -- what the endpoint was sent, by its count
ALTER TABLE messages ADD COLUMN reply_tokens INTEGER;   -- what it answered, by its count

ALTER TABLE sessions ADD COLUMN model TEXT;             -- who answers in this session, if that was chosen

-- A reply that is still coming. Not part of the log: its row is rewritten every
-- second and goes when the reply is appended.
CREATE TABLE partials (
    session INTEGER NOT NULL REFERENCES sessions (id),
    writer  TEXT NOT NULL,              -- the process that hears it
    content TEXT NOT NULL,
    model   TEXT NOT NULL,
    PRIMARY KEY (session, writer)
) STRICT;

DROP VIEW log;

CREATE VIEW log AS
SELECT m.id,
       m.seq,
       m.parent AS parent_id,
       u.name AS user_id,
       s.uuid AS session_id,
       CASE m.role WHEN 0 THEN 'system' WHEN 1 THEN 'user' WHEN 2 THEN 'ai' END AS role,
       m.content,
       strftime('%Y-%m-%dT%H:%M:%S', m.created_at / 1000, 'unixepoch')
           || printf('.%03dZ', m.created_at % 1000) AS created_at,
       m.model,
       CASE m.status WHEN 0 THEN 'complete' WHEN 1 THEN 'interrupted' WHEN 2 THEN 'failed' END AS status,
       m.prompt_tokens,
       m.reply_tokens
FROM messages AS m
JOIN sessions AS s ON s.id = m.session
JOIN users AS u ON u.id = s.user;
