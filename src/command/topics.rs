//! What `/help` explains besides the commands, with examples.

/// Something that a person asks about, which is more than one command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    /// The word that `/help` takes.
    pub(crate) name: &'static str,
    /// What it is about, in a few words.
    pub(crate) summary: &'static str,
    /// A key, or an example as it is typed, and what that does.
    pub(crate) rows: &'static [(&'static str, &'static str)],
}

/// Every topic. The keys are those of the table in docs/language.md, which a test compares.
pub(crate) static TOPICS: &[Topic] = &[
    Topic {
        name: "keys",
        summary: "the keys of the prompt",
        rows: KEYS,
    },
    Topic {
        name: "pipes",
        summary: "questions, pipes and scripts, from the shell",
        rows: &[
            (
                "saylog what is a monad?",
                "asks one question, in a session begun for it",
            ),
            (
                "saylog --resume and in short?",
                "goes on with the latest session",
            ),
            (
                "ls | saylog 'which of these are text?'",
                "says the question and what was piped as one message",
            ),
            (
                "saylog - < letter.txt",
                "says a whole file, whatever is in it",
            ),
            ("saylog -c /log", "runs a line; -c may be repeated"),
            (
                "saylog --start < lines.txt",
                "plays a transcript: commands and messages, a line each",
            ),
            (
                "saylog --json -c /sessions",
                "answers in JSON, an object a line",
            ),
            (
                "saylog --input json < lines.json",
                "takes JSON too, so that no text can be a command",
            ),
            (
                "source <(saylog --completions bash)",
                "completes arguments in the shell: options, users, models, sessions; also zsh and fish",
            ),
            ("saylog --man | man -l -", "shows the manual page"),
        ],
    },
    Topic {
        name: "models",
        summary: "who answers, and how to get somebody else",
        rows: &[
            (
                "saylog -m llama3.2 --base-url http://localhost:11434/v1",
                "a model of Ollama on this machine; others that speak as OpenAI does are reached alike",
            ),
            (
                "saylog -m gpt-4o --base-url https://api.openai.com/v1 --key-variable OPENAI_API_KEY",
                "a model that wants a key, which comes from that variable",
            ),
            (
                "saylog -m claude-sonnet-4-5 --api anthropic --base-url https://api.anthropic.com/v1 --key-variable ANTHROPIC_API_KEY",
                "a model of Anthropic",
            ),
            (
                "saylog -m 'cmd:PROGRAM ARGUMENTS'",
                "a program: the context comes on its standard input, what it writes is the reply",
            ),
            (
                "saylog --config-template",
                "prints a configuration that gives models names",
            ),
            (
                "/models",
                "lists the names that are known, and what the endpoint offers",
            ),
            (
                "/model NAME",
                "lets NAME answer from here on, in this session",
            ),
            ("/retry NAME", "asks NAME the last question again"),
            (
                "/each --personas A,B TEXT",
                "asks several at once, each in a session of its own",
            ),
        ],
    },
    Topic {
        name: "sessions",
        summary: "what the model remembers, and how to come back to it",
        rows: &[
            (
                "/start trip to Rome",
                "begins a session with a title; the first message begins one, too",
            ),
            ("/sessions", "lists yours, latest first"),
            (
                "/resume rome",
                "goes back to one by words of its title, its number or its id; alone it asks which",
            ),
            ("saylog --resume", "does so at the start"),
            ("/rename Rome in May", "gives it another title"),
            (
                "/fork another way",
                "goes on in a copy; the first one stays as it is",
            ),
            (
                "/user bob",
                "speaks as somebody else, who has sessions of their own",
            ),
            ("/clear", "forgets everything here; the log keeps it"),
        ],
    },
    Topic {
        name: "search",
        summary: "finding what was said",
        rows: &[
            (
                "/search rome train",
                "finds messages of yours that have both words, newest first",
            ),
            (
                "/search \"by train\"",
                "finds the phrase; also C++, foo-bar, path/x.rs, 天气",
            ),
            (
                "/search rom* -paris",
                "finds words that begin so, without the other word",
            ),
            ("/search rome OR florence", "finds either"),
            (
                "/search /R[ou]me/",
                "finds a pattern of the crate regex in the text as it was said",
            ),
            (
                "/search since:yesterday role:ai rome",
                "within a time: 2h, \"3 days\", monday, 2026-11-03, 10:30; also before:",
            ),
            (
                "/search in:global user:bob rome",
                "what somebody else said; also session:, model:, status:, after:#12, limit:50, in:reasoning, and -user:bob",
            ),
            ("/search --rank rome", "the best first"),
            (
                "/show 3, /quote 3, /resume 3",
                "take the third of what was found",
            ),
            ("saylog --search 'rome train'", "does so from the shell"),
        ],
    },
    Topic {
        name: "undo",
        summary: "taking things back; nothing leaves the log",
        rows: &[
            (
                "/undo",
                "takes the last question and its reply out of the context",
            ),
            ("/undo 3", "takes the last three"),
            ("/redo", "brings them back, until something else is said"),
            ("/clear", "takes all of it out; then /undo brings it back"),
            ("/edit", "says the last message again, in other words"),
            ("/retry", "asks for another reply"),
            (
                "/moves",
                "lists all that was done, and the way back to each place",
            ),
            (
                "/fork at #12",
                "goes on from message 12 in a new session, whatever came after",
            ),
        ],
    },
];

const KEYS: &[(&str, &str)] = &[
    (
        "Tab, Shift-Tab",
        "completes commands, their arguments, paths, known users, models, personas, settings, blocks of code, your own sessions and, after #, your messages: by the beginning, or else by any part, whatever the case; again, it goes through the menu, Esc gives the old word back, Enter takes the new one",
    ),
    (
        "→",
        "takes the grey suggestion, the last thing of yours that began like this (also End and Ctrl-E; Ctrl-→ takes a word)",
    ),
    (
        "↑ ↓",
        "your own earlier messages out of the log, and commands, that begin like what you typed; nobody else's: they follow /user",
    ),
    ("Ctrl-R", "searches them"),
    (
        "Alt-Enter, Ctrl-J",
        "a new line in the same message (Shift-Enter, where a terminal tells it); ⏎ marks where a line goes on",
    ),
    (
        "Ctrl-X Ctrl-E, Ctrl-O, v in vi's command mode",
        "opens the line in $VISUAL, $EDITOR, or else sensible-editor, vi, nano; what that leaves is the line again, and nothing is sent",
    ),
    (
        "Ctrl-C",
        "drops the line or an open block (the up-arrow has it), an edit or a question, or stops a reply or a listing",
    ),
    (
        "Ctrl-Z",
        "stops the program as a job of the shell; fg goes on with the same line",
    ),
    ("Ctrl-L", "clears the screen"),
    ("Ctrl-D", "leaves"),
];

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;

    #[test]
    fn the_commands_of_the_examples_exist() {
        for row in TOPICS.iter().flat_map(|topic| topic.rows) {
            if row.0.starts_with('/') {
                let name = row.0.split(' ').next().unwrap_or_default();
                assert!(find(name).is_some(), "{name}");
            }
        }
    }
}
