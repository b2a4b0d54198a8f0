//! A text of a message on its way out of the program: printed, copied, or into a file.

use super::{MessageId, is_stray};

/// The text of a message, or one block of code in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TakenText {
    /// The message.
    pub message: MessageId,
    /// The number of the block in it, from 1; none for the whole message.
    pub number: Option<usize>,
    /// What the message says the block is written in, if it does.
    pub language: Option<String>,
    /// The exact text.
    pub content: String,
}

/// Where a text was copied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopyWay {
    /// The terminal was told; it does not say what came of that.
    Terminal,
    /// The same, by way of tmux, which passes it on only if it is set to.
    Tmux,
    /// This program took it.
    Tool(&'static str),
}

impl TakenText {
    /// How many lines it has; one without its end counts.
    pub(crate) fn lines(&self) -> usize {
        self.content.lines().count()
    }

    /// How many of its characters are invisible or could control a terminal. What
    /// ends and indents lines is none of them.
    pub(crate) fn stray(&self) -> usize {
        let of_lines = |c| matches!(c, '\n' | '\t');
        let characters = self.content.char_indices();
        characters
            .filter(|&(at, c)| !of_lines(c) && is_stray(&self.content, at, c))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_surprise_is_counted() {
        let taken = |content: &str| TakenText {
            message: MessageId(1),
            number: None,
            language: None,
            content: content.into(),
        };
        assert_eq!(taken("a\tb\n👩\u{200d}💻 é你\n").stray(), 0);
        assert_eq!(taken("\u{1b}[2J\r\na\u{202e}b\u{200b}").stray(), 4);
        assert_eq!(taken("").lines(), 0);
        assert_eq!(taken("a\n\nb").lines(), 3);
    }
}
