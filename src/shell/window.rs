//! The window in which a person sees what is written.

use std::io;

use rustix::termios::tcgetwinsize;

/// How many columns the terminal of standard output has now; none if that is unknown.
pub(crate) fn columns() -> Option<usize> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
