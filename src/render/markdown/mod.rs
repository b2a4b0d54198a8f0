//! Markdown for a terminal, while a reply streams.
//!
//! Pieces of a reply are joined to lines, and lines wait until their block is
//! certainly complete. A complete block is laid out for good. Of the open block what
//! is sure is shown at once, words as they come: it is laid out anew whenever more
//! has come, and what is new of that is written behind what is on the screen. So
//! scrollback holds every line once, and what is on the screen at the end is what
//! the whole text would have been laid out to.
//!
//! ```text
//! Markdown    joins pieces to lines and lines to blocks
//! boundary    asks the parser how many of the lines are complete blocks
//! hold        how much of the open block is sure
//! screen      what of it stands on the screen, and how that becomes something else
//! fence       code; highlight and languages colour it, uncolored if that was left out
//! blocks      asks the parser what blocks mean; mask hides from it what is no Markdown
//! layout      turns the parser's events into lines
//! margins     what stands before each line, empty lines, where lines break
//! syntax      the extensions of CommonMark that the parser reads
//! prose       text that is no Markdown
//! source, line, style, table, links, blank
//! ```
//!
//! All text is escaped by [`visible`](mod@super::visible) before it is written.

mod blank;
mod blocks;
mod boundary;
mod fence;
#[cfg_attr(not(feature = "code-colors"), path = "uncolored.rs")]
mod highlight;
mod hold;
#[cfg(feature = "code-colors")]
mod languages;
mod layout;
mod line;
mod links;
mod margins;
mod mask;
mod prose;
mod screen;
mod source;
mod style;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod whole;

use std::time::{Duration, Instant};

use blank::is_blank;
use blocks::Blocks;
use boundary::{Boundary, may_settle};
use fence::Fence;
use links::Definitions;
use margins::{Margins, Sheet};
use screen::Screen;

use super::window::Window;

pub(crate) use links::Hyperlinks;
pub(crate) use prose::Prose;
pub(super) use whole::laid_out;

/// How long a block or a line may be before it is laid out in parts.
const WAITING_BYTES: usize = 64 * 1024;

/// How many bytes the parser may read again for each byte that arrives. This keeps
/// the work linear for every input.
const READINGS_A_BYTE: usize = 16;

/// How many of these bytes may be saved up for a block that needs more of them.
const SAVED_READINGS: usize = 8 * WAITING_BYTES;

/// The same for what is shown of an open block.
const VIEWS_A_BYTE: usize = 16;
const SAVED_VIEWS: usize = 4 * WAITING_BYTES;

/// An open block that is too long for that is shown when this time has passed, and so
/// many times that which it took the last time.
const VIEW_INTERVAL: Duration = Duration::from_millis(10);
const VIEW_SHARE: u32 = 10;

/// What it takes to look at an open block, however short it is.
const VIEW_BYTES: usize = 64;

/// Lays out one reply after the other, each while it streams.
///
/// A reply ends with exactly one newline (an empty one has none). Between two blocks
/// there is one empty line if the source has any. Where nothing is known of the
/// window, or nothing in it can be cleared, only complete lines are written.
pub(crate) struct Markdown {
    /// Asks how large the window is; none if lines are not to be wrapped.
    window: fn() -> Option<Window>,
    hyperlinks: Hyperlinks,
    /// The line that has not ended yet.
    line: String,
    /// The last character was a carriage return, so a newline now is part of the same line end.
    returned: bool,
    /// The lines whose blocks may be incomplete.
    block: String,
    /// The last of these lines is blank.
    blank: bool,
    /// How many bytes the parser may still read before more arrive.
    credit: usize,
    /// The number of the list item that `block` begins with, if it begins inside a list.
    number: Option<u64>,
    fence: Option<Fence>,
    screen: Screen,
    /// How many bytes may be read again to show what is open.
    views: usize,
    /// When the open block was shown last, and how long that took.
    viewed: (Instant, Duration),
    /// More has come than is shown.
    is_behind: bool,
    margins: Margins,
    definitions: Definitions,
}

impl Markdown {
    /// For a window whose size can be asked.
    pub(crate) fn new(window: fn() -> Option<Window>, hyperlinks: Hyperlinks) -> Self {
        Self {
            window,
            hyperlinks,
            line: String::new(),
            returned: false,
            block: String::new(),
            blank: false,
            credit: SAVED_READINGS,
            number: None,
            fence: None,
            screen: Screen::default(),
            views: SAVED_VIEWS,
            viewed: (Instant::now(), Duration::ZERO),
            is_behind: false,
            margins: Margins::default(),
            definitions: Definitions::default(),
        }
    }

    /// Takes the next piece of the reply and appends what can be shown of it.
    pub(crate) fn push(&mut self, delta: &str, out: &mut Vec<u8>) {
        self.take(delta, out);
        self.views = SAVED_VIEWS.min(self.views + VIEWS_A_BYTE * delta.len());
        self.is_behind = true;
        let cost = self.block.len() + self.line.len() + VIEW_BYTES;
        let (viewed_at, took) = self.viewed;
        if let Some(views) = self.views.checked_sub(cost) {
            self.views = views;
            self.catch_up(out);
        } else if viewed_at.elapsed() >= VIEW_INTERVAL.max(took * VIEW_SHARE) {
            self.catch_up(out);
        }
    }

    /// Lays out a whole reply.
    pub(crate) fn whole(&mut self, text: &str, out: &mut Vec<u8>) {
        self.take(text, out);
        self.finish(out);
    }

    /// Shows what waits for the end of a mark as well: it has waited long enough.
    pub(crate) fn show_held(&mut self, out: &mut Vec<u8>) {
        if self.fence.is_none()
            && let Some(window) = (self.window)()
        {
            self.show(window, false, out);
        }
    }

    /// Shows all that can be shown of what has come. This is done whenever there is
    /// time for it, however long the open block is.
    pub(crate) fn catch_up(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.is_behind)
            && self.fence.is_none()
            && let Some(window) = (self.window)()
        {
            let since = Instant::now();
            self.show(window, true, out);
            let now = Instant::now();
            self.viewed = (now, now.duration_since(since));
        }
    }

    /// How many columns of the row are taken in which the cursor stands; none if it
    /// stands at the beginning of an empty one.
    pub(crate) fn open_columns(&self) -> Option<usize> {
        self.screen.open_columns()
    }

    /// Writes the row of the cursor again, wherever in it the cursor stands.
    pub(crate) fn rewrite_row(&self, out: &mut Vec<u8>) {
        self.screen.rewrite(out);
    }

    /// Something else was written below the row of the cursor, which stands at the
    /// beginning of an empty one now.
    pub(crate) fn lose_row(&mut self) {
        self.screen.lose_row();
    }

    fn take(&mut self, delta: &str, out: &mut Vec<u8>) {
        let mut rest = delta;
        while !rest.is_empty() {
            if std::mem::take(&mut self.returned)
                && let Some(after) = rest.strip_prefix('\n')
            {
                rest = after;
                continue;
            }
            let room = WAITING_BYTES.saturating_sub(self.line.len());
            let (near, far) = rest.split_at(rest.floor_char_boundary(room));
            if let Some((end, after)) = near.split_once(['\n', '\r']) {
                self.returned = near.as_bytes().get(end.len()) == Some(&b'\r');
                rest = &rest[rest.len() - after.len() - far.len()..];
                self.line.push_str(end);
                self.end_line(out);
            } else {
                self.line.push_str(near);
                rest = far;
                if !far.is_empty() {
                    self.end_line(out);
                    self.lay_out_all(out);
                }
            }
        }
    }

    /// Lays out the rest, complete or not. The next piece begins a new reply.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.line.is_empty() {
            self.end_line(out);
        }
        self.lay_out_all(out);
        *self = Self::new(self.window, self.hyperlinks);
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        let mut line = std::mem::take(&mut self.line);
        line.push('\n');
        self.take_line(&line, out);
        line.clear();
        self.line = line;
    }

    fn take_line(&mut self, line: &str, out: &mut Vec<u8>) {
        if let Some(fence) = &mut self.fence {
            if fence.is_closed_by(line) {
                self.fence = None;
                self.margins.gap();
                return;
            }
            let window = (self.window)();
            let columns = |_| window.map(|window| window.columns);
            let mut sheet = Sheet::new(&columns);
            fence.write(line, &mut self.margins, &mut sheet);
            self.screen.complete(sheet.lines, window, out);
            return;
        }
        let blank = is_blank(line);
        if blank && self.block.is_empty() {
            self.margins.gap();
            return;
        }
        if self.block.len() + line.len() > WAITING_BYTES {
            self.lay_out_all(out);
        }
        self.credit = SAVED_READINGS.min(self.credit + READINGS_A_BYTE * line.len());
        self.block.push_str(line);
        if may_settle(line, self.blank) {
            self.settle(out);
        }
        self.blank = blank && !self.block.is_empty();
    }

    /// Lays out those of the waiting lines whose blocks are complete.
    fn settle(&mut self, out: &mut Vec<u8>) {
        let Some(credit) = self.credit.checked_sub(self.block.len()) else {
            return;
        };
        self.credit = credit;
        let boundary = Boundary::find(&self.block, self.number);
        self.lay_out(boundary.at, out);
        self.number = boundary.number;
        if boundary.fence {
            let line = std::mem::take(&mut self.block);
            let window = (self.window)();
            let columns = |_| window.map(|window| window.columns);
            let mut sheet = Sheet::new(&columns);
            self.fence = Some(Fence::open(&line, &mut self.margins, &mut sheet));
            self.screen.complete(sheet.lines, window, out);
        }
    }

    /// Lays out all waiting lines.
    fn lay_out_all(&mut self, out: &mut Vec<u8>) {
        self.lay_out(self.block.len(), out);
        self.number = None;
        self.blank = false;
    }

    fn lay_out(&mut self, end: usize, out: &mut Vec<u8>) {
        if end == 0 {
            return;
        }
        let rest = self.block.split_off(end);
        let done = std::mem::replace(&mut self.block, rest);
        let window = (self.window)();
        if let Some(window) = window {
            self.screen.adapt(window, out);
        }
        let screen = &self.screen;
        let columns = |number| window.map(|window| screen.columns(number, window));
        let mut sheet = Sheet::new(&columns);
        let mut margins = std::mem::take(&mut self.margins);
        let found = self.blocks(&done).whole(&mut margins, &mut sheet);
        let lines = sheet.lines;
        self.margins = margins;
        self.definitions.keep(found);
        self.screen.complete(lines, window, out);
        if done.lines().next_back().is_some_and(is_blank) {
            self.margins.gap();
        }
    }

    /// Shows what is sure of the open block, or all whole lines and words of it if
    /// none of these may wait.
    fn show(&mut self, window: Window, may_wait: bool, out: &mut Vec<u8>) {
        let source = [&*self.block, &*self.line].concat();
        let end = hold::known_end(&source, self.block.len());
        let source = &source[..end];
        if is_blank(source) {
            return;
        }
        self.screen.adapt(window, out);
        let screen = &self.screen;
        let columns = |number| Some(screen.columns(number, window));
        let mut sheet = Sheet::new(&columns);
        let mut margins = self.margins.clone();
        let line = self.block.len().min(end);
        let blocks = self.blocks(source);
        let most = if may_wait { window.columns } else { 0 };
        let is_passing = blocks.beginning(line, most, &mut margins, &mut sheet);
        let lines = sheet.lines;
        self.screen.show(lines, is_passing, window, out);
    }

    fn blocks<'a>(&'a self, source: &'a str) -> Blocks<'a> {
        Blocks {
            source,
            number: self.number,
            hyperlinks: self.hyperlinks,
            definitions: &self.definitions,
        }
    }
}
