//! A spinner while a model is waited for.

use std::time::{Duration, Instant};

const FACES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// How often it turns.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// Goes back to the first column and clears the line.
const CLEAR: &[u8] = b"\r\x1b[K";

/// A spinner on one line, with the seconds that have passed. It removes itself.
#[derive(Default)]
pub(super) struct Spinner {
    since: Option<Instant>,
    drawn: Option<Instant>,
    face: usize,
}

impl Spinner {
    /// Draws the next face if it is time; `why` is written after the seconds.
    pub(super) fn turn(&mut self, why: &str, out: &mut Vec<u8>) {
        let since = *self.since.get_or_insert_with(Instant::now);
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
        let text = format!("{} {} s{why}", FACES[self.face], since.elapsed().as_secs());
        out.extend_from_slice(text.as_bytes());
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
        *self = Self::default();
    }
}
