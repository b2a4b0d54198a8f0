//! A store of the third release with all that it had: system prompts, personas,
//! forks, moves, a quotation, a reply that failed, and one of which a part was
//! kept when the program was killed. `stores/branches.db` was written by that
//! release, `stores/branches.jsonl` is its own listing.

use super::*;

const VERSION: u32 = 3;

/// How many messages the store begins with.
const MESSAGES: usize = 27;

/// A copy of that store, which nothing has opened yet.
fn branches() -> Saylog {
    let saylog = Saylog::new();
    let path = stored(VERSION, "db").with_file_name("branches.db");
    fs::copy(path, saylog.store()).expect("a copy of the store");
    set_mode(&saylog.store(), 0o600);
    saylog
}

/// The messages that the store began with are what they were, every field of
/// each; gives those that came since.
#[track_caller]
fn kept(saylog: &Saylog) -> Vec<Value> {
    let path = stored(VERSION, "jsonl").with_file_name("branches.jsonl");
    let then = messages(&fs::read_to_string(path).expect("the old listing"));
    let mut now = messages(&saylog.log());
    assert!(then.len() == MESSAGES && now.len() >= MESSAGES);
    let since = now.split_off(MESSAGES);
    for (then, now) in then.into_iter().zip(now) {
        assert_eq!(now, with_details(then));
    }
    since
}

/// What `/context` shows of "trip", up to the message that was said differently.
const TRIP: &str = "#1 system 10 tokens: Answer in one sentence.\n\
     #2 user 5 tokens: one\n\
     #3 ai 12 tokens: This is a mock response from AI.\n\
     #4 user 5 tokens: two\n\
     #5 ai 12 tokens: This is a mock response from AI.\n";

/// Its moves.
const MOVES: &str = "1 <time> undo #7 -> #3, 4 messages left; `/fork at #7`\n\
     2 <time> redo #3 -> #7, 4 messages came; `/fork at #3`\n\
     3 <time> undo #7 -> #5, 2 messages left; `/fork at #7`\n\
     4 <time> retry #9 -> #8, 1 message left; `/fork at #9`\n\
     5 <time> edit #10 -> #5, 2 messages left; `/fork at #10`\n";

#[test]
fn messages_of_all_kinds_are_what_they_were() {
    let saylog = branches();
    assert_eq!(state(&saylog), (VERSION, "ok".into()));
    assert_eq!(kept(&saylog), [Value::Null; 0]);
    assert_eq!(state(&saylog), (NOW, "ok".into()));
    let log = saylog.play("/history global\n").normal(&saylog);
    assert!(
        log.stdout
            .contains("<time> dave <4> ai(failed): half of it\n"),
        "{}",
        log.stdout
    );
}

/// What stands before the last turns that `/resume` shows.
fn resumed(count: usize) -> String {
    format!("Session <1> resumed, {count} messages.\n")
}

#[test]
fn moves_are_listed_and_taken_back() {
    let saylog = branches();
    let play = |lines: &str| saylog.play(format!("/user carol\n/resume trip\n{lines}"));
    let outcome = play("/moves\n/undo\n/undo\n/redo\n/context\n/moves\n").normal(&saylog);
    let mock = "This is a mock response from AI.";
    let (user, ai) = ("<time> carol <1> user:", "<time> carol <1> ai:");
    check(
        &outcome,
        &format!(
            "carol\n{}\
             {user} two\n{ai} {mock}\n{user} two and three quarters\n{ai} {mock}\n\
             {MOVES}\
             2 messages left the context (#11, #12); `/redo` brings them back.\n\
             2 messages left the context (#4, #5); `/redo` brings them back.\n\
             2 messages are back in the context (#4, #5); `/undo` takes them out again.\n\
             {TRIP}4 messages, 44 of 8192 tokens (0 %)\n\
             {MOVES}\
             6 <time> undo #12 -> #5, 2 messages left; `/fork at #12`\n\
             7 <time> undo #5 -> #3, 2 messages left; `/fork at #5`\n\
             8 <time> redo #3 -> #5, 2 messages came; `/fork at #3`\n",
            resumed(12)
        ),
        "",
        0,
    );
    assert_eq!(kept(&saylog), [Value::Null; 0]);
}

#[test]
fn personas_forks_and_system_prompts_are_what_they_were() {
    let saylog = branches();
    let outcome = saylog.lines(&[
        "/user carol",
        "/sessions",
        "/resume trip",
        "/system",
        "/resume elsewhere",
        "/system",
        "/moves",
        "/context at #14",
    ]);
    let outcome = outcome.normal(&saylog);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    // The last turns of what is resumed are left out here.
    let lines = outcome.stdout.lines();
    let lines: Vec<_> = lines.filter(|line| !line.starts_with("<time>")).collect();
    let question: String = TRIP.split_inclusive('\n').take(3).collect();
    assert_eq!(
        lines.join("\n") + "\n",
        format!(
            "carol\n\
             1 1fa51de3 5 6 mock:echo <time> \"essay\" as critic\n\
             2 b848e1a6 6 4 mock <time> \"elsewhere\"\n\
             3 b3793151 6 12 mock <time> \"trip\"\n\
             {}Answer in one sentence.\n\
             Session <2> resumed, 4 messages.\n\
             no system prompt\n\
             1 <time> fork none -> #3, 2 messages came\n\
             2 <time> clear #16 -> none, 6 messages left; `/fork at #16`\n\
             3 <time> undo none -> #16, 6 messages came\n\
             {question}#13 user 7 tokens: here instead\n\
             3 messages, 34 of 8192 tokens (0 %)\n",
            resumed(12)
        )
    );
}

#[test]
fn who_answered_last_and_what_is_a_fork_is_found_out() {
    let saylog = branches().with(&["--json"]);
    let outcome = saylog.lines(&["/sessions global"]);
    let rows = events(&outcome.stdout);
    let rows = rows.iter().filter(|row| row["event"] == "session_row");
    let told: Vec<_> = rows
        .map(|row| json!([row["words"], row["answered_by"], row["from_title"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["a word from dave", "cmd:./half", null]),
            json!(["my essay", "mock:echo", null]),
            json!(["one", "mock", "trip"]),
            json!(["one", "mock", null]),
        ]
    );
}

#[test]
fn a_part_of_a_reply_that_was_killed_becomes_a_message() {
    let saylog = branches();
    let outcome = saylog.lines(&["/user dave", "/resume latest", "/undo", "/undo"]);
    check(
        &outcome.normal(&saylog),
        &format!(
            "dave\n{}\
             <time> dave <1> user: tell me\n\
             <time> dave <1> ai(failed): half of it\n\
             <time> dave <1> user: go on\n\
             <time> dave <1> ai(interrupted): a part that came, and more of it\n\
             2 messages left the context (#27, #28); `/redo` brings them back.\n\
             2 messages left the context (#25, #26); `/redo` brings them back.\n",
            resumed(6)
        ),
        "a reply in session c28649a4 was cut off; what had come of it is kept\n",
        0,
    );
    let since = kept(&saylog);
    let fields = ["seq", "content", "model", "status"].map(|field| since[0][field].clone());
    let text = "a part that came, and more of it";
    let expected = json!([6, text, "cmd:./story", "interrupted"]);
    assert_eq!((json!(fields), since.len()), (expected, 1));
}
