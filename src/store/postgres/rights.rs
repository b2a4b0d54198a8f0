//! Which role may do what, and as whom a login speaks.
//!
//! What a role is given is in `schema/grant.sql`, and what it sees then in
//! `schema/1-rights.sql`: the server keeps both, whatever client somebody uses. The program
//! only asks as whom it may speak, to say so in a sentence.

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::super::Result;
use super::client::{Ask, Patience, Value};
use super::handle::Handle;
use super::schema;
use super::server::{MOST_COLLISIONS, Server};
use super::trouble::Trouble;
use crate::domain::{Granted, Problem, ProblemKind, UserName};

/// Sets what [`GRANT`] reads; names are values here, and the server quotes them there.
const SET_WANTED: &str = "SELECT set_config('saylog.role', $1, true),
    set_config('saylog.user', $2, true), set_config('saylog.reads', $3, true)";

const GRANT: &str = include_str!("schema/grant.sql");

/// Whether there is such a role, and whether no rule binds it: it made the store, or may do
/// everything; whether this login is who made it; of the roles that speak as everybody, one
/// that it belongs to; and of those that are bound, one that belongs to it.
const GET_ROLES: &str = "SELECT r.oid IS NOT NULL,
        coalesce(r.oid = t.relowner OR r.rolsuper OR r.rolbypassrls, false),
        pg_has_role(t.relowner, 'USAGE'),
        (SELECT min(pg_get_userbyid(l.login)::text) FROM saylog.logins AS l
         WHERE l.\"user\" IS NULL AND l.login <> r.oid AND pg_has_role(r.oid, l.login, 'MEMBER')),
        (SELECT min(pg_get_userbyid(l.login)::text) FROM saylog.logins AS l
         WHERE l.\"user\" IS NOT NULL AND l.login <> r.oid
               AND pg_has_role(l.login, r.oid, 'MEMBER'))
    FROM pg_class AS t LEFT JOIN pg_roles AS r ON r.rolname = $1
    WHERE t.oid = 'saylog.logins'::regclass";

/// Whether this login speaks as everybody, and else as whom.
const GET_SPEAKER: &str =
    "SELECT NOT row_security_active('saylog.sessions') OR saylog.is_everybody(),
        (SELECT u.name FROM saylog.users AS u WHERE u.id = saylog.own_user())";

/// Gives a role rights, all of them or none.
pub(super) fn grant(server: &mut Server, granted: &Granted) -> Result<()> {
    let done = grant_on(server, granted);
    if done.is_err() {
        // The connection ends with this run anyway.
        server.hang_up();
    }
    done
}

fn grant_on(server: &mut Server, granted: &Granted) -> Result<()> {
    let told = |trouble: Trouble| {
        let problem = match &trouble {
            Trouble::Refused(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                return not_owner();
            }
            _ if trouble.is_collision() => {
                let what = "others kept using the tables of the log";
                Problem::new(ProblemKind::Busy, what).with_hint("try again")
            }
            _ => trouble.problem(),
        };
        problem.preventing("nothing was granted")
    };
    let role = granted.role.as_str();
    let values: [Value<'_>; 1] = [(&role, Type::TEXT)];
    let known = server
        .look(&[Ask::Query(GET_ROLES, &values)])
        .map_err(told)?;
    let Some(known) = known.first().and_then(|rows| rows.first()) else {
        return Err(not_owner());
    };
    if !known.get::<_, bool>(0) {
        let what = format!("the server has no role `{role}`");
        let problem = Problem::new(ProblemKind::Gone, what);
        return Err(problem.with_hint("`createuser NAME` or `CREATE ROLE` makes one"));
    }
    if !known.get::<_, bool>(2) {
        return Err(not_owner());
    }
    if known.get(1) {
        let what = format!("`{role}` may do everything here, and no rule binds it");
        let problem = Problem::new(ProblemKind::Refused, what);
        return Err(
            problem.with_hint("name a role that is neither the store's owner nor a superuser")
        );
    }
    let (above, below): (Option<&str>, Option<&str>) = (known.get(3), known.get(4));
    match (&granted.user, above, below) {
        (Some(_), Some(above), _) => return Err(belongs(role, above)),
        (None, _, Some(below)) => return Err(belongs(below, role)),
        _ => {}
    }
    let user = granted.user.as_ref().map_or("", UserName::as_str);
    let reads = if granted.reads { "on" } else { "off" };
    // Others who grant something wait.
    let begin = format!(
        "BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '10s';
         SELECT pg_advisory_xact_lock({})",
        schema::LOCK
    );
    let wanted: [Value<'_>; 3] = [
        (&role, Type::TEXT),
        (&user, Type::TEXT),
        (&reads, Type::TEXT),
    ];
    let asks = [
        Ask::Batch(&begin),
        Ask::Query(SET_WANTED, &wanted),
        Ask::Batch(GRANT),
        Ask::Batch("COMMIT"),
    ];
    let mut collisions = 0;
    loop {
        match server.ask(Patience::Commit, &asks) {
            // A rule of a table is changed once nobody uses that, and who reads several of
            // them in another order has to be let pass.
            Err(trouble) if trouble.is_collision() && collisions < MOST_COLLISIONS => {
                collisions += 1;
                // What was done so far is taken back as the connection ends.
                server.hang_up();
                server.let_pass(collisions).map_err(told)?;
            }
            done => return done.map(drop).map_err(told),
        }
    }
}

fn not_owner() -> Problem {
    let what = "only the role that made the store may grant it to others";
    Problem::new(ProblemKind::Refused, what).with_hint("name that role in --store, or in PGUSER")
}

/// What a role may do, whoever belongs to it may do, too.
fn belongs(member: &str, role: &str) -> Problem {
    let what = format!(
        "`{member}` belongs to `{role}`, so it cannot speak as one user while `{role}` speaks \
         as everybody"
    );
    let problem = Problem::new(ProblemKind::Refused, what);
    problem.with_hint(format!("`REVOKE {role} FROM {member}` parts them"))
}

/// As whom a login may speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SpeaksAs {
    Everybody,
    /// This user only.
    User(UserName),
    /// It was granted nothing since logins have been bound to users.
    Nobody,
}

/// Asks as whom this login may speak.
pub(super) fn speaks_as(handle: &mut Handle) -> Result<SpeaksAs> {
    Ok(read(&handle.rows(GET_SPEAKER, &[])?))
}

/// The same, to be asked beside something else; [`read`] reads the answer.
pub(super) fn get_speaker<'a>() -> Ask<'a> {
    Ask::Query(GET_SPEAKER, &[])
}

/// As whom a login may speak, by the answer to that.
pub(super) fn read(rows: &[Row]) -> SpeaksAs {
    let Some(row) = rows.first() else {
        return SpeaksAs::Nobody;
    };
    match (row.get(0), row.get::<_, Option<&str>>(1)) {
        (true, _) => SpeaksAs::Everybody,
        (false, Some(name)) => SpeaksAs::User(UserName::stored(name)),
        (false, None) => SpeaksAs::Nobody,
    }
}

impl SpeaksAs {
    /// Fails if it may not speak as this user.
    pub(super) fn admit(&self, user: &UserName) -> Result<()> {
        let (what, hint) = match self {
            Self::Everybody => return Ok(()),
            Self::User(own) if own == user => return Ok(()),
            Self::User(own) => (
                format!("this login of the server speaks as {own} only"),
                format!("`--user {own}`, or log in as another role"),
            ),
            Self::Nobody => (
                "this login of the server may speak as nobody".into(),
                "whoever made the store can run `saylog --grant ROLE`".into(),
            ),
        };
        Err(Problem::new(ProblemKind::AnotherUser, what).with_hint(hint))
    }
}
