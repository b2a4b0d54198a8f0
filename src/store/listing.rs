//! Listings: messages in the order of the log, sessions, users.

use super::backend::{Along, MessageQuery, SessionQuery, Which};
use super::cursor::{Listing, Selection};
use super::group::unreadable;
use super::rows::SessionRow;
use super::smallest::SmallestIds;
use super::walk::first_kept;
use super::{Log, Result};
use crate::domain::{Flow, Message, MessageId, ProblemKind, UserName, UserSummary};

impl Log {
    /// Begins a listing, which will show the log as it is at this moment.
    pub(crate) fn list(&mut self, selection: Selection) -> Result<Listing> {
        let upto = self.group.committed()?.horizon().map_err(unreadable)?;
        Ok(Listing {
            selection,
            upto,
            after: MessageId(0),
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
            return self.read_contexts(listing, visit);
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

    fn read_contexts(
        &mut self,
        listing: &mut Listing,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<bool> {
        loop {
            let mut next = match listing.next.take() {
                Some(next) if next.rest().is_empty() && !next.was_cut() => return Ok(false),
                Some(next) if !next.rest().is_empty() => next,
                _ => self.next_of_contexts(listing)?,
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

    /// Walks the contexts of a listing for the ids that come next.
    fn next_of_contexts(&mut self, listing: &Listing) -> Result<SmallestIds> {
        let mut heads = Vec::new();
        match &listing.selection {
            Selection::Session(session) => {
                let place = self.end(*session)?.place;
                heads.extend(place.head.map(|head| (head, place.floor)));
            }
            Selection::User(user) => {
                let backend = self.group.rows()?;
                backend
                    .newest_of_sessions(user, Along::Context, &mut |_, head, floor| {
                        heads.push((head, floor));
                    })
                    .map_err(unreadable)?;
            }
            Selection::Global => {}
        }
        let (mut ids, mut cuts) = (SmallestIds::default(), Vec::new());
        let backend = self.group.rows()?;
        for (head, floor) in heads {
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
            let walked = backend.chain(head, Along::Context, &mut |link| {
                let flow = link.parent.map_or(Flow::Full, &mut offer);
                awaited = link.parent.filter(|_| flow == Flow::More);
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
