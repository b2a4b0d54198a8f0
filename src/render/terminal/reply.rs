//! Replies: the spinner before, what the model thinks, the text while it arrives,
//! the end.

use std::time::{Duration, Instant};

use colored::Colorize;

use super::super::mark::is_unanswered;
use super::super::reasoning::Reasoning;
use super::super::spinner::{Activity, Spinner};
use super::super::visible::BodyInPieces;
use super::super::work_bar::WorkBar;
use super::super::wrap::push_wrapped;
use super::super::{Markdown, Outbox, Window};
use super::citations::citations;
use super::options::TerminalOptions;
use super::reasoning_text::ReasoningText;
use crate::domain::{Awaited, Event, Message, Progress, Retry, RetryReason, Status, Work};

/// How long nothing comes amid a reply before that is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far the further rows of a source hang.
const SOURCE_INDENT: usize = 4;

/// Shows one reply after the other.
pub(super) struct ReplyDisplay {
    /// Lays replies out as Markdown; if none, they are shown as they are.
    markdown: Option<Markdown>,
    plain: BodyInPieces,
    /// It does not end with a line.
    is_in_row: bool,
    /// A part of the current reply has been shown.
    streamed: bool,
    /// How much is shown of what the model thinks.
    reasoning: Reasoning,
    reasoning_text: ReasoningText,
    /// The model thinks, and nothing has come of the current reply.
    is_thinking: bool,
    spinner: Spinner,
    work: WorkBar,
    /// When the last piece came.
    heard_at: Instant,
    /// The spinner stands below a row that has begun, of which so many columns are
    /// taken; how often something else had had the terminal before.
    below: Option<(usize, usize)>,
    /// The terminal can only show text.
    is_dumb: bool,
    window: fn() -> Option<Window>,
}

impl ReplyDisplay {
    pub(super) fn new(options: TerminalOptions) -> Self {
        Self {
            markdown: options
                .markdown
                .then(|| Markdown::new(options.window, options.hyperlinks)),
            plain: BodyInPieces::default(),
            is_in_row: false,
            streamed: false,
            reasoning: options.reasoning,
            reasoning_text: ReasoningText::new(options.window),
            is_thinking: false,
            spinner: Spinner::new(!options.is_dumb, options.window),
            work: WorkBar::new(!options.is_dumb, options.window),
            heard_at: Instant::now(),
            below: None,
            is_dumb: options.is_dumb,
            window: options.window,
        }
    }

    /// Notes who is waited for.
    pub(super) fn awaits(&mut self, all: &[Awaited<'_>]) {
        self.spinner.awaits(all);
    }

    /// Shows what arrives of a reply.
    pub(super) fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox) {
        match progress {
            // What is thought between two parts of the answer would tear it apart.
            Progress::Idle | Progress::Reasoning(_) if self.streamed => {
                self.wait_for_more(outbox);
            }
            Progress::Idle => self.wait(outbox),
            Progress::Reasoning(piece) => self.think(piece, outbox),
            Progress::Retry(Retry { left, reason }) => {
                self.finish_reasoning(false, outbox);
                let reason = match reason {
                    RetryReason::Busy => "the endpoint is busy",
                    RetryReason::Dropped => "no connection",
                };
                self.turn(Activity::Retrying(reason, left), outbox);
            }
            Progress::Delta(delta) => {
                self.stop_spinner(outbox);
                self.finish_reasoning(true, outbox);
                self.streamed = true;
                self.heard_at = Instant::now();
                self.push(delta, outbox.answer());
            }
        }
    }

    /// Shows how far work is that is no reply, or shows it no more.
    pub(super) fn work(&mut self, work: Option<&Work<'_>>, outbox: &mut Outbox) {
        match work {
            Some(work) => self.work.show(work, outbox.note()),
            None => self.work.stop(outbox.note()),
        }
    }

    /// Removes the spinner before an event is shown, and ends a reply of which a part
    /// has been shown, unless the event is that reply.
    pub(super) fn settle(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        if self.spinner.is_turning() {
            self.stop_spinner(outbox);
        }
        if self.work.is_shown() {
            self.work.stop(outbox.note());
        }
        if matches!(event, Event::Reply { .. } | Event::Beginning { .. }) {
            return;
        }
        self.finish_reasoning(false, outbox);
        if self.streamed {
            self.streamed = false;
            self.finish(outbox.answer());
        }
    }

    /// Shows a reply of which nothing was shown while it came.
    pub(super) fn show_whole(&mut self, message: &Message<'_>, outbox: &mut Outbox) {
        if self.reasoning == Reasoning::Show
            && let Some(text) = message.details.reasoning
        {
            self.reasoning_text.push(text, outbox.answer());
        }
        self.show(message, outbox);
    }

    /// Shows a whole reply, or ends it if its text has been shown while it arrived.
    pub(super) fn show(&mut self, message: &Message<'_>, outbox: &mut Outbox) {
        let is_streamed = std::mem::take(&mut self.streamed);
        let is_empty = message.content.is_empty();
        let was_thought = self.finish_reasoning(!is_empty, outbox);
        if !is_streamed && (is_unanswered(message) || (is_empty && was_thought)) {
            return;
        }
        match &mut self.markdown {
            Some(markdown) if !is_streamed => markdown.whole(message.content, outbox.answer()),
            _ => {
                if !is_streamed {
                    self.push(message.content, outbox.answer());
                }
                self.finish(outbox.answer());
            }
        }
        let mut sources = Vec::new();
        citations(message, "", &mut sources);
        let columns = (self.window)().map(|window| window.columns);
        let sources = String::from_utf8_lossy(&sources);
        push_wrapped(outbox.answer(), &sources, columns, SOURCE_INDENT);
        if message.status == Status::Interrupted {
            let text = "interrupted; what had come is kept";
            push_wrapped(outbox.note(), &text.dimmed().to_string(), columns, 0);
            outbox.note().push(b'\n');
        }
    }

    /// Shows that something is waited for, but not in the midst of a line.
    fn wait(&mut self, outbox: &mut Outbox) {
        if self.reasoning_text.is_open() {
            return;
        }
        let activity = if self.is_thinking {
            Activity::Thinking
        } else {
            Activity::Unknown
        };
        self.turn(activity, outbox);
    }

    /// Shows the rest of what has come, and that more is waited for if that takes long.
    fn wait_for_more(&mut self, outbox: &mut Outbox) {
        if let Some(markdown) = &mut self.markdown {
            markdown.catch_up(outbox.answer());
        }
        if self.heard_at.elapsed() < PATIENCE || self.is_dumb {
            return;
        }
        if !self.spinner.is_turning()
            && let Some(markdown) = &mut self.markdown
        {
            markdown.show_held(outbox.answer());
        }
        self.turn(Activity::Unknown, outbox);
    }

    /// Lets the spinner turn, below the row that has begun.
    fn turn(&mut self, activity: Activity, outbox: &mut Outbox) {
        let mut drawn = Vec::new();
        if self.below.is_some() || !self.streamed {
            self.spinner.turn(activity, outbox.note());
            return;
        }
        let taken = match &self.markdown {
            Some(markdown) => markdown.open_columns(),
            // Nobody knows where the cursor is in a row that the terminal has broken.
            None if self.is_in_row => return,
            None => None,
        };
        self.spinner.turn(activity, &mut drawn);
        if !drawn.is_empty() {
            if let Some(taken) = taken {
                outbox.note().push(b'\n');
                let stops = (self.window)().map_or(0, |window| window.stops);
                self.below = Some((taken, stops));
            }
            outbox.note().extend(drawn);
        }
    }

    /// Removes the spinner, and goes back to where the text goes on.
    fn stop_spinner(&mut self, outbox: &mut Outbox) {
        self.spinner.stop(outbox.note());
        let Some((taken, stops)) = self.below.take() else {
            return;
        };
        let Some(markdown) = &mut self.markdown else {
            return;
        };
        let is_there = |window: Window| taken <= window.columns && stops == window.stops;
        if (self.window)().is_some_and(is_there) {
            outbox.note().extend_from_slice(b"\x1b[A");
            markdown.rewrite_row(outbox.answer());
        } else {
            // The terminal has broken the row anew: nobody knows where it ends.
            markdown.lose_row();
        }
    }

    /// Shows what the model thinks, or that it does.
    fn think(&mut self, piece: &str, outbox: &mut Outbox) {
        match self.reasoning {
            Reasoning::Show if self.reasoning_text.is_open() || !piece.trim().is_empty() => {
                if self.spinner.is_turning() {
                    self.stop_spinner(outbox);
                }
                self.reasoning_text.push(piece, outbox.answer());
            }
            Reasoning::Fold => {
                self.is_thinking = true;
                self.wait(outbox);
            }
            Reasoning::Show | Reasoning::Hide => self.wait(outbox),
        }
    }

    /// Ends what the model thinks, and whether some of it was shown.
    fn finish_reasoning(&mut self, is_followed: bool, outbox: &mut Outbox) -> bool {
        self.is_thinking = false;
        let is_open = self.reasoning_text.is_open();
        if is_open {
            self.reasoning_text.finish(is_followed, outbox.answer());
        }
        is_open
    }

    fn push(&mut self, text: &str, out: &mut Vec<u8>) {
        match &mut self.markdown {
            Some(markdown) => markdown.push(text, out),
            None => {
                self.plain.push(text, out);
                self.is_in_row = !text.ends_with('\n');
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        match &mut self.markdown {
            Some(markdown) => markdown.finish(out),
            None => {
                self.plain.finish(out);
                out.push(b'\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::Hyperlinks;

    use super::*;
    use crate::domain::Zone;

    #[test]
    fn a_wait_before_another_try_says_why() {
        for (reason, words) in [
            (RetryReason::Busy, " s, the endpoint is busy: again in 4 s"),
            (RetryReason::Dropped, " s, no connection: again in 4 s"),
        ] {
            let options = TerminalOptions {
                markdown: false,
                reasoning: Reasoning::Fold,
                is_dumb: false,
                window: || None,
                shows_notes: true,
                hyperlinks: Hyperlinks::No,
                zone: Zone::Utc,
            };
            let (mut display, mut outbox) = (ReplyDisplay::new(options), Outbox::default());
            let left = Duration::from_millis(3500);
            // Nothing is drawn at first: most models answer at once.
            while outbox.note().is_empty() {
                display.progress(Progress::Retry(Retry { left, reason }), &mut outbox);
            }
            let drawn = String::from_utf8_lossy(outbox.note()).into_owned();
            assert!(drawn.ends_with(words), "{drawn:?}");
        }
    }
}
