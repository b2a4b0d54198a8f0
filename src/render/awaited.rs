//! Who is waited for, on one row.

use unicode_width::UnicodeWidthStr;

use super::phrases::cut;
use super::visible::visible_line;
use crate::domain::Awaited;

/// What a person can do meanwhile.
const STOPS: &str = " · Ctrl-C stops";

/// Fewer columns show nothing of a name.
const FEWEST_COLUMNS: usize = 6;

/// The names of those who are waited for, and of those who have answered.
pub(super) struct AwaitedNames {
    waiting: String,
    answered: Vec<String>,
    asked: usize,
}

impl AwaitedNames {
    /// None if nobody is waited for.
    pub(super) fn new(all: &[Awaited<'_>]) -> Option<Self> {
        let names = |has_answered| {
            let such = all
                .iter()
                .filter(move |one| one.has_answered == has_answered);
            such.map(|one| visible_line(one.name)).collect::<Vec<_>>()
        };
        let waiting = names(false);
        (!waiting.is_empty()).then(|| Self {
            waiting: waiting.join(", "),
            answered: names(true),
            asked: all.len(),
        })
    }

    /// `⠙ 3 s · alice, bob (carol has answered) · Ctrl-C stops`, of at most so many
    /// columns: numbers stand for the names of those who have answered, and names are
    /// cut, where there is no room for them.
    pub(super) fn beside(&self, activity: &str, columns: Option<usize>) -> String {
        let fixed = activity.width() + " · ".width() + STOPS.width();
        let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(fixed));
        let candidates = [self.with_names(), self.with_numbers()];
        let fitting = candidates.iter().find(|names| names.width() <= room);
        let names = match fitting {
            Some(names) => names.clone(),
            None if room >= FEWEST_COLUMNS => cut(&candidates[1], room),
            None => {
                // The activity itself, at worst.
                let whole = format!("{activity}{STOPS}");
                let fits = |text: &str| columns.is_none_or(|columns| text.width() <= columns);
                return if fits(&whole) {
                    whole
                } else {
                    columns.map_or_else(|| activity.to_owned(), |columns| cut(activity, columns))
                };
            }
        };
        format!("{activity} · {names}{STOPS}")
    }

    fn with_names(&self) -> String {
        let waiting = &self.waiting;
        match self.answered.as_slice() {
            [] => waiting.clone(),
            [one] => format!("{waiting} ({one} has answered)"),
            all => format!("{waiting} ({} have answered)", all.join(", ")),
        }
    }

    fn with_numbers(&self) -> String {
        match self.answered.len() {
            0 => self.waiting.clone(),
            count => format!("{} ({count} of {} answered)", self.waiting, self.asked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is drawn of these, of whom the first so many have answered.
    fn drawn(names: &[&str], answered: usize, columns: usize) -> String {
        let all: Vec<_> = (0..)
            .zip(names)
            .map(|(at, name)| Awaited {
                name,
                has_answered: at < answered,
            })
            .collect();
        let awaited = AwaitedNames::new(&all).expect("somebody");
        let row = awaited.beside("⠙ 12 s", Some(columns));
        assert!(row.width() <= columns, "{row}");
        row
    }

    #[test]
    fn the_row_names_who_is_waited_for_and_who_has_answered() {
        let three = ["alice", "bob", "carol"];
        for (names, answered, columns, row) in [
            (&["llama3.2"][..], 0, 79, "⠙ 12 s · llama3.2 · Ctrl-C stops"),
            (&["llama3.2"], 0, 39, "⠙ 12 s · llama3.2 · Ctrl-C stops"),
            (&three, 0, 79, "⠙ 12 s · alice, bob, carol · Ctrl-C stops"),
            (
                &three,
                1,
                79,
                "⠙ 12 s · bob, carol (alice has answered) · Ctrl-C stops",
            ),
            (
                &three,
                2,
                79,
                "⠙ 12 s · carol (alice, bob have answered) · Ctrl-C stops",
            ),
            (
                &three,
                2,
                50,
                "⠙ 12 s · carol (2 of 3 answered) · Ctrl-C stops",
            ),
            (&three, 2, 39, "⠙ 12 s · carol (2 of 3… · Ctrl-C stops"),
            (
                &["你好你好你好你好"],
                0,
                39,
                "⠙ 12 s · 你好你好你好你… · Ctrl-C stops",
            ),
            (&["llama3.2"], 0, 26, "⠙ 12 s · Ctrl-C stops"),
            (&["llama3.2"], 0, 15, "⠙ 12 s"),
            (&["llama3.2"], 0, 4, "⠙ 1…"),
            (&["a\x1b[2J\n"], 0, 79, "⠙ 12 s · a␛[2J␊ · Ctrl-C stops"),
        ] {
            assert_eq!(drawn(names, answered, columns), row);
        }
        let answered = Awaited {
            name: "a",
            has_answered: true,
        };
        assert!(AwaitedNames::new(&[answered]).is_none());
        assert!(AwaitedNames::new(&[]).is_none());
    }
}
