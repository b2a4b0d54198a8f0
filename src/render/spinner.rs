//! A sign of life while a model is waited for.

use std::time::{Duration, Instant};

use colored::Colorize;

use super::Window;
use super::awaited::AwaitedNames;
use crate::domain::Awaited;

const FACES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// How often it turns.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// Goes back to the first column and clears the line.
const CLEAR: &[u8] = b"\r\x1b[K";

/// What the model does that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// Nobody knows.
    Unknown,
    /// It thinks before it answers.
    Thinking,
    /// Nothing: for this reason it is asked again after this time.
    Retrying(&'static str, Duration),
}

/// A spinner on one line, with the seconds that have passed, and who is waited for if
/// that is known. It removes itself. Where nothing can be removed each activity is a
/// line, which stays.
pub(super) struct Spinner {
    /// The terminal can clear a line.
    clears: bool,
    window: fn() -> Option<Window>,
    /// Who is waited for. The seconds count from when all of them were asked.
    awaited: Option<(AwaitedNames, Instant)>,
    /// When it was begun, where nobody knows who is waited for.
    since: Option<Instant>,
    drawn: Option<Instant>,
    face: usize,
    /// The line that was written last where lines stay, without its numbers.
    written: Option<&'static str>,
}

impl Spinner {
    /// For a terminal that can clear a line, or one that cannot, with such a window.
    pub(super) fn new(clears: bool, window: fn() -> Option<Window>) -> Self {
        Self {
            clears,
            window,
            awaited: None,
            since: None,
            drawn: None,
            face: 0,
            written: None,
        }
    }

    /// Notes who is waited for. The clock begins when they are asked, and goes on
    /// while one after the other answers.
    pub(super) fn awaits(&mut self, all: &[Awaited<'_>]) {
        let known = self.awaited.take().map(|(_, since)| since);
        let is_begun = all.iter().any(|one| one.has_answered);
        let since = known.filter(|_| is_begun).unwrap_or_else(Instant::now);
        self.awaited = AwaitedNames::new(all).map(|names| (names, since));
    }

    /// Draws the next face if it is time.
    pub(super) fn turn(&mut self, activity: Activity, out: &mut Vec<u8>) {
        let since = *self.since.get_or_insert_with(Instant::now);
        let since = self.awaited.as_ref().map_or(since, |(_, since)| *since);
        if !self.clears {
            self.write_once(activity, out);
            return;
        }
        // A model that answers at once needs no spinner.
        if since.elapsed() < TURN_INTERVAL
            || self
                .drawn
                .is_some_and(|drawn| drawn.elapsed() < TURN_INTERVAL)
        {
            return;
        }
        self.drawn = Some(Instant::now());
        self.face = (self.face + 1) % FACES.len();
        out.extend_from_slice(CLEAR);
        let text = self.text(activity, since.elapsed().as_secs());
        let text = match activity {
            Activity::Thinking => text.dimmed().to_string(),
            _ => text,
        };
        out.extend_from_slice(text.as_bytes());
    }

    /// `⠙ 3 s · llama3.2 · Ctrl-C stops`, on one row of the window.
    fn text(&self, activity: Activity, seconds: u64) -> String {
        let face = FACES[self.face];
        let activity = match activity {
            Activity::Unknown => format!("{face} {seconds} s"),
            Activity::Thinking => format!("{face} thinking… {seconds} s"),
            Activity::Retrying(why, left) => {
                format!("{face} {seconds} s, {why}: again in {} s", rounded_up(left))
            }
        };
        // In the last column the cursor would be on the next row in some terminals.
        let columns = (self.window)().map(|window| window.columns - 1);
        match &self.awaited {
            Some((names, _)) => names.beside(&activity, columns),
            None => activity,
        }
    }

    /// Writes a line if the activity is another one than before.
    fn write_once(&mut self, activity: Activity, out: &mut Vec<u8>) {
        let (name, text) = match activity {
            Activity::Unknown => (None, String::new()),
            Activity::Thinking => (Some("thinking…"), "thinking…".to_owned()),
            Activity::Retrying(why, left) => {
                let text = format!("{why}: again in {} s", rounded_up(left));
                (Some(why), text)
            }
        };
        if name.is_some() && name != self.written {
            out.extend_from_slice(text.as_bytes());
            out.push(b'\n');
        }
        self.written = name;
    }

    /// Whether it counts the seconds, visible or not.
    pub(super) fn is_turning(&self) -> bool {
        self.since.is_some()
    }

    /// Removes it from the screen.
    pub(super) fn stop(&mut self, out: &mut Vec<u8>) {
        if self.drawn.is_some() {
            out.extend_from_slice(CLEAR);
        }
        *self = Self {
            awaited: self.awaited.take(),
            ..Self::new(self.clears, self.window)
        };
    }
}

/// So many seconds and the begun one.
fn rounded_up(left: Duration) -> u64 {
    left.as_secs() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_lines_stay_each_activity_is_told_once() {
        let (mut spinner, mut out) = (Spinner::new(false, || None), Vec::new());
        let busy = |seconds| Activity::Retrying("it is busy", Duration::from_secs(seconds));
        let (idle, thinking) = (Activity::Unknown, Activity::Thinking);
        for activity in [
            idle,
            busy(3),
            busy(2),
            idle,
            busy(7),
            idle,
            thinking,
            thinking,
        ] {
            spinner.turn(activity, &mut out);
        }
        spinner.stop(&mut out);
        spinner.turn(thinking, &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "it is busy: again in 4 s\nit is busy: again in 8 s\n\
             thinking…\nthinking…\n"
        );
    }
}
