-- Sessions as branches: moves of the head that can be taken back, system
-- prompts, and what a list of sessions shows without looking at the log.

ALTER TABLE messages ADD COLUMN depth INTEGER;   -- its place in its context, from 1; none before this version
ALTER TABLE messages ADD COLUMN system INTEGER;  -- its session's system prompt at that time: messages.id
ALTER TABLE messages ADD COLUMN oldest INTEGER;  -- for a reply: the first message of what the model was told

ALTER TABLE sessions ADD COLUMN count INTEGER NOT NULL DEFAULT 0;       -- its messages in the log
ALTER TABLE sessions ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;       -- the messages of its context
ALTER TABLE sessions ADD COLUMN touched_at INTEGER NOT NULL DEFAULT 0;  -- its last message, else its beginning
ALTER TABLE sessions ADD COLUMN words TEXT;      -- the beginning of the first thing said in it
ALTER TABLE sessions ADD COLUMN persona TEXT;    -- who it was started as
ALTER TABLE sessions ADD COLUMN system INTEGER;  -- its system prompt: messages.id
ALTER TABLE sessions ADD COLUMN base INTEGER;    -- the /clear that the context stands on: moves.id
ALTER TABLE sessions ADD COLUMN redo INTEGER;    -- the move that /redo would take back: moves.id

-- Every move of a head that is no message. From and to are places: a head, and
-- the /clear below it.
CREATE TABLE moves (
    id        INTEGER PRIMARY KEY,
    session   INTEGER NOT NULL REFERENCES sessions (id),
    why       TEXT NOT NULL,             -- clear, undo, redo, retry, edit, fork
    from_head INTEGER,                   -- messages.id
    to_head   INTEGER,                   -- messages.id
    from_base INTEGER,                   -- moves.id
    to_base   INTEGER,                   -- moves.id
    redo      INTEGER,                   -- what /redo would have taken back before: moves.id
    gone      INTEGER NOT NULL,          -- how many messages left the context
    back      INTEGER NOT NULL,          -- how many came back into it
    moved_at  INTEGER NOT NULL           -- milliseconds since 1970, UTC
) STRICT;

CREATE INDEX moves_of_session ON moves (session);

CREATE TRIGGER moves_never_change BEFORE UPDATE ON moves
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER moves_are_never_replaced BEFORE INSERT ON moves
WHEN NEW.id <= (SELECT max(id) FROM moves) AND NEW.id > 0
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER moves_never_go BEFORE DELETE ON moves
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- What earlier versions knew without writing it down.

UPDATE sessions
SET count = coalesce((SELECT seq FROM messages WHERE id = last), 0),
    touched_at = coalesce((SELECT created_at FROM messages WHERE id = last), created_at),
    depth = (WITH RECURSIVE context (id) AS (
                 SELECT head UNION ALL
                 SELECT m.parent FROM context AS c JOIN messages AS m ON m.id = c.id)
             SELECT count(id) FROM context);

UPDATE sessions SET words = said.words
FROM (SELECT session, min(id), substr(ltrim(content, char(9, 10, 13, 32)), 1, 400) AS words
      FROM messages WHERE role = 1 GROUP BY session) AS said
WHERE said.session = sessions.id;

-- Their /clear left no trace but this: a message that had something before it
-- in the log and nothing in its context, or a session with an end and no head.
INSERT INTO moves (id, session, why, from_head, from_base, to_base, gone, back, moved_at)
WITH cleared (at, session, head, moved_at) AS (
         SELECT id, session, previous, created_at FROM messages
         WHERE parent IS NULL AND previous IS NOT NULL
         UNION ALL
         SELECT 9223372036854775807, id, last, touched_at FROM sessions
         WHERE head IS NULL AND last IS NOT NULL),
     numbered AS (SELECT row_number() OVER (ORDER BY at, session) AS id, * FROM cleared)
SELECT id, session, 'clear', head, lag(id) OVER (PARTITION BY session ORDER BY id), id,
       (WITH RECURSIVE context (id) AS (
            SELECT n.head UNION ALL
            SELECT m.parent FROM context AS c JOIN messages AS m ON m.id = c.id)
        SELECT count(id) FROM context),
       0, moved_at
FROM numbered AS n ORDER BY id;

UPDATE sessions SET base = (SELECT max(id) FROM moves WHERE session = sessions.id);
