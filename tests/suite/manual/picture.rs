//! The picture of the README is what the program shows.
//!
//! A session is played in a pseudo-terminal and drawn. `SAYLOG_PICTURE=write cargo test
//! --test suite picture` writes the picture anew; without that variable it is compared.

use std::fs;

use crate::support::drawing::draw;
use crate::support::manual::root;
use crate::support::prompt::leave;
use crate::support::run::configured;
use crate::support::terminal::{CURSOR, Terminal};

const PATH: &str = "docs/session.svg";

const TITLE: &str = "A session of saylog in a terminal";

/// For those who cannot see the picture.
const DESCRIPTION: &str = "Alice asks how to get from Rome to Florence, and is told \
    two trains. Bob asks in a session of his own where she is going, and his model does \
    not know. Alice clears her session, which leaves the log as it is, takes that back with \
    /undo, and finds her question again with /search.";

/// A model that knows one question, and otherwise tells what it was sent: that is how
/// the picture shows that nothing of one session reaches another one.
const MODEL: &str = r#"
context=$(cat)
case $context in
*Rome*) cat <<'END'
* **Frecciarossa**, from *Termini* every half hour: 1 h 32, from €25
* **Regionale**, every two hours: 3 h 40, €24
END
;;
*) echo "I cannot know: this is the *first* line that I am sent." ;;
esac
"#;

const CONFIGURATION: &str = r#"
model = "guide"
[models.guide]
command = ["sh", "guide.sh"]
"#;

/// What is typed.
const LINES: [&str; 8] = [
    "/start trip",
    "How do I get from Rome to Florence?",
    "/user bob",
    "Where is Alice going?",
    "/user alice",
    "/clear",
    "/undo",
    "/search florence",
];

#[test]
fn the_picture_shows_what_the_program_shows() {
    let saylog = configured(CONFIGURATION).exact();
    fs::write(saylog.folder().join("guide.sh"), MODEL).expect("a file");
    let variables = [("PATH", "/usr/local/bin:/usr/bin:/bin")];
    let mut terminal = Terminal::of(&saylog, &[], &variables);
    for line in LINES {
        say(&mut terminal, line);
    }
    let picture = draw(&terminal.screen(), TITLE, DESCRIPTION);
    leave(terminal);
    let path = root().join(PATH);
    if std::env::var("SAYLOG_PICTURE").is_ok_and(|what| what == "write") {
        fs::write(path, picture).expect("the picture is written");
        return;
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(
        picture == kept,
        "{PATH} is not what the program shows; \
         `SAYLOG_PICTURE=write cargo test --test suite picture` makes it anew:\n{picture}"
    );
}

/// Types a line at a prompt, and waits for the next prompt.
#[track_caller]
fn say(terminal: &mut Terminal, line: &str) {
    let prompt = format!("> {CURSOR}");
    terminal.shows_such("a prompt", |screen| screen.ends_with(&prompt));
    terminal.types(line);
    let typed = format!("> {line}{CURSOR}");
    terminal.shows_such("the line that was typed", |screen| screen.contains(&typed));
    terminal.types("\r");
    // The line has to be there, too: else the prompt that it was typed at could be taken
    // for the next one.
    let said = format!("> {line}\n");
    terminal.shows_such("the next prompt", |screen| {
        screen.contains(&said) && screen.ends_with(&prompt)
    });
}
