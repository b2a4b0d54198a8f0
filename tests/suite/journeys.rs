//! Ten things that people do, at a shell and a prompt with an endpoint configured, and
//! how many keys each takes besides the messages themselves and their Enter.
//!
//! No journey takes more keys than the best of two well-known programs, llm and
//! aichat, takes for the same. Where a limit stands, so does what they type.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::run::{SAYLOG, Saylog, configured};
use crate::support::server::{Request, Server, script};
use crate::support::terminal::Terminal;

/// A person at a shell, in whose home models are configured.
struct Journey {
    saylog: Saylog,
    server: Server,
    terminal: Terminal,
    keys: usize,
}

/// The prompts of those who speak in these journeys.
const PROMPTS: [&str; 2] = ["alice> ", "bob> "];

impl Journey {
    /// One whose model replies like this, one request after the other.
    fn of(replies: &[&str]) -> Self {
        Self::to(Server::replying(replies))
    }

    fn to(server: Server) -> Self {
        let base = server.base();
        let saylog = configured(&format!(
            "model = \"fast\"\nuser = \"alice\"\nprompt = \"{{user}}> \"\n\
             [models.fast]\nbase_url = \"{base}\"\nmodel = \"m1\"\n\
             [models.slow]\nbase_url = \"{base}\"\nmodel = \"m2\"\n"
        ));
        let programs = saylog.folder().join("bin");
        fs::create_dir(&programs).expect("a folder");
        symlink(SAYLOG, programs.join("saylog")).expect("a link");
        let terminal = shell(&saylog);
        Self {
            saylog,
            server,
            terminal,
            keys: 0,
        }
    }

    /// Types these keys, which count.
    fn types(&mut self, keys: &str) {
        self.keys += keys.chars().count();
        self.terminal.types(keys);
    }

    /// Says a message, which does not count, nor does its Enter.
    #[track_caller]
    fn says(&mut self, message: &str, answer: &str) {
        self.terminal.types(format!("{message}\r"));
        let is_answered = |screen: &str| {
            let mut ends = PROMPTS
                .map(|prompt| format!("\n{answer}\n\n{prompt}▏"))
                .into_iter();
            screen.contains(&format!("> {message}\n")) && ends.any(|end| screen.ends_with(&end))
        };
        self.terminal.shows_such(answer, is_answered);
    }

    #[track_caller]
    fn shows(&self, expected: &str) {
        self.terminal.shows_at_last(expected);
    }

    /// Starts the program, with keys that do not count.
    #[track_caller]
    fn starts(&mut self) {
        self.terminal.types("saylog\r");
        self.shows("alice> ▏");
    }

    /// Leaves the program and the shell, and compares the keys.
    #[track_caller]
    fn took(mut self, at_most: usize) {
        let keys = self.keys;
        assert!(keys <= at_most, "{keys} keys, and {at_most} are enough");
        self.terminal.types("\x04");
        self.shows("\n$ ▏");
        self.terminal.types("\x04");
        assert_eq!(self.terminal.ends(), "Success");
    }

    /// What the model was told last, each as `role: content`.
    fn told(&self) -> (String, Vec<String>) {
        let request: Request = self.server.request();
        let model = request.body["model"].as_str().expect("a model").to_owned();
        let messages = request.body["messages"].as_array().expect("messages");
        let text = |message: &serde_json::Value, field: &str| {
            message[field].as_str().expect("a text").to_owned()
        };
        let told = messages
            .iter()
            .map(|message| format!("{}: {}", text(message, "role"), text(message, "content")));
        (model, told.collect())
    }
}

/// A shell with the program on its path.
fn shell(saylog: &Saylog) -> Terminal {
    let home = saylog.folder();
    let path = format!("{}:/usr/bin:/bin", home.join("bin").display());
    let mut command = Command::new("/bin/sh");
    command.arg("-i").env_clear().current_dir(home);
    for (name, value) in [
        ("PS1", "$ "),
        ("TERM", "xterm"),
        ("NO_COLOR", "1"),
        ("TZ", "UTC"),
    ] {
        command.env(name, value);
    }
    command.env("HOME", home).env("PATH", path);
    let terminal = Terminal::start(&command);
    terminal.shows("$ ▏");
    terminal
}

/// aichat: `aichat`, Enter.
#[test]
fn the_first_answer() {
    let mut journey = Journey::of(&["Hello."]);
    journey.types("saylog\r");
    journey.shows("alice> ▏");
    journey.says("hi", "Hello.");
    assert_eq!(journey.told(), ("m1".into(), vec!["user: hi".into()]));
    journey.took(7);
}

/// Both: Ctrl-C.
#[test]
fn stop_and_ask_again() {
    let begun = script(|mut turn| {
        turn.begins();
        turn.says("It is a long story that");
        turn.sees_the_end();
    });
    let again = script(|mut turn| {
        turn.begins();
        turn.says_at_last("Short.");
    });
    let mut journey = Journey::to(Server::new([begun, again]));
    journey.starts();
    journey.terminal.types("why?\r");
    journey
        .terminal
        .shows_such("the beginning of a reply", |screen| {
            screen.contains("It is a long story that")
        });
    journey.types("\x03");
    journey.shows("\nalice> ▏");
    journey.says("in a word?", "Short.");
    journey.took(1);
}

/// llm: `llm chat -c`, Enter.
#[test]
fn come_back_tomorrow() {
    let mut journey = Journey::of(&["To Rome.", "By train."]);
    journey.starts();
    journey.says("where to?", "To Rome.");
    journey.terminal.types("\x04");
    journey.shows("\n$ ▏");
    journey.types("saylog -r\r");
    journey.shows("alice> ▏");
    journey.says("how?", "By train.");
    journey.told();
    let (_, told) = journey.told();
    assert_eq!(
        told,
        ["user: where to?", "assistant: To Rome.", "user: how?"]
    );
    journey.took(12);
}

/// aichat, with sessions: `.session b`, Enter is 11; llm needs another program run.
#[test]
fn two_clients_apart() {
    let mut journey = Journey::of(&["Yes, alice.", "Yes, bob."]);
    journey.starts();
    journey.says("a secret?", "Yes, alice.");
    journey.types("/user bob\r");
    journey.shows("bob> ▏");
    journey.says("and mine?", "Yes, bob.");
    journey.told();
    assert_eq!(journey.told().1, ["user: and mine?"]);
    journey.took(10);
}

/// What a shell needs to hand a file to a program; neither of them plays one.
#[test]
fn a_transcript() {
    let mut journey = Journey::of(&["One.", "Two."]);
    fs::write(
        journey.saylog.folder().join("t.txt"),
        "/start numbers\nfirst?\nsecond?\n",
    )
    .expect("a file");
    journey.types("saylog<t.txt\r");
    journey.shows(
        "$ saylog<t.txt\nChat started successfully! Session <1> “numbers”.\nOne.\nTwo.\n$ ▏",
    );
    journey.starts();
    journey.took(13);
}

/// aichat: `.model slow`, Enter is 12, with the name of a provider 14 and more.
#[test]
fn switch_the_model_midway() {
    let mut journey = Journey::of(&["Quick.", "Slow."]);
    journey.starts();
    journey.says("who?", "Quick.");
    journey.types("/model slow\r");
    journey.terminal.shows_such("another model", |screen| {
        screen.contains("slow") && screen.ends_with("alice> ▏")
    });
    journey.says("and now?", "Slow.");
    journey.told();
    let (model, told) = journey.told();
    assert_eq!((model.as_str(), told.len()), ("m2", 3));
    journey.took(14);
}

/// aichat: `.file a.txt -- `, Enter; llm: `-f a.txt`.
#[test]
fn a_file_into_a_question() {
    let mut journey = Journey::of(&["A list."]);
    fs::write(journey.saylog.folder().join("a.txt"), "eggs\n").expect("a file");
    journey.starts();
    journey.types("/file a.txt ");
    journey.terminal.types("what is it?\r");
    journey.shows("\nA list.\n\nalice> ▏");
    let (_, told) = journey.told();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("user: what is it?\n\n") && told[0].contains("eggs\n"));
    journey.took(12);
}

/// aichat: `.regenerate`, Enter for another reply; neither has the others.
#[test]
fn undo_fork_and_retry() {
    let mut journey = Journey::of(&["One.", "Two.", "Two again.", "Three."]);
    journey.starts();
    journey.says("first", "One.");
    journey.says("second", "Two.");
    journey.types("/retry\r");
    journey.terminal.shows_such("another reply", |screen| {
        screen.ends_with("\nTwo again.\n\nalice> ▏")
    });
    journey.types("/undo\r");
    journey
        .terminal
        .shows_such("what left the context", |screen| {
            screen.contains("(#3, #5)") && screen.ends_with("alice> ▏")
        });
    journey.types("/fork\r");
    journey.terminal.shows_such("a fork", |screen| {
        screen.contains("forked from") && screen.ends_with("alice> ▏")
    });
    journey.says("third", "Three.");
    for _ in 0..3 {
        journey.told();
    }
    let (_, told) = journey.told();
    assert_eq!(told, ["user: first", "assistant: One.", "user: third"]);
    // Less than two of theirs.
    journey.took(19);
}

/// llm: `llm logs -q rome`, Enter.
#[test]
fn find_a_session_by_a_word_of_its_title() {
    let mut journey = Journey::of(&["Yes.", "Yes.", "By train."]);
    journey.starts();
    journey.terminal.types("/start Trip to Rome\r");
    journey.terminal.shows_such("a session", |screen| {
        screen.contains("Rome") && screen.ends_with("alice> ▏")
    });
    journey.says("shall we?", "Yes.");
    journey.terminal.types("/start taxes\r");
    journey.terminal.shows_such("another session", |screen| {
        screen.contains("taxes") && screen.ends_with("alice> ▏")
    });
    journey.says("must I?", "Yes.");
    journey.types("/resume rome\r");
    journey.terminal.shows_such("the first one", |screen| {
        screen.contains("“Trip to Rome” resumed") && screen.ends_with("alice> ▏")
    });
    journey.says("how?", "By train.");
    for _ in 0..2 {
        journey.told();
    }
    assert_eq!(
        journey.told().1,
        ["user: shall we?", "assistant: Yes.", "user: how?"]
    );
    journey.took(17);
}

/// llm: `llm logs -x`, Enter, and then the text is still to be copied.
#[test]
fn copy_the_code_out() {
    let reply = "Run this:\n\n```sh\nls | wc -l\n```\n\nIt counts files.";
    let mut journey = Journey::of(&[reply]);
    journey.starts();
    journey.terminal.types("how many files?\r");
    journey.shows("It counts files.\n\nalice> ▏");
    journey.types("/copy code\r");
    // `ls | wc -l` and a line feed, in Base64.
    journey
        .terminal
        .writes_such("the code for the clipboard", |written| {
            written.contains("\x1b]52;c;bHMgfCB3YyAtbAo=\x07")
        });
    journey.shows("\nalice> ▏");
    journey.took(12);
}
