//! Days and hours at the prompt: in the person's zone or in UTC, and gaps between days.

use super::*;
use crate::support::events::events;
use crate::support::run::{echoing, feed};

/// 2026-11-22T15:30:00Z
const EVENING: i64 = 1_795_361_400_000;

const HOUR: i64 = 3_600_000;

/// A session in which something was said in the evening, ten hours later, and three days
/// after that; and one of bob a year and a half on.
fn days() -> Saylog {
    let saylog = echoing();
    let mut resume = None;
    for (at, said) in [
        (EVENING, "/start trip\nevening\n"),
        (EVENING + 10 * HOUR, "morning\n"),
        (EVENING + (10 + 3 * 24) * HOUR, "later\n"),
        (EVENING + 550 * 24 * HOUR, "/user bob\n/start\nhi\n"),
    ] {
        let mut command = saylog.command();
        command.args(resume.replace("--resume"));
        command.env("SAYLOG_TEST_CLOCK", at.to_string());
        let outcome = feed(command, said.as_bytes());
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    }
    saylog
}

/// What a line shows in a zone far from UTC, at this width.
#[track_caller]
fn shows(saylog: &Saylog, columns: u16, arguments: &[&str], line: &str, expected: &str) {
    let variables = [
        ("TZ", "JST-9"),
        // The day on which bob spoke, by his clock.
        ("SAYLOG_TEST_CLOCK", "1842881400000"),
    ];
    let all = [&["--color", "never", "--no-pager"], arguments].concat();
    let mut terminal = Terminal::of_width(columns, saylog, &all, &variables);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types(format!("{line}\r"));
    terminal.shows_at_last(&format!("> {line}\n{expected}\nalice> ▏"));
    leave(terminal);
}

const IN_UTC: &str = "\
alice/<1>  2026-11-22 UTC
  15:30:00    #1 user  evening
  15:30:00    #2 ai    evening

alice/<1>  2026-11-23 UTC
  01:30:00    #3 user  morning
  01:30:00    #4 ai    morning

alice/<1>  2026-11-26 UTC, 3 days later
  01:30:00    #5 user  later
  01:30:00    #6 ai    later

bob/<2>  2028-05-25 UTC, 18 months later
  15:30:00    #7 user  hi
  15:30:00    #8 ai    hi";

#[test]
fn a_log_has_the_days_of_the_person_and_tells_gaps_between_them() {
    let saylog = days();
    let in_tokyo = "\
alice/<1>  2026-11-23
  00:30:00    #1 user  evening
  00:30:00    #2 ai    evening

  10:30:00    #3 user  morning
  10:30:00    #4 ai    morning

alice/<1>  2026-11-26, 3 days later
  10:30:00    #5 user  later
  10:30:00    #6 ai    later

bob/<2>  2028-05-26, 18 months later
  00:30:00    #7 user  hi
  00:30:00    #8 ai    hi";
    for columns in [80, 200] {
        shows(&saylog, columns, &[], "/log", in_tokyo);
        shows(&saylog, columns, &[], "/log --utc", IN_UTC);
        shows(&saylog, columns, &["--utc"], "/log", IN_UTC);
    }
    let narrow = "\
alice/<1>  2026-11-26
  10:30:00    #5 user
    later
  10:30:00    #6 ai
    later

bob/<2>  2028-05-26, 18 months
  later
  00:30:00    #7 user
    hi
  00:30:00    #8 ai
    hi";
    shows(&saylog, 40, &[], "/log 4", narrow);
    let marked = "\
alice/<1>  2026-11-23
  10:30:00    #4 ai    morning

alice/<1>  2026-11-26, 3 days later
> 10:30:00    #5 user  later
  10:30:00    #6 ai    later";
    shows(&saylog, 80, &[], "/show #5", marked);
}

#[test]
fn days_of_filters_are_the_person_s_unless_they_want_utc() {
    let saylog = days();
    let in_tokyo = "\
alice/<1>  2026-11-23
  00:30:00    #1 user  evening

  10:30:00    #3 user  morning";
    let of_a_day = "role:user since:2026-11-23 before:2026-11-24";
    let line = format!("/log {of_a_day}");
    shows(&saylog, 80, &[], &line, in_tokyo);
    let in_utc = "alice/<1>  2026-11-23 UTC\n  01:30:00    #3 user  morning";
    shows(&saylog, 80, &["--utc"], &line, in_utc);
    for line in [
        format!("/log --utc {of_a_day}"),
        format!("/log {of_a_day} --utc"),
    ] {
        shows(&saylog, 80, &[], &line, in_utc);
    }
    let hit = "  1 alice/trip #3 user, 2026-11-23 01:30:00 UTC\n    morning";
    let line = "/search morning role:user since:2026-11-23";
    shows(&saylog, 80, &["--utc"], line, hit);
    let hit = "  1 alice/trip #3 user, 2026-11-23 10:30:00\n    morning";
    shows(&saylog, 80, &[], line, hit);
}

#[test]
fn a_script_has_utc_anyway_and_days_of_filters_as_the_person() {
    let saylog = days();
    let ids = |arguments: &[&str]| {
        let mut command = saylog.command();
        command.env("TZ", "JST-9").arg("--json").args(arguments);
        let told = events(&feed(command, b"").normal(&saylog).stdout);
        let ids = told.iter().filter_map(|event| event["id"].as_i64());
        ids.collect::<Vec<_>>()
    };
    let line = "/log role:user before:2026-11-23";
    assert_eq!(ids(&["-c", line]), Vec::<i64>::new());
    assert_eq!(ids(&["--utc", "-c", line]), [1]);
    assert_eq!(ids(&["-c", &format!("{line} --utc")]), [1]);
    let outcome = saylog.run(&["-c", "/log --utc 1"]);
    assert!(outcome.stdout.starts_with("2028-05-25T15:30:00.000Z bob "));
}
