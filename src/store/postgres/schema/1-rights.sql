-- Who sees what. The policies sleep until `saylog --grant ROLE --as-user NAME` wakes them:
-- from then on everybody sees as much as is noted here of their login.

-- The roles that were granted something. No role but the owner reads or writes this. A role
-- is known by its number, so that a new name does not free it.
CREATE TABLE saylog.logins (
    login  regrole PRIMARY KEY,
    "user" bigint REFERENCES saylog.users (id)  -- as whom it speaks; none if as everybody
);

INSERT INTO saylog.logins (login) VALUES (quote_ident(current_user)::regrole);

-- The only user as whom somebody speaks; nothing if there is none. It is the login that
-- counts, which neither a setting nor SET ROLE changes. A login that is not noted itself is
-- what the role is that it took, or else what the only one is that it belongs to.
CREATE FUNCTION saylog.own_user(asked name DEFAULT current_user) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    self   regrole := quote_ident(session_user)::regrole;
    acting regrole := to_regrole(quote_ident(asked));
    bound  bigint;
BEGIN
    SELECT l."user" INTO bound FROM saylog.logins AS l WHERE l.login = self;
    IF bound IS NULL AND acting <> self AND pg_has_role(self, acting, 'MEMBER') THEN
        SELECT l."user" INTO bound FROM saylog.logins AS l WHERE l.login = acting;
    END IF;
    IF bound IS NULL THEN
        SELECT min(l."user") INTO bound FROM saylog.logins AS l
        WHERE l."user" IS NOT NULL AND pg_has_role(self, l.login, 'MEMBER')
        HAVING count(DISTINCT l."user") = 1;
    END IF;
    RETURN bound;
END $$;

-- Whether somebody speaks as everybody: whoever has the rights of a role that does.
CREATE FUNCTION saylog.is_everybody(asked name DEFAULT current_user) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM saylog.logins AS l
                   WHERE l."user" IS NULL AND pg_has_role(asked, l.login, 'USAGE'));
END;

-- The newest message of all, by which times and places are kept in order. Whoever sees only
-- their own would have to pass over everybody else's to find one.
CREATE FUNCTION saylog.newest_message() RETURNS TABLE (id bigint, created_at bigint)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT m.id, m.created_at FROM saylog.messages AS m ORDER BY m.id DESC LIMIT 1;
END;

REVOKE ALL ON FUNCTION saylog.own_user, saylog.is_everybody, saylog.newest_message,
    saylog.refuse FROM PUBLIC;

-- What belongs to a user, directly or through a session or a message that they see. Where
-- something is asked about a table here, its own policies hold.
CREATE POLICY own ON saylog.users USING (id = (SELECT saylog.own_user()));
CREATE POLICY own ON saylog.sessions USING ("user" = (SELECT saylog.own_user()));
CREATE POLICY own ON saylog.prompts USING ("user" = (SELECT saylog.own_user()));
CREATE POLICY own ON saylog.windows USING ("user" = (SELECT saylog.own_user()));
CREATE POLICY own ON saylog.messages USING (
    EXISTS (SELECT FROM saylog.sessions AS s WHERE s.id = session));
CREATE POLICY own ON saylog.moves USING (
    EXISTS (SELECT FROM saylog.sessions AS s WHERE s.id = session));
CREATE POLICY own ON saylog.imports USING (
    EXISTS (SELECT FROM saylog.sessions AS s WHERE s.id = session));
CREATE POLICY own ON saylog.origins USING (
    EXISTS (SELECT FROM saylog.messages AS m WHERE m.id = message));
CREATE POLICY own ON saylog.sent USING (
    EXISTS (SELECT FROM saylog.messages AS m WHERE m.id = reply)
    AND (prompt IS NULL OR EXISTS (SELECT FROM saylog.prompts AS p WHERE p.id = prompt)));
CREATE POLICY own ON saylog.partials USING (
    EXISTS (SELECT FROM saylog.sessions AS s WHERE s.id = session)
    AND (sent_prompt IS NULL
         OR EXISTS (SELECT FROM saylog.prompts AS p WHERE p.id = sent_prompt)));

-- What the planner estimates it tells to everybody, so it learns nothing of texts and keys.
ALTER TABLE saylog.users ALTER name SET STATISTICS 0;
ALTER TABLE saylog.sessions ALTER uuid SET STATISTICS 0, ALTER title SET STATISTICS 0,
    ALTER words SET STATISTICS 0, ALTER model SET STATISTICS 0,
    ALTER persona SET STATISTICS 0, ALTER answered_by SET STATISTICS 0;
ALTER TABLE saylog.messages ALTER content SET STATISTICS 0, ALTER model SET STATISTICS 0,
    ALTER finish_reason SET STATISTICS 0, ALTER reasoning SET STATISTICS 0,
    ALTER citations SET STATISTICS 0;
ALTER TABLE saylog.prompts ALTER content SET STATISTICS 0;
ALTER INDEX saylog.prompts_by_digest ALTER COLUMN 2 SET STATISTICS 0;
ALTER TABLE saylog.partials ALTER writer SET STATISTICS 0, ALTER content SET STATISTICS 0,
    ALTER model SET STATISTICS 0, ALTER reasoning SET STATISTICS 0;
ALTER TABLE saylog.windows ALTER endpoint SET STATISTICS 0, ALTER model SET STATISTICS 0;
ALTER INDEX saylog.windows_by_name ALTER COLUMN 2 SET STATISTICS 0;
ALTER INDEX saylog.windows_by_name ALTER COLUMN 3 SET STATISTICS 0;
ALTER TABLE saylog.origins ALTER source SET STATISTICS 0;
ALTER TABLE saylog.imports ALTER source SET STATISTICS 0, ALTER model SET STATISTICS 0;
