//! From parameters to a connection: sockets, TLS, and what the server is.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::TlsConnect;
use tokio_postgres::{Config, Connection, NoTls};
use tokio_rustls::client::TlsStream;

use super::greeting::Greeting;
use super::host::{Host, Place, socket_name};
use super::parameters::{Parameters, Target, TlsMode};
use super::tls;
use super::trouble::{Trouble, wrong};
use crate::domain::{Problem, ProblemKind};

/// The message that asks a server for TLS (PostgreSQL's manual, "Message Formats",
/// `SSLRequest`).
const ASK_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// The oldest server that has what the order of the log needs.
const OLDEST: i32 = 140_000;

/// A connection that is open.
pub(super) struct Opened {
    pub(super) client: tokio_postgres::Client,
    pub(super) connection: Connection<Stream, <NoTls as TlsConnect<Stream>>::Stream>,
    /// The server process is this connection's own.
    pub(super) is_direct: bool,
    /// The server's version, as it counts them.
    pub(super) version: i32,
    /// The version of the tables; none if there are none.
    pub(super) tables: Option<i32>,
    /// What the login sees, if there are tables.
    pub(super) seen: Option<Seen>,
}

/// What a login sees at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// Only what is its own.
    pub(super) is_bound: bool,
    /// There are replies that are still coming.
    pub(super) are_coming: bool,
}

/// Opens a connection to the first server that answers and is what it has to be.
pub(super) async fn open(parameters: &Parameters, silence: Duration) -> Result<Opened, Trouble> {
    let mut last = None;
    for host in &parameters.hosts {
        let patience = parameters.patience.unwrap_or(silence).min(silence);
        let opened = tokio::time::timeout(patience, open_one(parameters, host)).await;
        let trouble = match opened {
            Ok(Ok(opened)) => match opened {
                Found::Usable(opened) => return Ok(*opened),
                Found::Other(trouble) => trouble,
            },
            Ok(Err(trouble)) => trouble,
            Err(_) => Trouble::Silent,
        };
        // What is wrong with one that answers says more than that others do not.
        let says_more = |last: &Trouble| last.is_loss() || !trouble.is_loss();
        if last.as_ref().is_none_or(says_more) {
            last = Some(trouble);
        }
    }
    Err(last.unwrap_or(Trouble::Lost("no server is named")))
}

/// What a server turned out to be.
enum Found {
    Usable(Box<Opened>),
    /// It answers, and is not the one that is wanted.
    Other(Trouble),
}

async fn open_one(parameters: &Parameters, host: &Host) -> Result<Found, Trouble> {
    let stream = reach(parameters, host).await?;
    let greeting = Arc::new(Mutex::new(Greeting::default()));
    let stream = Stream {
        channel: stream,
        greeting: Arc::clone(&greeting),
    };
    let mut config = Config::new();
    config
        .user(&parameters.user)
        .dbname(&parameters.database)
        .application_name(&parameters.application)
        // It is encrypted already, where it is to be.
        .ssl_mode(SslMode::Disable);
    if let Some(password) = &host.password {
        config.password(&password.0);
    }
    if let Some(options) = &parameters.options {
        config.options(options);
    }
    let connected = config.connect_raw(stream, NoTls).await;
    let (client, mut connection) = connected.map_err(|error| refused(error, host))?;
    let looked = {
        let looking = look(&client, &greeting);
        let mut looking = std::pin::pin!(looking);
        // Nobody else moves its bytes yet.
        std::future::poll_fn(|context| {
            while let Poll::Ready(message) = connection.poll_message(context) {
                if !matches!(message, Some(Ok(_))) {
                    return Poll::Ready(Err(Trouble::Lost("the server has ended the connection")));
                }
            }
            looking.as_mut().poll(context)
        })
        .await
    }?;
    check_engine(&looked.name, looked.version)?;
    let is_wanted = match parameters.target {
        Target::Any => true,
        Target::ReadWrite => !looked.is_read_only,
        Target::ReadOnly => looked.is_read_only,
    };
    if !is_wanted {
        let what = match parameters.target {
            Target::ReadOnly => "no server that can only be read answers",
            _ => "no server answers that takes writes",
        };
        return Ok(Found::Other(Trouble::Lost(what)));
    }
    Ok(Found::Usable(Box::new(Opened {
        client,
        connection,
        is_direct: looked.is_direct,
        version: looked.version,
        tables: looked.tables,
        seen: looked.seen,
    })))
}

/// What a server says of itself.
struct Looked {
    version: i32,
    /// Its whole name.
    name: String,
    is_read_only: bool,
    is_direct: bool,
    tables: Option<i32>,
    seen: Option<Seen>,
}

/// What a server says of itself, of the tables, and of what there is for this login; without
/// these, if there are none.
const LOOK: &str = "SELECT version(), current_setting('server_version_num'),
        pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
        pg_backend_pid(), (SELECT version FROM saylog.store),
        row_security_active('saylog.sessions'), EXISTS (SELECT FROM saylog.partials)";
const LOOK_WITHOUT_TABLES: &str = "SELECT version(), current_setting('server_version_num'),
        pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
        pg_backend_pid(), NULL::integer, NULL::boolean, NULL::boolean";

async fn look(
    client: &tokio_postgres::Client,
    greeting: &Mutex<Greeting>,
) -> Result<Looked, Trouble> {
    let mut asked = client.query_typed(LOOK, &[]).await;
    let missing = [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME];
    if let Err(error) = &asked
        && error.code().is_some_and(|code| missing.contains(code))
    {
        asked = client.query_typed(LOOK_WITHOUT_TABLES, &[]).await;
    }
    let rows = match asked.map_err(|error| Trouble::of(error, client.is_closed())) {
        Err(trouble @ Trouble::Refused(_)) => {
            // It may not know one of these. What it is called says more than that.
            let asked = client.query_typed("SELECT version()", &[]).await;
            if let Some(row) = asked.unwrap_or_default().first() {
                check_engine(row.get(0), OLDEST)?;
            }
            return Err(trouble);
        }
        rows => rows?,
    };
    let row = rows.first().ok_or(Trouble::Foreign)?;
    let version: String = row.get(1);
    let process: i32 = row.get(3);
    let greeted = greeting.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Looked {
        version: version.parse().unwrap_or(0),
        name: row.get(0),
        is_read_only: row.get(2),
        // A pooler has a number of its own for each of those that it serves.
        is_direct: greeted.process() == Some(process),
        // What only speaks the language may have answered with fewer.
        tables: row.try_get(4).unwrap_or(None),
        seen: match (row.try_get(5), row.try_get(6)) {
            (Ok(is_bound), Ok(are_coming)) => Some(Seen {
                is_bound,
                are_coming,
            }),
            _ => None,
        },
    })
}

/// Refuses engines that speak the language of PostgreSQL and do not keep its order.
fn check_engine(name: &str, version: i32) -> Result<(), Trouble> {
    let name = name.to_lowercase();
    let foreign = [
        (
            "cockroach",
            "CockroachDB",
            "its sequences do not grow in the order of commits",
        ),
        (
            "yugabyte",
            "YugabyteDB",
            "its sequences are handed out in blocks, out of order",
        ),
        (
            "-yb-",
            "YugabyteDB",
            "its sequences are handed out in blocks, out of order",
        ),
        (
            "dsql",
            "Aurora DSQL",
            "it has no locks, no triggers and no texts of 16 MiB",
        ),
    ];
    for (mark, engine, why) in foreign {
        if name.contains(mark) {
            let what = format!("{engine} cannot keep a log in order: {why}");
            let problem = Problem::new(ProblemKind::Refused, what);
            let problem = problem.with_hint("PostgreSQL 14 or later can");
            return Err(Trouble::Unusable(Box::new(problem)));
        }
    }
    if version < OLDEST {
        let what = format!(
            "the server is PostgreSQL {}, which is too old",
            version / 10_000
        );
        let problem = Problem::new(ProblemKind::Refused, what);
        let problem = problem.with_hint("it takes PostgreSQL 14 or later");
        return Err(Trouble::Unusable(Box::new(problem)));
    }
    Ok(())
}

/// Why a server does not let us in.
fn refused(error: tokio_postgres::Error, host: &Host) -> Trouble {
    let needs_password = error.code().is_none()
        && host.password.is_none()
        && error.to_string().contains("invalid configuration");
    if needs_password {
        let what = format!(
            "the server {} asks for a password, and none is known",
            host.told()
        );
        let hint = "PGPASSWORD, PGPASSFILE, ~/.pgpass or a service file may hold it";
        let problem = Problem::new(ProblemKind::Refused, what).with_hint(hint);
        return Trouble::Unusable(Box::new(problem));
    }
    Trouble::of(error, true)
}

/// Reaches a server, and speaks TLS with it where that is wanted.
async fn reach(parameters: &Parameters, host: &Host) -> Result<Channel, Trouble> {
    let (name, socket) = match &host.place {
        Place::Socket(folder) => {
            let path = folder.join(socket_name(host.port));
            let opened = UnixStream::connect(path).await;
            return opened
                .map(Channel::Unix)
                .map_err(|error| unreached(&error, host));
        }
        Place::Name(name, address) => {
            let at = (address.as_ref().unwrap_or(name).as_str(), host.port);
            let opened = TcpStream::connect(at).await;
            (name, opened.map_err(|error| unreached(&error, host))?)
        }
    };
    // Each question is one packet, and is waited for.
    socket
        .set_nodelay(true)
        .map_err(|error| unreached(&error, host))?;
    let default = if host.is_near() {
        TlsMode::Prefer
    } else {
        TlsMode::VerifyFull
    };
    let mode = parameters.tls.unwrap_or(default);
    if mode == TlsMode::Disable {
        return Ok(Channel::Plain(socket));
    }
    let mut socket = socket;
    let mut answer = [0];
    let asked = async {
        socket.write_all(&ASK_FOR_TLS).await?;
        socket.read_exact(&mut answer).await
    };
    asked.await.map_err(|error| unreached(&error, host))?;
    match (&answer, mode) {
        (b"S", _) => tls::speak(parameters, mode, name, socket)
            .await
            .map(|stream| Channel::Encrypted(Box::new(stream))),
        (_, TlsMode::Prefer) => Ok(Channel::Plain(socket)),
        _ => {
            let what = format!("the server {} does not speak TLS", host.told());
            let hint = "`sslmode=disable` in its address does without; everybody on the way can read along then";
            Err(Trouble::Unusable(Box::new(wrong(&what).with_hint(hint))))
        }
    }
}

/// Why a server cannot be reached, for as long as it may be on its way.
fn unreached(error: &io::Error, host: &Host) -> Trouble {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Trouble::Lost("no server listens there"),
        io::ErrorKind::NotFound if matches!(host.place, Place::Socket(_)) => {
            Trouble::Lost("there is no socket of a server")
        }
        io::ErrorKind::PermissionDenied => Trouble::Lost("the socket of the server is not ours"),
        io::ErrorKind::TimedOut => Trouble::Silent,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe => Trouble::Lost("the server has ended the connection"),
        _ if matches!(host.place, Place::Name(..)) => {
            Trouble::Lost("the host is not known, or not reached")
        }
        _ => Trouble::Lost("the server cannot be reached"),
    }
}

/// What words travel through.
enum Channel {
    Unix(UnixStream),
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// A channel of which the first words of the server are read along.
pub(super) struct Stream {
    channel: Channel,
    greeting: Arc<Mutex<Greeting>>,
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = match &mut this.channel {
            Channel::Unix(stream) => Pin::new(stream).poll_read(context, buffer),
            Channel::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Channel::Encrypted(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        if read.is_ready() {
            let mut greeting = this.greeting.lock().unwrap_or_else(PoisonError::into_inner);
            greeting.read(&buffer.filled()[before..]);
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().channel {
            Channel::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
            Channel::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Channel::Encrypted(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().channel {
            Channel::Unix(stream) => Pin::new(stream).poll_flush(context),
            Channel::Plain(stream) => Pin::new(stream).poll_flush(context),
            Channel::Encrypted(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().channel {
            Channel::Unix(stream) => Pin::new(stream).poll_shutdown(context),
            Channel::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Channel::Encrypted(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, version: i32) -> String {
        match check_engine(name, version) {
            Ok(()) => "welcome".into(),
            Err(trouble) => {
                let problem = trouble.problem();
                assert_eq!(problem.kind, ProblemKind::Refused);
                format!("{}; {}", problem.what, problem.hint.unwrap_or_default())
            }
        }
    }

    #[test]
    fn engines_that_keep_no_order_are_refused_by_name() {
        for (name, version, expected) in [
            (
                "CockroachDB CCL v25.4.0 (x86_64-pc-linux-gnu)",
                130_000,
                "CockroachDB cannot keep a log in order: its sequences do not grow in the order \
                 of commits; PostgreSQL 14 or later can",
            ),
            (
                "PostgreSQL 15.12-YB-2025.2.3.0-b0 on x86_64-pc-linux-gnu",
                150_012,
                "YugabyteDB cannot keep a log in order: its sequences are handed out in blocks, \
                 out of order; PostgreSQL 14 or later can",
            ),
            (
                "PostgreSQL 16 (Aurora DSQL)",
                160_000,
                "Aurora DSQL cannot keep a log in order: it has no locks, no triggers and no \
                 texts of 16 MiB; PostgreSQL 14 or later can",
            ),
            (
                "PostgreSQL 13.22 on x86_64-pc-linux-gnu, compiled by gcc",
                130_022,
                "the server is PostgreSQL 13, which is too old; it takes PostgreSQL 14 or later",
            ),
            ("PostgreSQL 14.0 on aarch64", 140_000, "welcome"),
            ("PostgreSQL 18.1 (Debian 18.1-1)", 180_001, "welcome"),
        ] {
            assert_eq!(told(name, version), expected, "{name}");
        }
    }
}
