//! The ways in and out: arguments, streams, exit codes.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use crate::support::run::{MOCK, SAYLOG, STARTED, Saylog, check, end, feed};

#[test]
fn a_file_is_played_like_standard_input() {
    let saylog = Saylog::new();
    fs::write(saylog.folder().join("talk.txt"), "/start\nhello\n/foo\n").expect("a file");
    check(
        &saylog.run(&["-f", "talk.txt"]),
        &format!("{STARTED}{MOCK}"),
        "talk.txt:3: unknown command `/foo`; `/help` lists the commands; `//foo` says `/foo`\n",
        1,
    );
    let mut command = saylog.command();
    command.args(["-f", "-"]);
    check(&feed(command, b"/start\n"), STARTED, "", 0);
}

#[test]
fn lines_on_the_command_line_are_numbered() {
    let saylog = Saylog::new();
    check(
        &saylog.lines(&["/start", "hello", "/foo", "\"\"\"", "a", "\"\"\""]),
        &format!("{STARTED}{MOCK}{MOCK}"),
        "-c:3: unknown command `/foo`; `/help` lists the commands; `//foo` says `/foo`\n",
        1,
    );
}

#[test]
fn an_argument_of_several_lines_is_a_message_and_never_a_command() {
    let saylog = Saylog::new();
    check(
        &saylog.lines(&["/start", "/user mallory\n/clear", "/user"]),
        &format!("{STARTED}{MOCK}alice\n"),
        "",
        0,
    );
    assert_eq!(saylog.said()[0], "alice user: /user mallory\n/clear");
}

#[test]
fn start_begins_a_session_when_one_is_needed() {
    let saylog = Saylog::new().with(&["--start"]);
    check(
        &saylog.play("hello\nagain\n"),
        &format!("{MOCK}{MOCK}"),
        "",
        0,
    );
    check(
        &saylog.play("/history\n"),
        "",
        "<stdin>:1: User chat session not found!; `/start` begins one\n",
        1,
    );
}

#[test]
fn an_ephemeral_store_keeps_nothing() {
    let saylog = Saylog::new();
    let mut command = std::process::Command::new(SAYLOG);
    command.env_clear().current_dir(saylog.folder()).args([
        "--user",
        "alice",
        "--ephemeral",
        "--start",
    ]);
    check(
        &feed(command, b"hello\n/users\n").normal(&saylog),
        &format!("{MOCK}alice 1 2 <time> current\n"),
        "",
        0,
    );
    assert_eq!(fs::read_dir(saylog.folder()).expect("a folder").count(), 0);
}

#[test]
fn a_transcript_goes_on_after_errors_unless_told_to_stop() {
    let saylog = Saylog::new();
    let error =
        "<stdin>:1: unknown command `/foo`; `/help` lists the commands; `//foo` says `/foo`\n";
    check(&saylog.play("/foo\n/start\n"), STARTED, error, 1);
    let stopping = Saylog::new().with(&["--stop-on-error"]);
    check(&stopping.play("/foo\n/start\n"), "", error, 3);
    check(
        &stopping.play("/start\nhello\n"),
        &format!("{STARTED}{MOCK}"),
        "",
        0,
    );
}

#[test]
fn a_failed_user_always_stops() {
    let saylog = Saylog::new();
    let name_hint = "a name is 1 to 128 bytes of visible text";
    let outcome = saylog.play("/start\n/user a\u{7}b\nhello\n");
    check(
        &outcome,
        STARTED,
        &format!(
            "<stdin>:2: the user name has a control or invisible character (U+0007); {name_hint}\n"
        ),
        3,
    );
    check(
        &saylog.play(format!("/start\n/user {}\nhello\n", "x".repeat(129))),
        STARTED,
        &format!("<stdin>:2: the user name is too long (129 bytes); {name_hint}\n"),
        3,
    );
    check(
        &saylog.play("/start\n/user \nhello\n"),
        STARTED,
        &format!("<stdin>:2: the user name is empty; {name_hint}\n"),
        3,
    );
    check(
        &saylog.play(b"/start\n/user caf\xe9\nhello\n"),
        STARTED,
        "<stdin>:2: the line is not UTF-8 (byte 10) and was not sent; convert the input to UTF-8\n",
        3,
    );
    assert!(saylog.said().is_empty());
}

#[test]
fn a_usage_error_drives_no_terminal() {
    let saylog = Saylog::new();
    for argument in [
        "--a\u{202e}b",
        "--a\u{9b}b",
        "--a\u{200b}b",
        "--a\u{1b}[31mb",
    ] {
        let outcome = saylog.run(&[argument]);
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 2));
        let hidden = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c));
        assert!(!outcome.stderr.contains(hidden), "{:?}", outcome.stderr);
        assert!(outcome.stderr.starts_with("error: "), "{}", outcome.stderr);
    }
}

#[test]
fn usage_errors_are_2() {
    let saylog = Saylog::new();
    for arguments in [
        &["--nonsense"][..],
        &["-f", "x", "-c", "y"],
        &["--model", "gpt-9"],
        &["--user", " "],
        &["--store", "postgres://ann:secret@localhost/x"],
        &["--color", "sometimes"],
    ] {
        let mut command = std::process::Command::new(SAYLOG);
        command
            .env_clear()
            .env("HOME", saylog.folder())
            .args(arguments);
        let outcome = feed(command, b"");
        assert_eq!(
            (outcome.stdout.as_str(), outcome.code),
            ("", 2),
            "{arguments:?}"
        );
        assert!(!outcome.stderr.is_empty());
    }
}

#[test]
fn help_and_version_are_answers() {
    let saylog = Saylog::new();
    check(
        &saylog.run(&["--version"]),
        concat!("saylog ", env!("CARGO_PKG_VERSION"), "\n"),
        "",
        0,
    );
    let help = saylog.run(&["--help"]);
    assert_eq!((help.stderr.as_str(), help.code), ("", 0));
    assert!(help.stdout.contains("--stop-on-error"));
}

#[test]
fn the_first_user_comes_from_argument_environment_or_login() {
    let saylog = Saylog::new();
    let ask = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = std::process::Command::new(SAYLOG);
        command
            .env_clear()
            .env("HOME", saylog.folder())
            .envs(variables.iter().copied())
            .args(arguments)
            .args(["-c", "/user"]);
        feed(command, b"").stdout
    };
    let login = ("LOGNAME", "lola");
    assert_eq!(
        ask(&[("SAYLOG_USER", "sue"), login], &["--user", "ann"]),
        "ann (new)\n"
    );
    assert_eq!(ask(&[("SAYLOG_USER", "sue"), login], &[]), "sue (new)\n");
    assert_eq!(ask(&[login], &[]), "lola (new)\n");
    assert_eq!(ask(&[("USER", "uma")], &[]), "uma (new)\n");
    assert!(ask(&[], &[]).ends_with(" (new)\n"), "the account's name");
}

#[test]
fn a_name_that_is_not_utf8_is_nobody_elses() {
    let saylog = Saylog::new();
    let ask = |name: &str, value: &[u8]| {
        let mut command = std::process::Command::new(SAYLOG);
        command
            .env_clear()
            .env("HOME", saylog.folder())
            .env("USER", "uma")
            .env(name, OsStr::from_bytes(value))
            .args(["-c", "/user"]);
        feed(command, b"")
    };
    let refused = "saylog: SAYLOG_USER is not UTF-8\n";
    check(&ask("SAYLOG_USER", b"a\xff"), "", refused, 2);
    let refused = "saylog: SAYLOG_SYSTEM is not UTF-8\n";
    check(&ask("SAYLOG_SYSTEM", b"be \xff brief"), "", refused, 2);
    check(&ask("LOGNAME", b"a\xff"), "uma (new)\n", "", 0);
}

#[test]
fn the_default_store_lies_in_the_data_directory() {
    let saylog = Saylog::new();
    let start = |variables: &[(&str, &std::path::Path)]| {
        let mut command = std::process::Command::new(SAYLOG);
        command
            .env_clear()
            .envs(variables.iter().copied())
            .args(["--user", "alice", "-c", "/start"]);
        check(&feed(command, b""), STARTED, "", 0);
    };
    fs::create_dir(saylog.folder().join("home")).expect("a home");
    let (home, data) = (saylog.folder().join("home"), saylog.folder().join("data"));
    start(&[("HOME", &home)]);
    assert!(home.join(".local/share/saylog/saylog.db").is_file());
    start(&[("HOME", &home), ("XDG_DATA_HOME", &data)]);
    assert!(data.join("saylog/saylog.db").is_file());
    let mode = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).expect("a file").permissions().mode() & 0o777
    };
    assert_eq!(mode(&data.join("saylog")), 0o700);
    assert_eq!(mode(&data.join("saylog/saylog.db")), 0o600);
}

#[test]
fn an_argument_beats_the_environment_and_an_empty_variable_says_nothing() {
    let saylog = Saylog::new();
    let mut command = std::process::Command::new(SAYLOG);
    command
        .env_clear()
        .env("SAYLOG_STORE", saylog.folder().join("no/such/folder.db"))
        .args(["--user", "a", "--ephemeral", "-c", "/start"]);
    check(&feed(command, b""), STARTED, "", 0);
    let mut command = std::process::Command::new(SAYLOG);
    command.env_clear().env("HOME", saylog.folder());
    for name in [
        "SAYLOG_STORE",
        "SAYLOG_KEYS",
        "SAYLOG_MODEL",
        "SAYLOG_USER",
        "SAYLOG_REASONING",
        "SAYLOG_PROMPT",
    ] {
        command.env(name, "");
    }
    command.args(["-c", "/start"]);
    check(&feed(command, b""), STARTED, "", 0);
}

#[test]
fn a_mistyped_address_of_a_server_is_refused_and_not_repeated() {
    let saylog = Saylog::new();
    let no_address = "the store is no file and no address of a server; an address looks like \
                      `postgres://USER@HOST/DATABASE`";
    let unreadable = "the address of the server cannot be read; it looks like \
                      `postgres://USER@HOST:PORT/DATABASE`, and a password has `%2F` for `/`, \
                      `%3F` for `?` and `%40` for `@`";
    for (address, why) in [
        ("postgresql+psycopg2://u:s3cret@127.0.0.1/db", no_address),
        ("mysql://u:s3cret@127.0.0.1/db", no_address),
        ("postgres:/u:s3cret@127.0.0.1/db", no_address),
        ("postgres//u:s3cret@127.0.0.1/db", no_address),
        ("postgres:host=127.0.0.1 password=s3cret", no_address),
        ("postgres://u:s3?cret@127.0.0.1/db", unreadable),
        (" Postgres://u:s3/cret@127.0.0.1/db", unreadable),
    ] {
        let mut command = std::process::Command::new(SAYLOG);
        command.env_clear().current_dir(saylog.folder());
        command.env("HOME", saylog.folder());
        let ask = ["--user", "alice", "-c", "/info"];
        command.env("SAYLOG_STORE", address).args(ask);
        let told = format!("saylog: --store: {why}\n");
        check(&feed(command, b""), "", &told, 2);
        for copied in [[address, "to.db"], ["from.db", address]] {
            let mut command = std::process::Command::new(SAYLOG);
            command.env_clear().current_dir(saylog.folder());
            command.arg("--copy").args(copied);
            let told = format!("saylog: --copy: {why}\n");
            check(&feed(command, b""), "", &told, 2);
        }
    }
    let left: Vec<_> = fs::read_dir(saylog.folder()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
    for name in ["a:b.db", "me@home.db"] {
        let mut command = std::process::Command::new(SAYLOG);
        command.env_clear().current_dir(saylog.folder());
        command.args(["--user", "alice", "--store", name, "-c", "/start"]);
        check(&feed(command, b""), STARTED, "", 0);
        assert!(saylog.folder().join(name).is_file());
    }
}

#[test]
fn without_a_home_there_is_one_sentence() {
    let mut command = std::process::Command::new(SAYLOG);
    command.env_clear().args(["--user", "alice"]);
    check(
        &feed(command, b"/start\n"),
        "",
        "saylog: there is no place for the log: neither HOME nor XDG_DATA_HOME names a folder; \
         name a file with --store, or keep nothing with --ephemeral\n",
        1,
    );
}

#[test]
fn a_transcript_that_is_not_there_is_one_sentence() {
    let saylog = Saylog::new();
    check(
        &saylog.run(&["-f", "none.txt"]),
        "",
        "saylog: `none.txt` cannot be read: no such file or directory\n",
        1,
    );
    check(
        &saylog.run(&["-f", "."]),
        "",
        "saylog: `.` cannot be read: is a directory\n",
        1,
    );
}

#[test]
fn an_empty_input_is_nothing() {
    check(&Saylog::new().play(""), "", "", 0);
}

#[test]
fn line_ends_of_windows_a_missing_last_one_and_a_byte_order_mark_are_fine() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    check(
        &saylog.play("\u{feff}/start\r\nhello\r\nlast"),
        &format!("{STARTED}hello\nlast\n"),
        "",
        0,
    );
}

#[test]
fn help_that_cannot_be_written_is_loud() {
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let mut command = std::process::Command::new(SAYLOG);
    command.arg("--help").stdin(Stdio::null()).stdout(full);
    let child = command.stderr(Stdio::piped()).spawn().expect("it starts");
    check(
        &end(child),
        "",
        "saylog: the output cannot be written: no space left on device\n",
        1,
    );
}

#[test]
fn a_full_output_is_loud() {
    let saylog = Saylog::new();
    let mut command = saylog.command();
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    command
        .args(["-c", "/start", "-c", "hello"])
        .stdin(Stdio::null())
        .stdout(full);
    let child = command.stderr(Stdio::piped()).spawn().expect("it starts");
    check(
        &end(child),
        "",
        "saylog: the output cannot be written: no space left on device\n",
        1,
    );
    assert_eq!(
        saylog.said().len(),
        2,
        "it was committed before it was shown"
    );
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let saylog = Saylog::new();
    let turns = "hello\n".repeat(20_000);
    saylog.play(format!("/start\n{turns}"));
    let mut command = saylog.command();
    command
        .args(["-c", "/history global", "-c", "/users"])
        .stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut first = [0; 10];
    std::io::Read::read_exact(&mut stdout, &mut first).expect("ten bytes");
    drop(stdout);
    check(&end(child), "", "", 0);
}

#[test]
fn colours_are_for_those_who_look_or_ask() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let plain = saylog.lines(&["/history global"]);
    assert!(!plain.stdout.contains('\u{1b}'));
    let asked = saylog.run(&["--color", "always", "-c", "/history global"]);
    assert!(asked.stdout.contains("\u{1b}["));
    let bare = String::from_utf8(strip(asked.stdout.as_bytes())).expect("UTF-8");
    assert_eq!(bare, plain.stdout, "colours change nothing else");
    let mut command = saylog.command();
    command
        .env("NO_COLOR", "1")
        .args(["--color", "auto", "-c", "/history global"]);
    assert_eq!(feed(command, b""), plain);
}

/// The text without its colours.
fn strip(text: &[u8]) -> Vec<u8> {
    let mut rest = text.split(|&byte| byte == 0x1b);
    let mut bare = rest.next().unwrap_or_default().to_vec();
    for piece in rest {
        let end = piece
            .iter()
            .position(|&byte| byte == b'm')
            .expect("a colour");
        bare.extend_from_slice(&piece[end + 1..]);
    }
    bare
}
