//! Compares a text that comes in parts with what the endpoint says of it at the end,
//! as the responses of OpenAI do: so nothing is lost without a word.

/// Which message of a reply a text is of, and which block of that.
pub(super) type Place = (i64, i64);

/// What is known of the parts of a reply.
#[derive(Default)]
pub(super) struct Repeated {
    /// All text that came.
    text: String,
    /// Where the last of it belongs, and where the text of that place begins.
    place: Option<Place>,
    start: usize,
    /// The number of the last event, where they are numbered.
    number: Option<i64>,
    /// An event between two others did not come.
    has_gap: bool,
    /// The whole text at the end is what came, so that no event was missed.
    is_confirmed: bool,
    /// What was said at the end is another text.
    is_other: bool,
}

impl Repeated {
    /// Takes the next text.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Whether the last text belongs there.
    pub(super) fn is_at(&self, place: Place) -> bool {
        self.place == Some(place)
    }

    /// Whether that is another message of the same reply.
    pub(super) fn leaves_message(&self, place: Place) -> bool {
        self.place.is_some_and(|(message, _)| message != place.0)
    }

    /// Notes that what comes now belongs there.
    pub(super) fn enter(&mut self, place: Place) {
        self.place = Some(place);
        self.start = self.text.len();
    }

    /// Notes the number of an event. Some servers count only some, or do not count on.
    pub(super) fn count(&mut self, number: i64) {
        let last = self.number.filter(|last| *last >= 0);
        self.has_gap |= last.is_some_and(|last| number > last.saturating_add(1));
        self.number = self.number.max(Some(number));
    }

    /// The end of a text of which the rest has come; `place` is none for all of the reply.
    /// Nothing is missing at a place after which another one has begun.
    pub(super) fn rest<'a>(&mut self, place: Option<Place>, said: &'a str) -> &'a str {
        let came = match place {
            None => self.text.as_str(),
            Some(place) if self.is_at(place) => self.text.get(self.start..).unwrap_or_default(),
            Some(place) if self.place > Some(place) => return "",
            Some(_) => "",
        };
        if said.trim().is_empty() {
            return "";
        }
        let rest = said
            .strip_prefix(came)
            .or_else(|| said.strip_prefix(came.trim_start()));
        // What came may have more before it, such as thought between tags.
        let is_other = rest.is_none() && !came.trim_end().ends_with(said.trim());
        // All of the reply says more than its blocks do.
        self.is_other = is_other || place.is_some() && self.is_other;
        self.is_confirmed = place.is_none() && !is_other;
        rest.unwrap_or_default()
    }

    /// Whether what was said at the end is another text than what came.
    pub(super) fn is_other(&self) -> bool {
        self.is_other
    }

    /// Whether an event did not come, and nothing tells that no text was in it.
    pub(super) fn has_gap(&self) -> bool {
        self.has_gap && !self.is_confirmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(text: &str) -> Repeated {
        let mut repeated = Repeated::default();
        repeated.enter((0, 0));
        repeated.push(text);
        repeated
    }

    #[test]
    fn the_rest_is_what_has_not_come() {
        for (before, said, rest, is_other) in [
            ("", "hello", "hello", false),
            ("hel", "hello", "lo", false),
            ("hello", "hello", "", false),
            ("hello\n", "hello", "", false),
            ("\nhel", "hello", "lo", false),
            ("<think>hm</think>hello", "hello", "", false),
            ("hello", "", "", false),
            ("hello", "help", "", true),
            ("hello", "hel", "", true),
            ("hel world", "hello world", "", true),
        ] {
            let mut repeated = came(before);
            assert_eq!(repeated.rest(None, said), rest, "{before} {said}");
            assert_eq!(repeated.is_other(), is_other, "{before} {said}");
        }
    }

    #[test]
    fn a_block_is_compared_with_its_own_text() {
        let mut repeated = came("a");
        assert!(!repeated.leaves_message((0, 1)));
        repeated.enter((0, 1));
        repeated.push("b");
        assert!(repeated.leaves_message((1, 0)));
        repeated.enter((1, 0));
        repeated.push("c");
        assert_eq!(repeated.rest(Some((0, 1)), "bx"), "");
        assert_eq!(repeated.rest(Some((1, 0)), "cd"), "d");
        assert_eq!(repeated.rest(Some((2, 0)), "e"), "e");
        assert!(!repeated.is_other());
        assert_eq!(repeated.rest(Some((1, 0)), "x"), "");
        assert_eq!(repeated.rest(Some((1, 0)), "c"), "");
        assert!(repeated.is_other());
        assert_eq!(repeated.rest(None, "abcd"), "d");
        assert!(!repeated.is_other());
    }

    #[test]
    fn a_gap_counts_unless_all_of_the_text_is_known() {
        let gap = |numbers: &[i64]| {
            let mut repeated = came("a");
            for number in numbers {
                repeated.count(*number);
            }
            repeated
        };
        for numbers in [&[0, 1, 2][..], &[5, 6], &[-1, 3, 4], &[0, 0, 1], &[2, 1, 3]] {
            assert!(!gap(numbers).has_gap(), "{numbers:?}");
        }
        let mut repeated = gap(&[0, 2]);
        assert!(repeated.has_gap());
        repeated.rest(Some((0, 0)), "a");
        assert!(repeated.has_gap());
        repeated.rest(None, "a");
        assert!(!repeated.has_gap());
    }
}
