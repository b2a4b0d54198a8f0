//! The messages of a range, in the order of the log, page by page.
//!
//! No statement is open while a message is looked at: a page is read whole, and the next one
//! begins behind its last message.
//!
//! Whoever reads on gets the next pages asked for while they look at this one, so that the
//! server and this program work at the same time. Such a page is short enough for a socket
//! to hold it: the server is done with it however long this one is looked at. And whoever
//! stops in the middle of a page, to write out what they have gathered, finds the rest of
//! it when they go on: messages do not change.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::Result;
use super::client::{UnderWay, Value};
use super::fitting::Length;
use super::handle::Handle;
use crate::domain::MessageId;

/// So many rows are shown at once: what has to be known of them is found out first.
const SHOWN_AT_ONCE: usize = 256;

/// What is read of each message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Select {
    /// Columns of a message `m`, the first of them its id.
    pub(super) columns: String,
    /// What else they need joined to it.
    pub(super) joined: &'static str,
}

/// What whoever is shown some rows has made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// They have seen all of them and want more.
    All,
    /// They have enough; the last one that they have seen is at this place.
    UpTo(usize),
}

/// Takes rows.
pub(super) type Show<'a> = dyn FnMut(&mut Handle, &[Row]) -> Result<Seen> + 'a;

/// The pages of one handle.
#[derive(Default)]
pub(super) struct Pages {
    /// Where somebody has stopped.
    stopped: Option<Reading>,
}

impl Pages {
    /// Shows the rows of a range, in the order of the log.
    pub(super) fn read(
        &mut self,
        handle: &mut Handle,
        select: &Select,
        (after, upto): (MessageId, MessageId),
        show: &mut Show<'_>,
    ) -> Result<()> {
        let stopped = self.stopped.take();
        let is_in_group = handle.is_in_group();
        let mut reading = match stopped.filter(|reading| reading.select == *select) {
            // What a group has added may be taken back.
            Some(reading) if !is_in_group => reading.going_on(after.0, upto.0),
            _ => Reading::new(select, after.0, upto.0),
        };
        while reading.has_rows(handle)? {
            let seen = show(handle, reading.next_rows())?;
            reading.has_shown(seen);
            if seen != Seen::All {
                break;
            }
        }
        if !is_in_group {
            self.stopped = Some(reading);
        }
        Ok(())
    }
}

/// A range that is being read.
struct Reading {
    select: Select,
    /// The last message that was shown, and the last one that is wanted.
    after: i64,
    upto: i64,
    /// The page that is shown, and how many of its rows were.
    page: Vec<Row>,
    shown: usize,
    /// The page behind it, if it has come.
    following: Vec<Row>,
    /// The last message of all that have come.
    last: i64,
    /// How long the page behind that is to be, if there is one.
    next: Length,
    is_end: bool,
    /// It is under way, and was asked for up to this message.
    ahead: Option<(UnderWay, i64)>,
    /// More than the first page is read.
    goes_on: bool,
}

impl Reading {
    fn new(select: &Select, after: i64, upto: i64) -> Self {
        Self {
            select: select.clone(),
            after,
            upto,
            page: Vec::new(),
            shown: 0,
            following: Vec::new(),
            last: after,
            next: Length::UNKNOWN,
            is_end: false,
            ahead: None,
            goes_on: false,
        }
    }

    /// Goes on behind a message up to another. What was read already is of use if that is
    /// where this has stopped.
    fn going_on(mut self, after: i64, upto: i64) -> Self {
        if self.after == after && self.upto <= upto && self.has_more() {
            self.is_end &= self.upto == upto;
            self.upto = upto;
            return self;
        }
        let mut new = Self::new(&self.select, after, upto);
        if self.after == after {
            (new.next, new.goes_on) = (self.next, self.goes_on);
        }
        new
    }

    /// Whether something has come, or is on its way, that was not shown.
    fn has_more(&self) -> bool {
        self.shown < self.page.len() || !self.following.is_empty() || self.ahead.is_some()
    }

    /// Whether there are rows to show.
    fn has_rows(&mut self, handle: &mut Handle) -> Result<bool> {
        if self.shown < self.page.len() {
            self.look_for_following(handle)?;
            return Ok(true);
        }
        self.page = std::mem::take(&mut self.following);
        self.shown = 0;
        if self.page.is_empty() {
            self.page = self.wait_for_next(handle)?;
        }
        if std::mem::replace(&mut self.goes_on, true) {
            self.ask_ahead(handle);
        }
        Ok(!self.page.is_empty())
    }

    /// Takes the page behind this one if it has come meanwhile, and asks for another.
    fn look_for_following(&mut self, handle: &mut Handle) -> Result<()> {
        if !self.following.is_empty() {
            return Ok(());
        }
        if let Some((ahead, _)) = &self.ahead
            && handle.server.has_come(ahead)
        {
            self.following = self.wait_for_ahead(handle)?;
            self.ask_ahead(handle);
        }
        Ok(())
    }

    /// The next page, whether it was asked for or not; empty at the end of the range.
    fn wait_for_next(&mut self, handle: &mut Handle) -> Result<Vec<Row>> {
        let mut rows = self.wait_for_ahead(handle)?;
        while rows.is_empty() && !self.is_end && self.last < self.upto {
            let numbers = self.numbers();
            let values: Vec<Value<'_>> = (numbers.iter())
                .map(|number| (number as _, Type::INT8))
                .collect();
            rows = handle.rows(&self.statement(), &values)?;
            self.take_note_of(&rows, self.upto);
        }
        Ok(rows)
    }

    /// The page that is under way; empty if there is none, or it was lost or too long.
    fn wait_for_ahead(&mut self, handle: &mut Handle) -> Result<Vec<Row>> {
        let Some((ahead, upto)) = self.ahead.take() else {
            return Ok(Vec::new());
        };
        let rows = (handle.server.receive(ahead)).map_err(|trouble| trouble.problem())?;
        Ok(rows
            .inspect(|rows| self.take_note_of(rows, upto))
            .unwrap_or_default())
    }

    /// Asks for the next page if it is expected to be short.
    fn ask_ahead(&mut self, handle: &Handle) {
        let is_wanted = self.ahead.is_none() && !self.is_end && self.last < self.upto;
        let is_short = matches!(self.next, Length::Short(_));
        if is_wanted && is_short && !handle.is_in_group() {
            let ahead = handle.server.send(&self.statement(), &self.numbers());
            self.ahead = ahead.map(|ahead| (ahead, self.upto));
        }
    }

    /// Takes note of what a page up to a message says of those behind it.
    fn take_note_of(&mut self, rows: &[Row], upto: i64) {
        let Some(last) = rows.last() else {
            match self.next {
                // They may only have been too long.
                Length::Short(_) => self.next = Length::UNKNOWN,
                Length::Fitting(_) => self.is_end = true,
            }
            return;
        };
        self.last = last.get(0);
        let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= self.next.count());
        let is_short = matches!(self.next, Length::Short(_));
        self.is_end = is_short && !is_full && upto == self.upto;
        let bytes = rows.iter().map(Row::raw_size_bytes).sum();
        self.next = self.next.behind(rows.len(), bytes);
    }

    /// The rows that are shown next.
    fn next_rows(&self) -> &[Row] {
        let end = self.page.len().min(self.shown + SHOWN_AT_ONCE);
        &self.page[self.shown..end]
    }

    /// Takes note of what was seen of these.
    fn has_shown(&mut self, seen: Seen) {
        let count = match seen {
            Seen::All => self.next_rows().len(),
            Seen::UpTo(place) => place + 1,
        };
        self.shown = self.page.len().min(self.shown + count);
        if let Some(last) = self.page[..self.shown].last() {
            self.after = last.get(0);
        }
        if self.shown == self.page.len() {
            // Whoever stops here may write out a long message next.
            self.page = Vec::new();
            self.shown = 0;
        }
    }

    fn statement(&self) -> String {
        (self.next).statement(&self.select.columns, self.select.joined)
    }

    /// The values of that statement.
    fn numbers(&self) -> [i64; 3] {
        [self.last, self.upto, self.next.count()]
    }
}
