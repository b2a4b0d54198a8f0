//! `/import` of what says something else than before by the same names: nothing of either
//! is lost, and nothing is put behind what it did not follow.

use std::fs;

use serde_json::{Value, json};

use crate::support::run::{Saylog, check};
use crate::support::script::{before, context_of, play, run, scripted};

/// Puts a text into a file and imports that; checks what is told.
#[track_caller]
fn import(saylog: &Saylog, (form, name): (&str, &str), text: &str, told: &str) {
    fs::write(saylog.folder().join(name), text).expect("a file");
    let outcome = run(saylog, &["--import", &format!("--format {form} {name}")]);
    let told = format!("{name} ({form}): 1 conversation ({told} added for alice.\n");
    check(&outcome, &told, "", 0);
}

/// What is said in the only conversation, as its context has it.
fn context(saylog: &Saylog) -> Vec<String> {
    let id = &saylog.stored().sessions()[0];
    context_of(saylog, &["--resume", id])
}

/// A conversation of the same name as all of these, as OpenAI's form has it.
fn talk(question: &str, answer: &str) -> String {
    json!({"id": 1, "messages": [{"role": "user", "content": question},
                                 {"role": "assistant", "content": answer}]})
    .to_string()
}

#[test]
fn another_conversation_of_the_same_name_is_not_dropped() {
    let saylog = scripted();
    let (france, bread) = (talk("the capital?", "Paris"), talk("bread?", "flour"));
    let openai = ("openai", "talks.jsonl");
    import(&saylog, openai, &france, "1 new); 2 messages");
    import(&saylog, openai, &bread, "1 with something new); 2 messages");
    assert_eq!(context(&saylog), ["user: bread?", "ai: flour"]);
    import(&saylog, openai, &bread, "1 as before); 0 messages");
    import(&saylog, openai, &france, "1 as before); 0 messages");
    assert_eq!(
        saylog.said(),
        [
            "alice user: the capital?",
            "alice ai: Paris",
            "alice user: bread?",
            "alice ai: flour"
        ]
    );
    // The other one is there to be gone on with.
    let forked = play(&saylog, "/fork at #4\n/history\n").stdout;
    assert!(
        forked.contains("user: bread?\n") && !forked.contains("Paris"),
        "{forked}"
    );
}

#[test]
fn a_name_that_is_used_again_makes_no_conversation_that_nobody_had() {
    let said = |texts: &[&str]| {
        let mut text = "model: m\nmessages:\n".to_owned();
        for (text_of, role) in texts.iter().zip(["user", "assistant"].iter().cycle()) {
            text += &format!("- role: {role}\n  content: {text_of}\n");
        }
        text
    };
    let saylog = scripted();
    let aichat = ("aichat", "temp.yaml");
    let old = said(&["Q-old", "A-old"]);
    let new = said(&["Q-new", "A-new", "Q-new2", "A-new2"]);
    import(&saylog, aichat, &old, "1 new); 2 messages");
    import(&saylog, aichat, &new, "1 with something new); 4 messages");
    let expected = ["user: Q-new", "ai: A-new", "user: Q-new2", "ai: A-new2"];
    assert_eq!(context(&saylog), expected);
    import(&saylog, aichat, &new, "1 as before); 0 messages");
}

/// What Open WebUI would write of a chat with these messages.
fn open_webui(said: &[(&str, &str)]) -> String {
    let mut messages = json!({});
    let mut parent = Value::Null;
    for (place, (role, text)) in said.iter().enumerate() {
        let id = format!("m{place}");
        messages[&id] = json!({"id": id, "parentId": parent, "childrenIds": [], "role": role,
                               "content": text, "timestamp": 1_762_000_000 + place});
        parent = json!(id);
    }
    json!([{"id": "c", "title": "Chat", "chat": {
        "title": "Chat", "history": {"messages": messages, "currentId": parent}}}])
    .to_string()
}

#[test]
fn a_reply_that_was_half_there_is_there_whole_and_what_follows_follows_it() {
    let saylog = scripted();
    let webui = ("open-webui", "chats.json");
    let half = open_webui(&[("user", "count"), ("assistant", "one, t")]);
    let whole = [
        ("user", "count"),
        ("assistant", "one, two"),
        ("user", "on"),
        ("assistant", "three"),
    ];
    import(&saylog, webui, &half, "1 new); 2 messages");
    fs::write(saylog.folder().join("chats.json"), open_webui(&whole)).expect("a file");
    check(
        &run(&saylog, &["--import", "--dry-run chats.json"]),
        "chats.json (open-webui): 1 conversation (1 with something new); 3 messages would be \
         added for alice; nothing was written.\n",
        "",
        0,
    );
    let whole = open_webui(&whole);
    import(&saylog, webui, &whole, "1 with something new); 3 messages");
    let expected = ["user: count", "ai: one, two", "user: on", "ai: three"];
    assert_eq!(context(&saylog), expected);
    import(&saylog, webui, &whole, "1 as before); 0 messages");
    assert!(saylog.said().contains(&"alice ai: one, t".to_owned()));
    // It comes to another machine as it is, and to one that had the half of it.
    let there = scripted();
    import(&there, webui, &half, "1 new); 2 messages");
    run(&saylog, &["--export", "log.jsonl"]);
    let (from, to) = (saylog.folder(), there.folder());
    fs::copy(from.join("log.jsonl"), to.join("log.jsonl")).expect("a file");
    for _ in 0..2 {
        let outcome = run(&there, &["--import", "log.jsonl"]);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    }
    assert_eq!(context(&there), expected);
    assert_eq!(there.said().len(), 5);
}

#[test]
fn two_machines_that_know_other_texts_by_one_name_have_both() {
    let (here, there) = (scripted(), scripted());
    let openai = ("openai", "talks.jsonl");
    import(&here, openai, &talk("rome?", "yes"), "1 new); 2 messages");
    import(&there, openai, &talk("bread?", "no"), "1 new); 2 messages");
    run(&here, &["--export", "log.jsonl"]);
    let (from, to) = (here.folder(), there.folder());
    fs::copy(from.join("log.jsonl"), to.join("log.jsonl")).expect("a file");
    for told in ["2 messages added", "0 messages added"] {
        let outcome = run(&there, &["--import", "log.jsonl"]);
        assert!(outcome.stdout.contains(told), "{outcome:?}");
        assert_eq!(
            there.said(),
            [
                "alice user: bread?",
                "alice ai: no",
                "alice user: rome?",
                "alice ai: yes"
            ]
        );
    }
}

#[test]
fn a_nul_in_any_text_is_another_character_and_the_same_text_comes_once() {
    let saylog = scripted();
    let nul = "a\0b";
    let talk = json!({"id": nul, "title": nul, "model": nul, "messages": [
        {"role": "user", "content": nul},
        {"role": "assistant", "content": nul, "model": nul, "finish_reason": nul,
         "reasoning": nul}]});
    let openai = ("openai", "talks.jsonl");
    import(&saylog, openai, &talk.to_string(), "1 new); 2 messages");
    import(
        &saylog,
        openai,
        &talk.to_string(),
        "1 as before); 0 messages",
    );
    run(&saylog, &["--export", "log.jsonl"]);
    let path = saylog.folder().join("log.jsonl");
    let mended = fs::read_to_string(&path).expect("a file");
    assert!(!mended.contains("\\u0000"), "{mended}");
    for field in [
        "title",
        "first_words",
        "content",
        "model",
        "finish_reason",
        "reasoning",
    ] {
        let mended_field = format!("\"{field}\":\"a\u{fffd}b\"");
        assert!(mended.contains(&mended_field), "{field}: {mended}");
    }
    // As a store may hold it that takes NUL.
    let broken = mended.replace('\u{fffd}', "\\u0000");
    let there = scripted();
    fs::write(there.folder().join("log.jsonl"), broken).expect("a file");
    for told in ["; 2 messages added", "; 0 messages added"] {
        let outcome = run(&there, &["--import", "log.jsonl"]);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        assert!(outcome.stdout.contains(told), "{outcome:?}");
    }
    run(&there, &["--export", "again.jsonl"]);
    let again = fs::read_to_string(there.folder().join("again.jsonl")).expect("a file");
    assert_eq!(again, mended);
}

#[test]
fn conversations_of_the_same_words_stay_two_where_ids_tell_them_apart() {
    let (here, there) = (scripted(), scripted());
    before(&here, "/start first\nhello\n");
    before(&here, "/start second\nhello\n");
    let bring = |form: &str, told: &str| {
        let name = format!("{form}.jsonl");
        let (from, to) = (here.folder().join(&name), there.folder().join(&name));
        run(
            &here,
            &["--export", &format!("--force --format {form} {name}")],
        );
        fs::copy(from, to).expect("a file");
        let outcome = run(&there, &["--import", &format!("--format {form} {name}")]);
        let told = format!("{name} ({form}): {told} added for alice.\n");
        check(&outcome, &told, "", 0);
    };
    bring("langchain", "2 conversations (2 new); 4 messages");
    bring("langchain", "2 conversations (2 as before); 0 messages");
    before(&here, "/resume first\nand more\n");
    bring(
        "langchain",
        "2 conversations (1 with something new, 1 as before); 2 messages",
    );
    // This one has no ids: what says the same is the same.
    before(&here, "/resume second\nand more\n");
    bring("openai", "2 conversations (1 new, 1 as before); 4 messages");
}
