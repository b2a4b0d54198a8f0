-- The log of a team. Everything lies in a schema of its own, so that it stands beside
-- whatever else the database holds.

CREATE SCHEMA IF NOT EXISTS saylog;

CREATE TABLE saylog.store (
    version integer NOT NULL,            -- of these tables
    id      uuid NOT NULL DEFAULT gen_random_uuid()  -- of this store, wherever a backup of it is put
);

-- The order of the log. An id is drawn under the lock of its session's row, and CACHE 1
-- keeps them in the order in which they are drawn; the numbers of groups that were taken
-- back are missing.
CREATE SEQUENCE saylog.message_ids AS bigint CACHE 1;
CREATE SEQUENCE saylog.move_ids AS bigint CACHE 1;

CREATE TABLE saylog.users (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE             -- Unicode NFC, compared byte for byte
);

-- Half of each page is free: a head moves in place.
CREATE TABLE saylog.sessions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid        uuid NOT NULL UNIQUE,
    "user"      bigint NOT NULL REFERENCES saylog.users (id),
    head        bigint,                  -- the last message of the context, or none
    last        bigint,                  -- the last message in the log, whatever became of the context
    count       bigint NOT NULL DEFAULT 0,            -- its messages in the log
    depth       bigint NOT NULL DEFAULT 0,            -- the messages of its context
    base        bigint,                  -- the /clear that the context stands on: moves.id
    redo        bigint,                  -- the move that /redo would take back: moves.id
    floor       bigint,                  -- the summary that its context begins with: messages.id
    system      bigint,                  -- its system prompt: messages.id
    touched     bigint NOT NULL,         -- the newest message when something was last said, or it was begun
    touched_at  bigint NOT NULL,         -- its last message, else its beginning
    created_at  bigint NOT NULL,         -- milliseconds since 1970, UTC
    archived_at bigint,                  -- the same; none where it is listed
    origin      bigint,                  -- the session that it is a fork of: sessions.id
    title       text,
    words       text,                    -- the beginning of the first thing said in it
    model       text,                    -- who answers in it, if that was chosen
    persona     text,                    -- who it was started as
    answered_by text                     -- the model of the last reply in it
) WITH (fillfactor = 50);

CREATE INDEX sessions_of_user ON saylog.sessions ("user");

-- `nonce` is drawn for each group of writes: by it a process knows, after a COMMIT whose
-- answer was lost, whether that had happened.
CREATE TABLE saylog.messages (
    id            bigint PRIMARY KEY,    -- the order of the log
    session       bigint NOT NULL,       -- sessions.id
    seq           bigint NOT NULL,       -- its number in the session, from 1
    parent        bigint,                -- the message before it in the context
    previous      bigint,                -- the message before it in the session
    depth         bigint,                -- its place in its context, from 1
    system        bigint,                -- its session's system prompt at that time
    floor         bigint,                -- the summary that its context began with
    oldest        bigint,                -- for a reply: the first message of what the model was told
    created_at    bigint NOT NULL,       -- milliseconds since 1970, UTC, by the writer's clock
    said_at       bigint,                -- the same, by the source of an import
    prompt_tokens bigint,
    reply_tokens  bigint,
    nonce         bigint NOT NULL,
    role          smallint NOT NULL,     -- 0 system, 1 user, 2 ai
    status        smallint NOT NULL,     -- 0 complete, 1 interrupted, 2 failed
    content       text NOT NULL,
    model         text,
    finish_reason text,
    reasoning     text,
    citations     text,
    UNIQUE (session, seq)
);

-- Every move of a head that is no message.
CREATE TABLE saylog.moves (
    id         bigint PRIMARY KEY,
    session    bigint NOT NULL REFERENCES saylog.sessions (id),
    why        text NOT NULL,            -- clear, undo, redo, retry, edit, fork, compact
    from_head  bigint,
    to_head    bigint,
    from_base  bigint,
    to_base    bigint,
    from_floor bigint,
    to_floor   bigint,
    redo       bigint,                   -- what /redo would have taken back before: moves.id
    gone       bigint NOT NULL,          -- how many messages left the context
    back       bigint NOT NULL,          -- how many came back into it
    moved_at   bigint NOT NULL,          -- milliseconds since 1970, UTC
    nonce      bigint NOT NULL
);

CREATE INDEX moves_of_session ON saylog.moves (session, id);

-- The system prompts of configurations, each user's apart. One that came with a copy of a
-- file, where they are everybody's, is nobody's: who speaks as one user only does not see it.
CREATE TABLE saylog.prompts (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "user"  bigint REFERENCES saylog.users (id),
    content text NOT NULL
);

-- Texts of any length are found by their digest.
CREATE INDEX prompts_by_digest ON saylog.prompts ("user", md5(content));

-- What a model was sent, where its reply's links do not tell that.
CREATE TABLE saylog.sent (
    reply   bigint PRIMARY KEY,          -- messages.id
    answers bigint NOT NULL,             -- the last message of it
    floor   bigint,                      -- the summary that it began with
    system  bigint,                      -- the session's system prompt
    prompt  bigint REFERENCES saylog.prompts (id)     -- that of the configuration
);

-- A reply that is still coming. Not part of the log: its row is rewritten every second
-- and goes when the reply is appended.
CREATE TABLE saylog.partials (
    session     bigint NOT NULL REFERENCES saylog.sessions (id),
    writer      text NOT NULL,           -- the process that receives it
    content     text NOT NULL,
    model       text NOT NULL,
    reasoning   text,
    oldest      bigint,
    answers     bigint,
    sent_floor  bigint,
    sent_system bigint,
    sent_prompt bigint REFERENCES saylog.prompts (id),
    behind      bigint,                  -- the message with what had come before
    beat        bigint NOT NULL,         -- raised for as long as the process lives
    seen_beat   bigint,                  -- the beat that was seen last
    seen_at     bigint,                  -- when it was seen first: milliseconds of that boot
    seen_boot   text,                    -- by which clock
    taken       bigint,                  -- the message that was made of it
    PRIMARY KEY (session, writer)
);

-- How much fits, learned from refusals. A login that speaks as one user keeps its own: whom
-- it asks is nobody else's business.
CREATE TABLE saylog.windows (
    "user"     bigint NOT NULL DEFAULT 0,             -- users.id, or 0 of all who may speak as everybody
    endpoint   text NOT NULL,
    model      text NOT NULL,
    tokens     bigint NOT NULL,
    configured bigint                    -- the window that a person had set then, if one was
);

CREATE UNIQUE INDEX windows_by_name ON saylog.windows ("user", md5(endpoint), md5(model));

-- The messages that came from other programs, each by a digest of what it is called there.
CREATE TABLE saylog.origins (
    source  bytea PRIMARY KEY,           -- 16 bytes
    message bigint NOT NULL
);

CREATE INDEX origins_of_messages ON saylog.origins (message);

-- The sessions that did.
CREATE TABLE saylog.imports (
    session       bigint PRIMARY KEY REFERENCES saylog.sessions (id),
    source        text NOT NULL,         -- the program, as filters name it
    head          bigint,                -- where the last import put its context's end
    behind        bigint,                -- the message behind which it went on apart from sessions.origin
    is_mixed      boolean NOT NULL DEFAULT false,     -- some of it was said in saylog, elsewhere
    is_renumbered boolean NOT NULL DEFAULT false,     -- its messages have other numbers there
    model         text                   -- who answered in it there; asked nobody because of that
);

CREATE INDEX imports_behind ON saylog.imports (behind) WHERE behind IS NOT NULL;

-- The terms of messages, which searches ask for and add, in the order of the log. They may
-- be emptied at any time (TRUNCATE saylog.terms): the next search begins anew.
CREATE TABLE saylog.terms (
    id    bigint PRIMARY KEY,            -- messages.id
    at    bigint NOT NULL,               -- when it was said, or taken
    terms text[] NOT NULL
);

CREATE INDEX terms_by_term ON saylog.terms USING gin (terms);

-- The log only grows.
CREATE FUNCTION saylog.refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER messages_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON saylog.messages
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER moves_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON saylog.moves
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER prompts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON saylog.prompts
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER sent_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON saylog.sent
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER origins_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON saylog.origins
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER users_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON saylog.users
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER sessions_stay BEFORE DELETE OR TRUNCATE ON saylog.sessions
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
CREATE TRIGGER sessions_keep_their_owner BEFORE UPDATE OF id, uuid, "user" ON saylog.sessions
    FOR EACH STATEMENT EXECUTE FUNCTION saylog.refuse();
