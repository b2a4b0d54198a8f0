//! The menu of completions below the line.

use super::*;

const TAB: &str = "\t";
const BACK_TAB: &str = "\x1b[Z";
const ESC: &str = "\x1b";

/// Three sessions of alice, of which two have titles, and one of bob.
fn travellers() -> Saylog {
    let saylog = Saylog::new();
    let alices = "/start\nwhere to go\n/start Trip to Rome\none\ntwo\n/start a trip to Oslo\none\n";
    let bobs = "/user bob\n/start trip of bob\none\n";
    assert_eq!(saylog.play(format!("{alices}{bobs}")).code, 0);
    saylog
}

/// The screen without what changes from run to run: the beginnings of ids.
fn without_ids(screen: &str) -> String {
    let mut text = String::new();
    for line in screen.lines() {
        match line.find('…') {
            Some(at) if at == 6 => text += &format!("{}xxxx{}", &line[..2], &line[at..]),
            _ => text += line,
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

#[test]
fn sessions_are_described_and_walked_through() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    let shows = |terminal: &Terminal, expected: &str| {
        terminal.shows_such(expected, |screen| {
            without_ids(screen) == format!("{BANNER}\n{expected}")
        });
    };
    let rows = [
        "xxxx…  a trip to Oslo  just now  2 messages",
        "xxxx…  Trip to Rome    just now  4 messages",
        "xxxx…  where to go     just now  2 messages",
    ];
    let menu = |chosen: usize| {
        let rows = rows.iter().enumerate().map(|(number, row)| {
            let mark = if number == chosen { ">" } else { " " };
            format!("\n{mark} {row}")
        });
        rows.collect::<String>()
    };
    terminal.types(format!("/resume {TAB}"));
    shows(&terminal, &format!("alice> /resume ▏{}", menu(9)));
    terminal.types(TAB);
    shows(
        &terminal,
        &format!("alice> /resume a trip to Oslo▏{}", menu(0)),
    );
    terminal.types(DOWN);
    shows(
        &terminal,
        &format!("alice> /resume Trip to Rome▏{}", menu(1)),
    );
    terminal.types(BACK_TAB);
    shows(
        &terminal,
        &format!("alice> /resume a trip to Oslo▏{}", menu(0)),
    );
    // Esc gives the old word back.
    terminal.types(ESC);
    shows(&terminal, "alice> /resume ▏[ID|TITLE|N|latest]");
    // Enter takes, and sends nothing; the next one sends.
    terminal.types(format!("{TAB}{BACK_TAB}{UP}"));
    shows(
        &terminal,
        &format!("alice> /resume Trip to Rome▏{}", menu(1)),
    );
    terminal.types("\r");
    shows(&terminal, "alice> /resume Trip to Rome▏");
    terminal.types("\r");
    terminal.shows_such("the session", |screen| {
        screen.contains("“Trip to Rome” resumed, last used just now")
    });
    leave(terminal);
}

#[test]
fn titles_match_without_regard_to_case_and_anywhere() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    for (typed, expected) in [
        ("/resume tri", "/resume Trip to Rome"),
        ("/resume OSLO", "/resume a trip to Oslo"),
        ("/resume rome", "/resume Trip to Rome"),
        ("/RES", "/resume "),
        ("/istory", "/history "),
        ("/resume of bob", "/resume of bob"),
    ] {
        terminal.types(format!("{typed}{TAB}x"));
        terminal.shows_at_last(&format!("\nalice> {expected}x▏"));
        terminal.types(CTRL_U);
        terminal.shows_at_last("\nalice> ▏");
    }
    leave(terminal);
}

#[test]
fn typing_closes_the_menu_and_undo_gives_the_word_back() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("/sessions {TAB}{TAB}"));
    terminal.shows_at_last("\nalice> /sessions global▏\n> global\n  --all\n  --archived");
    terminal.types(" ");
    terminal.shows_at_last("\nalice> /sessions global ▏");
    terminal.types("\x7f\x1f");
    terminal.types(format!("{CTRL_U}/sessions {TAB}{TAB}"));
    terminal.shows_at_last("\nalice> /sessions global▏\n> global\n  --all\n  --archived");
    terminal.types("\x1f");
    terminal.shows_at_last("\nalice> /sessions ▏[global] [N] [--all|--archived]");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_narrow_window_has_what_fits_and_never_more_rows_than_half_of_it() {
    let saylog = Saylog::new();
    let lines: String = (0..30)
        .map(|number| format!("/start title {number:02} that is long\nhello\n"))
        .collect();
    assert_eq!(saylog.play(lines).code, 0);
    for (width, row) in [
        (40, "xxxx…  title 29 that is lo…  just now"),
        (80, "xxxx…  title 29 that is long  just now  2 messages"),
        (200, "xxxx…  title 29 that is long  just now  2 messages"),
    ] {
        let mut terminal = Terminal::of_width(width, &saylog, &[], &[]);
        terminal.shows_at_last("alice> ▏");
        terminal.types(format!("/resume {TAB}{TAB}"));
        terminal.shows_such("a menu", |screen| {
            let screen = without_ids(screen);
            let Some((_, menu)) = screen.split_once("> /resume title 29 that is long▏\n") else {
                return false;
            };
            let rows: Vec<_> = menu.lines().collect();
            rows.len() == 12 && rows[0] == format!("> {row}") && rows[11] == "  … 19 more"
        });
        // The last one comes before the first.
        terminal.types(BACK_TAB);
        terminal.shows_such("the end of the menu", |screen| {
            let screen = without_ids(screen);
            screen.contains("> /resume title 00 that is long▏\n")
                && screen.contains(&format!("\n> {}\n  … 19 more", row.replace("29", "00")))
        });
        terminal.types(CTRL_C);
        leave(terminal);
    }
}

#[test]
fn numbers_of_messages_are_completed_with_their_first_words() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("/show #{TAB}"));
    terminal.shows_at_last("\nalice> /show #▏\n  #5  user  alice two\n  #1  user  alice one");
    terminal.types(CTRL_C);
    terminal.types("/resume\r");
    terminal.shows_at_last("alice/<1>> ▏");
    terminal.types(format!("/quote #1 #{TAB}{TAB}"));
    terminal.shows_at_last(
        "alice/<1>> /quote #1 #6▏\n\
         > #6  ai    This is a mock response from AI.\n  \
           #5  user  alice two\n  \
           #2  ai    This is a mock response from AI.\n  \
           #1  user  alice one",
    );
    terminal.types(CTRL_C);
    leave(terminal);
    assert!(!saylog.said().is_empty());
}

#[test]
fn a_menu_has_no_colours_where_none_are_wanted() {
    let saylog = travellers();
    let mut terminal = prompt_with(&saylog, &[], &[("NO_COLOR", "1")]);
    terminal.types(format!("/sessions {TAB}{TAB}"));
    terminal.shows_at_last("\nalice> /sessions global▏\n> global\n  --all\n  --archived");
    terminal.types(CTRL_C);
    let written = terminal.written();
    leave(terminal);
    assert_eq!(colours(&written), [""; 0]);
}
