//! What is found is what a plain scan of the same messages finds.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::query::terms_of;

/// A message, as a test has it said.
#[derive(Clone, Debug)]
struct Said {
    session: usize,
    role: Role,
    content: String,
    reasoning: Option<String>,
    model: Option<String>,
    status: Status,
}

const USERS: [&str; 4] = ["alice", "Alice", "bob smith", "Zoë_5a"];
const MODELS: [&str; 4] = ["mock", "Mock", "gpt-4o", "a\" OR \"b"];
const ROLES: [Role; 3] = [Role::System, Role::User, Role::Ai];
const STATUSES: [Status; 3] = [Status::Complete, Status::Interrupted, Status::Failed];
const WORDS: [&str; 18] = [
    "a",
    "ab",
    "abc",
    "b",
    "AND",
    "or",
    "NEAR",
    "x_1",
    "天",
    "天气",
    "气天",
    "ё",
    "ß",
    "*",
    "\"",
    "-a",
    ":",
    "\u{E000}ralice",
];

fn text() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(&WORDS[..]);
    proptest::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

fn message() -> impl Strategy<Value = Said> {
    let models = proptest::sample::select(&MODELS[..]).prop_map(str::to_owned);
    (
        0..USERS.len(),
        proptest::sample::select(&ROLES[1..]),
        text(),
        proptest::option::of(text()),
        proptest::option::of(models),
        proptest::sample::select(&STATUSES[..]),
    )
        .prop_map(|(session, role, content, reasoning, model, status)| Said {
            session,
            role,
            content,
            reasoning,
            model,
            status,
        })
}

fn narrowing() -> impl Strategy<Value = Narrowing> {
    let term =
        || proptest::sample::select(&["a", "ab", "b", "and", "near", "天", "天气", "е", "z"][..]);
    let leaf = prop_oneof![
        1 => Just(Narrowing::Everything),
        6 => term().prop_map(|term| Narrowing::Term(term.into())),
        3 => term().prop_map(|term| Narrowing::Prefix(term.into())),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let parts = proptest::collection::vec(inner, 0..4);
        prop_oneof![
            parts.clone().prop_map(Narrowing::All),
            parts.prop_map(Narrowing::Any),
        ]
    })
}

fn among<T: Clone + std::fmt::Debug + 'static>(of: Vec<T>) -> impl Strategy<Value = Among<T>> {
    let few = move || {
        let none = Just(Vec::new());
        let some = proptest::sample::subsequence(of.clone(), 1..=2.min(of.len()));
        prop_oneof![4 => none, 1 => some]
    };
    (few(), few()).prop_map(|(one_of, none_of)| Among { one_of, none_of })
}

fn query() -> impl Strategy<Value = IndexQuery> {
    let users = USERS.map(|name| UserName::new(name).unwrap()).to_vec();
    let sessions = (0..4).map(session_id).collect();
    (
        narrowing(),
        any::<bool>(),
        among(users),
        among(sessions),
        among(ROLES.to_vec()),
        among(MODELS.map(str::to_owned).to_vec()),
        among(STATUSES.to_vec()),
    )
        .prop_map(
            |(words, in_reasoning, users, sessions, roles, models, statuses)| IndexQuery {
                in_reasoning,
                users,
                sessions,
                roles,
                models,
                statuses,
                ..IndexQuery::new(words)
            },
        )
}

fn has(terms: &BTreeSet<String>, wanted: &Narrowing) -> bool {
    match wanted {
        Narrowing::Everything => true,
        Narrowing::Term(term) => terms.contains(term),
        Narrowing::Prefix(prefix) => terms.iter().any(|term| term.starts_with(prefix)),
        Narrowing::All(parts) => parts.iter().all(|part| has(terms, part)),
        Narrowing::Any(parts) => parts.iter().any(|part| has(terms, part)),
    }
}

fn is_among<T: PartialEq>(among: &Among<T>, value: Option<&T>) -> bool {
    let is_in = |list: &[T]| value.is_some_and(|value| list.contains(value));
    (among.one_of.is_empty() || is_in(&among.one_of)) && !is_in(&among.none_of)
}

impl Said {
    fn suits(&self, query: &IndexQuery) -> bool {
        let text = if query.in_reasoning {
            self.reasoning.as_deref()
        } else {
            Some(self.content.as_str())
        };
        let mut terms = BTreeSet::new();
        terms_of(text.unwrap_or_default(), &mut |term| {
            terms.insert(term.to_owned());
        });
        let user = UserName::new(USERS[self.session]).unwrap();
        let session = session_id(u32::try_from(self.session).unwrap());
        has(&terms, &query.words)
            && is_among(&query.users, Some(&user))
            && is_among(&query.sessions, Some(&session))
            && is_among(&query.roles, Some(&self.role))
            && is_among(&query.models, self.model.as_ref())
            && is_among(&query.statuses, Some(&self.status))
    }
}

/// Says them all.
fn said_all(mut log: Log, messages: &[Said]) -> Log {
    let mut sessions = Vec::new();
    for (user, number) in USERS.iter().zip(0..) {
        sessions.push(begin(&mut log, user, number));
    }
    for message in messages {
        let draft = Draft {
            model: message.model.as_deref(),
            status: message.status,
            details: ReplyDetails {
                reasoning: message.reasoning.as_deref(),
                ..ReplyDetails::default()
            },
            ..Draft::new(message.role, &message.content, Timestamp(1_000))
        };
        log.append(sessions[message.session], &draft).unwrap();
    }
    log.commit().unwrap();
    log
}

/// Whether there is something that what is unwanted can be taken away from.
fn is_narrow(query: &IndexQuery) -> bool {
    fn is_everything(words: &Narrowing) -> bool {
        match words {
            Narrowing::Everything => true,
            Narrowing::Term(_) | Narrowing::Prefix(_) => false,
            Narrowing::All(parts) => parts.iter().all(is_everything),
            Narrowing::Any(parts) => parts.iter().any(is_everything),
        }
    }
    let is_bare = is_everything(&query.words)
        && query.users.one_of.is_empty()
        && query.sessions.one_of.is_empty()
        && query.roles.one_of.is_empty()
        && query.models.one_of.is_empty()
        && (query.statuses.one_of.is_empty() || query.statuses.one_of.contains(&Status::Complete))
        && !query.statuses.none_of.contains(&Status::Complete);
    !is_bare
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn candidates_are_what_a_scan_finds(
        messages in proptest::collection::vec(message(), 1..40),
        queries in proptest::collection::vec(query(), 1..12),
        in_file in any::<bool>(),
        limit in 1..7_usize,
    ) {
        let folder = Folder::new();
        let log = if in_file { folder.log() } else { in_memory() };
        let mut log = said_all(log, &messages);
        let mut index = folder.index();
        index.rows_at_once = 7;
        catch_up(&mut index, &mut log);
        for query in &queries {
            let found = found(&mut index, query);
            let scanned: Vec<i64> = (1..).zip(&messages)
                .filter(|(_, message)| message.suits(query))
                .map(|(id, _)| id).collect::<Vec<_>>().into_iter().rev().collect();
            if is_narrow(query) {
                prop_assert_eq!(&found, &scanned, "{:?}", query);
            } else {
                prop_assert!(scanned.iter().all(|id| found.contains(id)), "{:?}", query);
            }
            prop_assert_eq!(index.count(query).unwrap(), found.len() as u64);
            prop_assert_eq!(paged(&mut index, query, limit), found.clone());
            let mut ranked = index.ranked(query, usize::MAX).unwrap();
            prop_assert!(!ranked.is_cut);
            ranked.ids.sort_by(|a, b| b.cmp(a));
            prop_assert_eq!(ranked.ids.iter().map(|id| id.0).collect::<Vec<_>>(), found);
        }
    }
}

/// The same, a page at a time, from the newest to the oldest and back.
fn paged(index: &mut Index, query: &IndexQuery, limit: usize) -> Vec<i64> {
    let mut down = Vec::new();
    let mut page = Page::newest(limit);
    loop {
        let ids = index.candidates(query, &page).unwrap();
        assert!(ids.len() <= limit);
        let Some(last) = ids.last() else { break };
        page.before = Some(*last);
        down.extend(ids.iter().map(|id| id.0));
    }
    let mut up = Vec::new();
    let mut page = Page {
        order: Order::OldestFirst,
        ..Page::newest(limit)
    };
    loop {
        let ids = index.candidates(query, &page).unwrap();
        let Some(last) = ids.last() else { break };
        page.after = Some(*last);
        up.extend(ids.iter().map(|id| id.0));
    }
    up.reverse();
    assert_eq!(down, up);
    down
}

#[test]
fn no_text_becomes_syntax() {
    let folder = Folder::new();
    let mut log = said(in_memory(), &["a b", "and", "near", "x"]);
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    for odd in [
        "\"",
        "\"\"",
        "*",
        "a*",
        ":",
        "terms:a",
        "\0",
        "a\0b",
        "AND",
        "NEAR",
        "NEAR(a b)",
        "-",
        "-a",
        "a b",
        "a OR x",
        "^a",
        "{terms}:a",
        "(",
        ")",
        "+",
        "'",
        "; DROP TABLE facts",
        "\u{E000}",
        "\u{E000}uroot",
        "é\"",
        "\u{10FFFF}",
    ] {
        for wanted in [Narrowing::Term(odd.into()), Narrowing::Prefix(odd.into())] {
            for in_reasoning in [false, true] {
                let query = IndexQuery {
                    in_reasoning,
                    ..IndexQuery::new(wanted.clone())
                };
                let ids = found(&mut index, &query);
                match odd {
                    "AND" if !in_reasoning => assert_eq!(ids, [2], "{odd:?}"),
                    "NEAR" if !in_reasoning => assert_eq!(ids, [3], "{odd:?}"),
                    _ => assert_eq!(ids, [0; 0], "{odd:?}"),
                }
            }
        }
    }
    for odd in ["a\" OR \"b", "", "\0", "é"] {
        let query = IndexQuery {
            models: one_of([odd.to_owned()]),
            ..term("a")
        };
        assert_eq!(found(&mut index, &query), [0; 0]);
        let query = IndexQuery {
            sources: none_of([odd.to_owned()]),
            ..term("a")
        };
        assert_eq!(found(&mut index, &query), [1]);
    }
}

#[test]
fn very_much_that_is_wanted_narrows_as_far_as_it_is_certain() {
    let folder = Folder::new();
    let mut log = said(in_memory(), &["a b", "c"]);
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    let terms = |count: usize| -> Vec<Narrowing> {
        let others = (0..count).map(|number| Narrowing::Term(format!("w{number}")));
        others.chain([Narrowing::Term("a".into())]).collect()
    };
    assert_eq!(
        found(&mut index, &IndexQuery::new(Narrowing::Any(terms(100)))),
        [1]
    );
    assert_eq!(
        found(&mut index, &IndexQuery::new(Narrowing::Any(terms(5_000)))),
        [2, 1]
    );
    assert_eq!(
        found(&mut index, &IndexQuery::new(Narrowing::All(terms(5_000)))),
        [0; 0]
    );
    let many = vec![Narrowing::Term("a".into()); 5_000];
    assert_eq!(
        found(&mut index, &IndexQuery::new(Narrowing::All(many))),
        [1]
    );
}

#[test]
fn the_best_have_the_rarer_word_and_are_short() {
    let folder = Folder::new();
    let texts = [
        "common and a lot of other things that nobody has asked for at all",
        "common",
        "rare in some more words",
        "common things",
        "common too",
        "nothing",
    ];
    let mut log = said(in_memory(), &texts);
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    let any = ["common", "rare"]
        .map(|word| Narrowing::Term(word.into()))
        .to_vec();
    let ranked = index
        .ranked(&IndexQuery::new(Narrowing::Any(any)), 4)
        .unwrap();
    assert_eq!(ranked.ids, [3, 2, 5, 4].map(MessageId));
    assert!(!ranked.is_cut);
}
