//! `/compact`: a summary in place of the oldest turns of a context.
//!
//! The session's model writes it. The turns stay in the log; the session's floor
//! is the summary from then on, until `/undo` takes it back.

use std::time::{Duration, Instant};

use super::context::Context;
use super::context_messages::{ContextMessages, Entry, sendable};
use super::context_request::ContextRequest;
use super::instructions::summarize;
use super::shortening::SHORTENINGS;
use crate::chat::Chat;
use crate::chat::moves::put_summary;
use crate::chat::speakers::CurrentSession;
use crate::chat::tokens::{TokenBudget, TokenEstimator};
use crate::domain::{
    Draft, Error, Event, Flow, LENGTH, MessageId, Problem, ProblemKind, Progress, ReplyCost,
    ReplyDetails, Result, Role, SessionMove, Sink, Status, UserName, sentence,
};
use crate::responder::{Ask, Ending, Responder};
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
    is_asked_for: bool,
    session: CurrentSession,
    place: Place,
    /// The turns that it takes the place of, oldest first, as they are sent.
    covered: Context,
    /// The first message that stays.
    first_kept: MessageId,
    /// How many older messages do not fit, so that it cannot speak of them.
    unseen: i64,
    instruction: String,
}

/// What the model wrote that was asked for a summary.
pub(super) struct Written {
    model: String,
    text: String,
    ending: Ending,
    took: Duration,
}

/// Puts a summary in place of the oldest turns of the current context, with
/// regard to what the person names as its focus.
///
/// # Errors
/// [`Error::NothingToCompact`]; [`Error::Responder`] if the model failed. Nothing
/// is changed then.
pub(crate) fn compact(chat: &mut Chat, focus: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    chat.answering.open_to_ask(session.model.as_deref())?;
    let user = chat.user().clone();
    let open = &chat.answering.open;
    let window = chat.windows.of(open.responder.as_ref(), &mut chat.log)?;
    let system = open.system.clone();
    let window = chat.answering.tokens_of(Some(window));
    let mut window = window;
    let mut shortenings = 0;
    let (compaction, written) = loop {
        let system = system.as_deref();
        let planned = Compaction::plan(chat, &user, session.clone(), window, system, focus)?;
        let compaction = planned.ok_or(Error::NothingToCompact)?;
        chat.commit_and_flush(sink)?;
        let written = compaction.ask(chat.answering.open.responder.as_mut(), sink);
        match written.ending.too_long.and_then(|refusal| refusal.limit) {
            Some(limit) if shortenings < SHORTENINGS => {
                shortenings += 1;
                let responder = chat.answering.open.responder.as_ref();
                chat.windows.learn(responder, limit, &mut chat.log)?;
                window = limit.min(window - window / 4);
            }
            _ => break (compaction, written),
        }
    };
    compaction.apply(chat, &written.checked(sink)?, sink)
}

/// The same where nobody asked for it: the context has outgrown the window of a
/// model whose configuration asks for summaries. `ask` has the model write it.
/// Gives whether there is a summary now; why there is none is told.
///
/// # Errors
/// [`Error::Interrupted`] if the person does not want to wait for it.
pub(super) fn compact_unasked(
    chat: &mut Chat,
    plan: &Unasked<'_>,
    ask: &mut dyn FnMut(&mut Chat, &Compaction, &mut dyn Sink) -> Written,
    sink: &mut dyn Sink,
) -> Result<bool> {
    let Unasked {
        user,
        session,
        model,
        window,
        system,
    } = plan;
    let floor = chat.log.end(session.key)?.place.floor;
    let case = (session.key, floor, model.clone());
    if chat.answering.no_summary.contains(&case) {
        return Ok(false);
    }
    let session = (*session).clone();
    let planned = Compaction::plan(chat, user, session, *window, system.as_deref(), None);
    let done = planned.and_then(|planned| {
        let Some(mut compaction) = planned else {
            return Ok(false);
        };
        compaction.is_asked_for = false;
        chat.commit_and_flush(sink)?;
        let written = ask(chat, &compaction, sink).checked(sink)?;
        compaction.apply(chat, &written, sink).map(|()| true)
    });
    match done {
        // It is not tried with each turn again.
        Err(Error::Responder(problem)) => {
            chat.answering.no_summary.insert(case);
            let told = sentence(problem.what, problem.hint);
            let notice = format!("no summary takes the place of the oldest turns: {told}");
            sink.emit(&Event::Notice(&notice));
            Ok(false)
        }
        // The store is busy: the oldest turns are left out this time.
        Err(Error::Store(_)) if !chat.is_stopped() => Ok(false),
        done => done,
    }
}

/// Whose context has outgrown which window.
pub(super) struct Unasked<'a> {
    pub(super) user: &'a UserName,
    pub(super) session: &'a CurrentSession,
    /// The name of the model.
    pub(super) model: String,
    /// In tokens.
    pub(super) window: usize,
    /// The model's own system prompt.
    pub(super) system: Option<String>,
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

    /// Asks for the summary.
    pub(super) fn ask(&self, responder: &mut dyn Responder, sink: &mut dyn Sink) -> Written {
        let begun = Instant::now();
        let mut text = String::new();
        let ask: Ask<'_> = self.covered.ask(&self.instruction);
        let ending = responder.respond(&ask, &mut |progress| {
            if let Progress::Delta(piece) = progress {
                text.push_str(piece);
            }
            // It is not shown as it comes.
            sink.progress(match progress {
                Progress::Delta(_) | Progress::Reasoning(_) => Progress::Idle,
                other => other,
            })
        });
        Written {
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
        summary: &Written,
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

impl Written {
    /// The same if it is a whole summary; what else there is to say of it is told.
    ///
    /// # Errors
    /// [`Error::Responder`] if none came, or a part of it; [`Error::Interrupted`].
    fn checked(mut self, sink: &mut dyn Sink) -> Result<Self> {
        let problem = self.ending.problem.take();
        let failed = |what: &str, hint: &str| {
            let problem = Problem::new(ProblemKind::Other, what).with_hint(hint);
            Err(Error::Responder(problem))
        };
        match (self.ending.status, problem) {
            (Status::Interrupted, _) => Err(Error::Interrupted),
            (Status::Failed, Some(problem)) => Err(Error::Responder(problem)),
            (Status::Complete, _) if self.ending.finish_reason.as_deref() == Some(LENGTH) => {
                failed(
                    "the summary was cut at the model's limit of tokens, and nothing was changed",
                    "`--parameter max_tokens=N` raises it, `/model` chooses another model",
                )
            }
            _ if self.text.trim().is_empty() => failed(
                "the model wrote no summary, and nothing was changed",
                "`/model` chooses another one",
            ),
            (_, problem) => {
                if let Some(problem) = problem {
                    let told = sentence(problem.what, problem.hint);
                    sink.emit(&Event::Notice(&told));
                }
                Ok(self)
            }
        }
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
