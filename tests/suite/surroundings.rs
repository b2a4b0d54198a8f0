//! What lies around the store: links to it, and who may look into it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::account::{has_another_account, set_mode};
use crate::support::peer::Peer;
use crate::support::run::{MOCK, SAYLOG, STARTED, Saylog, check, feed};

#[test]
fn a_link_is_followed_and_everything_lies_beside_the_file() {
    let saylog = Saylog::new();
    let dotfiles = saylog.folder().join("dotfiles");
    fs::create_dir(&dotfiles).expect("a folder");
    // An empty file becomes a store there, too.
    fs::write(dotfiles.join("real.db"), "").expect("a file");
    symlink("dotfiles/second", saylog.store()).expect("a link");
    symlink("real.db", dotfiles.join("second")).expect("a link");
    let mut peer = Peer::new(saylog.command());
    assert_eq!(
        peer.ask("/start").map(|line| line + "\n").as_deref(),
        Some(STARTED)
    );
    peer.ask("hello").expect("an answer");
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(saylog.folder()), ["dotfiles", "saylog.db"]);
    assert_eq!(
        names(&dotfiles),
        ["real.db", "real.db-shm", "real.db-wal", "second"]
    );
    // What is said goes into the file, whatever becomes of the link.
    fs::remove_file(saylog.store()).expect("a link");
    peer.ask("again").expect("an answer");
    fs::rename(dotfiles.join("real.db"), dotfiles.join("other.db")).expect("a file");
    peer.say("nobody hears this");
    let outcome = peer.hang_up().normal(&saylog);
    assert_eq!(
        outcome.stderr,
        "<stdin>:4: not confirmed as saved: the file `<folder>/dotfiles/real.db` was deleted or \
         moved while it was open\n"
    );
    fs::rename(dotfiles.join("other.db"), dotfiles.join("real.db")).expect("a file");
    symlink("dotfiles/real.db", saylog.store()).expect("a link");
    assert_eq!(saylog.said().len(), 4);
}

/// What a link to there is told.
#[track_caller]
fn link_is_refused(target: &str, make: impl FnOnce(&Path), sentence: &str) {
    let saylog = Saylog::new();
    make(saylog.folder());
    symlink(target, saylog.store()).expect("a link");
    let count = || fs::read_dir(saylog.folder()).expect("a folder").count();
    let before = count();
    check(
        &saylog.play("/start\nhello\n").normal(&saylog),
        "",
        &format!("saylog: {sentence}\n"),
        1,
    );
    assert_eq!(count(), before, "nothing was made");
}

#[test]
fn a_link_to_what_is_no_store_is_refused() {
    let nowhere = |target: &str| {
        format!(
            "`<folder>/saylog.db` is a link to `{target}`, which does not exist; put the store \
             there, or an empty file to begin with, or name another file with --store"
        )
    };
    link_is_refused("real.db", |_| {}, &nowhere("real.db"));
    link_is_refused("/nowhere/real.db", |_| {}, &nowhere("/nowhere/real.db"));
    link_is_refused(
        "loop",
        |folder| symlink("saylog.db", folder.join("loop")).expect("a link"),
        "the store `<folder>/saylog.db` cannot be opened: too many levels of symbolic links",
    );
    link_is_refused(
        "folder",
        |folder| fs::create_dir(folder.join("folder")).expect("a folder"),
        "`<folder>/folder` is a folder, not a store; name a file inside it with --store",
    );
    link_is_refused(
        "text",
        |folder| fs::write(folder.join("text"), "notes\n").expect("a file"),
        "`<folder>/text` is not a saylog store; it was left as it is; name another file with --store",
    );
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("a file").mode() & 0o777
}

#[test]
fn the_file_and_its_companions_are_the_owners_alone_under_any_umask() {
    let saylog = Saylog::new();
    let script = format!(
        "umask 0; (echo /start; echo hello; sleep 0; cat) | '{}' --user a --store '{}'",
        crate::support::run::SAYLOG,
        saylog.store().display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]);
    let mut child = command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    for _ in 0..2 {
        std::io::BufRead::read_line(&mut stdout, &mut line).expect("an answer");
    }
    let modes: Vec<_> = fs::read_dir(saylog.folder())
        .expect("a folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            entry.metadata().expect("its mode").permissions().mode() & 0o777
        })
        .collect();
    assert_eq!(modes, [0o600; 3], "the file, -wal and -shm");
    drop(child.stdin.take());
    assert!(child.wait().expect("an end").success());
}

#[test]
fn a_store_that_others_can_read_is_closed_to_them_and_that_is_told_once() {
    let saylog = Saylog::new();
    let peer = {
        let mut peer = Peer::new(saylog.command());
        peer.ask("/start").expect("an answer");
        peer.ask("hello").expect("an answer");
        peer
    };
    let files = ["", "-wal", "-shm"].map(|end| saylog.folder().join(format!("saylog.db{end}")));
    for file in &files {
        set_mode(file, 0o666);
    }
    check(
        &saylog.lines(&["/user"]).normal(&saylog),
        "alice\n",
        "saylog: the store `<folder>/saylog.db` was open to others (mode 666); \
         now it is yours alone\n",
        0,
    );
    assert_eq!(files.each_ref().map(|file| mode(file)), [0o600; 3]);
    check(&saylog.lines(&["/user"]), "alice\n", "", 0);
    assert_eq!(peer.hang_up().code, 0);
}

#[test]
fn somebody_elses_store_that_others_can_write_is_left_as_it_is() {
    if !has_another_account("a store of somebody else") {
        return;
    }
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    set_mode(saylog.folder(), 0o777);
    set_mode(&saylog.store(), 0o666);
    let mut command = saylog.command_of_owner();
    command.args(["-c", "/user"]);
    check(
        &feed(command, b"").normal(&saylog),
        "alice\n",
        "saylog: the store `<folder>/saylog.db` is open to others (mode 666); \
         its owner can change that\n",
        0,
    );
    assert_eq!(mode(&saylog.store()), 0o666);
}

#[test]
fn the_folder_of_the_default_store_is_closed_to_others_and_no_other_is() {
    let saylog = Saylog::new();
    set_mode(saylog.folder(), 0o755);
    let folder = saylog.folder().join(".local/share/saylog");
    fs::create_dir_all(&folder).expect("a folder");
    let say = |arguments: &[&str]| {
        let mut command = Command::new(SAYLOG);
        command.env_clear().env("HOME", saylog.folder());
        command
            .args(["--user", "a", "--start", "-c", "hello"])
            .args(arguments);
        feed(command, b"").normal(&saylog)
    };
    for told in [
        "saylog: the folder `<folder>/.local/share/saylog` was open to others (mode 755); \
         now it is yours alone\n",
        "",
    ] {
        check(&say(&[]), MOCK, told, 0);
    }
    assert_eq!(
        (mode(&folder), mode(folder.parent().expect("it"))),
        (0o700, 0o755)
    );
    check(
        &say(&["--store", saylog.store().to_str().expect("UTF-8")]),
        MOCK,
        "",
        0,
    );
    assert_eq!(mode(saylog.folder()), 0o755);
}
