//! One connection, asked and waited for.
//!
//! Every call has a limit: a peer that has fallen silent is an error and never a hang,
//! whatever its kernel acknowledges. Several questions travel together and are answered
//! in one round trip.

use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::error::Severity;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Connection, Error, NoTls, Row, Statement};

use super::columns::CopiedRows;
use super::connect::{self, Seen, Stream};
use super::parameters::Parameters;
use super::trouble::Trouble;

/// A person's wish to leave is looked for this often.
const LOOK_FOR_SIGNALS: Duration = Duration::from_millis(50);

/// A value bound to a statement, and the type that the server is told it has.
pub(super) type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// Something to be asked of the server.
pub(super) enum Ask<'a> {
    /// Statements of our own without values.
    Batch(&'a str),
    /// A statement with values.
    Query(&'a str, &'a [Value<'a>]),
    /// The same, planned each time for its values.
    Planned(&'a str, &'a [Value<'a>]),
    /// Rows that are copied in, which takes a round trip of its own before they go out.
    Copy(&'a CopiedRows<'a>),
}

/// Who may end a call early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// A look: a person may leave meanwhile.
    Look,
    /// A commit: it is never given up while the server may still answer.
    Commit,
}

/// A connection to a server.
pub(super) struct Client {
    link: Arc<Link>,
    /// It has warned since that was asked.
    has_warned: Arc<AtomicBool>,
    /// The server's version, as it counts them.
    pub(super) version: i32,
    /// The version of the tables as it was connected; none if there were none.
    pub(super) tables: Option<i32>,
    /// What the login saw then.
    pub(super) seen: Option<Seen>,
}

/// What questions are asked through. Those that are under way share it.
struct Link {
    client: tokio_postgres::Client,
    /// The server process is this connection's own: nothing stands between that lends it
    /// to others. Only then may statements be prepared under names.
    is_direct: bool,
    /// How often each statement was asked, or what it is called since that was often.
    statements: Mutex<HashMap<String, Asked>>,
}

/// What is known of a statement that was asked.
#[derive(Clone)]
enum Asked {
    /// It was asked once, which short runs do, and which is not worth a name.
    Once,
    /// It is planned already.
    Named(Statement),
}

/// How a statement is asked.
enum Way {
    /// Planned for this time only.
    Unnamed,
    /// The same, and it is given a name on the way.
    Naming,
    Named(Statement),
}

/// A question that is under way while something else is done. Whoever drops it does not
/// want the answer any more.
pub(super) struct UnderWay(JoinHandle<Result<Vec<Row>, Error>>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How long the server may be silent, and who says that a call is given up.
pub(super) struct Waiting {
    /// A peer that says nothing for so long is gone.
    pub(super) silence: Duration,
    /// True once a person wants to leave.
    pub(super) is_over: Box<dyn Fn() -> bool + Send>,
    /// Tells a person something meanwhile.
    pub(super) tell: Box<dyn Fn(&str) + Send>,
}

impl Client {
    /// Connects to the first of the servers that answers and is of use.
    pub(super) fn connect(
        runtime: &Runtime,
        parameters: &Parameters,
        waiting: &Waiting,
    ) -> Result<Self, Trouble> {
        let connecting = connect::open(parameters, waiting.silence);
        let opened = wait(runtime, waiting, Patience::Look, connecting)??;
        let has_warned = Arc::new(AtomicBool::new(false));
        runtime.spawn(drive(opened.connection, Arc::clone(&has_warned)));
        Ok(Self {
            link: Arc::new(Link {
                client: opened.client,
                is_direct: opened.is_direct,
                statements: Mutex::default(),
            }),
            has_warned,
            version: opened.version,
            tables: opened.tables,
            seen: opened.seen,
        })
    }

    /// Whether rows may be copied in: what stands between might have given the name of that
    /// statement to somebody else.
    pub(super) fn is_direct(&self) -> bool {
        self.link.is_direct
    }

    /// Whether nothing can be asked any more.
    pub(super) fn is_closed(&self) -> bool {
        self.link.client.is_closed()
    }

    /// Whether the server has warned since this was asked last.
    pub(super) fn take_warning(&self) -> bool {
        self.has_warned.swap(false, Ordering::Relaxed)
    }

    /// Asks several things at once; the answers are in their order. What stands behind
    /// one that failed was asked in vain.
    pub(super) fn ask(
        &self,
        runtime: &Runtime,
        waiting: &Waiting,
        patience: Patience,
        asks: &[Ask<'_>],
    ) -> Result<Vec<Vec<Row>>, Trouble> {
        let asking = async {
            let mut answers: Vec<Answering<'_>> = Vec::with_capacity(asks.len());
            for ask in asks {
                answers.push(self.link.answering(ask).await?);
            }
            together(answers).await
        };
        match wait(runtime, waiting, patience, asking) {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(error)) => Err(Trouble::of(error, self.is_closed())),
            Err(trouble) => Err(trouble),
        }
    }

    /// Sends a question with numbers for its values and does not wait for the answer.
    pub(super) fn send(&self, runtime: &Runtime, sql: &str, numbers: &[i64]) -> UnderWay {
        let (link, sql, numbers) = (Arc::clone(&self.link), sql.to_owned(), numbers.to_vec());
        let under_way = UnderWay(runtime.spawn(async move {
            let values: Vec<Value<'_>> = (numbers.iter())
                .map(|number| (number as &(dyn ToSql + Sync), Type::INT8))
                .collect();
            link.look(&sql, &values).await
        }));
        // Nobody else moves its bytes while this program is at something else.
        under_way.has_come(runtime);
        under_way
    }

    /// Waits for the answer to such a question.
    pub(super) fn receive(
        &self,
        runtime: &Runtime,
        waiting: &Waiting,
        mut under_way: UnderWay,
    ) -> Result<Vec<Row>, Trouble> {
        match wait(runtime, waiting, Patience::Look, &mut under_way.0)? {
            Ok(Ok(rows)) => Ok(rows),
            Ok(Err(error)) => Err(Trouble::of(error, self.is_closed())),
            // It has panicked, or was given up.
            Err(_) => Err(Trouble::Foreign),
        }
    }
}

impl UnderWay {
    /// Whether the answer is there, once the connection has written and read what it can
    /// without waiting.
    pub(super) fn has_come(&self, runtime: &Runtime) -> bool {
        if !self.0.is_finished() {
            runtime.block_on(async {
                // The first lets it see what has come, the second take that in.
                tokio::task::yield_now().await;
                tokio::task::yield_now().await;
            });
        }
        self.0.is_finished()
    }
}

impl Link {
    /// Asks one thing.
    async fn look(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Error> {
        match self.way_of(sql) {
            Way::Unnamed => self.client.query_typed(sql, values).await,
            Way::Naming => {
                let asking = self.client.query_typed(sql, values);
                let (rows, statement) = both(asking, self.prepare(sql, values)).await;
                if let Ok(statement) = statement {
                    self.known().insert(sql.to_owned(), Asked::Named(statement));
                }
                rows
            }
            Way::Named(statement) => {
                let values: Vec<&(dyn ToSql + Sync)> =
                    values.iter().map(|(value, _)| *value).collect();
                self.client.query(&statement, &values).await
            }
        }
    }

    /// A question under way; it is sent when it is first looked at.
    async fn answering<'a>(&'a self, ask: &'a Ask<'_>) -> Result<Answering<'a>, Error> {
        Ok(match ask {
            Ask::Batch(sql) => Box::pin(async move {
                self.client.batch_execute(sql).await?;
                Ok(Vec::new())
            }),
            Ask::Planned(sql, values) => {
                Box::pin(async move { self.client.query_typed(sql, values).await })
            }
            Ask::Query(sql, values) => Box::pin(self.look(sql, values)),
            Ask::Copy(rows) => {
                let statement = match self.way_of(rows.statement) {
                    Way::Named(statement) => statement,
                    Way::Unnamed | Way::Naming => self.prepare(rows.statement, &[]).await?,
                };
                let named = Asked::Named(statement.clone());
                self.known().insert(rows.statement.to_owned(), named);
                Box::pin(self.copy_in(statement, rows))
            }
        })
    }

    /// How a statement is asked this time: one that is asked once more is worth a name.
    fn way_of(&self, sql: &str) -> Way {
        if !self.is_direct {
            return Way::Unnamed;
        }
        let mut known = self.known();
        match known.get(sql) {
            None => {
                known.insert(sql.to_owned(), Asked::Once);
                Way::Unnamed
            }
            Some(Asked::Once) => Way::Naming,
            Some(Asked::Named(statement)) => Way::Named(statement.clone()),
        }
    }

    /// Gives a statement a name.
    async fn prepare(&self, sql: &str, values: &[Value<'_>]) -> Result<Statement, Error> {
        let types: Vec<Type> = values.iter().map(|(_, of)| of.clone()).collect();
        self.client.prepare_typed(sql, &types).await
    }

    /// Copies rows in.
    async fn copy_in(
        &self,
        statement: Statement,
        rows: &CopiedRows<'_>,
    ) -> Result<Vec<Row>, Error> {
        let sink = self.client.copy_in(&statement).await?;
        let writer = BinaryCopyInWriter::new(sink, &rows.types());
        let mut writer = std::pin::pin!(writer);
        for row in rows.rows() {
            writer.as_mut().write(&row).await?;
        }
        writer.finish().await?;
        Ok(Vec::new())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, Asked>> {
        let known = self.statements.lock();
        known.unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer under way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + 'a>>;

/// Sends them all, in their order, and waits for all. The first failure is the failure:
/// those of the questions behind it only follow from it.
async fn together(mut answering: Vec<Answering<'_>>) -> Result<Vec<Vec<Row>>, Error> {
    let mut answers: Vec<Option<Result<Vec<Row>, Error>>> = Vec::new();
    answers.resize_with(answering.len(), || None);
    poll_fn(|context| {
        let mut are_all_there = true;
        for (one, answer) in answering.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                match one.as_mut().poll(context) {
                    Poll::Ready(done) => *answer = Some(done),
                    Poll::Pending => are_all_there = false,
                }
            }
        }
        if are_all_there {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

/// Sends both, in their order, and waits for both.
async fn both<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (std::pin::pin!(one), std::pin::pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(done) = one.as_mut().poll(context)
        {
            first = Some(done);
        }
        if second.is_none()
            && let Poll::Ready(done) = other.as_mut().poll(context)
        {
            second = Some(done);
        }
        match (first.take(), second.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

/// Moves bytes for as long as the connection lasts, and takes note of warnings.
async fn drive(
    mut connection: Connection<Stream, <NoTls as tokio_postgres::tls::TlsConnect<Stream>>::Stream>,
    has_warned: Arc<AtomicBool>,
) {
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message
            && notice.parsed_severity() == Some(Severity::Warning)
        {
            has_warned.store(true, Ordering::Relaxed);
        }
    }
}

/// Moves what bytes there are, so that a connection which the server has ended is known to
/// be closed. It waits for nothing.
pub(super) fn look_for_end(runtime: &Runtime) {
    runtime.block_on(async {
        // The system is asked behind the first turn, and whoever drives the connection
        // hears of it before the last.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    });
}

/// Waits for an answer: not for longer than the server may be silent, and not beyond a
/// person's wish to leave.
fn wait<T>(
    runtime: &Runtime,
    waiting: &Waiting,
    patience: Patience,
    answer: impl Future<Output = T>,
) -> Result<T, Trouble> {
    let begun = Instant::now();
    runtime.block_on(async {
        let mut answer = std::pin::pin!(answer);
        loop {
            let left = waiting.silence.saturating_sub(begun.elapsed());
            let slice = LOOK_FOR_SIGNALS.min(left);
            if let Ok(answered) = tokio::time::timeout(slice, answer.as_mut()).await {
                return Ok(answered);
            }
            if begun.elapsed() >= waiting.silence {
                return Err(Trouble::Silent);
            }
            if patience == Patience::Look && (waiting.is_over)() {
                return Err(Trouble::Interrupted);
            }
        }
    })
}
