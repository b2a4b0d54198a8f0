//! Where sessions of another log stand, and how they came there.

use super::super::backend::{MoveQuery, Plan};
use super::super::group::{JoinedEnd, unreadable};
use super::super::record::is_same_move;
use super::super::rows::{MoveRow, Place};
use super::super::{Log, Result};
use super::Join;
use super::runs::Spot;
use crate::domain::{
    Flow, MessageId, MoveId, MoveRecord, NamedPlace, Numbered, NumberedMove, SessionId, SessionKey,
    SessionState, UserName,
};

/// Where a session of the other log stands, of which moves are still to come.
#[derive(Clone, Debug)]
pub(super) struct HeldState {
    state: SessionState,
    user: UserName,
    way: Way,
    /// How many moves of it have come.
    moves: i64,
    /// How many of these are not here.
    left_out: u64,
    /// Links to what is not here.
    missing: u64,
    /// It has messages that are not here.
    has_more: bool,
}

/// What is done with where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Its session here has all its messages and no others: it stands there as here, if
    /// its moves are the same as well. The number of moves here, and the last one that was
    /// the same.
    Follow(SessionKey, i64, Option<MoveId>),
    /// The same for one that went on apart here: only its end is taken over.
    Branch(SessionKey),
    /// It stays where it is here.
    Stay(SessionKey),
    /// Nothing is known of it here.
    Nowhere,
}

/// What came of where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StateJoined {
    /// It was here, and has got something new.
    pub is_changed: bool,
    /// It was here, and has got nothing.
    pub is_same: bool,
    /// It has got something new, and the person has gone on here: its context stays.
    pub is_left: bool,
    /// Moves that have no place here.
    pub moves_left_out: u64,
    /// Links to what is not here.
    pub missing: u64,
}

impl Log {
    /// Takes where a session of the other log stands; its moves follow. Gives what came of
    /// the one before.
    ///
    /// # Errors
    /// If this log cannot be read or written.
    pub(crate) fn join_state(
        &mut self,
        join: &mut Join,
        state: SessionState,
    ) -> Result<Option<StateJoined>> {
        let before = self.finish_state(join)?;
        let session = state.session;
        if join.refused.contains(&session) {
            return Ok(before);
        }
        let (spot, user) = match join.mapped.get(&session) {
            Some(runs) => (runs.of(state.messages), Some(runs.user.clone())),
            None => match self.known(join, session)? {
                Some(known) => {
                    let spot = Spot {
                        session: Some(known.key),
                        seq: state.messages,
                    };
                    (Some(spot), Some(known.user))
                }
                None => (None, None),
            },
        };
        let (mut way, mut has_more) = (Way::Nowhere, false);
        if let Some(Spot {
            session: Some(key),
            seq,
        }) = spot
        {
            way = self.way(join, session, key, seq)?;
            has_more = self.end(key)?.count < seq;
        }
        join.state = Some(HeldState {
            state,
            user: user.unwrap_or_else(|| UserName::stored("")),
            way,
            moves: 0,
            left_out: 0,
            missing: 0,
            has_more,
        });
        Ok(before)
    }

    fn way(&mut self, join: &Join, session: SessionId, key: SessionKey, count: i64) -> Result<Way> {
        let end = self.end(key)?;
        if end.count != count {
            return Ok(Way::Stay(key));
        }
        let backend = self.group.rows()?;
        let moves = backend.count_moves(key).map_err(unreadable)?;
        if !join.mapped.contains_key(&session) {
            return Ok(Way::Follow(key, moves, None));
        }
        let import = backend.import(key).map_err(unreadable)?;
        let is_branch = import.is_some_and(|import| import.behind.is_some());
        Ok(if is_branch && moves == 0 {
            Way::Branch(key)
        } else {
            Way::Stay(key)
        })
    }

    /// Takes a move of the session whose state came last.
    ///
    /// # Errors
    /// If this log cannot be read or written.
    pub(crate) fn join_move(&mut self, join: &mut Join, record: &MoveRecord) -> Result<()> {
        let Some(mut held) = join.state.take() else {
            return Ok(());
        };
        if held.state.session == record.session {
            self.take_move(join, &mut held, record)?;
        }
        join.state = Some(held);
        Ok(())
    }

    fn take_move(
        &mut self,
        join: &mut Join,
        held: &mut HeldState,
        record: &MoveRecord,
    ) -> Result<()> {
        held.moves += 1;
        let Way::Follow(key, count, last) = held.way else {
            held.left_out += 1;
            return Ok(());
        };
        if held.moves <= count {
            let mut here = None;
            let query = MoveQuery::Of(key, last);
            let visited = self.group.rows()?.moves(&query, &mut |row| {
                here = Some(*row);
                Flow::Full
            });
            visited.map_err(unreadable)?;
            held.way = match here.filter(|row| is_same_move(record, row)) {
                Some(row) => Way::Follow(key, count, Some(row.id)),
                None => {
                    held.left_out += 1;
                    Way::Stay(key)
                }
            };
            return Ok(());
        }
        if join.is_dry {
            return Ok(());
        }
        // A clear is what its context stands on then.
        let own = Numbered {
            session: record.session,
            seq: held.moves,
        };
        let is_own_base = record.to.base == Some(own);
        let to = NamedPlace {
            base: record.to.base.filter(|_| !is_own_base),
            ..record.to
        };
        let (from, to) = (
            self.place(join, held, &record.from)?,
            self.place(join, held, &to)?,
        );
        let row = MoveRow {
            id: MoveId(0),
            kind: record.kind,
            from,
            to,
            redo: self.resolve_move(join, held, record.redo)?,
            gone: record.gone,
            back: record.back,
            at: record.at,
        };
        let plan = Plan {
            sessions: &[key],
            messages: 0,
        };
        let id = self
            .group
            .write(&plan, &mut |group| group.join_move(key, &row, is_own_base))?;
        held.way = Way::Follow(key, count, Some(id));
        Ok(())
    }

    /// Lets the session whose state came last stand where it stands there, unless the
    /// person has gone on in it here.
    ///
    /// # Errors
    /// If this log cannot be read or written.
    pub(crate) fn finish_state(&mut self, join: &mut Join) -> Result<Option<StateJoined>> {
        let Some(mut held) = join.state.take() else {
            return Ok(None);
        };
        let (Way::Follow(key, ..) | Way::Branch(key) | Way::Stay(key)) = held.way else {
            return Ok(None);
        };
        let is_new = join.is_new(key);
        let end = self.end(key)?;
        let has_news = !is_new && (end.last > Some(join.newest) || join.is_dry && held.has_more);
        let follows = match held.way {
            Way::Follow(_, count, _) => held.moves == held.state.moves && held.moves >= count,
            Way::Branch(_) => true,
            Way::Stay(_) | Way::Nowhere => false,
        };
        let moves_news = matches!(held.way, Way::Follow(_, count, _) if held.moves > count);
        if !join.is_dry && (follows || is_new) {
            self.settle(
                join,
                key,
                &mut held,
                follows,
                is_new || has_news || moves_news,
            )?;
        }
        Ok(Some(StateJoined {
            is_changed: has_news,
            is_same: !is_new && !has_news,
            is_left: has_news && !follows,
            moves_left_out: held.left_out,
            missing: held.missing,
        }))
    }

    /// Moves the end of a session, if it `follows`, and calls it what it is called there,
    /// if that is news.
    fn settle(
        &mut self,
        join: &mut Join,
        key: SessionKey,
        held: &mut HeldState,
        follows: bool,
        is_news: bool,
    ) -> Result<()> {
        let is_new = join.is_new(key);
        if !is_news {
            return Ok(());
        }
        let named = held.state.place;
        let place = match held.way {
            Way::Branch(_) => Place {
                head: self.resolve_one(join, held, named.head)?,
                base: None,
                floor: self.resolve_one(join, held, named.floor)?,
            },
            _ => self.place(join, held, &named)?,
        };
        let redo = match held.way {
            Way::Branch(_) => None,
            _ => self.resolve_move(join, held, held.state.redo)?,
        };
        let system = self.resolve_one(join, held, held.state.system)?;
        let import_head = self.resolve_one(join, held, held.state.import_head)?;
        let origin = match held.state.origin {
            Some(origin) => self.own_key(join, origin, &held.user)?,
            None => None,
        };
        let joined = JoinedEnd {
            place,
            system,
            redo,
            import_head,
            origin,
            state: &held.state,
        };
        let plan = Plan {
            sessions: &[key],
            messages: 0,
        };
        let user = &held.user;
        // Where a message of it is not here, it stands behind its last one.
        let follows = follows && (place.head.is_some() || named.head.is_none());
        self.group.write(&plan, &mut |group| {
            if follows {
                group.join_end(key, user, &joined, is_new)
            } else {
                group.join_names(key, user, &joined, is_new)
            }
        })
    }

    /// The key of a session of the other log that is here as this user's.
    fn own_key(
        &mut self,
        join: &mut Join,
        session: SessionId,
        user: &UserName,
    ) -> Result<Option<SessionKey>> {
        if let Some(runs) = join.mapped.get(&session) {
            let spot = runs.of(1).filter(|_| runs.user == *user);
            return Ok(spot.and_then(|spot| spot.session));
        }
        let known = self.known(join, session)?;
        Ok(known
            .filter(|known| known.user == *user)
            .map(|known| known.key))
    }

    fn place(
        &mut self,
        join: &mut Join,
        held: &mut HeldState,
        place: &NamedPlace,
    ) -> Result<Place> {
        Ok(Place {
            head: self.resolve_one(join, held, place.head)?,
            base: self.resolve_move(join, held, place.base)?,
            floor: self.resolve_one(join, held, place.floor)?,
        })
    }

    fn resolve_one(
        &mut self,
        join: &mut Join,
        held: &mut HeldState,
        link: Option<Numbered>,
    ) -> Result<Option<MessageId>> {
        let Some(link) = link else { return Ok(None) };
        let found = self.resolve(join, link, &held.user)?;
        held.missing += u64::from(found.is_none());
        Ok(found)
    }

    fn resolve_move(
        &mut self,
        join: &mut Join,
        held: &mut HeldState,
        link: Option<NumberedMove>,
    ) -> Result<Option<MoveId>> {
        let Some(Numbered { session, seq }) = link else {
            return Ok(None);
        };
        let mut found = None;
        // Moves of a session that went on differently are its own here.
        if !join.mapped.contains_key(&session)
            && let Some(key) = self.own_key(join, session, &held.user)?
        {
            let backend = self.group.rows()?;
            found = backend.numbered_move(key, seq).map_err(unreadable)?;
        }
        held.missing += u64::from(found.is_none());
        Ok(found)
    }
}
