//! The programs whose conversations can be read, and how their files are known.

use std::io::BufRead;
use std::path::Path;

use serde_json::Value;

use super::source::{Fault, Visit};
use super::tables::Tables;
use super::{
    aichat, chatgpt, claude, claude_code, codex, langchain, librechat, llm, open_webui, openai,
};

/// A program, or a form that many write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// saylog itself: the log of another machine.
    Saylog,
    ChatGpt,
    Claude,
    ClaudeCode,
    Codex,
    OpenWebUi,
    LibreChat,
    Llm,
    Aichat,
    OpenAi,
    LangChain,
}

/// How a file of SQLite begins.
const DATABASE: &[u8] = b"SQLite format 3\0";

impl Program {
    /// Every one.
    pub(crate) const ALL: [Self; 11] = [
        Self::Saylog,
        Self::ChatGpt,
        Self::Claude,
        Self::ClaudeCode,
        Self::Codex,
        Self::OpenWebUi,
        Self::LibreChat,
        Self::Llm,
        Self::Aichat,
        Self::OpenAi,
        Self::LangChain,
    ];

    /// The word by which it is asked for, and by which filters name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Saylog => "saylog",
            Self::ChatGpt => "chatgpt",
            Self::Claude => "claude",
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::OpenWebUi => "open-webui",
            Self::LibreChat => "librechat",
            Self::Llm => "llm",
            Self::Aichat => "aichat",
            Self::OpenAi => "openai",
            Self::LangChain => "langchain",
        }
    }

    /// Reads the word; `None` if it is another.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|program| program.word() == word)
    }

    /// The program that has written a file, by how it begins and, if it is a database, by
    /// its tables; `None` if nobody can tell.
    pub(crate) fn of_file(path: &Path, head: &[u8]) -> Option<Self> {
        if head.starts_with(DATABASE) {
            return of_database(path);
        }
        let text = String::from_utf8_lossy(head);
        of_text(text.trim_start_matches('\u{feff}').trim_start())
    }

    /// Whether its files are databases, which are read by their paths.
    pub(crate) fn reads_databases(self, head: &[u8]) -> bool {
        matches!(self, Self::Llm | Self::LangChain) && head.starts_with(DATABASE)
    }

    /// Reads all conversations of a database.
    ///
    /// # Errors
    /// If it cannot be read, or not to its end.
    pub(crate) fn read_database(self, path: &Path, visit: &mut Visit<'_>) -> Result<(), Fault> {
        match self {
            Self::LangChain => langchain::read_database(path, visit),
            _ => llm::read(path, visit),
        }
    }

    /// Reads all conversations of a source, which is called `name`.
    ///
    /// # Errors
    /// If it cannot be read, or not to its end.
    pub(crate) fn read(
        self,
        mut source: &mut dyn BufRead,
        name: &str,
        visit: &mut Visit<'_>,
    ) -> Result<(), Fault> {
        match self {
            Self::ChatGpt => chatgpt::read(&mut source, visit),
            Self::Claude => claude::read(&mut source, visit),
            Self::ClaudeCode => claude_code::read(source, name, visit),
            Self::Codex => codex::read(source, name, visit),
            Self::OpenWebUi => open_webui::read(&mut source, visit),
            Self::LibreChat => librechat::read(&mut source, visit),
            Self::Aichat => aichat::read(source, name, visit),
            Self::OpenAi => openai::read(source, name, visit),
            Self::LangChain => langchain::read(source, name, visit),
            Self::Saylog => Err(no_conversations("it is a whole log")),
            Self::Llm => Err(no_conversations("it is no database")),
        }
    }
}

fn no_conversations(why: &str) -> Fault {
    Fault::Broken(super::Broken {
        place: "its beginning".into(),
        why: why.into(),
    })
}

fn of_database(path: &Path) -> Option<Program> {
    let tables = Tables::open(path).ok()?;
    let has = |table| {
        tables
            .columns(table)
            .is_ok_and(|columns| !columns.is_empty())
    };
    if has("message_store") {
        Some(Program::LangChain)
    } else if has("responses") || has("threads") {
        Some(Program::Llm)
    } else {
        None
    }
}

fn of_text(text: &str) -> Option<Program> {
    if !text.starts_with(['{', '[']) {
        let is_session = text.starts_with("model:") || text.contains("\nmessages:");
        return (is_session || text.starts_with("# CHAT:")).then_some(Program::Aichat);
    }
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    let first = text.lines().next().unwrap_or_default();
    let head: Option<Value> = serde_json::from_str(first).ok();
    if head.is_some_and(|head| head["type"] == "saylog") {
        return Some(Program::Saylog);
    }
    let speaks = has("human") || has("ai") || has("HumanMessageChunk") || has("AIMessageChunk");
    Some(if has("payload") && has("timestamp") {
        Program::Codex
    } else if has("sessionId") || has("leafUuid") || has("parentUuid") {
        Program::ClaudeCode
    } else if has("mapping") {
        Program::ChatGpt
    } else if has("chat_messages") {
        Program::Claude
    } else if has("conversationId") && has("messages") {
        Program::LibreChat
    } else if has("chat") && (has("history") || has("messages")) || has("currentId") {
        Program::OpenWebUi
    } else if has("data") && has("type") && speaks {
        Program::LangChain
    } else if has("messages") && has("role") || has("conversations") && has("from") {
        Program::OpenAi
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_how_they_begin() {
        for (text, program) in [
            (r#"[{"title":"x","mapping":{"#, Some(Program::ChatGpt)),
            (
                r#"[{"uuid":"x","name":"","chat_messages":["#,
                Some(Program::Claude),
            ),
            (
                r#"{"type":"user","sessionId":"x","uuid""#,
                Some(Program::ClaudeCode),
            ),
            (
                r#"{"type":"summary","summary":"x","leafUuid":"y"}"#,
                Some(Program::ClaudeCode),
            ),
            (
                r#"{"timestamp":"2026","type":"session_meta","payload":{"#,
                Some(Program::Codex),
            ),
            (
                r#"[{"id":"x","chat":{"history":{"messages":{"#,
                Some(Program::OpenWebUi),
            ),
            (
                r#"{"conversationId":"x","messages":["#,
                Some(Program::LibreChat),
            ),
            (
                r#"[{"type":"human","data":{"content""#,
                Some(Program::LangChain),
            ),
            (
                "\u{feff} {\"messages\":[{\"role\":\"user\"",
                Some(Program::OpenAi),
            ),
            (
                r#"{"conversations":[{"from":"human""#,
                Some(Program::OpenAi),
            ),
            ("model: gpt\nmessages:\n- role: user", Some(Program::Aichat)),
            ("# CHAT: hi [2026", Some(Program::Aichat)),
            (
                "{\"type\":\"saylog\",\"version\":1,\"scope\":\"user\"}\n{\"type\"",
                Some(Program::Saylog),
            ),
            (r#"{"a":1}"#, None),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(
                Program::of_file(Path::new("x"), text.as_bytes()),
                program,
                "{text}"
            );
        }
        for program in Program::ALL {
            assert_eq!(Program::parse(program.word()), Some(program));
        }
    }
}
