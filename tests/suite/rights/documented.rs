//! The page on servers says how rights are set up: its commands are run.

use std::path::Path;
use std::process::Command;

use crate::support::cluster::Cluster;
use crate::support::manual::page;
use crate::support::run::{SAYLOG, Saylog, feed};

/// The blocks of the section about rights in their order, each with its kind.
fn blocks() -> Vec<(String, String)> {
    let page = page("docs/server.md");
    let section = page.section("## Rights");
    let blocks = section.split("\n```").skip(1).step_by(2);
    let parts = blocks.map(|block| block.split_once('\n').expect("its kind"));
    parts
        .map(|(kind, text)| (kind.to_owned(), format!("{text}\n")))
        .collect()
}

/// Runs the commands of a session; gives it as it went.
fn session(block: &str, saylog: &Saylog) -> String {
    let folder = Path::new(SAYLOG).parent().expect("a folder");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    let ran = commands.map(|command| {
        let mut shell = Command::new("sh");
        shell
            .env_clear()
            .env("PATH", &path)
            .env("HOME", saylog.folder())
            .env("USER", "somebody")
            .args(["-c", &format!("exec 2>&1\n{command}")]);
        format!("$ {command}\n{}", feed(shell, b"").stdout)
    });
    ran.collect()
}

#[test]
fn what_the_page_says_can_be_typed() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let saylog = Saylog::new();
    let socket = cluster.folder().display().to_string().replace('/', "%2F");
    let (mut database, mut count) = ("postgres", 0);
    for (kind, block) in blocks() {
        match kind.as_str() {
            "sql" => {
                // One at a time, because a database is made in no transaction.
                for statement in block.split_inclusive(";\n") {
                    cluster.sql(database, statement);
                }
                database = "talk";
            }
            "console" => {
                let block = block.replace("db.example", &socket);
                assert_eq!(session(&block, &saylog), block);
            }
            other => panic!("{other}"),
        }
        count += 1;
    }
    assert_eq!(count, 4);
}
