//! Tells what happens in one of several sessions with whose it is.

use std::ops::ControlFlow;

use crate::domain::{
    Event, Flow, Message, Moved, Progress, Receipt, Result, SessionMove, Sink, Ticket, Work,
};

/// A sink that names somebody in what is told of their session.
pub(super) struct NamedSink<'s> {
    pub(super) name: &'s str,
    pub(super) sink: &'s mut dyn Sink,
}

impl Sink for NamedSink<'_> {
    fn emit(&mut self, event: &Event<'_>) -> Flow {
        match event {
            Event::Notice(text) => {
                let text = format!("{}: {text}", self.name);
                self.sink.emit(&Event::Notice(&text))
            }
            // A line that takes it back would do so in the current session.
            Event::Move(it) => self.sink.emit(&Event::Move(SessionMove {
                whose: Some(self.name),
                moved: &Moved {
                    inverse: None,
                    ..it.moved.clone()
                },
                ..*it
            })),
            other => self.sink.emit(other),
        }
    }

    fn emit_at_commit(&mut self, reply: &Message<'_>, ticket: Ticket) {
        self.sink.emit_at_commit(reply, ticket);
    }

    fn confirm(&mut self, receipts: &[(Ticket, Receipt)]) {
        self.sink.confirm(receipts);
    }

    fn progress(&mut self, progress: Progress<'_>) -> ControlFlow<()> {
        self.sink.progress(progress)
    }

    fn work(&mut self, work: Option<Work<'_>>) -> ControlFlow<()> {
        self.sink.work(work)
    }

    fn flush(&mut self) -> Result<()> {
        self.sink.flush()
    }
}
