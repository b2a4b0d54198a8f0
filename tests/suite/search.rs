//! `/search`: what was said, found again.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::support::dice::Dice;
use crate::support::events::events;
use crate::support::run::{Outcome, Saylog, check, echoing, feed};
use crate::support::script::{before, play, run, scripted};

/// Alice's sessions 1 and 2, and bob's session 3.
fn three() -> Saylog {
    let saylog = scripted();
    before(
        &saylog,
        "/start Trip to Rome\nShall we go by train to Rome?\n",
    );
    before(
        &saylog,
        "/start\nI paid 300 for C++ and foo-bar; 今天天气很好\n",
    );
    before(&saylog, "/user bob\n/start\nromeo and rome\n");
    saylog
}

/// The messages that a query of alice's finds, by their ids.
#[track_caller]
fn found(saylog: &Saylog, query: &str) -> Vec<i64> {
    let outcome = saylog.run(&["--json", "--search", query]);
    let told = events(&outcome.stdout);
    assert_eq!(outcome.code, 0, "{query}: {}", outcome.stdout);
    told.iter()
        .filter(|event| event["event"] == "hit")
        .map(|hit| hit["id"].as_i64().expect("an id"))
        .collect()
}

const FIRST: &str = "1 <time> alice <1> #2 ai \"Trip to Rome\": Shall we go by train to Rome?\n\
                     2 <time> alice <1> #1 user \"Trip to Rome\": Shall we go by train to Rome?\n";

const NOTHING: &str = "nothing was found; `in:global` looks among everybody's, `word*` for what begins so, `/resume WORDS` in titles\n";

#[test]
fn ones_own_messages_are_found_newest_first() {
    let saylog = three();
    check(&play(&saylog, "/search ROME\n"), FIRST, "", 0);
    check(&run(&saylog, &["--search", "train rome"]), FIRST, "", 0);
    check(
        &play(&saylog, "/search 300\n"),
        "1 <time> alice <2> #4 ai -: I paid 300 for C++ and foo-bar; 今天天气很好\n\
         2 <time> alice <2> #3 user -: I paid 300 for C++ and foo-bar; 今天天气很好\n",
        "",
        0,
    );
    check(&play(&saylog, "/search romeo\n"), "", NOTHING, 0);
    for (query, ids) in [
        ("rom", &[][..]),
        ("rom*", &[2, 1]),
        ("\"train to\"", &[2, 1]),
        ("\"to train\"", &[]),
        ("rome -train", &[]),
        ("rome OR 300", &[4, 3, 2, 1]),
        ("c++", &[4, 3]),
        ("foo-bar", &[4, 3]),
        ("天气", &[4, 3]),
        ("气", &[4, 3]),
        ("天天气", &[4, 3]),
        ("气天", &[]),
        ("/R.me/", &[2, 1]),
        ("/r.me/", &[]),
        ("/(?i)r.me/", &[2, 1]),
        ("role:user rome", &[1]),
        ("-role:user rome", &[2]),
        ("model:mock:echo rome", &[2]),
        ("status:failed rome", &[]),
        ("session:\"Trip to Rome\" go", &[2, 1]),
        ("in:global rome", &[6, 5, 2, 1]),
        ("in:global user:bob rome", &[6, 5]),
        ("in:global -user:alice rome", &[6, 5]),
        ("since:2026-11-22 rome", &[2, 1]),
        ("before:2026-11-22 rome", &[]),
        ("limit:1 rome", &[2]),
        ("after:#1 rome", &[2]),
        ("role:ai", &[4, 2]),
    ] {
        assert_eq!(found(&saylog, query), ids, "{query}");
    }
}

#[test]
fn a_title_may_look_like_the_beginning_of_an_id() {
    let saylog = three();
    before(&saylog, "/start cafe\nespresso\n/start\nespresso\n");
    assert_eq!(found(&saylog, "session:cafe espresso"), [8, 7]);
    let id = crate::support::script::ids(&saylog)[4].clone();
    let begin = &id[..8];
    assert_eq!(
        found(&saylog, &format!("session:{begin} espresso")),
        [10, 9]
    );
    assert_eq!(found(&saylog, &format!("-session:{id} espresso")), [8, 7]);
}

#[test]
fn what_was_just_said_is_found() {
    let saylog = scripted();
    let told = play(
        &saylog,
        "/start\none word\n/search word\ntwo words\n/search words\n",
    );
    assert_eq!((told.stderr.as_str(), told.code), ("", 0));
    let rows: Vec<_> = told
        .stdout
        .lines()
        .map(|row| row.rsplit(": ").next())
        .collect();
    assert_eq!(
        rows[1..],
        [
            Some("one word"),
            Some("one word"),
            Some("one word"),
            Some("two words"),
            Some("two words"),
            Some("two words")
        ]
    );
}

#[test]
fn a_program_is_told_where_the_words_stand() {
    let saylog = three();
    let outcome = run(
        &saylog,
        &["--json", "-c", "/search limit:1 rome OR 今天 OR train"],
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let told = events(&outcome.stdout);
    let hit = &told[0];
    assert_eq!(hit["event"], "hit");
    assert_eq!(
        (&hit["number"], &hit["id"], &hit["title"]),
        (&json!(1), &json!(4), &json!(null))
    );
    assert_eq!(
        hit["snippet"],
        "I paid 300 for C++ and foo-bar; 今天天气很好"
    );
    assert_eq!(hit["marks"], json!([[32, 34]]));
    assert_eq!(
        told[1],
        json!({"event": "end", "line": 1, "scope": "user", "count": 1, "more": true})
    );
}

#[test]
fn the_numbers_of_the_hits_name_messages_and_their_sessions() {
    let saylog = three();
    let lines = "/search in:global rome\n/show 4\n/resume 4\n/quote 3\n/show 1\n/resume 1\n/show 5\n/show #5\n";
    let outcome = play(&saylog, lines);
    assert!(
        outcome.stdout.contains("\n#1 <time> alice <1> user: Shall"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome
            .stdout
            .contains("\nSession <1> resumed, 2 messages.\n")
    );
    assert!(
        outcome
            .stdout
            .contains("\nQuoted into the context as #7.\n")
    );
    // Another's is told like one that does not exist, but where it was found.
    assert_eq!(
        outcome.stderr,
        "<stdin>:5: no message of yours is #6; `/show #6 global` shows anybody's\n\
         <stdin>:6: no session of yours is `1`; an id or its first four characters or more, a title, \
         a number, or `latest`; `/sessions` lists them\n\
         <stdin>:7: the last search found no number 5; `#12` is a message by its id; `/search` numbers \
         what it finds\n\
         <stdin>:8: no message of yours is #5; `/context` shows the ids of a session\n"
    );
    // Without a search a number is an id, as ever.
    let outcome = play(&saylog, "/show 1\n");
    assert!(
        outcome.stdout.starts_with("#1 <time>"),
        "{}",
        outcome.stdout
    );
}

/// The messages that `/log` lists with these filters, by their ids.
#[track_caller]
fn logged(saylog: &Saylog, filters: &str) -> (Vec<i64>, bool) {
    let outcome = saylog.run(&["--json", "-c", &format!("/log {filters}")]);
    assert_eq!(outcome.code, 0, "{filters}: {}", outcome.stdout);
    let told = events(&outcome.stdout);
    let more = told.last().expect("an end")["more"] == json!(true);
    let ids = told
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|message| message["id"].as_i64().expect("an id"));
    (ids.collect(), more)
}

#[test]
fn the_log_is_listed_by_filters_in_its_order() {
    let saylog = three();
    for (filters, ids, more) in [
        ("role:user", &[1, 3, 5][..], false),
        ("role:user limit:2", &[3, 5], true),
        ("role:user limit:3", &[1, 3, 5], false),
        ("after:#1 limit:2", &[2, 3], true),
        ("after:#4", &[5, 6], false),
        ("user:bob", &[5, 6], false),
        ("-user:bob rome", &[1, 2], false),
        ("in:user rome", &[1, 2], false),
        ("since:2026-11-22 rome", &[1, 2, 5, 6], false),
        ("before:2026-11-22", &[], false),
        ("user role:user", &[1, 3], false),
        ("user 1 role:user", &[3], true),
    ] {
        assert_eq!(logged(&saylog, filters), (ids.to_vec(), more), "{filters}");
    }
    check(
        &play(&saylog, "/log rome\n/log since:x\n/log in:user user:bob\n"),
        "",
        "<stdin>:1: `/log` does not know `rome`; one of session, user, global, --utc, a number, or filters such as `since:yesterday`\n\
         <stdin>:2: `/log` cannot read `since:x` (characters 1 to 7): it is no time; write `2h`, \
         `\"3 days\"`, `yesterday`, `\"last monday\"`, `2026-11-03` or `10:30`\n\
         <stdin>:3: `/log` looks among your own messages, and not among those of `bob`; `in:global` \
         looks among everybody's\n",
        1,
    );
    // Without an index it is the same.
    fs::remove_file(index(&saylog)).expect("a file");
    fs::create_dir(index(&saylog)).expect("a folder");
    assert_eq!(logged(&saylog, "role:user limit:2"), (vec![3, 5], true));
}

#[test]
fn what_cannot_be_read_or_is_out_of_scope_is_said() {
    let saylog = three();
    for (query, why) in [
        (
            "user:bob rome",
            "looks among your own messages, and not among those of `bob`; `in:global` looks among \
             everybody's",
        ),
        (
            "since:lastweek rome",
            "cannot read `since:lastweek` (characters 1 to 14): it is no time; write `2h`, \
             `\"3 days\"`, `yesterday`, `\"last monday\"`, `2026-11-03` or `10:30`",
        ),
        (
            "rome \"open",
            "cannot read `\"open` (characters 6 to 10): the quote is not closed; `\\\"` finds the \
             sign itself",
        ),
        (
            "rome OR",
            "cannot read `OR` (characters 6 to 7): it has to stand between two words; `\"OR\"` finds \
             the word itself",
        ),
    ] {
        check(
            &play(&saylog, &format!("/search {query}\n")),
            "",
            &format!("<stdin>:1: `/search` {why}\n"),
            1,
        );
    }
    check(
        &play(&saylog, "/search\n"),
        "",
        "<stdin>:1: `/search` needs words to look for; `/search [--rank] WORDS…`\n",
        1,
    );
    check(
        &play(&saylog, "/search session:nowhere x\n/search in:session x\n"),
        "",
        "<stdin>:1: no session of yours is `nowhere`; an id or its first four characters or more, a \
         title, a number, or `latest`; `/sessions` lists them\n\
         <stdin>:2: User chat session not found!; `/start` begins one\n",
        1,
    );
}

#[test]
fn whoever_wants_the_best_first_misses_nothing() {
    let saylog = scripted();
    let others = "w77 and w1\n".repeat(1500);
    before(&saylog, &format!("/start\nw77 w1\n{others}"));
    assert_eq!(found(&saylog, "--rank \"w77 w1\""), [1, 2]);
    assert_eq!(found(&saylog, "--rank w77 limit:3000").len(), 3000);
}

#[test]
fn a_damaged_index_is_made_anew_and_the_search_goes_on() {
    let saylog = scripted();
    let said: String = (0..3000)
        .map(|n| format!("word{n} and w{}\n", n % 7))
        .collect();
    before(&saylog, &format!("/start\n{said}"));
    let expected = found(&saylog, "w3 OR w5 limit:50");
    assert_eq!(expected.len(), 50);
    let good = fs::read(index(&saylog)).expect("its bytes");
    for page in 1..good.len() / 4096 {
        let mut bytes = good.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0x77);
        fs::write(index(&saylog), bytes).expect("a file");
        assert_eq!(found(&saylog, "w3 OR w5 limit:50"), expected, "page {page}");
    }
}

#[test]
fn what_cannot_be_read_is_told_by_every_search_until_it_can_be() {
    let saylog = three();
    saylog
        .stored()
        .tamper("UPDATE messages SET role = 77 WHERE id = 2");
    let rest = "1 <time> alice <1> #1 user \"Trip to Rome\": Shall we go by train to Rome?\n";
    let told = "-c:1: 1 message cannot be read (#2): the store was changed by another program, \
                or is damaged; `/show #2 global` says what is wrong\n";
    // The first one makes the index, and the others have it.
    for _ in 0..2 {
        check(&run(&saylog, &["-c", "/search rome"]), rest, told, 1);
        check(&run(&saylog, &["-c", "/search paris"]), "", told, 1);
        let listed = run(&saylog, &["-c", "/log in:user role:user limit:1"]);
        check(&listed, &listed.stdout, told, 1);
        assert_eq!(listed.stdout.lines().count(), 1);
    }
    // What another program has put right is found again.
    saylog
        .stored()
        .tamper("UPDATE messages SET role = 2 WHERE id = 2");
    check(&run(&saylog, &["-c", "/search rome"]), FIRST, "", 0);
}

/// What is beside the store.
fn index(saylog: &Saylog) -> std::path::PathBuf {
    saylog.folder().join("saylog.db-index")
}

#[test]
fn the_index_is_made_by_a_search_and_may_go_at_any_time() {
    let saylog = three();
    assert!(!index(&saylog).exists());
    check(&play(&saylog, "/search rome\n"), FIRST, "", 0);
    let mode = fs::metadata(index(&saylog)).expect("a file").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    fs::remove_file(index(&saylog)).expect("a file");
    check(&play(&saylog, "/search rome\n"), FIRST, "", 0);
    fs::write(index(&saylog), "something else").expect("a file");
    check(&play(&saylog, "/search rome\n"), FIRST, "", 0);
    // What is said later is found, too.
    before(&saylog, "/start later\nto Rome again\n");
    assert_eq!(found(&saylog, "rome again"), [8, 7]);
}

#[test]
fn another_store_in_its_place_is_left_as_it_is() {
    let saylog = three();
    let other = saylog.folder().join("other.db");
    fs::copy(saylog.store(), &other).expect("a copy");
    fs::rename(&other, index(&saylog)).expect("another name");
    let before = fs::read(index(&saylog)).expect("its bytes");
    let outcome = play(&saylog, "/search rome\n").normal(&saylog);
    assert_eq!((outcome.stdout.as_str(), outcome.code), (FIRST, 0));
    assert_eq!(
        outcome.stderr,
        "the index cannot be used: `<folder>/saylog.db-index` is a store; it was left as it is; \
         the log itself is looked through\n"
    );
    assert_eq!(fs::read(index(&saylog)).expect("its bytes"), before);
}

#[test]
fn where_there_can_be_no_index_the_log_itself_is_looked_through() {
    let saylog = three();
    fs::create_dir(index(&saylog)).expect("a folder");
    let outcome = play(&saylog, "/search rome\n");
    assert_eq!((outcome.stdout.as_str(), outcome.code), (FIRST, 0));
    assert!(
        outcome
            .stderr
            .ends_with("; the log itself is looked through\n"),
        "{}",
        outcome.stderr
    );
    let mut ephemeral = std::process::Command::new(crate::support::run::SAYLOG);
    ephemeral.env_clear().env("HOME", saylog.folder()).args([
        "--ephemeral",
        "-u",
        "alice",
        "-m",
        "mock:echo",
    ]);
    let outcome = feed(ephemeral, b"/start\nto Rome\n/search rome\n");
    let rows: Vec<_> = outcome.stdout.lines().skip(2).collect();
    assert_eq!(
        (rows.len(), outcome.stderr.as_str(), outcome.code),
        (2, "", 0)
    );
}

#[test]
fn with_the_index_and_without_the_same_is_found() {
    let words = [
        "rome",
        "Roma",
        "ROME",
        "train",
        "C++",
        "foo-bar",
        "天气",
        "今天天气",
        "café",
        "cafe\u{301}",
        "ß",
        "STRASSE",
        "한국어",
        "x.rs",
        "a_b",
        "30",
        "don't",
        "🙂",
    ];
    let queries = [
        "rome",
        "rom*",
        "-rome",
        "train OR 天气",
        "天",
        "天气 -train",
        "\"rome train\"",
        "cafe",
        "strasse",
        "/[A-Z]{4}/",
        "foo-bar",
        "c++",
        "role:user rome",
        "30 limit:7",
        "한국",
        "x.rs OR a_b",
        "don't",
        "after:#30 rome",
        "in:global rome",
        "in:global user:bob",
        "🙂 role:ai",
    ];
    let seed = Dice::seed();
    let mut dice = Dice::new(seed);
    let (with, without) = (scripted(), scripted());
    let mut script = String::new();
    for turn in 0..120 {
        if turn % 7 == 0 {
            let user = ["alice", "bob"][dice.below(2)];
            script.push_str(&format!("/user {user}\n/start\n"));
        }
        let said: Vec<_> = (0..=dice.below(6))
            .map(|_| words[dice.below(words.len())])
            .collect();
        script.push_str(&format!("{}\n", said.join(" ")));
    }
    for saylog in [&with, &without] {
        assert_eq!(saylog.play(&script).code, 0);
    }
    fs::create_dir(index(&without)).expect("a folder");
    let ids = |saylog: &Saylog, query: &str| -> Vec<i64> {
        let outcome: Outcome = saylog.run(&["--json", "--search", query]);
        assert_eq!(outcome.code, 0, "{query}: {}", outcome.stderr);
        let hits = events(&outcome.stdout).into_iter();
        hits.filter(|event| event["event"] == "hit")
            .map(|hit| hit["id"].as_i64().expect("an id"))
            .collect()
    };
    let mut counted = 0;
    for query in queries {
        let expected = ids(&without, query);
        assert_eq!(ids(&with, query), expected, "seed {seed}: {query}");
        counted += expected.len();
    }
    assert!(counted > 100, "{counted}");
}

#[test]
fn of_many_messages_the_same_are_found_in_whatever_way_they_are_read() {
    let saylog = echoing();
    // Alice says every number up to 3,000, bob every fiftieth of them once more.
    let mut script = String::from("/user bob\n/start\n/user alice\n/start\n");
    for number in 1..=3000 {
        script += &format!("word{number} 天{number}\n");
        if number % 50 == 0 {
            script += &format!("/user bob\nword{number} 天{number}\n/user alice\n");
        }
    }
    assert_eq!(saylog.play(script).code, 0);
    // Of each word by whom, there is a question and its reply.
    let suiting = |user: &str, suits: &dyn Fn(&str) -> bool| {
        let mut ids = Vec::new();
        for (id, message) in (1_i64..).zip(saylog.said()) {
            let (by, said) = message.split_once(' ').expect("a user");
            if (user.is_empty() || by == user) && suits(said) {
                ids.push(id);
            }
        }
        ids
    };
    let ends_in_7 = |said: &str| said.contains("word1") && said.ends_with('7');
    for (query, user, suits) in [
        (
            "word1*",
            "alice",
            &(|said: &str| said.contains("word1")) as &dyn Fn(&str) -> bool,
        ),
        ("天", "alice", &|_| true),
        ("-word7 天", "alice", &|said| !said.contains("word7 ")),
        ("in:global word2950", "", &|said| said.contains("word2950 ")),
        ("in:global user:bob 天", "bob", &|_| true),
        ("in:global user:bob /word\\d+/", "bob", &|_| true),
        ("/word1\\d*\\D*\\d*7$/", "alice", &ends_in_7),
        ("in:global /word1\\d*\\D*\\d*7$/", "", &ends_in_7),
        ("nothing*", "alice", &|_| false),
    ] {
        let all = suiting(user, suits);
        let newest: Vec<i64> = all.iter().rev().copied().collect();
        for limit in [1, 20, 10_000] {
            let found = |order: &str| {
                let query = format!("{query} {order}limit:{limit}");
                let outcome = saylog.run(&["--json", "--search", &query]);
                assert_eq!(outcome.code, 0, "{query}: {}", outcome.stdout);
                let told = events(&outcome.stdout);
                let hits = told.iter().filter(|event| event["event"] == "hit");
                hits.map(|hit| hit["id"].as_i64().expect("an id"))
                    .collect::<Vec<_>>()
            };
            let first = |ids: &[i64]| ids.iter().take(limit).copied().collect::<Vec<_>>();
            assert_eq!(found(""), first(&newest), "{query} {limit}");
            let behind: Vec<i64> = all.iter().filter(|id| **id > 100).copied().collect();
            assert_eq!(found("after:#100 "), first(&behind), "{query} {limit}");
        }
    }
}
