//! `/stats`: what was said, counted.

use serde_json::{Value, json};

use crate::support::events::events;
use crate::support::prompt::{leave, wide_prompt};
use crate::support::run::{Saylog, check, configured, echoing, feed};
use crate::support::server::{Server, script};
use crate::support::terminal::Terminal;

/// Of alice two turns in one session, of a user with wide letters one; on a Sunday, at 13:32
/// in UTC.
fn counted() -> Saylog {
    let saylog = echoing().exact().with(&["--utc"]);
    let said = saylog.play("/start plan\nhello\n你好\n/user 你好用户\n/start\none\n");
    assert_eq!(said.code, 0, "{said:?}");
    saylog
}

#[test]
fn groups_have_rows_and_all_have_the_last() {
    let saylog = counted();
    let sessions = saylog.stored().sessions();
    for (line, rows) in [
        ("/stats", "- 4 2 14 0 0 0.0 0 - total\n".to_owned()),
        (
            "/stats by user in:global",
            "alice 4 2 14 0 0 0.0 0 -\n你好用户 2 1 6 0 0 0.0 0 -\n\
             - 6 3 20 0 0 0.0 0 - total\n"
                .to_owned(),
        ),
        (
            "/stats by session in:global role:user",
            format!(
                "{} 2 2 7 0 0 0.0 0 - \"plan\"\n{} 1 1 3 0 0 0.0 0 - \"one\"\n\
                 - 3 3 10 0 0 0.0 0 - total\n",
                sessions[0], sessions[1]
            ),
        ),
        (
            "/stats by day",
            "2026-11-22 4 2 14 0 0 0.0 0 -\n- 4 2 14 0 0 0.0 0 - total\n".to_owned(),
        ),
        (
            "/stats by hour",
            "13 4 2 14 0 0 0.0 0 -\n- 4 2 14 0 0 0.0 0 - total\n".to_owned(),
        ),
        (
            "/stats by model",
            "- 2 2 7 0 0 0.0 0 -\nmock:echo 2 0 7 0 0 0.0 0 -\n- 4 2 14 0 0 0.0 0 - total\n"
                .to_owned(),
        ),
        (
            "/stats by role limit:3",
            "ai 2 0 7 0 0 0.0 0 -\nuser 1 1 2 0 0 0.0 0 -\n- 3 1 9 0 0 0.0 0 - total\n".to_owned(),
        ),
        (
            "/stats by source 你好",
            "- 2 1 4 0 0 0.0 0 -\n- 2 1 4 0 0 0.0 0 - total\n".to_owned(),
        ),
    ] {
        check(&saylog.run(&["-c", line]), &rows, "", 0);
    }
}

#[test]
fn a_week_is_shown_by_its_hours() {
    let saylog = counted();
    let nothing = " 0".repeat(24);
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].map(|day| format!("{day}{nothing}\n"));
    let sunday = format!("Sun{} 4{}\n", " 0".repeat(13), " 0".repeat(10));
    let expected = format!("{}{sunday}", days.concat());
    check(&saylog.run(&["-c", "/stats heat"]), &expected, "", 0);
    let rows = events(
        &saylog
            .run(&["--json", "-c", "/stats heat in:global"])
            .stdout,
    );
    let mut hours = [0; 24];
    hours[13] = 6;
    assert_eq!(rows.len(), 8);
    assert_eq!(
        rows[6],
        json!({
            "event": "stat_row", "line": 1, "by": "heat", "key": "Sun", "title": null,
            "messages": 6, "turns": 3, "characters": 20, "prompt_tokens": 0,
            "reply_tokens": 0, "seconds_waited": 0.0, "failures": 0, "cost": null,
            "unpriced": 0, "total": false, "weeks": null, "hours": hours,
        })
    );
}

#[test]
fn nobody_counts_what_others_said_unless_they_ask_for_it() {
    let saylog = counted();
    let mut carol = saylog.command_of("carol");
    carol.args(["-c", "/stats by user"]);
    check(
        &feed(carol, b""),
        "",
        "you have said nothing yet; `/start` begins a session\n",
        0,
    );
    check(
        &saylog.run(&["-c", "/stats by user user:你好用户"]),
        "",
        "-c:1: `/stats` looks among your own messages, and not among those of `你好用户`; \
         `in:global` looks among everybody's\n",
        1,
    );
    check(
        &saylog.run(&["-c", "/stats by colour"]),
        "",
        "-c:1: `/stats` does not count by `colour`; one of user, session, day, hour, model, \
         role, source\n",
        1,
    );
}

#[test]
fn tokens_cost_what_the_configuration_says() {
    let answer = |sent, came| {
        script(move |mut answer| {
            answer.begins();
            answer.says("Hello!");
            answer.counts(sent, came);
        })
    };
    let server = Server::new(vec![answer(1_000_000, 500_000), answer(10, 20)]);
    let base = server.base();
    let saylog = configured(&format!(
        "[models.dear]\nbase_url = \"{base}\"\nmodel = \"m1\"\n\
         price = {{ input = 3.0, output = 15.5 }}\n\
         [models.free]\nbase_url = \"{base}\"\nmodel = \"m2\"\n"
    ));
    let said = saylog.play("/start\n/model dear\nhello\n/model free\nhello\n");
    assert_eq!((said.stderr.as_str(), said.code), ("", 0));
    // Whoever answered took no time that is known here.
    saylog
        .stored()
        .tamper("UPDATE messages SET created_at = 1763818327120 + id / 2 * 1500 + id % 2 * 500");
    let rows = events(&saylog.run(&["--json", "-c", "/stats by model"]).stdout);
    let told = |row: &Value| {
        ["key", "cost", "unpriced", "seconds_waited", "total"].map(|name| row[name].clone())
    };
    assert_eq!(
        rows[..4].iter().map(told).collect::<Vec<_>>(),
        [
            [Value::Null, Value::Null, json!(0), json!(0.0), json!(false)],
            [
                json!("m1"),
                json!(10.75),
                json!(0),
                json!(1.0),
                json!(false)
            ],
            [json!("m2"), Value::Null, json!(1), json!(1.0), json!(false)],
            [Value::Null, json!(10.75), json!(1), json!(2.0), json!(true)],
        ]
    );
    let mut terminal = wide_prompt(&saylog, &[], &[]);
    terminal.types("/stats\r");
    terminal.shows_such("tokens and what they cost", |screen| {
        screen.contains(
            "tokens      1,000,010 sent, 500,020 received\n\
             waited      2.0 s\n\
             failed      0\n\
             cost        10.7500 and 1 reply without a price\n",
        )
    });
    leave(terminal);
}

#[test]
fn another_try_is_not_waited_for_from_the_question_on() {
    let saylog = echoing().exact();
    assert_eq!(saylog.play("/start\nhello\n/retry\n").code, 0);
    saylog
        .stored()
        .tamper("UPDATE messages SET created_at = created_at + (id - 1) * (id - 1) * 1000");
    check(
        &saylog.run(&["-c", "/stats"]),
        "- 3 1 15 0 0 1.0 0 - total\n",
        "",
        0,
    );
}

#[test]
fn a_table_has_bars_and_is_as_wide_as_the_window() {
    let saylog = counted();
    let wide = "\
user               messages                 turns    tokens    waited    failed
alice                     4 ███████████         2         0     0.0 s         0
你好用户                  2 █████▌              1         0     0.0 s         0
total                     6                     3         0     0.0 s         0
    20 characters
";
    let narrow = "\
user               messages
alice                     4 ███████████
    2 turns, 14 characters
你好用户                  2 █████▌
    1 turn, 6 characters
total                     6
    3 turns, 20 characters
";
    let heat = "\
    0     6     12    18
Mon ························         0
Tue ························         0
Wed ························         0
Thu ························         0
Fri ························         0
Sat ························         0
Sun ·············█··········         6
";
    let all = "\
messages    6
turns       3
characters  20
tokens      -
waited      0.0 s
failed      0
best week   6
by week                              █
";
    for (columns, line, table) in [
        (80, "/stats by user in:global", wide),
        (40, "/stats by user in:global", narrow),
        (40, "/stats heat in:global", heat),
        (40, "/stats in:global", all),
    ] {
        let mut terminal = Terminal::of_width(columns, &saylog, &["--no-pager"], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types(format!("{line}\r"));
        terminal.shows_such(table, |screen| screen.contains(table));
        leave(terminal);
    }
}
