//! A sign of life while a model is waited for.

use std::time::{Duration, Instant};

/// The faces of the spinner.
const FACES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// It turns this often.
const TURN_INTERVAL: Duration = Duration::from_millis(100);

/// Goes back to the first column and clears the line.
const CLEAR: &[u8] = b"\r\x1b[K";

/// One line that turns, with the seconds that have passed. It leaves nothing behind.
#[derive(Default)]
pub(super) struct Spinner {
    since: Option<Instant>,
    drawn: Option<Instant>,
    face: usize,
}

impl Spinner {
    /// Draws the next face if it is time; `why` stands behind the seconds.
    pub(super) fn turn(&mut self, why: &str, out: &mut Vec<u8>) {
        let since = *self.since.get_or_insert_with(Instant::now);
        // Who answers at once needs no spinner.
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

    /// Whether it counts the seconds, on the screen or not yet.
    pub(super) fn is_turning(&self) -> bool {
        self.since.is_some()
    }

    /// Takes it away.
    pub(super) fn stop(&mut self, out: &mut Vec<u8>) {
        if self.drawn.is_some() {
            out.extend_from_slice(CLEAR);
        }
        *self = Self::default();
    }
}
