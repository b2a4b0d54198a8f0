//! A reply that is still coming. A single turn and `/each` hand it the pieces;
//! here they are gathered, kept safe, and at the end put into the log.

use std::time::Instant;

use super::audience::Addressee;
use super::context::Context;
use super::kept_reply::KeptReply;
use super::question::Question;
use crate::chat::Chat;
use crate::chat::entry::message;
use crate::domain::{
    Appended, Citation, Draft, Error, Event, MessageId, OwnedSent, Problem, Receipt, ReplyCost,
    ReplyDetails, Result, Role, Sink, Status, Timestamp, Usage, sentence, shows_nothing,
};
use crate::responder::Ending;
use crate::store::{self, Log, Part, Taken};

/// The hint of a failure that a second try may mend.
const RETRY_HINT: &str = "`/retry` asks again";

/// A reply of which more may come.
pub(super) struct IncomingReply {
    addressee: Addressee,
    /// Notices and errors say whose reply it is, because others come at the same time.
    is_one_of_several: bool,
    /// Its pieces have been shown: the end of it is shown as soon as it is in the log.
    is_shown_as_it_comes: bool,
    /// What answers, by the name that the log keeps.
    model: String,
    asked_at: Timestamp,
    /// The same by a clock that nobody sets.
    asked: Instant,
    /// The oldest message that the model was sent.
    oldest: Option<MessageId>,
    /// What else it was sent.
    sent: Option<OwnedSent>,
    /// The raw estimate of the tokens that were sent.
    sent_estimate: f64,
    text: String,
    /// What the model thought so far.
    reasoning: String,
    /// It continues a reply that was cut short.
    continues: bool,
    /// How many requests were sent before the one that is answered.
    tries: u32,
    /// How far it is safe.
    kept: KeptReply,
}

impl IncomingReply {
    /// The reply to a question, of which nothing has come. Its text is gathered
    /// in `buffer`.
    pub(super) fn new(
        addressee: Addressee,
        model: String,
        question: &Question<'_>,
        context: &Context,
        mut buffer: String,
    ) -> Self {
        buffer.clear();
        Self {
            addressee,
            is_one_of_several: false,
            is_shown_as_it_comes: false,
            model,
            asked_at: question.asked_at,
            asked: question.asked,
            oldest: context.oldest(question.place.map(|place| place.id)),
            sent: question.sent(context),
            sent_estimate: context.budget.raw_estimate,
            text: buffer,
            reasoning: String::new(),
            continues: question.continues,
            tries: 0,
            kept: KeptReply::new(),
        }
    }

    /// The same, as one of several that come at the same time.
    pub(super) fn among_several(mut self) -> Self {
        self.is_one_of_several = true;
        self
    }

    /// The same, of which pieces are shown before it is whole.
    pub(super) fn shown_as_it_comes(mut self) -> Self {
        self.is_shown_as_it_comes = true;
        self
    }

    /// The question is asked once more, after another context; `tries` requests
    /// had been sent with the one before.
    pub(super) fn is_asked_with(&mut self, context: &Context, question: &Question<'_>, tries: u32) {
        self.tries += tries;
        self.kept.is_asked_anew();
        self.oldest = context.oldest(question.place.map(|place| place.id));
        self.sent = question.sent(context);
        self.sent_estimate = context.budget.raw_estimate;
        self.reasoning.clear();
    }

    /// Whether no word of its text has come.
    pub(super) fn is_empty(&self) -> bool {
        shows_nothing(&self.text)
    }

    /// Takes the next piece of the text.
    pub(super) fn push(&mut self, piece: &str) {
        self.text.push_str(piece);
    }

    /// Takes the next piece of what the model thinks.
    pub(super) fn push_reasoning(&mut self, piece: &str) {
        self.reasoning.push_str(piece);
    }

    /// How many bytes have come.
    fn received_bytes(&self) -> usize {
        self.text.len() + self.reasoning.len()
    }

    /// Keeps what has come of replies that come at the same time in the store, if
    /// that was not done for a while, in one commit.
    pub(super) fn keep_those_due(replies: &mut [&mut Self], log: &mut Log) -> store::Result<()> {
        let interval = log.beat_interval();
        let is_due = |reply: &Self| reply.kept.is_due(reply.received_bytes(), interval);
        if !replies.iter().any(|reply| is_due(reply)) {
            return Ok(());
        }
        let mut due = Vec::with_capacity(replies.len());
        for reply in replies {
            if is_due(reply) || reply.kept.has_more(reply.received_bytes()) {
                due.push(reply);
            } else {
                reply.kept.is_looked_at();
            }
        }
        let beats: Vec<i64> = due.iter_mut().map(|reply| reply.kept.next_beat()).collect();
        let parts = due.iter().zip(beats).map(|(reply, beat)| reply.part(beat));
        let kept = log.keep_partials_now(&parts.collect::<Vec<_>>());
        match kept {
            Ok(taken) => {
                for (reply, taken) in due.into_iter().zip(taken) {
                    match taken {
                        None => reply.kept.is_kept(reply.received_bytes()),
                        Some(taken) => reply.is_taken(&taken),
                    }
                }
                Ok(())
            }
            // Another process writes just now: the replies go on, and are kept next time.
            Err(_) if !log.is_stopped() => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// The same of one that comes alone.
    pub(super) fn keep_if_due(&mut self, log: &mut Log) -> store::Result<()> {
        Self::keep_those_due(&mut [self], log)
    }

    /// Keeps what has come with the next commit, even if that is nothing: if this
    /// process is killed, the next one says that the question got no answer.
    pub(super) fn keep(&mut self, log: &mut Log) -> store::Result<()> {
        let beat = self.kept.next_beat();
        log.keep_partial(&self.part(beat))
    }

    /// Another process has put the beginning into the log.
    fn is_taken(&mut self, taken: &Taken) {
        self.kept.is_taken(&self.text, &self.reasoning, taken);
    }

    /// What has come so far and is not in the log.
    fn part(&self, beat: i64) -> Part<'_> {
        Part {
            session: self.addressee.session.key,
            reply: self.draft(self.asked_at),
            beat,
        }
    }

    /// What is not in the log yet, as a message.
    fn draft(&self, at: Timestamp) -> Draft<'_> {
        Draft {
            model: Some(&self.model),
            details: ReplyDetails {
                reasoning: self.kept.rest_of_reasoning(&self.reasoning),
                ..ReplyDetails::default()
            },
            oldest: self.oldest,
            sent: self.sent.as_ref().map(OwnedSent::sent),
            behind: self.kept.taken().last().copied(),
            ..Draft::new(Role::Ai, self.kept.rest(&self.text), at)
        }
    }

    /// Puts the reply into the log, tells it, and learns from what the endpoint
    /// counted. The buffer goes back to the chat.
    ///
    /// # Errors
    /// [`Error::Unanswered`] if the reply failed; what came of it is in the log.
    /// If it is one of several the error says which, unless the store has stopped.
    pub(super) fn end(
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
        if is_taken {
            self.tell_taken(Some(receipt.id), ending.tries, chat, sink)?;
        }
        let message = &message(&receipt, &draft, user, session.id);
        let persona = session.persona.as_deref();
        let tries = ending.tries;
        sink.emit(&if self.is_one_of_several {
            Event::Tagged {
                message,
                persona,
                tries,
            }
        } else {
            Event::Reply { message, tries }
        });
        if !receipt.is_in_context {
            self.tell_late(receipt.id, sink);
        }
        Ok(())
    }

    /// Tells what another process has made of the reply, before the message with
    /// the rest of it, if there is a rest.
    fn tell_taken(
        &self,
        rest: Option<MessageId>,
        tries: u32,
        chat: &mut Chat,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let persona = self.addressee.session.persona.as_deref();
        let taken = self.kept.taken();
        for (at, id) in taken.iter().enumerate() {
            let is_all = rest.is_none() && at + 1 == taken.len();
            chat.log.message(*id, &mut |message| {
                if message.is_unanswered() {
                    return;
                }
                sink.emit(&if self.is_one_of_several {
                    Event::Tagged {
                        message,
                        persona,
                        tries,
                    }
                } else if is_all {
                    Event::Reply { message, tries }
                } else {
                    Event::Beginning { message, tries }
                });
            })?;
        }
        let ids: Vec<String> = taken.iter().map(|id| format!("#{id}")).collect();
        let ids = ids.join(", ");
        let notice = match rest {
            Some(rest) => format!(
                "this process stood still, and another one has kept the beginning of this reply as \
                 message {ids}; the rest is message #{rest}"
            ),
            None => format!(
                "this process stood still, and another one has kept what had come of this reply as \
                 message {ids}; nothing came after it"
            ),
        };
        self.notice(&notice, sink);
        Ok(())
    }

    /// Tells that another process took the question out of the context meanwhile.
    fn tell_late(&self, id: MessageId, sink: &mut dyn Sink) {
        let what = if self.continues {
            "the reply that is continued left the context while the rest was coming: the rest"
        } else {
            "the question left the context while its reply was coming: the reply"
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
