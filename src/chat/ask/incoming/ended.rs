//! A reply that has come to its end: put into the log, and told.

use super::super::audience::Addressee;
use super::IncomingReply;
use crate::chat::Chat;
use crate::chat::entry::message;
use crate::domain::{
    Appended, Citation, Draft, Error, Event, Late, Message, MessageId, Problem, Receipt, ReplyCost,
    ReplyDetails, Result, Sink, Status, Usage, sentence, shows_nothing,
};
use crate::responder::Ending;

/// The hint of a failure that a second try may mend.
const RETRY_HINT: &str = "`/retry` asks again";

impl IncomingReply {
    /// Puts the reply into the log, tells it, and learns from what the endpoint
    /// counted. The buffer goes back to the chat.
    ///
    /// # Errors
    /// [`Error::Unanswered`] if the reply failed; what came of it is in the log.
    /// If it is one of several the error says which, unless the store has stopped.
    pub(in crate::chat::ask) fn end(
        mut self,
        mut ending: Ending,
        chat: &mut Chat,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        ending.tries += self.tries;
        let taken = chat.log.take_back_partial(self.addressee.session.key);
        let appended = taken.map_err(Error::from).and_then(|taken| {
            if let Some(taken) = taken {
                self.is_taken(&taken);
            }
            self.append(&ending, chat, sink)
        });
        if appended.is_err() && !chat.is_stopped() {
            // The store is busy: what was kept of the reply is all there is of it.
            chat.log.leave_partial(self.addressee.session.key);
        }
        let result = appended.and_then(|()| {
            if let Some(usage) = ending.usage {
                chat.answering.tokens.correct(self.sent_estimate, usage);
            }
            self.tell_problem(ending.status, ending.problem, ending.tries, sink)
        });
        chat.answering.reply_buffer = std::mem::take(&mut self.text);
        match result {
            Ok(()) => {
                self.tell_cost(ending.usage, chat, sink);
                Ok(())
            }
            Err(error) if self.is_one_of_several && !chat.is_stopped() => {
                Err(Error::Asked(self.addressee.name(), Box::new(error)))
            }
            Err(error) => Err(error),
        }
    }

    /// A question that got no answer is followed by a message without text that
    /// says so, and is not shown as a reply.
    fn append(&self, ending: &Ending, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let is_unanswered = self.is_empty() && ending.status != Status::Complete;
        if is_unanswered && ending.status == Status::Interrupted {
            self.notice("interrupted before anything came", sink);
        }
        let is_taken = !self.kept.taken().is_empty();
        if is_taken && shows_nothing(self.kept.rest(&self.text)) {
            chat.log.drop_partial(self.addressee.session.key)?;
            return self.tell_taken(None, ending.tries, chat, sink);
        }
        let citations = Citation::to_json(&ending.citations);
        let draft = self.draft(chat.settings.now());
        let draft = Draft {
            status: ending.status,
            usage: ending.usage,
            details: ReplyDetails {
                finish_reason: ending.finish_reason.as_deref(),
                citations: citations.as_deref(),
                ..draft.details
            },
            ..draft
        };
        let Addressee { user, session } = &self.addressee;
        if is_unanswered {
            chat.log.append(session.key, &draft)?;
            return Ok(());
        }
        // What answers at once may get its place with the commit; only a reply to a
        // question that has one itself can find that question gone.
        let is_placed = self.is_one_of_several || self.is_shown_as_it_comes || self.sent.is_some();
        // What it took is told behind it.
        let is_placed = is_placed || chat.settings.verbose;
        let appended = if is_placed {
            Appended::Now(chat.log.append_placed(session.key, &draft)?)
        } else {
            chat.log.append(session.key, &draft)?
        };
        let receipt = match appended {
            Appended::Now(receipt) => receipt,
            Appended::AtCommit(ticket) => {
                let reply = message(&Receipt::pending(draft.at), &draft, user, session.id);
                sink.emit_at_commit(&reply, ticket);
                return Ok(());
            }
        };
        let message = &message(&receipt, &draft, user, session.id);
        if is_taken {
            self.tell_taken(Some(message), ending.tries, chat, sink)?;
        } else {
            sink.emit(&self.event(message, ending.tries));
        }
        if let Some(late) = receipt.late {
            self.tell_late(late, receipt.id, sink);
        }
        Ok(())
    }

    /// What tells a message that ends the reply.
    fn event<'m>(&'m self, message: &'m Message<'m>, tries: u32) -> Event<'m> {
        if self.is_one_of_several {
            let persona = self.addressee.session.persona.as_deref();
            Event::Tagged {
                message,
                persona,
                tries,
            }
        } else {
            Event::Reply { message, tries }
        }
    }

    /// Tells what another process has made of the reply, and the message with the
    /// rest of it, if there is a rest; then that it is so. A notice before the end
    /// would end what is shown of the reply while it comes.
    fn tell_taken(
        &self,
        rest: Option<&Message<'_>>,
        tries: u32,
        chat: &mut Chat,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let taken = self.kept.taken();
        let mut has_text = false;
        for (at, id) in taken.iter().enumerate() {
            let is_all = rest.is_none() && at + 1 == taken.len();
            chat.log.message(*id, &mut |message| {
                if message.is_unanswered() {
                    return;
                }
                has_text = true;
                sink.emit(&if self.is_one_of_several || is_all {
                    self.event(message, tries)
                } else {
                    Event::Beginning { message, tries }
                });
            })?;
        }
        if let Some(rest) = rest {
            sink.emit(&self.event(rest, tries));
        }
        let ids: Vec<String> = taken.iter().map(|id| format!("#{id}")).collect();
        let ids = ids.join(", ");
        let (kept, behind) = match rest.map(|rest| rest.id) {
            _ if !has_text => ("has said that no answer came, in", "the answer is"),
            Some(_) => ("has kept the beginning of this reply as", "the rest is"),
            None => ("has kept what had come of this reply as", ""),
        };
        let behind = match rest {
            Some(rest) => format!("{behind} message #{}", rest.id),
            None => "nothing came after it".into(),
        };
        let notice =
            format!("this process stood still, and another one {kept} message {ids}; {behind}");
        self.notice(&notice, sink);
        Ok(())
    }

    /// Tells what another process did to the context meanwhile, so that the reply is
    /// not in it.
    fn tell_late(&self, late: Late, id: MessageId, sink: &mut dyn Sink) {
        let what = match (late, self.continues) {
            (Late::Unasked, false) => {
                "the question left the context while its reply was coming: the reply"
            }
            (Late::Unasked, true) => {
                "the reply that is continued left the context while the rest was coming: the rest"
            }
            (Late::Begun, _) => {
                "the beginning of this reply left the context while the rest was coming: the rest"
            }
            (Late::Answered, false) => {
                "the question got another reply while this one was coming: this one"
            }
            (Late::Answered, true) => {
                "the reply was continued elsewhere while the rest was coming: this rest"
            }
        };
        let notice = format!(
            "{what} is message #{id} in the log, and not in the context; `/fork at #{id}` goes on \
             from it"
        );
        self.notice(&notice, sink);
    }

    fn tell_problem(
        &self,
        status: Status,
        problem: Option<Problem>,
        tries: u32,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        match problem {
            // Whole, and yet the endpoint has something to say about it.
            Some(problem) if status == Status::Complete => {
                self.notice(&sentence(problem.what, problem.hint), sink);
                Ok(())
            }
            Some(problem) => {
                let hint = way_on(problem.hint, !self.is_empty());
                // A retry would take the part out that there is.
                let hint = if self.continues && self.is_empty() {
                    hint.replace("`/retry`", "`/continue`")
                } else {
                    hint
                };
                let hint = Some(hint);
                Err(Error::Unanswered(Problem { hint, ..problem }, tries))
            }
            None => Ok(()),
        }
    }

    fn tell_cost(&self, usage: Option<Usage>, chat: &Chat, sink: &mut dyn Sink) {
        if chat.settings.verbose {
            let milliseconds = self.asked.elapsed().as_millis();
            let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
            sink.emit(&Event::Cost(ReplyCost {
                usage,
                milliseconds,
            }));
        }
    }

    fn notice(&self, text: &str, sink: &mut dyn Sink) {
        if self.is_one_of_several {
            let text = format!("{}: {text}", self.addressee.name());
            sink.emit(&Event::Notice(&text));
        } else {
            sink.emit(&Event::Notice(text));
        }
    }
}

/// The hint of a failed turn: what helps, and the line that then asks again.
fn way_on(hint: Option<String>, has_text: bool) -> String {
    let again = if has_text {
        "`/continue` asks for the rest, `/retry` for another reply"
    } else {
        RETRY_HINT
    };
    match hint {
        None => again.to_owned(),
        Some(hint) if hint == RETRY_HINT => again.to_owned(),
        Some(hint) if hint.contains("`/retry`") => hint,
        Some(hint) => format!("{hint}; then `/retry`"),
    }
}
