//! `/import`: conversations of other programs, put into the log once.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::prompt::leave;
use crate::support::run::{Saylog, check, on_server};
use crate::support::script::{before, play, run, scripted};
use crate::support::terminal::Terminal;
use crate::support::wait::random;

/// What ChatGPT would write: a hidden root, a question with two replies of which the
/// second is shown, and a broken conversation.
fn chatgpt(further: &[Value]) -> String {
    let said = |role: &str, text: &str, at: f64| {
        json!({"author": {"role": role}, "create_time": at, "recipient": "all",
               "content": {"content_type": "text", "parts": [text]},
               "metadata": {"model_slug": "gpt-5"}})
    };
    let mut mapping = json!({
        "root": {"id": "root", "message": null, "parent": null, "children": ["q"]},
        "q": {"id": "q", "message": said("user", "by train?", 1_762_000_000.5),
              "parent": "root", "children": ["a1", "a2"]},
        "a1": {"id": "a1", "message": said("assistant", "no", 1_762_000_001.0),
               "parent": "q", "children": []},
        "a2": {"id": "a2", "message": said("assistant", "yes\u{1b}[2J", 1_762_000_002.0),
               "parent": "q", "children": []},
    });
    let mut current = "a2".to_owned();
    for (number, text) in (0_u8..).zip(further) {
        let id = format!("f{number}");
        let text = text.as_str().expect("a text");
        mapping[&id] = json!({
            "id": id, "message": said("user", text, 1_762_000_100.0 + f64::from(number)),
            "parent": current, "children": [],
        });
        current = id;
    }
    let all = json!([
        {"id": "one", "title": "Trip to Rome", "create_time": 1_762_000_000.0,
         "mapping": mapping, "current_node": current},
        {"id": "two", "title": "Broken"},
    ]);
    all.to_string()
}

/// A store that has something of its own, and this file beside it.
fn with_file(name: &str, text: &str) -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start own\nmine\n");
    fs::write(saylog.folder().join(name), text).expect("a file");
    saylog
}

const BROKEN: &str = "conversations.json, conversation 2 “Broken”: it has no messages: `mapping` is not there; left out\n";

const IN_THE_LOG: &str = "what could be read is in the log; the same import goes on from there";

fn incomplete(line: &str) -> String {
    format!(
        "{line}: {BROKEN}{line}: `conversations.json` has a record that cannot be read; \
         {IN_THE_LOG}\n"
    )
}

#[test]
fn what_chatgpt_wrote_is_resumed_searched_and_exported_like_anything_else() {
    let saylog = with_file("conversations.json", &chatgpt(&[]));
    check(
        &run(&saylog, &["--import", "--dry-run conversations.json"]),
        "conversations.json (chatgpt): 1 conversation (1 new); 3 messages would be added for \
         alice; nothing was written.\n",
        &incomplete("-c:1").replace(IN_THE_LOG, "nothing was written"),
        1,
    );
    assert_eq!(saylog.said().len(), 2);
    let receipt =
        "conversations.json (chatgpt): 1 conversation (1 new); 3 messages added for alice.\n";
    check(
        &run(&saylog, &["--import", "conversations.json"]),
        receipt,
        &incomplete("-c:1"),
        1,
    );
    // It is not what was spoken in last, and whoever answers now answers in it.
    let latest = play(&saylog, "/resume\n");
    assert!(
        latest.stdout.starts_with("Session <1> resumed"),
        "{}",
        latest.stdout
    );
    let outcome = play(
        &saylog,
        "/resume Trip to Rome\nand now?\n/search source:chatgpt yes\n/log source:chatgpt\n\
         /export --format openai session:\"Trip to Rome\" -\n",
    );
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        ("4 messages of 1 conversation written (openai).\n", 0)
    );
    let out = outcome.stdout;
    for expected in [
        "and now?\n",
        "1 <time> alice <2> #5 ai \"Trip to Rome\": yes␛[2J\n",
        "<time> alice <2> user: by train?\n\
         <time> alice <2> ai: no\n\
         <time> alice <2> ai: yes␛[2J\n",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"by train?\"},\
         {\"role\":\"assistant\",\"content\":\"yes\\u001b[2J\"},\
         {\"role\":\"user\",\"content\":\"and now?\"},\
         {\"role\":\"assistant\",\"content\":\"and now?\"}]}\n",
    ] {
        assert!(out.contains(expected), "{expected}\n--- of\n{out}");
    }
    // The branch that was not shown is there, too.
    let forked = play(&saylog, "/fork at #4\n/history\n");
    assert!(forked.stdout.contains("ai: no\n"), "{}", forked.stdout);
}

#[test]
fn the_same_file_adds_nothing_and_a_newer_one_what_is_new() {
    let saylog = with_file("conversations.json", &chatgpt(&[]));
    let import = |expected: &str| {
        check(
            &run(&saylog, &["--import", "conversations.json"]),
            &format!("conversations.json (chatgpt): {expected} added for alice.\n"),
            &incomplete("-c:1"),
            1,
        );
    };
    import("1 conversation (1 new); 3 messages");
    import("1 conversation (1 as before); 0 messages");
    fs::write(
        saylog.folder().join("conversations.json"),
        chatgpt(&[json!("more")]),
    )
    .expect("a file");
    import("1 conversation (1 with something new); 1 message");
    let history = || play(&saylog, "/resume Trip to Rome\n/history\n").stdout;
    assert!(
        history().ends_with("yes␛[2J\n<time> alice <2> user: more\n"),
        "{}",
        history()
    );
    // From here on the person has their own way: what is new there is told apart.
    before(&saylog, "/resume Trip to Rome\nmy own turn\n");
    fs::write(
        saylog.folder().join("conversations.json"),
        chatgpt(&[json!("more"), json!("even more")]),
    )
    .expect("a file");
    let outcome = run(&saylog, &["--import", "conversations.json"]);
    assert_eq!(
        outcome.stdout,
        "conversations.json (chatgpt): 1 conversation (1 with something new); 1 message added for \
         alice.\n  1 conversation has gone on here: what is new of it is in the log, and not in its \
         context\n"
    );
    let history = history();
    assert!(
        history.contains("user: my own turn\n") && !history.contains("even more"),
        "{history}"
    );
    let log = play(&saylog, "/log source:chatgpt role:user\n").stdout;
    assert!(
        log.ends_with("user: even more\n") && !log.contains("my own turn"),
        "{log}"
    );
}

/// What ChatGPT would write of conversations of one question, with these titles and times.
fn talks(talks: &[(&str, u32)]) -> String {
    let all: Vec<Value> = talks
        .iter()
        .map(|(title, at)| {
            json!({
                "id": title, "title": title, "create_time": at, "current_node": "q",
                "mapping": {"q": {"id": "q", "parent": null, "children": [], "message": {
                    "author": {"role": "user"}, "create_time": at, "recipient": "all",
                    "content": {"content_type": "text", "parts": [format!("question of {title}")]},
                }}},
            })
        })
        .collect();
    json!(all).to_string()
}

/// What stands between quotation marks on each line of a listing.
fn titles(listing: &str) -> Vec<&str> {
    let title =
        |line: &'_ str| -> Option<(usize, usize)> { Some((line.find('"')?, line.rfind('"')?)) };
    listing
        .lines()
        .filter_map(|line| title(line).map(|(from, to)| &line[from + 1..to]))
        .collect()
}

#[test]
fn what_was_said_last_elsewhere_is_listed_first_in_whatever_order_it_came() {
    // As programs write it, the latest first; and an older account comes later.
    let talks_of = [("late", 1_762_000_300), ("middle", 1_762_000_200)];
    let saylog = with_file("new.json", &talks(&talks_of));
    fs::write(
        saylog.folder().join("old.json"),
        talks(&[("older", 1_662_000_000), ("oldest", 1_562_000_000)]),
    )
    .expect("a file");
    play(&saylog, "/import new.json\n/import old.json\n");
    let order = ["own", "late", "middle", "older", "oldest"];
    assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    assert_eq!(
        titles(&play(&saylog, "/search source:chatgpt limit:4 question\n").stdout),
        ["older", "oldest", "late", "middle"]
    );
    // What is new in a conversation takes it along, what is said here most of all.
    let newer = [("older", 1_762_000_250), ("late", 1_762_000_300)];
    let newer = talks(&newer).replace("\"q\"", "\"r\"");
    fs::write(saylog.folder().join("new.json"), newer).expect("a file");
    play(&saylog, "/import new.json\n");
    let order = ["own", "late", "older", "middle", "oldest"];
    assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    play(&saylog, "/resume oldest\nand here?\n");
    let order = ["oldest", "own", "late", "older", "middle"];
    assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    // What an earlier version has put in had no rank, and gets one from the same files.
    if on_server().is_none() {
        let stored = saylog.stored();
        stored.tamper("UPDATE sessions SET touched = 0 WHERE touched < 0");
        drop(stored);
        fs::write(saylog.folder().join("first.json"), talks(&talks_of)).expect("a file");
        play(
            &saylog,
            "/import first.json\n/import old.json\n/import new.json\n",
        );
        assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    }
    // In another log nobody has spoken in any of them: the times tell all.
    let last = play(&saylog, "/users\n").stdout;
    run(&saylog, &["--export", "all.jsonl"]);
    let there = scripted();
    let (from, to) = (saylog.folder(), there.folder());
    fs::copy(from.join("all.jsonl"), to.join("all.jsonl")).expect("a file");
    run(&there, &["--import", "all.jsonl"]);
    assert_eq!(titles(&play(&there, "/sessions\n").stdout), order);
    assert_eq!(play(&there, "/users\n").stdout, last);
}

#[test]
fn what_tells_no_times_was_said_when_it_came_first() {
    let said = |text: &str| json!({"role": "user", "content": text});
    let saylog = with_file("one.json", &json!({"messages": [said("one")]}).to_string());
    let put = |name: &str, messages: Value| {
        let talk = json!({"messages": messages}).to_string();
        fs::write(saylog.folder().join(name), talk).expect("a file");
    };
    put("two.json", json!([said("two")]));
    play(&saylog, "/import one.json\n/import two.json\n");
    let order = ["own", "two", "one"];
    assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    let users = play(&saylog, "/users\n").stdout;
    // The same file once more says nothing new, and not when it was said.
    assert_eq!(
        play(&saylog, "/import one.json\n").stdout,
        "one.json (openai): 1 conversation (1 as before); 0 messages added for alice.\n"
    );
    assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    assert_eq!(play(&saylog, "/users\n").stdout, users);
    // What has a time tells when the message before it was said at the latest.
    let dated = json!({"role": "assistant", "content": "yes", "created_at": 1_562_000_000});
    put("old.json", json!([said("old"), dated]));
    play(&saylog, "/import old.json\n");
    let order = ["own", "two", "one", "old"];
    assert_eq!(titles(&play(&saylog, "/sessions\n").stdout), order);
    let found = play(&saylog, "/search source:openai before:2020 old\n").stdout;
    assert!(
        found.starts_with("1 <time> alice ") && found.ends_with(" user -: old\n"),
        "{found}"
    );
}

#[test]
fn what_another_user_imports_is_theirs() {
    let saylog = with_file("conversations.json", &chatgpt(&[]));
    for user in ["alice", "bob"] {
        let lines = format!("/user {user}\n/import conversations.json\n");
        let outcome = play(&saylog, &lines);
        assert!(
            outcome.stdout.contains("(1 new); 3 messages added"),
            "{}",
            outcome.stdout
        );
    }
    let listed = play(&saylog, "/search in:global limit:9 yes\n").stdout;
    assert!(
        listed.contains(" alice <2> ") && listed.contains(" bob <3> "),
        "{listed}"
    );
    check(
        &play(&saylog, "/search yes limit:9 -user:bob\n"),
        "1 <time> alice <2> #5 ai \"Trip to Rome\": yes␛[2J\n",
        "",
        0,
    );
}

#[test]
fn the_up_arrow_has_nothing_that_was_typed_elsewhere() {
    let saylog = with_file("conversations.json", &chatgpt(&[]));
    run(&saylog, &["--import", "conversations.json"]);
    let mut terminal = Terminal::of(&saylog, &[], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types("\x1b[A");
    terminal.shows_such("its own", |screen| screen.ends_with("> mine▏"));
    terminal.types("\x1b[A\x15");
    leave(terminal);
}

#[test]
fn everything_is_told_as_events() {
    let secret = ["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    let lines = format!(
        "{}\n{}\nbroken\n",
        json!({"id": "x", "title": "t", "messages": [
            {"role": "user", "content": [{"type": "text", "text": format!("my key is {secret}")}]},
            {"role": "tool", "content": "left out"}, {"role": "assistant", "content": "hm"}]}),
        json!({"conversations": [{"from": "human", "value": "hi"}]}),
    );
    let saylog = with_file("talks.jsonl", &lines);
    let outcome = saylog.run(&["--json", "--import", "talks.jsonl nowhere.json"]);
    assert_eq!(outcome.code, 1);
    let told = events(&outcome.stdout);
    assert_eq!(
        told[1],
        json!({"event": "import", "line": 1, "file": "talks.jsonl", "format": "openai",
               "user_id": "alice", "new": 2, "changed": 0, "same": 0, "messages": 3, "known": 0,
               "went_on": 0, "apart": 0, "users": {}, "left_out": {"tool messages": 1},
               "secrets": {"a Stripe key": 1}, "broken": 1, "dry_run": false})
    );
    assert_eq!(told[0]["event"], "broken");
    assert_eq!(
        (&told[0]["file"], &told[0]["place"]),
        (&json!("talks.jsonl"), &json!("line 3"))
    );
    assert!(!outcome.stdout.contains(&secret) && !outcome.stderr.contains(&secret));
    let codes: Vec<_> = told[2..]
        .iter()
        .map(|event| event["code"].clone())
        .collect();
    assert_eq!(codes, [json!("file_broken"), json!("file_missing")]);
    let message = saylog.run(&["--json", "-c", "/log source:openai limit:1"]);
    let message = &events(&message.stdout)[0];
    assert_eq!(message["source"], "openai");
    assert!(message["said_at"].is_string() && message["model"].is_null());
    // What goes out is looked at, too.
    let outcome = run(&saylog, &["--export", "all.csv"]);
    assert_eq!(
        outcome.stdout,
        "5 messages of 3 conversations written to all.csv (csv).\n  \
         what looks like a secret is among it: a Stripe key (1)\n"
    );
}

#[test]
fn a_folder_is_read_and_what_nobody_knows_is_told() {
    let saylog = with_file("notes.txt", "hello");
    let folder = saylog.folder().join("talks/2026");
    fs::create_dir_all(&folder).expect("a folder");
    let line = |text: &str| json!({"messages": [{"role": "user", "content": text}]}).to_string();
    fs::write(folder.join("b.jsonl"), line("second")).expect("a file");
    fs::write(folder.join("a.jsonl"), line("first")).expect("a file");
    fs::write(folder.join("c.json"), "{\"a\":1}").expect("a file");
    fs::write(folder.join("picture.png"), "no").expect("a file");
    let hint = "one of saylog, chatgpt, claude, claude-code, codex, open-webui, librechat, llm, aichat, \
                openai, langchain";
    check(
        &play(&saylog, "/import talks notes.txt\n"),
        "talks/2026/a.jsonl (openai): 1 conversation (1 new); 1 message added for alice.\n\
         talks/2026/b.jsonl (openai): 1 conversation (1 new); 1 message added for alice.\n",
        &format!(
            "<stdin>:1: `/import` cannot tell what has written `talks/2026/c.json`; `/import \
             --format F talks/2026/c.json`: {hint}\n\
             <stdin>:1: `/import` cannot tell what has written `notes.txt`; `/import --format F \
             notes.txt`: {hint}\n"
        ),
        1,
    );
    check(
        &play(
            &saylog,
            "/import --format openai notes.txt\n/import ./nothing.db\n",
        ),
        "notes.txt (openai): no conversation.\n",
        "<stdin>:1: notes.txt, line 1: it is no JSON: expected value, at column 1; left out\n\
             <stdin>:1: `notes.txt` has a record that cannot be read\n\
             <stdin>:2: `./nothing.db` does not exist; a path begins in the folder where saylog was \
             started; quotes go around one with blanks\n",
        1,
    );
}

#[cfg(not(feature = "archives"))]
#[test]
fn an_archive_is_told_where_none_can_be_read() {
    let saylog = with_file("export.zip", "PK\u{3}\u{4} and so on");
    let outcome = play(&saylog, "/import export.zip\n");
    let expected = "<stdin>:1: `export.zip` cannot be read: it is an archive, and this saylog was \
                    built without them; unpack it, and import the conversations in it\n";
    check(&outcome, "", expected, 1);
}

#[cfg(feature = "archives")]
#[test]
fn an_archive_is_read_as_it_comes_by_mail() {
    let saylog = with_file("notes.txt", "hello");
    let archive = archive(&[
        ("user.json", "{}"),
        ("a/conversations-001.json", &chatgpt(&[])),
        ("../conversations.json", "[]"),
        ("picture.png", "no"),
    ]);
    fs::write(saylog.folder().join("export.zip"), archive).expect("a file");
    let outcome = play(&saylog, "/import export.zip\n");
    assert_eq!(
        outcome.stdout,
        "export.zip/a/conversations-001.json (chatgpt): 1 conversation (1 new); 3 messages added for \
         alice.\n"
    );
    assert!(
        outcome
            .stderr
            .contains("`export.zip/../conversations.json`"),
        "{}",
        outcome.stderr
    );
    // Nothing was unpacked.
    assert!(!saylog.folder().join("a").exists());
    assert!(!saylog.folder().join("../conversations.json").exists());
}

/// An archive, packed as most programs do.
#[cfg(feature = "archives")]
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write;

    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, text) in files {
        let entry = archive.new_file(rawzip::path::EntryPath::verbatim(name.as_bytes()));
        let entry = entry.compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = entry.start().expect("an entry");
        let packed = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut text_of = config.wrap(packed);
        text_of.write_all(text.as_bytes()).expect("its text");
        let (packed, descriptor) = text_of.finish().expect("its end");
        packed.finish().expect("all of it");
        entry.finish(descriptor).expect("what it was");
    }
    archive.finish().expect("an archive")
}

#[cfg(feature = "archives")]
#[test]
fn what_is_wrong_with_an_archive_is_told_and_nothing_of_it_is_taken_for_whole() {
    let whole = archive(&[("conversations.json", &chatgpt(&[]))]);
    let central = whole
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x01\x02")
        .expect("a directory");
    let changed = |at: usize, bit: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= bit;
        bytes
    };
    for (bytes, file, why) in [
        (
            b"PK\x03\x04 and no more".to_vec(),
            "export.zip",
            "its directory is missing: it is cut off",
        ),
        (
            whole[..whole.len() - 30].to_vec(),
            "export.zip",
            "its directory is missing: it is cut off",
        ),
        // The first byte of what is packed, which says how.
        (
            changed(30 + "conversations.json".len(), 0b110),
            "export.zip/conversations.json",
            "it is damaged",
        ),
        // A letter of the name in the directory, which would hide the entry.
        (changed(central + 46, 1), "export.zip", "it is damaged"),
        // What the unpacked bytes add up to: nothing of them is kept.
        (
            changed(central + 16, 1),
            "export.zip/conversations.json",
            "it is damaged",
        ),
        (
            changed(central + 8, 1),
            "export.zip/conversations.json",
            "it wants a password",
        ),
        (
            changed(central + 10, 4),
            "export.zip/conversations.json",
            "it is packed in a way that is not known",
        ),
        // How many entries there are.
        (
            changed(whole.len() - 12, 2),
            "export.zip",
            "its directory is cut off",
        ),
    ] {
        let saylog = with_file("notes.txt", "hello");
        fs::write(saylog.folder().join("export.zip"), bytes).expect("a file");
        let outcome = play(&saylog, "/import export.zip\n");
        let expected = format!("<stdin>:1: `{file}` cannot be read: {why}\n");
        check(&outcome, "", &expected, 1);
        assert_eq!(saylog.said(), ["alice user: mine", "alice ai: mine"]);
    }
    let saylog = with_file("export.zip", "");
    let other = archive(&[("user.json", "{}")]);
    fs::write(saylog.folder().join("export.zip"), other).expect("a file");
    let expected = "<stdin>:1: `export.zip` cannot be read: it has no conversations: nothing in it \
                    is called `conversations….json` or `….jsonl`\n";
    check(&play(&saylog, "/import export.zip\n"), "", expected, 1);
}

#[test]
fn a_folder_without_conversations_is_told_and_so_are_links_in_it() {
    let saylog = with_file("notes.txt", "hello");
    let folder = saylog.folder().join("folder");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("notes.txt"), "hello").expect("a file");
    let nothing = "<stdin>:1: `folder` cannot be read: it has no conversations: nothing in it is \
                   called `….json`, `….jsonl`, `….zip`, `….yaml`, `….yml`, `….db` or \
                   `messages.md`\n";
    check(&play(&saylog, "/import folder\n"), "", nothing, 1);
    symlink(saylog.folder(), folder.join("out")).expect("a link");
    let links = "links in `folder` are not followed\n";
    let told = format!("{links}{nothing}");
    check(&play(&saylog, "/import folder\n"), "", &told, 1);
    fs::write(folder.join("conversations.json"), chatgpt(&[])).expect("a file");
    let outcome = play(&saylog, "/import folder\n");
    let receipt = "folder/conversations.json (chatgpt): 1 conversation (1 new); 3 messages added";
    assert!(outcome.stdout.starts_with(receipt), "{}", outcome.stdout);
    assert!(outcome.stderr.starts_with(links), "{}", outcome.stderr);
}

#[cfg(feature = "archives")]
#[test]
fn names_of_other_programs_and_encodings_are_found_in_an_archive() {
    let saylog = with_file("notes.txt", "hello");
    let mut bytes = archive(&[("x\\Conversations.JSON", &chatgpt(&[]))]);
    while let Some(at) = bytes.windows(2).position(|pair| pair == b"x\\") {
        bytes[at] = 0xe9;
    }
    fs::write(saylog.folder().join("export.zip"), bytes).expect("a file");
    let expected = "export.zip/\u{fffd}\\Conversations.JSON (chatgpt): 1 conversation (1 new); 3 \
                    messages added for alice.\n";
    let outcome = play(&saylog, "/import export.zip\n");
    assert_eq!(outcome.stdout, expected, "{}", outcome.stderr);
}

/// The locks that a process holds on a file, as Linux tells them.
fn locks(peer: &Peer, file: &Path) -> Vec<String> {
    let all = fs::read_to_string("/proc/locks").expect("the locks");
    let process = format!(" {} ", peer.process().as_raw_nonzero());
    let inode = format!(":{} ", fs::metadata(file).expect("a file").ino());
    let its = all
        .lines()
        .filter(|line| line.contains(&process) && line.contains(&inode));
    // Their numbers change.
    its.filter_map(|line| Some(line.split_once(": ")?.1.to_owned()))
        .collect()
}

#[test]
fn the_open_store_is_not_read_and_keeps_its_locks() {
    if on_server().is_some() || !cfg!(target_os = "linux") {
        return;
    }
    let saylog = with_file("notes.txt", "hello");
    let store = saylog.store();
    let name = store
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    fs::create_dir(saylog.folder().join("folder")).expect("a folder");
    assert_eq!(saylog.play("/start\nhello\n").code, 0);
    fs::hard_link(&store, saylog.folder().join("folder/x.db")).expect("a link");
    let mut command = saylog.command();
    command.args(["--start"]);
    let mut peer = Peer::new(command);
    assert_eq!(peer.ask("first").as_deref(), Some("first"));
    let held = locks(&peer, &store);
    assert_ne!(held, [""; 0]);
    peer.say(&format!("/import {name} folder"));
    peer.say("/user");
    peer.read("first\nalice\n".len());
    // Without its locks whoever comes and goes beside it would take it for closed, and
    // remove its write-ahead log.
    assert_eq!(locks(&peer, &store), held);
    peer.say("second");
    peer.read("first\nalice\nsecond\n".len());
    let told = format!(
        "<stdin>:2: `{name}` cannot be read: it belongs to the open store\n\
         <stdin>:2: `folder/x.db` cannot be read: it belongs to the open store\n"
    );
    let end = peer.hang_up();
    assert_eq!((end.stderr.as_str(), end.code), (told.as_str(), 1));
}

#[test]
fn ctrl_c_tells_what_is_there_and_the_next_import_goes_on() {
    let lines: String = (0..20_000)
        .map(|number| json!({"messages": [{"role": "user", "content": format!("said {number}")}]}))
        .map(|line| format!("{line}\n"))
        .collect();
    let saylog = with_file("talks.jsonl", &lines);
    let mut command = saylog.command();
    command.args(["--json", "--import", "talks.jsonl"]);
    command.env("SAYLOG_TEST_PATIENCE", "0");
    let mut peer = Peer::new(command);
    let begun = peer.next_line().expect("how far it is");
    assert!(begun.contains("\"progress\""), "{begun}");
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    let told = events(&outcome.stdout);
    let told = told.last().expect("a receipt");
    assert_eq!((&told["event"], outcome.code), (&json!("import"), 130));
    let added = told["messages"].as_u64().expect("a number");
    assert_eq!(u64::try_from(saylog.said().len()).expect("few") - 2, added);
    assert!(added < 20_000, "{added}");
    let rest = saylog.run(&["--json", "--import", "talks.jsonl"]);
    let told = &events(&rest.stdout)[0];
    assert_eq!((&told["known"], rest.code), (&json!(added), 0));
    assert_eq!(saylog.said().len(), 20_002);
}

#[test]
fn whoever_is_killed_in_an_import_goes_on_with_the_same_one() {
    const CONVERSATIONS: usize = 6_000;
    let line = |number: usize| {
        json!({"messages": [{"role": "user", "content": format!("asked {number}")},
                            {"role": "assistant", "content": format!("told {number}")}]})
    };
    let lines: Vec<String> = (0..CONVERSATIONS)
        .map(|number| line(number).to_string())
        .collect();
    let saylog = with_file("talks.jsonl", &lines.join("\n"));
    let mut all = saylog.said();
    let (own, mut before, mut grown) = (all.len(), all.len(), 0);
    for _ in 0..6 {
        let mut command = saylog.command();
        command.args(["--json", "--import", "talks.jsonl"]);
        command.env("SAYLOG_TEST_PATIENCE", "0");
        let mut peer = Peer::new(command);
        for _ in 0..random(CONVERSATIONS) {
            let line = peer.next_line();
            if line.is_none_or(|line| !line.contains("progress")) {
                break;
            }
        }
        if !peer.is_gone() {
            peer.signal(Signal::KILL);
        }
        peer.leave();
        let now = saylog.said().len();
        // A conversation comes as a whole, and stays.
        assert!(
            now >= before && (now - own).is_multiple_of(2),
            "{now} of {before}"
        );
        grown += usize::from(now > before);
        before = now;
    }
    assert!(grown > 0);
    let rest = saylog.run(&["--json", "--import", "talks.jsonl"]);
    let told = &events(&rest.stdout)[0];
    assert_eq!((&told["known"], rest.code), (&json!(before - own), 0));
    let mut said = saylog.said();
    said.sort();
    for number in 0..CONVERSATIONS {
        all.push(format!("alice user: asked {number}"));
        all.push(format!("alice ai: told {number}"));
    }
    all.sort();
    assert!(said == all, "{} of {}", said.len(), all.len());
}
