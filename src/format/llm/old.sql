CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, model TEXT);
CREATE TABLE responses (
    id TEXT PRIMARY KEY, model TEXT, prompt TEXT, system TEXT, prompt_json TEXT,
    options_json TEXT, response TEXT, response_json TEXT,
    conversation_id TEXT REFERENCES conversations (id), duration_ms INTEGER,
    datetime_utc TEXT, input_tokens INTEGER, output_tokens INTEGER, reasoning TEXT
);
CREATE TABLE attachments (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
CREATE TABLE prompt_attachments (response_id TEXT, attachment_id TEXT, "order" INTEGER);
CREATE TABLE fragments (
    id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT
);
CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT, name TEXT);
CREATE TABLE tool_results (id INTEGER PRIMARY KEY, response_id TEXT, output TEXT);

INSERT INTO conversations VALUES ('01a', 'Names', 'gpt-4o');
INSERT INTO responses
    (id, model, prompt, system, response, conversation_id, datetime_utc, input_tokens,
     output_tokens, reasoning)
VALUES
    ('01r2', 'o3', 'And this?', 'Be brief.', 'A cat 🙂', '01a',
     '2026-11-03T10:30:05', NULL, NULL, 'Whiskers'),
    ('01r1', 'gpt-4o', 'Wie heißt du?', 'Be brief.', 'llm', '01a',
     '2026-11-03T10:30:00.000000+00:00', 12, 3, ''),
    ('01r3', NULL, 'alone', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO attachments VALUES ('i', 'image/png', '/home/u/cat.png', NULL, NULL);
INSERT INTO prompt_attachments VALUES ('01r2', 'i', 0);
INSERT INTO fragments VALUES (1, 'f', 'a README', NULL, '/home/u/README.md');
INSERT INTO prompt_fragments VALUES ('01r2', 1, 0);
INSERT INTO tool_calls (response_id, name) VALUES ('01r2', 'look');
INSERT INTO tool_results (response_id, output) VALUES ('01r2', 'a cat');
