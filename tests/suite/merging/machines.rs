//! Three machines: whatever is said on each, and in whatever order their logs are put
//! into each other, all have the same in the end.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{export, import, lines, merge};
use crate::support::dice::Dice;
use crate::support::run::{Saylog, echoing};

/// Turns on one machine, by one of two people.
fn turns(dice: &mut Dice, machine: usize, number: &mut usize) -> String {
    let user = dice.pick(&["ada", "ada", "ada", "bob"]);
    let which = dice.pick(&[
        "/resume latest",
        "/resume 1",
        "/resume 2",
        "/resume 3",
        "/start",
    ]);
    let mut lines = format!("/user {user}\n{which}\n");
    for _ in 0..=dice.below(3) {
        *number += 1;
        let line = match dice.below(12) {
            0 => "/undo".into(),
            1 => "/clear".into(),
            2 => "/fork".into(),
            3 => format!("/fork at #{}", 1 + dice.below(20)),
            4 => format!("/system {machine} {number}"),
            5 => "/retry".into(),
            6 => "/redo".into(),
            7 => "/compact".into(),
            _ => format!("machine {machine} says {number}"),
        };
        lines += &line;
        lines.push('\n');
    }
    lines
}

/// What a log has, whatever its sessions are called: every message with those that it is
/// linked to, how often; and how many sessions.
fn held(saylog: &Saylog) -> (BTreeMap<String, usize>, usize) {
    let lines = lines(&export(saylog, "in:global"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |kind: &str| {
        let kind = kind.to_owned();
        lines.iter().filter(move |line| line["type"] == *kind)
    };
    let users: HashMap<String, String> = of("session")
        .map(|line| (text(&line["session_id"]), text(&line["user_id"])))
        .collect();
    let said = |line: &Value| {
        let user = &users[&text(&line["session_id"])];
        format!("{user} {} {} {}", line["role"], line["content"], line["at"])
    };
    let by_name: HashMap<(String, i64), String> = of("message")
        .map(|line| {
            let seq = line["seq"].as_i64().expect("a number");
            ((text(&line["session_id"]), seq), said(line))
        })
        .collect();
    let mut messages = BTreeMap::new();
    for line in of("message") {
        let linked = |field: &str| {
            let link = &line[field];
            let name = match link.as_array() {
                Some(pair) => (text(&pair[0]), pair[1].as_i64().expect("a number")),
                None => (text(&line["session_id"]), link.as_i64()?),
            };
            Some(by_name[&name].clone())
        };
        let fields = ["parent", "system", "floor", "oldest"].map(linked);
        let whole = format!("{} {} {fields:?}", said(line), line["depth"]);
        *messages.entry(whole).or_default() += 1;
    }
    (messages, users.len())
}

#[test]
fn three_machines_end_with_the_same() {
    let seed = Dice::seed();
    for round in 0..10 {
        let told = format!("seed {seed} + {round}");
        let mut dice = Dice::new(seed.wrapping_add(round));
        let machines = [echoing(), echoing(), echoing()];
        machines[0].play("/user ada\n/start shared\nfirst\n");
        for other in 1..3 {
            if !dice.one_in(5) {
                merge(&machines[0], &machines[other]);
            }
        }
        let mut number = 0;
        for _ in 0..4 + dice.below(16) {
            let one = dice.below(3);
            if dice.one_in(3) {
                let other = (one + 1 + dice.below(2)) % 3;
                export(
                    &machines[one],
                    dice.pick(&["in:global", "in:global", "", "since:1h"]),
                );
                let outcome = import(&machines[one], &machines[other]);
                assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{told}");
            } else {
                machines[one].play(turns(&mut dice, one, &mut number));
            }
        }
        // Twice around everybody has heard of everything; then nothing is new.
        let pairs = [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)];
        for last in [false, false, true] {
            for (from, into) in pairs {
                let receipt = merge(&machines[from], &machines[into]);
                let is_new = !receipt.contains("; 0 messages added for");
                assert!(!(last && is_new), "{told}: {receipt}");
            }
        }
        let [first, second, third] = [0, 1, 2].map(|machine| held(&machines[machine]));
        assert_eq!(first, second, "{told}");
        assert_eq!(second, third, "{told}");
    }
}
