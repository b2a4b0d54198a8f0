//! Blocks on their way to lines: whole, or as far as they have come.

use pulldown_cmark::{BrokenLink, Parser};

use super::hold;
use super::layout::Layout;
use super::links::{Definition, Definitions, Hyperlinks};
use super::margins::{Margins, Sheet};
use super::mask::masked;
use super::source::Source;
use super::syntax::OPTIONS;

/// Blocks that are to be laid out.
pub(super) struct Blocks<'a> {
    pub source: &'a str,
    /// The number of the first item, if the source begins amid a list.
    pub number: Option<u64>,
    pub hyperlinks: Hyperlinks,
    /// The links that were defined before.
    pub definitions: &'a Definitions,
}

impl Blocks<'_> {
    /// Lays out blocks that are complete, and gives the links that they define.
    pub(super) fn whole(&self, margins: &mut Margins, sheet: &mut Sheet<'_>) -> Vec<Definition> {
        self.layout(None, margins, sheet).0
    }

    /// Lays out what is sure of blocks of which more will come, and says whether the
    /// last line only stands for what waits. `line` is where the last line begins, if
    /// it has not ended; of a line at most so many columns wait.
    pub(super) fn beginning(
        &self,
        line: usize,
        most: usize,
        margins: &mut Margins,
        sheet: &mut Sheet<'_>,
    ) -> bool {
        self.layout(Some((line, most)), margins, sheet).1
    }

    fn layout(
        &self,
        open: Option<(usize, usize)>,
        margins: &mut Margins,
        sheet: &mut Sheet<'_>,
    ) -> (Vec<Definition>, bool) {
        let masked = masked(self.source, open.is_some());
        let mut parser = Parser::new_with_broken_link_callback(
            &masked,
            OPTIONS,
            Some(|link: BrokenLink<'_>| self.definitions.resolve(&link)),
        )
        .into_offset_iter();
        let events: Vec<_> = parser.by_ref().collect();
        let found = Definition::all(parser.reference_definitions());
        let source = Source {
            text: self.source,
            masked: &masked,
            number: self.number,
            hyperlinks: self.hyperlinks,
            held: open.map(|(line, most)| hold::held(&masked, line, &events, most)),
            definitions: found.iter().rev().map(|it| it.span.clone()).collect(),
        };
        let mut layout = Layout::new(source, margins, sheet);
        layout.events(events);
        (found, layout.is_passing())
    }
}
