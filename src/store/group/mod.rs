//! The open group: everything written between two commits.
//!
//! A group is begun by the first write and ended by a commit, before anybody is
//! waited for or shown anything. While it is open this process has the sessions
//! that it touches to itself, so where they end can be remembered; their rows
//! are written once a commit instead of once a message.
//!
//! Where messages get their ids only at the commit ([`Numbering::AtCommit`]),
//! messages wait here until then and are added all at once, again if the
//! backend asks for that. Everything else is rare: it is written and committed
//! on the spot.

mod importing;
mod joining;
mod numbered_at_commit;
mod together;
mod waiting_message;
mod watched_sessions;
mod writing;

use std::collections::HashMap;
use std::rc::Rc;

use super::Result;
use super::backend::{Backend, Commit, Newest, Numbering, Plan};
use super::rows::{End, NewSession, SessionChange};
use crate::domain::{MessageId, Problem, ProblemKind, Receipt, SessionKey, Ticket, Timestamp};
pub(super) use joining::{Apart, JoinedEnd};
use waiting_message::WaitingMessage;
use watched_sessions::WatchedSessions;

/// How many sessions' ends are remembered between groups, at about 150 bytes each.
const ENDS_REMEMBERED: usize = 16 * 1024;

/// How often a group is run again before others are taken to be in the way for good.
const TRIES: usize = 10;

/// A backend, and what this process is writing to it.
pub(super) struct Group {
    backend: Box<dyn Backend>,
    numbering: Numbering,
    is_open: bool,
    /// The open group goes on until [`Log::together`](super::Log::together) ends it.
    is_together: bool,
    /// How many messages the group has.
    pending: usize,
    newest: Newest,
    /// The time of a message that was said before one with an earlier time,
    /// until somebody asks.
    overtaken: Option<Timestamp>,
    /// Where sessions end. It was read inside a group and holds for as long as
    /// nobody else writes, which the next group is told as it begins.
    ends: HashMap<SessionKey, KnownEnd>,
    /// Sessions whose rows differ from what is in `ends`.
    moved: Vec<SessionKey>,
    /// The beginning of what was said first in some of these.
    previews: HashMap<SessionKey, String>,
    /// Replies of this process that are kept while they come, by session and
    /// writer: the session's next message replaces them.
    partials: Vec<(SessionKey, String)>,
    /// Replies of this process that were kept and could not be put into the log.
    left: Vec<(SessionKey, String)>,
    /// How many of these, from the first, the open group has replaced.
    replaced: usize,
    /// The session that the open group keeps where it is, and where that is.
    held: Option<(SessionKey, End)>,
    /// The session in which a person wants to know what others say.
    watched: WatchedSessions,
    /// Messages that get their ids at the commit.
    waiting: Vec<WaitingMessage>,
    next_ticket: u64,
    /// What became of them, until somebody asks.
    receipts: Vec<(Ticket, Receipt)>,
    /// Why nothing more is written, once a write has failed.
    stopped: Option<Problem>,
}

struct KnownEnd {
    end: End,
    /// Whether the session's row says otherwise.
    is_moved: bool,
    /// The model of the last reply, if the session's row does not say that yet.
    answered_by: Option<Rc<str>>,
}

impl KnownEnd {
    /// As the session's row says.
    fn of(end: End) -> Self {
        Self {
            end,
            is_moved: false,
            answered_by: None,
        }
    }
}

/// What failed of a piece of writing. Reads come first: when one fails, the piece
/// has written nothing.
pub(super) enum Failure {
    Reading(Problem),
    Writing(Problem),
}

impl Failure {
    /// The same for a piece that has written something.
    pub(super) fn of_begun(self) -> Self {
        let (Self::Reading(problem) | Self::Writing(problem)) = self;
        Self::Writing(problem)
    }
}

/// The result of a piece of writing.
pub(super) type Attempt<T> = std::result::Result<T, Failure>;

impl Group {
    /// No group is open over this backend.
    pub(super) fn new(backend: Box<dyn Backend>) -> Self {
        Self {
            numbering: backend.facts().numbering,
            backend,
            is_open: false,
            is_together: false,
            pending: 0,
            newest: Newest::NONE,
            overtaken: None,
            ends: HashMap::new(),
            moved: Vec::new(),
            previews: HashMap::new(),
            partials: Vec::new(),
            left: Vec::new(),
            replaced: 0,
            held: None,
            watched: WatchedSessions::default(),
            waiting: Vec::new(),
            next_ticket: 0,
            receipts: Vec::new(),
            stopped: None,
        }
    }

    /// The backend, to look at rows that no group changes: messages, links,
    /// moves, users. It sees what the open group has added.
    pub(super) fn rows(&mut self) -> Result<&mut dyn Backend> {
        if !self.waiting.is_empty() {
            self.commit()?;
        }
        if !self.is_open {
            self.backend.check()?;
        }
        Ok(self.backend.as_mut())
    }

    /// The backend, to look at anything: the open group is committed first.
    pub(super) fn committed(&mut self) -> Result<&mut dyn Backend> {
        self.commit()?;
        self.backend.check()?;
        Ok(self.backend.as_mut())
    }

    /// How many messages wait for the commit.
    pub(super) fn pending(&self) -> usize {
        self.pending
    }

    /// The time of a message that the log holds before one of this process with
    /// an earlier time, if there was such a one since this was asked last.
    pub(super) fn take_overtaken(&mut self) -> Option<Timestamp> {
        self.overtaken.take()
    }

    /// The newest message, in an open group.
    pub(super) fn newest(&self) -> MessageId {
        self.newest.id
    }

    /// Whether a write has failed, so that nothing more is written.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Does a piece of writing other than a message inside the open group, which
    /// is begun if there is none. It may be done several times before it lasts.
    pub(super) fn write<T>(
        &mut self,
        plan: &Plan<'_>,
        work: &mut dyn FnMut(&mut Self) -> Attempt<T>,
    ) -> Result<T> {
        if self.numbering == Numbering::AtOnce || self.is_together {
            self.begin(plan)?;
            let done = work(self);
            return self.judge(done);
        }
        // What a held session was looked at for belongs to the group that holds it.
        let held = self.held.take();
        let is_of_use =
            |session: &SessionKey| plan.sessions.contains(session) && self.waiting.is_empty();
        let held = held.filter(|(session, _)| is_of_use(session));
        if held.is_none() {
            self.commit()?;
        }
        for _ in 0..TRIES {
            self.begin(plan)?;
            if let Some((session, was)) = held {
                let end = self.end(session);
                if self.judge(end)? != was {
                    break;
                }
            }
            let done = work(self);
            if done.is_err() && self.backend.wants_again() {
                self.give_up_group();
                continue;
            }
            let done = self.judge(done)?;
            if self.commit_open()? == Commit::Done {
                return Ok(done);
            }
        }
        self.give_up_group();
        Err(in_the_way())
    }

    /// Begins a session at once, if the backend has a quicker way to do so than a group.
    pub(super) fn begin_session(&mut self, session: &NewSession<'_>) -> Result<Option<SessionKey>> {
        if self.numbering == Numbering::AtOnce {
            return Ok(None);
        }
        self.commit()?;
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        let begun = self.backend.begin_session(session);
        begun.map_err(|problem| self.stop(problem))
    }

    /// Writes down something that nobody would miss, if that can be done now. What
    /// prevents it will prevent what matters, too, and is told then.
    pub(super) fn note(&mut self, write: &mut dyn FnMut(&mut dyn Backend) -> Result<()>) {
        if self.is_open || self.is_stopped() || !self.waiting.is_empty() {
            return;
        }
        let Ok(start) = self.backend.begin(&Plan::default()) else {
            return;
        };
        if let Some(newest) = start.news {
            self.newest = newest;
            self.ends.clear();
        }
        let is_written = write(self.backend.as_mut()).is_ok();
        if !is_written || self.backend.commit().is_err() {
            self.backend.rollback();
        }
    }

    /// Begins a group and says where a session stands. It stays there until the
    /// group is committed, whatever other processes want to do to it.
    pub(super) fn end_for_update(&mut self, session: SessionKey) -> Result<End> {
        self.let_go_of_another(session)?;
        self.begin(&Plan {
            sessions: &[session],
            messages: 0,
        })?;
        let end = self.end(session);
        let end = self.judge(end)?;
        self.held = Some((session, end));
        Ok(end)
    }

    /// Where a session stands: in the open group, or else as was committed last.
    pub(super) fn look_at_end(&mut self, session: SessionKey) -> Result<End> {
        self.let_go_of_another(session)?;
        if self.is_open {
            let end = self.end(session);
            return self.judge(end);
        }
        self.backend.check()?;
        self.backend.end(session).map_err(unreadable)
    }

    /// Where single sessions are locked, a group that holds another one is of
    /// no use for this one; and what waits is not in its end yet.
    fn let_go_of_another(&mut self, session: SessionKey) -> Result<()> {
        if self.is_together {
            return Ok(());
        }
        let holds_it = self.held.is_some_and(|(held, _)| held == session);
        if self.numbering == Numbering::AtCommit && !(holds_it && self.waiting.is_empty()) {
            self.commit()?;
        }
        Ok(())
    }

    /// Commits everything that was written.
    ///
    /// # Errors
    /// Nothing of the group may be shown then, and nothing more is written.
    pub(super) fn commit(&mut self) -> Result<()> {
        if self.is_together {
            return Ok(());
        }
        if self.is_open {
            match self.numbering {
                Numbering::AtOnce => self.commit_open().map(|_| ())?,
                // It has held a session and written nothing.
                Numbering::AtCommit => self.give_up_group(),
            }
        }
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.pending = 0;
        let committed = self.commit_waiting(&waiting);
        if let Err(problem) = &committed {
            if problem.kind == ProblemKind::Busy && !self.is_stopped() {
                // Nothing of them was written: the next commit may have more luck.
                self.pending = waiting.len();
                self.waiting = waiting;
                return committed;
            }
            // These messages are lost, and their lines have reported success already.
            self.stopped.get_or_insert_with(|| stopped(problem));
        }
        committed
    }

    /// Begins a group if none is open.
    fn begin(&mut self, plan: &Plan<'_>) -> Result<()> {
        if self.is_open {
            return self.check_group();
        }
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        let start = match self.backend.begin(plan) {
            Ok(start) => start,
            Err(problem) => return Err(self.not_begun(problem)),
        };
        self.is_open = true;
        if let Some(newest) = start.news {
            self.newest = newest;
            self.ends.clear();
        } else if self.ends.len() > ENDS_REMEMBERED {
            self.ends.clear();
        }
        Ok(())
    }

    /// Fails if the open group is no more: a failed read may have ended it, and
    /// what was written since would stand behind messages that are not there.
    fn check_group(&mut self) -> Result<()> {
        if self.backend.is_in_group() {
            return Ok(());
        }
        let what = "the store gave up what was being written";
        Err(self.stop(Problem::new(ProblemKind::Unconfirmed, what)))
    }

    fn not_begun(&mut self, problem: Problem) -> Problem {
        match problem.kind {
            // Nothing has been written: the next line may have more luck, or can be a look.
            ProblemKind::Busy
            | ProblemKind::Damaged
            | ProblemKind::Full
            | ProblemKind::ReadOnly => problem.preventing("not saved"),
            // Whom a server does not let in knocks only once.
            ProblemKind::Newer | ProblemKind::Refused => {
                self.stopped = Some(stopped(&problem));
                problem.preventing("not saved")
            }
            _ => self.stop(problem),
        }
    }

    /// Writes the rows of the sessions that were touched, and commits.
    fn commit_open(&mut self) -> Result<Commit> {
        self.check_group()?;
        let mut moved = std::mem::take(&mut self.moved);
        for session in moved.drain(..) {
            let Some(known) = self.ends.get_mut(&session) else {
                continue;
            };
            known.is_moved = false;
            let preview = self.previews.remove(&session);
            let answered_by = known.answered_by.take();
            let change = SessionChange::End {
                end: &known.end,
                words: preview.as_deref(),
                answered_by: answered_by.as_deref(),
            };
            if let Err(problem) = self.backend.set_session(session, &change) {
                return Err(self.stop(problem));
            }
        }
        // Its room is used again.
        self.moved = moved;
        match self.backend.commit() {
            Ok(Commit::Done) => {
                self.is_open = false;
                self.held = None;
                self.watched.commit();
                self.partials.drain(..std::mem::take(&mut self.replaced));
                self.pending = self.waiting.len();
                Ok(Commit::Done)
            }
            Ok(Commit::Again) => {
                self.forget();
                Ok(Commit::Again)
            }
            Err(problem) => Err(self.stop(problem)),
        }
    }

    /// Tells apart what a failure of a piece of writing means for the group.
    fn judge<T>(&mut self, done: Attempt<T>) -> Result<T> {
        match done {
            Ok(done) => Ok(done),
            // Whoever ends it runs all of it again.
            Err(Failure::Writing(problem) | Failure::Reading(problem))
                if self.is_together && self.backend.wants_again() =>
            {
                Err(problem)
            }
            Err(Failure::Writing(problem)) => Err(self.stop(problem)),
            Err(Failure::Reading(problem)) if !self.backend.is_in_group() => {
                // What the group had written before went with it.
                Err(self.stop(problem))
            }
            Err(Failure::Reading(problem)) => {
                if self.numbering == Numbering::AtCommit && !self.is_together {
                    self.give_up_group();
                }
                Err(unreadable(problem))
            }
        }
    }

    /// Ends the group and all further writing because a write failed.
    fn stop(&mut self, problem: Problem) -> Problem {
        self.is_together = false;
        self.give_up_group();
        self.waiting.clear();
        self.pending = 0;
        self.stopped = Some(stopped(&problem));
        let kind = match problem.kind {
            ProblemKind::Other => ProblemKind::Unconfirmed,
            known => known,
        };
        // What a server refuses it has taken back; where that is not known it says so.
        let is_taken_back =
            self.numbering == Numbering::AtCommit && kind != ProblemKind::Unconfirmed;
        let prevented = if is_taken_back {
            "not saved"
        } else {
            "not confirmed as saved"
        };
        Problem { kind, ..problem }.preventing(prevented)
    }

    /// Ends the group without keeping anything of it.
    fn give_up_group(&mut self) {
        self.backend.rollback();
        self.forget();
    }

    /// Forgets what the group had changed.
    fn forget(&mut self) {
        self.is_open = false;
        self.held = None;
        self.watched.forget();
        self.replaced = 0;
        self.pending = self.waiting.len();
        self.moved.clear();
        self.previews.clear();
        self.ends.clear();
    }
}

/// What every write is refused with after one has failed.
fn stopped(problem: &Problem) -> Problem {
    let hint = problem.hint.as_deref();
    problem
        .clone()
        .preventing("the store takes no more messages")
        .with_hint(hint.unwrap_or("leave, mend that, and start saylog again"))
}

/// A failed look at the log.
pub(super) fn unreadable(problem: Problem) -> Problem {
    problem.preventing("the store cannot be read")
}

fn in_the_way() -> Problem {
    let what = "not saved: other processes kept writing to the same session";
    Problem::new(ProblemKind::Busy, what)
}
