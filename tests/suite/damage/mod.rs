//! Damage of the file, and rows that another program has spoiled: they cost
//! what is there and no more, and it is told.

mod cut;
mod gone;
mod pages;
mod spoiled;

/// What saves the rest of a damaged file.
const RECOVER: &str = "the sqlite3 shell's `.recover` saves what can be read";
