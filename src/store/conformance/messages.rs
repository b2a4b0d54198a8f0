//! Messages, contexts, and listings of them.

use super::*;

pub(super) fn a_message_comes_back_as_it_was_said(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let content = "one\n\ttwo \u{1b}[31m 你好 \u{202e}";
    say(&mut log, session, Role::User, content);
    log.commit().unwrap();
    let asked = head_of(&mut log, session);
    let draft = Draft {
        model: Some("model"),
        status: Status::Interrupted,
        usage: Some(Usage {
            prompt: 3,
            reply: 4,
        }),
        details: ReplyDetails {
            finish_reason: Some("length"),
            reasoning: Some("hm\u{1b}"),
            citations: Some("[]"),
        },
        oldest: asked,
        sent: Some(sent_as(asked)),
        ..Draft::new(Role::Ai, "", Timestamp(2_000))
    };
    let appended = log.append(session, &draft).unwrap();
    log.commit().unwrap();
    let receipts = log.take_receipts();
    let receipt = match appended {
        Appended::Now(receipt) => receipt,
        Appended::AtCommit(ticket) => {
            let found = receipts.iter().find(|(of, _)| *of == ticket);
            found.unwrap().1
        }
    };
    assert_eq!((receipt.seq, receipt.parent), (2, asked));
    assert_eq!(receipt.created_at, Timestamp(2_000));
    let mut log = tenant.log();
    let mut seen = 0;
    log.message(receipt.id, &mut |message| {
        seen += 1;
        assert_eq!(message.user.as_str(), "alice");
        assert_eq!(message.session, session_id(1));
        assert_eq!((message.seq, message.parent), (2, asked));
        assert_eq!((message.role, message.content), (Role::Ai, ""));
        assert_eq!(
            (message.model, message.status),
            (Some("model"), Status::Interrupted)
        );
        assert_eq!(message.usage, draft.usage);
        assert_eq!(message.details, draft.details);
    })
    .unwrap();
    log.message(asked.unwrap(), &mut |message| {
        seen += 1;
        assert_eq!(message.content, content);
    })
    .unwrap();
    let beyond = MessageId(receipt.id.0 + 100);
    log.message(beyond, &mut |_| seen += 1).unwrap();
    assert_eq!(seen, 2);
    let link = log.link(receipt.id).unwrap().unwrap();
    assert_eq!(
        (link.previous, link.depth, link.oldest),
        (asked, Some(2), asked)
    );
    assert_eq!(log.link(beyond).unwrap(), None);
    let sent = log.sent(receipt.id).unwrap().unwrap();
    assert_eq!(sent.sent(), sent_as(asked));
    assert_eq!(log.sent(beyond).unwrap(), None);
    assert_eq!(log.following(asked.unwrap()).unwrap(), Some(receipt.id));
    assert_eq!(log.following(receipt.id).unwrap(), None);
}

/// A question after which a prompt of the configuration was sent.
fn sent_as(asked: Option<MessageId>) -> Sent<'static> {
    Sent {
        last: asked.unwrap(),
        floor: None,
        system: None,
        configured: Some("be \"brief\""),
    }
}

pub(super) fn what_was_sent_is_kept_only_where_links_do_not_tell_it(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let reply_after = |log: &mut Log, sent: Sent<'_>| {
        let draft = Draft {
            sent: Some(sent),
            ..Draft::new(Role::Ai, "a", Timestamp(9))
        };
        log.append(session, &draft).unwrap();
        log.commit().unwrap();
        let id = head_of(log, session).unwrap();
        log.sent(id).unwrap()
    };
    let ask = |log: &mut Log| {
        say(log, session, Role::User, "q");
        log.commit().unwrap();
        head_of(log, session)
    };
    let plain = |asked| Sent {
        configured: None,
        ..sent_as(asked)
    };
    let asked = ask(&mut log);
    assert_eq!(reply_after(&mut log, plain(asked)), None);
    // Another question stands between.
    let asked = ask(&mut log);
    ask(&mut log);
    let sent = reply_after(&mut log, plain(asked)).unwrap();
    assert_eq!(sent.sent(), plain(asked));
    // The same prompt twice.
    for _ in 0..2 {
        let asked = ask(&mut log);
        let with_prompt = reply_after(&mut log, sent_as(asked)).unwrap();
        assert_eq!(with_prompt.sent(), sent_as(asked));
    }
}

pub(super) fn a_context_ends_where_it_is_asked_to_whatever_was_said_since(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "cleared");
    clear(&mut log, session);
    say(&mut log, session, Role::User, "one");
    say(&mut log, session, Role::Ai, "two");
    let head = head_of(&mut log, session);
    say(&mut log, session, Role::User, "three");
    assert_eq!(context(&mut log, head), ["one", "two"]);
    assert_eq!(context(&mut log, None), [""; 0]);
    let mut first = Vec::new();
    log.context(head, &mut |message| {
        first.push(message.content.to_owned());
        Flow::Full
    })
    .unwrap();
    assert_eq!(first, ["two"]);
}

pub(super) fn a_system_prompt_is_in_the_log_and_in_no_context(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let draft = Draft::new(Role::System, "be brief", Timestamp(1_000));
    let id = log.set_system(session, Some(&draft)).unwrap();
    say(&mut log, session, Role::User, "one");
    let end = log.end(session).unwrap();
    assert_eq!((end.system, end.depth, end.count), (id, 1, 2));
    assert_eq!(current_context(&mut log, session), ["one"]);
    assert_eq!(listed(&mut log, Selection::Global, 1), ["be brief", "one"]);
    assert_eq!(log.set_system(session, None).unwrap(), None);
    assert_eq!(log.end(session).unwrap().system, None);
}

pub(super) fn contexts_are_listed_in_the_order_of_the_log(tenant: &Tenant) {
    let mut log = tenant.log();
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    let bobs = begin(&mut log, "bob", 3);
    for number in 0..10 {
        say(&mut log, one, Role::User, &format!("one {number}"));
        say(&mut log, bobs, Role::User, &format!("bob {number}"));
        say(&mut log, two, Role::Ai, &format!("two {number}"));
    }
    clear(&mut log, two);
    say(&mut log, two, Role::User, "after");
    let mut expected: Vec<String> = (0..10).map(|number| format!("one {number}")).collect();
    for page in [1, 3, 100] {
        assert_eq!(listed(&mut log, Selection::Session(one), page), expected);
    }
    expected.push("after".into());
    for page in [1, 4, 11, 100] {
        let alice = Selection::User(user("alice"));
        assert_eq!(listed(&mut log, alice, page), expected);
    }
    assert_eq!(listed(&mut log, Selection::Global, 7).len(), 31);
    assert_eq!(listed(&mut log, Selection::User(user("eve")), 7), [""; 0]);
}

pub(super) fn a_listing_shows_the_log_as_it_was_when_it_began(tenant: &Tenant) {
    let (mut log, mut other) = (tenant.log(), tenant.log());
    let session = begin(&mut log, "alice", 1);
    for content in ["one", "two", "three"] {
        say(&mut log, session, Role::User, content);
    }
    for selection in [Selection::Global, Selection::Session(session)] {
        let mut listing = log.list(selection).unwrap();
        let mut said = Vec::new();
        loop {
            let more = log.read(&mut listing, &mut |message| {
                said.push(message.content.to_owned());
                Flow::Full
            });
            say(&mut other, session, Role::User, "later");
            other.commit().unwrap();
            if !more.unwrap() {
                break;
            }
        }
        assert_eq!(said[..3], ["one", "two", "three"]);
        assert!(said.iter().all(|said| said != "later") || said.len() > 3);
        // The second round begins with what the first one added.
        let added = said.len() - 3;
        assert_eq!(said[3..], vec!["later"; added]);
    }
}

pub(super) fn what_a_user_said_is_recalled_newest_first(tenant: &Tenant) {
    let mut log = tenant.log();
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    let bobs = begin(&mut log, "bob", 3);
    for (session, content) in [(one, "a"), (two, "b"), (bobs, "no"), (one, "c"), (one, "d")] {
        say(&mut log, session, Role::User, content);
        say(&mut log, session, Role::Ai, "reply");
    }
    clear(&mut log, one);
    say(&mut log, two, Role::User, "e");
    for limit in [1, 2, 3, 100] {
        let mut recall = log.recall(&user("alice")).unwrap();
        let mut said = Vec::new();
        loop {
            let page = log.recall_more(&mut recall, limit).unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= limit);
            assert!(page.iter().is_sorted_by(|one, next| one.0 > next.0));
            said.extend(page.into_iter().map(|(_, text)| text));
        }
        assert_eq!(said, ["e", "d", "c", "b", "a"]);
    }
    let mut recall = log.recall(&user("eve")).unwrap();
    assert_eq!(log.recall_more(&mut recall, 9).unwrap(), []);
}

pub(super) fn a_message_has_the_time_that_the_clock_said(tenant: &Tenant) {
    let (mut one, mut two) = (tenant.log(), tenant.log());
    let session = begin(&mut one, "alice", 1);
    say_at(&mut one, session, Role::User, "late", 9_000);
    one.commit().unwrap();
    assert_eq!(one.take_overtaken(), None);
    let draft = Draft::new(Role::User, "early", Timestamp(10));
    let receipt = two.append_placed(session, &draft).unwrap();
    two.commit().unwrap();
    assert_eq!(receipt.created_at, Timestamp(10));
    assert_eq!(one.end(session).unwrap().touched_at, Timestamp(10));
    assert_eq!(listed(&mut one, Selection::Global, 9), ["late", "early"]);
    // It is told once, and again if it happens again.
    assert_eq!(two.take_overtaken(), Some(Timestamp(9_000)));
    assert_eq!(two.take_overtaken(), None);
    for at in [20, 15] {
        say_at(&mut two, session, Role::User, "later", at);
    }
    two.commit().unwrap();
    assert_eq!(two.take_overtaken(), Some(Timestamp(20)));
}

/// The messages between two that `suits` lets through, a few at a time.
fn looked_at(
    log: &mut Log,
    behind: Option<MessageId>,
    of_reasoning: bool,
    suits: &mut dyn FnMut(&str) -> bool,
) -> Vec<i64> {
    let mut walk = log.look_through(behind).unwrap();
    let mut found = Vec::new();
    loop {
        let looked = log
            .look_at_texts(&mut walk, 3, of_reasoning, suits)
            .unwrap();
        found.extend(looked.suiting.iter().map(|id| id.0));
        if !looked.has_more {
            return found;
        }
    }
}

pub(super) fn texts_are_looked_at_page_by_page(tenant: &Tenant) {
    let mut log = tenant.log();
    assert_eq!(looked_at(&mut log, None, false, &mut |_| true), [0; 0]);
    let alice = begin(&mut log, "alice", 1);
    for number in 1..=7 {
        say(&mut log, alice, Role::User, &format!("text {number}"));
    }
    let thought = Draft {
        details: ReplyDetails {
            reasoning: Some("thought of text"),
            ..ReplyDetails::default()
        },
        ..Draft::new(Role::Ai, "reply", Timestamp(1))
    };
    log.append(alice, &thought).unwrap();
    log.commit().unwrap();
    let newest = log.newest().unwrap().0;
    let id = |number: i64| newest - 8 + number;
    let mut is_even = |text: &str| "2468".contains(&text[text.len() - 1..]);
    assert_eq!(
        looked_at(&mut log, None, false, &mut is_even),
        // Three at a time from the end, each three in the order of the log.
        [id(6), id(4), id(2)]
    );
    let behind = Some(MessageId(id(2)));
    assert_eq!(
        looked_at(&mut log, behind, false, &mut is_even),
        [id(4), id(6)]
    );
    let mut has = |text: &str| text.contains("text");
    assert_eq!(looked_at(&mut log, None, true, &mut has), [id(8)]);
}
