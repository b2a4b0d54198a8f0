-- What real endpoints do: why a reply ended, what the model thought, where it
-- has it from, how much an endpoint takes; and summaries in place of old turns.

ALTER TABLE messages ADD COLUMN finish_reason TEXT;  -- for a reply: why it ended, in the endpoint's word
ALTER TABLE messages ADD COLUMN reasoning TEXT;      -- for a reply: what the model thought before it
ALTER TABLE messages ADD COLUMN citations TEXT;      -- for a reply: its sources, a JSON list of url and title
ALTER TABLE messages ADD COLUMN floor INTEGER;       -- the summary that its context began with: messages.id

-- The system prompts of configurations, each once.
CREATE TABLE prompts (
    id      INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER prompts_never_change BEFORE UPDATE ON prompts
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER prompts_never_go BEFORE DELETE ON prompts
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER prompts_are_never_replaced BEFORE INSERT ON prompts
WHEN EXISTS (SELECT 1 FROM prompts WHERE id = NEW.id OR content = NEW.content)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- What a model was sent, where its reply's links do not tell that: a system prompt
-- of the configuration was, or another process has moved the session meanwhile.
-- (Few replies have it, and each column that most lack makes all of them slower.)
CREATE TABLE sent (
    reply   INTEGER PRIMARY KEY REFERENCES messages (id),
    answers INTEGER NOT NULL REFERENCES messages (id),  -- the last message of it
    floor   INTEGER REFERENCES messages (id),           -- the summary that it began with
    system  INTEGER REFERENCES messages (id),           -- the session's system prompt
    prompt  INTEGER REFERENCES prompts (id)             -- that of the configuration
) STRICT;

CREATE TRIGGER sent_never_changes BEFORE UPDATE ON sent
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER sent_never_goes BEFORE DELETE ON sent
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER sent_is_never_replaced BEFORE INSERT ON sent
WHEN EXISTS (SELECT 1 FROM sent WHERE reply = NEW.reply)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

ALTER TABLE partials ADD COLUMN answers INTEGER REFERENCES messages (id);  -- as those of what was sent
ALTER TABLE partials ADD COLUMN sent_floor INTEGER REFERENCES messages (id);
ALTER TABLE partials ADD COLUMN sent_system INTEGER REFERENCES messages (id);
ALTER TABLE partials ADD COLUMN sent_prompt INTEGER REFERENCES prompts (id);

ALTER TABLE partials ADD COLUMN reasoning TEXT;      -- what the model has thought so far
ALTER TABLE partials ADD COLUMN oldest INTEGER REFERENCES messages (id);  -- the first message that the model was sent

-- Whether the process lives that receives a reply: it raises its beat for as long
-- as it does. Whoever waits for that notes what they saw; when the beat has stood
-- still for too long, they make a message of the part and leave the row, emptied,
-- for the process to find should it come back.
ALTER TABLE partials ADD COLUMN beat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE partials ADD COLUMN seen_beat INTEGER;   -- the beat that was seen last
ALTER TABLE partials ADD COLUMN seen_at INTEGER;     -- when it was seen first: milliseconds of that boot
ALTER TABLE partials ADD COLUMN seen_boot TEXT;      -- by which clock: of a boot, and of a container
ALTER TABLE partials ADD COLUMN taken INTEGER;       -- the message that was made of it: messages.id
ALTER TABLE partials ADD COLUMN behind INTEGER;      -- the message with what had come before: messages.id

-- A move that puts a summary there is a `compact`.
-- A floor is a summary that stands in place of everything before the message
-- that the summary's own row names as its oldest.
-- (A reference would make each update of a session slower by half, those of
-- messages an append by as much; columns of earlier versions cannot become one.)
ALTER TABLE sessions ADD COLUMN floor INTEGER;       -- messages.id
ALTER TABLE moves ADD COLUMN from_floor INTEGER REFERENCES messages (id);
ALTER TABLE moves ADD COLUMN to_floor INTEGER REFERENCES messages (id);

-- The order of sessions: which was touched last. It is a place in the log and no
-- time, because clocks are put back.
ALTER TABLE sessions ADD COLUMN touched INTEGER NOT NULL DEFAULT 0;  -- the newest message when something was last said, or it was begun

-- Earlier versions went by times, which never fell: where nothing was said, the
-- session stands behind everything that was said before it was begun.
UPDATE sessions SET touched = ranked.newest
FROM (SELECT id, coalesce(last, max(last) OVER (ORDER BY touched_at, id), 0) AS newest
      FROM sessions) AS ranked
WHERE ranked.id = sessions.id;

-- What a list of sessions tells of them besides.
ALTER TABLE sessions ADD COLUMN origin INTEGER;      -- the session that it is a fork of: sessions.id
ALTER TABLE sessions ADD COLUMN answered_by TEXT;    -- the model of the last reply in it
-- Lists leave it out; nothing of it is gone.
ALTER TABLE sessions ADD COLUMN archived_at INTEGER;  -- milliseconds since 1970, UTC; none where it is listed

-- How much fits, learned from refusals.
CREATE TABLE windows (
    endpoint   TEXT NOT NULL,            -- its address, without a query
    model      TEXT NOT NULL,            -- as the endpoint calls it
    tokens     INTEGER NOT NULL,
    configured INTEGER,                  -- the window that a person had set then, if one was
    PRIMARY KEY (endpoint, model)
) STRICT;

-- What came from another program has two times: when it was taken, which is
-- created_at, and when it was said.
ALTER TABLE messages ADD COLUMN said_at INTEGER;     -- milliseconds since 1970, UTC; none where it was said here

-- For other programs: the log, and what it is made of.

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
           || printf('.%03dZ', m.said_at % 1000) AS said_at
FROM messages AS m
JOIN sessions AS s ON s.id = m.session
JOIN users AS u ON u.id = s.user;

-- A session a row. Messages are looked up by their ids only, none is counted.
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
       strftime('%Y-%m-%dT%H:%M:%S', coalesce(l.created_at, s.touched_at) / 1000, 'unixepoch')
           || printf('.%03dZ', coalesce(l.created_at, s.touched_at) % 1000) AS last_at,
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
