-- Gives the role of the setting `saylog.role` what it needs to speak, or if `saylog.reads` is
-- `on` to read the views, and no more, whatever it had before. With a name in `saylog.user`
-- it speaks as that user only. The settings last as long as the transaction.
DO $$
<<wanted>>
DECLARE
    role text := current_setting('saylog.role');
    name text := current_setting('saylog.user');
    reads boolean := current_setting('saylog.reads')::boolean;
    bound bigint;
    asks_as_reader boolean := current_setting('server_version_num')::integer >= 150000;
    everybody text;
    roles oid[];
    kept text;
BEGIN
    EXECUTE format('REVOKE ALL ON SCHEMA saylog FROM %I', role);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA saylog FROM %I', role);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA saylog FROM %I', role);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA saylog FROM %I', role);

    EXECUTE format('GRANT USAGE ON SCHEMA saylog TO %I', role);
    EXECUTE format('GRANT SELECT ON saylog.log, saylog.conversations TO %I', role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION saylog.own_user, saylog.is_everybody TO %I', role);
    IF reads AND asks_as_reader THEN
        EXECUTE format('GRANT SELECT (id, name) ON saylog.users TO %I', role);
        EXECUTE format('GRANT SELECT (id, uuid, "user", head, last, count, depth, system,
            touched_at, created_at, archived_at, title, words, model, persona)
            ON saylog.sessions TO %I', role);
        EXECUTE format('GRANT SELECT (id, session, seq, parent, created_at, said_at,
            prompt_tokens, reply_tokens, role, status, content, model, finish_reason, reasoning,
            citations) ON saylog.messages TO %I', role);
        EXECUTE format('GRANT SELECT (source, message) ON saylog.origins TO %I', role);
        EXECUTE format('GRANT SELECT (session, source, is_mixed) ON saylog.imports TO %I', role);
    ELSIF NOT reads THEN
        EXECUTE format('GRANT SELECT ON saylog.store TO %I', role);
        EXECUTE format('GRANT EXECUTE ON FUNCTION saylog.newest_message TO %I', role);
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE saylog.message_ids, saylog.move_ids
            TO %I', role);
        EXECUTE format('GRANT SELECT, INSERT ON saylog.users, saylog.sessions, saylog.messages,
            saylog.moves, saylog.prompts, saylog.sent, saylog.partials, saylog.imports,
            saylog.origins, saylog.windows TO %I', role);
        EXECUTE format('GRANT UPDATE (head, last, count, depth, base, redo, floor, system,
            touched, touched_at, archived_at, origin, title, words, model, answered_by)
            ON saylog.sessions TO %I', role);
        EXECUTE format('GRANT UPDATE (content, model, reasoning, oldest, answers, sent_floor,
            sent_system, sent_prompt, behind, beat, seen_beat, seen_at, seen_boot, taken),
            DELETE ON saylog.partials TO %I', role);
        EXECUTE format('GRANT UPDATE (head, behind, is_mixed, is_renumbered, model)
            ON saylog.imports TO %I', role);
        EXECUTE format('GRANT UPDATE (tokens, configured) ON saylog.windows TO %I', role);
        -- They are of everybody's messages.
        IF name = '' THEN
            EXECUTE format('GRANT SELECT, INSERT ON saylog.terms TO %I', role);
        END IF;
    END IF;

    IF name <> '' THEN
        INSERT INTO saylog.users (name) SELECT wanted.name
        WHERE NOT EXISTS (SELECT FROM saylog.users AS u WHERE u.name = wanted.name)
        ON CONFLICT DO NOTHING;
        bound := (SELECT u.id FROM saylog.users AS u WHERE u.name = wanted.name);
    END IF;
    INSERT INTO saylog.logins (login, "user") VALUES (quote_ident(role)::regrole, bound)
    ON CONFLICT (login) DO UPDATE SET "user" = wanted.bound;

    -- Nobody is bound yet: the policies sleep on.
    IF NOT EXISTS (SELECT FROM saylog.logins WHERE "user" IS NOT NULL) THEN
        RETURN;
    END IF;
    SELECT string_agg(l.login::text, ', '), array_agg(r.oid) INTO everybody, roles
    FROM saylog.logins AS l JOIN pg_roles AS r ON r.oid = l.login WHERE l."user" IS NULL;
    FOREACH kept IN ARRAY ARRAY['sessions', 'messages', 'moves', 'partials', 'origins',
                                'imports', 'sent', 'users', 'prompts', 'windows']
    LOOP
        -- Whoever changes a policy waits for all who use the table.
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
            WHERE c.oid = format('saylog.%I', kept)::regclass AND p.polname = 'everybody'
                  AND c.relrowsecurity AND c.relforcerowsecurity
                  AND p.polroles @> roles AND p.polroles <@ roles);
        EXECUTE format('DROP POLICY IF EXISTS everybody ON saylog.%I', kept);
        EXECUTE format('CREATE POLICY everybody ON saylog.%I TO %s USING (true)', kept, everybody);
        EXECUTE format('ALTER TABLE saylog.%I ENABLE ROW LEVEL SECURITY,
            FORCE ROW LEVEL SECURITY', kept);
    END LOOP;
END $$;
