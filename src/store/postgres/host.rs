//! Servers, one by one.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

/// One server.
#[derive(Clone)]
pub(super) struct Host {
    /// Where it is.
    pub(super) place: Place,
    /// Its port, which is in the name of a socket, too.
    pub(super) port: u16,
    /// The password that opens it, if one is known.
    pub(super) password: Option<Secret>,
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A socket in this folder.
    Socket(PathBuf),
    /// A host of this name, at this address if that is given apart.
    Name(String, Option<String>),
}

/// A word that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("…")
    }
}

impl Host {
    /// Whether its words stay on this machine.
    pub(super) fn is_near(&self) -> bool {
        match &self.place {
            Place::Socket(_) => true,
            Place::Name(name, address) => {
                let name = address.as_ref().unwrap_or(name);
                let is_loopback = |ip: IpAddr| ip.is_loopback();
                name == "localhost" || name.parse().is_ok_and(is_loopback)
            }
        }
    }

    /// How it is told.
    pub(super) fn told(&self) -> String {
        match &self.place {
            Place::Socket(folder) => format!("{}:{}", folder.display(), self.port),
            Place::Name(name, _) => format!("{name}:{}", self.port),
        }
    }
}

/// What a server calls its socket.
pub(super) fn socket_name(port: u16) -> String {
    format!(".s.PGSQL.{port}")
}
