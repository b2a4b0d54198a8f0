//! The pages of a store's file, to damage single ones.
//!
//! A table is a tree of pages: those between hold the numbers of others, leaves
//! hold rows in the order of their ids. <https://www.sqlite.org/fileformat.html>

use std::fs;

use super::run::Saylog;

const PAGE: usize = 4096;

/// A file as it was read, and the pages of one of its tables.
pub(crate) struct Pages {
    file: Vec<u8>,
    pub(crate) root: usize,
    /// The pages between the root and the leaves, each with the rows below it.
    pub(crate) interior: Vec<Page>,
    /// The pages with rows, in their order.
    pub(crate) leaves: Vec<Page>,
}

/// A page, and the rows that it hides when it is damaged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

impl Pages {
    /// Reads the pages of a table. Nothing may be open, so that nothing waits
    /// in the write-ahead log.
    #[track_caller]
    pub(crate) fn of(saylog: &Saylog, table: &str) -> Self {
        let sql = format!("SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
        let root: i64 = saylog.stored().row(&sql);
        let root = usize::try_from(root).expect("a page");
        let mut pages = Self {
            file: fs::read(saylog.store()).expect("the store"),
            root,
            interior: Vec::new(),
            leaves: Vec::new(),
        };
        if pages.byte(root, 0) == 5 || !pages.cells(root).is_empty() {
            pages.walk(root, true);
        }
        pages
    }

    /// The first page of those that hold the rest of a long row, the only one on its leaf.
    #[track_caller]
    pub(crate) fn overflow_of(&self, id: i64) -> usize {
        let leaf = self
            .leaves
            .iter()
            .find(|leaf| leaf.first <= id && id <= leaf.last);
        let page = leaf.expect("a leaf").number;
        let at = |row: &usize| self.varint(page, self.varint(page, *row).1).0 == id;
        let row = self.cells(page).into_iter().find(at).expect("the row");
        let (payload, behind) = self.varint(page, row);
        let start = self.varint(page, behind).1;
        // How much of a row stays on its leaf.
        let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
        let payload = usize::try_from(payload).expect("a length");
        assert!(payload > most, "the row fits on its leaf");
        let kept = least + (payload - least) % (PAGE - 4);
        let kept = if kept <= most { kept } else { least };
        self.number(page, start + kept, 4)
    }

    /// Writes the file anew, with each of these pages full of one byte.
    pub(crate) fn damage(&self, saylog: &Saylog, pages: &[usize], byte: u8) {
        let mut file = self.file.clone();
        for page in pages {
            file[(page - 1) * PAGE..page * PAGE].fill(byte);
        }
        for companion in ["-wal", "-shm"] {
            let mut name = saylog.store().into_os_string();
            name.push(companion);
            let _ = fs::remove_file(name);
        }
        fs::write(saylog.store(), file).expect("the store");
    }

    /// Walks a tree in the order of its rows; gives the first and the last one.
    fn walk(&mut self, page: usize, is_root: bool) -> (i64, i64) {
        let cells = self.cells(page);
        let ends = match self.byte(page, 0) {
            5 => {
                let below = cells.iter().map(|cell| self.number(page, *cell, 4));
                let mut below: Vec<usize> = below.collect();
                below.push(self.number(page, 8, 4));
                let ends: Vec<_> = below.iter().map(|page| self.walk(*page, false)).collect();
                (ends[0].0, ends[ends.len() - 1].1)
            }
            13 => {
                let ids = cells.iter().map(|cell| {
                    let behind = self.varint(page, *cell).1;
                    self.varint(page, behind).0
                });
                let ids: Vec<i64> = ids.collect();
                (ids[0], ids[ids.len() - 1])
            }
            kind => panic!("page {page} is of kind {kind}"),
        };
        let (first, last) = ends;
        let one = Page {
            number: page,
            first,
            last,
        };
        if self.byte(page, 0) == 13 {
            self.leaves.push(one);
        } else if !is_root {
            self.interior.push(one);
        }
        ends
    }

    fn byte(&self, page: usize, at: usize) -> u8 {
        self.file[(page - 1) * PAGE + at]
    }

    fn number(&self, page: usize, at: usize, length: usize) -> usize {
        (at..at + length).fold(0, |sum, at| sum << 8 | usize::from(self.byte(page, at)))
    }

    /// Where the rows of a leaf begin, or the entries of a page between.
    fn cells(&self, page: usize) -> Vec<usize> {
        let header = if self.byte(page, 0) == 5 { 12 } else { 8 };
        let count = self.number(page, 3, 2);
        (0..count)
            .map(|cell| self.number(page, header + 2 * cell, 2))
            .collect()
    }

    /// A number of up to nine bytes, and what is behind it.
    fn varint(&self, page: usize, mut at: usize) -> (i64, usize) {
        let mut value = 0;
        loop {
            let byte = self.byte(page, at);
            at += 1;
            value = value << 7 | i64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return (value, at);
            }
        }
    }
}
