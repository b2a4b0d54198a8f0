//! Puts a text that came from elsewhere into a message, behind what is asked about it.

use crate::domain::is_stray;

/// The shortest fence that Markdown knows.
const SHORTEST_FENCE: usize = 3;

/// How many bytes [`fenced`] adds at least to a question and a text.
pub(crate) const FENCE_BYTES: usize = 2 + 2 * (SHORTEST_FENCE + 1);

/// The question, an empty line, and the text in a fence that it cannot close:
/// a run of backticks longer than any in it. The fence bears the text's name, if
/// it has one. Without a question it is only the text.
///
/// The text is followed by a line end of its own, whether it ends with one or
/// not. So what stands between the first fence's line and the line end before
/// the last fence is the text, byte for byte.
pub(crate) fn fenced(question: &str, name: Option<&str>, text: &str) -> String {
    let fence = "`".repeat(SHORTEST_FENCE.max(longest_run(text) + 1));
    let name = name.map(on_one_line).unwrap_or_default();
    let gap = if question.is_empty() { "" } else { "\n\n" };
    format!("{question}{gap}{fence}{name}\n{text}\n{fence}")
}

/// How many backticks stand side by side at most.
fn longest_run(text: &str) -> usize {
    let runs = text.as_bytes().split(|&byte| byte != b'`');
    runs.map(<[u8]>::len).max().unwrap_or(0)
}

/// A name that can stand behind a fence: a line feed or a backtick in it would
/// end the line, or the fence.
fn on_one_line(name: &str) -> String {
    let is_safe = |(at, c): (usize, char)| c != '`' && !is_stray(name, at, c);
    name.char_indices()
        .map(|place| if is_safe(place) { place.1 } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the fence at the end of a message, by the rule that
    /// [`fenced`] gives its readers.
    fn taken_out(message: &str) -> &str {
        let rest = message.trim_end_matches('`');
        let fence = &message[rest.len()..];
        let opening = format!("\n{fence}\n");
        let (_, text) = rest.rsplit_once(&opening).expect("an opening fence");
        text.strip_suffix('\n').expect("a line end")
    }

    /// Numbers that look random and are the same in every run (SplitMix64).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from(mixed % 1_000_003).expect("a small number") % limit
        }

        /// A text made of what ends texts elsewhere.
        fn text(&mut self) -> String {
            const PIECES: [&str; 20] = [
                "`",
                "``",
                "```",
                "````",
                "~~~",
                "\n",
                "\n",
                "\r\n",
                "\r",
                "\"\"\"",
                "\"\"\"END",
                "/clear",
                "//",
                "\\",
                "\\n",
                "\u{1b}[2J",
                "é",
                "你好",
                "🙂",
                "x",
            ];
            let count = self.below(24);
            (0..count).map(|_| PIECES[self.below(20)]).collect()
        }
    }

    #[test]
    fn the_question_comes_first_then_the_text_in_a_fence() {
        assert_eq!(
            fenced("what is this?", None, "one\ntwo"),
            "what is this?\n\n```\none\ntwo\n```"
        );
        assert_eq!(fenced("q", None, "one\n"), "q\n\n```\none\n\n```");
    }

    #[test]
    fn the_fence_is_longer_than_any_in_the_text() {
        for (text, fence) in [
            ("", 3),
            ("``", 3),
            ("```", 4),
            ("a\n```\nb", 4),
            ("`````x``````", 7),
            ("é```你", 4),
        ] {
            let message = fenced("", None, text);
            let found = message.len() - message.trim_end_matches('`').len();
            assert_eq!(found, fence, "{text:?}");
        }
    }

    #[test]
    fn the_shortest_fence_adds_what_is_said() {
        assert_eq!(fenced("q", None, "").len(), 1 + FENCE_BYTES);
    }

    #[test]
    fn any_text_can_be_taken_out_again_byte_for_byte() {
        let mut dice = Dice(9);
        for _ in 0..10_000 {
            let (question, text) = (format!("q{}", dice.text()), dice.text());
            let message = fenced(&question, None, &text);
            assert_eq!(taken_out(&message), text, "{question:?}");
            assert!(message.starts_with(&question));
        }
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(
            fenced("", Some("a\n```\u{202e}é"), "x"),
            "```a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}é\nx\n```"
        );
    }
}
