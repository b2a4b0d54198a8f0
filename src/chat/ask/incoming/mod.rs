//! A reply that is still coming. A single turn and `/each` hand it the pieces;
//! here they are gathered and kept safe; `ended` puts the whole into the log.

mod ended;

use std::time::Instant;

use super::audience::Addressee;
use super::context::Context;
use super::kept_reply::KeptReply;
use super::question::Question;
use crate::domain::{Draft, MessageId, OwnedSent, ReplyDetails, Role, Timestamp, shows_nothing};
use crate::store::{self, Log, Part, Taken};

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

    /// The same of some who wait for something else first: what prevents it is told
    /// when they are to be kept for good.
    pub(super) fn keep_waiting(replies: &mut [&mut Self], log: &mut Log) {
        let _ = Self::keep_those_due(replies, log);
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
}
