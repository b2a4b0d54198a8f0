//! Whatever stands where the file should, and cannot be read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use super::Home;
use crate::support::run::check;

/// A home without the file, and where it would be.
fn without() -> (Home, PathBuf) {
    let home = Home::new("");
    let file = home.0.path().join(".config/saylog/config.toml");
    fs::remove_file(&file).expect("a file");
    (home, file)
}

#[track_caller]
fn told(home: &Home, sentence: &str) {
    check(
        &home.run(&[], &["-c", "/user"]),
        "",
        &format!("saylog: <home>/.config/{sentence}; `--no-config` ignores the file\n"),
        1,
    );
    assert!(!home.has(".local"), "nothing was begun");
    home.prints(&[], &["--no-config", "--ephemeral", "-c", "/user"]);
}

#[test]
fn no_file_is_fine() {
    let (home, file) = without();
    home.prints(&[], &["--ephemeral", "-c", "/user"]);
    fs::remove_dir(file.parent().expect("a folder")).expect("a folder");
    home.prints(&[], &["--ephemeral", "-c", "/user"]);
}

#[test]
fn a_link_to_nothing_is_told_wherever_it_is() {
    let (home, file) = without();
    symlink("/nowhere/config.toml", &file).expect("a link");
    told(&home, "saylog/config.toml: is a link to nothing");

    let folder = file.parent().expect("a folder");
    fs::remove_dir_all(folder).expect("a folder");
    symlink("/nowhere", folder).expect("a link");
    told(&home, "saylog: is a link to nothing");

    // A link to a file is as good as the file.
    let (home, file) = without();
    fs::write(home.0.path().join("mine.toml"), "user = \"al\"\n").expect("a file");
    symlink("../../mine.toml", &file).expect("a link");
    assert_eq!(
        home.prints(&[], &["--ephemeral", "-c", "/user"]),
        "al (new)\n"
    );
}

#[test]
fn what_is_no_file_is_told() {
    let (home, file) = without();
    fs::create_dir(&file).expect("a folder");
    told(&home, "saylog/config.toml: is a directory");

    let (home, file) = without();
    let made = Command::new("mkfifo").arg(&file).status().expect("mkfifo");
    assert!(made.success());
    told(&home, "saylog/config.toml: is no file");

    let (home, file) = without();
    symlink("config.toml", &file).expect("a link");
    told(
        &home,
        "saylog/config.toml: too many levels of symbolic links",
    );
}

#[test]
fn what_is_no_text_is_told() {
    let (home, file) = without();
    fs::write(&file, b"user = \"a\"\nmodel = \"\xff\"\n").expect("a file");
    told(&home, "saylog/config.toml:2: is not UTF-8");

    let (home, file) = without();
    fs::write(&file, "# long\n".repeat(200_000)).expect("a file");
    told(&home, "saylog/config.toml: is longer than 1 MiB");
}

#[test]
fn line_ends_and_a_mark_of_other_editors_are_fine() {
    let (home, file) = without();
    fs::write(&file, "\u{feff}user = \"al\"\r\nmodel = \"mock:echo\"\r\n").expect("a file");
    let ask = ["--ephemeral", "-c", "/user", "-c", "/model"];
    assert_eq!(home.prints(&[], &ask), "al (new)\nmock:echo\n");
}
