//! What a reply looks like, whole and in pieces.

mod constructs;
mod hostile;
mod screen;
mod stream;
mod whole;

use std::cell::Cell;
use std::sync::{PoisonError, RwLock};

use super::*;

thread_local! {
    /// The window of this test; none if nothing is known of it.
    static WINDOW: Cell<Option<Window>> = const { Cell::new(None) };
}

/// Sets the window of this test.
fn set_window(columns: usize, rows: usize) {
    let stops = 0;
    WINDOW.set(Some(Window {
        columns,
        rows,
        stops,
    }));
}

/// A layout for the window of this test.
fn markdown() -> Markdown {
    Markdown::new(|| WINDOW.get(), Hyperlinks::No)
}

/// Colours are on or off for the whole process.
static COLORS: RwLock<()> = RwLock::new(());

/// A bit of everything.
const SAMPLE: &str = "\
# Title *em* `code`\r\n\r\nSub\n===\n\
Some **strong**, *em*, ***both***, ~~gone~~, `a b`, 你好 👨‍👩‍👧‍👦 e\u{301}.\rTwo\n\n\
[text](http://x.y/z \"t\"), <http://auto.link>, ![alt](img.png) \\* &copy; <b>\n\n\
- a\n- b\n  - c\n    still c\n\n    para\n    ```rust\n    fn main() {}\n\n    ```\n- [x] done\n\n\
3. three\n3. four\n\n   more\n10) other\n\n\
> quote\nlazy\n> > nested\n>\n> - item\n\n\
| a | 右 |\n|---|--:|\n| 你好 | **1** |\n| 👍 | `x` |\n\n\
````rust x\nfn main() {\n\n```\n\ttab\n````\nafter\n\n    indented\n\n      code\n\n\
<div>\nhtml\n\n***\n[ref]: http://r\n\nsee [ref] **open `and\n\n~~~\nnever closed\n\n";

/// The output of a reply that comes in one piece, without colours.
fn plain(text: &str) -> String {
    plain_pieces([text])
}

fn plain_pieces<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    let _lock = COLORS.read().unwrap_or_else(PoisonError::into_inner);
    colored::control::set_override(false);
    render(pieces)
}

/// The output with colours, ESC as `^`.
fn colored(text: &str) -> String {
    let _lock = COLORS.write().unwrap_or_else(PoisonError::into_inner);
    colored::control::set_override(true);
    let output = render([text]);
    colored::control::set_override(false);
    output.replace('\x1b', "^")
}

fn render<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut markdown = markdown();
    let mut out = Vec::new();
    for piece in pieces {
        markdown.push(piece, &mut out);
        assert!(markdown.line.len() <= WAITING_BYTES && markdown.block.len() <= WAITING_BYTES);
    }
    markdown.finish(&mut out);
    String::from_utf8(out).expect("output is text")
}

/// The output of a whole text that the parser reads at once.
fn whole(text: &str) -> String {
    let _lock = COLORS.read().unwrap_or_else(PoisonError::into_inner);
    colored::control::set_override(false);
    whole_written(text)
}

fn whole_written(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = Vec::new();
    let mut margins = Margins::default();
    let window = WINDOW.get();
    let columns = |_| window.map(|window| window.columns);
    let mut sheet = Sheet::new(&columns);
    let definitions = Definitions::default();
    let blocks = Blocks {
        source: &text,
        number: None,
        hyperlinks: Hyperlinks::No,
        definitions: &definitions,
    };
    blocks.whole(&mut margins, &mut sheet);
    for line in sheet.lines {
        line.write(0, &mut out);
        out.push(b'\n');
    }
    String::from_utf8(out).expect("output is text")
}
