-- For other programs: the log, and what it is made of. What is told of a session is of its
-- user, whatever another program has linked it to.

CREATE VIEW saylog.log AS
SELECT m.id,
       m.seq,
       m.parent AS parent_id,
       u.name AS user_id,
       s.uuid AS session_id,
       CASE m.role WHEN 0 THEN 'system' WHEN 1 THEN 'user' WHEN 2 THEN 'ai' END AS role,
       m.content,
       to_timestamp(m.created_at / 1000.0) AS created_at,
       m.model,
       CASE m.status WHEN 0 THEN 'complete' WHEN 1 THEN 'interrupted' WHEN 2 THEN 'failed' END AS status,
       m.prompt_tokens,
       m.reply_tokens,
       m.finish_reason,
       m.reasoning,
       m.citations,
       s.title,
       s.persona,
       to_timestamp(m.said_at / 1000.0) AS said_at,
       CASE WHEN m.said_at IS NULL THEN NULL
            WHEN i.is_mixed AND NOT EXISTS (
                     SELECT 1 FROM saylog.origins AS o
                     WHERE o.message = m.id AND get_byte(o.source, 6) >> 4 = 5)
                 OR i.source IS NULL THEN 'saylog'
            ELSE i.source END AS source
FROM saylog.messages AS m
JOIN saylog.sessions AS s ON s.id = m.session
JOIN saylog.users AS u ON u.id = s."user"
LEFT JOIN saylog.imports AS i ON i.session = s.id;

CREATE VIEW saylog.conversations AS
SELECT s.uuid AS session_id,
       u.name AS user_id,
       s.title,
       s.words AS first_words,
       coalesce(s.model, h.model, l.model) AS model,
       s.persona,
       p.content AS system,
       to_timestamp(s.created_at / 1000.0) AS started_at,
       to_timestamp(coalesce(l.said_at, l.created_at, s.touched_at) / 1000.0) AS last_at,
       s.count AS messages,
       s.depth AS context,
       s.head AS head_id,
       s.last AS last_id,
       to_timestamp(s.archived_at / 1000.0) AS archived_at
FROM saylog.sessions AS s
JOIN saylog.users AS u ON u.id = s."user"
LEFT JOIN (saylog.messages AS h JOIN saylog.sessions AS of_h ON of_h.id = h.session)
     ON h.id = s.head AND of_h."user" = s."user"
LEFT JOIN (saylog.messages AS l JOIN saylog.sessions AS of_l ON of_l.id = l.session)
     ON l.id = s.last AND of_l."user" = s."user"
LEFT JOIN (saylog.messages AS p JOIN saylog.sessions AS of_p ON of_p.id = p.session)
     ON p.id = s.system AND of_p."user" = s."user";

-- Whoever reads them sees what they see in the tables: from PostgreSQL 15 on the views ask
-- as who reads them. Before that they ask as their owner, and say it once more themselves.
DO $$
DECLARE
    shown text;
BEGIN
    FOREACH shown IN ARRAY ARRAY['log', 'conversations'] LOOP
        IF current_setting('server_version_num')::integer >= 150000 THEN
            EXECUTE format('ALTER VIEW saylog.%I SET (security_invoker = true)', shown);
        ELSE
            EXECUTE format('CREATE OR REPLACE VIEW saylog.%I WITH (security_barrier = true) AS ', shown)
                || rtrim(pg_get_viewdef(format('saylog.%I', shown)::regclass), '; ')
                || ' WHERE (SELECT NOT row_security_active(''saylog.sessions''))
                        OR (SELECT saylog.is_everybody())
                        OR s."user" = (SELECT saylog.own_user())';
        END IF;
    END LOOP;
END $$;
