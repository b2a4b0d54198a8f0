//! Where a server is and who we are to it, from an address, `PG*` variables, a service file
//! and a file of passwords: as psql finds them.
//!
//! The names and their order are those of libpq (PostgreSQL's manual, "Database Connection
//! Control Functions"): the address counts before the service, the service before the
//! variables. What differs: beyond sockets and this machine the default of `sslmode` is
//! `verify-full`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::host::{Host, Place, Secret, socket_name};
use super::trouble::wrong;
use super::{pass_file, service_file};
use crate::domain::Problem;

/// The port of a server that says nothing else.
const PORT: u16 = 5432;

/// Where systems put the sockets of servers.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// The parameters that are known, each with its variable if it has one.
const KNOWN: [(&str, &str); 19] = [
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("passfile", "PGPASSFILE"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("application_name", "PGAPPNAME"),
    ("options", "PGOPTIONS"),
    ("service", "PGSERVICE"),
    ("servicefile", "PGSERVICEFILE"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("gssencmode", "PGGSSENCMODE"),
];

/// Those that libpq knows and that change nothing here.
const WITHOUT_EFFECT: [&str; 11] = [
    "client_encoding",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslcompression",
    "sslsni",
    "load_balance_hosts",
    "krbsrvname",
];

/// Everything that it takes to connect.
#[derive(Clone)]
pub(super) struct Parameters {
    /// The servers, in the order in which they are tried.
    pub(super) hosts: Vec<Host>,
    /// The database.
    pub(super) database: String,
    /// The role.
    pub(super) user: String,
    /// Which certificates are asked for; none for the default of each host.
    pub(super) tls: Option<TlsMode>,
    /// A file with the certificates of the authorities that are trusted, if one is named;
    /// `system` for those of the system.
    pub(super) authorities: Option<PathBuf>,
    /// Our own certificate, and its key.
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
    /// What the server has to be.
    pub(super) target: Target,
    /// How long one server is waited for.
    pub(super) patience: Option<Duration>,
    /// Who we say that we are.
    pub(super) application: String,
    /// Settings that the server is asked for as we connect.
    pub(super) options: Option<String>,
    /// What a person should know.
    pub(super) warnings: Vec<String>,
}

/// Whether a connection is encrypted, and whose certificate is good for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsMode {
    /// Without.
    Disable,
    /// With, if the server can; whoever that is.
    Prefer,
    /// With, whoever the server is.
    Require,
    /// With, and the server is known to a trusted authority.
    VerifyAuthority,
    /// With, and the authority knows it by the name that we use.
    VerifyFull,
}

/// What a server has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Whatever answers first.
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that does not.
    ReadOnly,
}

/// Reads variables of the environment.
pub(super) type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

impl Parameters {
    /// Finds everything out.
    ///
    /// # Errors
    /// A sentence about what cannot be understood or read.
    pub(super) fn find(address: &str, variables: Variables<'_>) -> Result<Self, Problem> {
        let mut given = parse(address)?;
        let service = given
            .get("service")
            .cloned()
            .or_else(|| variables("PGSERVICE"));
        if let Some(service) = service {
            let file = given.get("servicefile").cloned();
            for (name, value) in service_file::read(&service, file, variables)? {
                check_name(&name)?;
                given.entry(name).or_insert(value);
            }
        }
        for (name, variable) in KNOWN {
            if let Some(value) = variables(variable) {
                given.entry(name.to_owned()).or_insert(value);
            }
        }
        Self::of(&given, variables)
    }

    fn of(given: &BTreeMap<String, String>, variables: Variables<'_>) -> Result<Self, Problem> {
        let get = |name: &str| given.get(name).filter(|value| !value.is_empty()).cloned();
        let mut warnings = Vec::new();
        if get("channel_binding").as_deref() == Some("require") {
            return Err(wrong("channel_binding=require is not supported"));
        }
        if get("gssencmode").as_deref() == Some("require") {
            return Err(wrong("gssencmode=require is not supported"));
        }
        let Some(user) = get("user").or_else(|| own_name(variables)) else {
            return Err(wrong("no user is named, and this one has no name"));
        };
        let database = get("dbname").unwrap_or_else(|| user.clone());
        let mut hosts = hosts(
            get("host").as_deref(),
            get("hostaddr").as_deref(),
            get("port").as_deref(),
        )?;
        let password = get("password").map(Secret);
        let home = variables("HOME").map(PathBuf::from);
        let in_home = |name: &str| home.as_ref().map(|home| home.join(name));
        let file = get("passfile").map(PathBuf::from);
        let file = file.or_else(|| in_home(".pgpass"));
        for host in &mut hosts {
            host.password = match (&password, &file) {
                (Some(password), _) => Some(password.clone()),
                (None, Some(file)) => pass_file::find(file, host, &database, &user, &mut warnings),
                (None, None) => None,
            };
        }
        let there = |path: Option<PathBuf>| path.filter(|path| path.exists());
        let key = get("sslkey").map(PathBuf::from);
        let certificate = get("sslcert").map(PathBuf::from);
        let certificate = certificate.or_else(|| there(in_home(".postgresql/postgresql.crt")));
        let key = key.or_else(|| there(in_home(".postgresql/postgresql.key")));
        let authorities = get("sslrootcert").map(PathBuf::from);
        Ok(Self {
            hosts,
            database,
            user,
            tls: get("sslmode").map(|mode| tls_mode(&mode)).transpose()?,
            authorities: authorities.or_else(|| there(in_home(".postgresql/root.crt"))),
            certificate: certificate.zip(key),
            target: target(get("target_session_attrs").as_deref())?,
            patience: patience(get("connect_timeout").as_deref())?,
            application: get("application_name").unwrap_or_else(|| "saylog".into()),
            options: get("options"),
            warnings,
        })
    }
}

/// What an address says, by the names of libpq.
fn parse(address: &str) -> Result<BTreeMap<String, String>, Problem> {
    let (_, rest) = address.split_once(':').unwrap_or(("", address));
    let mut given = BTreeMap::new();
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (who, servers) = server.rsplit_once('@').unwrap_or(("", server));
    let (user, password) = who.split_once(':').unwrap_or((who, ""));
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for one in servers.split(',') {
        let (name, port) = host_and_port(one);
        names.push(decoded(name)?);
        ports.push(port.to_owned());
    }
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            given.insert(name.to_owned(), value);
        }
    };
    put("user", decoded(user)?);
    put("password", decoded(password)?);
    put("dbname", decoded(database)?);
    let is_named = |all: &[String]| all.iter().any(|one| !one.is_empty());
    if is_named(&names) || is_named(&ports) {
        put("host", names.join(","));
        put("port", ports.join(","));
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| wrong("a parameter of the address has no `=`"))?;
        let name = match decoded(name)?.as_str() {
            // As JDBC has it.
            "ssl" if value == "true" => {
                given.insert("sslmode".into(), "require".into());
                continue;
            }
            name => name.to_owned(),
        };
        check_name(&name)?;
        given.insert(name, decoded(value)?);
    }
    Ok(given)
}

/// A host and its port; the host may be an address of version 6 in brackets.
fn host_and_port(text: &str) -> (&str, &str) {
    if let Some(inner) = text.strip_prefix('[')
        && let Some((address, rest)) = inner.split_once(']')
    {
        return (address, rest.strip_prefix(':').unwrap_or(""));
    }
    text.rsplit_once(':').unwrap_or((text, ""))
}

fn check_name(name: &str) -> Result<(), Problem> {
    let is_known = KNOWN.iter().any(|(known, _)| *known == name);
    if is_known || WITHOUT_EFFECT.contains(&name) {
        return Ok(());
    }
    let known: Vec<&str> = KNOWN.iter().map(|(known, _)| *known).collect();
    let problem = wrong(&format!("no parameter of a server is called `{name}`"));
    Err(problem.with_hint(format!("there are {}", known.join(", "))))
}

/// The text that stands for this in an address.
fn decoded(text: &str) -> Result<String, Problem> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| wrong("the address of the server is no UTF-8"))
}

/// The servers of three lists, of which the latter two may be shorter by all but one.
fn hosts(
    names: Option<&str>,
    addresses: Option<&str>,
    ports: Option<&str>,
) -> Result<Vec<Host>, Problem> {
    let split = |list: Option<&str>| -> Vec<String> {
        list.map(|list| list.split(',').map(|one| one.trim().to_owned()).collect())
            .unwrap_or_default()
    };
    let (names, addresses, ports) = (split(names), split(addresses), split(ports));
    let count = names.len().max(addresses.len()).max(1);
    if !(names.is_empty() || addresses.is_empty() || names.len() == addresses.len()) {
        return Err(wrong("there are not as many addresses as hosts"));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(wrong("there are not as many ports as hosts"));
    }
    (0..count)
        .map(|at| {
            let port = ports.get(at).or_else(|| ports.first());
            let port = match port.filter(|port| !port.is_empty()) {
                Some(port) => port
                    .parse()
                    .ok()
                    .filter(|port| *port > 0)
                    .ok_or_else(|| wrong(&format!("`{port}` is no port")))?,
                None => PORT,
            };
            let name = names.get(at).filter(|name| !name.is_empty());
            let address = addresses.get(at).filter(|address| !address.is_empty());
            let place = match (name, address) {
                (Some(name), None) if name.starts_with('/') => Place::Socket(name.into()),
                (Some(name), address) => Place::Name(name.clone(), address.cloned()),
                (None, Some(address)) => Place::Name(address.clone(), Some(address.clone())),
                (None, None) => nearest(port),
            };
            Ok(Host {
                place,
                port,
                password: None,
            })
        })
        .collect()
}

/// The server of this machine.
fn nearest(port: u16) -> Place {
    let has_socket = |folder: &&&str| {
        let socket = Path::new(folder).join(socket_name(port));
        socket.exists()
    };
    match SOCKET_FOLDERS.iter().find(has_socket) {
        Some(folder) => Place::Socket((*folder).into()),
        None => Place::Name("localhost".into(), None),
    }
}

fn tls_mode(word: &str) -> Result<TlsMode, Problem> {
    Ok(match word {
        "disable" => TlsMode::Disable,
        // Without first, and with if that is refused: the same words travel open.
        "allow" | "prefer" => TlsMode::Prefer,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyAuthority,
        "verify-full" => TlsMode::VerifyFull,
        _ => {
            let problem = wrong(&format!("`{word}` is no sslmode"));
            let hint = "there are disable, allow, prefer, require, verify-ca and verify-full";
            return Err(problem.with_hint(hint));
        }
    })
}

fn target(word: Option<&str>) -> Result<Target, Problem> {
    Ok(match word {
        None | Some("any" | "prefer-standby") => Target::Any,
        Some("read-write" | "primary") => Target::ReadWrite,
        Some("read-only" | "standby") => Target::ReadOnly,
        Some(word) => {
            let problem = wrong(&format!("`{word}` is no target_session_attrs"));
            let hint = "there are any, read-write, read-only, primary, standby and prefer-standby";
            return Err(problem.with_hint(hint));
        }
    })
}

fn patience(seconds: Option<&str>) -> Result<Option<Duration>, Problem> {
    let Some(text) = seconds else {
        return Ok(None);
    };
    let seconds: i64 = text
        .trim()
        .parse()
        .map_err(|_| wrong(&format!("`{text}` is no connect_timeout in seconds")))?;
    // As libpq counts: 0 and less is for ever, and the shortest wait is two seconds.
    let seconds = u64::try_from(seconds).unwrap_or(0);
    Ok((seconds > 0).then(|| Duration::from_secs(seconds.max(2))))
}

/// What the system calls this user.
fn own_name(variables: Variables<'_>) -> Option<String> {
    let number = rustix::process::getuid().as_raw().to_string();
    let table = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    named
        .or_else(|| variables("USER"))
        .or_else(|| variables("LOGNAME"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(address: &str, variables: &[(&str, &str)]) -> Result<Parameters, String> {
        let variables = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Parameters::find(address, &variables).map_err(|problem| problem.what)
    }

    fn told(address: &str, variables: &[(&str, &str)]) -> String {
        match find(address, variables) {
            Err(what) => what,
            Ok(found) => {
                let hosts: Vec<String> = found.hosts.iter().map(Host::told).collect();
                format!("{} {} {}", found.user, hosts.join(" "), found.database)
            }
        }
    }

    #[test]
    fn an_address_names_servers_as_psql_reads_it() {
        for (address, expected) in [
            (
                "postgres://ann@db.example.org/talk",
                "ann db.example.org:5432 talk",
            ),
            (
                "postgresql://ann@a:1,b,[::1]:3/talk",
                "ann a:1 b:5432 ::1:3 talk",
            ),
            (
                "postgres://ann@%2Frun%2Fpg:5433/talk",
                "ann /run/pg:5433 talk",
            ),
            (
                "postgres:///talk?host=/run/pg&user=ann",
                "ann /run/pg:5432 talk",
            ),
            ("postgres://ann%40x@h/a%2Fb", "ann@x h:5432 a/b"),
            ("postgres://ann@h", "ann h:5432 ann"),
            ("postgres://ann@h:0/x", "`0` is no port"),
            ("postgres://ann@h/x?sslmode=yes", "`yes` is no sslmode"),
            (
                "postgres://ann@h/x?colour=red",
                "no parameter of a server is called `colour`",
            ),
            (
                "postgres://ann@h/x?user",
                "a parameter of the address has no `=`",
            ),
            (
                "postgres://ann@h1,h2/x?port=1,2,3",
                "there are not as many ports as hosts",
            ),
        ] {
            assert_eq!(told(address, &[]), expected, "{address}");
        }
    }

    #[test]
    fn variables_say_what_the_address_does_not() {
        let variables = [
            ("PGHOST", "h1,h2"),
            ("PGPORT", "5433"),
            ("PGUSER", "bob"),
            ("PGDATABASE", "log"),
        ];
        assert_eq!(told("postgres:", &variables), "bob h1:5433 h2:5433 log");
        let expected = "ann h1:5433 h2:5433 talk";
        assert_eq!(told("postgres://ann@/talk", &variables), expected);
    }

    #[test]
    fn a_password_is_found_and_never_shown() {
        let found = find("postgres://ann:s3cret@h/x", &[]).unwrap();
        assert_eq!(found.hosts[0].password, Some(Secret("s3cret".into())));
        assert_eq!(format!("{:?}", found.hosts[0].password), "Some(…)");
        let found = find("postgres://ann@h/x", &[("PGPASSWORD", "other")]).unwrap();
        assert_eq!(found.hosts[0].password, Some(Secret("other".into())));
    }

    #[test]
    fn words_that_stay_on_this_machine_need_no_certificate() {
        for (address, is_near) in [
            ("postgres://ann@localhost/x", true),
            ("postgres://ann@127.0.0.1/x", true),
            ("postgres://ann@[::1]/x", true),
            ("postgres://ann@%2Ftmp/x", true),
            ("postgres://ann@db.example.org/x", false),
            ("postgres://ann@localhost/x?hostaddr=192.0.2.1", false),
        ] {
            assert_eq!(
                find(address, &[]).unwrap().hosts[0].is_near(),
                is_near,
                "{address}"
            );
        }
    }
}
