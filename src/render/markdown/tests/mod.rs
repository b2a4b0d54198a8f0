//! What a reply looks like, whole and in pieces.

mod constructs;
mod hostile;
mod stream;

use std::sync::{PoisonError, RwLock};

use super::*;

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
    let mut markdown = Markdown::new(Some(40));
    let mut out = Vec::new();
    for piece in pieces {
        markdown.push(piece, &mut out);
        assert!(markdown.line.len() <= WAITING_BYTES && markdown.block.len() <= WAITING_BYTES);
        assert!(out.is_empty() || out.ends_with(b"\n"));
    }
    markdown.finish(&mut out);
    String::from_utf8(out).expect("output is text")
}

/// The output of a whole text that the parser reads at once.
fn whole(text: &str) -> String {
    let _lock = COLORS.read().unwrap_or_else(PoisonError::into_inner);
    colored::control::set_override(false);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = Vec::new();
    let mut margins = Margins::default();
    let mut definitions = Definitions::default();
    layout(
        &text,
        None,
        Some(40),
        &mut margins,
        &mut definitions,
        &mut out,
    );
    String::from_utf8(out).expect("output is text")
}
