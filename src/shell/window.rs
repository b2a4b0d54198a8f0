//! The window of the terminal that answers are shown in.

use std::env;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::termios::tcgetwinsize;

use crate::render::{Hyperlinks, Window};

/// How often the program was stopped as a job of a shell.
static STOPS: AtomicUsize = AtomicUsize::new(0);

/// The program is about to be stopped: nobody knows what stands in the window then.
pub(super) fn is_left() {
    STOPS.fetch_add(1, Ordering::Relaxed);
}

/// How large it is now; none if the terminal does not say.
pub(super) fn size() -> Option<Window> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    let window = Window {
        columns: size.ws_col.into(),
        rows: size.ws_row.into(),
        stops: STOPS.load(Ordering::Relaxed),
    };
    (window.columns > 0 && window.rows > 0).then_some(window)
}

/// A terminal of whose window nothing is known.
pub(super) fn unknown() -> Option<Window> {
    None
}

/// What the terminal does with links, as far as its variables tell. Those that do not
/// know them show nothing of them.
pub(super) fn hyperlinks(is_dumb: bool) -> Hyperlinks {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let term = env::var("TERM").unwrap_or_default();
    let is_older = ["screen", "tmux", "linux", "vt", "rxvt"]
        .iter()
        .any(|name| term.starts_with(name));
    let is_apple = env::var("TERM_PROGRAM").is_ok_and(|name| name == "Apple_Terminal");
    let inside = ["TMUX", "STY", "XTERM_VERSION"].into_iter().any(is_set);
    if is_dumb {
        Hyperlinks::No
    } else if is_older || is_apple || inside {
        Hyperlinks::Perhaps
    } else {
        Hyperlinks::Yes
    }
}
