//! The arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, CommandFactory, Parser, ValueEnum, ValueHint};

use super::guide;
use super::window_tokens::WindowTokens;
use crate::render::Reasoning;
use crate::responder::{Api, Compact};

/// The headings of the help, in their order.
const WHO: &str = "Who speaks, and where";
const SAID: &str = "What is said";
const MODELS: &str = "Models";
const OUTPUT: &str = "Output";
const PROMPT: &str = "The prompt";
const STORE: &str = "The store";
const OTHER: &str = "Other work, then exit";

/// What stands below the short help.
const AFTER_HELP: &str = "\
`saylog` alone is a prompt, `saylog QUESTION` asks one question. What is piped
is said with WORDS or with -c TEXT; alone it is lines. `-c /help` lists the
commands, --help tells more of each option, and --man all there is.";

// The first paragraph of each comment is its line of `-h`, which has 80 columns; `--help`
// and the manual page show all of it. A test measures the lines.
/// A chat prompt with two memories: sessions that the model remembers, and a
/// log that keeps everything.
#[derive(Debug, Parser)]
#[command(
    name = "saylog",
    version,
    about = "A chat prompt with two memories: sessions, and a log of everything.",
    after_help = AFTER_HELP,
    disable_help_flag = true,
    disable_version_flag = true
)]
pub(crate) struct Arguments {
    /// Who speaks first
    ///
    /// A name that was not used before is a new user. Default: $SAYLOG_USER, else `user` of the configuration, else the login name.
    #[arg(short, long, value_name = "NAME", help_heading = WHO)]
    pub(crate) user: Option<String>,

    /// Return to an earlier session first
    ///
    /// WHICH is the id, title or number of a session of that user, or `latest` (the default). With WORDS or --start one begins if there is none. Beside WORDS, WHICH needs the `=`.
    #[arg(short, long, value_name = "WHICH", num_args = 0..=1, default_missing_value = "latest", require_equals = true, help_heading = WHO)]
    pub(crate) resume: Option<String>,

    /// That session stands behind its flag as a word of its own.
    #[arg(skip)]
    pub(crate) resumes_word: bool,

    /// Start a session when a message needs one
    ///
    /// At the prompt that is so anyway; with this, also in transcripts.
    #[arg(long, help_heading = WHO)]
    pub(crate) start: bool,

    /// A question, which is said; - is standard input
    ///
    /// All WORDS are one message, in a session begun for it; - says all of standard input. What is piped is said with them.
    #[arg(value_name = "WORDS", help_heading = SAID)]
    pub(crate) words: Vec<OsString>,

    /// Run LINE, then exit; may be repeated
    ///
    /// A LINE of several lines is a message. What is piped is said with the last LINE that is no command.
    #[arg(
        short = 'c',
        long = "command",
        value_name = "LINE",
        conflicts_with = "file",
        allow_hyphen_values = true,
        help_heading = SAID
    )]
    pub(crate) commands: Vec<OsString>,

    /// Play the lines of FILE; - is standard input
    #[arg(short = 'f', long = "file", value_name = "FILE", help_heading = SAID)]
    pub(crate) file: Option<PathBuf>,

    /// What lines are: lines, or json for programs
    ///
    /// With `json` each line is a string, or an object with `say` or `line`; it implies --json.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = InputFormat::Lines, help_heading = SAID)]
    pub(crate) input: InputFormat,

    /// Stop a transcript at its first error
    #[arg(long, help_heading = SAID)]
    pub(crate) stop_on_error: bool,

    /// Who answers: mock, or a model's name
    ///
    /// One of mock, mock:echo, mock:slow, a model of the configuration, cmd:PROGRAM, or a name at the endpoint. Default: $SAYLOG_MODEL, else `model` of the configuration, else mock.
    #[arg(short, long, value_name = "NAME", help_heading = MODELS)]
    pub(crate) model: Option<String>,

    /// The endpoint, with its version
    ///
    /// It is asked for names that nothing else answers to, as in `http://localhost:11434/v1` (or $SAYLOG_BASE_URL).
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = MODELS)]
    pub(crate) base_url: Option<String>,

    /// The form in which the endpoint is asked
    ///
    /// Default: $SAYLOG_API, else chat.
    #[arg(long, value_name = "API", value_enum, help_heading = MODELS)]
    pub(crate) api: Option<Api>,

    /// The variable that holds the endpoint's key
    ///
    /// NAME is that of an environment variable, never the key itself (or $SAYLOG_KEY_VARIABLE).
    #[arg(long, value_name = "NAME", help_heading = MODELS)]
    pub(crate) key_variable: Option<String>,

    /// The header that the key is sent in
    ///
    /// Such as api-key (or $SAYLOG_KEY_HEADER, else the one that the API wants).
    #[arg(long, value_name = "HEADER", help_heading = MODELS)]
    pub(crate) key_header: Option<String>,

    /// Send the key over plain http, too
    ///
    /// To another machine, that is: only in a network of your own.
    #[arg(long, help_heading = MODELS)]
    pub(crate) allow_key_over_http: bool,

    /// Certificates to trust besides the usual ones
    ///
    /// A file of certificates to trust besides those of the system (or $SAYLOG_CA_FILE).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = MODELS)]
    pub(crate) ca_file: Option<String>,

    /// The proxy to the endpoint, or none
    ///
    /// Or $SAYLOG_PROXY, else HTTPS_PROXY and the like.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = MODELS)]
    pub(crate) proxy: Option<String>,

    /// A time-out, as in idle=600; may be repeated
    ///
    /// In seconds, 0 for none; NAME is connect, first_byte, idle or total.
    #[arg(long = "timeout", value_name = "NAME=SECONDS", help_heading = MODELS)]
    pub(crate) timeouts: Vec<String>,

    /// How often an unanswered request is sent again
    ///
    /// Default: $SAYLOG_RETRIES, else 2.
    #[arg(long, value_name = "N", help_heading = MODELS)]
    pub(crate) retries: Option<u32>,

    /// How many tokens of context a model is told
    ///
    /// Or $SAYLOG_WINDOW.
    #[arg(long, value_name = "TOKENS", help_heading = MODELS)]
    pub(crate) window: Option<WindowTokens>,

    /// What a model is told before the conversation
    ///
    /// Or $SAYLOG_SYSTEM.
    #[arg(long, value_name = "TEXT", help_heading = MODELS)]
    pub(crate) system: Option<String>,

    /// When the oldest turns are summarized
    ///
    /// When a summary takes the place of the oldest turns of a context that fills the window. Default: $SAYLOG_COMPACT, else off.
    #[arg(long, value_name = "WHEN", value_enum, help_heading = MODELS)]
    pub(crate) compact: Option<Compact>,

    /// A parameter, as temperature=0.2; repeatable
    ///
    /// It is sent to the endpoint. VALUE is JSON, else text; null sends none.
    #[arg(long = "parameter", value_name = "NAME=VALUE", help_heading = MODELS)]
    pub(crate) parameters: Vec<String>,

    /// Ignore the configuration file
    #[arg(long, help_heading = MODELS)]
    pub(crate) no_config: bool,

    /// Write one JSON object a line
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) json: bool,

    /// When to use colours: auto, always, never
    ///
    /// With `auto`, NO_COLOR is obeyed.
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = When::Auto, help_heading = OUTPUT)]
    pub(crate) color: When,

    /// Tell tokens and seconds after a reply
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) verbose: bool,

    /// What is shown of reasoning: show, fold, hide
    ///
    /// What a terminal shows of a model's reasoning. Default: $SAYLOG_REASONING, else fold.
    #[arg(long, value_name = "HOW", value_enum, help_heading = OUTPUT)]
    pub(crate) reasoning: Option<Reasoning>,

    /// Show replies as they are, also on a terminal
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) no_markdown: bool,

    /// Show long listings without a pager
    ///
    /// That is $SAYLOG_PAGER, else $PAGER, else less -FRX.
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) no_pager: bool,

    /// Read and show times in UTC
    ///
    /// Instead of in your zone ($TZ, else the system's).
    #[arg(long, help_heading = OUTPUT)]
    pub(crate) utc: bool,

    /// What stands before the line that you type
    ///
    /// Such as '{user}/{title:20} {model}> ' (or $SAYLOG_PROMPT).
    #[arg(long, value_name = "TEMPLATE", help_heading = PROMPT)]
    pub(crate) prompt: Option<String>,

    /// Show there how full the model's window is
    ///
    /// The usual prompt then shows how much of what the model's window has room for the context takes.
    #[arg(long, help_heading = PROMPT)]
    pub(crate) share: bool,

    /// Which keys edit a line: emacs, vi
    ///
    /// Default: $SAYLOG_KEYS, else emacs.
    #[arg(long, value_name = "KEYS", value_enum, help_heading = PROMPT)]
    pub(crate) keys: Option<Keys>,

    /// The SQLite file that holds the log
    ///
    /// Or the address of a PostgreSQL server. Default: $SAYLOG_STORE, else saylog/saylog.db in the XDG data directory.
    #[arg(long, value_name = "FILE", conflicts_with = "ephemeral", value_hint = ValueHint::FilePath, help_heading = STORE)]
    pub(crate) store: Option<OsString>,

    /// Keep nothing: the store is in memory
    #[arg(long, help_heading = STORE)]
    pub(crate) ephemeral: bool,

    /// Go on although the store is damaged
    ///
    /// What is said is taken even after the store has turned out to be damaged.
    #[arg(long, help_heading = STORE)]
    pub(crate) despite_damage: bool,

    /// Find TEXT in what that user said and was told
    ///
    /// As /search does.
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["file", "commands", "words"],
        allow_hyphen_values = true,
        help_heading = OTHER
    )]
    pub(crate) search: Option<String>,

    /// Write conversations into a file, as in 'notes.md'
    ///
    /// As /export does with TEXT: 'since:2026-01-01 notes.md', '--format openai -'.
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["file", "commands", "words", "search"],
        allow_hyphen_values = true,
        value_hint = ValueHint::FilePath,
        help_heading = OTHER
    )]
    pub(crate) export: Option<String>,

    /// Take in conversations of other programs
    ///
    /// They get into the log, as /import does with TEXT: 'conversations.json', '--dry-run ~/.codex/sessions'.
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with_all = ["file", "commands", "words", "search", "export"],
        allow_hyphen_values = true,
        value_hint = ValueHint::FilePath,
        help_heading = OTHER
    )]
    pub(crate) import: Option<String>,

    /// Copy a whole store into an empty one
    ///
    /// From SQLite to PostgreSQL or back; run again, it goes on where it was stopped.
    #[arg(
        long,
        num_args = 2,
        value_names = ["FROM", "TO"],
        conflicts_with_all = [
            "file", "commands", "words", "search", "export", "import", "mcp", "resume", "start", "input", "store",
            "ephemeral"
        ],
        value_hint = ValueHint::FilePath,
        help_heading = OTHER
    )]
    pub(crate) copy: Vec<OsString>,

    /// Let ROLE of the server speak in the log
    ///
    /// In the log of --store, and no more; with --read: read its views.
    #[arg(
        long,
        value_name = "ROLE",
        conflicts_with_all = ["file", "commands", "words", "search", "export", "import", "resume", "start", "input", "ephemeral", "user"],
        help_heading = OTHER
    )]
    pub(crate) grant: Option<String>,

    /// With --grant: ROLE speaks as NAME only
    ///
    /// ROLE speaks, or reads, as NAME only, and sees nobody else.
    #[arg(long, value_name = "NAME", requires = "grant", help_heading = OTHER)]
    pub(crate) as_user: Option<String>,

    /// With --grant: ROLE reads, and that is all
    ///
    /// ROLE reads the views of the log, and that is all.
    #[arg(long, requires = "grant", help_heading = OTHER)]
    pub(crate) read: bool,

    /// Let agents read the log of --user NAME
    ///
    /// Over the Model Context Protocol, on standard streams; =global: everybody's.
    #[arg(
        long,
        value_name = "SCOPE",
        value_enum,
        num_args = 0..=1,
        default_missing_value = "user",
        require_equals = true,
        conflicts_with_all = ["file", "commands", "words", "search", "export", "import", "resume", "start", "input", "grant"],
        help_heading = OTHER
    )]
    pub(crate) mcp: Option<McpScope>,

    /// Print a configuration with every key
    ///
    /// Each is explained; it may be saved as the configuration file.
    #[arg(long, help_heading = OTHER)]
    pub(crate) config_template: bool,

    /// Print what completes arguments in a shell
    ///
    /// A script for SHELL, for example: source <(saylog --completions bash)
    #[arg(long, value_name = "SHELL", value_enum, help_heading = OTHER)]
    pub(crate) completions: Option<CompletingShell>,

    /// Print the manual page
    ///
    /// For example: saylog --man | man -l -
    #[arg(long, help_heading = OTHER)]
    pub(crate) man: bool,

    /// Print help; --help tells more
    #[arg(short, long, action = ArgAction::Help, help_heading = OTHER)]
    help: Option<bool>,

    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version, help_heading = OTHER)]
    version: Option<bool>,
}

impl Arguments {
    /// Reads the arguments as they were typed, the program's name first.
    ///
    /// # Errors
    /// What is wrong with them, or the answer to `--help` or `--version`.
    pub(crate) fn read(typed: &[OsString]) -> Result<Self, clap::Error> {
        let typed = with_sessions_apart(typed);
        let mut arguments = match Self::try_parse_from(&typed) {
            Err(answer) if answer.kind() == ErrorKind::DisplayHelp => {
                return Err(help(answer, &typed));
            }
            Err(answer) if answer.kind() == ErrorKind::ArgumentConflict => {
                return Err(with_tip(answer, &typed));
            }
            parsed => parsed?,
        };
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
            // No question stands beside values of JSON.
            self.resumes_word = self.input == InputFormat::Lines;
        }
    }
}

/// The flags that stand for a line with the words behind them.
const FLAGS_OF_A_LINE: [&str; 3] = ["--search", "--export", "--import"];

/// What belongs to such a flag is one argument, and a person has typed several.
fn with_tip(mut answer: clap::Error, typed: &[OsString]) -> clap::Error {
    let mut flags = FLAGS_OF_A_LINE.iter();
    let flag = flags.find(|flag| typed.iter().any(|argument| argument == **flag));
    if let Some(flag) = flag
        && answer.to_string().contains("[WORDS]")
    {
        let tip = format!("quotes make one argument of what belongs to it: {flag} 'A B'");
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        answer.insert(ContextKind::Suggested, tips);
    }
    answer
}

/// The help that was asked for. `--help` has a guide below it, which no other run has to
/// make. `-h` is one line an option, which names the values itself where there is room.
fn help(answer: clap::Error, typed: &[OsString]) -> clap::Error {
    let command = Arguments::command();
    let command = if typed.iter().any(|argument| argument == "--help") {
        command.after_long_help(guide::after_help())
    } else {
        command.mut_args(|argument| {
            if argument.get_action().takes_values() {
                argument.hide_possible_values(true).hide_default_value(true)
            } else {
                argument
            }
        })
    };
    let again = command.try_get_matches_from(typed);
    again.err().unwrap_or(answer)
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

/// A shell whose arguments can be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompletingShell {
    Bash,
    Zsh,
    Fish,
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
