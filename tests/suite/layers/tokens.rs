//! Rust source as words and signs.

/// The words and signs of a source file; `::` is one sign. What stands in
/// comments and in literals is left out, and so are lifetimes.
pub(super) fn tokens(source: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = left_out(rest) {
            length
        } else {
            let length = match first {
                c if is_of_word(c) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                c => c.len_utf8(),
            };
            if !first.is_whitespace() {
                tokens.push(&rest[..length]);
            }
            length
        };
        rest = &rest[length..];
    }
    tokens
}

pub(super) fn is_word(token: &str) -> bool {
    token.starts_with(is_of_word)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How long the comment, literal or lifetime is that the text begins with.
fn left_out(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(block_comment(text));
    }
    if text.starts_with('\'') {
        return Some(character_or_lifetime(text));
    }
    let prefix = text.len() - text.trim_start_matches(['b', 'c', 'r']).len();
    let (kind, literal) = text.split_at(prefix.min(2));
    if kind.ends_with('r') {
        let marks = literal.len() - literal.trim_start_matches('#').len();
        let inner = literal[marks..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(marks));
        let length = inner.find(&end).map_or(inner.len(), |at| at + end.len());
        return Some(kind.len() + marks + 1 + length);
    }
    literal
        .starts_with('"')
        .then(|| kind.len() + 1 + closed(&literal[1..], '"'))
}

/// How long the rest of a literal is, with the quotation mark that closes it.
fn closed(text: &str, mark: char) -> usize {
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == mark {
            return at + 1;
        }
        if c == '\\' {
            characters.next();
        }
    }
    text.len()
}

fn character_or_lifetime(text: &str) -> usize {
    let mut characters = text[1..].chars();
    let is_character = characters.next() == Some('\\') || characters.next() == Some('\'');
    if is_character {
        return 1 + closed(&text[1..], '\'');
    }
    let end = text[1..].find(|c| !is_of_word(c));
    end.map_or(text.len(), |end| 1 + end)
}

/// Block comments may hold others.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while let Some(found) = text[at..].find(['/', '*']) {
        at += found;
        if text[at..].starts_with("/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if text[at..].starts_with("*/") {
            (at, depth) = (at + 2, depth - 1);
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The same tokens without what is under `#[cfg(test)]`.
pub(super) fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        if let Some(item) = rest.strip_prefix(&MARK) {
            rest = after_item(item);
        } else {
            kept.push(*token);
            rest = after;
        }
    }
    kept
}

/// What follows the item that the tokens begin with: it ends with a semicolon,
/// a comma or a block.
fn after_item<'a, 'b>(tokens: &'b [&'a str]) -> &'b [&'a str] {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        let ends = matches!(*token, ";" | "," | "}") && depth == 0;
        if ends || depth < 0 {
            return &tokens[at + usize::from(ends)..];
        }
    }
    &[]
}

#[test]
fn comments_and_literals_are_no_tokens() {
    let source = r##"
        //! crate::chat
        use a::B; /* c /* d */ e */ fn f<'a>(x: &'a str) -> char { '\'' }
        g("h \" i", b"j", r"k\", r#"l " m"#, 'n', b'o');
    "##;
    let expected = "use a :: B ; fn f < > ( x : & str ) - > char { } g ( , , , , , b ) ;";
    assert_eq!(tokens(source).join(" "), expected);
}

#[test]
fn tests_are_left_out() {
    let source = "
        use a::B;
        #[cfg(test)]
        use c::D;
        #[cfg(test)]
        #[expect(dead_code)]
        fn f(x: [u8; 2]) { g(); }
        #[cfg(test)]
        mod tests;
        #[cfg(unix)]
        const H: u8 = 1;
    ";
    let expected = "use a :: B ; # [ cfg ( unix ) ] const H : u8 = 1 ;";
    assert_eq!(without_tests(&tokens(source)).join(" "), expected);
}
