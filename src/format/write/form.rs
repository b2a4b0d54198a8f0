//! The forms in which messages are written, and by what they are known.

use super::Writer;
use super::csv::Csv;
use super::langchain::LangChain;
use super::markdown::Markdown;
use super::openai::OpenAi;
use super::session_trace::SessionTrace;
use super::text::Text;

/// A form in which messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// saylog's own, without loss.
    Saylog,
    Markdown,
    Text,
    Csv,
    OpenAi,
    LangChain,
    SessionTrace,
}

/// How a form is written.
pub(crate) enum Way {
    /// Every message that was said, cleared or not, in the order of the log.
    Log(Box<dyn Writer>),
    /// One conversation after the other, as its context has it.
    Conversations(Box<dyn Writer>),
    /// All that the log has: messages, sessions and moves.
    Records,
}

impl Form {
    /// Every form.
    pub(crate) const ALL: [Self; 7] = [
        Self::Saylog,
        Self::Markdown,
        Self::Text,
        Self::Csv,
        Self::OpenAi,
        Self::LangChain,
        Self::SessionTrace,
    ];

    /// The word by which it is asked for.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Saylog => "saylog",
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Csv => "csv",
            Self::OpenAi => "openai",
            Self::LangChain => "langchain",
            Self::SessionTrace => "trace",
        }
    }

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// The form that the end of a file's name tells, if it tells one.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "jsonl" => Some(Self::Saylog),
            "md" | "markdown" => Some(Self::Markdown),
            "txt" | "text" => Some(Self::Text),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// How it is written.
    pub(crate) fn way(self) -> Way {
        match self {
            Self::Saylog => Way::Records,
            Self::Csv => Way::Log(Box::new(Csv)),
            Self::Markdown => Way::Conversations(Box::new(Markdown::default())),
            Self::Text => Way::Conversations(Box::new(Text::default())),
            Self::OpenAi => Way::Conversations(Box::new(OpenAi::default())),
            Self::LangChain => Way::Conversations(Box::new(LangChain::default())),
            Self::SessionTrace => Way::Conversations(Box::new(SessionTrace)),
        }
    }
}
