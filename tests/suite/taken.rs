//! `/code` and `/copy`: what is taken out of a reply, in pipes and files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::json;

use crate::support::disk::Disk;
use crate::support::events::events;
use crate::support::run::{Saylog, check, echoing};

/// A reply with three blocks of code: in a fence, in a list, and one that is never closed.
const REPLY: &str = "Two ways:\n\n```rust\nfn main() {\n\tx();\r\n}\n```\n\n- or\n\n  ~~~sh ignore\n  ls | wc\n  ~~~\n\n```\n\n\u{1b}[2J end";

/// A session of alice's whose last reply is this.
fn replied(reply: &str) -> Saylog {
    let saylog = echoing();
    let outcome = saylog.play(format!("/start\n\"\"\"END\n{reply}\n\"\"\"END\n"));
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    saylog
}

/// What these lines answer in that session.
fn answers(saylog: &Saylog, lines: &[&str]) -> crate::support::run::Outcome {
    let mut arguments = vec!["--resume"];
    arguments.extend(lines.iter().flat_map(|line| ["-c", line]));
    saylog.run(&arguments)
}

/// The same as JSON, without what says that the session was resumed.
fn told(saylog: &Saylog, lines: &[&str]) -> Vec<serde_json::Value> {
    let mut arguments = vec!["--resume", "--json"];
    arguments.extend(lines.iter().flat_map(|line| ["-c", line]));
    events(&saylog.run(&arguments).stdout).split_off(1)
}

/// The line is refused with this code, kind and sentence.
#[track_caller]
fn refused(saylog: &Saylog, line: &str, code: &str, kind: &str, sentence: &str) {
    check(
        &answers(saylog, &[line]),
        "",
        &format!("-c:1: {sentence}\n"),
        1,
    );
    let told = told(saylog, &[line]);
    assert_eq!(told.len(), 1, "{told:?}");
    let (error, hint) = sentence.split_once("; ").expect("a hint");
    let expected = ["error", code, kind, error, hint];
    let fields = ["event", "code", "kind", "error", "hint"];
    assert_eq!(fields.map(|field| told[0][field].clone()), expected);
}

#[test]
fn the_blocks_of_the_last_reply_are_listed() {
    let saylog = replied(REPLY);
    check(
        &answers(&saylog, &["/code"]),
        "1 rust 3 21 \"fn main() {\"\n2 sh 1 8 \"ls | wc\"\n3 - 2 9 \"␛[2J end\"\n",
        "",
        0,
    );
    assert_eq!(
        told(&saylog, &["/code"]),
        [
            json!({"event": "code_row", "line": 1, "id": 2, "number": 1, "language": "rust",
                   "lines": 3, "bytes": 21, "control": 1, "first_line": "fn main() {"}),
            json!({"event": "code_row", "line": 1, "id": 2, "number": 2, "language": "sh",
                   "lines": 1, "bytes": 8, "control": 0, "first_line": "ls | wc"}),
            json!({"event": "code_row", "line": 1, "id": 2, "number": 3, "language": null,
                   "lines": 2, "bytes": 9, "control": 1, "first_line": "\u{1b}[2J end"}),
            json!({"event": "end", "line": 1, "scope": null, "count": 3, "more": false}),
        ]
    );
}

#[test]
fn a_block_is_printed_byte_for_byte_and_nothing_is_added() {
    let saylog = replied(REPLY);
    let code = "fn main() {\n\tx();\r\n}\n";
    check(&answers(&saylog, &["/code 1"]), code, "", 0);
    check(&answers(&saylog, &["/code 3"]), "\n\u{1b}[2J end", "", 0);
    assert_eq!(
        told(&saylog, &["/code 1"]),
        [
            json!({"event": "code", "line": 1, "id": 2, "number": 1, "language": "rust",
                     "lines": 3, "bytes": 21, "control": 1, "content": code})
        ]
    );
}

#[test]
fn a_block_is_written_into_a_new_file() {
    let saylog = replied(REPLY);
    let file = |name: &str| fs::read_to_string(saylog.folder().join(name));
    check(
        &answers(&saylog, &["/code 1 a.rs", "/code 2 \"a b\"", "/code 2 ~/2"]),
        &format!(
            "Block 1 of #2 (rust): 3 lines, 21 bytes written to a.rs; \
             1 control or invisible character is in it as it is.\n\
             Block 2 of #2 (sh): 1 line, 8 bytes written to a b.\n\
             Block 2 of #2 (sh): 1 line, 8 bytes written to {}/2.\n",
            saylog.folder().display()
        ),
        "",
        0,
    );
    assert_eq!(file("a.rs").expect("a file"), "fn main() {\n\tx();\r\n}\n");
    assert_eq!(file("a b").expect("a file"), "ls | wc\n");
    assert_eq!(file("2").expect("a file"), "ls | wc\n");
    let mode = fs::metadata(saylog.folder().join("a.rs")).expect("a file");
    assert_eq!(mode.permissions().mode() & 0o133, 0);
    assert_eq!(
        told(&saylog, &["/code 2 c"]),
        [
            json!({"event": "saved", "line": 1, "id": 2, "number": 2, "language": "sh",
                     "lines": 1, "bytes": 8, "control": 0, "path": "c"})
        ]
    );
}

#[test]
fn one_block_needs_no_number() {
    let saylog = replied("> ```\n> x\n> ```");
    check(
        &answers(&saylog, &["/code only"]),
        "Block 1 of #2: 1 line, 2 bytes written to only.\n",
        "",
        0,
    );
    let several = replied(REPLY);
    refused(
        &several,
        "/code only",
        "bad_argument",
        "usage",
        "#2 has 3 blocks of code, and a file takes one; `/code 1 FILE` writes the first; `/code` lists them",
    );
}

#[test]
fn no_file_is_written_over_and_none_of_the_programs_own_is_made() {
    let saylog = replied(REPLY);
    let at = |name: &str| saylog.folder().join(name);
    fs::write(at("there"), "mine").expect("a file");
    symlink("nowhere", at("link")).expect("a link");
    fs::create_dir_all(at(".config/saylog")).expect("a folder");
    let exists = "is there already, and nothing was written; give it another name, or remove that file first";
    for name in ["there", "link"] {
        let sentence = format!("`{name}` {exists}");
        refused(
            &saylog,
            &format!("/code 1 {name}"),
            "file_exists",
            "refused",
            &sentence,
        );
    }
    refused(
        &saylog,
        "/code 1 .config",
        "file_folder",
        "refused",
        "`.config` is a folder; name a file in it",
    );
    refused(
        &saylog,
        "/code 1 none/x",
        "file_missing",
        "refused",
        "`none/x` has no folder to stand in; a path begins in the folder where saylog was started; \
         no folder is made",
    );
    for name in ["saylog.db", "saylog.db-journal"] {
        refused(
            &saylog,
            &format!("/code 1 ./{name}"),
            "file_store",
            "refused",
            &format!(
                "`./{name}` belongs to the store of saylog and was not written; name a file of your own"
            ),
        );
    }
    refused(
        &saylog,
        "/code 1 ~/.config/saylog/config.toml",
        "file_configuration",
        "refused",
        "`~/.config/saylog/config.toml` is the configuration of saylog and was not written; \
         name a file of your own",
    );
    assert_eq!(fs::read(at("there")).expect("a file"), b"mine");
    assert!(!at("nowhere").exists() && !at("saylog.db-journal").exists());
}

#[test]
fn a_file_that_finds_no_room_is_gone_again() {
    let saylog = replied(&format!("```\n{}\n```", "x".repeat(2 << 20)));
    let folder = saylog.folder().join("small");
    fs::create_dir(&folder).expect("a folder");
    let Some(_disk) = Disk::in_memory(&folder) else {
        return;
    };
    refused(
        &saylog,
        "/code 1 small/x",
        "file_unwritable",
        "full",
        "`small/x` was not written: no space left on device, and nothing of it is left; name another file",
    );
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
}

#[test]
fn what_is_not_there_is_told() {
    let saylog = replied("no ``` code");
    check(
        &answers(&saylog, &["/code"]),
        "",
        "there is no block of code in #2; `/show #2` shows it whole\n",
        0,
    );
    for line in ["/code 1", "/code x"] {
        let sentence = "there is no block of code in #2; `/show #2` shows it whole";
        refused(&saylog, line, "code_not_found", "refused", sentence);
    }
    let saylog = replied(REPLY);
    let sentence = "#2 has 3 blocks of code, and none is number 4; `/code` lists them";
    refused(&saylog, "/code 4", "code_not_found", "refused", sentence);
    let outcome = saylog.lines(&["/start", "/code"]);
    let nothing = "-c:2: there is no reply in the context; say something first\n";
    check(&outcome, "Chat started successfully!\n", nothing, 1);
    let outcome = Saylog::new().lines(&["/code", "/copy"]);
    let session = "User chat session not found!; `/start` begins one";
    check(
        &outcome,
        "",
        &format!("-c:1: {session}\n-c:2: {session}\n"),
        1,
    );
}

#[test]
fn a_reply_that_left_the_context_is_no_last_reply() {
    let saylog = echoing();
    let outcome = saylog.play(
        "/start\n\"\"\"\n```\none\n```\n\"\"\"\n\"\"\"\n```\ntwo\n```\n\"\"\"\n/undo\n/code 1\n/clear\n/code 1\n",
    );
    assert!(
        outcome.stdout.contains("one\nSession "),
        "{}",
        outcome.stdout
    );
    assert_eq!(
        outcome.stderr,
        "<stdin>:15: there is no reply in the context; say something first\n"
    );
}

#[test]
fn nothing_is_copied_where_no_terminal_is() {
    let saylog = replied(REPLY);
    for line in ["/copy", "/copy code", "/copy code 2", "/copy #1"] {
        refused(
            &saylog,
            line,
            "needs_terminal",
            "refused",
            "`/copy` needs a terminal, which has a clipboard; \
             `/code N` prints a block of code, `/show #12` a message",
        );
    }
    let lines = "{\"line\": \"/copy\", \"ref\": 1}\n";
    let mut command = saylog.command();
    command.args(["--resume", "--input", "json"]);
    let outcome = crate::support::run::feed(command, lines.as_bytes());
    let error = events(&outcome.stdout).pop().expect("an error");
    assert_eq!(
        (&error["code"], &error["ref"]),
        (&json!("needs_terminal"), &json!(1))
    );
}

#[test]
fn anothers_message_is_like_one_that_does_not_exist() {
    let saylog = replied("```\nx\n```");
    let nobody = |id: i64| {
        format!("-c:2: no message of yours is #{id}; `/context` shows the ids of a session\n")
    };
    for id in [2, 99] {
        let outcome = saylog.lines(&["/user bob", &format!("/copy #{id}")]);
        check(&outcome, "bob (new)\n", &nobody(id), 1);
    }
}
