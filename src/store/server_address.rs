//! The address of a server, which may hold a password.

#![warn(clippy::missing_docs_in_private_items)]

use std::fmt;

/// The address of a store on a server. It is never shown as it was given.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress(String);

impl ServerAddress {
    /// Keeps an address, if it begins as those of servers do.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (scheme, _) = text.split_once(':')?;
        let is_server = matches!(scheme, "postgres" | "postgresql");
        is_server.then(|| Self(text.to_owned()))
    }

    /// As it was given.
    #[cfg(feature = "postgres")]
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether a password is in it.
    pub(crate) fn has_password(&self) -> bool {
        self.without_password() != self.0
    }

    /// The same without the password.
    fn without_password(&self) -> String {
        let (head, query) = match self.0.split_once('?') {
            Some((head, query)) => (head, Some(query)),
            None => (self.0.as_str(), None),
        };
        let mut told = match head.split_once("//") {
            Some((scheme, rest)) => {
                let (server, path) = match rest.find('/') {
                    // A password may hold a slash that should have been written otherwise.
                    Some(at) if !rest[at..].contains('@') => rest.split_at(at),
                    _ => (rest, ""),
                };
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
            .filter(|pair| !is_secret(pair))
            .collect();
        if query.is_some() && (!kept.is_empty() || query == Some("")) {
            told.push('?');
            told.push_str(&kept.join("&"));
        }
        told
    }
}

/// Whether a parameter is the password, however its name is written.
fn is_secret(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    matches!(name.to_lowercase().as_str(), "password" | "sslpassword")
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.without_password())
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

    #[test]
    fn a_password_is_not_shown_wherever_it_stands() {
        for (given, told) in [
            ("postgres://ann:s3@h:1/log", "postgres://ann@h:1/log"),
            ("postgres://ann:s/3@h/log", "postgres://ann@h/log"),
            ("postgres://ann:s:3@h", "postgres://ann@h"),
            ("postgres://ann:s@3@h/log", "postgres://ann@h/log"),
            ("postgres://ann@h/log?password=s3", "postgres://ann@h/log"),
            (
                "postgres://ann@h/log?sslmode=require&pass%77ord=s3&user=x",
                "postgres://ann@h/log?sslmode=require&user=x",
            ),
            ("postgres:?password=s3", "postgres:"),
        ] {
            let address = ServerAddress::read(given).unwrap();
            assert_eq!(address.to_string(), told, "{given}");
            assert_eq!(format!("{address:?}"), format!("ServerAddress({told})"));
            assert!(address.has_password(), "{given}");
        }
    }

    #[test]
    fn an_address_without_one_is_shown_as_it_is() {
        for given in [
            "postgres:",
            "postgres://",
            "postgresql://ann@h1,h2:7/log?target_session_attrs=read-write",
            "postgres:///log?host=/run/pg",
            "postgres://ann@[::1]:5432/log",
        ] {
            let address = ServerAddress::read(given).unwrap();
            assert_eq!(address.to_string(), given);
            assert!(!address.has_password(), "{given}");
        }
        assert_eq!(ServerAddress::read("a/b.db"), None);
    }
}
