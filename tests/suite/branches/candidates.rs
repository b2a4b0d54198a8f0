//! `/resume` with a name that fits several sessions, or none of the user's own.

use super::resume::{FIRST, SECOND, four, missing, resume};
use crate::support::run::{Saylog, check};
use crate::support::script::{before, ids, named, play, scripted};

#[test]
fn several_that_answer_are_listed_and_none_is_taken() {
    let saylog = four();
    check(
        &play(&saylog, "/resume what…\n/resume plan…\n/user\n/history\n"),
        &format!(
            "{FIRST}alice\n\
             <time> alice <1> user: what is a monad?\n<time> alice <1> ai: what is a monad?\n"
        ),
        "<stdin>:2: several sessions of yours answer to `plan…`; \
         one of <3> “plan b”, <2> “plan a”\n",
        1,
    );
    let outcome = saylog.with(&["--json"]);
    let outcome = named(outcome.play("/resume plan…\n"), &outcome);
    check(
        &outcome,
        concat!(
            r#"{"event":"error","line":1,"code":"session_ambiguous","error":"several sessions of yours answer to `plan…`","hint":"one of <3> “plan b”, <2> “plan a”","kind":"refused","tries":null}"#,
            "\n"
        ),
        "",
        1,
    );
}

#[test]
fn several_of_the_same_title_are_told_apart_by_their_ids() {
    let saylog = scripted();
    before(&saylog, "/start same\none\n");
    before(&saylog, "/start same\ntwo\n");
    before(&saylog, "/start same but longer\nthree\n");
    check(
        &resume(&saylog, "same"),
        "",
        "<stdin>:1: several sessions of yours answer to `same`; one of <2> “same”, <1> “same”\n",
        1,
    );
    let id = &ids(&saylog)[0];
    assert_eq!(resume(&saylog, id).code, 0);
}

#[test]
fn several_of_the_same_prefix_are_listed() {
    let saylog = Saylog::new().exact();
    before(&saylog, "/start first\n/user bob\n/start\n");
    before(&saylog, "/start second\nhello\n");
    // Ids are drawn at random: so another program gives them two that are alike.
    let store = saylog.stored();
    store.tamper("UPDATE sessions SET uuid = '5b0c1f7e-0000-4000-8000-00000000000' || id");
    let one = "5b0c1f7e-0000-4000-8000-000000000001";
    let two = "5b0c1f7e-0000-4000-8000-000000000003";
    let sentence = |typed: &str| {
        format!(
            "<stdin>:1: several sessions of yours answer to `{typed}`; \
             one of {two} “second”, {one} “first”\n"
        )
    };
    for typed in ["5b0c", "5B0C1F7E", &one[..35]] {
        let outcome = saylog.play(format!("/resume {typed}\n"));
        check(&outcome, "", &sentence(typed), 1);
    }
    let outcome = saylog.play(format!("/resume {one}\n"));
    check(
        &outcome,
        &format!("Session {one} resumed, 0 messages.\n"),
        "",
        0,
    );
}

#[test]
fn of_very_many_that_answer_ten_are_listed() {
    let saylog = Saylog::new().exact();
    let starts: String = (0..30)
        .map(|number| format!("/start plan {number}\n"))
        .collect();
    before(&saylog, &starts);
    let outcome = saylog.play("/resume plan…\n");
    assert_eq!(
        outcome.stderr.matches("“plan ").count(),
        10,
        "{}",
        outcome.stderr
    );
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
}

#[test]
fn what_is_too_short_or_nothing_at_all_is_not_found() {
    let saylog = four();
    let short = ids(&saylog)[0][..3].to_owned();
    for typed in [
        &short,
        "0",
        "-1",
        "99999999999999999999",
        "%",
        "____",
        "PLAN A",
        "monad",
    ] {
        check(&resume(&saylog, typed), "", &missing(1, typed), 1);
    }
    let long = "x".repeat(100);
    let cut = format!("{}…", &long[..40]);
    check(&resume(&saylog, &long), "", &missing(1, &cut), 1);
}

#[test]
fn another_users_is_told_like_one_that_does_not_exist() {
    let saylog = four();
    let id = ids(&saylog)[3].clone();
    for typed in [&id, &id[..8], "bobs own", "bobs", "my secret", "4"] {
        let outcome = named(saylog.play(format!("/resume {typed}\n")), &saylog);
        let shown = typed.replace(&id, "<4>").replace(&id[..8], "<4…>");
        check(&outcome, "", &missing(1, &shown), 1);
    }
    // And what is bob's makes nothing of alice's ambiguous.
    before(&saylog, "/user bob\n/start plan a\nhello\n");
    check(&resume(&saylog, "plan a"), SECOND, "", 0);
}
