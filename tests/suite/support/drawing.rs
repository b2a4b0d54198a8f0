//! Draws what a terminal shows as a picture that every browser can show.
//!
//! The picture is text: it can be selected, read aloud and compared. It brings its own
//! background, so that it can be read on light pages and on dark ones, and no font: each
//! run of letters is told how wide it is, so that columns stay columns in any font.

use vt100::{Cell, Color, Screen};

/// In pixels: a cell, where letters stand in it, and what is left free around them all.
const CELL_WIDTH: usize = 9;
const CELL_HEIGHT: usize = 19;
const BASELINE: usize = 14;
const MARGIN: usize = 18;
const TITLE_BAR: usize = 34;

/// What the letters are drawn in. `d` is dim, and gray instead of pale, as pale colours
/// are hard to read.
const STYLE: &str = "
text { font: 15px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d8dee9; white-space: pre }
.b { font-weight: bold }
.i { font-style: italic }
.u { text-decoration: underline }
.d { fill: #8d98ab }
.red { fill: #f28b82 }
.green { fill: #a3d9a5 }
.yellow { fill: #f2cc8f }
.blue { fill: #8ab4f8 }
.magenta { fill: #d7a9e3 }
.cyan { fill: #7fd1de }
";

/// Letters of a row that stand beside each other and look alike.
struct Run {
    column: usize,
    columns: usize,
    text: String,
    classes: String,
}

/// A picture of this screen, the cursor in its place; title and description are for those
/// who cannot see it.
pub(crate) fn draw(screen: &Screen, title: &str, description: &str) -> String {
    let (rows, columns) = screen.size();
    let rows = shown_rows(screen, rows.get());
    let width = 2 * MARGIN + usize::from(columns.get()) * CELL_WIDTH;
    let height = TITLE_BAR + usize::from(rows) * CELL_HEIGHT + MARGIN;
    let (title, description) = (escaped(title), escaped(description));
    let mut picture = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="title description">
<title id="title">{title}</title>
<desc id="description">{description}</desc>
<style>{STYLE}</style>
<rect x="0.5" y="0.5" width="{}" height="{}" rx="9" fill="#1e222b" stroke="#4b5263"/>
<circle cx="20" cy="18" r="5.5" fill="#f28b82"/>
<circle cx="39" cy="18" r="5.5" fill="#f2cc8f"/>
<circle cx="58" cy="18" r="5.5" fill="#a3d9a5"/>
"##,
        width - 1,
        height - 1,
    );
    let (cursor_row, cursor_column) = screen.cursor_position();
    picture.push_str(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{CELL_WIDTH}\" height=\"{CELL_HEIGHT}\" fill=\"#d8dee9\"/>\n",
        MARGIN + usize::from(cursor_column) * CELL_WIDTH,
        TITLE_BAR + usize::from(cursor_row) * CELL_HEIGHT,
    ));
    for row in 0..rows {
        let y = TITLE_BAR + usize::from(row) * CELL_HEIGHT + BASELINE;
        for run in runs(screen, row, columns.get()) {
            picture.push_str(&format!(
                "<text x=\"{}\" y=\"{y}\" textLength=\"{}\"{}>{}</text>\n",
                MARGIN + run.column * CELL_WIDTH,
                run.columns * CELL_WIDTH,
                run.classes,
                escaped(&run.text),
            ));
        }
    }
    picture + "</svg>\n"
}

/// The rows down to the last one that has letters or the cursor.
fn shown_rows(screen: &Screen, rows: u16) -> u16 {
    let lines: Vec<String> = screen.rows(0, u16::MAX).collect();
    let filled = (0..rows).rev().find(|row| {
        let line = lines.get(usize::from(*row));
        line.is_some_and(|line| !line.trim().is_empty())
    });
    filled.unwrap_or(0).max(screen.cursor_position().0) + 1
}

/// The runs of a row, without the blanks around them.
fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut column = 0;
    while column < columns {
        let cell = screen.cell(row, column).expect("a cell of the screen");
        let width = if cell.is_wide() { 2 } else { 1 };
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        let classes = classes(cell);
        match runs.last_mut() {
            Some(run) if run.classes == classes => {
                run.columns += width;
                run.text.push_str(text);
            }
            _ => runs.push(Run {
                column: column.into(),
                columns: width,
                text: text.to_owned(),
                classes,
            }),
        }
        column += u16::try_from(width).expect("one or two");
    }
    for run in &mut runs {
        let blanks = run.text.len() - run.text.trim_start_matches(' ').len();
        run.column += blanks;
        run.columns -= run.text.len() - run.text.trim_matches(' ').len();
        run.text = run.text.trim_matches(' ').to_owned();
    }
    runs.retain(|run| !run.text.is_empty());
    runs
}

/// How a cell looks, as an attribute; nothing where it looks like most others.
fn classes(cell: &Cell) -> String {
    assert!(
        cell.bgcolor() == Color::Default && !cell.inverse(),
        "backgrounds are not drawn, and `{}` has one",
        cell.contents()
    );
    let mut classes = Vec::new();
    if cell.dim() {
        classes.push("d");
    }
    match cell.fgcolor() {
        Color::Default => {}
        // The bright ones are drawn like the others, which are bright enough.
        Color::Idx(1 | 9) => classes.push("red"),
        Color::Idx(2 | 10) => classes.push("green"),
        Color::Idx(3 | 11) => classes.push("yellow"),
        Color::Idx(4 | 12) => classes.push("blue"),
        Color::Idx(5 | 13) => classes.push("magenta"),
        Color::Idx(6 | 14) => classes.push("cyan"),
        Color::Idx(8) => classes.push("d"),
        other => panic!(
            "`{}` has a colour that is not drawn: {other:?}",
            cell.contents()
        ),
    }
    let marks = [
        (cell.bold(), "b"),
        (cell.italic(), "i"),
        (cell.underline(), "u"),
    ];
    classes.extend(
        marks
            .iter()
            .filter(|(is_so, _)| *is_so)
            .map(|(_, class)| class),
    );
    if classes.is_empty() {
        return String::new();
    }
    format!(" class=\"{}\"", classes.join(" "))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
