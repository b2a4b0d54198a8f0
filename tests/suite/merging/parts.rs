//! Logs that come in parts: chosen by filters, cut off, or with a line that is broken.

use std::fs;

use super::{export, file, import, merge};
use crate::support::events::events;
use crate::support::run::{Saylog, echoing};
use crate::support::script::{before, context, scripted};

/// How often each thing was said.
fn said(saylog: &Saylog) -> Vec<String> {
    let mut said = saylog.said();
    said.sort();
    said
}

#[test]
fn an_import_that_ends_at_any_line_is_completed_by_the_next() {
    let here = scripted();
    before(
        &here,
        "/start Trip\none\n/undo\ntwo\n/fork\n/rename Boats\n/archive\n",
    );
    before(&here, "/user bob\n/start\n/system be brief\nthree\n");
    let whole = export(&here, "in:global");
    let lines: Vec<_> = whole.split_inclusive('\n').collect();
    for end in 1..lines.len() {
        let there = echoing();
        fs::write(file(&here), lines[..end].concat()).expect("a file");
        assert_eq!(import(&here, &there).code, 1, "{end} lines");
        fs::write(file(&here), &whole).expect("a file");
        assert_eq!(import(&here, &there).code, 0, "{end} lines");
        assert_eq!(export(&there, "in:global"), whole, "{end} lines");
    }
}

#[test]
fn parts_and_the_whole_come_once_on_both_machines() {
    for filters in ["role:ai", "role:user", "after:#2", "three", "limit:1"] {
        let (here, there) = (scripted(), scripted());
        before(&here, "/start Trip\none\ntwo\nthree\n");
        export(&here, filters);
        assert_eq!(import(&here, &there).code, 0, "{filters}");
        let receipt = merge(&here, &there);
        assert_eq!(said(&there), said(&here), "{filters}: {receipt}");
        for (from, into) in [(&there, &here), (&here, &there)] {
            let again = merge(from, into);
            assert!(again.contains("; 0 messages added"), "{filters}: {again}");
        }
    }
}

#[test]
fn a_part_moves_no_context() {
    let (laptop, desk) = (scripted(), scripted());
    before(&laptop, "/start Trip\n/system be brief\none\n");
    merge(&laptop, &desk);
    let later = desk.run(&["--resume", "Trip", "-c", "two", "-c", "/undo"]);
    assert_eq!(later.code, 0, "{}", later.stderr);
    export(&desk, "two");
    let outcome = import(&desk, &laptop);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(context(&laptop), ["user: one", "ai: one"]);
    let shown = laptop.run(&["--json", "--resume", "Trip", "-c", "/context"]);
    assert_eq!(events(&shown.stdout)[1]["content"], "be brief");
}

#[test]
fn a_name_that_is_taken_keeps_nobody_out() {
    let (here, there, other) = (scripted(), scripted(), scripted());
    before(&here, "/start Trip\none\n");
    merge(&here, &there);
    merge(&here, &other);
    let apart = there.run(&["--resume", "Trip", "-c", "there"]);
    assert_eq!(apart.code, 0, "{}", apart.stderr);
    // The name that this gets here is known beforehand, and somebody else has it.
    before(&other, "/resume Trip\nhere\n");
    merge(&there, &other);
    let branch = other.stored().sessions().pop().expect("a session");
    let taken = export(&here, "in:global")
        .replace(&here.stored().sessions()[0], &branch)
        .replace("\"user_id\":\"alice\"", "\"user_id\":\"mallory\"");
    before(&here, "/resume Trip\nhere\n");
    fs::write(file(&other), taken).expect("a file");
    assert_eq!(import(&other, &here).code, 0);
    let receipt = merge(&there, &here);
    assert!(
        receipt.contains("; 2 messages added for alice"),
        "{receipt}"
    );
    let again = merge(&there, &here);
    assert!(again.contains("; 0 messages added for alice"), "{again}");
}
