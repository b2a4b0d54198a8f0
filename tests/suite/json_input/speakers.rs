//! Who says it, and where, holds for one line.

use super::told;
use crate::support::events::events;
use crate::support::run::{Saylog, configured, echoing};

/// The ids of the sessions that alice, bob and alice again have begun.
fn three_sessions(saylog: &Saylog) -> [String; 3] {
    let outcome = saylog.hear(concat!(
        "{\"line\":\"/start\"}\n\"alice 1\"\n",
        "{\"line\":\"/start\",\"user\":\"bob\"}\n{\"say\":\"bob 1\",\"user\":\"bob\"}\n",
        "{\"line\":\"/start\"}\n\"alice 2\"\n",
    ));
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let ids = saylog.stored().sessions();
    ids.try_into().expect("three sessions")
}

#[test]
fn afterwards_everybody_is_where_they_were() {
    let saylog = echoing();
    let [alice, bob, second] = three_sessions(&saylog);
    let outcome = saylog.hear(format!(
        r#"{{"line":"/resume {second}"}}
{{"say":"in the first","session":"{alice}","ref":1}}
{{"say":"in mine","user":"bob","session":"{bob}","ref":2}}
{{"say":"nowhere","user":"bob","ref":3}}
{{"say":"here","ref":4}}
{{"line":"/start","session":"{alice}","ref":5}}
{{"line":"/user carol","user":"bob","ref":6}}
{{"line":"/user carol","session":"{alice}","ref":7}}
{{"line":"/resume","user":"bob","ref":8}}
{{"say":"now somewhere","user":"bob","ref":9}}
{{"line":"/clear","user":"bob","session":"{bob}","ref":10}}
{{"line":"/history","user":"alice","session":"{}","ref":11}}
{{"line":"/history","ref":12}}
{{"line":"/user","ref":13}}
"#,
        alice.to_uppercase()
    ));
    let told = told(&outcome);
    let at = told
        .iter()
        .position(|told| told.starts_with("1 "))
        .expect("an answer");
    assert_eq!(
        told[at..],
        [
            "1 reply in the first",
            "2 reply in mine",
            "3 error session_not_found",
            "4 reply here",
            "5 start alice",
            "6 user carol",
            "7 user carol",
            "8 resume bob",
            "8 message bob 1",
            "8 message bob 1",
            "8 message in mine",
            "8 message in mine",
            "8 end 4",
            "9 reply now somewhere",
            "10 clear bob",
            "11 message alice 1",
            "11 message alice 1",
            "11 message in the first",
            "11 message in the first",
            "11 end 4",
            "12 message alice 2",
            "12 message alice 2",
            "12 message here",
            "12 message here",
            "12 end 4",
            "13 user alice",
        ]
    );
    let last = events(&outcome.stdout).pop().expect("an event");
    assert_eq!(last["session_id"], second.as_str());
}

#[test]
fn a_session_of_somebody_else_is_told_like_one_that_does_not_exist() {
    let saylog = echoing();
    let [alice, bob, _] = three_sessions(&saylog);
    let before = saylog.stored().dump();
    let nobodys = "5b0c1f7e-0f3a-4c1d-9b7e-000000000001";
    let answer = |user: &str, session: &str| {
        let outcome = saylog.hear(format!(
            "{{\"line\":\"/history\",\"user\":\"{user}\",\"session\":\"{session}\"}}\n"
        ));
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 1));
        outcome
            .stdout
            .replace(&format!("`{session}`"), "`<session>`")
    };
    let expected = answer("bob", nobodys);
    assert!(expected.contains(
        r#""code":"session_not_found","error":"no session of that user is `<session>`""#
    ));
    assert_eq!(answer("bob", &alice), expected);
    assert_eq!(answer("alice", &bob), expected);
    assert_eq!(answer("eve", &bob), expected);
    // Less than the whole id, or the id in another form.
    for other in [
        &alice[..35],
        &alice[..8],
        &alice.replace('-', ""),
        "1",
        "latest",
    ] {
        assert_eq!(answer("alice", other), expected, "{other}");
    }
    assert_eq!(saylog.stored().dump(), before);
}

#[test]
fn a_session_that_was_visited_by_its_user_stays_closed_to_others() {
    let saylog = echoing();
    let [alice, _, second] = three_sessions(&saylog);
    let outcome = saylog.hear(format!(
        r#"{{"say":"a","session":"{alice}"}}
{{"say":"b","session":"{alice}","user":"bob"}}
{{"line":"/resume {second}"}}
{{"say":"c","session":"{second}","user":"bob"}}
{{"line":"/user bob"}}
{{"say":"d","session":"{alice}"}}
{{"say":"e","session":"{second}"}}
{{"say":"f"}}
"#
    ));
    let errors = told(&outcome);
    let errors = errors
        .iter()
        .filter(|told| *told == "null error session_not_found");
    assert_eq!(errors.count(), 5);
    assert!(
        !saylog
            .said()
            .iter()
            .any(|said| said.starts_with("bob user") && said != "bob user: bob 1")
    );
}

#[test]
fn after_an_error_everybody_is_where_they_were() {
    let saylog = echoing();
    let [alice, bob, second] = three_sessions(&saylog);
    let outcome = saylog.hear(format!(
        r#"{{"line":"/resume {second}"}}
{{"line":"/foo","user":"bob","session":"{bob}"}}
{{"line":"/undo 0","session":"{alice}"}}
{{"line":"/resume nothing","user":"bob"}}
{{"line":"/user \u0007","user":"bob"}}
"still not said"
"#,
    ));
    // A failed `/user` ends it, whoever it was to be for.
    assert_eq!(outcome.code, 3);
    let outcome = saylog.hear(format!(
        r#"{{"line":"/resume {second}"}}
{{"line":"/foo","user":"bob","session":"{bob}"}}
{{"line":"/undo 0","session":"{alice}"}}
{{"line":"/undo 0","user":"bob"}}
{{"say":"said","ref":1}}
"#,
    ));
    let reply = events(&outcome.stdout).pop().expect("an event");
    assert_eq!(
        (&reply["ref"], &reply["user_id"]),
        (&1.into(), &"alice".into())
    );
    assert_eq!(reply["session_id"], second.as_str());
}

#[test]
fn a_session_begins_by_itself_only_if_that_is_asked_for() {
    let lines = "{\"say\":\"a\",\"user\":\"bob\",\"ref\":1}\n{\"say\":\"b\",\"user\":\"bob\",\"ref\":2}\n\"c\"\n";
    assert_eq!(
        told(&echoing().hear(lines)),
        [
            "1 error session_not_found",
            "2 error session_not_found",
            "null error session_not_found"
        ]
    );
    assert_eq!(
        told(&echoing().with(&["--start"]).hear(lines)),
        [
            "1 start bob",
            "1 reply a",
            "2 reply b",
            "null start alice",
            "null reply c"
        ]
    );
}

#[test]
fn who_answers_is_of_the_session_however_it_is_named() {
    let saylog = echoing();
    let [alice, _, second] = three_sessions(&saylog);
    let outcome = saylog.hear(format!(
        r#"{{"line":"/resume {second}"}}
{{"line":"/model mock","session":"{alice}"}}
{{"say":"a","session":"{alice}","ref":1}}
{{"say":"b","ref":2}}
{{"line":"/model mock","session":"{second}"}}
{{"say":"c","ref":3}}
{{"line":"/resume {alice}"}}
{{"line":"/model mock:echo"}}
{{"say":"d","session":"{alice}","ref":4}}
{{"line":"/resume {second}"}}
{{"say":"e","session":"{alice}","ref":5}}
"#,
    ));
    let replies = told(&outcome)
        .into_iter()
        .filter(|told| told.contains(" reply "));
    let mock = "This is a mock response from AI.";
    assert_eq!(
        replies.collect::<Vec<_>>(),
        [
            format!("1 reply {mock}"),
            "2 reply b".into(),
            format!("3 reply {mock}"),
            "4 reply d".into(),
            "5 reply e".into(),
        ]
    );
}

#[test]
fn a_default_persona_is_that_of_who_speaks() {
    let saylog =
        configured("[personas.critic]\nmodel = \"mock:echo\"\n[users.bob]\npersona = \"critic\"\n")
            .with(&["--start"]);
    let outcome = saylog.hear("{\"say\":\"a\",\"user\":\"bob\"}\n\"a\"\n");
    assert_eq!(
        told(&outcome),
        [
            "null start bob",
            "null reply a",
            "null start alice",
            "null reply This is a mock response from AI."
        ]
    );
}
