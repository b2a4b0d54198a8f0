//! Texts in quotes, and texts of which the line ends are spaces.

/// The lines as a text in which a line end is a space, and a blank line is a line end.
/// Lines that are indented stay as they are.
pub(super) fn folded(lines: &[&str]) -> String {
    let mut text = String::new();
    let mut was_kept = true;
    let mut blank = 0;
    for (at, line) in lines.iter().enumerate() {
        if line.is_empty() {
            blank += 1;
            continue;
        }
        let is_kept = line.starts_with(' ');
        if at > blank {
            match blank {
                _ if is_kept || was_kept => text.push_str(&"\n".repeat(blank + 1)),
                0 => text.push(' '),
                _ => text.push_str(&"\n".repeat(blank)),
            }
        } else {
            text.push_str(&"\n".repeat(blank));
        }
        text.push_str(line);
        was_kept = is_kept;
        blank = 0;
    }
    text
}

/// Whether the last of the lines ends the quotation that begins with the first.
pub(super) fn closes(lines: &[&str], quote: char) -> bool {
    let Some(last) = lines.last() else {
        return false;
    };
    let last = last.trim_end();
    let inner = if lines.len() == 1 {
        last.strip_prefix(quote)
    } else {
        Some(last)
    };
    let Some(before) = inner.and_then(|inner| inner.strip_suffix(quote)) else {
        return false;
    };
    if quote == '"' {
        let slashes = before.bytes().rev().take_while(|byte| *byte == b'\\');
        return slashes.count() % 2 == 0;
    }
    // Two of them are one that is said.
    let quotes = before.chars().rev().take_while(|letter| *letter == quote);
    quotes.count() % 2 == 0
}

/// The text of a quotation; `None` if something in it has no meaning.
pub(super) fn unquoted(lines: &[&str], quote: char) -> Option<String> {
    // A backslash at the end of a line takes the line end away.
    let mut whole: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in lines {
        let line = line.trim_end();
        let slashes = line.bytes().rev().take_while(|byte| *byte == b'\\');
        let continues = quote == '"' && slashes.count() % 2 == 1;
        let part = if continues {
            line.strip_suffix('\\')?
        } else {
            line
        };
        match whole.last_mut() {
            Some(last) if is_open => last.push_str(part),
            _ => whole.push(part.to_owned()),
        }
        is_open = continues;
    }
    let whole: Vec<&str> = whole.iter().map(String::as_str).collect();
    let text = folded(&whole);
    let text = text.strip_prefix(quote)?.strip_suffix(quote)?;
    if quote == '\'' {
        return Some(text.replace("''", "'"));
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let escaped = letters.next()?;
        plain.push(match escaped {
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\u{b}',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            '"' | '/' | '\\' | ' ' | '\'' => escaped,
            'x' => numbered(&mut letters, 2)?,
            'u' => numbered(&mut letters, 4)?,
            'U' => numbered(&mut letters, 8)?,
            _ => return None,
        });
    }
    Some(plain)
}

/// The character of so many digits; U+FFFD if there is none of that number.
fn numbered(letters: &mut std::str::Chars<'_>, length: usize) -> Option<char> {
    let mut number = 0_u32;
    for _ in 0..length {
        let digit = letters.next()?.to_digit(16)?;
        number = number.checked_mul(16)?.checked_add(digit)?;
    }
    Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}
