//! What is said of texts that leave the program.

use crate::domain::{CopyWay, TakenText};

/// `Block 2 of #4 (rust)`, or `#4` for a whole message. It is not escaped.
fn name(text: &TakenText) -> String {
    let language = text.language.as_ref();
    let language = language.map_or_else(String::new, |language| format!(" ({language})"));
    match text.number {
        Some(number) => format!("Block {number} of #{}{language}", text.message),
        None => format!("#{}", text.message),
    }
}

/// `3 lines, 1 byte`.
fn size(text: &TakenText) -> String {
    let counted = |count: usize, what: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {what}{s}")
    };
    format!(
        "{}, {}",
        counted(text.lines(), "line"),
        counted(text.content.len(), "byte")
    )
}

/// What stands behind a receipt if the text has more in it than is seen.
fn warning(text: &TakenText) -> String {
    match text.stray() {
        0 => String::new(),
        1 => "; 1 control or invisible character is in it as it is".into(),
        count => format!("; {count} control or invisible characters are in it as they are"),
    }
}

/// Says that a text was copied, and to where. No terminal says what came of it.
pub(super) fn copied(text: &TakenText, way: CopyWay) -> String {
    let to = match way {
        CopyWay::Terminal => "sent to the terminal's clipboard".to_owned(),
        CopyWay::Tmux => {
            "sent to the terminal's clipboard, which tmux lets through if `set-clipboard` is `on`"
                .to_owned()
        }
        CopyWay::Tool(tool) => format!("copied by {tool}"),
    };
    format!("{}: {} {to}{}.", name(text), size(text), warning(text))
}

/// Says that a block of code was written into a file.
pub(super) fn saved(text: &TakenText, path: &str) -> String {
    format!(
        "{}: {} written to {path}{}.",
        name(text),
        size(text),
        warning(text)
    )
}

/// The first line of a text that is not blank, without the blanks around it.
pub(super) fn first_line(text: &TakenText) -> &str {
    let mut lines = text.content.lines().map(str::trim);
    lines.find(|line| !line.is_empty()).unwrap_or_default()
}
