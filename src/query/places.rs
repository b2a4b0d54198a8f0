//! Where each part of a changed text comes from.

use std::ops::Range;

/// The pieces of a changed text, each with the part of the original that it was.
#[derive(Debug, Default)]
pub(super) struct Places {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    /// Where it begins in the changed text.
    changed: usize,
    original: Range<usize>,
    /// Each byte of one is a byte of the other; else the piece is one whole.
    is_stepwise: bool,
}

impl Places {
    /// Forgets the text.
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
    }

    /// The next piece, which begins at a byte of the changed text: what becomes of a
    /// part of the original, byte by byte or as one whole.
    pub(super) fn add(&mut self, changed: usize, original: Range<usize>, is_stepwise: bool) {
        match self.pieces.last_mut() {
            Some(last)
                if is_stepwise && last.is_stepwise && last.original.end == original.start =>
            {
                last.original.end = original.end;
            }
            _ => self.pieces.push(Piece {
                changed,
                original,
                is_stepwise,
            }),
        }
    }

    /// The last byte of the changed text, which ends at `end`, is also what became of
    /// the original up to a place.
    pub(super) fn lengthen_last(&mut self, end: usize, original_end: usize) {
        let Some(last) = self.pieces.last_mut() else {
            return;
        };
        if last.is_stepwise && end - last.changed > 1 {
            last.original.end -= 1;
            let original = last.original.end..original_end;
            self.add(end - 1, original, false);
        } else {
            last.is_stepwise = false;
            last.original.end = original_end;
        }
    }

    /// The bytes of the original that a range of the changed text comes from.
    pub(super) fn original(&self, changed: Range<usize>) -> Range<usize> {
        let piece_at = |at: usize| {
            let behind = self.pieces.partition_point(|piece| piece.changed <= at);
            self.pieces.get(behind.saturating_sub(1))
        };
        let first = piece_at(changed.start);
        let begin = first.map_or(0, |piece| match piece.steps(changed.start) {
            Some(steps) => piece.original.start + steps,
            None => piece.original.start,
        });
        let last = piece_at(changed.end.saturating_sub(1));
        let end = last.map_or(0, |piece| match piece.steps(changed.end) {
            Some(steps) => piece.original.start + steps,
            None => piece.original.end,
        });
        begin..end.max(begin)
    }
}

impl Piece {
    /// How many bytes a place is behind its beginning, if each has one in the original.
    fn steps(&self, changed: usize) -> Option<usize> {
        self.is_stepwise.then(|| changed - self.changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_where_its_first_and_last_bytes_were() {
        // `abßc  d` became `abssc d`.
        let mut places = Places::default();
        places.add(0, 0..1, true);
        places.add(1, 1..2, true);
        places.add(2, 2..4, false);
        places.add(4, 4..6, true);
        places.lengthen_last(6, 7);
        places.add(6, 7..8, true);
        assert_eq!(places.original(0..2), 0..2);
        assert_eq!(places.original(1..3), 1..4);
        assert_eq!(places.original(3..5), 2..5);
        assert_eq!(places.original(5..6), 5..7);
        assert_eq!(places.original(4..7), 4..8);
        places.clear();
        assert_eq!(places.original(0..0), 0..0);
    }

    #[test]
    fn a_blank_may_be_lengthened_more_than_once() {
        let mut places = Places::default();
        places.add(0, 0..1, true);
        places.lengthen_last(1, 2);
        places.lengthen_last(1, 3);
        places.add(1, 3..4, true);
        assert_eq!(places.original(0..1), 0..3);
        assert_eq!(places.original(1..2), 3..4);
    }
}
