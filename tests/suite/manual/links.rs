//! Every option of a page exists, and every link leads somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::support::manual::{Page, page, pages, root};
use crate::support::run::Saylog;

/// Options of Cargo.
const OF_OTHERS: [&str; 4] = ["--release", "--locked", "--no-default-features", "--path"];

/// What `--help` and `/help` say.
fn help() -> String {
    let saylog = Saylog::new();
    saylog.run(&["--help"]).stdout + &saylog.lines(&["/help"]).stdout
}

/// The words of a text that consist of these characters.
fn words(text: &str, has: impl Fn(char) -> bool) -> BTreeSet<&str> {
    text.split(|c: char| !has(c)).collect()
}

#[test]
fn every_option_exists() {
    let help = help();
    let is_of_option = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let known = words(&help, is_of_option);
    for page in pages() {
        // Links to headings have dashes of their own.
        let text: String = without_targets(&page.text);
        for option in words(&text, is_of_option) {
            let is_option = option.starts_with("--") && option[2..].contains(char::is_alphabetic);
            assert!(
                !is_option || known.contains(option) || OF_OTHERS.contains(&option),
                "{}: neither --help nor /help has {option}",
                page.path
            );
        }
    }
}

/// What begins with a slash and is no command: what the program refuses to do, and a folder.
const NO_COMMANDS: [&str; 3] = ["delete", "rm", "tmp"];

#[test]
fn every_command_exists() {
    let help = help();
    let known = words(&help, |c| c == '/' || c.is_ascii_alphabetic());
    let mut count = 0;
    for page in pages() {
        for rest in page.text.split("`/").skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_lowercase());
            let name = &rest[..end.unwrap_or(rest.len())];
            let is_command = !name.is_empty() && !NO_COMMANDS.contains(&name);
            assert!(
                !is_command || known.contains(format!("/{name}").as_str()),
                "{}: /help knows no /{name}",
                page.path
            );
            count += usize::from(is_command);
        }
    }
    assert!(count > 100, "only {count} commands were found");
}

#[test]
fn the_variables_are_those_of_the_help() {
    let is_of_variable = |c: char| c.is_ascii_uppercase() || c == '_';
    let is_own = |word: &&str| word.starts_with("SAYLOG_") && word.len() > "SAYLOG_".len();
    let help = help();
    let known: BTreeSet<&str> = words(&help, is_of_variable)
        .into_iter()
        .filter(is_own)
        .collect();
    let pages = pages();
    let named: BTreeSet<&str> = pages
        .iter()
        .flat_map(|page| words(&page.text, is_of_variable))
        .filter(is_own)
        .collect();
    assert_eq!(
        named, known,
        "on the left the variables of the pages, on the right those of --help"
    );
}

/// A text without where its links lead.
fn without_targets(text: &str) -> String {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once(')').map_or(part, |(_, behind)| behind));
    first + &rest.collect::<String>()
}

/// Where the links of a page lead, but for those to other servers.
fn targets(page: &Page) -> Vec<&str> {
    let targets = page.text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.starts_with("https://"))
        .collect()
}

/// The anchors of a page: its headings as the usual hosts make them.
fn anchors(text: &str) -> Vec<String> {
    let mut is_fenced = false;
    let lines = text.lines().filter(|line| {
        is_fenced ^= line.starts_with("```");
        !is_fenced && line.starts_with('#')
    });
    let heading = |line: &str| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c => c.is_alphanumeric().then_some(c),
        });
        kept.collect()
    };
    lines.map(heading).collect()
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading() {
    let mut count = 0;
    for from in pages() {
        for target in targets(&from) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(&from.path).parent().expect("a folder");
            let path = match path {
                "" => PathBuf::from(&from.path),
                path => plain(&folder.join(path)),
            };
            assert!(
                root().join(&path).is_file(),
                "{}: the link {target} leads to no file",
                from.path
            );
            if !anchor.is_empty() {
                let to = page(&path.to_string_lossy());
                let anchors = anchors(&to.text);
                assert!(
                    anchors.iter().any(|known| known == anchor),
                    "{}: the link {target} leads to no heading; {} has {anchors:?}",
                    from.path,
                    to.path
                );
            }
            count += 1;
        }
    }
    assert!(count > 40, "only {count} links were found");
}

#[test]
fn every_page_is_reached_from_the_readme() {
    let readme = page("README.md");
    let targets = targets(&readme);
    for page in pages() {
        assert!(
            page.path == readme.path || targets.contains(&page.path.as_str()),
            "the README names no {}",
            page.path
        );
    }
}
