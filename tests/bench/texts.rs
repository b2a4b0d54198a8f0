//! Texts as people say them: some words often, most of them seldom.

use std::fmt::Write as _;

/// There are so many powers of two words: the n-th is said once where the first is
/// said about n times.
const WORDS: u64 = 16;

/// The same of Chinese words, which are of two characters.
const CHINESE_WORDS: u64 = 12;

/// Numbers that are the same in every run.
pub(crate) struct Random(pub u64);

impl Random {
    /// The next one.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// One that is less.
    pub(crate) fn below(&mut self, end: u64) -> usize {
        usize::try_from(self.next() % end).expect("few")
    }

    /// Words, seven times in ten; Chinese, twice; both. One of 100,000 has a needle.
    pub(crate) fn text(&mut self, number: usize) -> String {
        let mut text = String::new();
        let kind = self.below(10);
        if kind < 8 {
            for _ in 0..8 + self.below(18) {
                self.word(&mut text);
            }
        }
        if kind >= 7 {
            for _ in 0..8 + self.below(15) {
                self.characters(&mut text);
            }
        }
        if number % 100_000 == 50_000 {
            text.push_str(" needle");
        }
        text
    }

    fn word(&mut self, text: &mut String) {
        let rank = self.rank(WORDS);
        let _ = write!(text, "w{rank} ");
    }

    fn characters(&mut self, text: &mut String) {
        let rank = self.rank(CHINESE_WORDS);
        for code in [rank * 7_919 % 2_999, rank * 104_729 % 2_971] {
            let code = 0x4e00 + u32::try_from(code).expect("few");
            text.extend(char::from_u32(code));
        }
    }

    /// As many times below each power of two as above it.
    fn rank(&mut self, powers: u64) -> u64 {
        let begin = 1 << self.below(powers);
        begin + self.next() % begin
    }
}
