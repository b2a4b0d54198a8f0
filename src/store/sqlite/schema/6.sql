-- Logs of several machines that become one.

-- A session went on apart on two machines: what was said on the other one became a
-- session of its own, which goes on behind this message (0 is the very beginning) of the
-- session that sessions.origin names.
ALTER TABLE imports ADD COLUMN behind INTEGER;       -- messages.id
-- Messages of it were said in saylog, on another machine; those of its program have origins.
ALTER TABLE imports ADD COLUMN is_mixed INTEGER NOT NULL DEFAULT 0;
-- Messages of it have other numbers than on the machine where they were said.
ALTER TABLE imports ADD COLUMN is_renumbered INTEGER NOT NULL DEFAULT 0;
-- Who answered in it there. It is asked nobody because of that.
ALTER TABLE imports ADD COLUMN model TEXT;

-- Keys begin as the ids of their sessions do, so that those of a conversation lie beside
-- each other.
DROP TRIGGER origins_never_change;

UPDATE origins SET source = unhex(substr(replace(s.uuid, '-', ''), 1, 12)) || substr(source, 7)
FROM messages AS m JOIN sessions AS s ON s.id = m.session
WHERE m.id = origins.message;

CREATE TRIGGER origins_never_change BEFORE UPDATE ON origins
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE INDEX imports_behind ON imports (behind) WHERE behind IS NOT NULL;

CREATE INDEX origins_of_messages ON origins (message);

-- The views as before, with shorter words for times: each start reads them.

DROP VIEW log;

CREATE VIEW log AS
SELECT m.id,
       m.seq,
       m.parent AS parent_id,
       u.name AS user_id,
       s.uuid AS session_id,
       CASE m.role WHEN 0 THEN 'system' WHEN 1 THEN 'user' WHEN 2 THEN 'ai' END AS role,
       m.content,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.created_at / 1000.0, 'unixepoch') AS created_at,
       m.model,
       CASE m.status WHEN 0 THEN 'complete' WHEN 1 THEN 'interrupted' WHEN 2 THEN 'failed' END AS status,
       m.prompt_tokens,
       m.reply_tokens,
       m.finish_reason,
       m.reasoning,
       m.citations,
       s.title,
       s.persona,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.said_at / 1000.0, 'unixepoch') AS said_at,
       CASE WHEN m.said_at IS NULL THEN NULL
            WHEN i.is_mixed AND NOT EXISTS (
                     SELECT 1 FROM origins AS o
                     WHERE o.message = m.id AND substr(hex(o.source), 13, 1) = '5')
                 OR i.source IS NULL THEN 'saylog'
            ELSE i.source END AS source
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
       strftime('%Y-%m-%dT%H:%M:%fZ', s.created_at / 1000.0, 'unixepoch') AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(l.said_at, l.created_at, s.touched_at) / 1000.0, 'unixepoch') AS last_at,
       coalesce(l.seq, 0) AS messages,
       s.depth AS context,
       s.head AS head_id,
       s.last AS last_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.archived_at / 1000.0, 'unixepoch') AS archived_at
FROM sessions AS s
JOIN users AS u ON u.id = s.user
LEFT JOIN messages AS h ON h.id = s.head
LEFT JOIN messages AS l ON l.id = s.last
LEFT JOIN messages AS p ON p.id = s.system;
