//! Sessions and users, found and listed.

use super::*;

/// The sessions of a query, so many at a time.
pub(super) fn paged(
    log: &mut Log,
    owner: Option<&UserName>,
    which: Which<'_>,
    page: usize,
) -> Vec<SessionRow> {
    let mut rows: Vec<SessionRow> = Vec::new();
    loop {
        let after = rows.last().map(SessionRow::rank);
        let query = SessionQuery {
            user: owner,
            which,
            after,
        };
        let mut left = page;
        log.sessions(&query, &mut |row| {
            rows.push(row.clone());
            left -= 1;
            if left == 0 { Flow::Full } else { Flow::More }
        })
        .unwrap();
        if left > 0 {
            return rows;
        }
    }
}

pub(super) fn titles_of_several_sessions_are_found_at_once(tenant: &Tenant) {
    let mut log = tenant.log();
    let titled = begin_titled(&mut log, "alice", 1, Some("Plans"));
    let untitled = begin(&mut log, "bob", 2);
    begin(&mut log, "alice", 3);
    log.commit().unwrap();
    let wanted = [
        (session_id(1), user("alice")),
        (session_id(2), user("bob")),
        // There is no such session, and one of somebody else.
        (session_id(9), user("alice")),
        (session_id(3), user("bob")),
    ];
    let mut found = Vec::new();
    log.titles(&wanted, &mut |session, key, title| {
        found.push((session, key, title.map(str::to_owned)));
    })
    .unwrap();
    found.sort_by_key(|(_, key, _)| *key);
    let mut expected = [
        (session_id(1), titled, Some("Plans".to_owned())),
        (session_id(2), untitled, None),
    ];
    expected.sort_by_key(|(_, key, _)| *key);
    assert_eq!(found, expected);
}

pub(super) fn sessions_are_listed_from_wherever_the_last_page_ended(tenant: &Tenant) {
    let mut log = tenant.log();
    for number in 1..=7 {
        let name = if number == 4 { "bob" } else { "alice" };
        let session = begin(&mut log, name, number);
        if number != 6 {
            say_at(
                &mut log,
                session,
                Role::User,
                "hi",
                5_000 - i64::from(number % 3),
            );
        }
    }
    let alice = user("alice");
    let ids = |rows: Vec<SessionRow>| rows.iter().map(|row| row.session).collect::<Vec<_>>();
    let all = ids(paged(&mut log, Some(&alice), Which::All, 100));
    assert_eq!(all.len(), 6);
    let expected = [7, 6, 5, 3, 2, 1].map(session_id);
    assert_eq!(all, expected, "the clock says otherwise");
    for page in 1..4 {
        assert_eq!(ids(paged(&mut log, Some(&alice), Which::All, page)), all);
        let spoken = ids(paged(&mut log, Some(&alice), Which::Spoken, page));
        assert_eq!(
            spoken,
            [&all[..1], &all[2..]].concat(),
            "nothing was said in 6"
        );
        let everybodys = paged(&mut log, None, Which::All, page);
        assert_eq!(everybodys.len(), 7);
        assert!(everybodys.is_sorted_by_key(|row| std::cmp::Reverse(row.rank())));
        assert!(everybodys.iter().any(|row| row.user == user("bob")));
        // From the middle, without having visited what stands before.
        let rows = paged(&mut tenant.log(), Some(&alice), Which::All, 100);
        let query = SessionQuery {
            user: Some(&alice),
            which: Which::All,
            after: Some(rows[2].rank()),
        };
        let mut rest = Vec::new();
        tenant
            .log()
            .sessions(&query, &mut |row| {
                rest.push(row.session);
                Flow::More
            })
            .unwrap();
        assert_eq!(rest, all[3..]);
    }
}

pub(super) fn sessions_are_found_by_id_and_name(tenant: &Tenant) {
    let mut log = tenant.log();
    let plan = begin_titled(&mut log, "alice", 0xabc1, Some("plan"));
    let planning = begin_titled(&mut log, "alice", 0xabc2, Some("planning"));
    let words = begin(&mut log, "alice", 0xdef);
    begin_titled(&mut log, "bob", 0xabc3, Some("plan"));
    say_at(&mut log, plan, Role::User, "x", 100_000);
    say_at(&mut log, words, Role::User, "  plan\n b ", 200_000);
    log.rename(planning, "planning 2").unwrap();
    let title = |log: &mut Log, name: &str, key| log.title(&user(name), key).unwrap();
    assert_eq!(
        title(&mut log, "alice", planning).as_deref(),
        Some("planning 2")
    );
    assert_eq!(title(&mut log, "alice", words), None);
    assert_eq!(title(&mut log, "bob", planning), None);
    log.set_model(planning, "model").unwrap();
    let alice = user("alice");
    let mut find = |which, limit| {
        let found = log.find(&alice, which, limit).unwrap();
        found.iter().map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(find(Which::Prefix("0000abc"), 9), [plan, planning]);
    assert_eq!(find(Which::Name("plan"), 9), [plan, words, planning]);
    assert_eq!(find(Which::Name("plan"), 1), [plan]);
    assert_eq!(find(Which::Name("planning 2"), 9), [planning]);
    assert_eq!(
        find(Which::Name("x"), 9),
        [],
        "a title goes before first words"
    );
    assert_eq!(find(Which::Latest, 9), [words]);
    assert_eq!(find(Which::Key(plan), 9), [plan]);
    assert_eq!(find(Which::Prefix("'; --"), 9), []);
    let row = log.find(&alice, Which::Key(planning), 1).unwrap().remove(0);
    assert_eq!(row.title.as_deref(), Some("planning 2"));
    assert_eq!(row.model.as_deref(), Some("model"));
    let row = log.find(&alice, Which::Key(words), 1).unwrap().remove(0);
    assert_eq!((row.preview.as_deref(), row.count), (Some("plan b"), 1));
    assert_eq!(log.find(&user("bob"), Which::Key(plan), 1).unwrap(), []);
}

pub(super) fn what_is_archived_is_in_a_list_of_its_own(tenant: &Tenant) {
    let mut log = tenant.log();
    let alice = user("alice");
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    say(&mut log, one, Role::User, "one");
    say(&mut log, two, Role::User, "two");
    log.archive(two, Some(Timestamp(7))).unwrap();
    log.commit().unwrap();
    // Another process sees the same.
    let mut log = tenant.log();
    let listed = |log: &mut Log, which| {
        let own = paged(log, Some(&alice), which, 1);
        let everybodys = paged(log, None, which, 1);
        assert_eq!(own, everybodys);
        own.iter().map(|row| row.key).collect::<Vec<_>>()
    };
    for which in [Which::All, Which::Spoken] {
        assert_eq!(listed(&mut log, which), [one]);
    }
    assert_eq!(listed(&mut log, Which::Archived), [two]);
    let find = |log: &mut Log, which| log.find(&alice, which, 9).unwrap();
    assert_eq!(find(&mut log, Which::Latest)[0].key, one);
    let named = find(&mut log, Which::Name("two"));
    assert_eq!(
        (named[0].key, named[0].archived_at),
        (two, Some(Timestamp(7)))
    );
    log.archive(two, None).unwrap();
    assert_eq!(listed(&mut log, Which::All), [two, one]);
    assert_eq!(listed(&mut log, Which::Archived), []);
    assert_eq!(find(&mut log, Which::Latest)[0].key, two);
}

pub(super) fn the_latest_is_what_was_said_or_begun_last_whatever_the_clocks_say(tenant: &Tenant) {
    let mut log = tenant.log();
    let alice = user("alice");
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    let ranked = |log: &mut Log, which| {
        let rows = paged(log, Some(&user("alice")), which, 2);
        rows.iter().map(|row| row.key).collect::<Vec<_>>()
    };
    let latest = |log: &mut Log| log.find(&user("alice"), Which::Latest, 9).unwrap()[0].key;
    assert_eq!(ranked(&mut log, Which::All), [two, one], "begun last");
    assert_eq!(latest(&mut log), two);
    say_at(&mut log, one, Role::User, "far ahead", 90_000_000);
    assert_eq!(latest(&mut log), one);
    say_at(&mut log, two, Role::User, "right again", 5_000);
    assert_eq!(latest(&mut log), two);
    assert_eq!(ranked(&mut log, Which::Spoken), [two, one]);
    say_at(&mut log, one, Role::User, "put back", 10);
    let three = begin(&mut log, "alice", 3);
    // Another process sees the same.
    log.commit().unwrap();
    let mut log = tenant.log();
    assert_eq!(ranked(&mut log, Which::All), [three, one, two]);
    assert_eq!(latest(&mut log), one, "in the third nothing was said");
    // What is forked belongs to what was begun last.
    let end = log.end(two).unwrap();
    let fork = NewSession {
        user: &alice,
        session: session_id(4),
        title: None,
        model: None,
        persona: None,
        at: Timestamp(1),
        system: None,
        preview: Some("right again"),
        origin: None,
    };
    let past = step(MoveKind::Fork, end.place, 0, end.depth);
    let four = log.fork(&fork, &past).unwrap();
    assert_eq!(ranked(&mut log, Which::All), [four, three, one, two]);
    assert_eq!(latest(&mut log), four);
    // The time that is told of a user is that of their last message, not the latest one.
    log.users(None, &mut |row| {
        assert_eq!((row.messages, row.last_at), (3, Some(Timestamp(10))));
        Flow::More
    })
    .unwrap();
}

pub(super) fn a_session_knows_who_answered_last_and_what_it_is_a_fork_of(tenant: &Tenant) {
    let mut log = tenant.log();
    let one = begin_titled(&mut log, "alice", 1, Some("plans"));
    let bobs = begin(&mut log, "bob", 2);
    let alice = user("alice");
    let fork = |log: &mut Log, number, origin| {
        let session = NewSession {
            user: &alice,
            session: session_id(number),
            title: None,
            model: None,
            persona: None,
            at: Timestamp(1),
            system: None,
            preview: None,
            origin: Some(origin),
        };
        let past = step(MoveKind::Fork, Place::default(), 0, 0);
        log.fork(&session, &past).unwrap()
    };
    let two = fork(&mut log, 3, one);
    // Another user's title is nobody else's business, whatever is written there.
    let three = fork(&mut log, 4, bobs);
    let answer = |log: &mut Log, model, content| {
        let draft = Draft {
            model: Some(model),
            ..Draft::new(Role::Ai, content, Timestamp(1))
        };
        log.append(one, &draft).unwrap();
    };
    let told = |log: &mut Log, session| {
        let found = log.find(&alice, Which::Key(session), 1).unwrap();
        let row = found.into_iter().next().unwrap();
        let origin = row.origin.map(|origin| (origin.session, origin.title));
        (row.answered_by.as_deref().map(str::to_owned), origin)
    };
    let model = |name: &str| Some(name.to_owned());
    assert_eq!(told(&mut log, one), (None, None));
    answer(&mut log, "first", "a");
    answer(&mut log, "second", "b");
    assert_eq!(told(&mut log, one), (model("second"), None));
    say(&mut log, one, Role::User, "q");
    // What says that nobody answered is no answer.
    answer(&mut log, "third", "");
    clear(&mut log, one);
    assert_eq!(told(&mut log, one), (model("second"), None));
    answer(&mut log, "first", "c");
    log.rename(one, "other plans").unwrap();
    log.commit().unwrap();
    let mut log = tenant.log();
    assert_eq!(told(&mut log, one), (model("first"), None));
    let origin = Some((session_id(1), model("other plans")));
    assert_eq!(told(&mut log, two), (None, origin.clone()));
    assert_eq!(told(&mut log, three), (None, None));
    let mut listed = Vec::new();
    let query = SessionQuery {
        user: None,
        which: Which::All,
        after: None,
    };
    log.sessions(&query, &mut |row| {
        let origin = row.origin.clone();
        listed.push(origin.map(|origin| (origin.session, origin.title)));
        Flow::More
    })
    .unwrap();
    assert_eq!(listed, [None, None, origin, None]);
}

pub(super) fn users_come_in_order_with_their_counts(tenant: &Tenant) {
    let mut log = tenant.log();
    for (number, name) in (1..).zip(["bob", "alice", "Zoë", "bob"]) {
        let session = begin(&mut log, name, number);
        if name == "bob" {
            say_at(&mut log, session, Role::User, "hi", 9_000);
        }
    }
    assert!(log.knows(&user("alice")).unwrap() && !log.knows(&user("eve")).unwrap());
    let like = |log: &mut Log, prefix, limit| {
        let names = log.users_like(prefix, limit).unwrap();
        names.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(like(&mut log, "", 9), ["Zoë", "alice", "bob"]);
    assert_eq!(like(&mut log, "", 2), ["Zoë", "alice"]);
    assert_eq!(like(&mut log, "b", 9), ["bob"]);
    assert_eq!(like(&mut log, "%", 9), [""; 0]);
    let mut counts = Vec::new();
    log.users(Some(&user("Zoë")), &mut |row| {
        counts.push((
            row.user.to_string(),
            row.sessions,
            row.messages,
            row.last_at,
        ));
        Flow::More
    })
    .unwrap();
    let expected = [
        ("alice".to_owned(), 1, 0, None),
        ("bob".to_owned(), 2, 2, Some(Timestamp(9_000))),
    ];
    assert_eq!(counts, expected);
}
