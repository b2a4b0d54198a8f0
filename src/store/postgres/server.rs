//! A server that may go away and come back: connected when it is asked something, and again
//! when the connection was lost.

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Row;

use super::client::{self, Ask, Client, Patience, UnderWay, Waiting};
use super::connect::Seen;
use super::open_group::draw_nonce;
use super::parameters::Parameters;
use super::schema::{self, Opening};
use super::trouble::Trouble;
use crate::domain::{Problem, ProblemKind};

/// The first wait before a connection is tried again, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// So often in a row others may be in the way of what is no group: with the 10 seconds that
/// a lock is waited for, that is a minute.
pub(super) const MOST_COLLISIONS: u32 = 5;

/// For so long a server that has answered is taken to be there.
const LONGEST_MOMENT: Duration = Duration::from_millis(200);

/// A server, and the connection to it while there is one.
pub(super) struct Server {
    parameters: Parameters,
    waiting: Waiting,
    /// For so long it is tried to come back.
    give_up: Duration,
    runtime: Option<Runtime>,
    client: Option<Client>,
    /// There was a connection that was of use.
    was_connected: bool,
    /// That it is tried to come back was told, and not yet that it was done.
    has_told: bool,
    /// It was waited for in vain: until it is back, it is tried once at a time.
    has_given_up: bool,
    /// What it is connected to for.
    opening: Opening,
    /// When it has answered last.
    heard_at: Option<Instant>,
}

impl Server {
    /// Nothing is asked yet.
    pub(super) fn new(parameters: Parameters, waiting: Waiting, give_up: Duration) -> Self {
        Self {
            parameters,
            waiting,
            give_up,
            runtime: None,
            client: None,
            was_connected: false,
            has_told: false,
            has_given_up: false,
            opening: Opening::Use,
            heard_at: None,
        }
    }

    /// The same, opened for something else.
    pub(super) fn opening(mut self, opening: Opening) -> Self {
        self.opening = opening;
        self
    }

    /// Who ends waits, and tells of them.
    pub(super) fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    /// For how long it is tried to come back.
    pub(super) fn give_up(&self) -> Duration {
        self.give_up
    }

    /// The version of the server, as it counts them, once there was a connection.
    pub(super) fn version(&self) -> Option<i32> {
        self.client.as_ref().map(|client| client.version)
    }

    /// Whether the server has warned since this was asked last.
    pub(super) fn take_warning(&self) -> bool {
        self.client.as_ref().is_some_and(Client::take_warning)
    }

    /// Asks what changes nothing: if the connection is lost, over another one.
    pub(super) fn look(&mut self, asks: &[Ask<'_>]) -> Result<Vec<Vec<Row>>, Trouble> {
        let mut tries = Tries::new();
        loop {
            match self.ask(Patience::Look, asks) {
                Err(trouble) if trouble.is_loss() => {
                    self.hang_up();
                    tries.again(self, trouble)?;
                }
                Err(Trouble::Interrupted) => {
                    self.hang_up();
                    return Err(Trouble::Interrupted);
                }
                answered => return answered,
            }
        }
    }

    /// Asks over the connection that there is, or a new one if there is none.
    pub(super) fn ask(
        &mut self,
        patience: Patience,
        asks: &[Ask<'_>],
    ) -> Result<Vec<Vec<Row>>, Trouble> {
        self.connect()?;
        self.ask_on(patience, asks)
    }

    /// Asks over the connection that there is.
    pub(super) fn ask_on(
        &mut self,
        patience: Patience,
        asks: &[Ask<'_>],
    ) -> Result<Vec<Vec<Row>>, Trouble> {
        let (Some(runtime), Some(client)) = (&self.runtime, &self.client) else {
            return Err(Trouble::Lost("the connection is gone"));
        };
        let answered = client.ask(runtime, &self.waiting, patience, asks);
        self.heard_at = answered.is_ok().then(Instant::now);
        let is_news = self.was_connected && matches!(answered, Err(Trouble::Silent));
        if is_news && !std::mem::replace(&mut self.has_told, true) {
            // It was waited for long enough already.
            (self.waiting.tell)("the server does not answer; trying to reach it again");
        }
        answered
    }

    /// Sends a question that changes nothing, if there is a connection, and does not wait
    /// for the answer.
    pub(super) fn send(&self, sql: &str, numbers: &[i64]) -> Option<UnderWay> {
        let (runtime, client) = (self.runtime.as_ref()?, self.client.as_ref()?);
        Some(client.send(runtime, sql, numbers))
    }

    /// Whether such a question has been answered. Nobody waits for that.
    pub(super) fn has_come(&self, under_way: &UnderWay) -> bool {
        let runtime = self.runtime.as_ref();
        runtime.is_none_or(|runtime| under_way.has_come(runtime))
    }

    /// Waits for the answer to such a question. None if it was lost: to ask it again does
    /// no harm, and whoever does sees what is the matter.
    pub(super) fn receive(&mut self, under_way: UnderWay) -> Result<Option<Vec<Row>>, Trouble> {
        let (Some(runtime), Some(client)) = (&self.runtime, &self.client) else {
            return Ok(None);
        };
        match client.receive(runtime, &self.waiting, under_way) {
            Ok(rows) => Ok(Some(rows)),
            Err(Trouble::Interrupted) => {
                self.hang_up();
                Err(Trouble::Interrupted)
            }
            Err(trouble) => {
                if trouble.is_loss() {
                    self.hang_up();
                }
                Ok(None)
            }
        }
    }

    /// Ends the connection.
    pub(super) fn hang_up(&mut self) {
        self.client = None;
    }

    /// Whether there is a connection, as far as is known.
    pub(super) fn is_connected(&self) -> bool {
        let client = self.client.as_ref();
        client.is_some_and(|client| !client.is_closed())
    }

    /// Whether the server is there for certain, as far as that can be: it has answered a
    /// moment ago, and has not ended the connection since.
    pub(super) fn was_heard_just_now(&self) -> bool {
        let moment = (self.waiting.silence / 100).min(LONGEST_MOMENT);
        let is_fresh = self.heard_at.is_some_and(|at| at.elapsed() < moment);
        if let Some(runtime) = self.runtime.as_ref().filter(|_| is_fresh) {
            client::look_for_end(runtime);
        }
        is_fresh && self.is_connected()
    }

    /// What the login saw as it was connected, if that was just now.
    pub(super) fn take_seen(&mut self) -> Option<Seen> {
        let seen = self.client.as_mut()?.seen.take();
        seen.filter(|_| self.was_heard_just_now())
    }

    /// Whether rows may be copied in over the connection that there is.
    pub(super) fn may_copy(&self) -> bool {
        self.client.as_ref().is_some_and(Client::is_direct)
    }

    /// Connects if there is no connection, and again for as long as a server that was there
    /// may come back.
    pub(super) fn connect(&mut self) -> Result<(), Trouble> {
        if self.is_connected() {
            return Ok(());
        }
        self.client = None;
        let (begun, mut wait) = (Instant::now(), FIRST_WAIT);
        loop {
            let trouble = match self.connect_once() {
                Ok(()) => {
                    self.was_connected = true;
                    self.has_given_up = false;
                    if std::mem::take(&mut self.has_told) {
                        (self.waiting.tell)("the server is back");
                    }
                    return Ok(());
                }
                Err(trouble) => trouble,
            };
            self.client = None;
            // One that was never there need not be waited for, unless it is just starting.
            let may_come = trouble == Trouble::Starting
                || (self.was_connected && (trouble.is_loss() || is_passing(&trouble)));
            if !may_come || self.has_given_up {
                return Err(trouble);
            }
            if begun.elapsed() >= self.give_up {
                self.has_given_up = self.was_connected;
                return Err(trouble);
            }
            // A restart is over sooner than a person would read of it.
            let is_long = wait > FIRST_WAIT || begun.elapsed() > FIRST_WAIT;
            if is_long && !std::mem::replace(&mut self.has_told, true) {
                let what = trouble.problem().what;
                (self.waiting.tell)(&format!("{what}; trying to reach it again"));
            }
            if let Err(left) = self.rest(wait) {
                self.has_given_up = self.was_connected;
                return Err(left);
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Waits, for as long as the person does.
    pub(super) fn rest(&self, wait: Duration) -> Result<(), Trouble> {
        let until = Instant::now() + wait;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            if (self.waiting.is_over)() {
                return Err(Trouble::Interrupted);
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
        Ok(())
    }

    /// Lets others pass who were in the way so often in a row: each time for another while,
    /// and a longer one.
    pub(super) fn let_pass(&self, collisions: u32) -> Result<(), Trouble> {
        let most = 10 << collisions.min(6);
        self.rest(Duration::from_millis(draw_nonce().unsigned_abs() % most))
    }

    fn connect_once(&mut self) -> Result<(), Trouble> {
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|_| {
                    let what = "the system lets this program wait for no sockets";
                    Trouble::Unusable(Box::new(Problem::new(ProblemKind::Other, what)))
                })?,
        };
        let connected = Client::connect(&runtime, &self.parameters, &self.waiting);
        self.runtime = Some(runtime);
        let tables = self.client.insert(connected?).tables;
        self.heard_at = Some(Instant::now());
        schema::bring_up(self.opening, tables, &mut |patience, asks| {
            self.ask_on(patience, asks)
        })
    }
}

/// How often something was tried that came to nothing because the connection was lost.
pub(super) struct Tries {
    since: Instant,
    count: u32,
    wait: Duration,
}

impl Tries {
    /// It is tried for the first time.
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            count: 0,
            wait: FIRST_WAIT,
        }
    }

    /// Waits until it may be tried again: the first time at once, then longer and longer.
    ///
    /// # Errors
    /// What it has failed of, if that was tried long enough.
    pub(super) fn again(&mut self, server: &Server, trouble: Trouble) -> Result<(), Trouble> {
        if server.has_given_up {
            return Err(trouble);
        }
        self.count += 1;
        if self.count == 1 && self.since.elapsed() < server.give_up {
            return Ok(());
        }
        // One that can only be read says so each time.
        let is_final = matches!(trouble, Trouble::Refused(_));
        if is_final || self.since.elapsed() >= server.give_up {
            return Err(trouble);
        }
        server.rest(self.wait)?;
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.client = None;
        if let Some(runtime) = self.runtime.take() {
            // The name of a host may still be looked up, which nobody waits for any more.
            runtime.shutdown_background();
        }
    }
}

/// Whether a server that was of use may only be refusing for now: there are too many
/// others, or a standby that takes over has not caught up with the database.
fn is_passing(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Refused(code) if ["53300", "3D000"].contains(&code.code()))
}
