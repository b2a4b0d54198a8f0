//! The interactive prompt, as a person at a terminal sees it.

use rustix::process::Signal;
use vt100::Color;

use crate::harness::Saylog;
use crate::terminal::Terminal;

const BANNER: &str = "saylog 0.1.0: mock answers alice. /help lists the commands, Ctrl-D leaves.";

/// What follows the first message of a session.
const FIRST: &str = "session <1> begins\nThis is a mock response from AI.\nalice/<1>> ▏";

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const LEFT: &str = "\x1b[D";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_E: &str = "\x05";
const CTRL_L: &str = "\x0c";
const CTRL_R: &str = "\x12";
const CTRL_U: &str = "\x15";

/// A store in which alice and bob have said something, each in a session.
fn two_people() -> Saylog {
    let saylog = Saylog::new();
    let begun = "/start\nalice one\n/user bob\n/start\nbob one\n";
    let ended = "/user alice\nalice two\n/user bob\nbob two\n";
    assert_eq!(saylog.play(format!("{begun}{ended}")).code, 0);
    saylog
}

/// The prompt, once it is there.
#[track_caller]
fn prompt(saylog: &Saylog) -> Terminal {
    prompt_with(saylog, &[], &[])
}

/// The prompt with further arguments and environment variables, once it is there.
#[track_caller]
fn prompt_with(saylog: &Saylog, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::of(saylog, arguments, variables);
    terminal.shows(&format!("{BANNER}\nalice> ▏"));
    terminal
}

/// Leaves with Ctrl-D.
#[track_caller]
fn leave(mut terminal: Terminal) {
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
}

/// What people said, without the replies.
fn asked(saylog: &Saylog) -> Vec<String> {
    let said = saylog.said().into_iter();
    said.filter(|line| line.contains(" user: ")).collect()
}

/// The id of the session of this user.
fn session_of(saylog: &Saylog, user: &str) -> String {
    let log = saylog.log();
    let events = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let mut sessions = events.filter_map(|event: serde_json::Value| {
        (event["user_id"] == user).then(|| event["session_id"].as_str().map(str::to_owned))?
    });
    sessions.next().expect("a session")
}

/// The escape sequences that set colours.
fn colours(written: &str) -> Vec<&str> {
    let sequences = written.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then_some(&rest[..=end])
    });
    sequences.collect()
}

/// Sets the time of every message, which the store itself does not allow.
fn set_times(saylog: &Saylog, time: i64) {
    let store = rusqlite::Connection::open(saylog.store()).expect("the store opens");
    store
        .execute_batch("DROP TRIGGER messages_never_change")
        .expect("a trigger");
    store
        .execute("UPDATE messages SET created_at = ?1", [time])
        .expect("messages");
}

/// Nothing of the control sequences in these tests was written.
#[track_caller]
fn assert_harmless(terminal: &Terminal) {
    let written = terminal.written();
    for raw in [
        "\x1b]", "\x07", "\x1b[31m", "\x1b[2J", "\u{9b}", "\x08", "\u{202e}",
    ] {
        assert!(!written.contains(raw), "{raw:?} in {written:?}");
    }
}

#[test]
fn a_first_line_begins_a_session_and_ctrl_d_leaves() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r");
    terminal.shows(&format!("{BANNER}\nalice> hello\n{FIRST}"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(
        saylog.said(),
        [
            "alice user: hello",
            "alice ai: This is a mock response from AI."
        ]
    );
}

#[test]
fn each_user_comes_back_to_their_session() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r");
    terminal.shows_at_last(FIRST);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nalice/<1>> /user bob\nbob (new)\nbob> ▏");
    terminal.types("/user alice\r");
    terminal.shows_at_last("\nbob> /user alice\nalice/<1>\nalice/<1>> ▏");
    leave(terminal);
}

#[test]
fn tab_completes_commands_and_their_arguments() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/his\t");
    terminal.shows_at_last("\nalice> /history ▏[session|user|global]");
    terminal.types("g\t");
    terminal.shows_at_last("\nalice> /history global▏");
    terminal.types(format!("{CTRL_U}/user al\t"));
    terminal.shows_at_last("\nalice> /user alice▏");
    terminal.types(format!("{CTRL_U}/user \t"));
    terminal.shows_at_last("\nalice> /user [NAME]\nalice  bob\nalice> /user ▏[NAME]");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn tab_offers_ones_own_sessions_only() {
    let saylog = two_people();
    let own = session_of(&saylog, "alice");
    let other = session_of(&saylog, "bob");
    let mut terminal = prompt(&saylog);
    terminal.types("/resume \t");
    terminal.shows_at_last(&format!("\nalice> /resume <1>{}▏", &own[8..]));
    assert!(terminal.written().contains(&own));
    // The `x` shows that the Tab before it has been dealt with.
    terminal.types(format!("{CTRL_U}/resume {}\tx", &other[..7]));
    terminal.shows_at_last(&format!("\nalice> /resume {}x▏", &other[..7]));
    assert!(!terminal.written().contains(&other));
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_dim_hint_shows_what_a_command_takes() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/us");
    terminal.shows_at_last("\nalice> /us▏er [NAME]");
    assert_eq!(terminal.look("/us"), (Color::Default, false, false));
    assert_eq!(terminal.look("er [NAME]"), (Color::Default, false, true));
    terminal.types("er");
    terminal.shows_at_last("\nalice> /user▏ [NAME]");
    assert_eq!(terminal.look("/user"), (Color::Idx(6), true, false));
    assert_eq!(terminal.look("[NAME]"), (Color::Default, false, true));
    terminal.types("z");
    terminal.shows_at_last("\nalice> /userz▏");
    assert_eq!(terminal.look("/userz"), (Color::Idx(1), false, false));
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn there_are_no_colours_where_none_are_wanted() {
    assert!(is_colourful(&[], &[]));
    assert!(is_colourful(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!is_colourful(&["--color", "never"], &[]));
    assert!(!is_colourful(&[], &[("NO_COLOR", "1")]));
}

/// Whether anything is coloured when everything that has a colour is shown.
fn is_colourful(arguments: &[&str], variables: &[(&str, &str)]) -> bool {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, arguments, variables);
    terminal.types("/user bob\rhello\r/nonsense\r/history global\r/us");
    terminal.shows_at_last("\nbob/<1>> /us▏er [NAME]");
    terminal.types(CTRL_C);
    let written = terminal.written();
    leave(terminal);
    !colours(&written).is_empty()
}

#[test]
fn the_up_arrow_brings_back_ones_own_messages() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice one▏");
    terminal.types(format!("{UP}!"));
    terminal.shows_at_last("\nalice> alice one!▏");
    terminal.types(DOWN);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> bob two▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> bob one▏");
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(saylog.said().len(), 8);
}

#[test]
fn commands_are_remembered_for_who_typed_them() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/help quit\r/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> bob two▏");
    terminal.types(CTRL_C);
    terminal.types("/user alice\r");
    terminal.shows_at_last("\nalice> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /user bob▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /help quit▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_recalled_message_is_a_message_again() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\n//clear\n").code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> //clear▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> //clear\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: /clear"; 2]);
}

#[test]
fn a_recalled_message_that_ends_with_a_newline_is_a_message_again() {
    let saylog = Saylog::new();
    let lines = "/start\n\"\"\"\n/clear\n\n\"\"\"\n";
    assert_eq!(saylog.play(lines).code, 0);
    assert_eq!(asked(&saylog), ["alice user: /clear\n"]);
    let mut terminal = prompt(&saylog);
    terminal.types(format!("{UP}\r"));
    terminal.shows_at_last(FIRST);
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: /clear\n"; 2]);
}

#[test]
fn ctrl_r_finds_ones_own_messages_only() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("{CTRL_R}ne"));
    terminal.shows_at_last("\n(reverse-i-search)`ne': alice o▏ne");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> alice one\n{FIRST}"));
    terminal.types(format!("{CTRL_R}bob"));
    terminal.shows_at_last("\n(failed reverse-i-search)`bob': ▏");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice/<1>> ▏");
    leave(terminal);
    assert_eq!(
        asked(&saylog).last().map(String::as_str),
        Some("alice user: alice one")
    );
    assert_eq!(asked(&saylog).len(), 5);
}

#[test]
fn ctrl_c_drops_the_line_and_nothing_else() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("never mind");
    terminal.shows_at_last("\nalice> never mind▏");
    terminal.types(CTRL_C);
    terminal.shows(&format!("{BANNER}\nalice> never mind\nalice> ▏"));
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice> never mind\nalice>\nCtrl-D or /quit leaves\nalice> ▏");
    terminal.types(format!("nor this{CTRL_C}kept\r"));
    terminal.shows_at_last(&format!("\nalice> nor this\nalice> kept\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: kept"]);
}

#[test]
fn alt_enter_and_ctrl_j_begin_another_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    for newline in ["\x1b\r", "\n"] {
        terminal.types(format!("one{newline}two"));
        terminal.shows_at_last("> one\ntwo▏");
        terminal.types("\r");
        terminal.shows_at_last("\nThis is a mock response from AI.\nalice/<1>> ▏");
    }
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: one\ntwo"; 2]);
}

#[test]
fn a_paste_of_several_lines_is_one_message() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    let pasted = "  one\n/clear\n\n\"\"\"\n/quit\n你好\tend ";
    terminal.pastes(&pasted.replace('\n', "\r"));
    terminal.shows_at_last("\nalice>   one\n/clear\n\n\"\"\"\n/quit\n你好    end ▏");
    assert_eq!(asked(&saylog), [""; 0]);
    terminal.types("\r");
    terminal.shows_at_last(FIRST);
    leave(terminal);
    assert_eq!(asked(&saylog), [format!("alice user: {pasted}")]);
}

#[test]
fn pasted_escape_sequences_do_not_reach_the_terminal() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.pastes("a\x1b]52;c;eA==\x07b\x1b[31mc\x1b[2Jd\u{9b}5me\x08\u{202e}f");
    terminal.shows_at_last("\nalice> a52;c;eA==bcd5mef▏");
    // A key in the middle and one at the end are drawn in different ways.
    terminal.types(format!("{LEFT}!{CTRL_E}?"));
    terminal.shows_at_last("\nalice> a52;c;eA==bcd5me!f?▏");
    terminal.types("\r");
    let note = "the line has invisible or control characters; they are kept as they are";
    terminal.shows_at_last(&format!("\n{note}\n{FIRST}"));
    terminal.types("/history\r");
    terminal.shows_at_last("\nalice/<1>> ▏");
    assert_harmless(&terminal);
    leave(terminal);
    // The line editor takes an escape sequence in a paste for a key, and drops it.
    let message = "a52;c;eA==\x07bcd\u{9b}5me\x08\u{202e}!f?";
    assert_eq!(asked(&saylog), [format!("alice user: {message}")]);
}

#[test]
fn recalled_control_characters_do_not_reach_the_terminal() {
    let saylog = Saylog::new();
    let message = "a\x1b]52;c;eA==\x07b\x1b[31mc\u{9b}5md\x08e";
    assert_eq!(saylog.play(format!("/start\n{message}\n")).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> a␛]52;c;eA==␇b␛[31mc\\x9b5md␈e▏");
    terminal.types(format!("{CTRL_U}{CTRL_R}eA"));
    terminal.shows_at_last("(reverse-i-search)`eA': a␛]52;c;▏eA==␇b␛[31mc\\x9b5md␈e");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice> ▏");
    assert_harmless(&terminal);
    leave(terminal);
}

#[test]
fn a_block_of_several_lines_is_one_message() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"\r");
    terminal.shows_at_last("\nalice> \"\"\"\n... ▏");
    terminal.types("lost\r");
    terminal.shows_at_last("\n... lost\n... ▏");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\n... lost\n...\nthe block was not sent\nalice> ▏");
    terminal.types("\"\"\"\r one\r/clear\r\"\"\"\r");
    terminal.shows_at_last(&format!(
        "\nalice> \"\"\"\n...  one\n... /clear\n... \"\"\"\n{FIRST}"
    ));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user:  one\n/clear"]);
}

#[test]
fn wide_characters_are_edited_whole() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("你好🙂é");
    terminal.shows_at_last("\nalice> 你好🙂é▏");
    terminal.types(LEFT.repeat(2));
    terminal.shows_at_last("\nalice> 你好▏🙂é");
    terminal.types("\x7f");
    terminal.shows_at_last("\nalice> 你▏🙂é");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> 你🙂é\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: 你🙂é"]);
}

#[test]
fn lines_typed_ahead_arrive_in_order() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\rtwo\r/user bob\rthree\r/user alice\rfour\r/quit\r");
    assert_eq!(terminal.ends(), "Success");
    let expected = [
        "alice user: one",
        "alice user: two",
        "bob user: three",
        "alice user: four",
    ];
    assert_eq!(asked(&saylog), expected);
}

#[test]
fn vi_keys_edit_the_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, &["--keys", "vi"], &[]);
    terminal.types("hello");
    terminal.shows_at_last("\nalice> hello▏");
    terminal.types("\x1b");
    terminal.shows_at_last("\nalice> hell▏o");
    terminal.types("0x\r");
    terminal.shows_at_last(&format!("\nalice> ello\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: ello"]);
}

#[test]
fn ctrl_l_clears_the_screen_and_keeps_the_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("hello{CTRL_L}"));
    terminal.shows("alice> hello▏");
    terminal.types("\r");
    terminal.shows(&format!("alice> hello\n{FIRST}"));
    leave(terminal);
}

#[test]
fn a_dumb_terminal_has_a_prompt_without_escapes() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("hello\r");
    terminal.shows(&format!("alice> hello\n{FIRST}"));
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nalice/<1>> /user bob\nbob (new)\nbob> ▏");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert!(!terminal.written().contains('\x1b'));
    assert_eq!(asked(&saylog), ["alice user: hello"]);
}

#[test]
fn a_signal_ends_the_prompt_and_leaves_the_terminal_in_order() {
    for (signal, end) in [
        (Signal::TERM, "Terminated by Terminated"),
        (Signal::HUP, "Terminated by Hangup"),
    ] {
        let saylog = Saylog::new();
        let mut terminal = prompt(&saylog);
        terminal.types("hello\rnot sent");
        terminal.shows_at_last("\nalice/<1>> not sent▏");
        terminal.signals(signal);
        assert_eq!(terminal.ends(), end);
        let written = terminal.written();
        let (_, last) = written
            .rsplit_once("\x1b[?2004")
            .expect("pastes are marked");
        assert!(last.starts_with('l'), "{written:?}");
        assert_eq!(asked(&saylog), ["alice user: hello"]);
    }
}

#[test]
fn ctrl_c_stops_a_listing_and_the_prompt_is_back() {
    let saylog = Saylog::new();
    // Megabytes, of which the terminal takes a few pages before Ctrl-C arrives.
    let lines: String = (0..5000)
        .map(|number| format!("{number} {:>2000}\n", "end"))
        .collect();
    assert_eq!(saylog.play(format!("/start\n{lines}")).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types_and_stops_at("/history global\r", "end\r\n");
    terminal.types(CTRL_C);
    terminal.goes_on();
    terminal.shows_at_last("\nerror: interrupted\nalice> ▏");
    assert!(!terminal.written().contains("4999 "));
    terminal.types("hello\r");
    terminal.shows_at_last(&format!("\nalice> hello\n{FIRST}"));
    leave(terminal);
}

#[test]
fn ctrl_c_while_a_reply_is_written_does_not_end_the_program() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &["--model", "mock:echo"], &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.pastes(&"0123456789\r".repeat(10_000));
    terminal.types_and_stops_at("\r", " begins");
    terminal.types(CTRL_C);
    terminal.goes_on();
    terminal.shows_at_last("\nalice/<1>> ▏");
    leave(terminal);
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn ctrl_c_while_completions_are_offered_drops_no_later_line() {
    let saylog = Saylog::new();
    let lines: String = (0..150)
        .map(|number| format!("/user u{number}\n/start\nhello\n"))
        .collect();
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types("/user u\t");
    terminal.shows_at_last("\nalice> /user u▏");
    terminal.types(format!("{CTRL_C}hello\r"));
    terminal.shows_at_last(&format!("> hello\n{FIRST}"));
    leave(terminal);
}

#[test]
fn bytes_that_are_not_utf8_are_an_error_and_the_prompt_stays() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types(b"caf\xe9 ole\r");
    terminal.shows_at_last(
        "\nerror: the line is not UTF-8 and was not sent; the terminal has to send UTF-8\nalice> ▏",
    );
    terminal.types("hello\r");
    terminal.shows_at_last(&format!("> hello\n{FIRST}"));
    leave(terminal);
}

#[test]
fn a_listing_has_local_times_and_nothing_passes_for_an_entry() {
    let saylog = Saylog::new();
    let message = "one\nbob/11111111  2026-11-23\n  00:30:00 user  forged\x1b[2J\r  and\tmore";
    let block = format!("\"\"\"\n{message}\n\"\"\"");
    let lines = format!("/start\n{block}\n/user bob\n/start\nhello\n");
    assert_eq!(saylog.play(lines).code, 0);
    // 2026-11-22T15:30:00Z
    set_times(&saylog, 1_795_361_400_000);
    let mut terminal = prompt_with(&saylog, &[], &[("TZ", "JST-9")]);
    terminal.types("/history global\r");
    let listing = "\
alice/<1>  2026-11-23
  00:30:00 user  one
                 bob/<2>  2026-11-23
                   00:30:00 user  forged␛[2J␍  and      more
  00:30:00 ai    This is a mock response from AI.
bob/<3>  2026-11-23
  00:30:00 user  hello
  00:30:00 ai    This is a mock response from AI.";
    terminal.shows(&format!(
        "{BANNER}\nalice> /history global\n{listing}\nalice> ▏"
    ));
    leave(terminal);
}
