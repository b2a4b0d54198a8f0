//! A newer saylog takes the store over while this one is open: nothing more is
//! written, because only the newer program knows what a row has to be like.

use crate::support::peer::Peer;
use crate::support::prompt::{CTRL_D, FIRST, shows_timeless, wide_prompt};
use crate::support::run::{MOCK, Outcome, STARTED, Saylog, check};
use crate::support::script::dump;

const NEWER: u32 = 99;

/// What a newer program does to the store as soon as it opens it.
fn migrate(saylog: &Saylog) {
    let statement = format!("PRAGMA user_version = {NEWER}");
    saylog.stored().write(&statement).expect("nobody writes");
}

/// Says something, lets a newer program take the store over, and says more:
/// what came of it, once the store is seen to be as that program left it.
#[track_caller]
fn taken_over(saylog: &Saylog) -> Outcome {
    let mut peer = Peer::new(saylog.command());
    peer.ask("/start").expect("an answer");
    peer.ask("before").expect("a reply");
    migrate(saylog);
    let rows = dump(saylog);
    peer.say("after");
    let outcome = peer.leave();
    assert_eq!(dump(saylog), rows);
    assert_eq!(saylog.stored().version(), NEWER);
    assert_eq!(saylog.stored().count("messages"), 2);
    outcome
}

#[test]
fn a_store_that_a_newer_program_has_taken_over_gets_no_more_messages() {
    check(
        &taken_over(&Saylog::new()),
        &format!("{STARTED}{MOCK}"),
        "<stdin>:3: not saved: a newer saylog has changed the store meanwhile; \
         leave, and use the newer program\n",
        1,
    );
}

#[test]
fn with_json_the_end_is_an_event() {
    let outcome = taken_over(&Saylog::new().exact().with(&["--json"]));
    check(
        &outcome,
        concat!(
            r#"{"event":"start","line":1,"user_id":"alice","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"reply","line":2,"id":2,"seq":2,"parent_id":1,"user_id":"alice","session_id":"a706dd2f-4d19-4e6f-add8-2c88fa32b270","role":"ai","content":"This is a mock response from AI.","created_at":"2026-11-22T13:32:07.120Z","model":"mock","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null,"tries":null}"#,
            "\n",
            r#"{"event":"error","line":3,"code":"store","error":"not saved: a newer saylog has changed the store meanwhile","hint":"leave, and use the newer program","kind":"newer","tries":null}"#,
            "\n",
        ),
        "",
        1,
    );
}

#[test]
fn the_prompt_stays_and_lists_what_there_is() {
    let saylog = Saylog::new();
    let mut terminal = wide_prompt(&saylog, &[], &[]);
    terminal.types("before\r");
    terminal.shows_at_last(FIRST);
    migrate(&saylog);
    let rows = dump(&saylog);
    let error = "error: not saved: a newer saylog has changed the store meanwhile; \
                 leave, and use the newer program";
    terminal.types("after\r");
    terminal.shows_at_last(&format!("\nalice/<1>> after\n{error}\n\nalice/<1>> ▏"));
    terminal.types("/users\r");
    shows_timeless(
        &terminal,
        "\nalice/<1>> /users\n\
         \x20 user                                             sessions messages last\n\
         * alice                                                   1        2 just now\n\
         alice/<1>> ▏",
    );
    let more =
        "error: the store takes no more messages: a newer saylog has changed the store meanwhile";
    terminal.types("more\r");
    terminal.shows_such("a refusal and the prompt again", |screen| {
        screen.contains(&format!("\nalice/<1>> more\n{more}; leave,"))
            && screen.ends_with("\nalice/<1>> ▏")
    });
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Exited with code 1");
    assert_eq!(dump(&saylog), rows);
    assert_eq!(saylog.stored().version(), NEWER);
}
