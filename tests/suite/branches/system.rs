//! `/system`: what a session's model is told before the conversation.

use crate::support::run::{STARTED, Saylog, check};
use crate::support::script::{before, dump, ids, play, run, scripted};
use crate::support::server::Server;

#[test]
fn it_is_set_shown_and_taken_away() {
    let saylog = scripted();
    check(
        &play(
            &saylog,
            "/start\n/system\n/system be brief\n/system\n/system   be  long \n/system\n/system clear\n/system\n/system clear\n",
        ),
        &format!(
            "{STARTED}no system prompt\n\
             System prompt of session <1> set.\nbe brief\n\
             System prompt of session <1> set.\nbe  long\n\
             System prompt of session <1> cleared.\nno system prompt\n\
             System prompt of session <1> cleared.\n"
        ),
        "",
        0,
    );
}

#[test]
fn it_is_in_the_log_and_in_the_context_and_not_in_the_history() {
    let saylog = scripted();
    before(&saylog, "/start\none\n/system be brief\ntwo\n");
    let turns = "<time> alice <1> user: one\n<time> alice <1> ai: one\n\
                 <time> alice <1> user: two\n<time> alice <1> ai: two\n";
    check(
        &run(
            &saylog,
            &["--resume", "-c", "/history", "-c", "/history user"],
        ),
        &turns.repeat(2),
        "",
        0,
    );
    check(
        &run(&saylog, &["-c", "/history global"]),
        "<time> alice <1> user: one\n<time> alice <1> ai: one\n\
         <time> alice <1> system: be brief\n\
         <time> alice <1> user: two\n<time> alice <1> ai: two\n",
        "",
        0,
    );
    check(
        &run(&saylog, &["--resume", "-c", "/context"]),
        "#3 system 6 tokens: be brief\n\
         #1 user 5 tokens: one\n#2 ai 5 tokens: one\n\
         #4 user 5 tokens: two\n#5 ai 5 tokens: two\n\
         4 messages, 26 of 8192 tokens (0 %)\n",
        "",
        0,
    );
}

#[test]
fn neither_clear_nor_undo_takes_it_away() {
    let saylog = scripted();
    before(&saylog, "/start\n/system be brief\none\n");
    check(
        &run(
            &saylog,
            &[
                "--resume", "-c", "/clear", "-c", "/system", "-c", "/undo", "-c", "/undo", "-c",
                "/system",
            ],
        ),
        "Session <1> cleared!\n3 messages stay in the log.\n\
         2 messages left the context (#2, #3); `/undo` brings them back.\nbe brief\n\
         2 messages are back in the context (#2, #3); `/redo` takes them out again.\n\
         2 messages left the context (#2, #3); `/redo` brings them back.\nbe brief\n",
        "",
        0,
    );
}

#[test]
fn it_is_the_sessions_own_and_is_there_after_a_resume() {
    let saylog = scripted();
    before(
        &saylog,
        "/start first\n/system be brief\none\n/start second\ntwo\n",
    );
    let first = ids(&saylog)[0].clone();
    check(
        &run(&saylog, &["--resume", &first, "-c", "/system"]),
        "be brief\n",
        "",
        0,
    );
    check(
        &run(&saylog, &["--resume", "second", "-c", "/system"]),
        "no system prompt\n",
        "",
        0,
    );
    check(
        &play(&saylog, "/user bob\n/start\n/system\n"),
        &format!("bob (new)\n{STARTED}no system prompt\n"),
        "",
        0,
    );
}

#[test]
fn the_model_is_told_it_first() {
    let server = Server::replying(&["a", "b", "c", "d"]);
    let saylog = Saylog::new().exact().with(&[
        "--model",
        "m1",
        "--base-url",
        &server.base(),
        "--system",
        "configured",
    ]);
    let script = "/start\none\n/system mine\ntwo\n/retry\n/system clear\nthree\n";
    let outcome = play(&saylog, script);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let told = [(); 4].map(|()| server.request().messages());
    let mine = ["system: mine", "user: one", "assistant: a", "user: two"];
    assert_eq!(told[0], ["system: configured", "user: one"]);
    assert_eq!(told[1], mine);
    assert_eq!(told[2], mine);
    assert_eq!(
        told[3],
        [
            "system: configured",
            "user: one",
            "assistant: a",
            "user: two",
            "assistant: c",
            "user: three"
        ]
    );
}

#[test]
fn one_of_the_configuration_is_shown_until_the_session_has_its_own() {
    let saylog = scripted().with(&["--system", "configured"]);
    check(
        &play(
            &saylog,
            "/start\n/system\n/context\n/system mine\n/system\n/context\n/system clear\n/system\n",
        ),
        &format!(
            "{STARTED}configured\n- system 7 tokens: configured\n0 messages, 7 of 8192 tokens (0 %)\n\
             System prompt of session <1> set.\nmine\n\
             #1 system 5 tokens: mine\n0 messages, 5 of 8192 tokens (0 %)\n\
             System prompt of session <1> cleared.\nconfigured\n"
        ),
        "",
        0,
    );
}

#[test]
fn it_is_told_as_events() {
    let saylog = scripted().with(&["--json"]);
    check(
        &play(
            &saylog,
            "/start\n/system\n/system be brief\n/system\n/system clear\n/history global\n",
        ),
        concat!(
            r#"{"event":"start","line":1,"user_id":"alice","session_id":"<1>","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"system","line":2,"user_id":"alice","session_id":"<1>","id":null,"content":null,"changed":false,"previous":null}"#,
            "\n",
            r#"{"event":"system","line":3,"user_id":"alice","session_id":"<1>","id":1,"content":"be brief","changed":true,"previous":null}"#,
            "\n",
            r#"{"event":"system","line":4,"user_id":"alice","session_id":"<1>","id":1,"content":"be brief","changed":false,"previous":null}"#,
            "\n",
            r#"{"event":"system","line":5,"user_id":"alice","session_id":"<1>","id":null,"content":null,"changed":true,"previous":"be brief"}"#,
            "\n",
            r#"{"event":"message","line":6,"id":1,"seq":1,"parent_id":null,"user_id":"alice","session_id":"<1>","role":"system","content":"be brief","created_at":"<time>","model":null,"status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null}"#,
            "\n",
            r#"{"event":"end","line":6,"scope":"global","count":1,"more":false}"#,
            "\n",
        ),
        "",
        0,
    );
}

#[test]
fn a_session_is_begun_for_it_only_if_that_was_asked_for() {
    let saylog = Saylog::new().exact();
    let refused = "<stdin>:1: User chat session not found!; `/start` begins one\n";
    for line in ["/system\n", "/system be brief\n", "/system clear\n"] {
        check(&saylog.play(line), "", refused, 1);
    }
    assert!(dump(&saylog).is_empty());
    let saylog = saylog.with(&["--start"]);
    check(
        &play(&saylog, "/system be brief\n/system\n"),
        "System prompt of session <1> set.\nbe brief\n",
        "",
        0,
    );
}

#[test]
fn its_text_cannot_pass_for_anything_else() {
    let saylog = scripted();
    check(
        &play(
            &saylog,
            "/start\n/system \u{1b}[2J\u{202e}x\u{2028}y\n/system\n",
        ),
        &format!("{STARTED}System prompt of session <1> set.\n␛[2J\\u{{202e}}x\\u{{2028}}y\n"),
        "",
        0,
    );
}
