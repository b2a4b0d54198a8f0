//! Listings: messages in the order of the log, sessions, users.

use super::backend::{Along, MessageQuery, SessionQuery, Which};
use super::cursor::{Listing, Selection};
use super::group::unreadable;
use super::rows::SessionRow;
use super::smallest::SmallestIds;
use super::walk::first_kept;
use super::{Log, Result};
use crate::domain::{
    Flow, Message, MessageId, ProblemKind, SessionId, SessionKey, UserName, UserSummary,
};

impl Log {
    /// Begins a listing, which will show the log as it is at this moment.
    pub(crate) fn list(&mut self, selection: Selection) -> Result<Listing> {
        let backend = self.group.committed()?;
        // Contexts and sessions hold nothing that could still appear elsewhere.
        let upto = match selection {
            Selection::Global => backend.horizon(),
            _ => backend.newest(),
        };
        let upto = upto.map_err(unreadable)?;
        Ok(Listing {
            selection,
            upto,
            after: MessageId(0),
            leaves_out_older: false,
            next: None,
        })
    }

    /// Visits the next messages of a listing, in the order of the log, until
    /// `visit` has enough; says whether there may be more. No lock is held when
    /// it returns.
    pub(crate) fn read(
        &mut self,
        listing: &mut Listing,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<bool> {
        if !listing.is_global() {
            return self.read_chains(listing, visit);
        }
        let query = MessageQuery::Range {
            after: listing.after,
            upto: listing.upto,
        };
        let mut has_more = false;
        let after = &mut listing.after;
        let visited = self.group.rows()?.messages(&query, &mut |message| {
            *after = message.id;
            let flow = visit(message);
            has_more = flow == Flow::Full;
            flow
        });
        visited.map_err(unreadable)?;
        Ok(has_more)
    }

    fn read_chains(
        &mut self,
        listing: &mut Listing,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<bool> {
        loop {
            let mut next = match listing.next.take() {
                Some(next) if next.rest().is_empty() && !next.was_cut() => return Ok(false),
                Some(next) if !next.rest().is_empty() => next,
                _ => self.next_of_chains(listing)?,
            };
            let mut last = None;
            let backend = self.group.rows()?;
            let query = MessageQuery::These(next.rest());
            let visited = backend.messages(&query, &mut |message| {
                let flow = visit(message);
                last = (flow == Flow::Full).then_some(message.id);
                flow
            });
            // Of those that cannot be read nothing is seen here.
            match last {
                Some(last) => next.advance_to(last),
                None => next.advance_to_end(),
            }
            listing.after = next.last_shown().max(listing.after);
            listing.next = Some(next);
            visited.map_err(unreadable)?;
            if last.is_some() {
                return Ok(true);
            }
        }
    }

    /// Where the contexts or sessions end that a listing is made of, and their summaries.
    pub(super) fn chains_of(
        &mut self,
        listing: &Listing,
    ) -> Result<Vec<(MessageId, Option<MessageId>)>> {
        let mut ends = Vec::new();
        match &listing.selection {
            Selection::Session(session) => {
                let place = self.end(*session)?.place;
                ends.extend(place.head.map(|head| (head, place.floor)));
            }
            Selection::LogOfSession(session) => {
                ends.extend(self.end(*session)?.last.map(|last| (last, None)));
            }
            Selection::User(user) | Selection::LogOfUser(user) => {
                let along = listing.along();
                let backend = self.group.rows()?;
                let visited = backend.newest_of_sessions(user, along, &mut |_, end, floor| {
                    // Among all that was said a summary is a message like any other.
                    ends.push((end, floor.filter(|_| along == Along::Context)));
                });
                visited.map_err(unreadable)?;
            }
            Selection::Global => {}
        }
        Ok(ends)
    }

    /// Walks the contexts or sessions of a listing for the ids that come next.
    fn next_of_chains(&mut self, listing: &Listing) -> Result<SmallestIds> {
        let (ends, along) = (self.chains_of(listing)?, listing.along());
        let (mut ids, mut cuts) = (SmallestIds::default(), Vec::new());
        let backend = self.group.rows()?;
        for (head, floor) in ends {
            // A context ends at its summary, which stands in the log behind
            // what it leaves of it.
            let first = match first_kept(backend, floor) {
                Err(problem) if problem.kind == ProblemKind::Damaged => {
                    cuts.extend(floor);
                    continue;
                }
                first => first.map_err(unreadable)?,
            };
            let end = first.map_or(listing.after, |first| MessageId(first.0 - 1));
            let end = end.max(listing.after);
            if let Some(summary) = floor.filter(|id| *id > listing.after && *id <= listing.upto) {
                ids.offer(summary);
            }
            let mut offer = |id: MessageId| {
                if id <= end {
                    return Flow::Full;
                }
                if id <= listing.upto {
                    ids.offer(id);
                }
                Flow::More
            };
            if offer(head) == Flow::Full {
                continue;
            }
            // The message that is looked at next; none once the walk is over.
            let mut awaited = Some(head);
            let walked = backend.chain(head, along, &mut |link| {
                // Past messages that cannot be read it goes on at one that none of them names.
                if awaited != Some(link.id) && offer(link.id) == Flow::Full {
                    awaited = None;
                    return Flow::Full;
                }
                let before = along.before(link);
                let flow = before.map_or(Flow::Full, &mut offer);
                awaited = before.filter(|_| flow == Flow::More);
                flow
            });
            match walked {
                Err(problem) if problem.kind != ProblemKind::Damaged => {
                    return Err(unreadable(problem));
                }
                _ => cuts.extend(awaited),
            }
        }
        ids.close();
        for id in cuts {
            self.cuts.cut_before(id);
        }
        Ok(ids)
    }

    /// Visits sessions, the one that was touched last first, until `visit` has enough.
    pub(crate) fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()> {
        let backend = self.group.committed()?;
        backend.sessions(query, visit).map_err(unreadable)
    }

    /// Up to `limit` sessions of one user and nobody else's, latest first.
    pub(crate) fn find(
        &mut self,
        user: &UserName,
        which: Which<'_>,
        limit: usize,
    ) -> Result<Vec<SessionRow>> {
        let query = SessionQuery {
            user: Some(user),
            which,
            after: None,
        };
        let mut found = Vec::new();
        self.sessions(&query, &mut |session| {
            found.push(session.clone());
            more_until(found.len() >= limit)
        })?;
        Ok(found)
    }

    /// Visits those of these sessions of users that can be read, each with its key and its
    /// title, in any order.
    pub(crate) fn titles(
        &mut self,
        sessions: &[(SessionId, UserName)],
        visit: &mut dyn FnMut(SessionId, SessionKey, Option<&str>),
    ) -> Result<()> {
        let backend = self.group.committed()?;
        backend.titles(sessions, visit).map_err(unreadable)
    }

    /// The title of a session of this user, as far as this process has written: nothing
    /// is committed for it, and no group keeps a title to itself.
    pub(crate) fn title(&mut self, user: &UserName, key: SessionKey) -> Result<Option<String>> {
        let query = SessionQuery {
            user: Some(user),
            which: Which::Key(key),
            after: None,
        };
        let mut title = None;
        let backend = self.group.rows()?;
        let visited = backend.sessions(&query, &mut |session| {
            title.clone_from(&session.title);
            Flow::Full
        });
        visited.map_err(unreadable)?;
        Ok(title)
    }

    /// Whether the log knows this user.
    pub(crate) fn knows(&mut self, user: &UserName) -> Result<bool> {
        self.group.rows()?.has_user(user).map_err(unreadable)
    }

    /// Up to `limit` known users whose names begin with `prefix`, in order of name.
    pub(crate) fn users_like(&mut self, prefix: &str, limit: usize) -> Result<Vec<UserName>> {
        let mut names = Vec::new();
        let backend = self.group.rows()?;
        let visited = backend.user_names(prefix, &mut |name| {
            names.push(name.clone());
            more_until(names.len() >= limit)
        });
        visited.map_err(unreadable)?;
        Ok(names)
    }

    /// Visits known users behind `after` in order of name, each with its counts,
    /// until `visit` has enough.
    pub(crate) fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()> {
        let backend = self.group.committed()?;
        backend.users(after, visit).map_err(unreadable)
    }
}

fn more_until(is_enough: bool) -> Flow {
    if is_enough { Flow::Full } else { Flow::More }
}
