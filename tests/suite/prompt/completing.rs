//! Tab behind the commands that branch: sessions, personas, users, models.

use super::*;
use crate::support::run::configured;

/// Types each line and a Tab, and looks at what stands there then.
#[track_caller]
fn completes(terminal: &mut Terminal, lines: &[(&str, &str)]) {
    for (line, expected) in lines {
        // The `x` shows that the Tab before it has been dealt with.
        terminal.types(format!("{line}\tx"));
        terminal.shows_at_last(&format!("\nalice> {expected}x▏"));
        terminal.types(CTRL_U);
        terminal.shows_at_last("\nalice> ▏");
    }
}

#[test]
fn resume_is_completed_by_ones_own_ids_and_titles() {
    let saylog = Saylog::new();
    let alices = "/start red plan\none\n/start blue\ntwo\n/start\nwords only\n";
    let bobs = "/user bob\n/start red herring\none\n/start redder\ntwo\n";
    assert_eq!(saylog.play(format!("{alices}{bobs}")).code, 0);
    let (own, other) = (session_of(&saylog, "alice"), session_of(&saylog, "bob"));
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/resume r", "/resume red plan"),
            ("/resume red p", "/resume red plan"),
            ("/resume bl", "/resume blue"),
            ("/resume lat", "/resume latest"),
        ],
    );
    // Alice's three are offered, those with titles first, and none of bob's.
    terminal.types("/resume \t");
    terminal.shows_such("three sessions", |screen| {
        let (_, menu) = screen.split_once("/resume ▏\n").unwrap_or_default();
        let rows: Vec<_> = menu.lines().map(described).collect();
        rows == ["blue", "red plan", "words only"].map(|name| format!("  xxxx…  {name}"))
    });
    terminal.types(format!("{CTRL_U}/resume {}\tx", &other[..8]));
    terminal.shows_such("nothing more", |screen| screen.ends_with("x▏"));
    let written = terminal.written();
    assert!(written.contains(&own[..4]) && !written.contains(&other[..9]));
    assert!(!written.contains("herring") && !written.contains("redder"));
    terminal.types(CTRL_C);
    leave(terminal);
}

/// A row that describes a session: what changes from run to run is left out.
fn described(row: &str) -> String {
    let (id, rest) = row.split_once('…').unwrap_or_default();
    let (name, rest) = rest.split_once("just now").unwrap_or_default();
    assert_eq!(rest, "  2 messages");
    let id: String = id.chars().map(|c| if c == ' ' { c } else { 'x' }).collect();
    format!("{id}…{}", name.trim_end())
}

#[test]
fn a_resumed_title_of_several_words_is_found() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start red plan\none\n/start\ntwo\n").code, 0);
    let mut terminal = wide_prompt(&saylog, &[], &[]);
    terminal.types("/resume re\t\r");
    shows_timeless(
        &terminal,
        "\
alice> /resume red plan
Session <1> “red plan” resumed, last used just now, 2 messages, 2 in context.
alice/<1>  0000-00-00
  00:00:00    #1 user  one
  00:00:00    #2 ai    This is a mock response from AI.
alice/red plan> ▏",
    );
    leave(terminal);
}

#[test]
fn personas_are_completed_behind_their_flags() {
    let saylog = configured("[personas.critic]\n[personas.cook]\n[personas.poet]\n");
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/start --", "/start --as"),
            ("/start --as p", "/start --as poet"),
            ("/start --as cr", "/start --as critic"),
            // A title is free text.
            ("/start --as critic p", "/start --as critic p"),
            ("/start p", "/start p"),
            ("/each -", "/each --personas"),
            ("/each --personas p", "/each --personas poet"),
            ("/each --personas poet,cr", "/each --personas poet,critic"),
            ("/each --personas poet p", "/each --personas poet p"),
        ],
    );
    terminal.types("/start --as \t");
    terminal.shows_at_last("\nalice> /start --as ▏\n  cook\n  critic\n  poet");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn each_is_completed_by_users() {
    let saylog = two_people();
    assert_eq!(
        saylog.play("/user x y\n/start\n/user a,b\n/start\n").code,
        0
    );
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/each al", "/each alice"),
            ("/each alice,b", "/each alice,bob"),
            ("/each alice,bob,x", "/each alice,bob,\"x y\""),
        ],
    );
    leave(terminal);
}

#[test]
fn each_alone_is_completed_by_all_users_and_the_flag() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/each \t");
    terminal.shows_such("the users and the flag", |screen| {
        screen.ends_with("\nalice> /each ▏\n  alice\n  bob\n  --personas")
    });
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn the_words_of_sessions_and_the_models_of_retry_are_completed() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/sessions g", "/sessions global"),
            ("/sessions --al", "/sessions --all"),
            ("/sessions --ar", "/sessions --archived"),
            ("/sessions global --al", "/sessions global --all"),
            ("/retry mock:e", "/retry mock:echo"),
            ("/edit -", "/edit --editor"),
        ],
    );
    terminal.types("/sessions \t");
    terminal.shows_at_last("\nalice> /sessions ▏\n  global\n  --all\n  --archived");
    terminal.types(format!("{CTRL_U}/retry m\t"));
    terminal.shows_at_last("\nalice> /retry mock▏\n  mock\n  mock:echo\n  mock:slow");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn paths_are_completed_and_no_name_controls_the_terminal() {
    let saylog = Saylog::new();
    for name in ["notes.txt", "my words.txt", "evil\x1b[2J\x07", ".hidden"] {
        std::fs::write(saylog.folder().join(name), "x").expect("a file");
    }
    std::fs::create_dir(saylog.folder().join("folder")).expect("a folder");
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/file no", "/file notes.txt"),
            ("/file ~/no", "/file ~/notes.txt"),
            ("/file my", "/file \"my words.txt\""),
            ("/file fol", "/file folder/"),
            ("/file .h", "/file .hidden"),
            ("/file ev", "/file ev"),
            ("/file OTES", "/file notes.txt"),
            ("/file notes.txt no", "/file notes.txt no"),
        ],
    );
    terminal.types("/file \t");
    terminal.shows_such("a list", |screen| screen.contains("\"notes.txt\""));
    assert_harmless(&terminal);
    terminal.types(format!("{CTRL_U}/file my\t what?\r"));
    terminal.shows_such("the reply", |screen| {
        screen.contains("mock response") && screen.ends_with("> ▏")
    });
    let said = saylog.said();
    assert_eq!(said[0], "alice user: what?\n\n```my words.txt\nx\n```");
    leave(terminal);
}

#[test]
fn every_file_of_an_import_is_completed_and_the_forms_of_both_ways() {
    let saylog = Saylog::new();
    for name in ["first.json", "my talks.json", "other.zip"] {
        std::fs::write(saylog.folder().join(name), "x").expect("a file");
    }
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/import fi", "/import first.json"),
            ("/import first.json oth", "/import first.json other.zip"),
            (
                "/import first.json my",
                "/import first.json \"my talks.json\"",
            ),
            (
                "/import \"my talks.json\" oth",
                "/import \"my talks.json\" other.zip",
            ),
            ("/import first.json --dr", "/import first.json --dry-run"),
            ("/import --format libr", "/import --format librechat"),
            ("/import --format llm fi", "/import --format llm first.json"),
            ("/export --format mark", "/export --format markdown"),
            ("/stats he", "/stats heat"),
            ("/stats by se", "/stats by session"),
            ("/stats by h", "/stats by hour"),
            ("/stats by day si", "/stats by day since:"),
            (
                "/export in:global --format says",
                "/export in:global --format says",
            ),
            (
                "/export in:global --format sayl",
                "/export in:global --format saylog",
            ),
        ],
    );
    leave(terminal);
}

#[test]
fn what_is_archived_is_offered_to_bring_it_back_only() {
    // Whether a session has `b` in its id is not left to chance.
    let saylog = Saylog::new().exact();
    let transcript = "/start red plan\none\n/start blue\ntwo\n/archive red plan\n";
    assert_eq!(saylog.play(transcript).code, 0);
    let mut terminal = prompt(&saylog);
    completes(
        &mut terminal,
        &[
            ("/resume r", "/resume r"),
            ("/archive r", "/archive r"),
            ("/archive b", "/archive blue"),
            ("/archive -", "/archive --undo"),
            ("/archive --undo b", "/archive --undo b"),
            ("/archive --undo r", "/archive --undo red plan"),
        ],
    );
    terminal.types("/archive --undo red plan\r");
    terminal.shows_at_last(
        "\nSession <1> “red plan” is in the lists again; `/archive` archives it.\nalice> ▏",
    );
    terminal.types("/archive blue\r");
    terminal.shows_at_last(
        "\nSession <2> “blue” is archived; `/archive --undo` brings it back.\nalice> ▏",
    );
    leave(terminal);
}
