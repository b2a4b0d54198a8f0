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
    Markdown,
    Text,
    Csv,
    OpenAi,
    LangChain,
    SessionTrace,
}

/// In which order a form takes messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// That of the log: every message that was said, cleared or not.
    Log,
    /// One conversation after the other, as its context has it.
    Conversations,
}

impl Form {
    /// Every form.
    pub(crate) const ALL: [Self; 6] = [
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
            "md" | "markdown" => Some(Self::Markdown),
            "txt" | "text" => Some(Self::Text),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// In which order it takes messages.
    pub(crate) fn order(self) -> Order {
        match self {
            Self::Csv => Order::Log,
            _ => Order::Conversations,
        }
    }

    /// What writes it.
    pub(crate) fn writer(self) -> Box<dyn Writer> {
        match self {
            Self::Markdown => Box::new(Markdown::default()),
            Self::Text => Box::new(Text::default()),
            Self::Csv => Box::new(Csv),
            Self::OpenAi => Box::new(OpenAi::default()),
            Self::LangChain => Box::new(LangChain::default()),
            Self::SessionTrace => Box::new(SessionTrace),
        }
    }
}
