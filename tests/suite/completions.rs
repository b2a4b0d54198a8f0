//! The arguments are completed by real shells, in whose lines nothing that was said can
//! be run.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::support::run::{SAYLOG, Saylog, feed, on_server, skipped};
use crate::support::terminal::Terminal;

/// Titles that would do something if a shell took them for more than a word.
const TITLES: [&str; 12] = [
    "a$(touch ran)",
    "b`touch ran`",
    "c it's \"so\"",
    "d; touch ran",
    "e * ? [a-z] {1,2}",
    "~root",
    "g!! $HOME",
    "h\\n \\",
    "i été 天气 🙂",
    "j ends with '",
    "k ends with \"",
    "y=m:n & >ran <(touch ran) #",
];

/// A store with these sessions of alice and one of bob's, and a folder with a program
/// called `saylog` that completes as ours does, and otherwise writes down its arguments.
struct Place {
    saylog: Saylog,
    folder: PathBuf,
}

impl Place {
    fn new(titles: &[&str]) -> Self {
        let saylog = Saylog::new();
        let mut lines = vec!["/user bob".to_owned(), "/start secret of bob".to_owned()];
        lines.push("/user alice".into());
        lines.extend(titles.iter().map(|title| format!("/start {title}")));
        let played = saylog.play(lines.join("\n") + "\n");
        assert_eq!((played.stderr.as_str(), played.code), ("", 0));
        let folder = saylog.folder().join("bin");
        fs::create_dir(&folder).expect("a folder");
        let program = folder.join("saylog");
        let script = format!(
            "#!/bin/sh\nif [ \"$1\" = --complete ]; then exec '{SAYLOG}' \"$@\"; fi\n\
             printf '%s\\n' \"$#\" \"$@\" >\"$HOME/given\"\necho told\n"
        );
        fs::write(&program, script).expect("a program");
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&program, mode).expect("a program that can be run");
        for shell in ["bash", "zsh", "fish"] {
            let script = saylog.run(&["--completions", shell]);
            assert_eq!((script.stderr.as_str(), script.code), ("", 0));
            fs::write(saylog.folder().join(shell), script.stdout).expect("a script");
        }
        Self { saylog, folder }
    }

    /// A shell with its own files only, at home in the folder.
    fn shell(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.saylog.folder())
            .env("PATH", format!("{}:/usr/bin:/bin", self.folder.display()))
            .env("TERM", "xterm-256color")
            .env("LC_ALL", "C.UTF-8")
            .env("SAYLOG_USER", "alice")
            .env("SAYLOG_STORE", self.saylog.store())
            .current_dir(self.saylog.folder());
        command
    }

    /// What the program was given at last.
    fn given(&self) -> Vec<String> {
        let file = self.saylog.folder().join("given");
        let given = fs::read_to_string(&file).expect("what was given");
        fs::remove_file(file).expect("a file");
        given.lines().skip(1).map(str::to_owned).collect()
    }

    /// Nothing of a title was run.
    fn is_untouched(&self) -> bool {
        !self.saylog.folder().join("ran").exists()
    }
}

/// Whether a shell is there and the store is a file, which is all that is completed.
fn has(shell: &str) -> bool {
    let is_there = Command::new(shell)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_there {
        skipped("completing arguments", shell);
    }
    is_there && on_server().is_none()
}

/// Types what completes into these titles at an interactive shell, and Enter: the
/// program gets them as they are. `quotes` are those that a person may begin with.
fn completes_titles(place: &Place, mut terminal: Terminal, quotes: &[&str]) {
    terminal.shows_such("a prompt", |screen| screen.ends_with("ready> ▏"));
    for title in TITLES {
        for quote in quotes {
            let begin = title.chars().next().expect("a character");
            // A tilde without quotes is somebody's home, which shells complete themselves.
            let begin = match (begin, *quote) {
                ('~', "") => "\\~".to_owned(),
                (begin, quote) => format!("{quote}{begin}"),
            };
            terminal.types(format!("saylog --resume {begin}\t"));
            let rest = title.chars().next_back().expect("a character");
            terminal.shows_such(&format!("{title} completed"), |screen| {
                let row = screen.rsplit("ready> ").next().unwrap_or_default();
                row.contains(rest) && row.trim_end_matches('▏').len() > begin.len() + 20
            });
            terminal.types("\r");
            terminal.shows_such("the end of a run", |screen| {
                screen.ends_with("told\nready> ▏")
            });
            assert_eq!(place.given(), ["--resume", title], "typed: {begin}");
            // One screen for each.
            terminal.types("clear\r");
            terminal.shows_such("an empty screen", |screen| screen == "ready> ▏");
        }
    }
    assert!(place.is_untouched());
    terminal.types("exit\r");
    terminal.ends();
}

#[test]
fn bash_puts_titles_in_as_words() {
    if !has("bash") {
        return;
    }
    let place = Place::new(&TITLES);
    fs::write(
        place.saylog.folder().join("rc"),
        "PS1='ready> '\nbind 'set enable-bracketed-paste off'\nbind 'set bell-style none'\n. ./bash\n",
    )
    .expect("a file");
    let mut bash = place.shell("bash");
    bash.args(["--noprofile", "--rcfile", "rc", "-i"]);
    completes_titles(&place, Terminal::start(&bash), &["", "'", "\""]);
}

#[test]
fn zsh_puts_titles_in_as_words() {
    if !has("zsh") {
        return;
    }
    let place = Place::new(&TITLES);
    fs::write(
        place.saylog.folder().join(".zshrc"),
        "PS1='ready> '\nunsetopt beep prompt_sp zle_bracketed_paste\nunset zle_bracketed_paste\n\
         autoload -Uz compinit\ncompinit -u -D\n. ./zsh\n",
    )
    .expect("a file");
    let mut zsh = place.shell("zsh");
    zsh.args(["-d", "-i"]);
    completes_titles(&place, Terminal::start(&zsh), &["", "'", "\""]);
}

/// What the program answers to the script of a shell, with these variables besides.
fn answer(place: &Place, asked: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let mut command = place.shell(SAYLOG);
    command.arg("--complete").args(asked);
    command.envs(variables.iter().copied());
    let answer = feed(command, b"");
    assert_eq!((answer.stderr.as_str(), answer.code), ("", 0), "{asked:?}");
    answer.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn options_and_their_values_are_offered() {
    if on_server().is_some() {
        return;
    }
    let place = Place::new(&["trip to Rome"]);
    let variables = &[
        ("OPENAI_API_KEY", "test-key-123"),
        ("KIND", "other"),
        ("KEY.dot", "no name"),
    ];
    for (line, replaced, offered) in [
        ("saylog --inp", "--inp", &["words", "--input"][..]),
        ("saylog --input ", "", &["words", "lines", "json"]),
        ("saylog --input=j", "j", &["words", "json"]),
        ("saylog --color always --col", "--col", &["words"]),
        (
            "saylog --timeout idle=1 --timeo",
            "--timeo",
            &["words", "--timeout"],
        ),
        (
            "saylog --completions ",
            "",
            &["words", "bash", "zsh", "fish"],
        ),
        ("saylog --mcp=", "", &["words", "user", "global"]),
        ("saylog -m mock:e", "e", &["words", "echo"]),
        ("saylog -mmock:s", "s", &["words", "slow"]),
        (
            "saylog --no-config --model 'mock:e",
            "mock:e",
            &["words", "mock:echo"],
        ),
        ("saylog -u ", "", &["words", "alice", "bob"]),
        ("saylog -ub", "-ub", &["words", "-ubob"]),
        ("saylog --resume t", "t", &["words", "trip\\ to\\ Rome"]),
        ("saylog --resume=\"t", "t", &["words", "trip to Rome"]),
        (
            "saylog -r trip\\ to\\",
            "trip\\ to\\",
            &["words", "trip\\ to\\ Rome"],
        ),
        // Such quotes have escapes of their own.
        ("saylog -r $'t", "t", &["words"]),
        (
            "saylog -u bob -r ",
            "",
            &["words", "secret\\ of\\ bob", "latest"],
        ),
        ("saylog -r -u bo", "bo", &["words", "bob"]),
        ("saylog -c /he", "/he", &["words", "/help"]),
        ("saylog -c hello", "hello", &["words"]),
        ("saylog --store ", "", &["files"]),
        ("saylog --store=x", "x", &["files"]),
        ("saylog --copy a ", "", &["files"]),
        ("saylog --copy a b --gr", "--gr", &["words", "--grant"]),
        ("saylog --key-variable ", "", &["words", "OPENAI_API_KEY"]),
        ("saylog what is", "is", &["files"]),
        ("saylog -- -", "-", &["files"]),
        ("saylog --nosuch=", "", &["words"]),
    ] {
        assert_eq!(
            answer(&place, &["bash", line, replaced], variables),
            offered,
            "{line}"
        );
    }
    // What others are told besides.
    assert_eq!(
        answer(&place, &["zsh", "saylog", "--input", "j"], &[]),
        ["words", "json\tJSON values"]
    );
}

#[test]
fn a_title_that_cannot_be_typed_is_offered_by_its_id() {
    if on_server().is_some() {
        return;
    }
    let place = Place::new(&["-x", "a\u{7}b", "c\u{202e}d", "plain"]);
    let told = place
        .saylog
        .run(&["--json", "-c", "/sessions --all"])
        .stdout;
    let rows = told
        .lines()
        .map(|row| -> serde_json::Value { serde_json::from_str(row).expect("JSON") });
    let mut expected = vec!["words".to_owned()];
    for row in rows.filter(|row| row["event"] == "session_row") {
        let word = |field: &str| row[field].as_str().expect("text").to_owned();
        expected.push(if row["title"] == "plain" {
            word("title")
        } else {
            word("session_id")
        });
    }
    expected.push("latest".into());
    let offered = answer(&place, &["fish", "saylog", "--resume", ""], &[]);
    let words: Vec<_> = offered
        .iter()
        .map(|line| line.split('\t').next().expect("a word"))
        .collect();
    assert_eq!(words, expected);
}

#[test]
fn completing_makes_nothing_connects_to_nobody_and_tells_no_error() {
    if on_server().is_some() {
        return;
    }
    let place = Place::new(&["plain"]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a listener");
    let server = format!(
        "postgres://{}/x",
        listener.local_addr().expect("an address")
    );
    fs::write(place.saylog.folder().join("text"), "no store").expect("a file");
    let before = listing(&place);
    for store in ["nowhere/x.db", "x.db", "text", "bin", "", server.as_str()] {
        for option in ["--resume", "--user"] {
            let asked = ["zsh", "saylog", option, ""];
            let offered = answer(&place, &asked, &[("SAYLOG_STORE", store)]);
            assert_eq!(offered, ["words"], "{store}");
        }
    }
    let wrong = [("SAYLOG_USER", "\u{7}"), ("SAYLOG_API", "nonsense")];
    for variable in wrong {
        let asked = ["zsh", "saylog", "--resume", ""];
        assert_eq!(answer(&place, &asked, &[variable]), ["words"]);
    }
    assert_eq!(
        answer(&place, &["zsh", "saylog", "--resume", "p"], &[]),
        ["words", "plain"]
    );
    assert_eq!(listing(&place), before);
    let refused = listener.accept().expect_err("nobody connects").kind();
    assert_eq!(refused, std::io::ErrorKind::WouldBlock);
}

/// Every file of the folder, with what is in it.
fn listing(place: &Place) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(place.saylog.folder()).expect("a folder");
    let mut found: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.clone(), fs::read(&path).unwrap_or_default()))
        .collect();
    found.sort();
    found
}

#[test]
fn fish_puts_titles_in_as_words() {
    if !has("fish") {
        return;
    }
    let place = Place::new(&TITLES);
    let mut fish = place.shell("fish");
    fish.args([
        "-i",
        "-N",
        "-C",
        "function fish_prompt; echo -n 'ready> '; end; function fish_greeting; end; \
         set -g fish_autosuggestion_enabled 0; source fish",
    ]);
    completes_titles(&place, Terminal::start(&fish), &["", "'", "\""]);
}

/// What fish would offer for a line.
fn fish_offers(place: &Place, line: &str) -> String {
    let mut fish = place.shell("fish");
    fish.args(["-N", "-c", "source fish; complete -C $argv[1]", line]);
    let offered = feed(fish, b"");
    assert_eq!((offered.stderr.as_str(), offered.code), ("", 0));
    offered.stdout
}

#[test]
fn fish_is_offered_titles_as_words() {
    if !has("fish") {
        return;
    }
    let place = Place::new(&TITLES);
    let offered = fish_offers(&place, "saylog --resume ");
    let mut expected: Vec<_> = TITLES.iter().rev().copied().collect();
    expected.push("latest\tthe latest session");
    assert_eq!(offered.lines().collect::<Vec<_>>(), expected);
    assert!(place.is_untouched());
}
