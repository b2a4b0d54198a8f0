//! Whatever mix of failures, cuts, quotations, moves, forks and summaries a
//! conversation is: what is sent alternates, is never empty, and holds one
//! user's words only. `SUITE_SEED` plays a run once more.

use std::env;
use std::iter;

use crate::support::dice::Dice;
use crate::support::events::events;
use crate::support::run::{Saylog, feed};
use crate::support::server::{Request, Script, Server, Turn, script};

const USERS: [&str; 2] = ["alice", "bob"];

/// How many lines are played, by how many processes one after the other.
const LINES: usize = 150;
const PROCESSES: usize = 3;

/// Answers whoever is asking the request of this number, with their name and
/// the number in the reply, well or not.
fn answers(mut turn: Turn, number: usize, chance: usize) {
    let told = turn.told().concat();
    let name = USERS.iter().find(|name| told.contains(*name));
    let name = name.expect("every context names its user");
    match chance {
        0 => turn.refuses("400 No", "", "no"),
        1 => turn.begins(),
        2 => {
            turn.begins();
            turn.says(&format!("half of {name}'s [{number}]"));
        }
        3 => {
            turn.begins();
            turn.ends();
        }
        4 => {
            turn.begins();
            turn.says(&format!("all that fits for {name} [{number}]"));
            turn.stops("length");
        }
        5 => {
            turn.begins();
            turn.says_at_last(" \n");
        }
        _ => {
            turn.begins();
            turn.says_at_last(&format!("fine, {name} [{number}]"));
        }
    }
}

/// A line that means something to somebody.
fn line(dice: &mut Dice, messages: usize) -> String {
    let id = dice.below(messages.max(1)) + 1;
    match dice.below(22) {
        0 => "/undo".into(),
        1 => format!("/undo {}", dice.below(3) + 1),
        2 => "/redo".into(),
        3 => "/clear".into(),
        4 => format!("/quote #{id}"),
        5 => format!("/quote #{id} #{}", dice.below(messages.max(1)) + 1),
        6 => "/fork".into(),
        7 => format!("/fork at #{id}"),
        8 => "/retry".into(),
        9 => "/continue".into(),
        10 => "/compact".into(),
        11 => "/start".into(),
        12 => format!("/resume {}", dice.below(3) + 1),
        13 => "/system be brief".into(),
        14 | 15 => "/user".into(),
        16 => "/edit".into(),
        _ => String::new(),
    }
}

/// What a user whose turn it is says, or does.
fn transcript(dice: &mut Dice, messages: usize) -> String {
    let mut user = 0;
    let mut text = format!("/user {}\n/start\n", USERS[user]);
    for number in 0..LINES {
        let said = match line(dice, messages + 2 * number).as_str() {
            "" => format!("{} says {number}", USERS[user]),
            "/edit" => format!("/edit {} means {number}", USERS[user]),
            "/user" => {
                user = 1 - user;
                format!("/user {}", USERS[user])
            }
            other => other.to_owned(),
        };
        text.push_str(&said);
        text.push('\n');
    }
    text
}

/// Whether every chat template would take it, and one person only has spoken.
#[track_caller]
fn is_well_formed(request: &Request, seed: u64) {
    let messages = request.messages();
    let told = format!("seed {seed}: {messages:#?}");
    let said = messages.iter().filter(|said| !said.starts_with("system: "));
    let mut count = 0;
    for (said, role) in said.zip(iter::repeat(["user: ", "assistant: "]).flatten()) {
        let content = said.strip_prefix(role).expect(&told);
        assert!(!content.trim().is_empty(), "{told}");
        count += 1;
    }
    assert_eq!(count % 2, 1, "the last word is the user's: {told}");
    let names = USERS.iter().filter(|name| told.contains(*name));
    assert_eq!(names.count(), 1, "{told}");
}

#[test]
fn what_is_sent_alternates_is_never_empty_and_is_one_users() {
    let seed =
        env::var("SUITE_SEED").map_or_else(|_| Dice::seed(), |seed| seed.parse().expect("a seed"));
    let mut dice = Dice::new(seed);
    let mut chances = Dice::new(seed ^ 1);
    let scripts = (0..).map(move |number| -> Script {
        let chance = chances.below(14);
        script(move |turn| answers(turn, number, chance))
    });
    let server = Server::new(scripts);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let (mut messages, mut requests) = (0, Vec::new());
    for _ in 0..PROCESSES {
        // A small window leaves much out.
        let window = dice.pick(&["200", "1000", "100000"]);
        let mut command = saylog.command();
        command.args(["--window", window]);
        let outcome = feed(command, transcript(&mut dice, messages).as_bytes());
        assert!(outcome.code <= 1, "seed {seed}: {}", outcome.stderr);
        while let Some(request) = server.asked() {
            is_well_formed(&request, seed);
            requests.push(request.messages());
        }
        messages = events(&saylog.log()).len();
    }
    assert!(requests.len() > LINES / 4, "{} requests", requests.len());
    let compared = USERS.map(|user| compare_shown(&saylog, user, &requests, seed));
    assert!(compared.iter().sum::<usize>() > LINES / 8, "{compared:?}");
    assert_eq!(saylog.integrity(), "ok", "seed {seed}");
}

/// `/context at` shows what was sent for each reply of a user; gives how many.
#[track_caller]
fn compare_shown(saylog: &Saylog, user: &str, requests: &[Vec<String>], seed: u64) -> usize {
    let log = events(&saylog.log());
    let replies = log.iter().filter(|event| {
        event["event"] == "message" && event["role"] == "ai" && event["user_id"] == user
    });
    let replies: Vec<(i64, usize)> = replies
        .filter_map(|reply| {
            let content = reply["content"].as_str()?;
            let number = content.strip_suffix(']')?.rsplit('[').next()?;
            Some((reply["id"].as_i64()?, number.parse().ok()?))
        })
        .collect();
    let script: String = replies
        .iter()
        .map(|(id, _)| format!("/context at #{id}\n"))
        .collect();
    let mut command = saylog.command_of(user);
    command.arg("--json");
    let shown = events(&feed(command, script.as_bytes()).stdout);
    for (line, (id, number)) in (1..).zip(&replies) {
        let rows = shown
            .iter()
            .filter(|event| event["line"] == line && event["event"] == "context_row");
        let rows: Vec<String> = rows
            .map(|row| {
                let role = row["role"]
                    .as_str()
                    .expect("a role")
                    .replace("ai", "assistant");
                format!("{role}: {}", row["content"].as_str().expect("text"))
            })
            .collect();
        assert_eq!(rows, requests[*number], "seed {seed}: #{id} by {user}");
    }
    replies.len()
}
