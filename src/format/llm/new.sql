CREATE TABLE IF NOT EXISTS attachments
    (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
CREATE TABLE IF NOT EXISTS fragments
    (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT);
CREATE TABLE messages (
    hash TEXT PRIMARY KEY, parent_hash TEXT, role TEXT, provider_metadata TEXT
);
CREATE TABLE parts (
    id INTEGER PRIMARY KEY, message_hash TEXT, position INTEGER, type TEXT,
    tool_name TEXT, text TEXT, payload TEXT
);
CREATE TABLE threads (
    id TEXT PRIMARY KEY, name TEXT, tip_message_hash TEXT, forked_from TEXT, datetime_utc TEXT
);
CREATE TABLE turns (
    id TEXT PRIMARY KEY, thread_id TEXT, parent_message_hash TEXT, tip_message_hash TEXT,
    model TEXT, resolved_model TEXT, options_json TEXT, schema_id TEXT,
    input_tokens INTEGER, output_tokens INTEGER, token_details TEXT, duration_ms INTEGER,
    datetime_utc TEXT, response_json TEXT
);

INSERT OR REPLACE INTO attachments VALUES ('i', 'image/png', '/home/u/cat.png', NULL, NULL);
INSERT OR REPLACE INTO fragments VALUES (1, 'f', 'a README', NULL, '/home/u/README.md');
INSERT INTO messages (hash, parent_hash, role) VALUES
    ('h1', NULL, 'system'), ('h2', 'h1', 'user'), ('h3', 'h2', 'assistant'),
    ('h4', 'h3', 'tool'), ('h5', 'h4', 'assistant'), ('h6', 'h5', 'user'),
    ('h7', 'h6', 'assistant'), ('h8', 'h2', 'assistant'), ('h9', 'h8', 'user'),
    ('l1', 'l2', 'user'), ('l2', 'l1', 'assistant'), ('x1', 'gone', 'narrator');
INSERT INTO parts (message_hash, position, type, text, payload) VALUES
    ('h1', 0, 'text', 'Be brief.', NULL),
    ('h2', 0, 'text', NULL,
     '{"text_ref":[{"literal":"Read this: "},{"fragment":1},{"literal":", please"}]}'),
    ('h3', 0, 'tool_call', NULL, '{"name":"look","arguments":{}}'),
    ('h4', 0, 'tool_result', NULL, '{"name":"look","output":"x"}'),
    ('h5', 1, 'text', 'Read.', NULL),
    ('h5', 0, 'reasoning', 'Long.', NULL),
    ('h6', 0, 'text', 'And?', NULL),
    ('h6', 1, 'attachment', NULL, '{"attachment":{"id":"i"}}'),
    ('h7', 0, 'text', 'A cat.', NULL),
    ('h8', 0, 'text', 'Too long.', NULL),
    ('h9', 0, 'text', 'Well?', NULL),
    ('l1', 0, 'text', 'a', NULL), ('l2', 0, 'text', 'b', NULL), ('x1', 0, 'text', 'c', NULL);
INSERT INTO threads VALUES
    ('01a', 'Names', 'h7', NULL, '2026-11-03T10:30:00+00:00'),
    ('02b', '', 'h9', '01a', '2026-11-03T10:30:20+00:00'),
    ('03c', NULL, 'x1', NULL, NULL),
    ('04d', 'nothing', NULL, NULL, NULL);
INSERT INTO turns
    (id, thread_id, parent_message_hash, tip_message_hash, model, input_tokens, output_tokens,
     datetime_utc)
VALUES
    ('t3', '01a', 'h6', 'h7', 'o3', NULL, NULL, '2026-11-03T10:30:09+00:00'),
    ('t1', '01a', 'h2', 'h3', 'gpt-5', 20, 2, '2026-11-03T10:30:01+00:00'),
    ('t2', '01a', 'h4', 'h5', 'gpt-5', 30, 4, '2026-11-03T10:30:02+00:00'),
    ('t4', '02b', 'h2', 'h8', 'gpt-5', NULL, NULL, '2026-11-03T10:30:21+00:00'),
    ('t5', '03c', NULL, 'l2', NULL, NULL, NULL, NULL);
