//! No false alarm in a hundred thousand lines of prose and programs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::*;

const LINES: usize = 100_000;

/// The texts of a folder: the source, and pages.
fn gather(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, texts);
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "md")
        {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
}

fn check_quiet(text: &str) -> usize {
    if let Some(finding) = secrets_in(text).first() {
        let begin = text[..finding.place.start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let line = text[begin..].lines().next();
        panic!("{}: {line:?}", finding.kind);
    }
    text.lines().count()
}

#[test]
fn the_repository_has_no_secret() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = vec![fs::read_to_string(root.join("README.md")).unwrap()];
    gather(&root.join("src"), &mut texts);
    gather(&root.join("tests"), &mut texts);
    gather(&root.join("docs"), &mut texts);
    let lines: usize = texts.iter().map(|text| check_quiet(text)).sum();
    assert!(lines > LINES / 2, "{lines}");
    // The same lines with others beside them, as they are in no file.
    let all: Vec<_> = texts.iter().flat_map(|text| text.lines()).collect();
    let mut draw = Draw(0x5eed);
    let mut mixed = String::new();
    for _ in 0..LINES / 2 {
        mixed.push_str(all[draw.below(all.len())]);
        mixed.push('\n');
    }
    check_quiet(&mixed);
}

#[test]
fn what_is_drawn_has_no_secret() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = vec![fs::read_to_string(root.join("README.md")).unwrap()];
    gather(&root.join("docs"), &mut texts);
    let words: Vec<_> = texts
        .iter()
        .flat_map(|text| text.split_whitespace())
        .collect();
    let mut draw = Draw(0x0dd5_eed5);
    let mut text = String::new();
    for line in 0..LINES {
        let word = |draw: &mut Draw| words[draw.below(words.len())];
        match line % 8 {
            0 | 1 => {
                for _ in 0..draw.below(14) {
                    text.push_str(word(&mut draw));
                    text.push(' ');
                }
            }
            2 => {
                let length = draw.below(80);
                text.push_str(&draw.text('x', length));
            }
            3 => text.push_str(&draw.text('+', 76)),
            4 => text.push_str(&draw.text('w', 64)),
            5 => {
                let (name, id) = (draw.text('l', 6), draw.text('d', 12));
                write!(
                    text,
                    "{{\"token\": {id}, \"{name}\": \"{}\", \"id\": \"{}\"}}",
                    word(&mut draw),
                    draw.text('x', 32)
                )
                .unwrap();
            }
            6 => {
                let (name, value) = (draw.text('l', 8), draw.below(1_000_000));
                write!(text, "let secret_{name} = token({value}); // ").unwrap();
                text.push_str(word(&mut draw));
            }
            _ => {
                let (host, path) = (draw.text('l', 10), draw.text('B', 30));
                write!(text, "https://{host}.com:443/{path}?v={line}").unwrap();
            }
        }
        text.push('\n');
    }
    assert_eq!(check_quiet(&text), LINES);
}
