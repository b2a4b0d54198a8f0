//! Single lines on standard error, before there is anything that renders.

use std::env;
use std::io::{self, Write};
use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

use super::patient::Patient;
use crate::render::{visible_line, wrapped};

/// How far the further rows of a line are indented.
const INDENT: usize = 2;

/// Says something in one line, which is broken at words for a terminal. Nobody can be
/// told if that fails.
pub(crate) fn say(text: &str) {
    let line = format!("saylog: {}", visible_line(text));
    let rows = wrapped(&line, columns_of(io::stderr()), INDENT) + "\n";
    let _ = Patient(io::stderr()).write_all(rows.as_bytes());
}

/// The columns of a stream, if it is a terminal that lines are broken for.
pub(crate) fn columns_of(stream: impl AsFd) -> Option<usize> {
    if is_dumb() {
        return None;
    }
    let size = tcgetwinsize(stream).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// Whether the terminal can only show text.
pub(super) fn is_dumb() -> bool {
    matches!(
        env::var("TERM").as_deref(),
        Err(_) | Ok("" | "dumb" | "cons25" | "emacs")
    )
}
