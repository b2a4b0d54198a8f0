//! Messages of another log, put into this one.

use super::super::backend::Plan;
use super::super::group::{Apart, Failure, unreadable};
use super::super::imported::{SAYLOG, key_beside};
use super::super::rows::{Place, UNSETTLED};
use super::super::{Log, Result};
use super::runs::{Runs, Spot};
use super::{HeldHead, Join, Known, apart, key_of};
use crate::domain::{
    Links, MessageId, MessageRecord, Numbered, Problem, ProblemKind, Role, SessionHead, SessionId,
    SessionKey, SourceKey, Timestamp, UserName, is_same_text,
};

/// How far before a message that is not here one is looked for that stands in for it.
const NEAR: i64 = 64;

/// How many names are tried for a session that goes on apart.
const NAMES_TRIED: u32 = 100;

/// What a message that is outside of contexts is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Prompt,
    Summary,
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageJoined {
    /// It was added. So many messages that it is linked to are not here.
    Added { missing: u64, session: Beginning },
    /// It is here already.
    Known,
    /// Its session is another user's here: it is left out.
    Refused,
    /// Nothing is known of its session.
    NoSession,
}

/// Whether a message began a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// It is of one that is there.
    None,
    /// It began one that came with the other log.
    New,
    /// It began one because its own went on differently here.
    Apart,
}

/// Where a message belongs.
enum Aim {
    /// It is here.
    Here,
    /// Behind the last of this session, as the one of this number.
    Behind(Known, SessionKey, i64),
    /// It would be added.
    Added,
    NoSession,
}

impl Log {
    /// Adds a message of the other log, unless it is here.
    ///
    /// # Errors
    /// If that cannot be read or written.
    pub(crate) fn join_message(
        &mut self,
        join: &mut Join,
        record: &MessageRecord<'_>,
        now: Timestamp,
    ) -> Result<MessageJoined> {
        let session = record.at.session;
        if join.refused.contains(&session) {
            return Ok(MessageJoined::Refused);
        }
        let mut beginning = Beginning::None;
        if join.held.contains_key(&session) {
            beginning = self.begin_held(join, record)?;
        }
        match self.aim(join, record, &mut beginning)? {
            Aim::Here => Ok(MessageJoined::Known),
            Aim::NoSession => Ok(MessageJoined::NoSession),
            Aim::Added => Ok(MessageJoined::Added {
                missing: 0,
                session: beginning,
            }),
            Aim::Behind(known, key, seq) => {
                let missing = self.add_joined(join, record, &known, key, seq, now)?;
                Ok(MessageJoined::Added {
                    missing,
                    session: beginning,
                })
            }
        }
    }

    /// Finds out where a message belongs, and begins the session that it needs.
    fn aim(
        &mut self,
        join: &mut Join,
        record: &MessageRecord<'_>,
        beginning: &mut Beginning,
    ) -> Result<Aim> {
        let Numbered { session, seq } = record.at;
        loop {
            let (known, spot) = match join.mapped.get(&session) {
                Some(runs) => (None, runs.of(seq)),
                None => match self.known(join, session)? {
                    Some(known) => {
                        let session = Some(known.key);
                        (Some(known), Some(Spot { session, seq }))
                    }
                    None if join.announced.contains(&session) => return Ok(Aim::Added),
                    None => return Ok(Aim::NoSession),
                },
            };
            let Some(spot) = spot else {
                return Ok(Aim::NoSession);
            };
            let Some(key) = spot.session else {
                return Ok(Aim::Added);
            };
            let is_mapped = known.is_none();
            let known = match known {
                Some(known) => known,
                None => self.known_by_key(join, session, key)?,
            };
            if spot.seq <= self.count_in(join, key, spot.seq)? {
                match self.compare(join, record, &known, key, spot.seq)? {
                    Compared::Same => return Ok(Aim::Here),
                    Compared::Elsewhere(spot) => {
                        join.go_on(session, &known, seq, spot);
                        return Ok(Aim::Here);
                    }
                    // What came from another program belongs to its session, in whatever order.
                    // So does what was said in a session that came in parts.
                    Compared::Apart(_) if record.origin.is_some() || known.is_renumbered => {
                        let own = join.mapped.get(&session).and_then(|runs| runs.of(0));
                        let own = own.map_or(Some(key), |spot| spot.session);
                        let (Some(own), false) = (own, join.is_dry) else {
                            return Ok(Aim::Added);
                        };
                        let end = self.end_for_update(own)?;
                        join.remember_end(own, end);
                        return Ok(Aim::Behind(known, own, spot.seq));
                    }
                    Compared::Apart(behind) => {
                        let begun = self.begin_apart(join, record, &known, (key, behind))?;
                        let Some((spot, is_begun)) = begun else {
                            return Ok(Aim::NoSession);
                        };
                        if is_begun {
                            *beginning = Beginning::Apart;
                        }
                        join.go_on(session, &known, seq, spot);
                        continue;
                    }
                }
            }
            if join.is_dry {
                let is_here = self.by_origin(join, record, &known.user)?.is_some()
                    || self.by_key(join, record, &known.user)?.is_some();
                return Ok(if is_here { Aim::Here } else { Aim::Added });
            }
            // From here on nobody else adds to the session.
            let end = self.end_for_update(key)?;
            join.remember_end(key, end);
            if spot.seq <= end.count {
                continue;
            }
            let count = end.count;
            if let Some(spot) = self.by_origin(join, record, &known.user)? {
                join.go_on(session, &known, seq, spot);
                return Ok(Aim::Here);
            }
            if (is_mapped || known.is_renumbered || spot.seq > count + 1)
                && let Some(spot) = self.by_key(join, record, &known.user)?
            {
                join.go_on(session, &known, seq, spot);
                return Ok(Aim::Here);
            }
            return Ok(Aim::Behind(known, key, spot.seq));
        }
    }

    /// Adds a message behind the last one of a session; gives how many of its links are
    /// to what is not here.
    fn add_joined(
        &mut self,
        join: &mut Join,
        record: &MessageRecord<'_>,
        known: &Known,
        key: SessionKey,
        seq: i64,
        now: Timestamp,
    ) -> Result<u64> {
        self.check_damage()?;
        let Numbered {
            session,
            seq: there,
        } = record.at;
        let end = self.end(key)?;
        let mut failed = None;
        let mut links = record.links.map(&mut |link: Numbered| {
            let found = self.resolve(join, link, &known.user);
            found.unwrap_or_else(|problem| {
                failed.get_or_insert(problem);
                None
            })
        });
        if let Some(problem) = failed {
            return Err(problem);
        }
        self.drop_wrong(join, &mut links)?;
        let missing = record.links.count() - links.count();
        if links.parent.is_none()
            && let Some(parent) = record.links.parent
        {
            links.parent = self.nearest(join, session, parent, &known.user)?;
        }
        let record = &MessageRecord {
            depth: self.depth_behind(join, record.depth, &links)?,
            ..*record
        };
        let mut keys = Vec::new();
        if let Some(origin) = self.origin_of(join, record)?
            // By this key another message is known otherwise: it is somebody else's.
            && self.imported(join, &origin)?.is_none()
        {
            keys.push(origin);
        }
        let is_own = join.known.get(&session).is_some_and(|own| own.key == key);
        let is_moved = seq != end.count + 1;
        let has_other = is_own && known.is_renumbered && end.count + 1 != there;
        let is_renumbered = (is_moved || has_other) && record.origin.is_none();
        if is_renumbered {
            let own = key_of(record);
            if self.imported(join, &own)?.is_none() {
                keys.push(own);
            }
        }
        let is_new = end.touched == UNSETTLED;
        let plan = Plan {
            sessions: &[key],
            messages: 1,
        };
        let mixes = record.origin.is_none() && known.is_of_program && !known.is_mixed;
        let id = self.group.write(&plan, &mut |group| {
            let id = group.join_message(key, record, &links, &keys, now, is_new)?;
            if mixes {
                let noted = group.backend().mix(key);
                noted.map_err(Failure::Writing)?;
            }
            if is_renumbered && !known.is_renumbered {
                let noted = group.backend().renumber(key, SAYLOG);
                noted.map_err(Failure::Writing)?;
            }
            Ok(id)
        })?;
        if is_moved {
            let spot = Spot {
                session: Some(key),
                seq: end.count + 1,
            };
            join.go_on(session, known, there, spot);
        }
        if let Some(known) = join
            .known
            .get_mut(&session)
            .filter(|known| known.key == key)
        {
            known.is_mixed |= mixes;
            known.is_renumbered |= is_renumbered;
        }
        for key in keys {
            if let Some(known) = join.origins.get_mut(&key) {
                *known = Some(id);
            }
        }
        join.remember_end(key, self.end(key)?);
        join.remember_depth(id, record.depth);
        Ok(missing)
    }

    /// The nearest message before one that is not here, which stands in for it: what
    /// followed that follows this.
    fn nearest(
        &mut self,
        join: &mut Join,
        session: SessionId,
        missing: Numbered,
        user: &UserName,
    ) -> Result<Option<MessageId>> {
        if missing.session != session {
            return Ok(None);
        }
        let first = missing.seq.saturating_sub(NEAR).max(1);
        for seq in (first..missing.seq).rev() {
            let Some(id) = self.resolve(join, Numbered { session, seq }, user)? else {
                continue;
            };
            let link = self.link(id)?;
            if link.is_some_and(|link| link.depth.is_some()) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The message of this log that is meant by one of the other; none if it is not here, or
    /// not the same user's.
    pub(super) fn resolve(
        &mut self,
        join: &mut Join,
        link: Numbered,
        user: &UserName,
    ) -> Result<Option<MessageId>> {
        let spot = match join.mapped.get(&link.session) {
            Some(runs) if runs.user == *user => runs.of(link.seq),
            Some(_) => None,
            None => {
                let known = self.known(join, link.session)?;
                let own = known.filter(|known| known.user == *user);
                own.map(|known| Spot {
                    session: Some(known.key),
                    seq: link.seq,
                })
            }
        };
        match spot {
            Some(Spot {
                session: Some(key),
                seq,
            }) => self.at(join, key, seq),
            _ => Ok(None),
        }
    }

    /// Whether a message is the one of that number here, or where else it is.
    fn compare(
        &mut self,
        join: &mut Join,
        record: &MessageRecord<'_>,
        known: &Known,
        key: SessionKey,
        seq: i64,
    ) -> Result<Compared> {
        if seq == record.at.seq && join.same.get(&record.at) == Some(&key) {
            return Ok(Compared::Same);
        }
        let here = self.at(join, key, seq)?.ok_or_else(|| unread(record.at))?;
        if self.is_same(here, record)? {
            return Ok(Compared::Same);
        }
        if let Some(spot) = self.by_origin(join, record, &known.user)? {
            return Ok(Compared::Elsewhere(spot));
        }
        if let Some(spot) = self.by_key(join, record, &known.user)? {
            return Ok(Compared::Elsewhere(spot));
        }
        let behind = match seq {
            1 => Some(MessageId(0)),
            _ => self.at(join, key, seq - 1)?,
        };
        let behind = behind.ok_or_else(|| unread(record.at))?;
        if let Some(branch) = self.branch_with(join, record, key, behind)? {
            return Ok(Compared::Elsewhere(Spot {
                session: Some(branch),
                seq: 1,
            }));
        }
        Ok(Compared::Apart(behind))
    }

    /// The session that goes on apart behind a message, and does so with this one.
    fn branch_with(
        &mut self,
        join: &mut Join,
        record: &MessageRecord<'_>,
        key: SessionKey,
        behind: MessageId,
    ) -> Result<Option<SessionKey>> {
        let backend = self.group.rows()?;
        for branch in backend.branches(key, behind).map_err(unreadable)? {
            if let Some(first) = self.at(join, branch, 1)?
                && self.is_same(first, record)?
            {
                return Ok(Some(branch));
            }
        }
        Ok(None)
    }

    /// Where a message is that came from another program, if it did.
    fn by_origin(
        &mut self,
        join: &Join,
        record: &MessageRecord<'_>,
        user: &UserName,
    ) -> Result<Option<Spot>> {
        match self.origin_of(join, record)? {
            Some(origin) => self.of_key(join, &origin, user),
            None => Ok(None),
        }
    }

    /// By what a message is known here that came from another program, if it did: by a key of
    /// its text where something else came by its own.
    fn origin_of(&mut self, join: &Join, record: &MessageRecord<'_>) -> Result<Option<SourceKey>> {
        let Some(origin) = record.origin else {
            return Ok(None);
        };
        let mut is_other = false;
        if let Some(id) = self.imported(join, &origin)? {
            self.message(id, &mut |here| {
                is_other = here.role != record.role || !is_same_text(here.content, record.content);
            })?;
        }
        Ok(Some(if is_other {
            key_beside(&origin, None, record.role, record.content)
        } else {
            origin
        }))
    }

    /// Where a message is that could not keep its number, if it is here.
    fn by_key(
        &mut self,
        join: &Join,
        record: &MessageRecord<'_>,
        user: &UserName,
    ) -> Result<Option<Spot>> {
        self.of_key(join, &key_of(record), user)
    }

    /// The message that is known by a key, if it is this user's.
    fn of_key(&mut self, join: &Join, key: &SourceKey, user: &UserName) -> Result<Option<Spot>> {
        let Some(id) = self.imported(join, key)? else {
            return Ok(None);
        };
        let mut is_own = false;
        self.message(id, &mut |message| is_own = message.user == user)?;
        let link = self.link(id)?.filter(|_| is_own);
        Ok(link.map(|link| Spot {
            session: Some(link.session),
            seq: link.seq,
        }))
    }

    /// Begins the session that goes on apart from one, behind a message of it, with this
    /// one; says where that is, and whether it was begun. None if all names for it are
    /// others' already.
    fn begin_apart(
        &mut self,
        join: &mut Join,
        record: &MessageRecord<'_>,
        known: &Known,
        (from, behind): (SessionKey, MessageId),
    ) -> Result<Option<(Spot, bool)>> {
        if join.is_dry {
            let nowhere = Spot {
                session: None,
                seq: 1,
            };
            return Ok(Some((nowhere, true)));
        }
        let of = self.id_of(from, &known.user)?.unwrap_or(record.at.session);
        let source = {
            let backend = self.group.rows()?;
            let import = backend.import(from).map_err(unreadable)?;
            import.map(|import| import.source)
        };
        let mut free = None;
        for attempt in 0..NAMES_TRIED {
            let id = apart(of, record, attempt);
            let Some((key, user)) = self.named(id)? else {
                free = Some(id);
                break;
            };
            // It has come without what it goes on apart from: a part of a log was imported.
            if user == known.user
                && let Some(first) = self.at(join, key, 1)?
                && self.is_same(first, record)?
            {
                self.put_behind(key, from, behind, source.as_deref())?;
                let spot = Spot {
                    session: Some(key),
                    seq: 1,
                };
                return Ok(Some((spot, false)));
            }
        }
        let Some(id) = free else { return Ok(None) };
        let head = SessionHead {
            session: id,
            user: &known.user,
            started_at: record.said_at,
            persona: None,
            source: None,
            behind: None,
        };
        let key = self.begin_branch(join, &head, from, behind, source.as_deref())?;
        let spot = Spot {
            session: Some(key),
            seq: 1,
        };
        Ok(Some((spot, true)))
    }

    /// Notes behind which message of another session one goes on that is here.
    fn put_behind(
        &mut self,
        session: SessionKey,
        from: SessionKey,
        behind: MessageId,
        source: Option<&str>,
    ) -> Result<()> {
        self.check_damage()?;
        let apart = Apart {
            from,
            behind,
            source,
        };
        self.group.write(&Plan::default(), &mut |group| {
            group.join_behind(session, &apart)
        })
    }

    /// The same for a session of the other log that came before what it goes on from, if
    /// that is here now.
    pub(super) fn find_behind(
        &mut self,
        join: &mut Join,
        key: SessionKey,
        head: &SessionHead<'_>,
    ) -> Result<()> {
        let Some(named) = head.behind.filter(|_| !join.is_dry) else {
            return Ok(());
        };
        let import = {
            let backend = self.group.rows()?;
            backend.import(key).map_err(unreadable)?
        };
        if import.is_some_and(|import| import.behind.is_some()) {
            return Ok(());
        }
        let branch = HeldHead {
            user: head.user.clone(),
            started_at: head.started_at,
            persona: None,
            source: None,
            behind: named,
        };
        let Some(Spot {
            session: Some(from),
            seq,
        }) = self.spot_behind(join, &branch)?
        else {
            return Ok(());
        };
        let behind = match seq {
            0 => Some(MessageId(0)),
            seq => self.at(join, from, seq)?,
        };
        match behind.filter(|_| from != key) {
            Some(behind) => self.put_behind(key, from, behind, head.source),
            None => Ok(()),
        }
    }

    /// Drops links to what cannot be meant: a prompt that is none, a summary that is none.
    fn drop_wrong(&mut self, join: &mut Join, links: &mut Links<MessageId>) -> Result<()> {
        for (link, wanted) in [
            (&mut links.system, Kind::Prompt),
            (&mut links.floor, Kind::Summary),
        ] {
            if let Some(id) = *link
                && !self.is_kind(join, id, wanted)?
            {
                *link = None;
            }
        }
        if let Some(sent) = &mut links.sent {
            for (link, wanted) in [
                (&mut sent.system, Kind::Prompt),
                (&mut sent.floor, Kind::Summary),
            ] {
                if let Some(id) = *link
                    && !self.is_kind(join, id, wanted)?
                {
                    *link = None;
                }
            }
        }
        Ok(())
    }

    /// Whether a message is of a kind.
    pub(super) fn is_kind(&mut self, join: &mut Join, id: MessageId, wanted: Kind) -> Result<bool> {
        if let Some(kind) = join.kinds.get(&id) {
            return Ok(*kind == Some(wanted));
        }
        let link = self.link(id)?.filter(|link| link.role == Role::System);
        let kind = link.map(|link| match link.oldest {
            Some(_) => Kind::Summary,
            None => Kind::Prompt,
        });
        join.remember_kind(id, kind);
        Ok(kind == Some(wanted))
    }

    /// The place of a message in its context that is said to be that one: no message is
    /// deeper than the next behind its parent.
    fn depth_behind(
        &mut self,
        join: &mut Join,
        said: Option<i64>,
        links: &Links<MessageId>,
    ) -> Result<Option<i64>> {
        let Some(said) = said else { return Ok(None) };
        let deepest = match links.parent {
            None => 1 + i64::from(links.floor.is_some()),
            Some(parent) => match join.depths.get(&parent) {
                Some(depth) => depth.saturating_add(1),
                None => {
                    let floor = self.link(parent)?.and_then(|link| link.floor);
                    let place = Place {
                        head: Some(parent),
                        base: None,
                        floor,
                    };
                    self.depth(place)?.saturating_add(1)
                }
            },
        };
        Ok(Some(said.clamp(1, deepest.max(1))))
    }

    /// Begins a session that goes on apart from one behind a message of it.
    fn begin_branch(
        &mut self,
        join: &mut Join,
        head: &SessionHead<'_>,
        from: SessionKey,
        behind: MessageId,
        source: Option<&str>,
    ) -> Result<SessionKey> {
        self.check_damage()?;
        let apart = Apart {
            from,
            behind,
            source,
        };
        let key = self.group.write(&Plan::default(), &mut |group| {
            group.join_session(head, head.session, Some(apart))
        })?;
        let is_of_program = source.is_some_and(|source| source != SAYLOG);
        join.began(head.session, head.user, key, is_of_program);
        Ok(key)
    }

    /// A session of the other log went on apart there: it may be what its origin goes on with
    /// here, or what goes on apart here, too. If it is not, it is begun.
    fn begin_held(&mut self, join: &mut Join, record: &MessageRecord<'_>) -> Result<Beginning> {
        let session = record.at.session;
        let Some(head) = join.held.remove(&session) else {
            return Ok(Beginning::None);
        };
        let Some(from) = self.spot_behind(join, &head)? else {
            // Nobody knows from what it went on.
            return self.begin_whole(join, session, &head);
        };
        let Some(key) = from.session else {
            let nowhere = Spot {
                session: None,
                seq: 1,
            };
            join.mapped
                .insert(session, Runs::new(head.user.clone(), nowhere));
            return Ok(Beginning::New);
        };
        let behind = match from.seq {
            0 => Some(MessageId(0)),
            seq => self.at(join, key, seq)?,
        };
        let Some(behind) = behind else {
            return self.begin_whole(join, session, &head);
        };
        if let Some(next) = self.at(join, key, from.seq + 1)?
            && self.is_same(next, record)?
        {
            let spot = Spot {
                session: Some(key),
                seq: from.seq + 1,
            };
            join.mapped.insert(session, Runs::new(head.user, spot));
            return Ok(Beginning::None);
        }
        if let Some(branch) = self.branch_with(join, record, key, behind)? {
            let spot = Spot {
                session: Some(branch),
                seq: 1,
            };
            join.mapped.insert(session, Runs::new(head.user, spot));
            return Ok(Beginning::None);
        }
        if join.is_dry {
            return Ok(Beginning::New);
        }
        let begun = SessionHead {
            session,
            user: &head.user,
            started_at: head.started_at,
            persona: head.persona.as_deref(),
            source: None,
            behind: None,
        };
        self.begin_branch(join, &begun, key, behind, head.source.as_deref())?;
        Ok(Beginning::New)
    }

    /// Begins a session for itself that went on apart from something that is not here.
    fn begin_whole(
        &mut self,
        join: &mut Join,
        session: SessionId,
        head: &HeldHead,
    ) -> Result<Beginning> {
        if !join.is_dry {
            let whole = SessionHead {
                session,
                user: &head.user,
                started_at: head.started_at,
                persona: head.persona.as_deref(),
                source: head.source.as_deref(),
                behind: None,
            };
            self.join_session(join, &whole)?;
        }
        Ok(Beginning::New)
    }

    /// The place here behind which a session goes on apart.
    fn spot_behind(&mut self, join: &mut Join, head: &HeldHead) -> Result<Option<Spot>> {
        let Numbered { session, seq } = head.behind;
        if let Some(runs) = join.mapped.get(&session) {
            if runs.user != head.user {
                return Ok(None);
            }
            return Ok(runs.of(seq));
        }
        let known = self.known(join, session)?;
        let own = known.filter(|known| known.user == head.user);
        Ok(own.map(|known| Spot {
            session: Some(known.key),
            seq,
        }))
    }

    /// A session of this log whose messages have other numbers in the other one.
    fn known_by_key(&mut self, join: &Join, session: SessionId, key: SessionKey) -> Result<Known> {
        let user = join.mapped.get(&session).map(|runs| runs.user.clone());
        let backend = self.group.rows()?;
        let import = backend.import(key).map_err(unreadable)?;
        let user = user.unwrap_or_else(|| UserName::stored(""));
        Ok(Known::new(key, user, import.as_ref()))
    }
}

/// A message is here and cannot be read, so that nobody knows whether it is the same.
fn unread(at: Numbered) -> Problem {
    let what = format!(
        "the store cannot be read: message {} of session {}",
        at.seq, at.session
    );
    Problem::new(ProblemKind::Damaged, what)
}

/// What a message turns out to be where another one has its number.
enum Compared {
    Same,
    /// It is here, and there.
    Elsewhere(Spot),
    /// The session goes on differently behind this message.
    Apart(MessageId),
}

impl Join {
    /// From this number on messages of a session lie from that place on.
    fn go_on(&mut self, session: SessionId, known: &Known, seq: i64, spot: Spot) {
        let runs = self.mapped.entry(session).or_insert_with(|| {
            let whole = Spot {
                session: Some(known.key),
                seq: 1,
            };
            Runs::new(known.user.clone(), whole)
        });
        if runs.of(seq) != Some(spot) {
            runs.go_on(seq, spot);
        }
    }
}
