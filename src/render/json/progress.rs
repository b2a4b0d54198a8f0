//! How far long pieces of work are.

use std::time::{Duration, Instant};

use super::object::Blank;
use crate::domain::Work;

/// A program is told so often.
const INTERVAL: Duration = Duration::from_secs(1);

/// What is carried out of the log, or into it. Of other work only a person is told.
const TOLD: [(&str, &str); 4] = [
    ("the import", "import"),
    ("the export", "export"),
    ("the copy", "copy"),
    ("the check", "check"),
];

/// What was told of a piece of work.
#[derive(Default)]
pub(super) struct Progress {
    /// When it was told first, and how much was done then.
    first: Option<(Instant, u64)>,
    last: Option<Instant>,
}

impl Progress {
    /// Tells how far the work is, if it is time; none ends it.
    pub(super) fn show(&mut self, work: Option<&Work<'_>>, now: Instant, line: Blank<'_>) {
        let Some(work) = work else {
            *self = Self::default();
            return;
        };
        let told = TOLD.iter().find(|(what, _)| *what == work.what);
        let is_time = self.last.is_none_or(|last| now - last >= INTERVAL);
        let Some((_, what)) = told.filter(|_| is_time) else {
            return;
        };
        self.last = Some(now);
        let (begun, before) = *self.first.get_or_insert((now, work.done));
        let milliseconds = u64::try_from((now - begun).as_millis()).unwrap_or(u64::MAX);
        let done = work.done.saturating_sub(before);
        let rate = done.saturating_mul(1000).checked_div(milliseconds);
        let rate = rate.filter(|rate| *rate > 0);
        let left = work.total.saturating_sub(work.done);
        line.object("progress")
            .field("what", what)
            .field("unit", work.unit)
            .field("done", work.done)
            .field("total", work.total)
            .field("per_second", rate)
            .field("seconds_left", rate.map(|rate| left.div_ceil(rate)))
            .end();
    }
}
