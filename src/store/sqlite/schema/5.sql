-- What came from other programs, so that it comes once, and is known from what was said here.

-- The messages that did, each by a digest of what the other program calls it.
CREATE TABLE origins (
    source  BLOB PRIMARY KEY,            -- 16 bytes
    message INTEGER NOT NULL REFERENCES messages (id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER origins_never_change BEFORE UPDATE ON origins
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER origins_never_go BEFORE DELETE ON origins
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER origins_are_never_replaced BEFORE INSERT ON origins
WHEN EXISTS (SELECT 1 FROM origins WHERE source = NEW.source)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- The sessions that did. What was said here in one of them since has no time of its own
-- from there (messages.said_at).
CREATE TABLE imports (
    session INTEGER PRIMARY KEY REFERENCES sessions (id),
    source  TEXT NOT NULL,               -- the program, as filters name it
    head    INTEGER REFERENCES messages (id)  -- where the last import put its context's end
) STRICT;

-- For other programs: the log, and from which of them it has what; conversations by the
-- times of their sources.

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
       m.reply_tokens,
       m.finish_reason,
       m.reasoning,
       m.citations,
       s.title,
       s.persona,
       strftime('%Y-%m-%dT%H:%M:%S', m.said_at / 1000, 'unixepoch')
           || printf('.%03dZ', m.said_at % 1000) AS said_at,
       CASE WHEN m.said_at IS NOT NULL THEN i.source END AS source
FROM messages AS m
JOIN sessions AS s ON s.id = m.session
JOIN users AS u ON u.id = s.user
LEFT JOIN imports AS i ON i.session = s.id;

DROP VIEW conversations;

CREATE VIEW conversations AS
SELECT s.uuid AS session_id,
       u.name AS user_id,
       s.title,
       s.words AS first_words,
       coalesce(s.model, h.model, l.model) AS model,
       s.persona,
       p.content AS system,
       strftime('%Y-%m-%dT%H:%M:%S', s.created_at / 1000, 'unixepoch')
           || printf('.%03dZ', s.created_at % 1000) AS started_at,
       strftime('%Y-%m-%dT%H:%M:%S', coalesce(l.said_at, l.created_at, s.touched_at) / 1000, 'unixepoch')
           || printf('.%03dZ', coalesce(l.said_at, l.created_at, s.touched_at) % 1000) AS last_at,
       coalesce(l.seq, 0) AS messages,
       s.depth AS context,
       s.head AS head_id,
       s.last AS last_id,
       strftime('%Y-%m-%dT%H:%M:%S', s.archived_at / 1000, 'unixepoch')
           || printf('.%03dZ', s.archived_at % 1000) AS archived_at
FROM sessions AS s
JOIN users AS u ON u.id = s.user
LEFT JOIN messages AS h ON h.id = s.head
LEFT JOIN messages AS l ON l.id = s.last
LEFT JOIN messages AS p ON p.id = s.system;
