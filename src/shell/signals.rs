//! Handles the signals that end the program: it finishes its line, commits and exits.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGABRT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

/// The state that the signal handlers share with the program.
///
/// While the program waits for input, or writes out what is committed, nothing
/// can be lost and a signal ends it at once. While it works, a signal is recorded
/// and the program exits after the line. A second signal ends it in any case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    /// A signal may end the program at once.
    waiting: Arc<AtomicBool>,
    /// The number of the signal that arrived; 0 for none.
    caught: Arc<AtomicUsize>,
    /// A signal arrived already, so that the next one ends the program.
    twice: Arc<AtomicBool>,
    interrupt: Arc<Mutex<Interrupt>>,
}

/// What SIGINT does in a transcript.
#[derive(Debug, Default)]
struct Interrupt {
    /// While the program has the terminal: ends it, at once or after its line.
    heeded: Vec<SigId>,
    /// While another one has it: nothing.
    ignored: Option<SigId>,
}

impl Signals {
    /// Installs the handlers for a transcript. A signal that was ignored when
    /// the program was started stays ignored, as `nohup` and `&` expect.
    pub(crate) fn for_transcript() -> io::Result<Self> {
        let signals = Self::default();
        let ignored = ignored();
        for signal in [SIGINT, SIGQUIT, SIGTERM, SIGHUP] {
            if ignored & (1 << (signal - 1)) != 0 {
                continue;
            }
            if signal == SIGINT {
                signals.heed_interrupt()?;
                continue;
            }
            for flag in [&signals.waiting, &signals.twice] {
                flag::register_conditional_default(signal, Arc::clone(flag))?;
            }
            signals.record(signal)?;
        }
        Ok(signals)
    }

    /// From now on SIGINT ends a transcript, at once or after its line.
    fn heed_interrupt(&self) -> io::Result<()> {
        let mut actions = Vec::new();
        for flag in [&self.waiting, &self.twice] {
            let flag = Arc::clone(flag);
            actions.push(flag::register_conditional_shutdown(SIGINT, 130, flag)?);
        }
        actions.extend(self.record(SIGINT)?);
        self.interrupt().heeded = actions;
        Ok(())
    }

    /// Another program gets the terminal: Ctrl-C is that one's, however often it is
    /// pressed.
    pub(super) fn leave_interrupt(&self) {
        let mut interrupt = self.interrupt();
        // At a prompt SIGINT ends nothing anyway.
        if interrupt.heeded.is_empty() {
            return;
        }
        interrupt.ignored = flag::register(SIGINT, Arc::default()).ok();
        for action in std::mem::take(&mut interrupt.heeded) {
            low_level::unregister(action);
        }
    }

    /// The program has the terminal again.
    pub(super) fn take_interrupt(&self) {
        if self.caught() == Some(SIGINT) {
            self.forget();
        }
        let ignored = self.interrupt().ignored.take();
        if let Some(ignored) = ignored {
            // It has been installed before: that it cannot be any more is nothing that
            // a person could do something about.
            let _ = self.heed_interrupt();
            low_level::unregister(ignored);
        }
    }

    fn interrupt(&self) -> MutexGuard<'_, Interrupt> {
        (self.interrupt.lock()).unwrap_or_else(PoisonError::into_inner)
    }

    /// Installs the handlers for a prompt: SIGINT only stops what is being done.
    /// Before another one ends the program, `restore` is called on a thread of its
    /// own, because a handler could not restore a terminal; before that, `keep` if
    /// the terminal has hung up.
    pub(crate) fn for_prompt(
        keep: impl Fn() + Send + 'static,
        restore: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let signals = Self::default();
        flag::register_usize(SIGINT, Arc::clone(&signals.caught), SIGINT as usize)?;
        signals.listen(&[SIGQUIT, SIGABRT, SIGTERM, SIGHUP], move |signal| {
            if signal == SIGHUP {
                keep();
            }
            restore();
        })?;
        Ok(signals)
    }

    /// Installs the handlers for a transcript that a person types at a terminal:
    /// like [`Signals::for_transcript`], and the terminal is restored first.
    pub(crate) fn for_typist(restore: impl Fn() + Send + 'static) -> io::Result<Self> {
        let signals = Self::default();
        let ignored = ignored();
        let mut heeded = vec![SIGINT, SIGQUIT, SIGABRT, SIGTERM, SIGHUP];
        heeded.retain(|signal| ignored & (1 << (signal - 1)) == 0);
        signals.listen(&heeded, move |_| restore())?;
        Ok(signals)
    }

    /// Waits for signals on a thread of its own. Before one ends the program,
    /// `before_end` is called with its number.
    fn listen(&self, heeded: &[i32], before_end: impl Fn(i32) + Send + 'static) -> io::Result<()> {
        let mut arriving = signal_hook::iterator::Signals::new(heeded)?;
        let shared = self.clone();
        let waiting = thread::Builder::new().name("signals".into());
        waiting.spawn(move || {
            for signal in arriving.forever() {
                let number = signal.unsigned_abs() as usize;
                // First of all: whoever begins to wait now sees it, or is seen.
                shared.caught.store(number, Ordering::SeqCst);
                if shared.waiting.load(Ordering::SeqCst)
                    || shared.twice.swap(true, Ordering::SeqCst)
                {
                    before_end(signal);
                    if signal == SIGINT {
                        low_level::exit(130);
                    }
                    let _ = low_level::emulate_default_handler(signal);
                }
            }
        })?;
        Ok(())
    }

    fn record(&self, signal: i32) -> io::Result<[SigId; 2]> {
        let again = flag::register(signal, Arc::clone(&self.twice))?;
        let number = signal.unsigned_abs() as usize;
        let caught = flag::register_usize(signal, Arc::clone(&self.caught), number)?;
        Ok([again, caught])
    }

    /// The signal that arrived, if one did.
    pub(crate) fn caught(&self) -> Option<i32> {
        i32::try_from(self.caught.load(Ordering::SeqCst))
            .ok()
            .filter(|&signal| signal != 0)
    }

    /// Forgets a signal that has been dealt with.
    pub(crate) fn forget(&self) {
        self.caught.store(0, Ordering::SeqCst);
        self.twice.store(false, Ordering::SeqCst);
    }

    /// Does something during which a signal may end the program at once, because
    /// everything so far is committed. None if a signal came just before.
    pub(crate) fn wait<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        self.waiting.store(true, Ordering::SeqCst);
        // A signal from here on finds the flag; one before it is seen here.
        let result = self.caught().is_none().then(work);
        self.waiting.store(false, Ordering::SeqCst);
        result
    }
}

/// The ignored signals, one bit each, from Linux; on other systems none.
fn ignored() -> u64 {
    fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
