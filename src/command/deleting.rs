//! What is called deleting elsewhere. There is no such command: nothing leaves the log.

/// The words for it, without a slash.
const WORDS: [&str; 7] = ["delete", "rm", "remove", "del", "erase", "drop", "forget"];

/// Whether a word, with or without its slash, asks for something to be deleted.
pub(crate) fn is_wanted(word: &str) -> bool {
    let word = word.strip_prefix('/').unwrap_or(word);
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}
