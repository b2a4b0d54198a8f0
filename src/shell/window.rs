//! The window of the terminal that answers are shown in.

use std::io;

use rustix::termios::tcgetwinsize;

use crate::render::Window;

/// How large it is now; none if the terminal does not say.
pub(super) fn size() -> Option<Window> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    let window = Window {
        columns: size.ws_col.into(),
        rows: size.ws_row.into(),
    };
    (window.columns > 0 && window.rows > 0).then_some(window)
}

/// A terminal of whose window nothing is known.
pub(super) fn unknown() -> Option<Window> {
    None
}
