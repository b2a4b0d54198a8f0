//! A reply that is still coming. A single turn and `/each` hand it the pieces;
//! here they are gathered, kept safe, and at the end put into the log.

use std::time::{Duration, Instant};

use super::audience::Addressee;
use super::context::Context;
use super::question::Question;
use crate::chat::Chat;
use crate::chat::entry::message;
use crate::domain::{
    Appended, Citation, Draft, Error, Event, MessageId, OwnedSent, Problem, Receipt, ReplyCost,
    ReplyDetails, Result, Role, Sink, Status, Timestamp, Usage, sentence, shows_nothing,
};
use crate::responder::Ending;
use crate::store::{self, Log};

/// What has come of a reply is kept in the store this often: a process that is
/// killed loses no more.
const KEEP_EVERY_MILLISECONDS: i64 = 900;

/// A question that waits so long for its answer is noted in the store: if this
/// process is killed, the next one says that no answer came. Sooner it would only
/// cost those who answer at once.
const NOTED_AFTER: Duration = Duration::from_millis(50);

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
    begun: Instant,
    /// The store knows that it is waited for.
    is_noted: bool,
    /// When the store was last given the text, and how many bytes of it.
    kept_at: Timestamp,
    kept_bytes: usize,
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
        now: Timestamp,
    ) -> Self {
        buffer.clear();
        Self {
            addressee,
            is_one_of_several: false,
            is_shown_as_it_comes: false,
            model,
            asked_at: question.asked_at,
            oldest: context.oldest(question.place.map(|place| place.id)),
            sent: question.sent(context),
            sent_estimate: context.budget.raw_estimate,
            text: buffer,
            reasoning: String::new(),
            continues: question.continues,
            tries: 0,
            begun: Instant::now(),
            is_noted: false,
            kept_at: now,
            kept_bytes: 0,
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
        self.kept_bytes = 0;
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

    /// Keeps what has come in the store, if that was not done for a while.
    pub(super) fn keep_if_due(&mut self, log: &mut Log, now: Timestamp) -> store::Result<()> {
        let has_more = now.0 - self.kept_at.0 >= KEEP_EVERY_MILLISECONDS
            && self.received_bytes() > self.kept_bytes;
        let is_late = !self.is_noted && self.begun.elapsed() >= NOTED_AFTER;
        if !has_more && !is_late {
            return Ok(());
        }
        self.is_noted = true;
        self.kept_at = now;
        let kept = log.keep_partial_now(self.addressee.session.key, &self.part());
        match kept {
            Ok(()) => {
                self.kept_bytes = self.received_bytes();
                Ok(())
            }
            // Another process writes just now: the reply goes on, and is kept next time.
            Err(_) if !log.is_stopped() => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// Keeps what has come with the next commit, even if that is nothing: if this
    /// process is killed, the next one says that the question got no answer.
    pub(super) fn keep(&mut self, log: &mut Log) -> store::Result<()> {
        self.is_noted = true;
        log.keep_partial(self.addressee.session.key, &self.part())
    }

    /// What has come so far.
    fn part(&self) -> Draft<'_> {
        Draft {
            model: Some(&self.model),
            details: ReplyDetails {
                reasoning: Some(self.reasoning.as_str()).filter(|text| !text.is_empty()),
                ..ReplyDetails::default()
            },
            oldest: self.oldest,
            sent: self.sent.as_ref().map(OwnedSent::sent),
            ..Draft::new(Role::Ai, &self.text, self.asked_at)
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
        let appended = self.append(&ending, chat, sink);
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
        let citations = Citation::to_json(&ending.citations);
        let draft = Draft {
            model: Some(&self.model),
            status: ending.status,
            usage: ending.usage,
            details: ReplyDetails {
                finish_reason: ending.finish_reason.as_deref(),
                reasoning: Some(self.reasoning.as_str()).filter(|text| !text.is_empty()),
                citations: citations.as_deref(),
            },
            oldest: self.oldest,
            sent: self.sent.as_ref().map(OwnedSent::sent),
            ..Draft::new(Role::Ai, &self.text, chat.settings.now())
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
            let milliseconds = chat.settings.now().0 - self.asked_at.0;
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
