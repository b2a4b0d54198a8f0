//! Replies: the spinner before, the text while it arrives, the end.

use colored::Colorize;

use super::super::phrases::put;
use super::super::spinner::Spinner;
use super::super::visible::push_body;
use super::super::{Markdown, Outbox};
use crate::domain::{Event, Message, Progress, Retry, RetryReason, Status};

/// Shows one reply after the other.
pub(super) struct ReplyDisplay {
    /// Lays replies out as Markdown; if none, they are shown as they are.
    markdown: Option<Markdown>,
    /// A part of the current reply has been shown.
    streamed: bool,
    spinner: Spinner,
}

impl ReplyDisplay {
    pub(super) fn new(markdown: bool) -> Self {
        Self {
            markdown: markdown.then(|| Markdown::new(None)),
            streamed: false,
            spinner: Spinner::default(),
        }
    }

    /// Shows what arrives of a reply.
    pub(super) fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox) {
        match progress {
            Progress::Idle if self.streamed => {}
            Progress::Reasoning(_) if self.streamed => {}
            Progress::Idle | Progress::Reasoning(_) => self.spinner.turn("", outbox.note()),
            Progress::Retry(Retry { left, reason }) => {
                let reason = match reason {
                    RetryReason::Busy => "the endpoint is busy",
                    RetryReason::Dropped => "no connection",
                };
                let why = format!(", {reason}: again in {} s", left.as_secs() + 1);
                self.spinner.turn(&why, outbox.note());
            }
            Progress::Delta(delta) => {
                self.spinner.stop(outbox.note());
                self.streamed = true;
                self.push(delta, outbox.answer());
            }
        }
    }

    /// Removes the spinner before an event is shown, and ends a reply of which a part
    /// has been shown, unless the event is that reply.
    pub(super) fn settle(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        if self.spinner.is_turning() {
            self.spinner.stop(outbox.note());
        }
        if self.streamed && !matches!(event, Event::Reply(_)) {
            self.streamed = false;
            self.finish(outbox.answer());
        }
    }

    /// Shows a whole reply, or ends it if its text has been shown while it arrived.
    pub(super) fn show(&mut self, message: &Message<'_>, outbox: &mut Outbox) {
        if !std::mem::take(&mut self.streamed) {
            self.push(message.content, outbox.answer());
        }
        self.finish(outbox.answer());
        if message.status == Status::Interrupted {
            let text = "interrupted; what had come is kept";
            put!(outbox.note(), "{}\n", text.dimmed());
        }
    }

    fn push(&mut self, text: &str, out: &mut Vec<u8>) {
        match &mut self.markdown {
            Some(markdown) => markdown.push(text, out),
            None => push_body(out, text, ""),
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        match &mut self.markdown {
            Some(markdown) => markdown.finish(out),
            None => out.push(b'\n'),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_wait_before_another_try_says_why() {
        for (reason, words) in [
            (RetryReason::Busy, " s, the endpoint is busy: again in 4 s"),
            (RetryReason::Dropped, " s, no connection: again in 4 s"),
        ] {
            let (mut display, mut outbox) = (ReplyDisplay::new(false), Outbox::default());
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
