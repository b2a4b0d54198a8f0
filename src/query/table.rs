//! What is known of characters, looked up once.

use std::sync::OnceLock;

/// How many characters are looked up together.
const BLOCK: u32 = 256;
/// Enough for the alphabets, and for signs and pictures.
const BLOCKS: usize = 512;

/// What is known of each character below U+20000. It is filled block by block where
/// it is used, since all of it would take longer than most searches.
pub(super) struct Table<T> {
    blocks: [OnceLock<Box<[T]>>; BLOCKS],
    look_up: fn(char) -> T,
}

impl<T> Table<T> {
    /// An empty table of what a slower function says.
    pub(super) const fn new(look_up: fn(char) -> T) -> Self {
        Self {
            blocks: [const { OnceLock::new() }; BLOCKS],
            look_up,
        }
    }

    /// What is known of a character; `None` if it is beyond the table.
    pub(super) fn get(&self, c: char) -> Option<&T> {
        let number = u32::from(c);
        let block = self.blocks.get((number / BLOCK) as usize)?;
        let block = block.get_or_init(|| {
            let first = number / BLOCK * BLOCK;
            // Surrogates are no characters; their blocks are never asked for.
            let characters = (first..first + BLOCK).filter_map(char::from_u32);
            characters.map(self.look_up).collect()
        });
        block.get((number % BLOCK) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_function_says() {
        static NUMBERS: Table<u32> = Table::new(u32::from);
        for c in ('\0'..'\u{20000}').step_by(97) {
            assert_eq!(NUMBERS.get(c), Some(&u32::from(c)));
        }
        assert_eq!(NUMBERS.get('\u{1ffff}'), Some(&0x1ffff));
        assert_eq!(NUMBERS.get('\u{20000}'), None);
    }
}
