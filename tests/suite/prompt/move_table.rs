//! The list of moves in narrow and in wide windows.

use super::*;

/// What `/moves` shows in a window of so many columns, in alice's latest session.
#[track_caller]
fn lists(columns: u16, saylog: &Saylog, expected: &str) {
    let mut terminal = Terminal::of_width(columns, saylog, &["--resume"], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types(format!("{CTRL_L}/moves\r"));
    terminal.shows(&format!("alice/<1>> /moves\n{expected}alice/<1>> ▏"));
    leave(terminal);
}

#[test]
fn every_move_has_the_shortest_way_back_that_there_is_now() {
    let saylog = Saylog::new();
    let lines = "/start\none\ntwo\n/undo\n/redo\n/clear\n/undo\n/retry\n/edit too\n/undo\n";
    assert_eq!(saylog.play(lines).code, 0);
    let table = "  no. move    from    to      messages         when          back with
    1 undo    #4      #2      2 left           just now      /fork at #4
    2 redo    #2      #4      2 came           just now      as it is now
    3 clear   #4      none    4 left           just now      /fork at #4
    4 undo    none    #4      4 came           just now      /clear
    5 retry   #4      #3      1 left           just now      /fork at #4
    6 edit    #5      #2      2 left           just now      /fork at #5
    7 undo    #7      #2      2 left           just now      /redo
";
    let cards = "    1 undo, just now
      #4 -> #2, 2 messages left
      back with /fork at #4
    2 redo, just now
      #2 -> #4, 2 messages came
      as it is now
    3 clear, just now
      #4 -> none, 4 messages left
      back with /fork at #4
    4 undo, just now
      none -> #4, 4 messages came
      back with /clear
    5 retry, just now
      #4 -> #3, 1 message left
      back with /fork at #4
    6 edit, just now
      #5 -> #2, 2 messages left
      back with /fork at #5
    7 undo, just now
      #7 -> #2, 2 messages left
      back with /redo
";
    for (columns, expected) in [(40, cards), (80, table), (200, table)] {
        lists(columns, &saylog, expected);
    }
    let forked = saylog.run(&["--resume", "-c", "/fork", "-c", "one more", "-c", "/clear"]);
    assert_eq!(forked.code, 0);
    lists(
        80,
        &saylog,
        "  no. move    from    to      messages         when          back with
    1 fork    none    #2      2 came           just now      as it is now
    2 clear   #9      none    4 left           just now      /undo
",
    );
}
