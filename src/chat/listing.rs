//! Listings: rows one after the other, and how many there were.

use super::Chat;
use super::empty::Hint;
use crate::domain::{Error, Event, Flow, Problem, Result, Scope, Sink, Work};

/// Takes the rows of one listing and counts them.
pub(crate) struct Rows<'a> {
    sink: &'a mut dyn Sink,
    count: u64,
    leaves_out_older: bool,
    /// A person sees that more rows are looked for.
    is_working: bool,
}

impl Rows<'_> {
    /// Tells the next row.
    pub(crate) fn emit(&mut self, row: &Event<'_>) -> Flow {
        self.end_work();
        self.count += 1;
        self.sink.emit(row)
    }

    /// Tells something that belongs to the listing and is no row.
    pub(crate) fn emit_beside(&mut self, event: &Event<'_>) {
        self.sink.emit(event);
    }

    /// Tells how far the search for more rows is, if that takes long. All rows before
    /// must have been written out.
    ///
    /// # Errors
    /// If the person stops it, or it cannot be shown.
    pub(crate) fn work(&mut self, work: Option<Work<'_>>) -> Result<()> {
        self.is_working |= work.is_some();
        go_on(work, self.sink)
    }

    /// What was told of work is no more to be seen.
    fn end_work(&mut self) {
        if std::mem::take(&mut self.is_working) {
            // Whether to go on is asked when the rows are written.
            let _ = self.sink.work(None);
        }
    }

    /// Notes that there are older rows, which were not asked for.
    pub(crate) fn leave_out_older(&mut self) {
        self.leaves_out_older = true;
    }

    /// How many rows there were so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

/// Tells a listing from its first row to its end.
///
/// `page` tells rows until the sink is full, and says whether there may be more:
/// what it has told is written out then, while the store is not in use. So a
/// slow reader holds nobody up, and a long listing needs no memory.
///
/// It shows what is committed, and so is everything that was told before it: a
/// later line's failure does not take it back.
///
/// # Errors
/// Behind its end, a sentence about the rows that could not be read.
pub(crate) fn list(
    chat: &mut Chat,
    scope: Option<Scope>,
    sink: &mut dyn Sink,
    page: &mut dyn FnMut(&mut Chat, &mut Rows<'_>) -> Result<bool>,
) -> Result<()> {
    list_with(chat, scope, None, sink, page)
}

/// The same, and where there is nothing a hint says what to type.
///
/// # Errors
/// Those of [`list`].
pub(crate) fn list_or_hint(
    chat: &mut Chat,
    scope: Option<Scope>,
    hint: Hint,
    sink: &mut dyn Sink,
    page: &mut dyn FnMut(&mut Chat, &mut Rows<'_>) -> Result<bool>,
) -> Result<()> {
    list_with(chat, scope, Some(hint), sink, page)
}

/// Tells a listing, and a hint where there is nothing if it has one.
///
/// # Errors
/// Those of [`list`].
pub(crate) fn list_with(
    chat: &mut Chat,
    scope: Option<Scope>,
    hint: Option<Hint>,
    sink: &mut dyn Sink,
    page: &mut dyn FnMut(&mut Chat, &mut Rows<'_>) -> Result<bool>,
) -> Result<()> {
    begin(chat, sink)?;
    list_begun(chat, scope, hint, sink, page)
}

/// The same of a listing for which something was read since it was [begun](begin):
/// what could not be read of that is told with it.
///
/// # Errors
/// Those of [`list`].
pub(crate) fn list_begun(
    chat: &mut Chat,
    scope: Option<Scope>,
    hint: Option<Hint>,
    sink: &mut dyn Sink,
    page: &mut dyn FnMut(&mut Chat, &mut Rows<'_>) -> Result<bool>,
) -> Result<()> {
    sink.begin_listing()?;
    let told = tell(chat, scope, hint, sink, page);
    // Also where it failed: whoever shows it is not to be left behind.
    let ended = sink.end_listing();
    let damage = told?;
    ended?;
    fail_for(damage)
}

/// The same as [`list`] for a few rows that a person sees before they go on, however
/// long these are.
///
/// # Errors
/// Those of [`list`].
pub(crate) fn list_in_passing(
    chat: &mut Chat,
    scope: Option<Scope>,
    sink: &mut dyn Sink,
    page: &mut dyn FnMut(&mut Chat, &mut Rows<'_>) -> Result<bool>,
) -> Result<()> {
    begin(chat, sink)?;
    let damage = tell(chat, scope, None, sink, page)?;
    sink.flush()?;
    fail_for(damage)
}

/// Tells how far something is that takes long, if it does.
///
/// # Errors
/// If the person stops it, or it cannot be shown.
pub(crate) fn go_on(work: Option<Work<'_>>, sink: &mut dyn Sink) -> Result<()> {
    if work.is_none() || sink.work(work).is_continue() {
        return Ok(());
    }
    sink.flush()?;
    Err(Error::Interrupted)
}

/// Begins a listing: it shows what is committed.
///
/// # Errors
/// If that fails.
pub(crate) fn begin(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    chat.commit(sink)?;
    // What earlier lines and conveniences passed over is not of this listing.
    chat.log.take_damage();
    Ok(())
}

/// Tells the rows and the end; gives what could not be read.
fn tell(
    chat: &mut Chat,
    scope: Option<Scope>,
    hint: Option<Hint>,
    sink: &mut dyn Sink,
    page: &mut dyn FnMut(&mut Chat, &mut Rows<'_>) -> Result<bool>,
) -> Result<Option<Problem>> {
    let mut rows = Rows {
        sink,
        count: 0,
        leaves_out_older: false,
        is_working: false,
    };
    while page(chat, &mut rows)? {
        rows.sink.flush()?;
        if !rows.sink.wants_more() {
            break;
        }
    }
    rows.end_work();
    let (count, more) = (rows.count, rows.leaves_out_older);
    let damage = chat.log.take_damage();
    // Where something could not be read, nobody knows whether there is nothing.
    if let Some(hint) = hint.filter(|_| count == 0 && damage.is_none()) {
        sink.emit(&Event::Notice(hint.sentence(chat)?));
    }
    sink.emit(&Event::End { scope, count, more });
    Ok(damage)
}

/// The rows that could not be read, as an error.
fn fail_for(damage: Option<Problem>) -> Result<()> {
    match damage {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}
