//! `/quote #ID…`: earlier messages in the current context.

use crate::support::run::{NOTHING_MOVED, STARTED, Saylog, check};
use crate::support::script::{before, dump, ids, play, run, scripted};
use crate::support::server::Server;

/// Alice's session 1 with messages 1 to 4, bob's session 2 with 5 and 6.
fn two() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start\none\n\"\"\"\ntwo\n\n  lines\n\"\"\"\n");
    before(&saylog, "/user bob\n/start\nsecret\n");
    saylog
}

const MISSING: &str = "`/context` shows the ids of a session\n";

#[test]
fn messages_of_another_session_become_one_of_this() {
    let saylog = two();
    check(
        &play(&saylog, "/start\n/quote #3 2 #3\n/history\n"),
        &format!(
            "{STARTED}Quoted into the context as #7.\n\
             <time> alice <3> user: #3 user, session <1>:\n\
             \x20   > two\n    > \n    >   lines\n    \n\
             \x20   #2 ai, session <1>:\n    > one\n    \n\
             \x20   #3 user, session <1>:\n    > two\n    > \n    >   lines\n"
        ),
        "",
        0,
    );
    // Where it came from is as it was.
    let arguments = ["--resume", "one", "-c", "/context", "-c", "/moves"];
    check(
        &run(&saylog, &arguments),
        "#1 user 5 tokens: one\n#2 ai 5 tokens: one\n\
         #3 user 7 tokens: two\n    \n      lines\n#4 ai 7 tokens: two\n    \n      lines\n\
         4 messages, 24 of 8192 tokens (0 %)\n",
        NOTHING_MOVED,
        0,
    );
}

#[test]
fn it_is_not_answered_and_the_model_is_told_it_with_the_next_message() {
    let server = Server::replying(&["fine"]);
    let saylog = two();
    let id = ids(&saylog)[0].clone();
    let lines = ["/start", "/model m1", "/quote #2", "what does that mean?"];
    let lines = lines.map(|line| ["-c", line]);
    let base = server.base();
    check(
        &run(
            &saylog,
            &[&["--base-url", &base], lines.as_flattened()].concat(),
        ),
        &format!("{STARTED}m1\nQuoted into the context as #7.\nfine\n"),
        "",
        0,
    );
    // Both are the user's: a model that wants the roles to alternate takes it.
    assert_eq!(
        server.request().messages(),
        [format!(
            "user: #2 ai, session {id}:\n> one\n\nwhat does that mean?"
        )]
    );
}

#[test]
fn it_is_a_turn_that_can_be_undone() {
    let saylog = two();
    check(
        &run(
            &saylog,
            &[
                "--resume",
                "-c",
                "/quote #1",
                "-c",
                "/undo",
                "-c",
                "/redo",
                "-c",
                "/undo 2",
            ],
        ),
        "Quoted into the context as #7.\n\
         1 message left the context (#7); `/redo` brings it back.\n\
         1 message is back in the context (#7); `/undo` takes it out again.\n\
         3 messages left the context (#3, #4, #7); `/redo` brings them back.\n",
        "",
        0,
    );
}

#[test]
fn a_system_prompt_can_be_quoted_too() {
    let saylog = scripted();
    check(
        &play(&saylog, "/start\n/system be brief\n/quote #1\n/history\n"),
        &format!(
            "{STARTED}System prompt of session <1> set.\nQuoted into the context as #2.\n\
             <time> alice <1> user: #1 system, session <1>:\n    > be brief\n"
        ),
        "",
        0,
    );
}

#[test]
fn one_that_is_not_ones_own_spoils_the_whole_and_nothing_is_said() {
    let saylog = two();
    let was = dump(&saylog);
    for ids in ["#5", "#99", "#1 #5", "#6 #1", "#1 #99 #2"] {
        let foreign = ids.split(' ').find(|id| ["#5", "#6", "#99"].contains(id));
        check(
            &run(&saylog, &["--resume", "-c", &format!("/quote {ids}")]),
            "",
            &format!(
                "-c:1: no message of yours is {}; {MISSING}",
                foreign.expect("one")
            ),
            1,
        );
    }
    assert_eq!(dump(&saylog), was);
}

#[test]
fn without_a_session_it_is_refused_or_begins_one() {
    let saylog = two();
    let was = dump(&saylog);
    check(
        &play(&saylog, "/quote #1\n/quote #5\n"),
        "",
        "<stdin>:1: User chat session not found!; `/start` begins one\n\
         <stdin>:2: User chat session not found!; `/start` begins one\n",
        1,
    );
    let saylog = saylog.with(&["--start"]);
    // A quotation of nothing begins no session either.
    check(
        &play(&saylog, "/quote #5\n"),
        "",
        &format!("<stdin>:1: no message of yours is #5; {MISSING}"),
        1,
    );
    assert_eq!(dump(&saylog), was);
    check(
        &play(&saylog, "/quote #1\n"),
        "Quoted into the context as #7.\n",
        "",
        0,
    );
}

#[test]
fn a_quotation_over_the_limit_is_refused() {
    let saylog = scripted();
    before(
        &saylog,
        &format!("/start\n{}\n", "x".repeat(9 * 1024 * 1024)),
    );
    let was = dump(&saylog).len();
    check(
        &run(&saylog, &["--resume", "-c", "/quote #1 #2"]),
        "",
        "-c:1: the message is too long and was not sent; a message has at most 16 MiB\n",
        1,
    );
    assert_eq!(dump(&saylog).len(), was);
    check(
        &run(&saylog, &["--resume", "-c", "/quote #1"]),
        "Quoted into the context as #3.\n",
        "",
        0,
    );
}

#[test]
fn a_quotation_is_an_event() {
    let saylog = two().with(&["--json", "--resume"]);
    let outcome = play(&saylog, "/quote #2\n");
    let lines: Vec<_> = outcome.stdout.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            r##"{"event":"quote","line":1,"id":7,"seq":5,"parent_id":4,"user_id":"alice","session_id":"<1>","role":"user","content":"#2 ai, session <1>:\n> one","created_at":"<time>","model":null,"status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"##
        ]
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
}
