//! What the long help and the manual page tell besides the options.

use std::fmt::Write as _;

use crate::command::topics::TOPICS;

/// What the program exits with.
pub(super) const EXIT_CODES: [(&str, &str); 5] = [
    (
        "0",
        "all well, and all of it on disk (or nobody reads the output any more)",
    ),
    ("1", "some line failed, or the program did"),
    ("2", "wrong arguments"),
    (
        "3",
        "stopped by an error: --stop-on-error, or a failed /user",
    ),
    (
        "130",
        "interrupted by Ctrl-C; SIGTERM, SIGHUP and SIGQUIT (Ctrl-\\) end it by that signal, after what came of a reply is kept",
    ),
];

/// The files that it reads and writes unasked.
pub(super) const FILES: [(&str, &str); 3] = [
    (
        "$XDG_DATA_HOME/saylog/saylog.db",
        "the log, else in ~/.local/share; beside it what SQLite needs, and an index for searching",
    ),
    (
        "$XDG_CONFIG_HOME/saylog/config.toml",
        "the configuration, else in ~/.config; --config-template prints one",
    ),
    (
        "$XDG_STATE_HOME/saylog/",
        "lines that were not sent, and commands that were typed at the prompt, else in ~/.local/state",
    ),
];

/// The topics of `/help` that have examples for a shell.
const TOPICS_OF_SHELL: [&str; 2] = ["pipes", "models"];

/// The name of the topic that tells the keys.
const KEYS: &str = "keys";

/// Examples that are typed at a shell, and what they do.
pub(super) fn examples() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let topics = TOPICS.iter();
    let topics = topics.filter(|topic| TOPICS_OF_SHELL.contains(&topic.name));
    let rows = topics.flat_map(|topic| topic.rows);
    rows.filter(|(typed, _)| typed.contains("saylog"))
}

/// The keys of the prompt.
pub(super) fn keys() -> &'static [(&'static str, &'static str)] {
    let topic = TOPICS.iter().find(|topic| topic.name == KEYS);
    topic.map_or(&[], |topic| topic.rows)
}

/// What stands below the long help.
pub(super) fn after_help() -> String {
    let examples: Vec<_> = examples().copied().collect();
    let sections = [
        ("Examples", &examples[..]),
        ("Keys of the prompt", keys()),
        ("Exit codes", &EXIT_CODES),
        ("Files", &FILES),
    ];
    let mut told =
        "`-c /help` lists the commands, and `--man` prints all of this as a manual page."
            .to_owned();
    for (heading, rows) in sections {
        let _ = write!(told, "\n\n{heading}:");
        for (name, does) in rows {
            let _ = write!(told, "\n  {name}\n          {does}");
        }
    }
    told
}
