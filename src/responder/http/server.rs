//! The scripted server of the test suite, told what to do in steps of bytes.

// The suite and the benchmarks use what is not used here.
#[allow(dead_code)]
#[path = "../../../tests/suite/support/server.rs"]
mod scripted;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

pub(super) use scripted::Wrap;
use scripted::{Script, Turn, script};

/// How long a close that must come is waited for. It only bounds a hang.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a server does on one connection, after it has read its first request.
pub(super) enum Step {
    /// Sends bytes.
    Bytes(Vec<u8>),
    /// Sends bytes one at a time, with so much time between them.
    Drip(Vec<u8>, Duration),
    /// Waits for another request on the same connection.
    Again,
    /// Does nothing until the test says so.
    Until(Receiver<()>),
    /// Closes the connection.
    Close,
    /// Does nothing until the client closes the connection.
    Hang,
    /// Sends bytes again and again until the client closes the connection.
    Forever(Vec<u8>),
}

/// A server that takes the steps of one list a connection, in order, and then is gone.
pub(super) struct Server {
    server: scripted::Server,
    closed: Receiver<()>,
}

impl Server {
    /// Starts it. A script that ends closes its connection.
    pub(super) fn new(scripts: Vec<Vec<Step>>) -> Self {
        Self::wrapped(Box::new(|stream| Box::new(stream)), scripts)
    }

    /// The same, with something around each connection.
    pub(super) fn wrapped(wrap: Wrap, scripts: Vec<Vec<Step>>) -> Self {
        let (close, closed) = channel();
        let scripts = scripts
            .into_iter()
            .map(move |steps| play(steps, close.clone()));
        Self {
            server: scripted::Server::wrapped(wrap, scripts),
            closed,
        }
    }

    /// One connection that sends this and closes.
    pub(super) fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(vec![vec![Step::Bytes(bytes.into())]])
    }

    /// The base URL of it.
    pub(super) fn base(&self) -> String {
        self.server.base()
    }

    /// The next request it got, head and body; none if there is none yet.
    pub(super) fn request(&self) -> Option<String> {
        let request = self.server.asked()?;
        Some(request.head + &request.text)
    }

    /// How many requests it got that were not looked at yet.
    pub(super) fn requests(&self) -> usize {
        std::iter::from_fn(|| self.request()).count()
    }

    /// Waits until a connection was closed: by a step, or by a client where it hung
    /// or another request was waited for.
    pub(super) fn wait_for_close(&self) {
        self.closed.recv_timeout(PATIENCE).unwrap();
    }
}

fn play(steps: Vec<Step>, close: Sender<()>) -> Script {
    script(move |mut turn| {
        for step in steps {
            let Some(next) = take(step, turn) else {
                // The connection is closed by now.
                let _ = close.send(());
                return;
            };
            turn = next;
        }
    })
}

/// Takes a step; none if the client has closed the connection.
fn take(step: Step, mut turn: Turn) -> Option<Turn> {
    let is_open = match step {
        Step::Bytes(bytes) => turn.sends(bytes),
        Step::Drip(bytes, pause) => bytes.iter().all(|byte| {
            thread::sleep(pause);
            turn.sends([*byte])
        }),
        Step::Again => return turn.again(),
        Step::Until(signal) => signal.recv().is_ok(),
        Step::Close => return None,
        Step::Hang => {
            turn.hangs();
            return None;
        }
        Step::Forever(bytes) => {
            while turn.sends(&bytes) {}
            false
        }
    };
    is_open.then_some(turn)
}
