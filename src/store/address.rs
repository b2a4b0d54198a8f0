//! Where a store is, as people write it.

#![warn(clippy::missing_docs_in_private_items)]

use std::ffi::OsStr;
use std::fmt;
use std::path::{self, PathBuf};

use super::server_address::ServerAddress;

/// The address of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// The file that is used if none is named; its folder is made if need be.
    DefaultFile(PathBuf),
    /// This file.
    File(PathBuf),
    /// This process's memory: nothing is kept.
    Memory,
    /// The same, where messages get their ids at the commit. It is what tests
    /// name: nobody else has a use for it, and no help mentions it.
    MemoryNumberingAtCommit,
    /// A database on a server, which many use at the same time.
    Server(ServerAddress),
}

/// As a person finds it again: a whole path, or a word.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DefaultFile(file) | Self::File(file) => {
                let whole = path::absolute(file);
                write!(formatter, "{}", whole.as_ref().unwrap_or(file).display())
            }
            Self::Memory | Self::MemoryNumberingAtCommit => formatter.write_str("memory:"),
            Self::Server(server) => server.fmt(formatter),
        }
    }
}

impl Address {
    /// Whether what is said there outlives this run.
    pub(crate) fn is_kept(&self) -> bool {
        !matches!(self, Self::Memory | Self::MemoryNumberingAtCommit)
    }

    /// Reads a path, `sqlite:PATH`, `sqlite://PATH`, `memory:`, `:memory:`, or what begins
    /// with `postgres://` or `postgresql://`, or is no more than that without the slashes.
    ///
    /// # Errors
    /// A sentence about an address that no store can have. What looks like the address of
    /// a server is no file, whose name would be told with a password in it.
    pub(crate) fn parse(typed: &OsStr) -> Result<Self, String> {
        if typed.is_empty() {
            return Err("the name of the file is empty".into());
        }
        if typed == ":memory:" || typed == "memory:" {
            return Ok(Self::Memory);
        }
        if typed == "memory:at-commit" {
            return Ok(Self::MemoryNumberingAtCommit);
        }
        match typed.to_str().and_then(|text| text.split_once(':')) {
            Some(("sqlite", file)) => {
                let file = file.strip_prefix("//").unwrap_or(file);
                Ok(Self::File(file.into()))
            }
            _ => match ServerAddress::read(&typed.to_string_lossy())? {
                Some(_) if !cfg!(feature = "postgres") => {
                    Err("this saylog was built without PostgreSQL; name an SQLite file".into())
                }
                Some(_) if typed.to_str().is_none() => {
                    Err("the address of the server is no UTF-8".into())
                }
                Some(server) => Ok(Self::Server(server)),
                None => Ok(Self::File(typed.into())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_unless_it_says_otherwise() {
        let parse = |typed: &str| Address::parse(typed.as_ref());
        let file = |path: &str| Ok(Address::File(path.into()));
        assert_eq!(parse("a/b.db"), file("a/b.db"));
        assert_eq!(parse("sqlite:b.db"), file("b.db"));
        assert_eq!(parse("sqlite:///b.db"), file("/b.db"));
        assert_eq!(parse("a:b.db"), file("a:b.db"));
        assert_eq!(parse(":memory:"), Ok(Address::Memory));
        assert_eq!(parse("memory:"), Ok(Address::Memory));
        assert_eq!(parse("sqlite:a:b@c.db"), file("a:b@c.db"));
        assert_eq!(parse(" b.db"), file(" b.db"));
        assert!(parse("").is_err());
        assert!(parse("mysql://host/log").is_err());
        let server = parse("postgres://host/log");
        match server {
            Ok(Address::Server(server)) => assert_eq!(server.to_string(), "postgres://host/log"),
            Err(why) => assert_eq!(
                why,
                "this saylog was built without PostgreSQL; name an SQLite file"
            ),
            other => panic!("{other:?}"),
        }
    }
}
