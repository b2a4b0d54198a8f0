//! Where sessions of another log stand, and how they came there.

use super::super::backend::{MoveQuery, Plan};
use super::super::group::{Failure, JoinedEnd, unreadable};
use super::super::record::is_same_move;
use super::super::rows::{MoveRow, Place, UNSETTLED};
use super::super::{Log, Result};
use super::Join;
use super::message::Kind;
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
    /// How many messages it has here.
    messages: i64,
    /// How many moves of it were here, and the last one that was the same.
    count: i64,
    last: Option<MoveId>,
    /// Those that came were the same as far as there are any here.
    is_same: bool,
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
    /// its moves are the same as well.
    Follow(SessionKey),
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
    /// It is a session of which nothing is here.
    pub lost: u64,
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
        let (mut way, mut has_more, mut messages, mut count) = (Way::Nowhere, false, 0, 0);
        if let Some(Spot {
            session: Some(key),
            seq,
        }) = spot
        {
            way = self.way(join, session, key, seq)?;
            messages = self.end(key)?.count;
            has_more = messages < seq;
            let backend = self.group.rows()?;
            count = backend.count_moves(key).map_err(unreadable)?;
        }
        join.state = Some(HeldState {
            state,
            user: user.unwrap_or_else(|| UserName::stored("")),
            way,
            messages,
            count,
            last: None,
            is_same: true,
            moves: 0,
            left_out: 0,
            missing: 0,
            has_more,
        });
        Ok(before)
    }

    fn way(&mut self, join: &Join, session: SessionId, key: SessionKey, count: i64) -> Result<Way> {
        let end = self.end(key)?;
        // What would be added is not there if nothing is written.
        let has_all = end.count == count || join.is_dry && end.count < count;
        if !has_all || join.is_part {
            return Ok(Way::Stay(key));
        }
        if !join.mapped.contains_key(&session) {
            return Ok(Way::Follow(key));
        }
        let backend = self.group.rows()?;
        let import = backend.import(key).map_err(unreadable)?;
        let moves = backend.count_moves(key).map_err(unreadable)?;
        let is_branch = import.is_some_and(|import| import.behind.is_some());
        Ok(if is_branch && moves == 0 {
            Way::Branch(key)
        } else {
            Way::Stay(key)
        })
    }

    /// Takes a move of the session whose state came last; says whether it is of that.
    ///
    /// # Errors
    /// If this log cannot be read or written.
    pub(crate) fn join_move(&mut self, join: &mut Join, record: &MoveRecord) -> Result<bool> {
        let Some(mut held) = join.state.take() else {
            return Ok(false);
        };
        let is_of_it = held.state.session == record.session;
        if is_of_it {
            self.take_move(join, &mut held, record)?;
        }
        join.state = Some(held);
        Ok(is_of_it)
    }

    fn take_move(
        &mut self,
        join: &mut Join,
        held: &mut HeldState,
        record: &MoveRecord,
    ) -> Result<()> {
        held.moves += 1;
        let (Way::Follow(key) | Way::Branch(key) | Way::Stay(key)) = held.way else {
            held.left_out += 1;
            return Ok(());
        };
        if held.moves <= held.count && held.is_same {
            let mut here = None;
            let query = MoveQuery::Of(key, held.last);
            let visited = self.group.rows()?.moves(&query, &mut |row| {
                here = Some(*row);
                Flow::Full
            });
            visited.map_err(unreadable)?;
            if let Some(row) = here.filter(|row| is_same_move(record, row)) {
                held.last = Some(row.id);
                return Ok(());
            }
            held.is_same = false;
            join.moved.insert(record.session);
        }
        if !held.is_same || !matches!(held.way, Way::Follow(_)) {
            held.left_out += 1;
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
        let before = (held.messages, held.moves - 1);
        let added = self.group.write(&plan, &mut |group| {
            group.join_move(key, &row, is_own_base, before)
        })?;
        match added {
            Some(id) => held.last = Some(id),
            // Somebody has gone on in it meanwhile.
            None => held.is_same = false,
        }
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
        let (Way::Follow(key) | Way::Branch(key) | Way::Stay(key)) = held.way else {
            let is_lost = !join.announced.contains(&held.state.session);
            return Ok(Some(StateJoined {
                lost: u64::from(is_lost),
                moves_left_out: held.left_out,
                ..StateJoined::default()
            }));
        };
        let (is_new, end) = (join.is_new(key), self.end(key)?);
        let is_unsettled = end.touched == UNSETTLED;
        let has_news = !is_new && (end.last > Some(join.newest) || join.is_dry && held.has_more);
        let follows = match held.way {
            Way::Follow(_) => {
                held.is_same && held.moves == held.state.moves && held.moves >= held.count
            }
            Way::Branch(_) => true,
            Way::Stay(_) | Way::Nowhere => false,
        };
        if !matches!(held.way, Way::Follow(_)) {
            join.moved.insert(held.state.session);
        }
        let has_moves = !is_new
            && match held.way {
                Way::Branch(_) => self.has_branch_moved(join, &held, end.place)?,
                _ => follows && held.moves > held.count,
            };
        let has_news = has_news || has_moves;
        if !join.is_dry && (follows && has_news || is_unsettled) {
            self.settle(join, key, &mut held, follows, is_unsettled)?;
        }
        Ok(Some(StateJoined {
            is_changed: has_news,
            is_same: !is_new && !has_news,
            is_left: has_news && !follows,
            moves_left_out: held.left_out,
            missing: held.missing,
            lost: 0,
        }))
    }

    /// Where a session stands there that went on apart here: its moves are not here.
    fn branch_place(&mut self, join: &mut Join, held: &mut HeldState) -> Result<Place> {
        let named = held.state.place;
        Ok(Place {
            head: self.resolve_one(join, held, named.head)?,
            base: None,
            floor: self.resolve_kind(join, held, named.floor, Kind::Summary)?,
        })
    }

    /// Whether such a session stands elsewhere now, at something that is here, than `place`.
    fn has_branch_moved(
        &mut self,
        join: &mut Join,
        held: &HeldState,
        place: Place,
    ) -> Result<bool> {
        let mut looked = held.clone();
        let there = self.branch_place(join, &mut looked)?;
        Ok(looked.missing == held.missing && there != place)
    }

    /// Moves the end of a session, if it `follows`, and calls it what it is called there.
    fn settle(
        &mut self,
        join: &mut Join,
        key: SessionKey,
        held: &mut HeldState,
        follows: bool,
        is_unsettled: bool,
    ) -> Result<()> {
        let (named, before) = (held.state.place, held.missing);
        let place = match held.way {
            Way::Branch(_) => self.branch_place(join, held)?,
            _ => self.place(join, held, &named)?,
        };
        let redo = match held.way {
            Way::Branch(_) => None,
            _ => self.resolve_move(join, held, held.state.redo)?,
        };
        let system = self.resolve_kind(join, held, held.state.system, Kind::Prompt)?;
        let import_head = self.resolve_one(join, held, held.state.import_head)?;
        let origin = match held.state.origin {
            Some(origin) => self.own_key(join, origin, &held.user)?,
            None => None,
        };
        let joined = JoinedEnd {
            place,
            depth: self.depth(place)?,
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
        // Where something of that is not here, it stays where it is.
        let follows = follows && held.missing == before;
        let counts = match held.way {
            Way::Branch(_) => (held.messages, 0),
            _ => (held.messages, held.moves),
        };
        self.group.write(&plan, &mut |group| {
            if follows {
                group.join_end(key, &joined, counts)?;
            }
            let named = group.join_names(key, user, &joined, is_unsettled);
            named.map_err(Failure::of_begun)
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
            floor: self.resolve_kind(join, held, place.floor, Kind::Summary)?,
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

    /// The same for a message that has to be of a kind.
    fn resolve_kind(
        &mut self,
        join: &mut Join,
        held: &mut HeldState,
        link: Option<Numbered>,
        kind: Kind,
    ) -> Result<Option<MessageId>> {
        let Some(id) = self.resolve_one(join, held, link)? else {
            return Ok(None);
        };
        let is_it = self.is_kind(join, id, kind)?;
        held.missing += u64::from(!is_it);
        Ok(Some(id).filter(|_| is_it))
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
            && !join.moved.contains(&session)
            && let Some(key) = self.own_key(join, session, &held.user)?
        {
            let backend = self.group.rows()?;
            found = backend.numbered_move(key, seq).map_err(unreadable)?;
        }
        held.missing += u64::from(found.is_none());
        Ok(found)
    }
}
