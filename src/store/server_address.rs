//! The address of a server, which may hold a password.

#![warn(clippy::missing_docs_in_private_items)]

use std::fmt;

/// What is told of what may be meant for the address of a server. Nothing of it is
/// repeated: there may be a password in it.
const NO_ADDRESS: &str = "the store is no file and no address of a server; an address looks like \
                          `postgres://USER@HOST/DATABASE`";

/// The same of one that begins as it should.
const UNREADABLE: &str = "the address of the server cannot be read; it looks like \
                          `postgres://USER@HOST:PORT/DATABASE`, and a password has `%2F` for `/`, \
                          `%3F` for `?` and `%40` for `@`";

/// The address of a store on a server. It is never shown as it was given.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress(String);

impl ServerAddress {
    /// Keeps an address, if it begins as those of servers do; none for the name of a file.
    ///
    /// # Errors
    /// A sentence about what is neither.
    pub(super) fn read(typed: &str) -> Result<Option<Self>, String> {
        let text = typed.trim();
        let (scheme, rest) = text.split_once(':').unwrap_or_default();
        let scheme = scheme.to_ascii_lowercase();
        let is_server = matches!(scheme.as_str(), "postgres" | "postgresql")
            && (rest.is_empty() || rest.starts_with("//") || rest.starts_with('?'));
        if is_server && is_readable(rest) {
            Ok(Some(Self(format!("{scheme}:{rest}"))))
        } else if is_server {
            Err(UNREADABLE.into())
        } else if may_be_meant(text) {
            Err(NO_ADDRESS.into())
        } else {
            Ok(None)
        }
    }

    /// As it was given, but for blanks around it and capitals in its scheme.
    #[cfg(feature = "postgres")]
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether a password is in it.
    pub(crate) fn has_password(&self) -> bool {
        self.without(is_secret) != self.0
    }

    /// The same without the password before the host, and without these parameters.
    fn without(&self, is_left_out: fn(&str) -> bool) -> String {
        let (head, query) = match self.0.split_once('?') {
            Some((head, query)) => (head, Some(query)),
            None => (self.0.as_str(), None),
        };
        let mut told = match head.split_once("//") {
            Some((scheme, rest)) => {
                let (server, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let server = match server.rsplit_once('@') {
                    Some((who, server)) => {
                        let user = who.split_once(':').map_or(who, |(user, _)| user);
                        format!("{user}@{server}")
                    }
                    None => server.to_owned(),
                };
                format!("{scheme}//{server}{path}")
            }
            None => head.to_owned(),
        };
        let kept: Vec<&str> = query
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter(|pair| !is_left_out(&parameter_name(pair)))
            .collect();
        if query.is_some() && (!kept.is_empty() || query == Some("")) {
            told.push('?');
            told.push_str(&kept.join("&"));
        }
        told
    }
}

/// Whether what follows the scheme is not torn apart by what a password holds: a part of
/// that would be taken for a port, a database or a parameter, and told.
fn is_readable(rest: &str) -> bool {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (head, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (server, path) = head.split_at(head.find('/').unwrap_or(head.len()));
    let hosts = server.rsplit_once('@').map_or(server, |(_, hosts)| hosts);
    let has_port = |host: &str| {
        let behind = host.rsplit_once(']').map_or(host, |(_, behind)| behind);
        let port = behind.rsplit_once(':').map_or("", |(_, port)| port);
        port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_named = |pair: &str| {
        let name = pair.split_once('=').map_or("", |(name, _)| name);
        !name.is_empty()
            && !name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '%')
    };
    let is_torn_by_slash = head.contains(':') && path.contains('@');
    let is_torn_by_mark = path.is_empty() && server.contains(':') && !server.contains('@');
    let has_at = |pair: &&str| pair.contains('@');
    let mut pairs = query.split('&').filter(has_at);
    hosts.split(',').all(has_port)
        && !is_torn_by_slash
        && pairs.all(|pair| is_named(pair) && !is_torn_by_mark)
}

/// Whether a text may be meant for the address of a server, and not for a file: it has
/// `://` in it, or begins like one of ours, or has a user and a password in it.
fn may_be_meant(text: &str) -> bool {
    let begins = |with: &[&str]| with.iter().any(|with| text.starts_with(with));
    if text.contains("://") || begins(&["//"]) && text.contains('@') {
        return true;
    }
    if begins(&["/", "./", "../", "~"]) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let has_user = text
        .split_once(':')
        .is_some_and(|(_, rest)| rest.contains('@'));
    has_user || is_postgres(&text) || text.replace(' ', "").contains("password=")
}

/// Whether a text in small letters begins with our scheme, perhaps with that of a driver
/// behind it, and then as an address does.
fn is_postgres(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("postgres") else {
        return false;
    };
    let rest = rest.strip_prefix("ql").unwrap_or(rest);
    let rest = match rest.strip_prefix('+') {
        Some(driver) => driver.trim_start_matches(|c: char| c.is_alphanumeric()),
        None => rest,
    };
    rest.starts_with(':') || rest.starts_with("//")
}

/// The name of a parameter, however it is written.
fn parameter_name(pair: &str) -> String {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    name.to_lowercase()
}

/// Whether a parameter of this name is a password, or was meant for one.
fn is_secret(name: &str) -> bool {
    let begins = |with: &[&str]| with.iter().any(|with| name.starts_with(with));
    name != "passfile" && begins(&["pas", "psw", "pw", "sslpas", "secret"])
}

/// Whether what a parameter of this name says is shown. What no parameter is called may be
/// a mistyped password.
fn is_shown(name: &str) -> bool {
    const SHOWN: [&str; 14] = [
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "passfile",
        "service",
        "servicefile",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "target_session_attrs",
        "options",
    ];
    SHOWN.contains(&name)
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.without(|name| !is_shown(name)))
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ServerAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ServerAddress {
        let address = ServerAddress::read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        address.unwrap()
    }

    #[test]
    fn a_password_is_not_shown_wherever_it_stands() {
        for (given, told) in [
            ("postgres://ann:s3@h:1/log", "postgres://ann@h:1/log"),
            ("postgres://ann:s:3@h", "postgres://ann@h"),
            ("postgres://ann:s@3@h/log", "postgres://ann@h/log"),
            ("postgres://ann@h/log?password=s3", "postgres://ann@h/log"),
            (
                "postgres://ann@h/log?sslmode=require&pass%77ord=s3&user=x",
                "postgres://ann@h/log?sslmode=require&user=x",
            ),
            ("postgres:?password=s3", "postgres:"),
            ("postgres://h/log?passwd=s3", "postgres://h/log"),
            ("postgres://h/log?PWD=s3&user=x", "postgres://h/log?user=x"),
            (" PostGres://ann:s3@h/log ", "postgres://ann@h/log"),
        ] {
            let address = read(given);
            assert_eq!(address.to_string(), told, "{given}");
            assert_eq!(format!("{address:?}"), format!("ServerAddress({told})"));
            assert!(address.has_password(), "{given}");
        }
    }

    #[test]
    fn what_no_parameter_is_called_is_not_shown() {
        let address = read("postgres://h/log?apssword=s3&sslmode=require");
        assert_eq!(address.to_string(), "postgres://h/log?sslmode=require");
        assert!(!address.has_password());
    }

    #[test]
    fn an_address_without_one_is_shown_as_it_is() {
        for given in [
            "postgres:",
            "postgres://",
            "postgresql://ann@h1,h2:7/log?target_session_attrs=read-write",
            "postgres:///log?host=/run/pg",
            "postgres://ann@[::1]:5432/log",
            "postgres://ann@%2Frun%2Fpg:5433/log",
            "postgres://ann@h:1/log?user=a@b",
            "postgres://h:99999/log?user=a@b",
        ] {
            let address = read(given);
            assert_eq!(address.to_string(), given);
            assert!(!address.has_password(), "{given}");
        }
    }

    #[test]
    fn a_file_may_have_colons_and_ats_in_its_name() {
        for file in [
            "a/b.db",
            "a:b.db",
            "me@home.db",
            "me@home:b.db",
            "postgres",
            "postgres.db",
            "postgres/a.db",
            "postgres-backup:2.db",
            "/srv/a:b/me@home.db",
            "./a:b@c.db",
            "../password=1.db",
            "~/a:b@c.db",
        ] {
            assert_eq!(ServerAddress::read(file), Ok(None), "{file}");
        }
    }

    #[test]
    fn what_may_be_meant_for_an_address_is_refused_and_not_repeated() {
        for typed in [
            "postgresql+psycopg2://u:S3@h/db",
            "postgres+x:u:S3@h",
            "postgres:/u:S3@h/db",
            "postgres:u:S3@h/db",
            "postgres//u:S3@h/db",
            "postgres:host=h password=S3",
            "host=h PassWord = S3",
            "mysql://u:S3@h/db",
            " mysql:u:S3@h/db",
            "/home/u/postgres://u:S3@h/db",
            "//u:S3@h/db",
            "u:S3@h/db",
            "u:S3/x@h/db",
        ] {
            let told = ServerAddress::read(typed);
            assert_eq!(told, Err(NO_ADDRESS.into()), "{typed}");
        }
        for typed in [
            "postgres://u:S3?x@h/db",
            "postgres://u:3?x@h/db",
            "postgres://u:3?x=y@h/db",
            "postgres://u:S@3?x@h/db",
            "postgres://u:S/3@h/db",
            "postgres://u:3/S@h/db",
            "postgres:///u:S3@h/db",
            "postgres://u:S3",
            "postgres://a,b:S3/db",
        ] {
            let told = ServerAddress::read(typed);
            assert_eq!(told, Err(UNREADABLE.into()), "{typed}");
        }
    }
}
