//! What a transcript is read from.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Stdin};

use super::patient;
use super::typist::Typist;

pub(crate) enum Script {
    Stdin(Stdin),
    File(File),
    /// A person at a terminal.
    Typist(Box<Typist>),
}

impl Script {
    /// Whether a person types it.
    pub(super) fn is_terminal(&self) -> bool {
        match self {
            Self::Stdin(stdin) => stdin.is_terminal(),
            Self::File(file) => file.is_terminal(),
            Self::Typist(_) => true,
        }
    }

    /// Whoever types it, if its terminal could be taken from the kernel's line editor.
    ///
    /// # Errors
    /// If the terminal cannot be set.
    pub(crate) fn typist(&self) -> io::Result<Option<Typist>> {
        match self {
            Self::Stdin(stdin) => Typist::new(stdin),
            Self::File(file) => Typist::new(file),
            Self::Typist(_) => Ok(None),
        }
    }

    /// Whether a read would return without waiting.
    pub(super) fn is_ready(&self) -> bool {
        match self {
            Self::Stdin(stdin) => patient::is_ready(stdin),
            Self::File(file) => patient::is_ready(file),
            Self::Typist(typist) => typist.is_ready(),
        }
    }
}

impl Read for Script {
    /// Straight from the descriptor: the splitter is the only buffer.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin(stdin) => patient::read(stdin, buffer),
            Self::File(file) => patient::read(file, buffer),
            Self::Typist(typist) => typist.read(buffer),
        }
    }
}
