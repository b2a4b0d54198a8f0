//! What terminals send that is neither text nor a key of ours.

use super::*;

#[test]
fn what_a_terminal_reports_never_becomes_text() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    for sequence in [
        // Kitty's protocol: keys, releases, its flags.
        "\x1b[97;5u",
        "\x1b[105;5u",
        "\x1b[27u",
        "\x1b[13;2u",
        "\x1b[97;1:3u",
        "\x1b[?1u",
        // xterm's modifyOtherKeys.
        "\x1b[27;5;97~",
        // The mouse in three forms, and the focus.
        "\x1b[<0;12;5M",
        "\x1b[<0;12;5m",
        "\x1b[32;12;5M",
        "\x1b[M !!",
        "\x1b[I",
        "\x1b[O",
        // Answers: attributes, status, modes, size, place, colours.
        "\x1b[?62;4c",
        "\x1b[0n",
        "\x1b[?2026;2$y",
        "\x1b[8;24;80t",
        "\x1b[12;140R",
        "\x1b]11;rgb:0000/0000/0000\x1b\\",
        "\x1b]4;1;rgb:00/00/00\x07",
        "\x1bP>|xterm(390)\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        // Keys that mean nothing here.
        "\x1b[25~",
        "\x1b[15;2~",
        "\x1b[29~",
        "\x1bOE",
        "\u{9b}1;5A",
    ] {
        terminal.types(sequence);
        // A key tells that what comes next was typed.
        terminal.types("\x1b[Cok");
        terminal.shows_such(sequence, |screen| screen.ends_with("\nalice> ok▏"));
        terminal.types(CTRL_U);
        terminal.shows_at_last("\nalice> ▏");
    }
    leave(terminal);
}

#[test]
fn shift_enter_begins_another_line_where_a_terminal_tells_it() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\x1b[27;2;13~");
    terminal.shows_at_last("\nalice> one⏎\n▏");
    terminal.types("two");
    terminal.shows_at_last("\nalice> one⏎\ntwo▏");
    // Enter of the number pad.
    terminal.types("\x1bOM");
    terminal.shows_at_last(&format!("\nalice> one⏎\ntwo\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: one\ntwo"]);
}

#[test]
fn escape_alone_is_a_key_at_once() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/user \t");
    terminal.shows_at_last("\nalice> /user ▏[NAME]");
    terminal.types("/his\t");
    terminal.types(CTRL_U);
    terminal.types("/sessions \t");
    terminal.shows_at_last("\nalice> /sessions ▏\n  global\n  --all\n  --archived");
    terminal.types("\x1b");
    terminal.shows_at_last("\nalice> /sessions ▏[global] [N] [--all|--archived]");
    terminal.types(CTRL_C);
    leave(terminal);
}
