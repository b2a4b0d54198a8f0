//! Pages that are overwritten.

use super::RECOVER;
use crate::support::events::events;
use crate::support::pages::{Page, Pages};
use crate::support::prompt::{CTRL_D, UP, leave, prompt_with};
use crate::support::run::{MOCK, Outcome, Saylog, check};

/// What a damaged page may be full of.
const BYTES: [u8; 3] = [0xff, 0, 0xa5];

/// A store of 2,000 turns of alice, in which three fit on a page.
fn long_log() -> Saylog {
    let saylog = Saylog::new().with(&["--model", "mock"]);
    let padding = "x".repeat(1000);
    let lines = (1..=2000).map(|turn| format!("question {turn} {padding}\n"));
    let script = format!("/start\n{}", lines.collect::<String>());
    assert_eq!(saylog.play(script).code, 0);
    saylog
}

/// The listing without the messages that these pages hide.
fn without(listing: &str, hidden: &[Page]) -> String {
    let is_hidden = |id: i64| {
        hidden
            .iter()
            .any(|page| page.first <= id && id <= page.last)
    };
    let ids = 1..;
    let rows = listing.split_inclusive('\n').zip(ids);
    rows.filter(|(_, id)| !is_hidden(*id))
        .map(|(row, _)| row)
        .collect()
}

/// `#3 to #9`
fn named(page: &Page) -> String {
    format!("#{} to #{}", page.first, page.last)
}

fn count(pages: &[Page]) -> i64 {
    pages.iter().map(|page| page.last - page.first + 1).sum()
}

/// The log shows what these pages do not hide, and says what they do.
#[track_caller]
fn hides(saylog: &Saylog, pages: &Pages, listing: &str, hidden: &[Page]) {
    let numbers: Vec<usize> = hidden.iter().map(|page| page.number).collect();
    let ids = hidden.iter().map(named).collect::<Vec<_>>().join(", ");
    for byte in BYTES {
        pages.damage(saylog, &numbers, byte);
        let told = format!(
            "-c:1: {} messages cannot be read ({ids}): the store is damaged there; {RECOVER}\n",
            count(hidden)
        );
        let outcome = saylog.lines(&["/log"]);
        assert_eq!((outcome.stderr, outcome.code), (told, 1), "full of {byte}");
        assert!(outcome.stdout == without(listing, hidden), "full of {byte}");
    }
}

#[test]
fn a_damaged_page_hides_what_is_on_it_and_no_more() {
    let saylog = long_log();
    let listing = saylog.lines(&["/log"]).stdout;
    let pages = Pages::of(&saylog, "messages");
    let leaves = &pages.leaves;
    let (middle, last) = (leaves.len() / 2, leaves.len() - 1);
    for hidden in [
        &[leaves[middle]][..],
        &[leaves[0]],
        &[leaves[last]],
        // One between them can be read.
        &[leaves[middle], leaves[middle + 2]],
        &[leaves[0], leaves[middle], leaves[last]],
        // A page above the leaves hides all below it.
        &[pages.interior[0]],
        &[pages.interior[0], leaves[last]],
    ] {
        hides(&saylog, &pages, &listing, hidden);
    }
}

#[test]
fn many_damaged_pages_are_told_as_their_number() {
    let saylog = long_log();
    let pages = Pages::of(&saylog, "messages");
    let hidden: Vec<Page> = pages.leaves.iter().copied().step_by(50).collect();
    let numbers: Vec<usize> = hidden.iter().map(|page| page.number).collect();
    pages.damage(&saylog, &numbers, 0xff);
    let ids = hidden
        .iter()
        .take(5)
        .map(named)
        .collect::<Vec<_>>()
        .join(", ");
    let outcome = saylog.lines(&["/log"]);
    let told = format!(
        "-c:1: {} messages cannot be read ({ids} and {} more ranges): the store is damaged there; {RECOVER}\n",
        count(&hidden),
        hidden.len() - 5
    );
    assert_eq!((outcome.stderr, outcome.code), (told, 1));
}

#[test]
fn a_page_with_the_rest_of_a_long_message_hides_that_message() {
    let saylog = Saylog::new();
    let long = "x".repeat(20_000);
    saylog.play(format!("/start\none\n{long}\nthree\n"));
    let listing = saylog.lines(&["/log"]).stdout;
    let pages = Pages::of(&saylog, "messages");
    for byte in BYTES {
        pages.damage(&saylog, &[pages.overflow_of(3)], byte);
        let hidden = Page {
            number: 0,
            first: 3,
            last: 3,
        };
        let told =
            format!("-c:1: 1 message cannot be read (#3): the store is damaged there; {RECOVER}\n");
        let outcome = saylog.lines(&["/log"]);
        let rest = without(&listing, &[hidden]);
        // Where the rest of it stood there is no telling what did: some of it may be shown.
        if byte == 0xff {
            check(&outcome, &rest, &told, 1);
        } else {
            assert_eq!((outcome.stderr, outcome.code), (told, 1), "full of {byte}");
        }
    }
}

/// A long log whose middle page is damaged, and that page.
fn damaged() -> (Saylog, Page) {
    let saylog = long_log();
    let pages = Pages::of(&saylog, "messages");
    let hidden = pages.leaves[pages.leaves.len() / 2];
    pages.damage(&saylog, &[hidden.number], 0xff);
    (saylog, hidden)
}

#[test]
fn what_was_said_in_a_session_is_listed_past_a_damaged_page() {
    let saylog = long_log();
    let listing = saylog.lines(&["/log user"]).stdout;
    let pages = Pages::of(&saylog, "messages");
    let hidden = pages.leaves[pages.leaves.len() / 2];
    for byte in BYTES {
        pages.damage(&saylog, &[hidden.number], byte);
        let told = format!(
            "-c:1: {} messages cannot be read ({}): the store is damaged there; {RECOVER}\n",
            count(&[hidden]),
            named(&hidden)
        );
        for line in ["/log user", "/log session"] {
            let outcome = saylog.run(&["--resume", "-c", line]);
            assert_eq!(
                (&outcome.stderr, outcome.code),
                (&told, 1),
                "{line}, {byte}"
            );
            assert!(
                outcome.stdout == without(&listing, &[hidden]),
                "{line}, {byte}"
            );
        }
    }
}

#[test]
fn a_context_is_listed_as_far_as_it_can_be_followed() {
    let saylog = long_log();
    let listing = saylog.lines(&["/log"]).stdout;
    let pages = Pages::of(&saylog, "messages");
    let hidden = pages.leaves[pages.leaves.len() / 2];
    pages.damage(&saylog, &[hidden.number], 0xff);
    let cut = hidden.last;
    let told = format!(
        "1 message cannot be read (#{cut}), and what stands before #{cut} in a context cannot be \
         reached: the store is damaged there; {RECOVER}\n"
    );
    let before = Page { first: 1, ..hidden };
    let rest = without(&listing, &[before]);
    check(
        &saylog.lines(&["/history user"]),
        &rest,
        &format!("-c:1: {told}"),
        1,
    );
    let outcome = saylog.run(&["--resume", "-c", "/history"]);
    assert!(outcome.stdout.ends_with(&rest));
    assert_eq!((outcome.stderr, outcome.code), (format!("-c:1: {told}"), 1));
}

#[test]
fn a_script_reads_the_end_of_the_listing_and_then_what_is_missing() {
    let (saylog, hidden) = damaged();
    let outcome = saylog.run(&["--json", "-c", "/log"]);
    let told = events(&outcome.stdout);
    let [.., end, error] = told.as_slice() else {
        panic!("{}", outcome.stdout);
    };
    let shown = 4000 - count(&[hidden]);
    assert_eq!(
        (end["event"].as_str(), end["count"].as_i64()),
        (Some("end"), Some(shown))
    );
    let words = ["event", "code", "kind"].map(|field| error[field].as_str());
    assert_eq!(words, [Some("error"), Some("store"), Some("damaged")]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 1));
}

#[test]
fn a_message_is_shown_beside_one_that_cannot_be_read() {
    let (saylog, hidden) = damaged();
    let (before, first, behind) = (hidden.first - 1, hidden.first, hidden.last + 1);
    let missing = |id: i64| format!("1 message cannot be read (#{id})");
    for (id, what) in [
        (before, format!("what follows #{before} cannot be found")),
        (behind, missing(hidden.last)),
    ] {
        let outcome = saylog.lines(&[&format!("/show #{id}")]);
        let told = format!("-c:1: {what}: the store is damaged there; {RECOVER}\n");
        assert_eq!((outcome.stderr, outcome.code), (told, 1));
        let shown = outcome
            .stdout
            .lines()
            .filter(|line| line.contains(" alice "));
        assert_eq!(shown.count(), 2, "{}", outcome.stdout);
    }
    for line in [format!("/show #{first}"), format!("/show #{first} global")] {
        let told = format!(
            "-c:1: the store cannot be read: message #{first} is on a damaged page; {RECOVER}\n"
        );
        check(&saylog.lines(&[&line]), "", &told, 1);
    }
}

#[test]
fn a_damaged_page_of_sessions_hides_those_and_no_message() {
    let saylog = Saylog::new();
    let started = |n: i64| format!("/user u{n:03}\n/start number {n}\nhello {n}\n");
    assert_eq!(
        saylog.play((1..=300).map(started).collect::<String>()).code,
        0
    );
    let log = saylog.lines(&["/log"]).stdout;
    let sessions = saylog.lines(&["/sessions global"]).stdout;
    let users = saylog.lines(&["/users"]).stdout;
    let pages = Pages::of(&saylog, "sessions");
    let hidden = pages.leaves[1];
    let lost = count(&[hidden]);
    for byte in BYTES {
        pages.damage(&saylog, &[hidden.number], byte);
        // Whose they are is in an index, too.
        check(&saylog.lines(&["/log"]), &log, "", 0);
        let told = format!(
            "-c:1: {lost} sessions cannot be read: the store is damaged there; {RECOVER}\n"
        );
        let is_hidden = |row: &str| {
            let ids = hidden.first..=hidden.last;
            ids.into_iter()
                .any(|id| row.contains(&format!("u{id:03} ")))
        };
        let rest: String = sessions
            .split_inclusive('\n')
            .filter(|row| !is_hidden(row))
            .collect();
        check(&saylog.lines(&["/sessions global"]), &rest, &told, 1);
        let outcome = saylog.lines(&["/users"]);
        assert_eq!((outcome.stderr, outcome.code), (told, 1));
        let of_others = |rows: &str| {
            let rows = rows.lines().filter(|row| !is_hidden(&format!("{row} ")));
            rows.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of_others(&outcome.stdout), of_others(&users));
        // One's own session is there, or it is told that it is not.
        let resume = |user: i64| {
            let mut command = saylog.command_of(&format!("u{user:03}"));
            command.args(["-c", "/resume", "-c", "/history"]);
            crate::support::run::feed(command, b"")
        };
        let outcome = resume(hidden.last + 1);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        let told = format!("1 session cannot be read: the store is damaged there; {RECOVER}");
        let outcome = resume(hidden.first);
        assert!(
            outcome.stderr.starts_with(&format!("-c:1: {told}\n")),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn a_damaged_page_of_moves_hides_those_and_no_others() {
    let saylog = Saylog::new();
    assert_eq!(
        saylog
            .play(format!("/start\n{}", "hello\n/undo\n".repeat(400)))
            .code,
        0
    );
    let listing = saylog.run(&["--resume", "-c", "/moves"]).stdout;
    // Each begins with its number in the listing.
    let moves: Vec<&str> = listing
        .lines()
        .filter_map(|row| Some(row.split_once(' ')?.1))
        .collect();
    assert_eq!(moves.len(), 400);
    let pages = Pages::of(&saylog, "moves");
    let hidden = pages.leaves[1];
    for byte in BYTES {
        pages.damage(&saylog, &[hidden.number], byte);
        let outcome = saylog.run(&["--resume", "-c", "/moves"]);
        let told = format!(
            "-c:1: {} moves cannot be read: the store is damaged there; {RECOVER}\n",
            hidden.last - hidden.first + 1
        );
        let before = usize::try_from(hidden.first - 1).expect("a number");
        let behind = usize::try_from(hidden.last).expect("a number");
        let rest = [&moves[..before], &moves[behind..]].concat();
        let rows = rest
            .iter()
            .zip(1..)
            .map(|(step, number)| format!("{number} {step}\n"));
        let rest: String = rows.collect();
        check(&outcome, &rest, &told, 1);
    }
}

#[test]
fn a_damaged_table_of_users_hides_no_message() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n/user bob\n/start\nhello\n");
    let (log, users) = (saylog.lines(&["/log"]), saylog.lines(&["/users"]));
    let pages = Pages::of(&saylog, "users");
    for byte in BYTES {
        pages.damage(&saylog, &[pages.leaves[0].number], byte);
        assert_eq!(saylog.lines(&["/log"]), log);
        assert_eq!(saylog.lines(&["/users"]), users);
    }
}

#[test]
fn damage_of_what_is_not_asked_for_hides_nothing() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let log = saylog.lines(&["/log"]).stdout;
    let pages = Pages::of(&saylog, "sqlite_autoindex_partials_1");
    pages.damage(&saylog, &[pages.root], 0xff);
    let notice = "replies that were cut off cannot be looked for: the store is damaged there\n";
    check(&saylog.lines(&["/log"]), &log, notice, 0);
}

/// What is refused once damage was seen.
fn refusal(line: usize) -> String {
    format!(
        "-c:{line}: not saved: the store is damaged, and since that was seen it takes nothing more; \
         {RECOVER}; `--despite-damage` goes on with the file as it is\n"
    )
}

#[test]
fn a_run_that_saw_damage_takes_nothing_more_until_the_person_wants_that() {
    let (saylog, _) = damaged();
    let stderr = |outcome: &Outcome| {
        let lines = outcome.stderr.split_inclusive('\n').skip(1);
        lines.collect::<String>()
    };
    let lines = [
        "/log",
        "/start",
        "hello",
        "/resume",
        "hello",
        "/clear",
        "/fork",
        "/system x",
    ];
    let outcome = saylog.lines(&lines);
    let told = [2, 3, 5, 6, 7, 8].map(refusal).concat();
    assert_eq!((stderr(&outcome), outcome.code), (told, 1));
    assert_eq!(saylog.stored().count("sessions"), 1);

    let outcome = saylog
        .with(&["--despite-damage"])
        .lines(&["/log", "/start", "hello"]);
    assert_eq!((stderr(&outcome).as_str(), outcome.code), ("", 1));
    assert!(outcome.stdout.ends_with(MOCK));
}

#[test]
fn a_model_is_not_asked_with_half_a_context() {
    let saylog = Saylog::new().with(&["--model", "cmd:echo ok", "--window", "100000"]);
    let lines = (1..=300).map(|turn| format!("question {turn} {}\n", "x".repeat(500)));
    saylog.play(format!("/start\n{}", lines.collect::<String>()));
    let pages = Pages::of(&saylog, "messages");
    let hidden = pages.leaves[pages.leaves.len() - 10];
    pages.damage(&saylog, &[hidden.number], 0xff);
    let outcome = saylog.run(&["--resume", "-c", "and now?"]);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    let told = format!("; {RECOVER}\n");
    assert!(outcome.stderr.ends_with(&told), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1);
    // Neither is the question taken, which nobody would answer.
    let newest: Vec<i64> = saylog.stored().rows("SELECT max(id) FROM messages");
    assert_eq!(newest, [600]);
}

#[test]
fn a_session_whose_end_is_damaged_keeps_nobody_from_the_rest() {
    let saylog = long_log();
    let listing = saylog.lines(&["/log"]).stdout;
    let pages = Pages::of(&saylog, "messages");
    let last = *pages.leaves.last().expect("a leaf");
    pages.damage(&saylog, &[last.number], 0xff);
    let outcome = saylog.run(&["--resume", "-c", "/log", "-c", "hello"]);
    let told = format!(
        "-c:1: {} messages cannot be read ({}): the store is damaged there; {RECOVER}\n",
        count(&[last]),
        named(&last)
    );
    assert_eq!((outcome.stderr, outcome.code), (told + &refusal(2), 1));
    assert!(outcome.stdout == without(&listing, &[last]));
}

#[test]
fn a_prompt_that_took_nothing_leaves_with_1() {
    let (saylog, _) = damaged();
    let mut terminal = prompt_with(&saylog, &[], &[]);
    terminal.types("/log\r");
    terminal.shows_such("what is missing", |screen| {
        screen.contains("cannot be read") && screen.ends_with("\nalice> ▏")
    });
    terminal.types("/start\r");
    terminal.shows_such("a refusal", |screen| {
        screen.contains("not saved: the store is damaged") && screen.ends_with("\nalice> ▏")
    });
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Exited with code 1");
}

#[test]
fn the_up_arrow_goes_on_behind_a_damaged_page() {
    let saylog = Saylog::new();
    let lines = (1..=60).map(|turn| format!("question {turn} {}\n", "x".repeat(1000)));
    saylog.play(format!(
        "/start\nthe first\n{}the last\n",
        lines.collect::<String>()
    ));
    let pages = Pages::of(&saylog, "messages");
    let hidden: Vec<usize> = pages.leaves.iter().map(|page| page.number).collect();
    // The first and the last message can be read, and nothing between.
    pages.damage(&saylog, &hidden[1..hidden.len() - 1], 0xff);
    let (first, last) = (pages.leaves[0], pages.leaves[hidden.len() - 1]);
    let questions = |page: &Page| (page.first..=page.last).filter(|id| id % 2 == 1).count();
    let mut terminal = prompt_with(&saylog, &[], &[]);
    terminal.types(UP.repeat(questions(&last)));
    terminal.types(UP.repeat(questions(&first)));
    terminal.shows_at_last("\nalice> the first▏");
    terminal.types("\x15");
    leave(terminal);
}
