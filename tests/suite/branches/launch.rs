//! `--resume`: in an earlier session from the first line on.

use crate::support::prompt::{BANNER, FIRST as FIRST_REPLY, leave, prompt_with};
use crate::support::run::{Saylog, check, feed};
use crate::support::script::{before, ids, named, run, scripted};

/// Two sessions of alice, the second spoken in last; one of bob's.
fn three() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start plan\nhello\n");
    before(&saylog, "/start\nwhat is a monad?\n");
    before(&saylog, "/user bob\n/start bobs own\nmy secret\n");
    saylog
}

const FIRST: &str = "<time> alice <1> user: hello\n<time> alice <1> ai: hello\n";
const SECOND: &str = "<time> alice <2> user: what is a monad?\n\
                      <time> alice <2> ai: what is a monad?\n";

const MISSING: &str = "an id or its first four characters or more, a title, a number, or `latest`; \
                       `/sessions` lists them";

#[test]
fn without_a_value_it_is_the_latest() {
    let saylog = three();
    check(
        &run(&saylog, &["--resume", "-c", "/history"]),
        SECOND,
        "",
        0,
    );
    let mut command = saylog.command();
    command.arg("--resume");
    check(&named(feed(command, b"/history\n"), &saylog), SECOND, "", 0);
}

#[test]
fn with_a_value_it_is_whatever_resume_finds() {
    let saylog = three();
    let id = ids(&saylog)[0].clone();
    for which in [&id, &id[..4], "plan", "pl…", "2"] {
        let arguments = ["--resume", which, "-c", "/history"];
        check(&run(&saylog, &arguments), FIRST, "", 0);
        let equals = format!("--resume={which}");
        check(&run(&saylog, &[&equals, "-c", "/history"]), FIRST, "", 0);
    }
    for which in [&id, &id[..4], "2"] {
        let short = format!("-r{which}");
        check(&run(&saylog, &[&short, "-c", "/history"]), FIRST, "", 0);
    }
    check(
        &run(&saylog, &["--resume", "latest", "-c", "/history"]),
        SECOND,
        "",
        0,
    );
}

#[test]
fn it_says_nothing_but_as_an_event() {
    let saylog = three();
    check(
        &run(&saylog, &["--resume", "plan", "-c", "/user"]),
        "alice\n",
        "",
        0,
    );
    check(
        &run(
            &saylog.with(&["--json"]),
            &["--resume", "plan", "-c", "/user"],
        ),
        concat!(
            r#"{"event":"resume","line":null,"user_id":"alice","session_id":"<1>","title":"plan","count":2,"context":2,"last_at":"<time>"}"#,
            "\n",
            r#"{"event":"user","line":1,"user_id":"alice","session_id":"<1>","known":true}"#,
            "\n",
        ),
        "",
        0,
    );
}

#[test]
fn it_is_the_session_of_who_speaks_first_and_waits_for_them() {
    let saylog = three();
    let mut command = saylog.command();
    command.arg("--resume");
    let script = b"/user bob\n/history\n/user alice\n/history\n";
    check(
        &named(feed(command, script), &saylog),
        &format!("bob\nalice\n{SECOND}"),
        "<stdin>:2: User chat session not found!; `/start` begins one\n",
        1,
    );
}

#[test]
fn nothing_is_played_if_it_fails() {
    let saylog = three();
    let id = ids(&saylog)[2].clone();
    for which in [
        "nope",
        "pla",
        "bobs own",
        "my secret",
        "3",
        "0",
        "abc",
        &id,
        &id[..8],
    ] {
        let arguments = [
            "--resume", which, "-c", "/user", "-c", "/start", "-c", "lost",
        ];
        check(
            &saylog.run(&arguments),
            "",
            &format!("saylog: no session of yours is `{which}`; {MISSING}\n"),
            1,
        );
    }
    assert_eq!(ids(&saylog).len(), 3);
    assert_eq!(saylog.said().len(), 6);
    let mut command = saylog.command();
    command.args(["--resume", "nope"]);
    check(
        &feed(command, b"/user\n"),
        "",
        &format!("saylog: no session of yours is `nope`; {MISSING}\n"),
        1,
    );
}

#[test]
fn nothing_is_played_if_several_answer() {
    let saylog = three();
    before(&saylog, "/start planet\nhello\n");
    let sentence = "saylog: several sessions of yours answer to `pla…`; \
                    one of <4> “planet”, <1> “plan”\n";
    check(
        &run(&saylog, &["--resume", "pla…", "-c", "/user"]),
        "",
        sentence,
        1,
    );
    check(
        &run(&saylog, &["--resume", "plan", "-c", "/user"]),
        "alice\n",
        "",
        0,
    );
}

#[test]
fn a_failure_is_an_event_of_no_line() {
    let saylog = three().with(&["--json"]);
    check(
        &saylog.run(&["--resume", "nope", "-c", "/user"]),
        &format!(
            "{{\"event\":\"error\",\"line\":null,\"code\":\"session_not_found\",\
             \"error\":\"no session of yours is `nope`\",\"hint\":\"{MISSING}\",\"kind\":\"refused\",\"tries\":null}}\n"
        ),
        "",
        1,
    );
}

#[test]
fn an_empty_value_is_no_session() {
    // A script whose variable was empty must not go on in whatever session there is.
    let saylog = scripted();
    before(&saylog, "/start the only one\nhello\n");
    let outcome = saylog.run(&["--resume", "", "-c", "into which?"]);
    assert_eq!(
        (outcome.stdout.as_str(), outcome.code),
        ("", 1),
        "{}",
        outcome.stderr
    );
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn who_has_no_session_has_none_to_return_to() {
    let saylog = Saylog::new().exact();
    let sentence = "saylog: you have no session yet; `/start` begins one\n";
    check(&saylog.run(&["--resume", "-c", "/user"]), "", sentence, 1);
    check(&saylog.run(&["--resume", "-c", "hello"]), "", sentence, 1);
    assert!(saylog.said().is_empty());
}

#[test]
fn with_start_it_goes_on_or_begins() {
    let latest: &[&str] = &["--resume", "--start"];
    for (arguments, input) in [
        (&["-c", "hello"][..], ""),
        (&[], "hello\n"),
        (&["-f", "-"], "hello\n"),
        (&["--input", "json"], "\"hello\""),
        (&["hello"], ""),
        (&["-"], "hello"),
    ] {
        let saylog = scripted();
        let arguments = [latest, arguments].concat();
        for said in [2, 4] {
            let mut command = saylog.command();
            command.args(&arguments);
            let outcome = feed(command, input.as_bytes());
            assert_eq!((&*outcome.stderr, outcome.code), ("", 0), "{arguments:?}");
            assert_eq!(saylog.said().len(), said, "{arguments:?}");
            assert_eq!(ids(&saylog).len(), 1, "{arguments:?}");
        }
    }
    // What is named has to be there.
    let saylog = Saylog::new();
    check(
        &saylog.run(&["--resume=plan", "--start", "-c", "hello"]),
        "",
        &format!("saylog: no session of yours is `plan`; {MISSING}\n"),
        1,
    );
}

#[test]
fn at_a_prompt_with_start_nobody_is_told_that_there_is_none() {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, &["--resume", "--start"], &[]);
    terminal.types("hello\r");
    terminal.shows(&format!("{BANNER}\nalice> hello\n{FIRST_REPLY}"));
    leave(terminal);
}
