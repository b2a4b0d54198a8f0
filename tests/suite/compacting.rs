//! `/compact`: a summary in place of the oldest turns.

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Saylog, feed};
use crate::support::server::{Endpoint, Script, Server, Turn, script};

fn says(text: &'static str) -> Script {
    script(move |mut turn| {
        turn.begins();
        turn.says_at_last(text);
    })
}

/// Four turns, then what a test does.
struct Long {
    saylog: Saylog,
    server: Server,
}

impl Long {
    fn new(further: Vec<Script>) -> Self {
        let mut scripts: Vec<Script> = (0..4).map(|_| says("yes")).collect();
        scripts.extend(further);
        let server = Server::new(scripts);
        let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
        let outcome = feed(saylog.command(), b"/start\none\ntwo\nthree\nfour\n");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        for _ in 0..4 {
            server.request();
        }
        Self { saylog, server }
    }

    /// Plays lines in the session; gives what was answered.
    #[track_caller]
    fn play(&self, transcript: &str) -> String {
        let mut command = self.saylog.command();
        command.arg("--resume");
        let outcome = feed(command, transcript.as_bytes());
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        outcome.stdout
    }

    /// What was sent last.
    fn sent(&self) -> Vec<String> {
        self.server.request().messages()
    }

    fn context(&self, line: &str) -> Vec<String> {
        let told = self.saylog.run(&["--json", "--resume", "-c", line]).stdout;
        let rows = events(&told).into_iter();
        let rows = rows.filter(|event| event["event"] == "context_row");
        rows.map(|row| format!("{} {}", row["ids"], row["content"]))
            .collect()
    }
}

const DONE: &str = "6 messages left the context (#1, #2, #3, #4, #5, #6), and a summary stands in \
                    their place; `/undo` brings them back.\n";
const BACK: &str = "6 messages are back in the context (#1, #2, #3, #4, #5, #6), and the summary \
                    is out of it; `/redo` puts the summary in place of them again.\n";
const SUMMARY: &str = "user: This is a summary of what we said before:\n\nthey agree\n\n";

#[test]
fn the_model_writes_it_and_reads_it_from_then_on() {
    let long = Long::new(vec![says("they agree"), says("five!")]);
    assert_eq!(long.play("/compact\n"), DONE);
    let asked = long.sent();
    assert_eq!(
        asked[..6],
        [
            "user: one",
            "assistant: yes",
            "user: two",
            "assistant: yes",
            "user: three",
            "assistant: yes"
        ]
    );
    assert!(asked[6].starts_with("user: Summarize our conversation so far"));
    assert_eq!(asked.len(), 7);
    assert_eq!(long.play("five\n"), "five!\n");
    assert_eq!(
        long.sent(),
        [&format!("{SUMMARY}four"), "assistant: yes", "user: five"]
    );
    // The log keeps everything, and the summary is a message of it.
    let said = long.saylog.said();
    assert_eq!(said[0], "alice user: one");
    assert_eq!(said[8], "alice system: they agree");
    assert_eq!(said.len(), 11);
    // A context is what the model remembers: in the order of the log.
    let history = long.saylog.run(&["--json", "--resume", "-c", "/history"]);
    let ids: Vec<_> = events(&history.stdout)
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| event["id"].as_i64().expect("an id"))
        .collect();
    assert_eq!(ids, [7, 8, 9, 10, 11]);
}

#[test]
fn what_was_sent_is_shown_whatever_came_after_it() {
    let long = Long::new(vec![says("they agree"), says("five!")]);
    let before = long.context("/context at #8");
    long.play("/compact\nfive\n");
    let summary = "This is a summary of what we said before:\\n\\nthey agree\\n\\nfour";
    assert_eq!(
        long.context("/context at #11"),
        [
            &format!("[9,7] \"{summary}\""),
            "[8] \"yes\"",
            "[10] \"five\""
        ]
    );
    assert_eq!(long.context("/context at #8"), before);
    assert_eq!(before.len(), 7);
    // A fork there has what was sent there.
    let forked = long.play("/fork at #8\n/context\n");
    assert!(forked.contains("#1 user 5 tokens: one\n"), "{forked}");
    let forked = long.play("/fork at #11\n");
    assert!(forked.ends_with("at #11, 5 messages.\n"), "{forked}");
}

#[test]
fn it_is_undone_and_redone() {
    let long = Long::new(vec![says("they agree"), says("five!"), says("six!")]);
    let full = long.context("/context");
    long.play("/compact\n");
    let compact = long.context("/context");
    assert_eq!(long.play("/undo\n"), BACK);
    assert_eq!(long.context("/context"), full);
    assert_eq!(long.play("/redo\n"), DONE);
    assert_eq!(long.context("/context"), compact);
    // What was said after it goes first.
    long.play("five\n");
    let told = long.play("/undo\n/undo\n/sessions\n");
    assert!(
        told.starts_with("2 messages left the context (#10, #11); `/redo` brings them back.\n"),
        "{told}"
    );
    assert!(told.contains(BACK), "{told}");
    assert_eq!(long.context("/context"), full);
    let moves = long.play("/moves\n");
    let kinds: Vec<&str> = moves
        .lines()
        .map(|line| line.split(' ').nth(2).expect("a kind"))
        .collect();
    assert_eq!(kinds, ["compact", "undo", "redo", "undo", "undo"]);
    assert!(
        moves.contains("compact #8 -> #8, 6 messages left, 1 came"),
        "{moves}"
    );
}

#[test]
fn the_last_turn_can_be_taken_out_above_it() {
    let long = Long::new(vec![says("they agree"), says("4!"), says("ok")]);
    long.play("/compact\n");
    long.sent();
    let told = long.play("/edit FOUR\n");
    assert!(told.ends_with("4!\n"), "{told}");
    assert_eq!(long.sent(), [format!("{SUMMARY}FOUR")]);
    long.play("/undo\n");
    assert_eq!(long.context("/context").len(), 1);
    // Then the summary: everything that it stands for is back.
    assert_eq!(long.play("/undo\n"), BACK);
    assert_eq!(long.context("/context").len(), 6);
    // A clear takes all of it, and gives it back.
    long.play("/redo\n/clear\n/undo\n");
    assert_eq!(long.context("/context").len(), 1);
}

#[test]
fn a_summary_can_be_summarized() {
    let long = Long::new(vec![
        says("they agree"),
        says("five!"),
        says("all is well"),
        says("six!"),
    ]);
    long.play("/compact\nfive\n/compact what was agreed\n");
    long.sent();
    long.sent();
    let asked = long.sent();
    assert_eq!(asked[0], format!("{SUMMARY}four"));
    let last = asked.last().expect("an instruction");
    assert!(last.ends_with(" Above all: what was agreed"), "{last}");
    long.play("six\n");
    assert_eq!(
        long.sent()[0],
        "user: This is a summary of what we said before:\n\nall is well\n\nfive"
    );
    assert_eq!(long.play("/undo\n/undo\n/undo\n/undo\n").lines().count(), 4);
    assert_eq!(long.context("/context").len(), 8);
}

#[test]
fn without_a_summary_nothing_changes() {
    let refused = script(|turn| turn.refuses("400 No", "", "no"));
    let cut = script(|mut turn| {
        turn.begins();
        turn.says("half a summ");
    });
    let long = Long::new(vec![refused, cut]);
    let full = long.context("/context");
    for _ in 0..2 {
        let outcome = long.saylog.run(&["--resume", "-c", "/compact"]);
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    }
    assert_eq!(long.context("/context"), full);
    assert_eq!(long.saylog.said().len(), 8);
    let outcome = Saylog::new().play("/start\n/compact\nhello\n/compact\n");
    let nothing = "there is nothing that a summary could take the place of; a summary takes the \
                   place of older turns; the last one stays";
    assert_eq!(
        outcome.stderr,
        format!("<stdin>:2: {nothing}\n<stdin>:4: {nothing}\n")
    );
}

#[test]
fn a_context_that_fills_the_window_is_compacted_unasked_where_that_is_wanted() {
    // A turn is some 80 tokens; 300 of 400 may be sent.
    let mut replies = vec!["yes"; 3];
    replies.extend(["they agree", "four!", "five!"]);
    let server = Server::replying(&replies);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let mut command = saylog.command();
    command.args(["--window", "400", "--compact", "auto"]);
    let text = |number: &str| format!("{number}{}", " and so on".repeat(28));
    let transcript = format!(
        "/start\n{}\n{}\n{}\n{}\nfive\n",
        text("one"),
        text("two"),
        text("three"),
        text("four")
    );
    let outcome = feed(command, transcript.as_bytes());
    // It is no answer to a line.
    assert_eq!(
        outcome.stdout,
        "Chat started successfully!\nyes\nyes\nyes\nfour!\nfive!\n"
    );
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        (
            "6 messages left the context (#1, #2, #3, #4, #5, #6), and a summary stands in their \
             place; `/undo` brings them back.\n",
            0
        )
    );
    for _ in 0..3 {
        server.request();
    }
    let asked = server.request().messages();
    assert_eq!(asked.len(), 7);
    assert!(asked[6].starts_with("user: Summarize"), "{asked:?}");
    let four = format!("{SUMMARY}{}", text("four"));
    assert_eq!(server.request().messages(), std::slice::from_ref(&four));
    assert_eq!(
        server.request().messages(),
        [four.as_str(), "assistant: four!", "user: five"]
    );
    // What the question's reply was sent is what is shown.
    let told = saylog
        .run(&["--json", "--resume", "-c", "/context at #9"])
        .stdout;
    let rows = events(&told).into_iter();
    let rows: Vec<_> = rows
        .filter(|event| event["event"] == "context_row")
        .map(|row| row["ids"].to_string())
        .collect();
    assert_eq!(rows, ["[8,7]"]);
}

#[test]
fn where_no_summary_can_be_had_the_oldest_turns_are_left_out() {
    let refused = script(|turn| turn.refuses("400 No", "", "no"));
    let server = Server::new(vec![says("yes"), says("yes"), refused, says("three!")]);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let mut command = saylog.command();
    command.args(["--window", "400", "--compact", "auto"]);
    let long = "word ".repeat(80);
    let outcome = feed(
        command,
        format!("/start\n1 {long}\n2 {long}\n3 {long}\n").as_bytes(),
    );
    assert!(outcome.stdout.ends_with("three!\n"), "{}", outcome.stdout);
    assert!(
        outcome
            .stderr
            .starts_with("there is no summary, and nothing was changed: the endpoint "),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.code, 0);
}

#[test]
fn a_summary_that_is_cut_replaces_nothing() {
    let cut = script(|mut turn| {
        turn.begins();
        turn.says("they ag");
        turn.stops("length");
    });
    let long = Long::new(vec![cut]);
    let outcome = long.saylog.run(&["--resume", "-c", "/compact"]);
    assert_eq!(
        (
            outcome.stdout.as_str(),
            outcome.stderr.as_str(),
            outcome.code
        ),
        (
            "",
            "-c:1: the summary was cut at the model's limit of tokens, and nothing was changed; \
             `--parameter max_tokens=N` raises it, `/model` chooses another model\n",
            1
        )
    );
    assert_eq!(long.context("/context").len(), 8);
}

#[test]
fn a_model_that_cannot_summarize_is_not_asked_for_it_with_each_turn() {
    let refused = script(|turn| turn.refuses("400 No", "", "no"));
    let server = Server::new(vec![
        says("yes"),
        says("yes"),
        refused,
        says("three!"),
        says("four!"),
    ]);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let mut command = saylog.command();
    command.args(["--window", "400", "--compact", "auto"]);
    let long = "word ".repeat(80);
    let script = format!("/start\n1 {long}\n2 {long}\n3 {long}\n4 {long}\n");
    let outcome = feed(command, script.as_bytes());
    assert!(
        outcome.stdout.ends_with("three!\nfour!\n"),
        "{}",
        outcome.stdout
    );
    let told = outcome.stderr.matches("there is no summary").count();
    assert_eq!((told, outcome.code), (1, 0), "{}", outcome.stderr);
}

#[test]
fn a_window_that_is_too_large_is_learned_from_the_summary_too() {
    let refused = script(|turn| {
        let body = r#"{"error": {"type": "exceed_context_size_error", "message": "too long",
            "n_ctx": 200, "n_prompt_tokens": 300}}"#;
        turn.refuses("400 No", "", body);
    });
    let long = Long::new(vec![refused, says("they agree")]);
    let outcome = long.saylog.run(&["--resume", "-c", "/compact"]);
    let learned = "`m1` takes 256 tokens, as its endpoint says\n";
    assert_eq!((outcome.stderr.as_str(), outcome.code), (learned, 0));
    assert_eq!(outcome.stdout, DONE);
    assert_eq!(long.sent().len(), 7);
    let window = long.play("/context\n");
    assert!(window.contains(" of 256 tokens ("), "{window}");
}

#[test]
fn where_nobody_says_how_much_fits_the_person_may() {
    let refused = script(|turn| {
        let body = r#"{"error": {"code": "context_length_exceeded", "message": "too long"}}"#;
        turn.refuses("400 No", "", body);
    });
    let long = Long::new(vec![refused, says("they agree")]);
    let outcome = long.saylog.run(&["--resume", "-c", "/compact"]);
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        (
            "-c:1: there is no summary, and nothing was changed: the context is too long for the \
             model (400): too long; `/set window TOKENS` sends less of it, `/clear` empties it\n",
            1
        )
    );
    assert_eq!(long.sent().len(), 7);
    assert_eq!(
        long.play("/set window 300\n/compact\n"),
        format!("`window` of m1 is 300 for this run.\n{DONE}")
    );
}

#[test]
fn of_several_who_are_asked_it_is_told_whose_context_it_was() {
    let text = |number: &str| format!("{number}{}", " and so on".repeat(28));
    let mut scripts: Vec<Script> = (0..3).map(|_| says("yes")).collect();
    scripts.extend([says("they agree"), says("four!")]);
    let server = Server::new(scripts);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let mut command = saylog.command();
    command.args(["--window", "400", "--compact", "auto"]);
    let transcript = format!(
        "/start\n{}\n{}\n{}\n/each alice {}\n",
        text("one"),
        text("two"),
        text("three"),
        text("four")
    );
    let outcome = feed(command, transcript.as_bytes());
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        (
            "alice: 6 messages left the context (#1, #2, #3, #4, #5, #6), and a summary stands in \
             their place.\n",
            0
        )
    );
    assert!(
        outcome.stdout.ends_with("ai: four!\n"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_summary_that_is_no_shorter_replaces_nothing() {
    let long = Long::new(vec![script(|mut turn| {
        turn.begins();
        turn.says_at_last(&"blah ".repeat(100));
    })]);
    let outcome = long.saylog.run(&["--resume", "-c", "/compact"]);
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        (
            "-c:1: the summary is no shorter than what it would stand for, and nothing was \
             changed; `/compact` once there is more to summarize, `/clear` empties the context\n",
            1
        )
    );
    assert_eq!(long.context("/context").len(), 8);
}

#[test]
fn what_failed_is_the_summary_and_not_the_last_reply() {
    let long = Long::new(vec![script(|turn| turn.refuses("400 No", "", "no"))]);
    let outcome = long.saylog.run(&["--json", "--resume", "-c", "/compact"]);
    let told = events(&outcome.stdout);
    let error = told.iter().find(|event| event["event"] == "error");
    let error = error.expect("an error");
    assert_eq!(
        error["error"],
        "there is no summary, and nothing was changed: the endpoint does not accept the request \
         (400): no"
    );
    assert_eq!(error["tries"], 1);
    assert!(
        !error["hint"].as_str().expect("a hint").contains("/retry"),
        "{error}"
    );
}

#[test]
fn what_a_summary_was_written_from_is_not_made_up() {
    let long = Long::new(vec![says("they agree")]);
    long.play("/compact above all the names\n");
    let outcome = long.saylog.run(&["--resume", "-c", "/context at #9"]);
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        (
            "-c:1: `/context` cannot go back to #9: it is a summary, which follows no question; \
             `/show #9` shows it; name a message of the conversation\n",
            1
        )
    );
}

#[test]
fn whoever_does_not_want_to_wait_for_a_summary_is_not_asked() {
    for line in ["four", "/each alice four"] {
        let mut scripts: Vec<Script> = (0..3).map(|_| says("yes")).collect();
        scripts.push(script(Turn::hangs));
        let server = Server::new(scripts);
        let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
        let mut command = saylog.command();
        command.args(["--window", "400", "--compact", "auto"]);
        let mut peer = Peer::new(command);
        peer.say("/start");
        for number in ["one", "two", "three"] {
            peer.say(&format!("{number}{}", " and so on".repeat(28)));
            server.request();
        }
        peer.say(&format!("{line}{}", " and so on".repeat(28)));
        let asked = server.request().messages();
        assert!(
            asked
                .last()
                .is_some_and(|last| last.starts_with("user: Summarize"))
        );
        peer.signal(Signal::INT);
        let outcome = peer.leave();
        assert_eq!(outcome.code, 130, "{}", outcome.stderr);
        // The question is there, and that it got no answer; the turns are, too.
        let log = saylog.log();
        assert_eq!(log.matches(r#""content":"","#).count(), 1, "{log}");
        assert_eq!(log.matches(r#""status":"interrupted""#).count(), 1, "{log}");
        assert_eq!(saylog.said().len(), 8);
    }
}

/// Who is asked with the line waits for the summary of the first context, which an
/// endpoint is asked for.
fn waiting_for_a_summary(line: &str) -> (Endpoint, Saylog, Peer, Turn) {
    let endpoint = Endpoint::new();
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
    let mut command = saylog.command();
    command.args(["--window", "400", "--compact", "auto"]);
    let mut peer = Peer::new(command);
    for line in ["/user bob", "/start", "/user alice", "/start"] {
        peer.say(line);
    }
    for number in ["one", "two", "three"] {
        peer.say(&format!("{number}{}", " and so on".repeat(28)));
        endpoint.begun().says_at_last("yes");
    }
    peer.say(&format!("{line}{}", " and so on".repeat(28)));
    let turn = endpoint.begun();
    let last = turn.told().pop();
    assert!(last.is_some_and(|last| last.starts_with("user: Summarize")));
    (endpoint, saylog, peer, turn)
}

#[test]
fn a_question_that_left_the_context_while_a_summary_was_written_got_no_answer() {
    let (_endpoint, saylog, peer, _turn) = waiting_for_a_summary("four");
    let undone = saylog.run(&["--resume", "-c", "/undo"]);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    peer.signal(Signal::KILL);
    peer.leave();
    let outcome = saylog.run(&["--resume", "-c", "/user", "-c", "/history"]);
    assert!(
        outcome
            .stderr
            .ends_with(" got no answer, and has left the context meanwhile\n"),
        "{}",
        outcome.stderr
    );
    assert_eq!(outcome.stdout.matches("user: ").count(), 3);
    assert!(outcome.stdout.ends_with("ai: yes\n"), "{}", outcome.stdout);
}

#[test]
fn of_several_who_are_asked_each_is_noted_before_a_summary_is_written() {
    let (_endpoint, saylog, peer, _turn) = waiting_for_a_summary("/each alice,bob four");
    peer.signal(Signal::KILL);
    peer.leave();
    for user in ["alice", "bob"] {
        let outcome = feed(saylog.command_of(user), b"/user\n");
        assert!(
            outcome
                .stderr
                .ends_with(" got no answer; `/retry` there asks it again\n"),
            "{user}: {}",
            outcome.stderr
        );
    }
    assert_eq!(saylog.stored().count("partials"), 0);
}

#[test]
fn a_fork_at_a_summary_takes_it_along() {
    let long = Long::new(vec![says("they agree"), says("5!"), says("6!")]);
    long.play("/compact\n");
    let compact = long.context("/context");
    // It was taken back, and something was said since: no redo leads there.
    long.play("/undo\nfive\n");
    let told = long.play("/fork at #9\n/context\n");
    assert!(told.contains(" at #8, 3 messages.\n"), "{told}");
    assert_eq!(long.context("/context"), compact);
}

#[test]
fn the_way_back_to_a_summary_is_a_fork_at_it() {
    let long = Long::new(vec![says("they agree"), says("4!"), says("5!")]);
    long.play("/compact\n");
    let compact = long.context("/context");
    let told = long.play("/edit FOUR\n");
    assert!(
        told.contains("; `/fork at #9` goes on from there"),
        "{told}"
    );
    assert!(
        long.play("/moves\n")
            .ends_with("edit #8 -> #6, 2 messages left; `/fork at #9`\n")
    );
    long.play("/fork at #9\n");
    assert_eq!(long.context("/context"), compact);
}

#[test]
fn no_way_is_offered_to_a_place_that_no_fork_leads_to() {
    let long = Long::new(vec![says("they agree"), says("4!"), says("5!")]);
    long.play("/compact\n/edit FOUR\n/undo\n/undo\n");
    let told = long.saylog.run(&["--json", "--resume", "-c", "/moves"]);
    let rows = events(&told.stdout).into_iter();
    let rows = rows.filter(|event| event["event"] == "move_row");
    let told: Vec<_> = rows
        .map(|row| format!("{} {} {}", row["why"], row["way"], row["way_now"]))
        .collect();
    assert_eq!(
        told,
        [
            "\"compact\" \"/fork at #8\" \"/fork at #8\"",
            "\"edit\" \"/fork at #9\" \"/fork at #9\"",
            "\"undo\" \"/fork at #11\" \"/fork at #11\"",
            // The summary stood below a context without the last turn.
            "\"undo\" null \"/redo\"",
        ]
    );
}
