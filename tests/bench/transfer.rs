//! What is carried in and out, beside a bare reader and bare inserts.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Value, json};

use super::figures::{median, report, row};
use super::saylog::command;
use super::search::say;
use super::texts::Random;
use super::{bare, time};

const MESSAGES: usize = 200_000;

/// How many messages a conversation has.
const CONVERSATION: usize = 50;

/// Exports of everything, the import of it on another machine, and that of what ChatGPT
/// would write of as much.
pub(crate) fn transfer(folder: &Path) {
    exports(folder);
    joins(folder);
    imports(folder);
}

/// Puts what was exported last into an empty log, and once more.
fn joins(folder: &Path) {
    let file = folder.join("out-saylog");
    let text = fs::read_to_string(&file).expect("the export");
    let texts: Vec<_> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter_map(|line| Some(line["content"].as_str()?.to_owned()))
        .collect();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let store = folder.join(format!("j{round}.db"));
        ours.push(play(&store, &["--import", &file.display().to_string()]));
        let other = folder.join(format!("k{round}.db"));
        theirs.push(time(|| bare::append(&other, &texts)));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let shown = |seconds: f64| format!("{:.0} k/s", texts.len() as f64 / seconds / 1000.0);
    let name = "import of saylog's, messages";
    report(name, &shown(ours), &shown(theirs), theirs / ours, "≥ 0.5");
    let again = play(
        &folder.join("j0.db"),
        &["--import", &file.display().to_string()],
    );
    row("  once more", &shown(again), "");
    let tenth = folder.join("tenth");
    let lines: Vec<_> = text.lines().collect();
    fs::write(&tenth, lines[..lines.len() / 10].join("\n")).expect("a file");
    for (name, file) in [("  peak memory", &file), ("  of a tenth of it", &tenth)] {
        row(name, &format!("{} KiB", peak(folder, file)), "");
        fs::remove_file(folder.join("p.db")).expect("the store");
    }
}

fn exports(folder: &Path) {
    let store = folder.join("a.db");
    say(&store, MESSAGES);
    let theirs = median(
        (0..5)
            .map(|_| {
                time(|| {
                    let mut reader = bare::command("reader", &store);
                    reader.stdout(Stdio::null());
                    assert!(reader.status().expect("it runs").success());
                })
            })
            .collect(),
    );
    let rate = |seconds: f64| MESSAGES as f64 / seconds;
    let shown = |rate: f64| format!("{:.0} k/s", rate / 1000.0);
    let all = median(
        (0..5)
            .map(|_| {
                time(|| {
                    let mut reader = bare::command("records", &store);
                    reader.stdout(Stdio::null());
                    assert!(reader.status().expect("it runs").success());
                })
            })
            .collect(),
    );
    for (form, theirs) in [("saylog", all), ("csv", theirs), ("openai", theirs)] {
        let file = folder.join(format!("out-{form}"));
        let line = format!("--format {form} --force in:global {}", file.display());
        let ours = median((0..5).map(|_| play(&store, &["--export", &line])).collect());
        let name = format!("export as {form}, messages");
        let ratio = theirs / ours;
        report(
            &name,
            &shown(rate(ours)),
            &shown(rate(theirs)),
            ratio,
            "≥ 0.7",
        );
    }
}

/// A process that reads all texts and writes them as lines of JSON.
pub(crate) fn reader(store: &Path) {
    let connection = Connection::open(store).expect("the store opens");
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut statement = connection
        .prepare("SELECT role, content, created_at FROM messages ORDER BY id")
        .expect("the statement");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let (role, at): (i64, i64) = (row.get(0).expect("a role"), row.get(2).expect("a time"));
        let text = row.get_ref(1).expect("a text").as_str().expect("UTF-8");
        let line = json!({"role": role, "content": text, "at": at});
        writeln!(out, "{line}").expect("a line");
    }
}

/// A process that reads all that messages have and writes it as lines of JSON.
pub(crate) fn records(store: &Path) {
    #[derive(Serialize)]
    struct Line<'a> {
        session: i64,
        seq: i64,
        role: i64,
        content: &'a str,
        at: i64,
        model: Option<&'a str>,
        status: i64,
        numbers: [Option<i64>; 7],
        texts: [Option<&'a str>; 3],
    }
    let connection = Connection::open(store).expect("the store opens");
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut statement = connection
        .prepare(
            "SELECT session, seq, role, content, coalesce(said_at, created_at), model, status,
                    parent, depth, system, floor, oldest, prompt_tokens, reply_tokens,
                    finish_reason, reasoning, citations
             FROM messages ORDER BY id",
        )
        .expect("the statement");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let number = |at: usize| row.get::<_, i64>(at).expect("a number");
        let maybe = |at: usize| row.get::<_, Option<i64>>(at).expect("a number");
        let text = |at: usize| row.get_ref(at).expect("a text").as_str_or_null();
        let line = Line {
            session: number(0),
            seq: number(1),
            role: number(2),
            content: text(3).expect("UTF-8").expect("a text"),
            at: number(4),
            model: text(5).expect("UTF-8"),
            status: number(6),
            numbers: [7, 8, 9, 10, 11, 12, 13].map(maybe),
            texts: [14, 15, 16].map(|at| text(at).expect("UTF-8")),
        };
        serde_json::to_writer(&mut out, &line).expect("a line");
        out.write_all(b"\n").expect("a line end");
    }
}

fn imports(folder: &Path) {
    let file = folder.join("conversations.json");
    let texts = write_chatgpt(&file);
    let bytes = fs::metadata(&file).expect("a file").len() as f64;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..3 {
        let store = folder.join(format!("i{round}.db"));
        ours.push(play(&store, &["--import", &file.display().to_string()]));
        let other = folder.join(format!("b{round}.db"));
        theirs.push(time(|| bare::append(&other, &texts)));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let rate = |seconds: f64| format!("{:.0} MB/s", bytes / seconds / 1e6);
    let goal = "≥ 0.5, or 100 MB/s";
    let name = format!("import of ChatGPT's, {:.0} MB", bytes / 1e6);
    report(&name, &rate(ours), &rate(theirs), theirs / ours, goal);
    let again = play(
        &folder.join("i0.db"),
        &["--import", &file.display().to_string()],
    );
    row("  once more", &rate(again), "");
    row(
        "  peak memory",
        &format!("{} KiB", peak(folder, &file)),
        "≤ 65536 KiB",
    );
}

/// The most memory that an import takes, in KiB.
fn peak(folder: &Path, file: &Path) -> u64 {
    let mut command = command(&folder.join("p.db"));
    command.args(["--import", &file.display().to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let mut peak = 0;
    while child.try_wait().expect("a state").is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
        peak = kib.unwrap_or(0).max(peak);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    peak
}

/// A conversation as ChatGPT exports it, with these texts.
pub(crate) fn conversation(number: usize, texts: &[String]) -> Value {
    let mut mapping = serde_json::Map::new();
    let root = json!({"id": "root", "message": null, "parent": null, "children": []});
    mapping.insert("root".into(), root);
    let mut before = "root".to_owned();
    for (place, text) in texts.iter().enumerate() {
        let (id, role) = (
            format!("{number}-{place}"),
            ["user", "assistant"][place % 2],
        );
        let at = 1_700_000_000 + number * 100 + place;
        let node = json!({"id": id, "parent": before, "children": [], "message": {
            "id": id, "author": {"role": role}, "create_time": at, "recipient": "all",
            "content": {"content_type": "text", "parts": [text]},
            "metadata": {"model_slug": "model"}}});
        mapping.insert(id.clone(), node);
        before = id;
    }
    json!({"id": number.to_string(), "title": format!("talk {number}"),
        "create_time": 1_700_000_000, "mapping": mapping, "current_node": before})
}

/// Writes so many conversations as ChatGPT exports them, on one line; gives their texts.
fn write_chatgpt(file: &Path) -> Vec<String> {
    let mut out = BufWriter::new(File::create(file).expect("a file"));
    let (mut random, mut texts) = (Random(11), Vec::with_capacity(MESSAGES));
    out.write_all(b"[").expect("it is written");
    for number in 0..MESSAGES / CONVERSATION {
        let said: Vec<String> = (0..CONVERSATION).map(|place| random.text(place)).collect();
        let conversation = conversation(number, &said);
        texts.extend(said);
        let comma = if number > 0 { "," } else { "" };
        write!(out, "{comma}{conversation}").expect("it is written");
    }
    out.write_all(b"]").expect("it is written");
    out.flush().expect("it is written");
    texts
}

/// How long the program takes with these arguments.
fn play(store: &Path, arguments: &[&str]) -> f64 {
    let mut command = command(store);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    time(|| assert!(command.status().expect("it runs").success()))
}
