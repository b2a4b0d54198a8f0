//! A line of bash up to the cursor, and how a word is written into it.

/// What a place in a line is between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Single,
    Double,
    /// `$'…'`, in which nothing is completed.
    Ansi,
}

/// The words of a line, without their quotes. Nothing in them is expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BashLine {
    /// The words before the one at the cursor.
    pub(super) before: Vec<String>,
    /// The word at the cursor, as far as it goes; empty behind a blank.
    pub(super) current: String,
    /// What the cursor is between.
    pub(super) quotes: Quotes,
}

impl BashLine {
    pub(super) fn read(line: &str) -> Self {
        let mut before = Vec::new();
        let mut word: Option<String> = None;
        let mut quotes = Quotes::None;
        let mut rest = line.chars().peekable();
        while let Some(c) = rest.next() {
            match (quotes, c) {
                (Quotes::None, ' ' | '\t' | '\n') => before.extend(word.take()),
                (Quotes::None, '\'') => {
                    quotes = Quotes::Single;
                    word.get_or_insert_default();
                }
                (Quotes::None, '"') => {
                    quotes = Quotes::Double;
                    word.get_or_insert_default();
                }
                (Quotes::None, '$') if rest.peek() == Some(&'\'') => {
                    rest.next();
                    quotes = Quotes::Ansi;
                    word.get_or_insert_default();
                }
                (Quotes::Single | Quotes::Ansi, '\'') | (Quotes::Double, '"') => {
                    quotes = Quotes::None;
                }
                // A backslash at the very end waits for what it is for.
                (Quotes::None, '\\') => word.get_or_insert_default().extend(rest.next()),
                (Quotes::Double, '\\') => {
                    let word = word.get_or_insert_default();
                    match rest.next() {
                        Some(next @ ('"' | '\\' | '$' | '`')) => word.push(next),
                        next => {
                            word.push('\\');
                            word.extend(next);
                        }
                    }
                }
                (_, c) => word.get_or_insert_default().push(c),
            }
        }
        Self {
            before,
            current: word.unwrap_or_default(),
            quotes,
        }
    }
}

/// A text as it is written at a place between these quotes, so that bash takes it for
/// nothing else. An open quote stays open: readline closes it behind a single candidate,
/// unless the line ends with such a quote already. None
/// where it cannot be written.
pub(super) fn quoted(text: &str, quotes: Quotes) -> Option<String> {
    match quotes {
        Quotes::None => Some(escaped(text)),
        Quotes::Single => Some(in_single(text)),
        Quotes::Double => Some(in_double(text)),
        Quotes::Ansi => None,
    }
}

/// With a backslash before everything that could mean something.
fn escaped(text: &str) -> String {
    let mut written = String::new();
    for c in text.chars() {
        let is_plain = !c.is_ascii() || c.is_ascii_alphanumeric() || "_-./+,%@:=".contains(c);
        if !is_plain {
            written.push('\\');
        }
        written.push(c);
    }
    written
}

/// Between single quotes everything is itself, except for them.
fn in_single(text: &str) -> String {
    let written = text.replace('\'', r"'\''");
    match written.strip_suffix(r"'\''") {
        // Behind the last quote no other is opened.
        Some(rest) => format!(r"{rest}'\'"),
        None => written,
    }
}

/// Between double quotes four characters need a backslash; a `!`, which brings back
/// earlier lines, has to stand outside of them.
fn in_double(text: &str) -> String {
    let (text, last) = match text.chars().next_back() {
        // As above: what comes last leaves the line with its quotes closed.
        Some('"') => (&text[..text.len() - 1], r#""\""#),
        Some('!') => (&text[..text.len() - 1], r#""\!"""#),
        _ => (text, ""),
    };
    let mut written = String::new();
    for c in text.chars() {
        match c {
            '"' | '\\' | '$' | '`' => written.extend(['\\', c]),
            '!' => written.push_str(r#""\!""#),
            c => written.push(c),
        }
    }
    written + last
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [&str; 12] = [
        "$(touch x)",
        "`touch x`",
        "it's \"quoted\"",
        "ends with '",
        "ends with \"",
        "what!",
        "!! and $HOME",
        "~root",
        "* ? [a]",
        "a\\b",
        "été 天气",
        "a;b|c&d>e<f(g)#h{i}",
    ];

    #[test]
    fn what_is_written_is_read_as_the_same_word() {
        for title in TITLES {
            for (quote, quotes) in [
                ("", Quotes::None),
                ("'", Quotes::Single),
                ("\"", Quotes::Double),
            ] {
                let written = quoted(title, quotes).unwrap();
                // As readline does it.
                let close = if written.ends_with(quote) { "" } else { quote };
                let line = format!("saylog {quote}{written}{close}");
                let read = BashLine::read(&line);
                assert_eq!(
                    (read.current.as_str(), read.quotes),
                    (title, Quotes::None),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn the_words_before_the_cursor_are_read_without_their_quotes() {
        let read = |line| {
            let line = BashLine::read(line);
            (line.before.join("|"), line.current, line.quotes)
        };
        for (line, before, current, quotes) in [
            ("saylog ", "saylog", "", Quotes::None),
            ("saylog -u 'a b' x", "saylog|-u|a b", "x", Quotes::None),
            ("saylog \"a\\\" b", "saylog", "a\" b", Quotes::Double),
            ("saylog 'a\\", "saylog", "a\\", Quotes::Single),
            ("saylog a\\ b\\", "saylog", "a b", Quotes::None),
            ("saylog $'a", "saylog", "a", Quotes::Ansi),
            ("saylog '' ", "saylog|", "", Quotes::None),
        ] {
            assert_eq!(
                read(line),
                (before.into(), current.into(), quotes),
                "{line}"
            );
        }
    }
}
