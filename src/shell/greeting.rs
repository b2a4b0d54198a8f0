//! What a person reads first at the prompt.

use std::net::SocketAddr;
use std::time::Duration;

use colored::Colorize;

use super::first_start::{Advice, FirstStart};
use super::window;
use crate::chat::Chat;
use crate::render::{visible_line, wrapped};

/// How far the further rows of a line are indented.
const INDENT: usize = 2;

/// What there is to say at the start.
#[derive(Debug, Default)]
pub(crate) struct Greeting {
    /// Nothing outlives this run.
    is_ephemeral: bool,
    /// What a person could talk to who has chosen no model yet.
    first_start: Option<FirstStart>,
}

impl Greeting {
    /// Looks for models that could be talked to, for so long at an address, if one is
    /// given: then nobody has chosen one yet.
    pub(crate) fn new(is_ephemeral: bool, ollama: Option<(SocketAddr, Duration)>) -> Self {
        Self {
            is_ephemeral,
            first_start: ollama.map(|(address, patience)| FirstStart::look(address, patience)),
        }
    }

    /// The lines, as wide as the window.
    pub(super) fn text(&self, chat: &Chat) -> String {
        let columns = window::size().map(|window| window.columns);
        let broken = |line: &str| wrapped(line, columns, INDENT);
        let mut rows = vec![broken(&format!(
            "saylog {}: {} answers {}. /help lists the commands, Ctrl-D leaves.",
            env!("CARGO_PKG_VERSION"),
            visible_line(chat.model()),
            visible_line(chat.user().as_str())
        ))];
        if self.is_ephemeral {
            rows.push(broken("Nothing of this is kept: --ephemeral."));
        }
        for advice in self.first_start.iter().flat_map(FirstStart::lines) {
            rows.push(match advice {
                Advice::Sentence(sentence) => broken(&sentence),
                // It can be copied: the terminal breaks it.
                Advice::Command(command) => command,
            });
        }
        let rows = rows.iter().map(|row| format!("{}\n", row.dimmed()));
        rows.collect()
    }
}
