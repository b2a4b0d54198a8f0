//! Invalid standard input: one clear error each, and nothing valid is lost.

use std::fmt::Write as _;

use crate::support::run::{MOCK, STARTED, Saylog, check};

const LIMIT: usize = 16 * 1024 * 1024;

#[test]
fn a_line_that_is_not_utf8_is_an_error_for_that_line_alone() {
    let saylog = Saylog::new();
    check(
        &saylog.play(b"/start\nab\xffcd\nhello\n"),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:2: the line is not UTF-8 (byte 3) and was not sent; convert the input to UTF-8\n",
        1,
    );
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn a_nul_byte_is_an_error_for_that_line_alone() {
    let saylog = Saylog::new();
    check(
        &saylog.play(b"/start\nab\0cd\nhello\n"),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:2: the line has a NUL byte (byte 3) and was not sent; remove it; the rest of the line was not sent either\n",
        1,
    );
}

#[test]
fn a_line_over_the_limit_is_skipped_and_one_at_the_limit_is_kept() {
    let saylog = Saylog::new();
    let mut script = b"/start\n".to_vec();
    script.extend(vec![b'x'; LIMIT + 1]);
    script.push(b'\n');
    script.extend(vec![b'y'; LIMIT]);
    // The first of two slashes is not part of the message.
    script.extend_from_slice(b"\n/");
    script.extend(vec![b'/'; LIMIT]);
    script.extend_from_slice(b"\n/");
    script.extend(vec![b'/'; LIMIT + 1]);
    script.extend_from_slice(b"\nhello\n");
    let error = "the message is too long and was not sent; a message has at most 16 MiB\n";
    check(
        &saylog.play(script),
        &format!("{STARTED}{MOCK}{MOCK}{MOCK}"),
        &format!("<stdin>:2: {error}<stdin>:5: {error}"),
        1,
    );
    let said = saylog.said();
    assert_eq!(said.len(), 6);
    for message in [&said[0], &said[2]] {
        assert_eq!(message.len(), "alice user: ".len() + LIMIT);
    }
}

#[test]
fn a_block_over_the_limit_is_an_error_once() {
    let saylog = Saylog::new();
    let mut script = String::from("/start\n\"\"\"\n");
    for line in 0..17 {
        let _ = writeln!(script, "{line}{}", "z".repeat(1024 * 1024));
    }
    script.push_str("/quit\n\"\"\"\nhello\n");
    check(
        &saylog.play(script),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:18: the message is too long and was not sent; a message has at most 16 MiB\n",
        1,
    );
}

#[test]
fn memory_stays_bounded_while_a_huge_line_goes_by() {
    let saylog = Saylog::new();
    // 400 MB of one line under an address space of 200 MB.
    let script = format!(
        "ulimit -v 200000; (echo /start; head -c 400000000 /dev/zero | tr '\\0' x; echo; echo hello) | \
         '{}' --user alice --store '{}'",
        crate::support::run::SAYLOG,
        saylog.store().display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]);
    check(
        &crate::support::run::feed(command, b""),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:2: the message is too long and was not sent; a message has at most 16 MiB\n",
        1,
    );
}

#[test]
fn an_open_block_at_the_end_is_not_sent() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/start\nhello\n\"\"\"\nnever\nsent\n"),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:5: the input ended in the block that began on line 3; \
         a block ends with `\"\"\"` on a line of its own; it was not sent\n",
        1,
    );
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn a_bad_line_inside_a_block_spoils_the_block_and_no_more() {
    let saylog = Saylog::new();
    check(
        &saylog.play(b"/start\n\"\"\"\nok\n\xff\n/clear\n\"\"\"\nhello\n"),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:4: the line is not UTF-8 (byte 1) and was not sent; convert the input to UTF-8\n",
        1,
    );
    assert_eq!(
        saylog.said(),
        [
            "alice user: hello",
            "alice ai: This is a mock response from AI."
        ]
    );
}

#[test]
fn errors_show_hostile_text_as_pictures() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/\u{1b}[31mred\u{202e}\n"),
        "",
        "<stdin>:1: unknown command `/␛[31mred\\u{202e}`; `/help` lists the commands; \
         `//␛[31mred\\u{202e}` says `/␛[31mred\\u{202e}`\n",
        1,
    );
}

#[test]
fn a_long_word_is_cut_in_errors_between_characters() {
    let saylog = Saylog::new();
    let outcome = saylog.play(format!("/{}\n", "好".repeat(100_000)));
    let shown = format!("/{}…", "好".repeat(39));
    check(
        &outcome,
        "",
        &format!(
            "<stdin>:1: unknown command `{shown}`; `/help` lists the commands; `/{shown}` says `{shown}`\n"
        ),
        1,
    );
}

#[test]
fn rubbish_of_every_byte_never_breaks_it() {
    let saylog = Saylog::new();
    let mut state = 7_u32;
    let rubbish: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(200_000)
    .collect();
    let outcome = saylog.play([b"/start\n".to_vec(), rubbish].concat());
    assert!(matches!(outcome.code, 1 | 3), "{}", outcome.code);
    assert_eq!(saylog.integrity(), "ok");
    assert_eq!(saylog.log().lines().count(), saylog.said().len() + 1);
}
