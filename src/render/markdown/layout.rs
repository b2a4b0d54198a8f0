//! Turns the parser's events into lines.

use std::ops::Range;

use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use super::boundary::{blank_before, is_blank};
use super::fence::Code;
use super::links::{Definition, Definitions, Link};
use super::margins::Margins;
use super::style::Style;
use super::syntax::OPTIONS;
use super::table::Table;

/// The columns of a thematic break, if the terminal has as many.
const RULE_COLUMNS: usize = 40;

/// Lays out complete blocks. If the first is a list, its first item has the
/// number `number`.
pub(super) fn layout(
    source: &str,
    number: Option<u64>,
    width: Option<usize>,
    margins: &mut Margins,
    definitions: &mut Definitions,
    out: &mut Vec<u8>,
) {
    let parser = Parser::new_with_broken_link_callback(
        source,
        OPTIONS,
        Some(|link: pulldown_cmark::BrokenLink<'_>| definitions.resolve(&link)),
    );
    let found = Definition::all(parser.reference_definitions());
    let lines = found.iter().rev().map(|it| it.span.clone()).collect();
    let mut layout = Layout {
        source,
        number,
        width,
        margins,
        out,
        definitions: lines,
        depth: 0,
        quotes: 0,
        lists: Vec::new(),
        styles: Vec::new(),
        links: Vec::new(),
        table: None,
        code: None,
    };
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        layout.event(event, &range);
    }
    layout.define(source.len());
    layout.margins.close(layout.out);
    definitions.keep(found);
}

struct Layout<'a> {
    source: &'a str,
    number: Option<u64>,
    width: Option<usize>,
    margins: &'a mut Margins,
    out: &'a mut Vec<u8>,
    /// The places where the source defines links, the last one first.
    definitions: Vec<Range<usize>>,
    /// How many blocks and spans surround the current event.
    depth: usize,
    /// How many of them are quotes.
    quotes: usize,
    /// The next numbers of the lists around the current event.
    lists: Vec<Option<u64>>,
    styles: Vec<Style>,
    links: Vec<Link>,
    table: Option<Table>,
    /// The lines of a code block.
    code: Option<String>,
}

impl Layout<'_> {
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
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.text(&text),
            },
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                let style = Style {
                    code: true,
                    ..self.style()
                };
                self.text_in(&text, style);
            }
            Event::Html(html) => self.html(&html),
            Event::InlineHtml(text) | Event::FootnoteReference(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => {
                if self.depth == 0 {
                    self.define(range.start);
                }
                self.block(range.start);
                let room = self.width.unwrap_or(RULE_COLUMNS);
                let columns = room
                    .saturating_sub(self.margins.indent())
                    .clamp(3, RULE_COLUMNS);
                self.text_in(&"─".repeat(columns), Style::DIM);
                self.margins.close(self.out);
            }
            Event::TaskListMarker(done) => self.text(if done { "[x] " } else { "[ ] " }),
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
                if let CodeBlockKind::Fenced(info) = kind {
                    Code::label(&info, self.margins, self.out);
                }
                self.code = Some(String::new());
            }
            Tag::List(start) => {
                self.block(at);
                self.margins.list();
                let number = if at == 0 { self.number } else { None };
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
            Tag::Link { dest_url, .. } => self.links.push(Link::new(&dest_url)),
            Tag::Image { dest_url, .. } => {
                self.text("[image: ");
                self.links.push(Link::new(&dest_url));
            }
            // All others are not enabled, or need nothing else.
            _ => self.block(at),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.styles.pop();
                self.margins.close(self.out);
            }
            TagEnd::BlockQuote(_) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.margins.pop(self.out);
            }
            TagEnd::Item => self.margins.pop(self.out),
            TagEnd::List(_) => {
                self.lists.pop();
                self.margins.pop(self.out);
            }
            TagEnd::CodeBlock => {
                let text = self.code.take().unwrap_or_default();
                let mut code = Code::default();
                for line in text.split('\n') {
                    code.write(line, self.margins, self.out);
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    table.write(self.width, self.margins, self.out);
                }
            }
            TagEnd::TableHead | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.styles.pop();
            }
            TagEnd::Link => self.end_link(false),
            TagEnd::Image => self.end_link(true),
            TagEnd::TableRow | TagEnd::TableCell => {}
            _ => self.margins.close(self.out),
        }
    }

    /// Begins a block, after an empty line if the source has one.
    fn block(&mut self, at: usize) {
        let source = self.source;
        let quotes = self.quotes;
        self.margins
            .block(|| blank_before(source, at, quotes), self.out);
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
        match &mut self.table {
            Some(table) => table.text(text, style),
            None => self.margins.text(text, style, self.out),
        }
    }

    fn line_break(&mut self) {
        match &mut self.table {
            Some(table) => table.text(" ", Style::PLAIN),
            None => self.margins.close(self.out),
        }
    }

    fn html(&mut self, html: &str) {
        for line in html.split_inclusive('\n') {
            let text = line.strip_suffix('\n').unwrap_or(line);
            if text.len() < line.len() && is_blank(text) {
                self.margins.empty_line(self.out);
                continue;
            }
            self.text(text);
            if text.len() < line.len() {
                self.margins.close(self.out);
            }
        }
    }

    /// Ends a link or an image with its address, unless that is its text.
    fn end_link(&mut self, image: bool) {
        if image {
            self.text("]");
        }
        if let Some(address) = self.links.pop().and_then(Link::address) {
            self.text_in(&address, Style::DIM);
        }
    }

    /// Shows the definitions of links before `end`. They are shown because a link
    /// may come before its definition, and because no part of a reply is hidden.
    fn define(&mut self, end: usize) {
        while let Some(range) = self.definitions.pop_if(|range| range.start < end) {
            self.block(range.start);
            for line in self.source[range].lines() {
                self.text_in(line, Style::DIM);
                self.margins.close(self.out);
            }
        }
    }
}
