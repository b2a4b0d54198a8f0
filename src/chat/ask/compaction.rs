//! A summary that is to be written: of which turns, and where it is put.

use std::time::Instant;

use super::context::Context;
use super::context_messages::{ContextMessages, Entry, sendable};
use super::context_request::ContextRequest;
use super::instructions::summarize;
use super::written_summary::WrittenSummary;
use crate::chat::Chat;
use crate::chat::moves::put_summary;
use crate::chat::speakers::CurrentSession;
use crate::chat::tokens::{TokenBudget, TokenEstimator};
use crate::domain::{
    Draft, Error, Event, Flow, MessageId, Problem, ProblemKind, Progress, ReplyCost, ReplyDetails,
    Result, Role, SessionMove, Sink, UserName,
};
use crate::responder::{Ask, Responder};
use crate::store::{End, Place};

/// The newest turns that stay are no more than this part of the context.
const KEPT_PART: usize = 4;

/// How far back the turns are read that a summary may take the place of, in
/// windows of the model.
const WINDOWS_READ: usize = 4;

/// A summary that is to be written.
pub(super) struct Compaction {
    user: UserName,
    /// False if nobody typed for it.
    pub(super) is_asked_for: bool,
    pub(super) session: CurrentSession,
    place: Place,
    /// The turns that it takes the place of, oldest first, as they are sent.
    pub(super) covered: Context,
    /// The first message that stays.
    first_kept: MessageId,
    /// How many older messages do not fit, so that it cannot speak of them.
    unseen: i64,
    instruction: String,
}

impl Compaction {
    /// Which turns a summary would take the place of; none if there is only one.
    /// `configured` is the system prompt for a session without one.
    pub(super) fn plan(
        chat: &mut Chat,
        user: &UserName,
        session: CurrentSession,
        window: usize,
        configured: Option<&str>,
        focus: Option<&str>,
    ) -> Result<Option<Self>> {
        let End { place, system, .. } = chat.log.end(session.key)?;
        let instruction = summarize(focus);
        let request = ContextRequest {
            user,
            place,
            system,
            configured,
            question: Some(&instruction),
            window,
            reply: None,
            oldest: None,
        };
        // What has just outgrown the window is still seen by the summary: the
        // turns that stay are not sent with it.
        let mut budget = TokenBudget::new(window.saturating_mul(WINDOWS_READ));
        let read =
            ContextMessages::read(request, &mut budget, &mut chat.log, &chat.answering.tokens)?;
        let mut unseen = if read.is_whole {
            0
        } else {
            chat.log.depth(place)? - read.count
        };
        let mut entries = read.entries;
        let Some(at) = first_kept(&entries, place.floor, window) else {
            return Ok(None);
        };
        let first_kept = entries[at].id;
        entries.truncate(at);
        let mut budget = TokenBudget::for_summary(window);
        chat.answering.tokens.force(&instruction, &mut budget);
        unseen += drop_oldest(
            &mut entries,
            place.floor,
            &chat.answering.tokens,
            &mut budget,
        );
        if entries.iter().all(|entry| Some(entry.id) == place.floor) {
            let what =
                "the oldest turns do not fit the model's window, so it cannot summarize them";
            let problem = Problem::new(ProblemKind::Other, what);
            let hint = "`/model` chooses one that can, `/clear` empties the context";
            return Err(Error::Responder(problem.with_hint(hint)));
        }
        let (log, tokens) = (&mut chat.log, &chat.answering.tokens);
        let covered = Context::of(sendable(entries), &request, log, tokens)?;
        Ok(Some(Self {
            user: user.clone(),
            is_asked_for: true,
            session,
            place,
            covered,
            first_kept,
            unseen,
            instruction,
        }))
    }

    /// Asks for the summary. A question may wait for it: `waits` is called at short
    /// intervals, to leave a sign that this process lives.
    pub(super) fn ask(
        &self,
        responder: &mut dyn Responder,
        waits: &mut dyn FnMut(),
        sink: &mut dyn Sink,
    ) -> WrittenSummary {
        let begun = Instant::now();
        let mut text = String::new();
        let ask: Ask<'_> = self.covered.ask(&self.instruction);
        let ending = responder.respond(&ask, &mut |progress| {
            if let Progress::Delta(piece) = progress {
                text.push_str(piece);
            }
            waits();
            // It is not shown as it comes.
            sink.progress(match progress {
                Progress::Delta(_) | Progress::Reasoning(_) => Progress::Idle,
                other => other,
            })
        });
        WrittenSummary {
            model: responder.model().to_owned(),
            text,
            ending,
            took: begun.elapsed(),
        }
    }

    /// Puts the summary where it belongs, and tells what that did.
    pub(super) fn apply(
        self,
        chat: &mut Chat,
        summary: &WrittenSummary,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let usage = summary.ending.usage;
        if let Some(usage) = usage {
            let sent = self.covered.budget.raw_estimate;
            chat.answering.tokens.correct(sent, usage);
        }
        let end = chat.log.end_for_update(self.session.key)?;
        let Some(kept) = self.still_kept(&end, chat)? else {
            return Err(Error::Responder(Problem {
                kind: ProblemKind::Other,
                what: "the session was moved meanwhile, and nothing was changed".into(),
                hint: Some("`/compact` again summarizes what it holds now".into()),
            }));
        };
        let draft = Draft {
            model: Some(&summary.model),
            usage,
            details: ReplyDetails {
                finish_reason: summary.ending.finish_reason.as_deref(),
                ..ReplyDetails::default()
            },
            oldest: Some(self.first_kept),
            ..Draft::new(Role::System, &summary.text, chat.settings.now())
        };
        let covered = end.depth - kept;
        let moved = &put_summary(chat, &self.session, &end, &draft, covered)?;
        sink.emit(&Event::Move(SessionMove {
            user: &self.user,
            session: self.session.id,
            moved,
            unasked: !self.is_asked_for,
            whose: None,
        }));
        if chat.settings.verbose {
            let milliseconds = i64::try_from(summary.took.as_millis()).unwrap_or(i64::MAX);
            sink.emit(&Event::Cost(ReplyCost {
                usage,
                milliseconds,
            }));
        }
        if self.unseen > 0 {
            let notice = format!(
                "the {} oldest of them do not fit the model's window, so the summary does not speak of \
                 them",
                self.unseen
            );
            sink.emit(&Event::Notice(&notice));
        }
        Ok(())
    }

    /// How many messages of the context stay, those included that were said
    /// while the summary was written; none if it is another context by now.
    fn still_kept(&self, end: &End, chat: &mut Chat) -> Result<Option<i64>> {
        let Some(head) = end
            .place
            .head
            .filter(|_| end.place.floor == self.place.floor)
        else {
            return Ok(None);
        };
        let (mut kept, mut is_there) = (0, false);
        chat.log.walk(head, &mut |link| {
            kept += 1;
            is_there = link.id == self.first_kept;
            if link.id <= self.first_kept {
                Flow::Full
            } else {
                Flow::More
            }
        })?;
        Ok(is_there.then_some(kept))
    }
}

/// Where the turns begin that stay: the newest ones, no more than a part of the
/// context, and one at least. None if nothing would be before them but a summary.
fn first_kept(entries: &[Entry], floor: Option<MessageId>, window: usize) -> Option<usize> {
    let all: usize = entries.iter().map(|entry| entry.tokens).sum();
    let most = all.min(window) / KEPT_PART;
    let (mut tokens, mut first) = (0, None);
    for (at, entry) in entries.iter().enumerate().rev() {
        tokens += entry.tokens;
        let is_turn = entry.role == Role::User && Some(entry.id) != floor;
        if is_turn && (first.is_none() || tokens <= most) {
            first = Some(at);
        }
    }
    let before = usize::from(floor.is_some());
    first.filter(|at| *at > before)
}

/// Drops the oldest turns that do not fit, but for the summary that they begin
/// with; gives how many messages that are.
fn drop_oldest(
    entries: &mut Vec<Entry>,
    floor: Option<MessageId>,
    tokens: &TokenEstimator,
    budget: &mut TokenBudget,
) -> i64 {
    let begin = usize::from(entries.first().map(|entry| entry.id) == floor && floor.is_some());
    for summary in entries.iter().take(begin) {
        tokens.force(&summary.content, budget);
    }
    let mut first = entries.len();
    for (at, entry) in entries.iter().enumerate().skip(begin).rev() {
        if tokens.take(&entry.content, budget).is_none() {
            break;
        }
        if entry.role == Role::User {
            first = at;
        }
    }
    let dropped = entries.drain(begin..first).count();
    i64::try_from(dropped).unwrap_or(i64::MAX)
}
