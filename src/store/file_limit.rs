//! A limit on the size of files, as `ulimit -f` sets it.
//!
//! The system enforces it by a signal, which would end the program without a
//! word. Once that is handled, the write fails instead.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;

static REACHED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on a write beyond the limit fails. Programs that this one starts are
/// ended by the signal as ever.
///
/// # Errors
/// If the signal cannot be handled.
pub(crate) fn heed_file_limit() -> io::Result<()> {
    let reached = REACHED.get_or_init(Arc::default);
    flag::register(SIGXFSZ, Arc::clone(reached)).map(|_| ())
}

/// Whether a write has failed because of it.
pub(super) fn is_reached() -> bool {
    (REACHED.get()).is_some_and(|reached| reached.load(Ordering::Relaxed))
}
