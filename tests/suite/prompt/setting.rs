//! `/set` at the prompt: what changes before one's eyes, and what is kept.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;
use crate::support::account::set_mode;
use crate::support::run::configured;

/// The prompt in a wide window, with a home that has no other configuration than its own.
#[track_caller]
fn at_prompt(saylog: &Saylog, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
    wide_prompt(saylog, arguments, variables)
}

fn file(saylog: &Saylog) -> PathBuf {
    saylog.folder().join(".config/saylog/config.toml")
}

#[track_caller]
fn has(saylog: &Saylog, expected: &str) {
    let text = fs::read_to_string(file(saylog)).expect("a file");
    assert_eq!(text, expected);
}

/// Types a line and waits for its answer, in which the folder is `<folder>`, the
/// rows being joined.
#[track_caller]
fn answers(terminal: &mut Terminal, saylog: &Saylog, line: &str, expected: &str) {
    terminal.types(format!("{line}\r"));
    let folder = saylog.folder().to_string_lossy().into_owned();
    terminal.shows_such(expected, |screen| {
        let Some((before, _)) = screen.rsplit_once("\nalice> ▏") else {
            return false;
        };
        let answer = before.rsplit_once(&format!("> {line}\n"));
        let answer = answer.map_or("", |(_, answer)| answer);
        let joined = answer.replace("\n  ", " ").replace(&folder, "<folder>");
        joined == expected
    });
}

const FILE: &str = "<folder>/.config/saylog/config.toml";

#[test]
fn the_list_says_where_each_comes_from() {
    let saylog = configured("verbose = true\n");
    let mut terminal = at_prompt(&saylog, &["--reasoning", "hide"], &[("SAYLOG_KEYS", "vi")]);
    terminal.types("/set\r");
    terminal.shows_such("a list", |screen| {
        [
            "\n  markdown               true (default)\n",
            "\n  reasoning              hide (flag, --reasoning)\n",
            "\n  verbose                true (configuration)\n",
            "\n  keys                   vi (environment, SAYLOG_KEYS)\n",
            "\n  user                   alice (flag, --user, fixed)\n",
        ]
        .iter()
        .all(|row| screen.contains(row))
    });
    terminal.resizes(24, 40);
    terminal.types("/set prompt\r");
    terminal.shows_at_last("> /set prompt\n  prompt {user}{/title:20}>  (default)\nalice> ▏");
    leave(terminal);
}

#[test]
fn the_prompt_and_its_keys_change_at_once() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/set prompt \"{model}: \"\r");
    terminal.shows_at_last("\n`prompt` is \"{model}: \" for this run.\nmock: ▏");
    terminal.types("/set prompt \"{user}{/title:20}> \"\r");
    terminal.shows_at_last("for this run.\nalice> ▏");
    terminal.types("/set keys vi\r");
    terminal.shows_at_last("\n`keys` is vi for this run.\nalice> ▏");
    terminal.types("abc");
    terminal.shows_at_last("\nalice> abc▏");
    terminal.types("\x1b");
    terminal.shows_at_last("\nalice> ab▏c");
    terminal.types("0x");
    terminal.shows_at_last("\nalice> ▏bc");
    terminal.types("dd");
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("i/set keys emacs\r");
    terminal.shows_at_last("\n`keys` is emacs for this run.\nalice> ▏");
    terminal.types("abc\x01x");
    terminal.shows_at_last("\nalice> x▏abc");
    terminal.types(CTRL_U);
    terminal.types("\x0b/set share true\r");
    terminal.shows_at_last("\n`share` is true for this run.\nalice> ▏");
    terminal.types("hello\r");
    terminal.shows_such("a share", |screen| screen.ends_with("%> ▏"));
    leave(terminal);
}

#[test]
fn replies_are_laid_out_or_not_from_the_next_one_on() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let mut terminal = wide_prompt(&saylog, &["--start"], &[]);
    terminal.types("some **bold** text\r");
    terminal.shows_such("bold", |screen| screen.contains("\nsome bold text\n"));
    terminal.types("/set markdown false\r");
    terminal.shows_such("a receipt", |screen| {
        screen.contains("\n`markdown` is false for this run.\n")
    });
    terminal.types("more **bold** text\r");
    terminal.shows_such("stars", |screen| {
        screen.contains("\nmore **bold** text\n\n")
    });
    leave(terminal);
}

#[test]
fn a_setting_is_kept_and_the_rest_of_the_file_stays() {
    let saylog = configured(
        "# All of it.\n\nuser = 'alice' # me\n\n# a mock\n[personas.x]\nmodel = \"mock\"\n",
    );
    set_mode(&file(&saylog), 0o640);
    let mut terminal = at_prompt(&saylog, &[], &[]);
    let saved = format!("`keys` is vi, and saved in {FILE}.");
    answers(&mut terminal, &saylog, "/set keys vi --save", &saved);
    has(
        &saylog,
        "# All of it.\n\nuser = 'alice' # me\nkeys = \"vi\"\n\n# a mock\n[personas.x]\nmodel = \"mock\"\n",
    );
    let there = format!("`keys` is vi, as in {FILE} already.");
    answers(&mut terminal, &saylog, "/set keys --save", &there);
    answers(&mut terminal, &saylog, "/set --save keys vi", &there);
    let mode = fs::metadata(file(&saylog))
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    let names = fs::read_dir(saylog.folder().join(".config/saylog")).expect("a folder");
    assert_eq!(names.count(), 1);
    leave(terminal);
    let outcome = saylog.lines(&["/set keys"]);
    assert_eq!(outcome.stdout, "keys vi configuration\n");
}

#[test]
fn a_file_is_made_for_its_owner_alone() {
    let saylog = Saylog::new();
    let folder = saylog.folder().join("conf");
    let variables = [("XDG_CONFIG_HOME", folder.to_str().expect("UTF-8"))];
    let mut terminal = at_prompt(&saylog, &[], &variables);
    let saved = "`parallel` is 16, and saved in <folder>/conf/saylog/config.toml.";
    answers(&mut terminal, &saylog, "/set parallel --save", saved);
    leave(terminal);
    let made = folder.join("saylog/config.toml");
    assert_eq!(
        fs::read_to_string(&made).expect("a file"),
        "parallel = 16\n"
    );
    for (path, mode) in [
        (made, 0o600),
        (folder.join("saylog"), 0o700),
        (folder, 0o700),
    ] {
        let found = fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(found & 0o777, mode, "{}", path.display());
    }
}

#[test]
fn a_link_stays_and_leads_to_what_was_saved() {
    let saylog = configured("");
    let target = saylog.folder().join("dotfile");
    fs::write(&target, "share = true\n").expect("a file");
    fs::remove_file(file(&saylog)).expect("it goes");
    symlink(&target, file(&saylog)).expect("a link");
    let mut terminal = at_prompt(&saylog, &[], &[]);
    terminal.types("/set reasoning show --save\r");
    terminal.shows_such("a receipt", |screen| screen.contains("show, and saved in"));
    leave(terminal);
    assert!(
        fs::symlink_metadata(file(&saylog))
            .expect("a link")
            .is_symlink()
    );
    let text = fs::read_to_string(&target).expect("a file");
    assert_eq!(text, "share = true\nreasoning = \"show\"\n");
}

#[test]
fn a_models_settings_go_into_its_table() {
    let table = "[models.fast]\nbase_url = \"http://localhost:9/v1\"\nwithout = [\"seed\"]\n";
    let saylog = configured(&format!(
        "model = \"fast\"\n{table}[models.other]\ncommand = [\"x\"]\n"
    ));
    let mut terminal = at_prompt(&saylog, &[], &[]);
    for (line, is) in [
        ("/set idle 7 --save", "`idle` of fast is 7"),
        (
            "/set parameters.seed 3 --save",
            "`parameters.seed` of fast is 3",
        ),
    ] {
        let saved = format!("{is}, and saved in {FILE}.");
        answers(&mut terminal, &saylog, line, &saved);
    }
    answers(
        &mut terminal,
        &saylog,
        "/set parameters.stream_options null --save",
        &format!("`parameters.stream_options` of fast is null, and saved in {FILE}."),
    );
    let text = fs::read_to_string(file(&saylog)).expect("a file");
    let read: toml::Table = text.parse().expect("TOML");
    let fast = &read["models"]["fast"];
    assert_eq!(fast["idle"].as_integer(), Some(7));
    assert_eq!(fast["parameters"]["seed"].as_integer(), Some(3));
    assert_eq!(fast["without"][0].as_str(), Some("stream_options"));
    terminal.types("/info\r");
    terminal.shows_such("the configuration", |screen| {
        screen.contains("configuration: ") && !screen.contains("configuration: none")
    });
    answers(
        &mut terminal,
        &saylog,
        "/model mock",
        "mock, in place of fast",
    );
    answers(
        &mut terminal,
        &saylog,
        "/set window 9 --save",
        &format!(
            "error: the model `mock` is not described in {FILE}, and nothing was saved; \
             a mock has no table; without `--save` it holds for this run"
        ),
    );
    answers(
        &mut terminal,
        &saylog,
        "/set window",
        "  window                 8192 (default)",
    );
    leave(terminal);
}

#[test]
fn a_file_that_is_broken_meanwhile_is_left_alone() {
    let saylog = configured("keys = \"emacs\"\n");
    let mut terminal = at_prompt(&saylog, &[], &[]);
    for (text, why) in [
        (
            "keys = \n",
            ":1: `keys`: string values must be quoted, expected literal string",
        ),
        ("kyes = 1\n", ":1: unknown field `kyes`"),
    ] {
        fs::write(file(&saylog), text).expect("a file");
        let told = format!("error: nothing was saved: {FILE}{why}");
        answers(&mut terminal, &saylog, "/set keys vi --save", &told);
        has(&saylog, text);
    }
    answers(
        &mut terminal,
        &saylog,
        "/set keys",
        "  keys                   emacs (configuration)",
    );
    leave(terminal);
}

#[test]
fn a_file_that_may_not_be_written_is_one_sentence() {
    let saylog = configured("");
    let mut terminal = at_prompt(&saylog, &[], &[]);
    fs::remove_dir_all(saylog.folder().join(".config")).expect("it goes");
    fs::write(saylog.folder().join(".config"), "").expect("a file");
    let told = format!("error: nothing was saved: {FILE}: not a directory");
    answers(&mut terminal, &saylog, "/set keys vi --save", &told);
    leave(terminal);
}

#[test]
fn what_comes_before_the_file_is_told() {
    let saylog = configured("");
    let mut terminal = at_prompt(&saylog, &["--reasoning", "show"], &[("SAYLOG_KEYS", "vi")]);
    answers(
        &mut terminal,
        &saylog,
        "/set keys emacs --save",
        &format!(
            "`keys` is emacs, and saved in {FILE}.\n\
             the variable SAYLOG_KEYS comes before the file at the next start, if it is still set"
        ),
    );
    answers(
        &mut terminal,
        &saylog,
        "/set reasoning --save",
        &format!(
            "`reasoning` is show, and saved in {FILE}.\n\
             --reasoning comes before the file where it is given, as in this run"
        ),
    );
    leave(terminal);
}

#[test]
fn a_run_without_the_configuration_saves_nothing() {
    let saylog = configured("keys = \"emacs\"\n");
    let mut terminal = at_prompt(&saylog, &["--no-config"], &[]);
    answers(
        &mut terminal,
        &saylog,
        "/set keys vi --save",
        "error: nothing is saved in a run with `--no-config`; start without it, or change it without `--save`",
    );
    answers(
        &mut terminal,
        &saylog,
        "/set store --save",
        "error: nothing is saved in a run with `--no-config`; start without it, or change it without `--save`",
    );
    leave(terminal);
    has(&saylog, "keys = \"emacs\"\n");
}

#[test]
fn a_dumb_terminal_has_a_prompt_too() {
    let saylog = configured("");
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("/set prompt \"{model}: \"\r");
    terminal.shows_at_last("\n`prompt` is \"{model}: \" for this run.\nmock: ▏");
    terminal.types("/set share true --save\r");
    terminal.shows_such("a receipt", |screen| {
        screen.ends_with("\nmock: ▏") && screen.contains("saved in")
    });
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    has(&saylog, "share = true\n");
}

#[test]
fn keys_and_values_are_completed() {
    let saylog =
        configured("[models.m]\nbase_url = \"http://localhost:9/v1\"\nparameters = { seed = 1 }\n");
    let mut terminal = wide_prompt(&saylog, &["-m", "m"], &[]);
    for (line, expected) in [
        ("/set key", "/set keys"),
        ("/set keys v", "/set keys vi"),
        ("/set markdown f", "/set markdown false"),
        ("/set reasoning sh", "/set reasoning show"),
        ("/set parameters.s", "/set parameters.seed"),
        ("/set first", "/set first_byte"),
        ("/set keys vi --", "/set keys vi --save"),
        ("/set keys --s", "/set keys --save"),
        ("/set keys vi v", "/set keys vi v"),
        // What may not be changed is not offered.
        ("/set stor", "/set stor"),
    ] {
        terminal.types(format!("{line}\tx"));
        terminal.shows_at_last(&format!("\nalice> {expected}x▏"));
        terminal.types(CTRL_U);
        terminal.shows_at_last("\nalice> ▏");
    }
    leave(terminal);
}
