//! What was carried out of the log.

use super::Rest;

/// What was written of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exported {
    /// The file; `-` for standard output.
    pub file: String,
    /// It was written. What was there stays in the place of nothing.
    pub is_made: bool,
    /// The word for its form.
    pub form: &'static str,
    /// How many conversations it has messages of.
    pub conversations: u64,
    /// How many messages it has.
    pub messages: u64,
    /// What its form has no place for, by kind and how often.
    pub left_out: Vec<(&'static str, u64)>,
    /// How many links of these are to messages that it does not have.
    pub missing: u64,
    /// What looks like a key in these, by kind and in how many messages.
    pub secrets: Vec<(&'static str, u64)>,
}

/// What came of a source that was imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    /// The file.
    pub file: String,
    /// The word for its form.
    pub form: &'static str,
    /// Whose it is now.
    pub user: String,
    /// The same where it names its users itself, and whether they were known here.
    pub users: Vec<(String, bool)>,
    /// How many conversations are new, were there and have something new, and have nothing.
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    /// How many messages were added, and how many were there.
    pub messages: u64,
    pub known: u64,
    /// In how many conversations the person has gone on here: what is new of these is in
    /// the log, and not in their contexts.
    pub left: u64,
    /// How many conversations went on differently here and there: what was said there is
    /// a session of its own.
    pub apart: u64,
    /// What has no place in the log, by kind and how often.
    pub left_out: Vec<(&'static str, u64)>,
    /// What looks like a key in what was added, by kind and in how many messages.
    pub secrets: Vec<(&'static str, u64)>,
    /// How many records could not be read.
    pub broken: u64,
    /// Nothing was written.
    pub is_dry: bool,
}

impl Imported {
    /// What became of what could be read.
    pub(crate) fn rest(&self) -> Rest {
        let conversations = self.new + self.changed + self.same;
        if conversations + self.messages + self.known == 0 {
            Rest::Nothing
        } else if self.is_dry {
            Rest::NotWritten
        } else {
            Rest::InTheLog
        }
    }
}

/// What came of a copy of a whole store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StoreCopied {
    /// Where it is from and where it is, as people are shown addresses.
    pub from: String,
    pub to: String,
    /// The newest message of the source when it was begun, or gone on with.
    pub newest: u64,
    /// How many rows each table has; none before all of them are compared.
    pub tables: Vec<(&'static str, u64)>,
    /// In how many texts of the copy U+FFFD stands in place of a NUL, which it cannot hold.
    pub nul_replaced: u64,
    /// How many replies were still coming: what had come of them is in the copy.
    pub coming: u64,
    /// An earlier try was gone on with.
    pub goes_on: bool,
    /// It is whole. Else it was stopped, behind this message if one was copied.
    pub is_complete: bool,
    pub done: u64,
}

/// A record of a source that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrokenRecord<'a> {
    pub file: &'a str,
    /// Where it is in the file.
    pub place: &'a str,
    /// What is wrong with it.
    pub why: &'a str,
}
