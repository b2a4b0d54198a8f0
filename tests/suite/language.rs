//! The lines: what each of them answers, as text.

use crate::support::run::{CLEARED, MOCK, STARTED, Saylog, UNUSED, check, feed};

#[test]
fn a_turn_needs_a_session() {
    let saylog = Saylog::new();
    check(
        &saylog.play("hello\n/start\nhello\n"),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:1: User chat session not found!; `/start` begins one\n",
        1,
    );
}

#[test]
fn every_user_keeps_their_session_while_others_speak() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let outcome = saylog.play(
        "/user alice\n/start\none\n/user bob\n/start\ntwo\n/user alice\nthree\n/history\n/user bob\n/history\n",
    );
    check(
        &outcome.normal(&saylog),
        "alice (new)\n\
         Chat started successfully!\n\
         one\n\
         bob (new)\n\
         Chat started successfully!\n\
         two\n\
         alice\n\
         three\n\
         <time> alice <1> user: one\n\
         <time> alice <1> ai: one\n\
         <time> alice <1> user: three\n\
         <time> alice <1> ai: three\n\
         bob\n\
         <time> bob <2> user: two\n\
         <time> bob <2> ai: two\n",
        "",
        0,
    );
}

#[test]
fn clear_empties_the_context_and_counts_what_stays() {
    let saylog = Saylog::new();
    let outcome = saylog.play("/start\na\n/clear\n/history\nb\n/history\n/clear\n");
    check(
        &outcome.normal(&saylog),
        "Chat started successfully!\n\
         This is a mock response from AI.\n\
         Session <1> cleared!\n\
         2 messages stay in the log.\n\
         2 messages left the context (#1, #2); `/undo` brings them back.\n\
         This is a mock response from AI.\n\
         <time> alice <1> user: b\n\
         <time> alice <1> ai: This is a mock response from AI.\n\
         Session <1> cleared!\n\
         4 messages stay in the log.\n\
         2 messages left the context (#3, #4); `/undo` brings them back.\n",
        CLEARED,
        0,
    );
}

#[test]
fn three_scopes_of_history() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    saylog.play("/start\na1\n/clear\na2\n/start\na3\n/user bob\n/start\nb1\n/user alice\na4\n");
    let scope = |line: &str| {
        // `/resume` would show the last turns before the listing.
        let mut command = saylog.command();
        command.args(["--resume", "latest", "-c", line]);
        let outcome = feed(command, b"").normal(&saylog);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        outcome.stdout
    };
    assert_eq!(
        scope("/history"),
        "<time> alice <1> user: a3\n<time> alice <1> ai: a3\n\
         <time> alice <1> user: a4\n<time> alice <1> ai: a4\n"
    );
    assert_eq!(scope("/history session"), scope("/history"));
    assert_eq!(
        scope("/history user"),
        "<time> alice <1> user: a2\n<time> alice <1> ai: a2\n\
         <time> alice <2> user: a3\n<time> alice <2> ai: a3\n\
         <time> alice <2> user: a4\n<time> alice <2> ai: a4\n"
    );
    assert_eq!(
        scope("/history global"),
        "<time> alice <1> user: a1\n<time> alice <1> ai: a1\n\
         <time> alice <1> user: a2\n<time> alice <1> ai: a2\n\
         <time> alice <2> user: a3\n<time> alice <2> ai: a3\n\
         <time> bob <3> user: b1\n<time> bob <3> ai: b1\n\
         <time> alice <2> user: a4\n<time> alice <2> ai: a4\n"
    );
    assert_eq!(scope("/log"), scope("/history global"));
}

#[test]
fn users_are_listed_with_what_they_said() {
    let saylog = Saylog::new();
    saylog.play("/start\na\n/start\nb\n/user 'zoë x'\n/start\n");
    let outcome = saylog.play("/user newcomer\n/users\n");
    check(
        &outcome.normal(&saylog),
        "newcomer (new)\n\
         \"'zoë x'\" 1 0 -\n\
         alice 2 4 <time>\n\
         newcomer 0 0 - current\n",
        "",
        0,
    );
}

#[test]
fn two_slashes_say_one() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let outcome = saylog.play("/start\n//etc/hosts\n///\n /clear\n");
    check(
        &outcome,
        &format!("{STARTED}/etc/hosts\n//\n /clear\n"),
        "",
        0,
    );
}

#[test]
fn a_block_is_one_message_kept_as_typed() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let outcome = saylog.play("/start\n\"\"\"\n/clear\n\n  b \n\"\"\"\n/history\n");
    check(
        &outcome.normal(&saylog),
        "Chat started successfully!\n\
         /clear\n\n  b \n\
         <time> alice <1> user: /clear\n    \n      b \n\
         <time> alice <1> ai: /clear\n    \n      b \n",
        "",
        0,
    );
}

#[test]
fn blank_lines_and_blank_blocks_are_nothing() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/start\n\n   \n\t\n\u{3000}\n\"\"\"\n\n\"\"\"\n/history\n"),
        STARTED,
        UNUSED,
        0,
    );
}

#[test]
fn a_message_is_kept_exactly_as_typed() {
    let saylog = Saylog::new();
    let texts = [
        "  two spaces ",
        "tab\there",
        "e\u{301}",
        "é",
        "你好🙂",
        "a\rb",
        "\u{feff}x",
    ];
    saylog.play(format!("/start\n{}\n", texts.join("\n")));
    let said: Vec<_> = saylog.said().into_iter().step_by(2).collect();
    let expected: Vec<_> = texts
        .iter()
        .map(|text| format!("alice user: {text}"))
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn unknown_commands_and_wrong_arguments_never_reach_the_model() {
    let saylog = Saylog::new();
    check(
        &saylog
            .play("/start\n/histroy\n/xyzzy 1\n/history all\n/clear now\n/users x\n/help x\n/\n"),
        STARTED,
        "<stdin>:2: unknown command `/histroy`; did you mean `/history`? `//histroy` says `/histroy`\n\
         <stdin>:3: unknown command `/xyzzy`; `/help` lists the commands; `//xyzzy` says `/xyzzy`\n\
         <stdin>:4: `/history` does not know `all`; one of session, user, global, or a number\n\
         <stdin>:5: `/clear` takes no argument, not `now`; type `/clear` alone\n\
         <stdin>:6: `/users` takes no argument, not `x`; type `/users` alone\n\
         <stdin>:7: `/help` does not know `x`; one of user, users, start, sessions, resume, rename, archive, fork, \
         clear, undo, redo, retry, continue, edit, file, moves, history, log, search, stats, follow, \
         export, import, context, compact, show, copy, code, quote, system, personas, each, model, \
         models, set, info, help, quit, keys, pipes\n\
         <stdin>:8: unknown command `/`; `/help` lists the commands; `//` says `/`\n",
        1,
    );
    assert!(saylog.said().is_empty());
}

#[test]
fn who_wants_something_deleted_is_told_what_there_is_instead() {
    let saylog = Saylog::new();
    let words = ["delete", "rm", "remove", "del", "erase", "drop", "Forget"];
    let instead = "`/archive` keeps a session out of lists, `/clear` empties the context";
    let lines: String = words
        .iter()
        .map(|word| format!("/{word}\n/{word} 3 all\n/help {word}\n"))
        .collect();
    let mut told = String::new();
    for line in 1..=3 * words.len() {
        let word = words[(line - 1) / 3];
        told +=
            &format!("<stdin>:{line}: there is no `/{word}`: nothing leaves the log; {instead}\n");
    }
    check(&saylog.play(lines), "", &told, 1);
    let refused = |line: u32| {
        format!(
            "{{\"event\":\"error\",\"line\":{line},\"code\":\"unknown_command\",\
             \"error\":\"there is no `/delete`: nothing leaves the log\",\
             \"hint\":\"{instead}\",\"kind\":\"usage\",\"tries\":null}}\n"
        )
    };
    check(
        &saylog.with(&["--json"]).play("/delete\n/help /delete\n"),
        &format!("{}{}", refused(1), refused(2)),
        "",
        1,
    );
}

#[test]
fn resume_finds_ones_own_sessions_only() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let started = saylog.play("/start\nmine\n/history\n");
    let id = started
        .stdout
        .lines()
        .nth(2)
        .and_then(|line| line.split(' ').nth(2));
    let id = id.expect("an id");
    let (short, upper) = (&id[..4], id[..8].to_uppercase());
    let outcome = saylog.play(format!(
        "/resume {short}\n/resume {upper}\n/resume {id}\nmore\n/history\n"
    ));
    let turn = "<time> alice <1> user: mine\n<time> alice <1> ai: mine\n";
    let resumed = format!("Session <1> resumed, 2 messages.\n{turn}");
    check(
        &outcome.normal(&saylog),
        &format!(
            "{resumed}{resumed}{resumed}more\n{turn}\
             <time> alice <1> user: more\n<time> alice <1> ai: more\n"
        ),
        "",
        0,
    );
    let refused = |typed: &str| {
        format!(
            "no session of yours is `{typed}`; an id or its first four characters or more, a title, \
             a number, or `latest`; `/sessions` lists them\n"
        )
    };
    check(
        &saylog.play(format!(
            "/user eve\n/resume {id}\n/resume\n/resume abc\n/resume %\n"
        )),
        "eve (new)\n",
        &format!(
            "<stdin>:2: {}<stdin>:3: {}<stdin>:4: {}<stdin>:5: {}",
            refused(id),
            "you have no session yet; `/start` begins one\n",
            refused("abc"),
            refused("%")
        ),
        1,
    );
}

#[test]
fn help_explains_one_command_or_all() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/help clear\n/? /log\n"),
        "/clear                              empties the context of the current session; the log keeps every message\n\
         /log [--utc] [global|user|session] [N]|FILTERS lists everything that was said, cleared or not, by everybody, by you or in this session: all of it, the last N, or what FILTERS such as since:yesterday find; times in your zone, or in UTC\n",
        "",
        0,
    );
    // A word that is both is explained as both; with the slash it is the command.
    check(
        &saylog.play("/help /undo\n/help undo\n"),
        "/undo [N]                           takes the last turn, or the last N, out of the context; after /clear, brings back what that took\n\
         /undo [N]                           takes the last turn, or the last N, out of the context; after /clear, brings back what that took\n\
         /undo                               takes the last question and its reply out of the context\n\
         /undo 3                             takes the last three\n\
         /redo                               brings them back, until something else is said\n\
         /clear                              takes all of it out; then /undo brings it back\n\
         /edit                               says the last message again, in other words\n\
         /retry                              asks for another reply\n\
         /moves                              lists all that was done, and the way back to each place\n\
         /fork at #12                        goes on from message 12 in a new session, whatever came after\n",
        "",
        0,
    );
    // Where the topic has the command once more, it is shown once.
    let models = saylog.play("/help models\n").stdout;
    let rows = models.lines().filter(|row| row.starts_with("/models "));
    assert_eq!(rows.count(), 1, "{models}");
    let all = saylog.play("/help\n").stdout;
    assert_eq!(all.lines().count(), 42);
}

#[test]
fn quit_and_its_aliases_leave_the_rest_unread() {
    let saylog = Saylog::new();
    for quit in ["/quit", "/exit", "/bye"] {
        check(
            &saylog.play(format!("/user bob\n{quit}\n/user eve\n")),
            "bob (new)\n",
            "",
            0,
        );
    }
}

#[test]
fn user_alone_shows_who_is_speaking() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/user\n/start\n/user\n/user e\u{301}\n/user é\n"),
        "alice (new)\nChat started successfully!\nalice\né (new)\né (new)\n",
        "",
        0,
    );
}
