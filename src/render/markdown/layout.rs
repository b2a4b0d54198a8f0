//! Turns the parser's events into lines.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};

use super::blank::{blank_before, is_blank};
use super::fence::Code;
use super::line::Look;
use super::links::Link;

use super::margins::{Margins, Sheet};
use super::source::Source;
use super::style::{Ink, Style};
use super::table::{self, Table};

/// The columns of a thematic break, if the terminal has as many.
const RULE_COLUMNS: usize = 40;

/// Takes the events of a source one after the other.
pub(super) struct Layout<'a, 'b> {
    source: Source<'a>,
    /// The last line stands for what waits.
    is_passing: bool,
    margins: &'a mut Margins,
    sheet: &'a mut Sheet<'b>,
    /// How many blocks and spans surround the current event.
    depth: usize,
    /// How many of them are quotes.
    quotes: usize,
    /// The next numbers of the lists around the current event.
    lists: Vec<Option<u64>>,
    styles: Vec<Style>,
    links: Vec<Link>,
    table: Option<Table>,
    /// A code block, and what has been read of it.
    code: Option<(Code, String)>,
}

impl<'a, 'b> Layout<'a, 'b> {
    pub(super) fn new(
        source: Source<'a>,
        margins: &'a mut Margins,
        sheet: &'a mut Sheet<'b>,
    ) -> Self {
        Self {
            source,
            is_passing: false,
            margins,
            sheet,
            depth: 0,
            quotes: 0,
            lists: Vec::new(),
            styles: Vec::new(),
            links: Vec::new(),
            table: None,
            code: None,
        }
    }

    /// Whether the last line only stands for what is held.
    pub(super) fn is_passing(&self) -> bool {
        self.is_passing
    }

    /// Lays out all that is not held.
    pub(super) fn events(&mut self, events: Vec<(Event<'_>, Range<usize>)>) {
        for (event, range) in events {
            let Some(held) = &self.source.held else {
                self.event(event, &range);
                continue;
            };
            let (from, table) = (held.from, held.table);
            if range.start < from || matches!(event, Event::End(_)) {
                self.event(event, &range);
                continue;
            }
            if let (Some(rows), Event::Start(Tag::Table(_))) = (table, &event) {
                self.block(range.start);
                self.margins.text(&table::coming(rows), Style::DIM);
                self.is_passing = true;
            }
            break;
        }
        self.end_code();
        if self.source.held.is_none() {
            self.define(self.source.text.len());
        }
        self.margins.close(self.sheet);
    }

    fn event(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => {
                if self.depth == 0 {
                    self.define(range.start);
                }
                self.depth += 1;
                self.start(tag, range.start);
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                self.end(tag);
            }
            Event::Text(text) => {
                let text = self.source.own(&text, range);
                match &mut self.code {
                    Some((_, code)) => code.push_str(text),
                    None => self.text(text),
                }
            }
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let style = Style {
                    ink: Ink::Code,
                    ..self.style()
                };
                let text = self.source.own_code(text, range);
                self.text_in(&text, style);
            }
            Event::Html(html) => self.html(self.source.own(&html, range)),
            Event::InlineHtml(text) if self.table.is_some() && table::is_break(&text) => {
                if let Some(table) = &mut self.table {
                    table.line_break();
                }
            }
            Event::InlineHtml(text) | Event::FootnoteReference(text) => {
                self.text(self.source.own(&text, range));
            }
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => {
                if self.depth == 0 {
                    self.define(range.start);
                }
                self.block(range.start);
                let room = self.sheet.columns().unwrap_or(RULE_COLUMNS);
                let columns = room
                    .saturating_sub(self.margins.indent(self.sheet))
                    .clamp(3, RULE_COLUMNS);
                self.text_in(&"─".repeat(columns), Style::DIM);
                self.margins.close(self.sheet);
            }
            Event::TaskListMarker(is_done) => {
                self.margins.check(if is_done { "☑" } else { "☐" });
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        let style = self.style();
        match tag {
            Tag::Heading { level, .. } => {
                self.block(at);
                self.styles.push(Style {
                    bold: true,
                    underline: level == HeadingLevel::H1,
                    ..style
                });
            }
            Tag::BlockQuote(_) => {
                self.block(at);
                self.margins.quote();
                self.quotes += 1;
            }
            Tag::CodeBlock(kind) => {
                self.block(at);
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => info,
                    CodeBlockKind::Indented => "",
                };
                let code = Code::begin(info, self.margins, self.sheet);
                self.code = Some((code, String::new()));
            }
            Tag::List(start) => {
                self.block(at);
                self.margins.list();
                let number = if at == 0 { self.source.number } else { None };
                self.lists.push(start.map(|start| number.unwrap_or(start)));
            }
            Tag::Item => {
                self.block(at);
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = format!("{number}. ");
                        *number = number.saturating_add(1);
                        marker
                    }
                    _ => "• ".to_owned(),
                };
                self.margins.item(marker);
            }
            Tag::Table(alignments) => {
                self.block(at);
                self.table = Some(Table::new(alignments));
            }
            Tag::TableHead => {
                self.styles.push(Style {
                    bold: true,
                    ..style
                });
                self.row();
            }
            Tag::TableRow => self.row(),
            Tag::TableCell => {
                if let Some(table) = &mut self.table {
                    table.cell();
                }
            }
            Tag::Emphasis => self.styles.push(Style {
                italic: true,
                ..style
            }),
            Tag::Strong => self.styles.push(Style {
                bold: true,
                ..style
            }),
            Tag::Strikethrough => self.styles.push(Style {
                strike: true,
                ..style
            }),
            Tag::Link { dest_url, .. } => self
                .links
                .push(Link::new(&dest_url, self.source.hyperlinks)),
            Tag::Image { dest_url, .. } => {
                self.text("[image: ");
                self.links
                    .push(Link::new(&dest_url, self.source.hyperlinks));
            }
            // All others are not enabled, or need nothing else.
            _ => self.block(at),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.styles.pop();
                self.margins.close(self.sheet);
            }
            TagEnd::BlockQuote(_) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.margins.pop(self.sheet);
            }
            TagEnd::Item => self.margins.pop(self.sheet),
            TagEnd::List(_) => {
                self.lists.pop();
                self.margins.pop(self.sheet);
            }
            TagEnd::CodeBlock => {
                self.end_code();
                self.margins.gap_here();
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    table.write(self.margins, self.sheet);
                }
            }
            TagEnd::TableHead | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.styles.pop();
            }
            TagEnd::Link => self.end_link(false),
            TagEnd::Image => self.end_link(true),
            TagEnd::TableRow | TagEnd::TableCell => {}
            _ => self.margins.close(self.sheet),
        }
    }

    /// Begins a block, after an empty line if the source has one.
    fn block(&mut self, at: usize) {
        let source = self.source.text;
        let quotes = self.quotes;
        self.margins
            .block(|| blank_before(source, at, quotes), self.sheet);
    }

    fn row(&mut self) {
        if let Some(table) = &mut self.table {
            table.row();
        }
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        self.text_in(text, self.style());
    }

    fn text_in(&mut self, text: &str, style: Style) {
        if let Some(link) = self.links.last_mut() {
            link.read(text);
        }
        let link = self.links.iter().rev().find_map(|link| link.target.clone());
        let look = Look { style, link };
        match &mut self.table {
            Some(table) => table.text(text, look),
            None => self.margins.text(text, look),
        }
    }

    fn line_break(&mut self) {
        match &mut self.table {
            Some(table) => table.text(" ", Style::PLAIN.into()),
            None => self.margins.close(self.sheet),
        }
    }

    fn html(&mut self, html: &str) {
        for line in html.split_inclusive('\n') {
            let text = line.strip_suffix('\n').unwrap_or(line);
            if text.len() < line.len() && is_blank(text) {
                self.margins.empty_line(self.sheet);
                continue;
            }
            self.text(text);
            if text.len() < line.len() {
                self.margins.close(self.sheet);
            }
        }
    }

    /// Ends a link or an image with its address, unless that is its text.
    fn end_link(&mut self, image: bool) {
        if image {
            self.text("]");
        }
        let hyperlinks = self.source.hyperlinks;
        let address = self.links.last().and_then(|link| link.address(hyperlinks));
        if let Some(address) = address {
            // It leads there as well.
            self.text_in(&address, Style::DIM);
        }
        self.links.pop();
    }

    /// Writes what has been read of a code block.
    fn end_code(&mut self) {
        if let Some((mut code, text)) = self.code.take() {
            for line in text.split('\n') {
                code.write(line, self.margins, self.sheet);
            }
        }
    }

    /// Shows the definitions of links before `end`. They are shown because a link
    /// may come before its definition, and because no part of a reply is hidden.
    fn define(&mut self, end: usize) {
        while let Some(range) = self.source.definitions.pop_if(|range| range.start < end) {
            self.block(range.start);
            for line in self.source.text[range].lines() {
                self.text_in(line, Style::DIM);
                self.margins.close(self.sheet);
            }
        }
    }
}
