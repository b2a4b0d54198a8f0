//! What lies around the store: links to it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check};

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
