//! Texts that stay one word of a row, so that scripts can split rows.

use std::borrow::Cow;

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// A text in double quotes, unless it is one word already.
pub(super) fn one_word(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.contains([' ', '"', '\\']) {
        quoted(text).into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_fall_apart_is_quoted() {
        assert_eq!(one_word("gpt-4"), "gpt-4");
        assert_eq!(one_word(""), "\"\"");
        assert_eq!(one_word(r#"a "b" \c"#), r#""a \"b\" \\c""#);
    }
}
