//! The list of sessions in narrow and in wide windows.

use super::*;
use crate::support::script::scripted;

/// Sessions of every kind and age; the last one is current in the next run.
fn of_all_ages() -> Saylog {
    let saylog = scripted();
    let long = "a trip to Rome and back again by train, with a stop in Florence and a day in Assisi, \
                all for the four of us";
    assert_eq!(saylog.play(format!("/start {long}\none\n/clear\n")).code, 0);
    assert_eq!(saylog.play("/fork\n").code, 1);
    let lines =
        "/start plans 你好🙂é\none\n/fork\ntwo\n/start\n  what\tis  new?\n/fork\n/model mock\n";
    assert_eq!(saylog.play(lines).code, 0);
    assert_eq!(saylog.play("/user bob\n/start\nmy own\n").code, 0);
    let store = saylog.stored();
    for (session, ago) in [
        (1, 21 * 86_400_000),
        (2, 26 * 3_600_000),
        (3, 125 * 60_000),
        (4, 5 * 60_000),
        (5, -3_600_000),
        (6, 500 * 86_400_000_i64),
    ] {
        let at = 1_795_354_327_120 - ago;
        store.tamper(&format!(
            "UPDATE sessions SET touched_at = {at} WHERE id = {session}"
        ));
    }
    saylog
}

/// The window after `/sessions` in a session in which nothing was said.
#[track_caller]
fn lists(columns: u16, saylog: &Saylog, line: &str, expected: &str) {
    let mut terminal = Terminal::of_width(columns, saylog, &[], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types("/start\r");
    terminal.shows_such("a session", |screen| {
        screen.ends_with("> ▏") && screen.contains("success")
    });
    terminal.types(format!("{CTRL_L}{line}\r"));
    terminal.shows(&format!("alice/<1>> {line}\n{expected}alice/<1>> ▏"));
    leave(terminal);
}

#[test]
fn a_title_has_what_the_window_leaves_it() {
    let saylog = of_all_ages();
    let cards = "*     <1>
      0 in the context, 0 in the log,
      just now
    1 <2> fork of <3>
      2 in the context, 0 in the log, in
      the future
    2 <3> what is new?
      2 in the context, 2 in the log,
      mock:echo answered, 5 min ago
    3 <4> fork of plans 你好🙂é
      4 in the context, 2 in the log,
      mock:echo answered, 2 h ago
    4 <5> plans 你好🙂é
      2 in the context, 2 in the log,
      mock:echo answered, yesterday
    5 <6> a trip to Rome and back…
      0 in the context, 2 in the log,
      mock:echo answered, 3 weeks ago
";
    let table = "  context: what the model sees, log: what was said
  no. id       title                   context   log answered by   last
*     <1>                               0     0 -             just now
    1 <2> fork of <3>              2     0 -             in the future
    2 <3> what is new?                  2     2 mock:echo     5 min ago
    3 <4> fork of plans 你好🙂é         4     2 mock:echo     2 h ago
    4 <5> plans 你好🙂é                 2     2 mock:echo     yesterday
    5 <6> a trip to Rome and bac…       0     2 mock:echo     3 weeks ago
";
    let wide = "  context: what the model sees, log: what was said
  no. id       title                                                                                                                            context   log answered by                  last
*     <1>                                                                                                                                        0     0 -                            just now
    1 <2> fork of <3>                                                                                                                       2     0 -                            in the future
    2 <3> what is new?                                                                                                                           2     2 mock:echo                    5 min ago
    3 <4> fork of plans 你好🙂é                                                                                                                  4     2 mock:echo                    2 h ago
    4 <5> plans 你好🙂é                                                                                                                          2     2 mock:echo                    yesterday
    5 <6> a trip to Rome and back again by train, with a stop in Florence and a day in Assisi, all for the four of us                            0     2 mock:echo                    3 weeks ago
";
    for (columns, expected) in [(40, cards), (80, table), (200, wide)] {
        lists(columns, &saylog, "/sessions", expected);
    }
}

#[test]
fn everybodys_sessions_have_a_column_for_their_owners() {
    let saylog = of_all_ages();
    let cards = "* alice <1>
        0 in the context, 0 in the log,
        just now
  bob <2> my own
      2 in the context, 2 in the log,
      mock:echo answered, 1 year ago
  alice <3> fork of <4>
        2 in the context, 0 in the log,
        in the future
";
    let table = "  context: what the model sees, log: what was said
  user     id       title              context   log answered by   last
* alice    <1>                          0     0 -             just now
  bob      <2> my own                   2     2 mock:echo     1 year ago
  alice    <3> fork of <4>         2     0 -             in the future
";
    let wide = "  context: what the model sees, log: what was said
  user                 id       title                                                                                                           context   log answered by                  last
* alice                <1>                                                                                                                       0     0 -                            just now
  bob                  <2> my own                                                                                                                2     2 mock:echo                    1 year ago
  alice                <3> fork of <4>                                                                                                      2     0 -                            in the future
";
    for (columns, expected) in [(40, cards), (80, table), (200, wide)] {
        lists(columns, &saylog, "/sessions global 2", expected);
    }
}

#[test]
fn wide_numbers_take_their_room_from_the_title() {
    let saylog = Saylog::new();
    let begun = "/start a title that is cut in such a window\none\n".repeat(2);
    assert_eq!(saylog.play(begun).code, 0);
    let store = saylog.stored();
    store.tamper("UPDATE sessions SET depth = 123456789, count = 1234567 WHERE id = 1");
    let mut terminal = Terminal::of_width(80, &saylog, &[], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types(format!("{CTRL_L}/sessions\r"));
    terminal.shows(
        "alice> /sessions
  context: what the model sees, log: what was said
  no. id       title                   context   log answered by   last
    1 <1> a title that is cut in…       2     2 mock          just now
    2 <2> a title that is cu… 123456789 1234567 mock          just now
alice> ▏",
    );
    leave(terminal);
}

#[test]
fn the_current_session_stands_above_a_list_that_the_number_ends_before_it() {
    let saylog = Saylog::new();
    let begun = "/start one\na\n/start two\nb\n/start three\nc\n";
    assert_eq!(saylog.play(begun).code, 0);
    let mut terminal = Terminal::of_width(80, &saylog, &["-r", "one"], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    let expected = "alice/one> /sessions 2
  context: what the model sees, log: what was said
  no. id       title                   context   log answered by   last
*     <1> one                           2     2 mock          just now
    1 <2> three                         2     2 mock          just now
    2 <3> two                           2     2 mock          just now
alice/one> ▏";
    terminal.types(format!("{CTRL_L}/sessions 2\r"));
    terminal.shows(expected);
    leave(terminal);
}

#[test]
fn a_fork_with_a_title_of_its_own_says_what_it_is_a_fork_of_where_there_is_room() {
    let saylog = Saylog::new();
    let begun = "/start trip to Rome\none\n/fork by train\ntwo\n/start\nhello\n/fork\n\
                 /fork a title that takes all the room\n";
    assert_eq!(saylog.play(begun).code, 0);
    let cards = "*     <1>
      0 in the context, 0 in the log,
      just now
    1 <2> a title that takes all t…
      fork of <3>, 2 in the
      context, 0 in the log, just now
    2 <3> fork of <4>
      2 in the context, 0 in the log,
      just now
    3 <4> hello
      2 in the context, 2 in the log,
      mock answered, just now
    4 <5> by train
      fork of trip to Rome, 4 in the
      context, 2 in the log, mock
      answered, just now
    5 <6> trip to Rome
      2 in the context, 2 in the log,
      mock answered, just now
";
    let table = "  context: what the model sees, log: what was said
  no. id       title                   context   log answered by   last
*     <1>                               0     0 -             just now
    1 <2> a title that takes all…       2     0 -             just now
    2 <3> fork of <4>              2     0 -             just now
    3 <4> hello                         2     2 mock          just now
    4 <5> by train (fork of trip…       4     2 mock          just now
    5 <6> trip to Rome                  2     2 mock          just now
";
    for (columns, expected) in [(40, cards), (80, table)] {
        lists(columns, &saylog, "/sessions", expected);
    }
}
