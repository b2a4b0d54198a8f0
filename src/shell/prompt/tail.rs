//! The ends of escape sequences that the line editor does not know.
//!
//! It reads the first bytes of such a sequence and takes the rest for text. What
//! terminals send unasked, or as answers, must never become text: the rest comes
//! at once, faster than anybody types, and is known by that.

use std::time::{Duration, Instant};

use rustyline::{KeyCode, KeyEvent, Modifiers};

/// How long after one key of a sequence the next may come. Those of one sequence
/// come within a millisecond, except on a busy machine.
const PAUSE: Duration = Duration::from_millis(100);

/// How a mouse report in the oldest form goes on: button and place, as characters.
const OLD_MOUSE: usize = 3;

/// Where in a sequence the keys are.
#[derive(Default)]
pub(super) struct Tail {
    now: Within,
    /// When the last key of it came.
    last: Option<Instant>,
}

/// What is being read.
#[derive(Default)]
enum Within {
    #[default]
    Nothing,
    /// Numbers and signs of a control sequence, up to a letter.
    Control(String),
    /// A mouse report, of which so many characters are to come.
    Mouse(usize),
    /// An answer that a bell or a mark ends.
    Answer,
}

/// What is to be done with a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is a key like any other.
    Key,
    /// It belongs to a sequence.
    Swallow,
    /// Shift-Enter, from a terminal that tells it unasked.
    Newline,
    /// What looked like a sequence was text.
    Text(String),
}

impl Tail {
    /// Judges the next key.
    pub(super) fn judge(&mut self, key: KeyEvent) -> Verdict {
        self.judge_at(key, Instant::now())
    }

    fn judge_at(&mut self, key: KeyEvent, now: Instant) -> Verdict {
        let is_soon = self
            .last
            .is_some_and(|last| now.saturating_duration_since(last) <= PAUSE);
        let within = std::mem::take(&mut self.now);
        self.last = Some(now);
        match within {
            Within::Control(held) => {
                if let KeyEvent(KeyCode::Char(c), Modifiers::NONE) = key {
                    return self.go_on(held, c, is_soon);
                }
            }
            Within::Mouse(left) if is_soon && is_character(key) => {
                if left > 1 {
                    self.now = Within::Mouse(left - 1);
                }
                return Verdict::Swallow;
            }
            Within::Answer if is_soon => {
                let is_end = matches!(
                    key,
                    KeyEvent(KeyCode::Char('G'), Modifiers::CTRL)
                        | KeyEvent(KeyCode::Char('\\'), Modifiers::ALT)
                );
                if !is_end {
                    self.now = Within::Answer;
                }
                return Verdict::Swallow;
            }
            Within::Mouse(_) | Within::Answer | Within::Nothing => {}
        }
        self.begin(key)
    }

    fn begin(&mut self, key: KeyEvent) -> Verdict {
        self.now = match key {
            // The latter is the control sequence introducer as one character.
            KeyEvent(KeyCode::UnknownEscSeq, _) | KeyEvent(KeyCode::Esc, Modifiers::SHIFT) => {
                Within::Control(String::new())
            }
            KeyEvent(KeyCode::Char(']' | 'P' | '_' | '^' | 'X'), Modifiers::ALT) => Within::Answer,
            _ => return Verdict::Key,
        };
        Verdict::Swallow
    }

    fn go_on(&mut self, held: String, c: char, is_soon: bool) -> Verdict {
        if is_soon {
            match c {
                '0'..='9' | ';' | ':' | '<' | '=' | '>' | '?' | '$' => {
                    self.now = Within::Control(held + c.encode_utf8(&mut [0; 4]));
                    return Verdict::Swallow;
                }
                '~' if held == "13" => return Verdict::Newline,
                ' ' | '!' | '"' | '#' | '`' if held.is_empty() => {
                    self.now = Within::Mouse(OLD_MOUSE - 1);
                    return Verdict::Swallow;
                }
                'a'..='z' | 'A'..='Z' | '~' => return Verdict::Swallow,
                _ => {}
            }
        }
        if held.is_empty() {
            Verdict::Key
        } else {
            Verdict::Text(held + c.encode_utf8(&mut [0; 4]))
        }
    }
}

fn is_character(key: KeyEvent) -> bool {
    matches!(key, KeyEvent(KeyCode::Char(_), Modifiers::NONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: KeyEvent = KeyEvent(KeyCode::UnknownEscSeq, Modifiers::NONE);

    /// What is left of these keys as text, and whether one was a new line.
    fn left(begin: KeyEvent, rest: &str) -> (String, bool) {
        let (mut tail, now) = (Tail::default(), Instant::now());
        assert_eq!(tail.judge_at(begin, now), Verdict::Swallow);
        let (mut text, mut is_newline) = (String::new(), false);
        for c in rest.chars() {
            match tail.judge_at(KeyEvent::new(c, Modifiers::NONE), now) {
                Verdict::Key => text.push(c),
                Verdict::Swallow => {}
                Verdict::Newline => is_newline = true,
                Verdict::Text(held) => text += &held,
            }
        }
        (text, is_newline)
    }

    #[test]
    fn the_rest_of_a_sequence_is_no_text() {
        for rest in [
            "7;5u", "5u", "13;5~", "97~", "0;12;5M", "62;4c", "n", "140R", "?1u", "2;1$y", " !!",
            "#42", "`ab",
        ] {
            assert_eq!(
                left(UNKNOWN, &format!("{rest}text")),
                ("text".into(), false),
                "{rest}"
            );
        }
        assert_eq!(left(UNKNOWN, "13~text"), ("text".into(), true));
        assert_eq!(left(UNKNOWN, "12 months"), ("12 months".into(), false));
        let introducer = KeyEvent(KeyCode::Esc, Modifiers::SHIFT);
        assert_eq!(left(introducer, "1;5Atext"), ("text".into(), false));
    }

    #[test]
    fn an_answer_goes_up_to_its_end() {
        let (mut tail, now) = (Tail::default(), Instant::now());
        for c in [']', 'P', '_'] {
            assert_eq!(tail.judge_at(KeyEvent::alt(c), now), Verdict::Swallow);
            for c in "11;rgb:0/0/0".chars() {
                let key = KeyEvent::new(c, Modifiers::NONE);
                assert_eq!(tail.judge_at(key, now), Verdict::Swallow);
            }
            let end = if c == 'P' {
                KeyEvent::alt('\\')
            } else {
                KeyEvent::ctrl('G')
            };
            assert_eq!(tail.judge_at(end, now), Verdict::Swallow);
            let key = KeyEvent::new('a', Modifiers::NONE);
            assert_eq!(tail.judge_at(key, now), Verdict::Key);
        }
    }

    #[test]
    fn what_is_typed_later_is_text() {
        let (mut tail, now) = (Tail::default(), Instant::now());
        let later = now + 2 * PAUSE;
        let key = |c| KeyEvent::new(c, Modifiers::NONE);
        tail.judge_at(UNKNOWN, now);
        assert_eq!(tail.judge_at(key('5'), later), Verdict::Key);
        tail.judge_at(UNKNOWN, now);
        tail.judge_at(key('5'), now);
        assert_eq!(tail.judge_at(key('u'), later), Verdict::Text("5u".into()));
        tail.judge_at(KeyEvent::alt(']'), now);
        assert_eq!(tail.judge_at(key('x'), later), Verdict::Key);
    }
}
