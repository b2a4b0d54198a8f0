//! The terminal as it was found, and as the prompt needs it between lines.

use std::io::{self, Write};

use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Ends bracketed paste and shows the cursor, whatever the line editor had done.
const CALM: &[u8] = b"\x1b[?2004l\x1b[?25h";

/// Keeps the terminal's settings, and puts them back when it is dropped.
///
/// While the program works, what is typed ahead is neither echoed into the
/// output nor changed: a carriage return stays one, so that the line editor can
/// tell Enter from Ctrl-J when it gets to it. Ctrl-C still is a signal.
pub struct Console {
    found: Termios,
}

impl Console {
    /// Takes the terminal on standard input under control.
    ///
    /// # Errors
    /// If it is no terminal.
    pub fn open() -> io::Result<Self> {
        let found = tcgetattr(io::stdin())?;
        let mut working = found.clone();
        working.input_modes.remove(InputModes::ICRNL);
        working
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON);
        tcsetattr(io::stdin(), OptionalActions::Drain, &working)?;
        Ok(Self { found })
    }

    /// Something that puts the terminal back from another thread and ends the line.
    pub fn restorer(&self) -> impl Fn() + Send + 'static {
        let found = self.found.clone();
        move || {
            restore(&found);
            let _ = io::stdout().write_all(b"\r\n");
            let _ = io::stdout().flush();
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        restore(&self.found);
    }
}

/// Nobody can be told if the terminal is gone.
fn restore(found: &Termios) {
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
    let _ = io::stdout().write_all(CALM);
    let _ = io::stdout().flush();
}
