//! What stands before each line inside quotes and lists, and the empty lines between blocks.

use unicode_width::UnicodeWidthStr;

use super::line::{Line, Look};
use super::style::{Style, shown};
use crate::domain::context;
use crate::render::wrap;

/// How deep nesting is shown; whatever is nested deeper is shown at this depth.
const DEPTH: usize = 32;

/// How far the further rows of a cell hang where each row of a table is a card.
const CARD_INDENT: usize = 2;

/// The lines of a layout, and how wide each of them may be.
pub(super) struct Sheet<'a> {
    pub lines: Vec<Line>,
    /// The columns of the window for each line; none if nothing is known of it.
    columns: &'a dyn Fn(usize) -> Option<usize>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(columns: &'a dyn Fn(usize) -> Option<usize>) -> Self {
        Self {
            lines: Vec::new(),
            columns,
        }
    }

    /// The columns of the window for the next line.
    pub(super) fn columns(&self) -> Option<usize> {
        (self.columns)(self.lines.len())
    }
}

/// The containers around the current line, and whether an empty line comes before it.
#[derive(Clone, Default)]
pub(super) struct Margins {
    containers: Vec<Container>,
    /// The next line is preceded by an empty one inside so many containers.
    gap: Option<usize>,
    /// At least one line has been written.
    started: bool,
    /// The current line, if it has begun.
    line: Option<Line>,
    /// It is not wrapped, and not indented by lists.
    is_verbatim: bool,
    /// The end of what stands on it: text of one style may go on in another.
    before: String,
}

/// A block that contains blocks: a list, an item or a quote.
#[derive(Clone)]
struct Container {
    margin: Margin,
    /// It has no block yet.
    fresh: bool,
}

#[derive(Clone)]
enum Margin {
    None,
    Quote,
    /// The marker, until the first line has taken it, and its columns.
    Item(Option<String>, usize),
}

impl Margin {
    fn columns(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Quote => 2,
            Self::Item(_, columns) => *columns,
        }
    }
}

impl Margins {
    /// Begins a block on a new line; if `apart`, after an empty line, unless it
    /// is the first in its container.
    pub(super) fn block(&mut self, apart: impl FnOnce() -> bool, sheet: &mut Sheet<'_>) {
        self.close(sheet);
        let first = match self.containers.last_mut() {
            Some(container) => std::mem::take(&mut container.fresh),
            None => !self.started,
        };
        if !first && apart() {
            self.gap.get_or_insert(self.containers.len());
        }
    }

    /// Puts an empty line before the next line, at the top level.
    pub(super) fn gap(&mut self) {
        if self.started {
            self.gap = Some(0);
        }
    }

    /// Puts an empty line before the next line, as deep as this one.
    pub(super) fn gap_here(&mut self) {
        self.gap.get_or_insert(self.containers.len());
    }

    pub(super) fn list(&mut self) {
        self.push(Margin::None);
    }

    pub(super) fn quote(&mut self) {
        self.push(Margin::Quote);
    }

    /// Enters an item with a marker.
    pub(super) fn item(&mut self, marker: String) {
        let width = marker.width();
        self.push(Margin::Item(Some(marker), width));
    }

    /// Puts a box in the place of a bullet, or behind a number.
    pub(super) fn check(&mut self, mark: &str) {
        if let Some(container) = self.containers.last_mut()
            && let Margin::Item(Some(marker), columns) = &mut container.margin
        {
            if !marker.starts_with(|c: char| c.is_ascii_digit()) {
                marker.clear();
            }
            marker.push_str(mark);
            marker.push(' ');
            *columns = marker.width();
        }
    }

    /// Enters a cell of a card: its further rows hang.
    pub(super) fn item_of_card(&mut self) {
        self.push(Margin::Item(Some(String::new()), CARD_INDENT));
    }

    fn push(&mut self, margin: Margin) {
        self.containers.push(Container {
            margin,
            fresh: true,
        });
    }

    /// Leaves a container. An empty item is still written, as a line of its own.
    pub(super) fn pop(&mut self, sheet: &mut Sheet<'_>) {
        self.close(sheet);
        let depth = self.containers.len();
        if depth <= self.depth(sheet)
            && let Some(container) = self.containers.last()
            && let Margin::Item(Some(_), _) = container.margin
        {
            self.open();
            self.close(sheet);
        }
        self.containers.pop();
        let depth = self.containers.len();
        self.gap = self.gap.map(|gap| gap.min(depth));
    }

    /// Continues the line with text from a reply, which is escaped here.
    pub(super) fn text(&mut self, text: &str, look: impl Into<Look>) {
        let text = shown(
            &self.before,
            text,
            if self.is_verbatim { "\t" } else { " " },
        );
        self.escaped(&text, look);
    }

    /// The same with a text that is escaped already.
    pub(super) fn escaped(&mut self, text: &str, look: impl Into<Look>) {
        self.open().push(text, look);
        self.before.push_str(text);
        self.before = context(&self.before).to_owned();
    }

    /// Continues the line with parts of another one.
    pub(super) fn line(&mut self, line: &Line) {
        self.open().push_part(line, 0..line.text().len());
    }

    /// Begins the line above code, which is indented no more than the code is, unless
    /// it has to hold the marker of an item.
    pub(super) fn rule(&mut self, sheet: &mut Sheet<'_>) {
        let is_first = self
            .containers
            .iter()
            .any(|container| matches!(container.margin, Margin::Item(Some(_), _)));
        if !is_first {
            self.verbatim(sheet);
        }
    }

    /// Begins a line that is neither wrapped nor indented by lists.
    pub(super) fn verbatim(&mut self, sheet: &mut Sheet<'_>) {
        self.close(sheet);
        self.open();
        self.is_verbatim = true;
    }

    /// Ends the line, if one has begun.
    pub(super) fn close(&mut self, sheet: &mut Sheet<'_>) {
        let Some(line) = self.line.take() else {
            return;
        };
        self.before.clear();
        self.begin(sheet);
        let is_verbatim = std::mem::take(&mut self.is_verbatim);
        if is_verbatim {
            let mut row = self.margin(self.containers.len(), true, sheet);
            if !row.is_empty() {
                row.push(" ", Style::PLAIN);
            }
            row.push_part(&line, 0..line.text().len());
            sheet.lines.push(row);
            return;
        }
        let (from, depth) = (sheet.lines.len(), self.containers.len());
        let first = self.margin(depth, false, sheet);
        let further = self.margin(depth, false, sheet);
        let indents = [first.columns(), further.columns()];
        let rows = wrap::rows(line.text(), |row| {
            let columns = (sheet.columns)(from + row);
            let indent = indents[usize::from(row > 0)];
            columns.map_or(usize::MAX, |columns| wrap::room(columns, indent))
        });
        for (number, range) in rows.into_iter().enumerate() {
            let mut row = if number == 0 {
                first.clone()
            } else {
                further.clone()
            };
            row.push_part(&line, range);
            row.trim_end();
            sheet.lines.push(row);
        }
    }

    /// Writes an empty line, with the marks of quotes.
    pub(super) fn empty_line(&mut self, sheet: &mut Sheet<'_>) {
        self.close(sheet);
        self.begin(sheet);
        let line = self.margin(self.containers.len(), true, sheet);
        sheet.lines.push(line);
    }

    /// The columns before the contents of a line.
    pub(super) fn indent(&self, sheet: &Sheet<'_>) -> usize {
        let shown = self.containers.iter().take(self.depth(sheet));
        shown.map(|container| container.margin.columns()).sum()
    }

    /// How many of the containers are shown: the margins leave some room.
    fn depth(&self, sheet: &Sheet<'_>) -> usize {
        let most = sheet.columns().map_or(usize::MAX, |columns| {
            columns.saturating_sub(wrap::FEWEST_COLUMNS)
        });
        let mut columns = 0;
        let fitting = self.containers.iter().take(DEPTH).take_while(|container| {
            columns += container.margin.columns();
            columns <= most
        });
        fitting.count()
    }

    fn open(&mut self) -> &mut Line {
        self.line.get_or_insert_default()
    }

    fn begin(&mut self, sheet: &mut Sheet<'_>) {
        if let Some(depth) = self.gap.take() {
            let line = self.margin(depth, true, sheet);
            sheet.lines.push(line);
        }
        self.started = true;
    }

    /// The margins of the first `depth` containers; without text behind them they
    /// are the marks of quotes, without blanks at the end.
    fn margin(&mut self, depth: usize, is_bare: bool, sheet: &Sheet<'_>) -> Line {
        let depth = depth.min(self.depth(sheet));
        let mut line = Line::default();
        for container in self.containers.iter_mut().take(depth) {
            match &mut container.margin {
                Margin::None => {}
                Margin::Quote => {
                    line.push("│", Style::DIM);
                    line.push(" ", Style::PLAIN);
                }
                Margin::Item(marker, width) => match marker {
                    Some(text) if !is_bare => {
                        line.push(text, Style::PLAIN);
                        *marker = None;
                    }
                    _ => line.push(&" ".repeat(*width), Style::PLAIN),
                },
            }
        }
        if is_bare {
            line.trim_end();
        }
        line
    }
}
