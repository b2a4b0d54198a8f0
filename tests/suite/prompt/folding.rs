//! Long texts in the line: shown as one unit, and sent whole.

use super::*;

/// The paste of docs/language.md: a hundred lines.
fn hundred_lines() -> String {
    let lines: Vec<_> = (0..100)
        .map(|number| format!("line {number:02} of a text that is pasted in"))
        .collect();
    lines.join("\n")
}

const LABEL: &str = "[pasted: 100 lines, 3.5 KiB]";

/// How many bytes are written for a key, with which the line is drawn once.
#[track_caller]
fn cost_of(terminal: &mut Terminal, key: &str) -> usize {
    let drawn = |written: &str| written.ends_with("\x1b[?2026l");
    terminal.writes_such("the line", drawn);
    let before = terminal.written();
    terminal.types(key);
    terminal.writes_such("the key", |written| {
        written.len() > before.len() && drawn(written)
    });
    terminal.written().len() - before.len()
}

#[test]
fn a_long_paste_is_one_unit_and_is_sent_whole() {
    for width in [40, 80, 200] {
        let saylog = Saylog::new();
        let mut terminal = Terminal::of_width(width, &saylog, &[], &[]);
        terminal.shows_at_last("alice> ▏");
        terminal.types("a ");
        terminal.pastes(&hundred_lines());
        terminal.shows_at_last(&format!("alice> a {LABEL}▏"));
        // The cursor goes over it in one step, and a key takes it whole.
        terminal.types(format!("{LEFT}!"));
        terminal.shows_at_last(&format!("alice> a !▏{LABEL}"));
        terminal.types(format!("{CTRL_E}\x7f"));
        terminal.shows_at_last("alice> a !▏");
        // Undo, and what stands behind it.
        terminal.types("\x1f.");
        terminal.shows_at_last(&format!("alice> a !{LABEL}.▏"));
        terminal.types("\r");
        terminal.shows_such("the reply", |screen| screen.contains("mock response"));
        leave(terminal);
        let said = format!("alice user: a !{}.", hundred_lines());
        assert_eq!(asked(&saylog), [said]);
    }
}

#[test]
fn a_short_paste_stays_as_it_is() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.pastes("one\r\ntwo");
    terminal.shows_at_last("alice> one⏎\ntwo▏");
    terminal.types(CTRL_U);
    // A third of 24 rows is the most that is not folded.
    terminal.types(CTRL_C);
    let lines = ["x"; 8].join("\r");
    terminal.pastes(&lines);
    terminal.shows_at_last(&format!("alice> {}▏", ["x"; 8].join("⏎\n")));
    terminal.types(CTRL_C);
    terminal.pastes(&format!("{lines}\rx"));
    terminal.shows_at_last("\nalice> [pasted: 9 lines, 17 B]▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_key_costs_little_however_long_the_message_is() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    let before = terminal.written().len();
    terminal.pastes(&"0123456789 and more\r".repeat(5000));
    terminal.shows_at_last("\nalice> [pasted: 5000 lines, 97.7 KiB]▏");
    assert!(terminal.written().len() - before <= 2048);
    // Typing, moving and erasing amid the line.
    for (keys, line) in [
        ("a", "[pasted: 5000 lines, 97.7 KiB]a▏"),
        ("b", "[pasted: 5000 lines, 97.7 KiB]ab▏"),
        (LEFT, "[pasted: 5000 lines, 97.7 KiB]a▏b"),
        (LEFT, "[pasted: 5000 lines, 97.7 KiB]▏ab"),
        (LEFT, "▏[pasted: 5000 lines, 97.7 KiB]ab"),
        ("x", "x▏[pasted: 5000 lines, 97.7 KiB]ab"),
        ("\x7f", "▏[pasted: 5000 lines, 97.7 KiB]ab"),
    ] {
        let before = terminal.written().len();
        terminal.types(keys);
        terminal.shows_at_last(&format!("\nalice> {line}"));
        let cost = terminal.written().len() - before;
        assert!(cost <= 2048, "{keys:?} costs {cost} bytes");
    }
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn what_is_typed_is_folded_before_it_is_too_tall() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of_width(40, &saylog, &[], &[]);
    terminal.shows_at_last("alice> ▏");
    let text: Vec<_> = (0..80).map(|number| format!("word{number:02}")).collect();
    let text = text.join(" ");
    // No key costs more than a third of the window.
    for c in text.chars() {
        assert!(cost_of(&mut terminal, &c.to_string()) <= 2048);
    }
    terminal.shows_such("a folded line", |screen| {
        screen.contains("alice> [pasted: 1 line, ") && screen.replace('\n', "").ends_with("word79▏")
    });
    terminal.types("\r");
    terminal.shows_such("the reply", |screen| screen.contains("mock response"));
    leave(terminal);
    assert_eq!(asked(&saylog), [format!("alice user: {text}")]);
}

#[test]
fn what_is_recalled_is_folded_and_sent_again() {
    let saylog = Saylog::new();
    let block = format!("\"\"\"\n{}\n\"\"\"", hundred_lines());
    assert_eq!(saylog.play(format!("/start\n{block}\n")).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last(&format!("\nalice> {LABEL}▏"));
    terminal.types(CTRL_C);
    // Nor is it larger in a search.
    terminal.types(format!("{CTRL_R}line 42"));
    terminal.shows_at_last(&format!("`line 42': {LABEL}▏"));
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> {LABEL}\n{FIRST}"));
    leave(terminal);
    assert_eq!(
        asked(&saylog),
        [
            format!("alice user: {}", hundred_lines()),
            format!("alice user: {}", hundred_lines())
        ]
    );
}

#[test]
fn folded_texts_are_no_text_where_there_are_no_colours() {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, &[], &[("NO_COLOR", "1")]);
    terminal.pastes(&hundred_lines());
    terminal.shows_at_last(&format!("\nalice> {LABEL}▏"));
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(asked(&saylog), [""; 0]);
}

#[test]
fn a_folded_draft_is_kept_whole() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.pastes(&hundred_lines());
    terminal.shows_at_last(&format!("\nalice> {LABEL}▏"));
    terminal.signals(Signal::HUP);
    assert_eq!(terminal.ends(), "Terminated by Hangup");
    let mut terminal = prompt(&saylog);
    terminal.types(format!("{UP}\r"));
    terminal.shows_at_last(&format!("\nalice> {LABEL}\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), [format!("alice user: {}", hundred_lines())]);
}

#[test]
fn a_key_costs_little_in_a_large_window_too() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of_width(400, &saylog, &[], &[]);
    terminal.shows_at_last("alice> ▏");
    // Longer than what a key may print, and shorter than a third of the window.
    let text = "word ".repeat(500);
    terminal.pastes(&text);
    terminal.shows_at_last("alice> [pasted: 1 line, 2.4 KiB]▏");
    terminal.types(CTRL_C);
    let text = "你好，".repeat(160);
    terminal.pastes(&text);
    terminal.shows_such("the text", |screen| screen.ends_with("你好，▏"));
    for keys in [LEFT, "x", "\x7f", "\x1b\r"] {
        let cost = cost_of(&mut terminal, keys);
        assert!(cost <= 2048, "{keys:?} costs {cost} bytes");
    }
    // Leaving a line from its middle draws it once.
    let before = terminal.written().len();
    terminal.types(CTRL_C);
    terminal.shows_such("a prompt", |screen| screen.ends_with("\nalice> ▏"));
    assert!(terminal.written().len() - before <= 2048);
    leave(terminal);
}

#[test]
fn a_line_that_became_too_tall_unasked_is_folded_at_the_next_key() {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, &["--keys", "vi"], &[]);
    terminal.types("x\x1b");
    terminal.shows_at_last("\nalice> ▏x");
    // There vi's digits would be taken for counts, so the editor takes the paste.
    terminal.pastes(&hundred_lines());
    terminal.shows_such("the end of the text", |screen| {
        screen.contains("line 99 of a text")
    });
    terminal.types("h");
    terminal.shows_such("a folded line", |screen| {
        screen.starts_with("alice> [pasted: 1") && !screen.contains('\n')
    });
    terminal.types("\r");
    terminal.shows_such("the reply", |screen| screen.contains("mock response"));
    leave(terminal);
    assert_eq!(
        asked(&saylog),
        [format!("alice user: {}x", hundred_lines())]
    );
}
