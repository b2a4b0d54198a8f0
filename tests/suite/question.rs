//! A question on the command line: one text, in a session begun for it.

use crate::support::events::{events, log};
use crate::support::run::{MOCK, STARTED, Saylog, check, echoing, feed};
use crate::support::script::{before, ids, run, scripted};
use crate::support::terminal::Terminal;

#[test]
fn the_words_are_one_message_in_a_session_begun_for_it() {
    let saylog = scripted();
    check(
        &saylog.run(&["what", "is  a", "monad?"]),
        "what is  a monad?\n",
        "",
        0,
    );
    check(&saylog.run(&["and then?"]), "and then?\n", "", 0);
    let rows = log(&saylog);
    assert_eq!(rows[0].content, "what is  a monad?");
    assert_eq!(ids(&saylog).len(), 2, "each has a session of its own");
    assert_eq!(rows[2].parent_id, None);
}

#[test]
fn whatever_it_begins_with_it_is_text() {
    let saylog = echoing();
    for text in [
        "/clear",
        "//clear",
        "/user bob",
        "\"\"\"",
        "\"\"\"END",
        " /quit",
        "a\n/quit",
    ] {
        check(&saylog.run(&[text]), &format!("{text}\n"), "", 0);
    }
    for words in [&["--", "-c"][..], &["--", "--json", "x"]] {
        let said = words[1..].join(" ");
        check(&saylog.run(words), &format!("{said}\n"), "", 0);
    }
}

#[test]
fn its_events_are_of_no_line() {
    let saylog = scripted().with(&["--json"]);
    check(
        &run(&saylog, &["hello"]),
        concat!(
            r#"{"event":"start","line":null,"user_id":"alice","session_id":"<1>","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"reply","line":null,"id":2,"seq":2,"parent_id":1,"user_id":"alice","session_id":"<1>","role":"ai","content":"hello","created_at":"<time>","model":"mock:echo","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null,"tries":null}"#,
            "\n",
        ),
        "",
        0,
    );
}

#[test]
fn other_options_work_with_it() {
    let saylog = Saylog::new();
    check(
        &saylog.run(&["--start", "hello", "-m", "mock:echo", "you"]),
        "hello you\n",
        "",
        0,
    );
    check(
        &saylog.run(&["hello", "-m", "cmd:false"]),
        "",
        "saylog: the program `false` failed (exit 1); `/retry` asks again\n",
        1,
    );
    let outcome = saylog.run(&["hello", "-m", "cmd:false", "--stop-on-error"]);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 3));
}

#[test]
fn with_resume_it_goes_on_or_begins() {
    let saylog = scripted();
    let session = |events: &str| -> Vec<(String, String)> {
        let text = |event: &serde_json::Value, field: &str| {
            event[field].as_str().expect("text").to_owned()
        };
        let events = crate::support::events::events(events);
        events
            .iter()
            .map(|event| (text(event, "event"), text(event, "session_id")))
            .collect()
    };
    for (arguments, kind) in [
        (&["--json", "one", "--resume"][..], "start"),
        (&["--json", "--resume", "two", "words"], "resume"),
        (&["--json", "--resume=latest", "three"], "resume"),
    ] {
        let outcome = saylog.run(arguments);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        let first = ids(&saylog)[0].clone();
        assert_eq!(
            session(&outcome.stdout),
            [
                (kind.to_owned(), first.clone()),
                ("reply".to_owned(), first)
            ],
            "{arguments:?}"
        );
    }
    assert_eq!(
        saylog.said(),
        ["one", "two words", "three"]
            .iter()
            .flat_map(|text| [format!("alice user: {text}"), format!("alice ai: {text}")])
            .collect::<Vec<_>>()
    );
    before(&saylog, "/start plan\nhello\n");
    before(&saylog, "/start\nlater\n");
    check(
        &saylog.run(&["--resume=plan", "go", "on"]),
        "go on\n",
        "",
        0,
    );
    assert_eq!(
        log(&saylog).last().expect("a row").session_id,
        ids(&saylog)[1]
    );
}

#[test]
fn a_session_that_is_not_there_is_an_error_and_nothing_is_said() {
    let saylog = scripted();
    before(&saylog, "/start plan\nhello\n");
    let missing = "an id or its first four characters or more, a title, a number, or `latest`; \
                   `/sessions` lists them";
    for (which, arguments) in [
        ("nope", &["--resume=nope", "hello"][..]),
        ("", &["--resume=", "hello"]),
        ("nope", &["--resume", "nope"]),
    ] {
        check(
            &saylog.run(arguments),
            "",
            &format!("saylog: no session of yours is `{which}`; {missing}\n"),
            1,
        );
    }
    check(
        &Saylog::new().run(&["--resume=plan", "hello"]),
        "",
        &format!("saylog: no session of yours is `plan`; {missing}\n"),
        1,
    );
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn a_question_behind_the_flag_that_takes_a_session_is_told_where_it_stands() {
    let saylog = scripted();
    before(&saylog, "/start plan\nhello\n");
    let told = "saylog: no session of yours is `and then?`; `/sessions` lists them; a question \
                stands before: `saylog 'and then?' --resume`\n";
    check(&saylog.run(&["--resume", "and then?"]), "", told, 1);
    let mut command = saylog.command();
    command.args(["--resume", "and then?"]);
    check(&feed(command, b"piped\n"), "", told, 1);
    // Beside lines there is no question.
    let missing = "saylog: no session of yours is `and then?`; an id or its first four characters \
                   or more, a title, a number, or `latest`; `/sessions` lists them\n";
    for arguments in [
        &["--resume", "and then?", "-c", "/user"][..],
        &["--resume=and then?"],
    ] {
        check(&saylog.run(arguments), "", missing, 1);
    }
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn several_words_behind_a_flag_that_takes_one_are_told_to_be_quoted() {
    let saylog = Saylog::new();
    for arguments in [
        ["--search", "rome", "in:global"],
        ["--export", "in:session", "rome.md"],
        ["--import", "--dry-run", "export.zip"],
    ] {
        let outcome = saylog.run(&arguments);
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 2));
        let flag = arguments[0];
        let tip =
            format!("\n  tip: quotes make one argument of what belongs to it: {flag} 'A B'\n");
        assert!(outcome.stderr.contains(&tip), "{}", outcome.stderr);
    }
    assert!(!saylog.store().exists());
}

#[test]
fn what_is_no_question_is_a_usage_error() {
    let saylog = Saylog::new();
    let blank = "there is nothing to say: the question is blank; `saylog` alone is a prompt, \
                 `saylog -` says what is piped";
    let dash = "`-` says all of standard input and takes no words; \
                `cat FILE | saylog 'QUESTION'` asks about it";
    let beside = |question: &str, option: &str| {
        format!(
            "the question `{question}` cannot stand beside `{option}`; \
             ask it alone, and quote an argument that has blanks"
        )
    };
    let name = |word: &str| {
        format!("`{word}` is the name of a command; `-c /{word}` runs it, `-c {word}` says it")
    };
    for (arguments, sentence) in [
        (&[""][..], blank.to_owned()),
        (&[" ", "\t"], blank.to_owned()),
        (&["-", "this"], dash.to_owned()),
        (&["--", "-", "this"], dash.to_owned()),
        (&["-c", "/user", "hello", "you"], beside("hello you", "-c")),
        (&["hello", "-c", "/user"], beside("hello", "-c")),
        (&["-f", "my", "file.txt"], beside("file.txt", "-f")),
        (&["-", "-f", "-"], beside("-", "-f")),
        (&["help"], name("help")),
        (&["sessions"], name("sessions")),
        (&["quit"], name("quit")),
        (&["exit"], name("exit")),
        (&["log"], name("log")),
        (&["?"], name("?")),
        (&["now", "--resume", "-c", "/user"], beside("now", "-c")),
    ] {
        let expected = format!("saylog: {sentence}\n");
        check(&saylog.run(arguments), "", &expected, 2);
        let json: Vec<&str> = ["--json"].iter().chain(arguments).copied().collect();
        check(&saylog.run(&json), "", &expected, 2);
    }
    assert!(!saylog.store().exists());
    // More than the name is a question, and so is the name in a `-c`.
    check(&saylog.run(&["help", "me"]), MOCK, "", 0);
    check(&saylog.run(&["-c", "help"]), MOCK, "", 0);
}

#[test]
fn words_that_are_not_utf8_are_an_error() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let saylog = Saylog::new();
    let words = [OsStr::new("a"), OsStr::from_bytes(b"b\xff")];
    check(
        &saylog.run(&words),
        "",
        "saylog: the line is not UTF-8 (byte 4) and was not sent; convert the input to UTF-8\n",
        1,
    );
    assert!(saylog.said().is_empty());
}

#[test]
fn a_text_of_c_begins_a_session_and_nothing_else_does() {
    let saylog = scripted();
    check(
        &saylog.run(&["-c", "one", "-c", "two", "-c", "/user bob", "-c", "three"]),
        "one\ntwo\nbob (new)\nthree\n",
        "",
        0,
    );
    let sessions: Vec<_> = log(&saylog).into_iter().map(|row| row.session_id).collect();
    assert_eq!(sessions[0], sessions[3]);
    assert_eq!(ids(&saylog).len(), 2);
    check(
        &saylog.lines(&["\"\"\"", "a", "/user", "\"\"\""]),
        "a\n/user\n",
        "",
        0,
    );
    let none = "-c:1: User chat session not found!; `/start` begins one\n";
    for line in [
        "/history",
        "/clear",
        "/each hello",
        "/quote #1",
        "/system be brief",
    ] {
        check(&saylog.lines(&[line]), "", none, 1);
    }
    // Transcripts do nothing unasked.
    check(
        &saylog.play("hello\n"),
        "",
        "<stdin>:1: User chat session not found!; `/start` begins one\n",
        1,
    );
    let outcome = saylog.with(&["--json"]).lines(&["/start", "hello"]);
    let kinds: Vec<_> = events(&outcome.stdout)
        .iter()
        .map(|event| event["event"].clone())
        .collect();
    assert_eq!(kinds, ["start", "reply"], "it is begun once");
}

#[test]
fn the_session_that_was_started_is_the_one_that_is_spoken_in() {
    check(
        &Saylog::new().lines(&["/start", "hello"]),
        &format!("{STARTED}{MOCK}"),
        "",
        0,
    );
}

#[test]
fn at_a_terminal_it_is_answered_and_nothing_is_waited_for() {
    let saylog = echoing();
    let mut terminal = Terminal::of(&saylog, &["what", "now?"], &[]);
    assert_eq!(terminal.ends(), "Success");
    assert!(
        terminal.written().contains("what now?"),
        "{}",
        terminal.written()
    );
    let mut terminal = Terminal::of(&saylog, &["-c", "hello"], &[]);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(saylog.said().len(), 4);
}

#[test]
fn a_dash_reads_a_terminal_until_ctrl_d() {
    let saylog = echoing();
    let mut terminal = Terminal::of(&saylog, &["-"], &[]);
    terminal.writes_such("how it ends", |written| {
        written.contains("saylog: Ctrl-D ends the message")
    });
    // Longer than the line that the kernel would edit.
    let long = "long ".repeat(2000);
    terminal.types(format!("/clear\n{long}\n\x04"));
    assert_eq!(terminal.ends(), "Success");
    assert!(saylog.said()[0] == format!("alice user: /clear\n{long}\n"));
}

#[test]
fn a_dash_says_all_of_standard_input_and_nothing_else() {
    let saylog = echoing();
    let text = "\u{feff}#!one\r\n\"\"\"\n/clear\n```\nlast";
    let mut command = saylog.command();
    command.arg("-");
    check(
        &feed(command, text.as_bytes()),
        &format!("{}\n", shown(text)),
        "",
        0,
    );
    assert_eq!(log(&saylog)[0].content, text);
    for blank in ["", "\n", " \t\r\n"] {
        let mut command = saylog.command();
        command.arg("-");
        check(
            &feed(command, blank.as_bytes()),
            "",
            "saylog: there is nothing to say: standard input is blank; \
             pipe a text into `saylog -`, as in `cat FILE | saylog -`\n",
            1,
        );
    }
    let mut command = saylog.command();
    command.args(["--json", "-"]);
    check(
        &feed(command, b""),
        "{\"event\":\"error\",\"line\":null,\"code\":\"nothing_piped\",\
         \"error\":\"there is nothing to say: standard input is blank\",\
         \"hint\":\"pipe a text into `saylog -`, as in `cat FILE | saylog -`\",\"kind\":\"usage\",\"tries\":null}\n",
        "",
        1,
    );
    assert_eq!(log(&saylog).len(), 2);
}

/// The text as standard output shows it.
fn shown(text: &str) -> String {
    text.replace('\u{feff}', "\\u{feff}").replace('\r', "␍")
}
