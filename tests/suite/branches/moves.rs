//! `/moves` lists how the end of a context was moved; nobody changes that list.

use super::undo::{moved, said};
use crate::support::events::events;
use crate::support::run::{NOTHING_MOVED, STARTED, Saylog, check};
use crate::support::script::{before, play, scripted};

#[test]
fn clearing_what_is_empty_is_no_move() {
    let saylog = scripted();
    check(
        &play(&saylog, "/start\n/clear\n/moves\n/undo\n"),
        &format!("{STARTED}Session <1> cleared!\n0 messages stay in the log.\n"),
        &format!(
            "{NOTHING_MOVED}<stdin>:4: there is nothing to take back; `/moves` lists what was moved\n"
        ),
        1,
    );
    let saylog = saylog.with(&["--json"]);
    check(
        &play(&saylog, "/start\n/clear\n"),
        concat!(
            r#"{"event":"start","line":1,"user_id":"alice","session_id":"<2>","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"clear","line":2,"user_id":"alice","session_id":"<2>","count":0,"gone":0,"ids":[],"way":null,"message":"Session <2> cleared!"}"#,
            "\n",
        ),
        "",
        0,
    );
}

#[test]
fn every_move_is_listed_with_the_way_back() {
    let saylog = said(&["one", "two"]);
    before(
        &saylog,
        "/resume\n/undo\n/redo\n/clear\nthree\n/undo\n/undo\n",
    );
    let rows = "1 <time> undo #4 -> #2, 2 messages left; `/fork at #4`\n\
                2 <time> redo #2 -> #4, 2 messages came; `/fork at #2`\n\
                3 <time> clear #4 -> none, 4 messages left; `/fork at #4`\n\
                4 <time> undo #6 -> none, 2 messages left; `/fork at #6`\n\
                5 <time> undo none -> #4, 4 messages came\n";
    moved(&saylog, &["/moves"], rows, "", &["one", "two"]);
    // Another session has moves of its own, with numbers of their own.
    check(
        &play(&saylog, "/start\nx\n/moves\n/undo\n/moves\n"),
        "Chat started successfully!\nx\n\
         2 messages left the context (#7, #8); `/redo` brings them back.\n\
         1 <time> undo #8 -> none, 2 messages left; `/fork at #8`\n",
        NOTHING_MOVED,
        0,
    );
}

#[test]
fn moves_are_events() {
    let saylog = said(&["one"]).with(&["--json", "--resume"]);
    check(
        &play(&saylog, "/undo\n/redo\n/clear\n/undo\n/moves\n"),
        concat!(
            r#"{"event":"resume","line":null,"user_id":"alice","session_id":"<1>","title":null,"count":2,"context":2,"last_at":"<time>"}"#,
            "\n",
            r#"{"event":"move","line":1,"user_id":"alice","session_id":"<1>","why":"undo","from_id":2,"to_id":null,"gone":2,"back":0,"ids":[1,2],"way":"/redo","unasked":false}"#,
            "\n",
            r#"{"event":"move","line":2,"user_id":"alice","session_id":"<1>","why":"redo","from_id":null,"to_id":2,"gone":0,"back":2,"ids":[1,2],"way":"/undo","unasked":false}"#,
            "\n",
            r#"{"event":"clear","line":3,"user_id":"alice","session_id":"<1>","count":2,"gone":2,"ids":[1,2],"way":"/undo","message":"Session <1> cleared!"}"#,
            "\n",
            r#"{"event":"move","line":4,"user_id":"alice","session_id":"<1>","why":"undo","from_id":null,"to_id":2,"gone":0,"back":2,"ids":[1,2],"way":"/redo","unasked":false}"#,
            "\n",
            r#"{"event":"move_row","line":5,"number":1,"why":"undo","from_id":2,"to_id":null,"gone":2,"back":0,"ids":[],"way":"/fork at #2","created_at":"<time>","way_now":null}"#,
            "\n",
            r#"{"event":"move_row","line":5,"number":2,"why":"redo","from_id":null,"to_id":2,"gone":0,"back":2,"ids":[],"way":null,"created_at":"<time>","way_now":"/undo"}"#,
            "\n",
            r#"{"event":"move_row","line":5,"number":3,"why":"clear","from_id":2,"to_id":null,"gone":2,"back":0,"ids":[],"way":"/fork at #2","created_at":"<time>","way_now":null}"#,
            "\n",
            r#"{"event":"move_row","line":5,"number":4,"why":"undo","from_id":null,"to_id":2,"gone":0,"back":2,"ids":[],"way":null,"created_at":"<time>","way_now":"/redo"}"#,
            "\n",
            r#"{"event":"end","line":5,"scope":"session","count":4,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
}

/// Plays lines in alice's session of a copy of a store, and says where it stands then.
fn stands_after(saylog: &Saylog, lines: &[&str]) -> String {
    let copy = scripted();
    std::fs::copy(saylog.store(), copy.store()).expect("a copy");
    let mut arguments = vec!["--resume", "1"];
    arguments.extend(lines.iter().flat_map(|line| ["-c", line]));
    let outcome = copy.run(&arguments);
    assert_eq!(outcome.code, 0, "{lines:?}: {}", outcome.stderr);
    let place = "printf('%s %s %s', head, base, floor)";
    let newest = format!("SELECT {place} FROM sessions ORDER BY id DESC LIMIT 1");
    copy.stored().row(&newest)
}

#[test]
fn the_shortest_way_back_leads_exactly_there() {
    let long = "a text that is longer than its summary\n".repeat(6);
    let (mut undone, mut redone, mut forked) = (0, 0, 0);
    for (lines, summary) in [
        ("/undo\n/redo\n", false),
        ("/undo 2\n/redo\n/undo\n", false),
        ("/undo\n/undo\n/undo\n", false),
        ("/clear\n", false),
        ("/clear\n/undo\n/redo\n", false),
        ("/clear\nafter\n/clear\n/undo\n", false),
        ("/undo\nelse\n/retry\n/edit other\n", false),
        ("/retry\n/undo\n/redo\n", false),
        ("", true),
        ("/undo\n", true),
        ("/undo\n/redo\n/undo\n/undo\n", true),
        ("after\n/undo 2\n", true),
    ] {
        let saylog = Saylog::new().with(&["--model", "cmd:/bin/echo sum"]);
        let compact = if summary { "/compact\n" } else { "" };
        let outcome = saylog.play(format!("/start\n{long}{compact}{lines}"));
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let listed = saylog.run(&["--json", "--resume", "-c", "/moves"]);
        let place = "printf('%s %s %s', from_head, from_base, from_floor)";
        let before: Vec<String> = (saylog.stored()).rows(&format!("SELECT {place} FROM moves"));
        let rows = events(&listed.stdout);
        let rows = rows.iter().filter(|row| row["event"] == "move_row");
        let stands = stands_after(&saylog, &[]);
        for (row, before) in rows.zip(&before) {
            let told = format!("{lines:?}: {row}");
            match row["way_now"].as_str() {
                None if stands == *before => {}
                // An empty context is like any other one.
                None | Some("/clear") => assert!(row["from_id"].is_null(), "{told}"),
                Some(way) if way.starts_with("/fork") => {
                    forked += 1;
                    assert_eq!(row["way"], way, "{told}");
                }
                Some(way) => {
                    undone += usize::from(way.starts_with("/undo"));
                    redone += usize::from(way == "/redo");
                    assert_eq!(stands_after(&saylog, &[way]), *before, "{told}");
                }
            }
        }
    }
    assert!(
        undone > 4 && redone > 4 && forked > 4,
        "{undone} {redone} {forked}"
    );
}

#[test]
fn other_programs_cannot_change_a_move() {
    let saylog = said(&["one"]);
    before(&saylog, "/resume\n/undo\n/redo\n");
    let store = saylog.stored();
    for attempt in [
        "UPDATE moves SET why = 'x'",
        "UPDATE moves SET id = id + 100",
        "UPDATE moves SET to_head = 7 WHERE id = 1",
        "DELETE FROM moves",
        "DELETE FROM moves WHERE id = 2",
    ] {
        let refused = store.write(attempt).expect_err(attempt);
        assert_eq!(refused, "the log is append-only", "{attempt}");
    }
}

#[test]
fn other_programs_cannot_replace_a_move() {
    let saylog = said(&["one"]);
    before(&saylog, "/resume\n/undo\n");
    let store = saylog.stored();
    let replaced = store.write(
        "REPLACE INTO moves (id, session, why, gone, back, moved_at) VALUES (1, 1, 'redo', 0, 0, 0)",
    );
    let refused = replaced.expect_err("it is refused");
    assert_eq!(refused, "the log is append-only");
}
