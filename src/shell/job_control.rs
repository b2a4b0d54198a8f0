//! Stopping as a job of a shell: Ctrl-Z, or SIGTSTP from somebody else.
//!
//! Many shells set their terminal up again when a job stops, and some, such as
//! dash, do not: whoever stops gives it back first. A handler could not do that,
//! and once a signal is handled, nothing stops the program as the signal would
//! have done: SIGSTOP stops it for good where no shell is left to let it go on.
//! So SIGTSTP is blocked in every thread; one waits for it, gives the terminal
//! back, and lets it through.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, raise};
use rustix::process::kill_current_process_group;

use super::window;

/// How long a stop that was asked for may take to begin. A SIGCONT that comes
/// just before it takes it back.
const STOP_WAIT: Duration = Duration::from_secs(1);

/// Does something about the line that is being edited.
type Redraw = Box<dyn FnMut() + Send>;

/// Gives a terminal back whenever the program is stopped.
#[derive(Clone, Default)]
pub(super) struct JobControl(Arc<Shared>);

#[derive(Default)]
struct Shared {
    stops: Mutex<Stops>,
    changed: Condvar,
}

#[derive(Default)]
struct Stops {
    /// How often the program was stopped, and how often it went on.
    begun: u64,
    ended: u64,
    /// Whoever asked for it draws the line again.
    is_asked_for: bool,
    redraw: Option<Redraw>,
}

impl JobControl {
    /// From now on SIGTSTP stops the program between `give_back` and `take`, which
    /// says whether a line is to be drawn again. No other thread may have been
    /// started yet: it would let the signal through at once.
    ///
    /// # Errors
    /// If there can be no thread.
    pub(super) fn new(
        give_back: impl Fn() + Send + 'static,
        take: impl Fn() -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let jobs = Self::default();
        let stop = stop_signal();
        stop.thread_block()?;
        let shared = jobs.clone();
        let waiting = thread::Builder::new().name("stops".into());
        waiting.spawn(move || {
            while stop.wait().is_ok() {
                shared.begins();
                window::is_left();
                give_back();
                // It waits until it is let through, and stops all threads then.
                let _ = raise(Signal::SIGTSTP);
                begin_letting_through();
                end_letting_through();
                let is_edited = take();
                shared.ends(is_edited);
            }
        })?;
        Ok(jobs)
    }

    /// Sets what draws the line again that was edited when somebody else stopped
    /// the program.
    pub(super) fn redraw_by(&self, redraw: impl FnMut() + Send + 'static) {
        self.stops().redraw = Some(Box::new(redraw));
    }

    /// Stops the job that the program is a part of, as the kernel does at Ctrl-Z.
    /// Returns when it goes on.
    pub(super) fn stop(&self) {
        let mut stops = self.stops();
        let (begun, ended) = (stops.begun, stops.ended);
        stops.is_asked_for = true;
        if kill_current_process_group(rustix::process::Signal::TSTP).is_ok() {
            let changed = &self.0.changed;
            let waits = |stops: &mut Stops| stops.begun == begun;
            let waited = changed.wait_timeout_while(stops, STOP_WAIT, waits);
            stops = waited.unwrap_or_else(PoisonError::into_inner).0;
            let waits = |stops: &mut Stops| stops.begun != begun && stops.ended == ended;
            let waited = changed.wait_while(stops, waits);
            stops = waited.unwrap_or_else(PoisonError::into_inner);
        }
        stops.is_asked_for = false;
    }

    fn begins(&self) {
        self.stops().begun += 1;
        self.0.changed.notify_all();
    }

    fn ends(&self, is_edited: bool) {
        let mut stops = self.stops();
        stops.ended += 1;
        let redraws = is_edited && !stops.is_asked_for;
        let redraw = stops.redraw.take_if(|_| redraws);
        drop(stops);
        self.0.changed.notify_all();
        // It may have to wait for the editor, which may want to stop meanwhile.
        if let Some(mut redraw) = redraw {
            redraw();
            self.stops().redraw = Some(redraw);
        }
    }

    fn stops(&self) -> MutexGuard<'_, Stops> {
        self.0.stops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From now on SIGTSTP stops the program as it is: somebody else has the terminal.
/// What is started meanwhile can be stopped, too.
pub(super) fn begin_letting_through() {
    // It cannot fail: the argument is right.
    let _ = stop_signal().thread_unblock();
}

/// From now on it does no longer.
pub(super) fn end_letting_through() {
    let _ = stop_signal().thread_block();
}

fn stop_signal() -> SigSet {
    SigSet::from(Signal::SIGTSTP)
}
