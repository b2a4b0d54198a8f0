//! Puts a text that came from elsewhere into a message, behind what is asked about it.

use crate::domain::is_deceptive;

/// The shortest fence that Markdown knows.
const SHORTEST_FENCE: usize = 3;

/// The question, an empty line, and the text in a fence that it cannot close:
/// a run of backticks longer than any in it. The fence bears the text's name, if
/// it has one. Without a question it is only the text.
pub(crate) fn fenced(question: &str, name: Option<&str>, text: &str) -> String {
    let fence = "`".repeat(SHORTEST_FENCE.max(longest_run(text) + 1));
    let name = name.map(on_one_line).unwrap_or_default();
    let gap = if question.is_empty() { "" } else { "\n\n" };
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{question}{gap}{fence}{name}\n{text}{end}{fence}")
}

/// How many backticks stand side by side at most.
fn longest_run(text: &str) -> usize {
    let runs = text.as_bytes().split(|&byte| byte != b'`');
    runs.map(<[u8]>::len).max().unwrap_or(0)
}

/// A name that can stand behind a fence: a line feed or a backtick in it would
/// end the line, or the fence.
fn on_one_line(name: &str) -> String {
    let is_safe = |c: char| c != '`' && !is_deceptive(c);
    name.chars()
        .map(|c| if is_safe(c) { c } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_comes_first_and_the_text_in_a_fence() {
        assert_eq!(
            fenced("what is this?", Some("a b.txt"), "one\ntwo\n"),
            "what is this?\n\n```a b.txt\none\ntwo\n```"
        );
        assert_eq!(fenced("", None, "one"), "```\none\n```");
    }

    #[test]
    fn a_text_cannot_close_its_fence() {
        assert_eq!(fenced("", None, "```"), "````\n```\n````");
        assert_eq!(
            fenced("", None, "a ````` b ``"),
            "``````\na ````` b ``\n``````"
        );
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(
            fenced("", Some("a\n```\u{202e}é"), "x"),
            "```a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}é\nx\n```"
        );
    }
}
