//! The log: one interface for every kind of store.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Result;
use super::backend::{Backend, Facts, Plan, Written};
use super::damage::{Damage, RECOVER};
use super::group::{Failure, Group, unreadable};
use super::leases::Leases;
use super::rows::{End, LearnedWindow, MoveRow, NewSession, SessionChange};
use super::rules::Move;
use crate::domain::{
    Appended, Draft, MessageId, Problem, ProblemKind, Receipt, Role, SessionKey, Ticket, Timestamp,
    UserName,
};

/// The two memories: sessions that move, and a log that only grows.
///
/// What is written belongs to one open group until [`Log::commit`]; nothing of
/// it may be shown to anyone before. Readers commit the group by themselves
/// where they would miss what it holds. After a write or a commit has failed
/// nothing more is written, because what the store holds is then not known for
/// sure; reading goes on. A failed read stops nothing.
///
/// Once the file has turned out to be damaged, nothing more is taken either,
/// unless the person wants that: only replies that are awaited are still kept.
pub(crate) struct Log {
    pub(super) group: Group,
    /// Contexts that could not be followed since this was asked last.
    pub(super) cuts: Damage,
    goes_on_despite_damage: bool,
    /// Something was refused because of damage.
    has_refused: bool,
    /// What is known of those who receive replies.
    pub(super) leases: Leases,
    /// When this process looked for them last.
    pub(super) looked_at: Option<Instant>,
    /// The file that it is kept in, if it is.
    file: Option<PathBuf>,
}

impl Log {
    /// A log over the rows that a backend holds.
    pub(crate) fn new(backend: Box<dyn Backend>) -> Self {
        Self {
            group: Group::new(backend),
            cuts: Damage::default(),
            goes_on_despite_damage: false,
            has_refused: false,
            leases: Leases::new(),
            looked_at: None,
            file: None,
        }
    }

    /// Says which file it is kept in.
    pub(super) fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }

    /// Fails if whoever has opened this may not speak as a user.
    pub(crate) fn admit(&mut self, user: &UserName) -> Result<()> {
        self.group.backend().admit(user)
    }

    /// The file that it is kept in, if it is.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What has to be known about the store.
    pub(crate) fn facts(&mut self) -> Facts {
        self.group.backend().facts()
    }

    /// From now on damage is no reason to take nothing more.
    pub(crate) fn go_on_despite_damage(&mut self) {
        self.goes_on_despite_damage = true;
    }

    /// What readers have passed over since this was asked last, because it
    /// cannot be read, or cannot be yet.
    pub(crate) fn take_damage(&mut self) -> Option<Problem> {
        let backend = self.group.backend();
        let (passed_over, held_back) = (backend.take_damage(), backend.take_held_back());
        let damage = passed_over.and(std::mem::take(&mut self.cuts)).problem();
        damage.or(held_back)
    }

    /// Whether something was not taken because the file is damaged.
    pub(crate) fn has_refused(&self) -> bool {
        self.has_refused
    }

    /// Fails once the file has turned out to be damaged: what is written into it
    /// then may be lost with the rest, and what is there already should be saved first.
    pub(super) fn check_damage(&mut self) -> Result<()> {
        if self.goes_on_despite_damage || !self.group.backend().is_damaged() {
            return Ok(());
        }
        self.has_refused = true;
        let what = "not saved: the store is damaged, and since that was seen it takes nothing more";
        let hint = format!("{RECOVER}; `--despite-damage` goes on with the file as it is");
        Err(Problem::new(ProblemKind::Damaged, what).with_hint(hint))
    }

    /// Makes the open group durable, if there is one.
    ///
    /// # Errors
    /// Nothing that was written since the last commit may be shown then. It may
    /// still turn out to be in the log.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.group.commit()
    }

    /// Forgets the messages that wait for the commit, after it has failed; whether there
    /// were any.
    pub(crate) fn forget_waiting(&mut self) -> bool {
        self.group.forget_waiting()
    }

    /// What became of messages that got their ids at a commit: those that were
    /// committed since this was asked last.
    pub(crate) fn take_receipts(&mut self) -> Vec<(Ticket, Receipt)> {
        self.group.take_receipts()
    }

    /// The time of a message that the log holds before one of this process with
    /// an earlier time, if there was such a one since this was asked last: one of
    /// the clocks is wrong, or the earlier one was read long before.
    pub(crate) fn take_overtaken(&mut self) -> Option<Timestamp> {
        self.group.take_overtaken()
    }

    /// The last commit of this process that changed something, if the store is in files.
    pub(crate) fn written(&mut self) -> Option<Written> {
        self.group.backend().written()
    }

    /// How long one who waits for news waits between two looks.
    pub(crate) fn pause_between_looks(&mut self) -> Duration {
        self.group.backend().pause_between_looks()
    }

    /// Whether a write has failed, so that nothing more is written.
    pub(crate) fn is_stopped(&self) -> bool {
        self.group.is_stopped()
    }

    /// How many messages wait for the commit.
    pub(crate) fn pending(&self) -> usize {
        self.group.pending()
    }

    /// Begins a session, with a system prompt if one is given, and makes its
    /// user known if they are new.
    pub(crate) fn start(
        &mut self,
        session: &NewSession<'_>,
        system: Option<&Draft<'_>>,
    ) -> Result<SessionKey> {
        self.check_damage()?;
        if system.is_none()
            && let Some(key) = self.group.begin_session(session)?
        {
            return Ok(key);
        }
        let plan = Plan {
            sessions: &[],
            messages: usize::from(system.is_some()),
        };
        self.group.write(&plan, &mut |group| {
            let key = group.add_session(session)?;
            if system.is_some() {
                group.set_system(key, system)?;
            }
            Ok(key)
        })
    }

    /// Begins a session with the past that a move leads to.
    pub(crate) fn fork(&mut self, session: &NewSession<'_>, past: &Move) -> Result<SessionKey> {
        self.check_damage()?;
        self.group.write(&Plan::default(), &mut |group| {
            let key = group.add_session(session)?;
            // The session is written already, so whatever fails now fails as a write.
            group.relocate(key, past).map_err(Failure::of_begun)?;
            Ok(key)
        })
    }

    /// Appends a message to the log and moves its session's head to it.
    pub(crate) fn append(&mut self, session: SessionKey, draft: &Draft<'_>) -> Result<Appended> {
        if draft.role != Role::Ai {
            self.check_damage()?;
        }
        self.group.append(session, draft)
    }

    /// The same where the message's place has to be known at once: if ids come
    /// with the commit, the group is committed.
    pub(crate) fn append_placed(
        &mut self,
        session: SessionKey,
        draft: &Draft<'_>,
    ) -> Result<Receipt> {
        let ticket = match self.append(session, draft)? {
            Appended::Now(receipt) => return Ok(receipt),
            Appended::AtCommit(ticket) => ticket,
        };
        self.commit()?;
        self.group.receipt(ticket)
    }

    /// The same message in several sessions.
    pub(crate) fn append_placed_to_each(
        &mut self,
        sessions: &[SessionKey],
        draft: &Draft<'_>,
    ) -> Result<Vec<Receipt>> {
        let mut appended = Vec::with_capacity(sessions.len());
        for session in sessions {
            appended.push(self.append(*session, draft)?);
        }
        let is_waiting = |one: &Appended| matches!(one, Appended::AtCommit(_));
        if appended.iter().any(is_waiting) {
            self.commit()?;
        }
        let placed = appended.into_iter().map(|one| match one {
            Appended::Now(receipt) => Ok(receipt),
            Appended::AtCommit(ticket) => self.group.receipt(ticket),
        });
        placed.collect()
    }

    /// Appends a system prompt to the log and makes it the session's, which
    /// leaves its head where it is; or takes the prompt away. Gives its id.
    pub(crate) fn set_system(
        &mut self,
        session: SessionKey,
        draft: Option<&Draft<'_>>,
    ) -> Result<Option<MessageId>> {
        self.check_damage()?;
        let plan = Plan {
            sessions: &[session],
            messages: usize::from(draft.is_some()),
        };
        self.group
            .write(&plan, &mut |group| group.set_system(session, draft))
    }

    /// Gives a session another title.
    pub(crate) fn rename(&mut self, session: SessionKey, title: &str) -> Result<()> {
        self.change(session, &SessionChange::Title(title))
    }

    /// Chooses who answers in a session.
    pub(crate) fn set_model(&mut self, session: SessionKey, model: &str) -> Result<()> {
        self.change(session, &SessionChange::Model(model))
    }

    /// Keeps a session out of lists, since that time, or shows it again. Nothing else
    /// of it changes.
    pub(crate) fn archive(&mut self, session: SessionKey, at: Option<Timestamp>) -> Result<()> {
        self.change(session, &SessionChange::Archived(at))
    }

    fn change(&mut self, session: SessionKey, change: &SessionChange<'_>) -> Result<()> {
        self.check_damage()?;
        let plan = Plan {
            sessions: &[session],
            messages: 0,
        };
        self.group
            .write(&plan, &mut |group| group.change(session, change))
    }

    /// Where a session stands: as far as this process has written, or else as
    /// was committed last.
    pub(crate) fn end(&mut self, session: SessionKey) -> Result<End> {
        self.group.look_at_end(session)
    }

    /// Where a session stands. It stays there until the next commit, whatever
    /// other processes want to do to it: what moves it begins with this.
    pub(crate) fn end_for_update(&mut self, session: SessionKey) -> Result<End> {
        self.check_damage()?;
        self.group.end_for_update(session)
    }

    /// Moves a session's head from where it stands and writes that down.
    pub(crate) fn relocate(&mut self, session: SessionKey, step: &Move) -> Result<MoveRow> {
        self.check_damage()?;
        let plan = Plan {
            sessions: &[session],
            messages: 0,
        };
        self.group
            .write(&plan, &mut |group| group.relocate(session, step))
    }

    /// Appends a summary to the log and puts it in place of the messages before
    /// the one that it names as its oldest; gives its id. The floor of `step`
    /// is the summary, whatever is said there.
    pub(crate) fn compact(
        &mut self,
        session: SessionKey,
        summary: &Draft<'_>,
        step: &Move,
    ) -> Result<MessageId> {
        self.check_damage()?;
        let plan = Plan {
            sessions: &[session],
            messages: 1,
        };
        self.group
            .write(&plan, &mut |group| group.compact(session, summary, step))
    }

    /// Keeps how much an endpoint takes for a model, which it has told.
    pub(crate) fn learn_window(
        &mut self,
        endpoint: &str,
        model: &str,
        window: LearnedWindow,
    ) -> Result<()> {
        self.group.write(&Plan::default(), &mut |group| {
            let kept = group.backend().put_window(endpoint, model, window);
            kept.map_err(Failure::Writing)
        })
    }

    /// How much an endpoint takes for a model, if it has told that.
    pub(crate) fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>> {
        let known = self.group.rows()?.window(endpoint, model);
        known.map_err(unreadable)
    }
}
