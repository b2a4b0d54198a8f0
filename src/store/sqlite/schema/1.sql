-- Integer keys inside, names and UUIDs outside; the view `log` shows the outside.

CREATE TABLE users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE            -- Unicode NFC, compared byte for byte
) STRICT;

CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,     -- version 4, lower case, hyphenated
    user       INTEGER NOT NULL REFERENCES users (id),
    head       INTEGER,                  -- the last message of the context, or none
    last       INTEGER,                  -- the last message in the log, whatever became of the context
    title      TEXT,
    created_at INTEGER NOT NULL          -- milliseconds since 1970, UTC
) STRICT;

CREATE INDEX sessions_of_user ON sessions (user);

-- The hot path: it is linked instead of indexed, so an append touches one page.
CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,      -- the order of the log
    parent     INTEGER,                  -- the message before it in the context
    previous   INTEGER,                  -- the message before it in the session
    seq        INTEGER NOT NULL,         -- its number in the session, from 1
    session    INTEGER NOT NULL,         -- sessions.id
    role       INTEGER NOT NULL,         -- 0 system, 1 user, 2 ai
    content    TEXT NOT NULL,
    created_at INTEGER NOT NULL,         -- milliseconds since 1970, UTC, by the writer's clock
    model      TEXT,
    status     INTEGER NOT NULL          -- 0 complete, 1 interrupted, 2 failed
) STRICT;

CREATE TRIGGER messages_never_change BEFORE UPDATE ON messages
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER messages_never_go BEFORE DELETE ON messages
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER messages_are_never_replaced BEFORE INSERT ON messages
WHEN NEW.id <= (SELECT max(id) FROM messages) AND NEW.id > 0
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- The tags of the log stay as they are.
CREATE TRIGGER sessions_never_go BEFORE DELETE ON sessions
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER sessions_keep_their_owner BEFORE UPDATE OF id, uuid, user ON sessions
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER sessions_are_never_replaced BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM sessions WHERE id = NEW.id OR uuid = NEW.uuid)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER users_are_never_replaced BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.id OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER users_never_go BEFORE DELETE ON users
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER users_keep_their_name BEFORE UPDATE ON users
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

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
       CASE m.status WHEN 0 THEN 'complete' WHEN 1 THEN 'interrupted' WHEN 2 THEN 'failed' END AS status
FROM messages AS m
JOIN sessions AS s ON s.id = m.session
JOIN users AS u ON u.id = s.user;
