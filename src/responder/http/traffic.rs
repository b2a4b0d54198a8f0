//! What went over a client's connection in its last request: whether that may be
//! sent again unasked is decided by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

/// What is known of the last request of a client.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    has_dialed: AtomicBool,
    has_come: AtomicBool,
    is_unsent: AtomicBool,
}

impl Traffic {
    /// Forgets what went before the next request.
    pub(super) fn reset(&self) {
        for flag in [&self.has_dialed, &self.has_come, &self.is_unsent] {
            flag.store(false, Ordering::Relaxed);
        }
    }

    /// A new connection was asked for.
    pub(super) fn dials(&self) {
        self.has_dialed.store(true, Ordering::Relaxed);
    }

    /// Whether a new connection was asked for.
    pub(super) fn has_dialed(&self) -> bool {
        self.has_dialed.load(Ordering::Relaxed)
    }

    /// Whether a byte of an answer came.
    pub(super) fn has_come(&self) -> bool {
        self.has_come.load(Ordering::Relaxed)
    }

    /// Whether a part of the request could not be sent, so that nobody can have
    /// taken it.
    pub(super) fn is_unsent(&self) -> bool {
        self.is_unsent.load(Ordering::Relaxed)
    }
}

/// A connection that is watched.
#[derive(Debug)]
pub(super) struct Watched {
    inner: Box<dyn Transport>,
    traffic: Arc<Traffic>,
}

impl Watched {
    pub(super) fn new(inner: Box<dyn Transport>, traffic: &Arc<Traffic>) -> Self {
        Self {
            inner,
            traffic: Arc::clone(traffic),
        }
    }
}

impl Transport for Watched {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let sent = self.inner.transmit_output(amount, timeout);
        if sent.is_err() {
            self.traffic.is_unsent.store(true, Ordering::Relaxed);
        }
        sent
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let has_come = self.inner.await_input(timeout)?;
        if has_come {
            self.traffic.has_come.store(true, Ordering::Relaxed);
        }
        Ok(has_come)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
