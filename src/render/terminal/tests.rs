use super::super::{Hyperlinks, Reasoning};
use super::*;
use crate::domain::{
    ListedMove, MessageId, MoveKind, Moved, ReplyDetails, Role, Scope, SessionId, SessionSummary,
    Status, Timestamp, UserName, Zone,
};

const SESSION: &str = "5b0c1f7e-0f3a-4c1d-9b7e-000000000001";

fn terminal(markdown: bool, reasoning: Reasoning) -> Terminal {
    let options = TerminalOptions {
        markdown,
        reasoning,
        is_dumb: false,
        window: || None,
        shows_notes: true,
        hyperlinks: Hyperlinks::No,
        zone: Zone::Utc,
    };
    Terminal::new(None, options, || Timestamp(0))
}

/// What was written to both streams, without colours, which other tests turn on
/// and off.
fn shown(outbox: &Outbox) -> String {
    let pieces: Vec<_> = outbox.pieces().map(|(_, piece)| piece).collect();
    let mut rest = &*String::from_utf8(pieces.concat()).unwrap();
    let mut shown = String::new();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        shown.push_str(before);
        let (_, after) = after.split_once('m').expect("only colours");
        rest = after;
    }
    shown + rest
}

/// Lets a test look at a message of alice's.
fn with_message<T>(
    role: Role,
    content: &str,
    status: Status,
    details: ReplyDetails<'_>,
    look: impl FnOnce(&Message<'_>) -> T,
) -> T {
    look(&Message {
        id: MessageId(2),
        seq: 2,
        parent: None,
        user: &UserName::new("alice").unwrap(),
        session: SessionId::parse(SESSION).unwrap(),
        role,
        content,
        created_at: Timestamp(0),
        said_at: None,
        source: None,
        model: None,
        status,
        usage: None,
        details,
    })
}

/// What is shown of a reply that comes in these pieces and ends like this, whole
/// at once if no piece of it came.
fn reply(
    terminal: &mut Terminal,
    pieces: &[Progress<'_>],
    content: &str,
    status: Status,
    details: ReplyDetails<'_>,
) -> String {
    let mut outbox = Outbox::default();
    for piece in pieces {
        terminal.progress(*piece, &mut outbox);
    }
    with_message(Role::Ai, content, status, details, |message| {
        terminal.render(&Event::Reply { message, tries: 1 }, &mut outbox);
    });
    shown(&outbox)
}

#[test]
fn a_reply_that_came_in_part_and_is_not_told_ends_with_its_error() {
    for markdown in [true, false] {
        let mut terminal = terminal(markdown, Reasoning::Fold);
        let mut outbox = Outbox::default();
        terminal.progress(Progress::Delta("part"), &mut outbox);
        for _ in 0..2 {
            terminal.render(&Event::Error(&Error::Interrupted), &mut outbox);
        }
        let shown = shown(&outbox);
        assert_eq!(shown, "part\nerror: interrupted\nerror: interrupted\n");
    }
}

#[test]
fn a_list_of_sessions_has_one_heading() {
    let user = UserName::new("alice").unwrap();
    let row = |number| SessionSummary {
        number,
        user: &user,
        session: SessionId::parse(SESSION).unwrap(),
        title: None,
        preview: Some("hello"),
        context: 2,
        messages: 4,
        model: "mock",
        answered_by: None,
        persona: None,
        origin: None,
        origin_title: None,
        last_at: Timestamp(0),
        current: false,
        archived: false,
    };
    for numbers in [[Some(1), Some(2)], [None, None]] {
        let mut terminal = terminal(false, Reasoning::Fold);
        let mut outbox = Outbox::default();
        for _ in 0..2 {
            for number in numbers {
                terminal.render(&Event::SessionRow(&row(number)), &mut outbox);
            }
            let (scope, count, more) = (Some(Scope::User), 2, false);
            terminal.render(&Event::End { scope, count, more }, &mut outbox);
        }
        let shown = shown(&outbox);
        let headings = shown.lines().map(|line| line.contains("title"));
        let expected = [false, true, false, false].repeat(2);
        assert!(headings.eq(expected), "{shown}");
    }
}

#[test]
fn reasoning_is_shown_above_the_answer_if_somebody_wants_to_see_it() {
    let pieces = [
        Progress::Idle,
        Progress::Reasoning("\n"),
        Progress::Reasoning("First this,\n"),
        Progress::Reasoning("then \x1b[2Jthat.\n\n"),
        Progress::Idle,
        Progress::Delta("The answer.\n\n"),
        Progress::Reasoning("Was that all?"),
        Progress::Idle,
        Progress::Delta("More."),
    ];
    let content = "The answer.\n\nMore.";
    let details = ReplyDetails::default();
    for markdown in [true, false] {
        for (reasoning, above) in [
            (Reasoning::Show, "First this,\nthen ␛[2Jthat.\n\n"),
            (Reasoning::Fold, ""),
            (Reasoning::Hide, ""),
        ] {
            let mut terminal = terminal(markdown, reasoning);
            // The next reply begins afresh.
            for _ in 0..2 {
                let shown = reply(&mut terminal, &pieces, content, Status::Complete, details);
                assert_eq!(shown, format!("{above}{content}\n"), "{reasoning:?}");
            }
        }
    }
}

#[test]
fn reasoning_without_an_answer_leaves_a_clean_screen() {
    let pieces = [Progress::Reasoning("Hm.\n"), Progress::Reasoning(" Hm?")];
    for markdown in [true, false] {
        for (reasoning, above) in [
            (Reasoning::Show, "Hm.\n Hm?\n"),
            (Reasoning::Fold, ""),
            (Reasoning::Hide, ""),
        ] {
            let mut terminal = terminal(markdown, reasoning);
            let details = ReplyDetails {
                reasoning: Some("Hm.\n Hm?"),
                ..ReplyDetails::default()
            };
            for status in [Status::Failed, Status::Interrupted] {
                let shown = reply(&mut terminal, &pieces, "", status, details);
                assert_eq!(shown, above, "{reasoning:?}");
            }
            let mut outbox = Outbox::default();
            terminal.progress(pieces[0], &mut outbox);
            terminal.render(&Event::Error(&Error::Interrupted), &mut outbox);
            terminal.progress(pieces[1], &mut outbox);
            terminal.render(&Event::Notice("a notice"), &mut outbox);
            let [one, two] = if reasoning == Reasoning::Show {
                ["Hm.\n", "Hm?\n"]
            } else {
                [""; 2]
            };
            let expected = format!("{one}error: interrupted\n{two}a notice\n");
            assert_eq!(shown(&outbox), expected, "{reasoning:?}");
        }
    }
}

#[test]
fn a_reply_that_is_shown_whole_has_its_reasoning_above_it() {
    for (reasoning, above) in [(Reasoning::Show, "Hm.\n\n"), (Reasoning::Fold, "")] {
        let mut terminal = terminal(false, reasoning);
        let mut outbox = Outbox::default();
        let details = ReplyDetails {
            reasoning: Some("Hm."),
            ..ReplyDetails::default()
        };
        with_message(Role::Ai, "Yes.", Status::Complete, details, |message| {
            let tagged = Event::Tagged {
                message,
                persona: Some("critic"),
                tries: 1,
            };
            terminal.render(&tagged, &mut outbox);
        });
        let expected = format!("alice/5b0c1f7e as critic\n{above}Yes.\n");
        assert_eq!(shown(&outbox), expected);
    }
}

const SOURCES: &str = r#"[
    {"url": "https://a.example/x?y=1", "title": "A \u001b[2Jpage\nof two lines"},
    {"url": "HTTP://b.example", "title": null},
    {"url": "javascript:alert(1)", "title": "No link"},
    {"url": "file:///etc/passwd", "title": ""},
    {"url": "https://e.example/\u202e", "title": "E"}
]"#;

#[test]
fn sources_stand_below_a_reply_and_only_addresses_of_pages_are_shown() {
    let links = "[1] A ␛[2Jpage of two lines https://a.example/x?y=1\n\
                 [2] HTTP://b.example\n\
                 [3] No link\n\
                 [5] E https://e.example/\\u{202e}\n";
    let details = ReplyDetails {
        citations: Some(SOURCES),
        ..ReplyDetails::default()
    };
    let mut terminal = terminal(true, Reasoning::Fold);
    for pieces in [&[Progress::Delta("So [1].")][..], &[]] {
        let shown = reply(&mut terminal, pieces, "So [1].", Status::Complete, details);
        assert_eq!(shown, format!("So [1].\n{links}"));
    }
    let listed = |event: fn(&'_ Message<'_>) -> String| {
        with_message(Role::Ai, "So.", Status::Complete, details, event)
    };
    let entry = listed(|message| entry_of(&Event::Shown(message)));
    let indent = " ".repeat(23);
    let indented = links.replace("\n[", &format!("\n{indent}["));
    assert_eq!(entry, format!("   #2 ai    So.\n{indent}{indented}"));
    // The beginning of a neighbour is enough.
    let entry = listed(|message| entry_of(&Event::Neighbour(message)));
    assert_eq!(entry, "   #2 ai    So.\n");
}

/// What is shown of an entry, without its heading and its time.
fn entry_of(event: &Event<'_>) -> String {
    let mut outbox = Outbox::default();
    terminal(true, Reasoning::Fold).render(event, &mut outbox);
    let shown = shown(&outbox);
    let (heading, entry) = shown.split_once('\n').expect("a heading");
    assert!(heading.starts_with("alice/5b0c1f7e  "), "{heading}");
    let (_, entry) = entry.split_at("  00:00:00 ".len());
    entry.to_owned()
}

#[test]
fn an_entry_says_why_a_reply_is_not_whole() {
    let cut = ReplyDetails {
        finish_reason: Some("length"),
        ..ReplyDetails::default()
    };
    let none = ReplyDetails::default();
    for (content, status, details, expected) in [
        ("So.", Status::Complete, none, "So."),
        ("So", Status::Complete, cut, "So [length]"),
        ("So", Status::Failed, cut, "So [failed]"),
        ("So", Status::Interrupted, none, "So [interrupted]"),
        ("", Status::Interrupted, none, "[interrupted]"),
        ("", Status::Failed, none, "[failed]"),
    ] {
        with_message(Role::Ai, content, status, details, |message| {
            for event in [
                Event::Message(message),
                Event::Shown(message),
                Event::Neighbour(message),
            ] {
                let entry = entry_of(&event);
                assert_eq!(entry, format!("   #2 ai    {expected}\n"));
            }
        });
    }
}

#[test]
fn a_move_that_nothing_leads_back_from_says_so() {
    let moved = &Moved {
        kind: MoveKind::Undo,
        from: Some(MessageId(7)),
        to: Some(MessageId(2)),
        gone: 2,
        back: 0,
        ids: Vec::new(),
        inverse: None,
    };
    for (is_undone, back) in [(false, "nothing leads there"), (true, "as it is now")] {
        let row = ListedMove {
            number: 1,
            moved,
            at: Timestamp(0),
            way_now: None,
            is_undone,
        };
        let mut outbox = Outbox::default();
        terminal(true, Reasoning::Fold).render(&Event::MoveRow(&row), &mut outbox);
        let shown = shown(&outbox);
        let columns = "    1 undo    #7      #2      2 left           just now      ";
        assert!(shown.ends_with(&format!("\n{columns}{back}\n")), "{shown}");
    }
}
