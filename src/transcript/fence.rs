//! Puts a text under a question, in a fence that the text cannot close.

/// The shortest fence.
const SHORTEST_FENCE: usize = 3;

/// A question, an empty line, and the text between two lines of backticks: more
/// of them than stand together anywhere in the text.
///
/// The text is followed by a line end of its own, whether it ends with one or
/// not. So what stands between the first fence's line end and the one before the
/// last fence is the text, byte for byte.
pub(crate) fn beside(question: &str, text: &str) -> String {
    let fence = fence(text);
    [question, "\n\n", &fence, "\n", text, "\n", &fence].concat()
}

/// How many bytes [`beside`] adds at least.
pub(crate) const FENCE_BYTES: usize = 2 + 2 * (SHORTEST_FENCE + 1);

/// More backticks than stand together anywhere in the text.
fn fence(text: &str) -> String {
    let others = text.split(|character| character != '`');
    let longest = others.map(str::len).max().unwrap_or(0);
    "`".repeat(SHORTEST_FENCE.max(longest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in the fence at the end of a message, by the rule that
    /// [`beside`] gives its readers.
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
            beside("what is this?", "one\ntwo"),
            "what is this?\n\n```\none\ntwo\n```"
        );
        assert_eq!(beside("q", "one\n"), "q\n\n```\none\n\n```");
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
            assert_eq!(super::fence(text).len(), fence, "{text:?}");
        }
    }

    #[test]
    fn the_shortest_fence_adds_what_is_said() {
        assert_eq!(beside("", "").len(), FENCE_BYTES);
    }

    #[test]
    fn any_text_can_be_taken_out_again_byte_for_byte() {
        let mut dice = Dice(9);
        for _ in 0..10_000 {
            let (question, text) = (dice.text(), dice.text());
            let message = beside(&question, &text);
            assert_eq!(taken_out(&message), text, "{question:?}");
            assert!(message.starts_with(&question));
        }
    }
}
