//! Replies that are still coming: kept, taken over, given back.

use std::time::{Duration, Instant};

use super::backend::Plan;
use super::group::{Failure, unreadable};
use super::leases::Fate;
use super::rows::{Partial, PartialRow};
use super::{Log, Result, rules, writer};
use crate::domain::{Draft, MessageId, Receipt, SessionKey, Timestamp, UserName, shows_nothing};

/// What has come of a reply so far, to be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    /// The session that it belongs to.
    pub session: SessionKey,
    /// What has come, less what another process has put into the log.
    pub reply: Draft<'a>,
    /// A number that is raised each time: the process that receives it lives.
    pub beat: i64,
}

/// What another process has put into the log of a reply that this one receives:
/// it had not heard of this one for too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The message that it made of it.
    pub id: MessageId,
    /// The text of that.
    pub content: String,
    /// What the model had thought.
    pub reasoning: Option<String>,
}

/// A reply that another process did not live to finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recovered {
    /// What had come of it.
    pub partial: Partial,
    /// The message that was made of it.
    pub receipt: Receipt,
}

impl Log {
    /// Whoever receives a reply and shows no sign of life for so long is taken
    /// for dead.
    pub(crate) fn set_lease(&mut self, lease: Duration) {
        self.leases.set_lease(lease);
    }

    /// How often what has come of a reply is to be kept at least, even if it is
    /// nothing new.
    pub(crate) fn beat_interval(&self) -> Duration {
        self.leases.beat_interval()
    }

    /// Keeps what has come of a reply so far, even if that is nothing. It is not
    /// in the log yet, and gone with the next append to the session.
    pub(crate) fn keep_partial(&mut self, part: &Part<'_>) -> Result<()> {
        let plan = Plan {
            sessions: &[part.session],
            messages: 0,
        };
        self.group
            .write(&plan, &mut |group| group.put_partial(&row(part)))
    }

    /// Keeps more of several replies, durably and in one commit. Gives for each
    /// what another process has made of it, if one has; of that nothing was kept.
    pub(crate) fn keep_partials_now(&mut self, parts: &[Part<'_>]) -> Result<Vec<Option<Taken>>> {
        let mut sessions: Vec<SessionKey> = parts.iter().map(|part| part.session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        let plan = Plan {
            sessions: &sessions,
            messages: 0,
        };
        let taken = self.group.write(&plan, &mut |group| {
            let mut taken = Vec::with_capacity(parts.len());
            for part in parts {
                let by_another = group.take_back(part.session)?;
                if by_another.is_none() {
                    group.put_partial(&row(part))?;
                }
                taken.push(by_another);
            }
            Ok(taken)
        })?;
        self.commit()?;
        let taken = taken.into_iter();
        taken
            .map(|id| id.map(|id| self.taken(id)).transpose())
            .collect()
    }

    /// What another process has made of the reply that is coming in a session, if
    /// one has. No other can do so before the next append to the session.
    pub(crate) fn take_back_partial(&mut self, session: SessionKey) -> Result<Option<Taken>> {
        if !self.group.has_partial(session) {
            return Ok(None);
        }
        let plan = Plan {
            sessions: &[session],
            messages: 0,
        };
        let taken = self
            .group
            .write(&plan, &mut |group| group.take_back(session))?;
        taken.map(|id| self.taken(id)).transpose()
    }

    fn taken(&mut self, id: MessageId) -> Result<Taken> {
        let mut taken = Taken {
            id,
            content: String::new(),
            reasoning: None,
        };
        self.message(id, &mut |message| {
            message.content.clone_into(&mut taken.content);
            taken.reasoning = message.details.reasoning.map(str::to_owned);
        })?;
        Ok(taken)
    }

    /// Removes what is kept of a reply of which the log holds the whole.
    pub(crate) fn drop_partial(&mut self, session: SessionKey) -> Result<()> {
        if !self.group.has_partial(session) {
            return Ok(());
        }
        let plan = Plan {
            sessions: &[session],
            messages: 0,
        };
        self.group
            .write(&plan, &mut |group| group.remove_partial_of(session))
    }

    /// Leaves what is kept of a reply for whoever comes after this process: its
    /// end could not be appended.
    pub(crate) fn leave_partial(&mut self, session: SessionKey) {
        self.group.leave_partial(session);
        // Before anything else is said.
        self.looked_at = None;
    }

    /// Appends what had come of replies to a user when the processes that
    /// received them ended, as interrupted messages; gives those replies and
    /// where they are. Notes in the store what it saw of others that may live.
    pub(crate) fn recover(&mut self, user: &UserName, now: Timestamp) -> Result<Vec<Recovered>> {
        let found = self.look_at_partials(user)?;
        let mut news = Vec::new();
        for partial in &found {
            let is_left = self.group.is_left(partial.key, &partial.writer);
            if self.leases.fate(partial, is_left) == Fate::Alive
                && let Some(seen) = self.leases.news(partial)
            {
                news.push((partial, seen));
            }
        }
        if !news.is_empty() {
            self.group.note(&mut |backend| {
                let mut notes = news.iter();
                notes.try_for_each(|(partial, seen)| {
                    backend.see_partial(partial.key, &partial.writer, seen)
                })
            });
        }
        self.take_over(user, &found, now)
    }

    /// Whether that was not done for a while.
    pub(crate) fn is_due_to_recover(&self) -> bool {
        let interval = self.leases.beat_interval();
        self.looked_at.is_none_or(|at| at.elapsed() >= interval)
    }

    /// The same as [`Log::recover`], without a note: this process will look again.
    pub(crate) fn recover_again(
        &mut self,
        user: &UserName,
        now: Timestamp,
    ) -> Result<Vec<Recovered>> {
        let found = self.look_at_partials(user)?;
        self.take_over(user, &found, now)
    }

    fn look_at_partials(&mut self, user: &UserName) -> Result<Vec<Partial>> {
        self.looked_at = Some(Instant::now());
        let found = self.group.rows()?.partials(user).map_err(unreadable)?;
        if found.is_empty() {
            self.leases.forget_all();
        }
        Ok(found)
    }

    /// Appends what had come of those replies whose processes have ended.
    fn take_over(
        &mut self,
        user: &UserName,
        found: &[Partial],
        now: Timestamp,
    ) -> Result<Vec<Recovered>> {
        let (group, leases) = (&mut self.group, &mut self.leases);
        let ended = found.iter().filter(|partial| {
            let is_left = group.is_left(partial.key, &partial.writer);
            leases.fate(partial, is_left) != Fate::Alive
        });
        let mut sessions: Vec<SessionKey> = ended.map(|partial| partial.key).collect();
        if sessions.is_empty() {
            return Ok(Vec::new());
        }
        sessions.sort_unstable();
        sessions.dedup();
        let plan = Plan {
            sessions: &sessions,
            messages: found.len(),
        };
        let recovered = group.write(&plan, &mut |group| {
            // Another process may have found them too: whoever writes first takes
            // them. Or theirs has moved meanwhile.
            let partials = group.backend().partials(user).map_err(Failure::Reading)?;
            let mut ended = Vec::new();
            for partial in partials {
                let is_left = group.is_left(partial.key, &partial.writer);
                let fate = leases.fate(&partial, is_left);
                // Before anything is written: one that cannot be read waits for a better day.
                if fate != Fate::Alive
                    && sessions.contains(&partial.key)
                    && group.end(partial.key).is_ok()
                {
                    ended.push((partial, fate));
                }
            }
            let mut recovered = Vec::with_capacity(ended.len());
            for (mut partial, fate) in ended {
                forget_links_beyond(group.newest(), &mut partial);
                let has_nothing_more = partial.behind.is_some() && shows_nothing(&partial.content);
                if partial.taken.is_some() || has_nothing_more {
                    // Nobody came back for it, or the log holds the whole of it.
                    group.remove_partial(partial.key, &partial.writer)?;
                    continue;
                }
                let receipt = group.add(partial.key, &rules::cut_off(&partial, now))?;
                if fate == Fate::Dead {
                    group.remove_partial(partial.key, &partial.writer)?;
                } else {
                    // It may have stood still and come back.
                    group.mark_taken(partial.key, &partial.writer, receipt.id)?;
                }
                recovered.push(Recovered { partial, receipt });
            }
            Ok(recovered)
        })?;
        for Recovered { partial, .. } in &recovered {
            group.is_no_longer_left(partial.key, &partial.writer);
        }
        Ok(recovered)
    }
}

/// Takes the links to messages that are newer than all that there are out of a part:
/// another program has put them there, and they cost no more than themselves.
fn forget_links_beyond(newest: MessageId, partial: &mut Partial) {
    let is_there = |id: &MessageId| *id <= newest;
    partial.oldest = partial.oldest.filter(is_there);
    partial.behind = partial.behind.filter(is_there);
    partial.sent = partial.sent.take().filter(|sent| {
        let others = [sent.floor, sent.system];
        is_there(&sent.last) && others.iter().flatten().all(is_there)
    });
}

fn row<'a>(part: &Part<'a>) -> PartialRow<'a> {
    let reply = part.reply;
    PartialRow {
        session: part.session,
        writer: writer::this_process(),
        content: reply.content,
        reasoning: reply.details.reasoning,
        model: reply.model.unwrap_or_default(),
        oldest: reply.oldest,
        sent: reply.sent,
        behind: reply.behind,
        beat: part.beat,
    }
}
