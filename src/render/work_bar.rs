//! How far a long piece of work is, on one row: a bar, the rate and the time left.

use std::time::{Duration, Instant};

use colored::Colorize;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget};
use unicode_width::UnicodeWidthStr;

use super::Window;
use super::phrases::cut;
use super::visible::visible_line;
use crate::domain::Work;

/// How often the row is drawn anew.
const INTERVAL: Duration = Duration::from_millis(100);

/// Goes back to the first column and clears the line.
const CLEAR: &[u8] = b"\r\x1b[K";

/// The columns of the bar, at least and at most.
const FEWEST_COLUMNS: usize = 8;
const MOST_COLUMNS: usize = 32;

/// A row that tells how far a piece of work is. It removes itself. Where nothing can be
/// removed a line says once what is done.
pub(super) struct WorkBar {
    /// The terminal can clear a line.
    clears: bool,
    window: fn() -> Option<Window>,
    current: Option<Current>,
}

struct Current {
    /// Estimates the rate; it draws nothing itself.
    estimate: ProgressBar,
    drawn: Option<Instant>,
}

impl WorkBar {
    /// For a terminal that can clear a line, or one that cannot, with such a window.
    pub(super) fn new(clears: bool, window: fn() -> Option<Window>) -> Self {
        Self {
            clears,
            window,
            current: None,
        }
    }

    /// Shows how far the work is, if it is time.
    pub(super) fn show(&mut self, work: &Work<'_>, out: &mut Vec<u8>) {
        let current = self.current.get_or_insert_with(|| {
            let hidden = ProgressDrawTarget::hidden();
            let estimate = ProgressBar::with_draw_target(Some(work.total), hidden);
            // What was done before it is shown took another time.
            estimate.set_position(work.done);
            estimate.reset_eta();
            Current {
                estimate,
                drawn: None,
            }
        });
        current.estimate.set_position(work.done);
        let is_first = current.drawn.is_none();
        if !self.clears {
            if is_first {
                let total = HumanCount(work.total);
                let line = format!("{}, {total} {}…\n", work.what, work.unit);
                out.extend_from_slice(visible_line(&line[..line.len() - 1]).as_bytes());
                out.push(b'\n');
                current.drawn = Some(Instant::now());
            }
            return;
        }
        if current
            .drawn
            .is_some_and(|drawn| drawn.elapsed() < INTERVAL)
        {
            return;
        }
        current.drawn = Some(Instant::now());
        // In the last column the cursor would be on the next row in some terminals.
        let columns = (self.window)().map_or(79, |window| window.columns - 1);
        let rate = current.estimate.per_sec();
        out.extend_from_slice(CLEAR);
        out.extend_from_slice(row(work, rate, columns).as_bytes());
    }

    /// Whether it is shown.
    pub(super) fn is_shown(&self) -> bool {
        self.current.is_some()
    }

    /// Removes it from the screen: the work is over, or something else is shown.
    pub(super) fn stop(&mut self, out: &mut Vec<u8>) {
        if self.current.take().is_some() && self.clears {
            out.extend_from_slice(CLEAR);
        }
    }
}

/// `the index ━━━━━━━━ 42 % · 4,200 of 10,000 messages · 300/s · 19 s left · Ctrl-C stops`,
/// on one row of so many columns: what a person needs least is left out.
fn row(work: &Work<'_>, rate: f64, columns: usize) -> String {
    let what = visible_line(work.what);
    let done = work.done.min(work.total);
    let percent = done.saturating_mul(100).checked_div(work.total);
    let percent = format!("{} %", percent.unwrap_or(100));
    let left = time_left(work.total - done, rate);
    let mut parts = vec![
        (0, percent),
        (
            3,
            format!(
                "{} of {} {}",
                HumanCount(done),
                HumanCount(work.total),
                work.unit
            ),
        ),
        (
            4,
            whole(rate).map_or_else(String::new, |rate| format!("{}/s", HumanCount(rate))),
        ),
        (1, left.unwrap_or_default()),
        (2, "Ctrl-C stops".to_owned()),
    ];
    parts.retain(|(_, part)| !part.is_empty());
    let taken = |parts: &[(u8, String)]| {
        let texts = parts.iter().map(|(_, part)| part.width()).sum::<usize>();
        texts + 3 * parts.len().saturating_sub(1) + what.width() + 2
    };
    while parts.len() > 1 && taken(&parts) + FEWEST_COLUMNS > columns {
        let least = parts.iter().map(|(need, _)| *need).max();
        parts.retain(|(need, _)| Some(*need) != least);
    }
    let room = columns.saturating_sub(taken(&parts)).min(MOST_COLUMNS);
    let texts: Vec<_> = parts.into_iter().map(|(_, part)| part).collect();
    let texts = texts.join(" · ");
    if room < FEWEST_COLUMNS {
        return cut(&format!("{what} {texts}"), columns);
    }
    let full = u64::try_from(room).unwrap_or(0).saturating_mul(done);
    let full = full.checked_div(work.total).unwrap_or(0);
    let full = usize::try_from(full).unwrap_or(0).min(room);
    let (full, rest) = ("━".repeat(full), "╌".repeat(room - full));
    format!("{what} {}{} {texts}", full.green(), rest.dimmed())
}

/// `19 s left`, `3 min left`, `2 h left`; none where nobody can say.
fn time_left(missing: u64, rate: f64) -> Option<String> {
    let rate = whole(rate)?;
    let seconds = missing.div_ceil(rate);
    Some(match seconds {
        0..100 => format!("{seconds} s left"),
        100..6000 => format!("{} min left", seconds.div_ceil(60)),
        _ => format!("{} h left", seconds.div_ceil(3600)),
    })
}

/// A rate in whole numbers, if it is one.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(rate: f64) -> Option<u64> {
    (rate.is_finite() && rate >= 1.0).then_some(rate as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: Work<'_> = Work {
        what: "the index",
        unit: "messages",
        done: 420_000,
        total: 1_000_000,
    };

    #[test]
    fn a_row_has_what_there_is_room_for() {
        colored::control::set_override(false);
        for (columns, expected) in [
            (
                199,
                "the index ━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 42 % · 420,000 of 1,000,000 messages · 30,000/s · 20 s left · Ctrl-C stops",
            ),
            (
                79,
                "the index ━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 42 % · 20 s left · Ctrl-C stops",
            ),
            (39, "the index ━━━━━╌╌╌╌╌╌╌ 42 % · 20 s left"),
            (20, "the index 42 %"),
            (8, "the ind…"),
        ] {
            let row = row(&INDEX, 30_000.4, columns);
            assert_eq!(row, expected);
            assert!(row.width() <= columns);
        }
    }

    #[test]
    fn nothing_is_said_that_nobody_knows() {
        colored::control::set_override(false);
        for rate in [0.0, f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(row(&INDEX, rate, 30), "the index ━━━━━━╌╌╌╌╌╌╌╌╌ 42 %");
        }
        let none = Work {
            done: 0,
            total: 0,
            ..INDEX
        };
        assert_eq!(row(&none, 5.0, 20), "the index 100 %");
    }

    #[test]
    fn time_left_is_rounded_up() {
        for (missing, expected) in [
            (0, "0 s left"),
            (1, "1 s left"),
            (990, "99 s left"),
            (1000, "2 min left"),
            (59_990, "100 min left"),
            (60_000, "2 h left"),
        ] {
            assert_eq!(time_left(missing, 10.0).as_deref(), Some(expected));
        }
    }

    #[test]
    fn it_is_drawn_now_and_then_and_removed() {
        let (mut bar, mut out) = (WorkBar::new(true, || None), Vec::new());
        bar.show(&INDEX, &mut out);
        let drawn = out.len();
        assert!(out.starts_with(CLEAR) && bar.is_shown());
        bar.show(&INDEX, &mut out);
        assert_eq!(out.len(), drawn);
        bar.stop(&mut out);
        assert!(out.ends_with(CLEAR) && !bar.is_shown());
        bar.stop(&mut out);
        assert_eq!(out.len(), drawn + CLEAR.len());
    }

    #[test]
    fn where_lines_stay_it_is_told_once() {
        let (mut bar, mut out) = (WorkBar::new(false, || None), Vec::new());
        bar.show(&INDEX, &mut out);
        bar.show(&INDEX, &mut out);
        bar.stop(&mut out);
        assert_eq!(out, "the index, 1,000,000 messages…\n".as_bytes());
    }
}
