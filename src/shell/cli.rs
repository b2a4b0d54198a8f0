//! The arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::window_tokens::WindowTokens;
use crate::render::Reasoning;
use crate::responder::{Api, Compact};

/// A chat prompt with two memories: sessions that the model remembers, and a
/// log that keeps everything.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "A chat prompt with two memories: sessions, and a log of everything.",
    after_help = "WORDS are a question; what is piped beside them, or beside -c TEXT, is said with it.\n\
                  Without any, lines come from -f, from standard input if it is no terminal, or from a prompt.\n\
                  /help among them lists the commands; anything else is said to the model."
)]
pub(crate) struct Arguments {
    /// Say WORDS as one message, in a session begun for it; - says all of standard input
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<OsString>,

    /// Play the lines of FILE; - is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// What lines are: `json` is a string or an object with `say` or `line` on each, for programs; implies --json
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InputFormat::Lines)]
    pub(crate) input: InputFormat,

    /// Run LINE, then exit; may be repeated. A LINE of several lines is a message
    #[arg(
        short = 'c',
        long = "command",
        value_name = "LINE",
        conflicts_with = "file",
        allow_hyphen_values = true
    )]
    pub(crate) commands: Vec<OsString>,

    /// Find TEXT in what that user said and was told, as /search does, then exit
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["file", "commands", "words"],
        allow_hyphen_values = true
    )]
    pub(crate) search: Option<String>,

    /// Write conversations into a file, as /export does with TEXT, then exit: 'since:2026-01-01 notes.md', '--format openai -'
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["file", "commands", "words", "search"],
        allow_hyphen_values = true
    )]
    pub(crate) export: Option<String>,

    /// Put conversations of other programs into the log, as /import does with TEXT, then exit: 'conversations.json', '--dry-run ~/.codex/sessions'
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["file", "commands", "words", "search", "export"],
        allow_hyphen_values = true
    )]
    pub(crate) import: Option<String>,

    /// Copy a whole store into an empty one, from SQLite to PostgreSQL or back; run again, it goes on where it was stopped
    #[arg(
        long,
        num_args = 2,
        value_names = ["FROM", "TO"],
        conflicts_with_all = [
            "file", "commands", "words", "search", "export", "import", "mcp", "resume", "start", "input", "store",
            "ephemeral"
        ]
    )]
    pub(crate) copy: Vec<OsString>,

    /// Let ROLE of the server speak in the log of --store, and no more; with --read: read its views. Then exit
    #[arg(
        long,
        value_name = "ROLE",
        conflicts_with_all = ["file", "commands", "words", "search", "export", "import", "resume", "start", "input", "ephemeral", "user"]
    )]
    pub(crate) grant: Option<String>,

    /// With --grant: ROLE speaks, or reads, as NAME only, and sees nobody else
    #[arg(long, value_name = "NAME", requires = "grant")]
    pub(crate) as_user: Option<String>,

    /// With --grant: ROLE reads the views of the log, and that is all
    #[arg(long, requires = "grant")]
    pub(crate) read: bool,

    /// Let agents read the log of --user NAME over the Model Context Protocol on standard streams; =global: everybody's
    #[arg(
        long,
        value_name = "SCOPE",
        value_enum,
        num_args = 0..=1,
        default_missing_value = "user",
        require_equals = true,
        conflicts_with_all = ["file", "commands", "words", "search", "export", "import", "resume", "start", "input", "grant"]
    )]
    pub(crate) mcp: Option<McpScope>,

    /// Who speaks first (default: $SAYLOG_USER, else the login name)
    #[arg(short, long, value_name = "NAME")]
    pub(crate) user: Option<String>,

    /// Return to an earlier session of that user first: its id, title, number or `latest` (the default); with WORDS or --start one begins if there is none. Beside WORDS, WHICH needs the `=`
    #[arg(short, long, value_name = "WHICH", num_args = 0..=1, default_missing_value = "latest", require_equals = true)]
    pub(crate) resume: Option<String>,

    /// Start a session when a message needs one, in transcripts too
    #[arg(long)]
    pub(crate) start: bool,

    /// The SQLite file that holds the log (default: $SAYLOG_STORE, else saylog/saylog.db in the XDG data directory)
    #[arg(long, value_name = "FILE", conflicts_with = "ephemeral")]
    pub(crate) store: Option<OsString>,

    /// Keep nothing: the store is in memory
    #[arg(long)]
    pub(crate) ephemeral: bool,

    /// Take what is said even after the store has turned out to be damaged
    #[arg(long)]
    pub(crate) despite_damage: bool,

    /// Who answers: mock, mock:echo, mock:slow, a model of the configuration, cmd:PROGRAM, or a name at the endpoint (default: $SAYLOG_MODEL, else mock)
    #[arg(short, long, value_name = "NAME")]
    pub(crate) model: Option<String>,

    /// The endpoint for names that nothing else answers to, with its version (or $SAYLOG_BASE_URL)
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// The form in which it is asked (or $SAYLOG_API, else chat)
    #[arg(long, value_name = "API", value_enum)]
    pub(crate) api: Option<Api>,

    /// The environment variable that holds the endpoint's key (or $SAYLOG_KEY_VARIABLE)
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) key_variable: Option<String>,

    /// The header that holds the key, such as api-key (or $SAYLOG_KEY_HEADER, else the one that the API wants)
    #[arg(long, value_name = "HEADER")]
    pub(crate) key_header: Option<String>,

    /// Send the key over plain http to another machine, too: only in a network of your own
    #[arg(long)]
    pub(crate) allow_key_over_http: bool,

    /// A file of certificates to trust besides those of the system (or $SAYLOG_CA_FILE)
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<String>,

    /// The proxy to the endpoint, or none (or $SAYLOG_PROXY, else HTTPS_PROXY and the like)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,

    /// A time-out, in seconds, 0 for none: connect, first_byte, idle or total, as in idle=600; may be repeated
    #[arg(long = "timeout", value_name = "NAME=SECONDS")]
    pub(crate) timeouts: Vec<String>,

    /// How often a request is sent again that got no answer (or $SAYLOG_RETRIES, else 2)
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<u32>,

    /// How many tokens of context a model is told (or $SAYLOG_WINDOW)
    #[arg(long, value_name = "TOKENS")]
    pub(crate) window: Option<WindowTokens>,

    /// What a model is told before the conversation (or $SAYLOG_SYSTEM)
    #[arg(long, value_name = "TEXT")]
    pub(crate) system: Option<String>,

    /// When a summary takes the place of the oldest turns of a context that fills the window (or $SAYLOG_COMPACT, else off)
    #[arg(long, value_name = "WHEN", value_enum)]
    pub(crate) compact: Option<Compact>,

    /// A parameter for the endpoint, such as temperature=0.2: JSON, else text; null sends none; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,

    /// Ignore the configuration file
    #[arg(long)]
    pub(crate) no_config: bool,

    /// Print a configuration file with every key, explained, and exit
    #[arg(long)]
    pub(crate) config_template: bool,

    /// Show replies as they are, also on a terminal
    #[arg(long)]
    pub(crate) no_markdown: bool,

    /// Show long listings without a pager ($SAYLOG_PAGER, else $PAGER, else less -FRX)
    #[arg(long)]
    pub(crate) no_pager: bool,

    /// Read and show dates and times in UTC, not in your zone ($TZ, else the system's)
    #[arg(long)]
    pub(crate) utc: bool,

    /// What a terminal shows of a model's reasoning (default: $SAYLOG_REASONING, else fold)
    #[arg(long, value_name = "HOW", value_enum)]
    pub(crate) reasoning: Option<Reasoning>,

    /// What stands before the line that you type, such as '{user}/{title:20} {model}> ' (or $SAYLOG_PROMPT)
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) prompt: Option<String>,

    /// Show in the usual prompt how much of what the model's window has room for the context takes
    #[arg(long)]
    pub(crate) share: bool,

    /// Tell tokens and seconds after a reply
    #[arg(long)]
    pub(crate) verbose: bool,

    /// Write one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,

    /// When to use colours; `NO_COLOR` is obeyed
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub(crate) color: When,

    /// Stop a transcript at its first error
    #[arg(long)]
    pub(crate) stop_on_error: bool,

    /// Which keys edit a line at the prompt (default: $SAYLOG_KEYS, else emacs)
    #[arg(long, value_name = "KEYS", value_enum)]
    pub(crate) keys: Option<Keys>,
}

impl Arguments {
    /// Reads the arguments as they were typed, the program's name first.
    ///
    /// # Errors
    /// What is wrong with them, or the answer to `--help` or `--version`.
    pub(crate) fn read(typed: &[OsString]) -> Result<Self, clap::Error> {
        let typed = with_sessions_apart(typed);
        let mut arguments = Self::try_parse_from(&typed)?;
        arguments.take_session(&typed);
        Ok(arguments)
    }

    /// Makes a line of each flag that stands for one.
    pub(crate) fn say_flags_as_lines(&mut self) {
        let flags = [
            ("/search", self.search.take()),
            ("/export", self.export.take()),
            ("/import", self.import.take()),
        ];
        for (name, text) in flags {
            let Some(text) = text else {
                continue;
            };
            // It is one line, whatever it holds.
            let text = text.replace(['\n', '\r'], " ");
            self.commands.push(format!("{name} {text}").into());
        }
    }

    /// A single word right after `--resume` is which session to return to. Beside
    /// other words it belongs to the question: a session then needs the `=`.
    fn take_session(&mut self, typed: &[OsString]) {
        let [word] = self.words.as_slice() else {
            return;
        };
        let is_flag = |flag: &OsString| flag == "--resume" || flag == "-r";
        let is_which = |pair: &[OsString]| is_flag(&pair[0]) && pair[1] == *word;
        if self.resume.is_some() && typed.windows(2).any(is_which) {
            self.resume = Some(word.to_string_lossy().into_owned());
            self.words.clear();
        }
    }
}

/// The flags whose values may begin with a dash.
const FLAGS_OF_ANY_TEXT: [&str; 5] = ["-c", "--command", "--search", "--export", "--import"];

/// The arguments with an equal sign behind each `-r` that has a session right behind it:
/// `-r5b0c1f7e` is `-r=5b0c1f7e`, as it is with most programs.
fn with_sessions_apart(typed: &[OsString]) -> Vec<OsString> {
    let end = typed.iter().position(|argument| argument == "--");
    let end = end.unwrap_or(typed.len());
    let mut apart = typed.to_vec();
    for at in 1..end {
        let is_value = FLAGS_OF_ANY_TEXT.iter().any(|flag| typed[at - 1] == *flag);
        let which = typed[at].to_str().and_then(|text| text.strip_prefix("-r"));
        if let Some(which) = which.filter(|which| !is_value && is_session(which)) {
            apart[at] = format!("-r={which}").into();
        }
    }
    apart
}

/// Whether what stands right behind `-r` is a session, and no further flags: `-ru bob`.
fn is_session(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    !text.is_empty() && (is_number || (text.len() >= 4 && text.bytes().all(is_of_id)))
}

/// What the lines of a transcript are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Lines of the language: commands, messages and blocks
    Lines,
    /// JSON values
    Json,
}

/// Whose messages agents may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum McpScope {
    /// The user's that is named
    User,
    /// Everybody's
    Global,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// If a person is looking
    Auto,
    /// Even into a pipe
    Always,
    /// Not at all
    Never,
}

/// The keys of the line editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Keys {
    /// Ctrl-A, Ctrl-E, Alt-F, …
    Emacs,
    /// Escape, then hjkl
    Vi,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which session is returned to, and the words.
    fn read(typed: &[&str]) -> (Option<String>, Vec<String>) {
        let typed: Vec<OsString> = ["saylog"].iter().chain(typed).map(OsString::from).collect();
        let arguments = Arguments::read(&typed).unwrap();
        let words = arguments.words.into_iter();
        let words = words.map(|word| word.into_string().unwrap());
        (arguments.resume, words.collect())
    }

    #[test]
    fn what_another_flag_is_given_is_no_session() {
        for flag in ["-c", "--search"] {
            let typed = ["saylog", flag, "-rcafe"].map(OsString::from);
            let mut arguments = Arguments::read(&typed).unwrap();
            arguments.say_flags_as_lines();
            assert_eq!(arguments.resume, None);
            let line = arguments.commands[0].to_str().unwrap();
            assert!(line.ends_with("-rcafe"), "{line}");
        }
    }

    #[test]
    fn a_single_word_after_resume_is_the_session_and_beside_words_it_is_one_of_them() {
        let (latest, plan) = (Some("latest".to_owned()), Some("plan".to_owned()));
        for (typed, which, words) in [
            (&["--resume"][..], &latest, &[][..]),
            (&["--resume", "plan"], &plan, &[]),
            (&["-r"], &latest, &[]),
            (&["-r", "plan"], &plan, &[]),
            (&["-r=plan"], &plan, &[]),
            (&["-rcafe"], &Some("cafe".to_owned()), &[]),
            (&["-r12", "now"], &Some("12".to_owned()), &["now"]),
            (&["-ru", "bob", "now"], &latest, &["now"]),
            (&["--", "-rcafe"], &None, &["-rcafe"]),
            (&["-r", "what", "now"], &latest, &["what", "now"]),
            (&["--resume", "plan", "-c", "/user"], &plan, &[]),
            (&["-c", "/user", "--resume", "plan"], &plan, &[]),
            (&["--resume=plan"], &plan, &[]),
            (&["--resume", "what", "now"], &latest, &["what", "now"]),
            (&["what", "--resume", "now"], &latest, &["what", "now"]),
            (&["--resume=plan", "now"], &plan, &["now"]),
            (&["now", "--resume"], &latest, &["now"]),
            (&["now", "--resume=plan"], &plan, &["now"]),
            (&["--resume", "--", "now"], &latest, &["now"]),
            (&["--resume", "--json", "now"], &latest, &["now"]),
            (&["--resume="], &Some(String::new()), &[]),
            (&["--resume", ""], &Some(String::new()), &[]),
            (&["what", "now"], &None, &["what", "now"]),
            (
                &["--", "-x", "--resume", "y"],
                &None,
                &["-x", "--resume", "y"],
            ),
        ] {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            assert_eq!(read(typed), (which.clone(), words), "{typed:?}");
        }
    }
}
