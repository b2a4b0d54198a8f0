//! `/export`: what was said, written into files and to standard output.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

use serde_json::json;

use crate::support::events::events;
use crate::support::run::{Saylog, check, feed};
use crate::support::script::{before, named, play, run, scripted};
use crate::support::store::Store;

/// Alice's sessions 1 (with a title; a turn of it was taken out of the context) and 2, and
/// bob's session 3.
fn three() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start Trip to Rome\nby train?\nwrong\n/undo\n");
    before(&saylog, "/start\n/system be brief\n=1+1, \"so\"\n");
    before(&saylog, "/user bob\n/start\nmine\n");
    saylog
}

/// What a file in the folder holds, with sessions by their numbers.
fn file(saylog: &Saylog, name: &str) -> String {
    let text = fs::read_to_string(saylog.folder().join(name)).expect("a file");
    let mut outcome = saylog.run(&["-c", "/user"]);
    outcome.stdout = text;
    named(outcome, saylog).stdout
}

#[test]
fn a_file_holds_ones_own_conversations_as_their_contexts_have_them() {
    let saylog = three();
    check(
        &play(&saylog, "/export talks.md\n"),
        "5 messages of 2 conversations written to talks.md (markdown).\n",
        "",
        0,
    );
    let written = file(&saylog, "talks.md");
    // Each run is a second later.
    let written = written.replace("2026-11-22 13:32:07 UTC", "T");
    assert_eq!(
        written.replace("2026-11-22 13:32:08 UTC", "T"),
        "# Session <2…>\n\n*alice, session <2>*\n\n\
         **system** · T\n\nbe brief\n\n\
         **alice** · T\n\n=1+1, \"so\"\n\n\
         **ai (mock:echo)** · T\n\n=1+1, \"so\"\n\n\
         ---\n\n\
         # Trip to Rome\n\n*alice, session <1>*\n\n\
         **alice** · T\n\nby train?\n\n\
         **ai (mock:echo)** · T\n\nby train?\n"
    );
    let mode = fs::metadata(saylog.folder().join("talks.md")).expect("a file");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    // What `/undo` took out is in no conversation; the log has it.
    check(
        &run(
            &saylog,
            &["--export", "session:\"Trip to Rome\" role:user all.csv"],
        ),
        "2 messages of 1 conversation written to all.csv (csv).\n",
        "",
        0,
    );
    let rows = file(&saylog, "all.csv");
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows.len(), 3);
    assert!(
        rows[1].ends_with("alice,<1>,user,,complete,,,,by train?,"),
        "{}",
        rows[1]
    );
    assert!(
        rows[2].ends_with("alice,<1>,user,,complete,,,,wrong,"),
        "{}",
        rows[2]
    );
}

#[test]
fn standard_output_gets_the_text_and_nothing_else() {
    let saylog = three();
    let alices = "{\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},\
                  {\"role\":\"user\",\"content\":\"=1+1, \\\"so\\\"\"},\
                  {\"role\":\"assistant\",\"content\":\"=1+1, \\\"so\\\"\"}]}\n\
                  {\"messages\":[{\"role\":\"user\",\"content\":\"by train?\"},\
                  {\"role\":\"assistant\",\"content\":\"by train?\"}]}\n";
    let bobs = "{\"messages\":[{\"role\":\"user\",\"content\":\"mine\"},\
                {\"role\":\"assistant\",\"content\":\"mine\"}]}\n";
    check(
        &run(&saylog, &["--export", "--format openai -"]),
        alices,
        "5 messages of 2 conversations written (openai).\n",
        0,
    );
    check(
        &run(&saylog, &["--export", "in:global --format openai -"]),
        &format!("{bobs}{alices}"),
        "7 messages of 3 conversations written (openai).\n",
        0,
    );
    check(
        &run(
            &saylog,
            &["--export", "in:global user:bob limit:1 --format openai -"],
        ),
        "{\"messages\":[{\"role\":\"assistant\",\"content\":\"mine\"}]}\n",
        "1 message of 1 conversation written (openai).\n",
        0,
    );
    let outcome = saylog.run(&["--json", "--export", "rome train --format text -"]);
    assert_eq!(
        events(&outcome.stdout),
        [
            json!({"event": "export_text", "line": 1, "text": ""}),
            json!({"event": "export", "line": 1, "file": "-", "format": "text",
                   "conversations": 0, "messages": 0, "left_out": {}, "missing_links": 0,
                   "secrets": {}, "made": true}),
        ]
    );
}

#[test]
fn a_receipt_counts_what_the_file_has_and_what_it_has_no_place_for() {
    let saylog = scripted();
    before(&saylog, "/start\nby train?\n");
    let failed = play(&saylog, "/resume\n/model cmd:false\nand back?\n");
    assert_eq!(failed.code, 1);
    let said = "{\"messages\":[{\"role\":\"user\",\"content\":\"by train?\"},\
                {\"role\":\"assistant\",\"content\":\"by train?\"},\
                {\"role\":\"user\",\"content\":\"and back?\"}]}\n";
    let last = "{\"messages\":[{\"role\":\"user\",\"content\":\"and back?\"}]}\n";
    for (filters, out, told) in [
        (
            "",
            said,
            "3 messages of 1 conversation written (openai).\n  without: empty replies (1)\n",
        ),
        // The newest that it has a place for.
        (
            "limit:1",
            last,
            "1 message of 1 conversation written (openai).\n",
        ),
        (
            "status:failed",
            "",
            "Nothing suits: no message was written (openai).\n  without: empty replies (1)\n",
        ),
    ] {
        let arguments = format!("{filters} --format openai -");
        check(&run(&saylog, &["--export", &arguments]), out, told, 0);
    }
    for form in ["langchain", "trace", "csv", "markdown", "text"] {
        let outcome = run(&saylog, &["--export", &format!("--format {form} -")]);
        let told = format!("4 messages of 1 conversation written ({form}).\n");
        assert_eq!(outcome.stderr, told);
    }
}

#[test]
fn a_program_is_told_how_far_it_is() {
    let saylog = three();
    let lines: String = (0..20)
        .map(|number| json!({"messages": [{"role": "user", "content": format!("{number:0>100}")}]}))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(saylog.folder().join("talks.jsonl"), lines).expect("a file");
    for (arguments, expected) in [
        (
            ["--json", "--export", "--format openai talks.json"],
            json!({"event": "progress", "line": 1, "what": "export", "unit": "conversations",
                   "done": 1, "total": 2, "per_second": null, "seconds_left": null}),
        ),
        (
            ["--json", "--import", "talks.jsonl"],
            json!({"event": "progress", "line": 1, "what": "import", "unit": "KiB", "done": 2,
                   "total": 2, "per_second": null, "seconds_left": null}),
        ),
    ] {
        let mut command = saylog.command();
        command.args(arguments).env("SAYLOG_TEST_PATIENCE", "0");
        let outcome = feed(command, b"");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        assert_eq!(events(&outcome.stdout)[0], expected);
    }
}

/// Alice's sessions 1 and 2, which was forked from it.
#[test]
fn a_fork_is_written_whole_and_a_limit_counts_each_message_once() {
    let saylog = scripted();
    before(&saylog, "/start Rome\nby train?\n/fork Nice\nby boat?\n");
    let says = |text: &str| {
        format!(
            "{{\"role\":\"user\",\"content\":\"{text}\"}},\
             {{\"role\":\"assistant\",\"content\":\"{text}\"}}"
        )
    };
    let (train, boat) = (says("by train?"), says("by boat?"));
    let reply = "{\"role\":\"assistant\",\"content\":\"by train?\"}";
    let line = |messages: &[&str]| format!("{{\"messages\":[{}]}}\n", messages.join(","));
    let (nice, rome) = (line(&[&train, &boat]), line(&[&train]));
    let newest_three = line(&[reply, &boat]) + &line(&[reply]);
    let asks = "{\"role\":\"user\",\"content\":\"by boat?\"}";
    let two_behind = line(&[reply, asks]) + &line(&[reply]);
    for (filters, written, told) in [
        ("session:Nice", &nice, "4 messages of 1 conversation"),
        ("in:session", &nice, "4 messages of 1 conversation"),
        ("session:Rome", &rome, "2 messages of 1 conversation"),
        ("limit:3", &newest_three, "4 messages of 2 conversations"),
        (
            "after:1 limit:2",
            &two_behind,
            "3 messages of 2 conversations",
        ),
    ] {
        let mut outcome = play(
            &saylog,
            &format!("/resume Nice\n/export {filters} --format openai -\n"),
        );
        // What `/resume` shows comes first.
        let begin = outcome.stdout.find('{').expect("a line of JSON");
        outcome.stdout.drain(..begin);
        check(&outcome, written, &format!("{told} written (openai).\n"), 0);
    }
}

#[test]
fn nothing_that_is_there_is_written_over_unasked_and_nothing_half_is_left() {
    let saylog = three();
    let at = |name: &str| saylog.folder().join(name);
    fs::write(at("mine.md"), "precious").expect("a file");
    symlink("mine.md", at("link.md")).expect("a link");
    fs::create_dir(at("folder.md")).expect("a folder");
    for (path, why) in [
        (
            "mine.md",
            "`mine.md` is there already, and nothing was written; give it another name, or \
             --force writes over it",
        ),
        (
            "link.md",
            "`link.md` is there already, and nothing was written; give it another name, or \
             --force writes over it",
        ),
        ("folder.md", "`folder.md` is a folder; name a file in it"),
        (
            "nowhere/a.md",
            "`nowhere/a.md` has no folder to stand in; a path begins in the folder where saylog \
             was started; no folder is made",
        ),
        (
            "a",
            "`/export` cannot tell the form of `a`; `/export --format F …`: one of saylog, markdown, \
               text, csv, openai, langchain, trace",
        ),
        (
            "since:x b.md",
            "`/export` cannot read `since:x` (characters 1 to 7): it is no time; \
          write `2h`, `\"3 days\"`, `yesterday`, `\"last monday\"`, `2026-11-03` or `10:30`",
        ),
        (
            "user:bob b.md",
            "`/export` looks among your own messages, and not among those of \
          `bob`; `in:global` looks among everybody's",
        ),
    ] {
        let outcome = play(&saylog, &format!("/export {path}\n"));
        check(&outcome, "", &format!("<stdin>:1: {why}\n"), 1);
    }
    assert_eq!(fs::read_to_string(at("mine.md")).expect("it"), "precious");
    check(
        &play(
            &saylog,
            "/export --force user:alice link.md\n/export nothing empty.txt\n\
             /export --force nothing mine.md\n",
        ),
        "5 messages of 2 conversations written to link.md (markdown).\n\
         Nothing suits: no message was written to empty.txt (text).\n\
         Nothing suits: no message was written to mine.md (markdown); it is as it was.\n",
        "",
        0,
    );
    // The link was replaced, and not what it led to.
    assert_eq!(fs::read_to_string(at("mine.md")).expect("it"), "precious");
    assert!(!at("link.md").symlink_metadata().expect("it").is_symlink());
    assert_eq!(fs::read(at("empty.txt")).expect("it"), b"");
    // A name may be as long as the system takes it.
    let long = format!("{}.md", "a".repeat(252));
    check(
        &play(&saylog, &format!("/export user:alice {long}\n")),
        &format!("5 messages of 2 conversations written to {long} (markdown).\n"),
        "",
        0,
    );
    let unfinished = fs::read_dir(saylog.folder()).expect("a folder");
    let unfinished = unfinished
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with("unfinished"));
    assert_eq!(unfinished.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn nothing_but_a_file_is_written_over_and_no_store() {
    let saylog = three();
    let other = saylog.folder().join("other.jsonl");
    Store::open(&other)
        .write("PRAGMA application_id = 0x7361796c; CREATE TABLE t (x)")
        .expect("it runs");
    let pipe = saylog.folder().join("pipe.md");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0)
        .expect("a pipe");
    let before = fs::read(&other).expect("its bytes");
    symlink("pipe.md", saylog.folder().join("to-pipe.md")).expect("a link");
    check(
        &play(
            &saylog,
            "/export --force pipe.md\n/export --force other.jsonl\n/export --force to-pipe.md\n",
        ),
        "",
        "<stdin>:1: `pipe.md` is no regular file, and nothing was written; name a file; `-` is \
         standard output\n\
         <stdin>:2: `other.jsonl` is a store of saylog and was not written; name a file of your own\n\
         <stdin>:3: `to-pipe.md` is no regular file, and nothing was written; name a file; `-` is \
         standard output\n",
        1,
    );
    let kind = pipe.symlink_metadata().expect("it").file_type();
    assert!(kind.is_fifo());
    assert!(fs::read(&other).expect("its bytes") == before);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_written() {
    let saylog = three();
    saylog
        .stored()
        .tamper("UPDATE messages SET role = 77 WHERE id = 2");
    let outcome = play(&saylog, "/export all.csv\n");
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("#2"), "{}", outcome.stderr);
    assert_eq!(
        outcome.stdout,
        "6 messages of 2 conversations written to all.csv (csv).\n"
    );
}
