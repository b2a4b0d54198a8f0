//! Lays out whole texts, as they stand on the screen at the end of a stream.

use super::WAITING_BYTES;
use super::blocks::Blocks;
use super::links::{Definitions, Hyperlinks};
use super::margins::{Margins, Sheet};

/// The rows of a text in a window of so many columns, if that is known. None for a
/// text that is too long to be laid out at once.
pub(crate) fn laid_out(
    text: &str,
    columns: Option<usize>,
    hyperlinks: Hyperlinks,
) -> Option<Vec<String>> {
    if text.len() > WAITING_BYTES {
        return None;
    }
    let source = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let columns = |_| columns;
    let mut sheet = Sheet::new(&columns);
    let blocks = Blocks {
        source: &source,
        number: None,
        hyperlinks,
        definitions: &Definitions::default(),
    };
    blocks.whole(&mut Margins::default(), &mut sheet);
    let rows = sheet.lines.iter().map(|line| {
        let mut row = Vec::new();
        line.write(0, &mut row);
        String::from_utf8_lossy(&row).into_owned()
    });
    Some(rows.collect())
}
