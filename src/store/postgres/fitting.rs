//! How long a page is: so many messages, and so many bytes, whichever comes first.
//! PostgreSQL knows the length of a text without reading it.

use super::super::copying::PAGE_BYTES;

/// How many messages the first page has, and the longest.
const FIRST_PAGE: i64 = 128;
const LONGEST_PAGE: i64 = 1_024;

/// How many bytes a short page may be expected to have: fewer than a socket holds.
const SHORT_BYTES: i64 = 160 * 1024;

/// If fewer messages than this have that many bytes, there are no short pages.
const FEWEST_SHORT: i64 = 16;

/// How long the texts of a message `r` are that may be long.
pub(super) const BYTES: &str = "octet_length(r.content) + coalesce(octet_length(r.reasoning), 0)";

/// How long a page is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// As many of so many messages as fit on a page.
    Fitting(i64),
    /// So many messages, which are expected to be short: all of them, or none if they do
    /// not fit on a page.
    Short(i64),
}

impl Length {
    /// Of a page of which nothing is known.
    pub(super) const UNKNOWN: Self = Self::Fitting(FIRST_PAGE);

    /// How many messages it has at the most.
    pub(super) fn count(self) -> i64 {
        let (Self::Fitting(count) | Self::Short(count)) = self;
        count
    }

    /// Of the page behind one that had so many messages, one at least, and bytes.
    pub(super) fn behind(self, messages: usize, bytes: usize) -> Self {
        let [messages, bytes] = [messages, bytes].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
        let count = SHORT_BYTES.saturating_mul(messages) / bytes.max(1);
        if count < FEWEST_SHORT {
            return Self::UNKNOWN;
        }
        Self::Short(count.min(self.count() * 4).min(LONGEST_PAGE))
    }

    /// The statement for a page of this length: columns of messages `m` behind `$1` up to
    /// `$2`, at most `$3` of them.
    pub(super) fn statement(self, columns: &str, joined: &str) -> String {
        let page = "SELECT * FROM saylog.messages WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3";
        match self {
            Self::Fitting(_) => fitting(columns, page, BYTES, "id", joined),
            // How long they are together is found out before the first is read, which
            // costs a third of what it does to count up to each.
            Self::Short(_) => format!(
                "SELECT {columns} FROM ({page}) AS m {joined}
                 WHERE (SELECT sum({BYTES}) FROM ({page}) AS r) < {PAGE_BYTES} ORDER BY m.id"
            ),
        }
    }
}

/// Of the rows of a statement, in the order of a key, those that fit on a page: each before
/// which stand fewer bytes than a page has, so that there is a first one however long it
/// is. They are called `r` where their bytes are counted, and `m` where columns are taken
/// from them and something is joined.
pub(super) fn fitting(columns: &str, rows: &str, bytes: &str, key: &str, joined: &str) -> String {
    format!(
        "SELECT {columns}
         FROM (SELECT r.*, sum({bytes}) OVER (ORDER BY {key}
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
               FROM ({rows}) AS r) AS m
         {joined}
         WHERE coalesce(m.bytes_before, 0) < {PAGE_BYTES} ORDER BY {key}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_as_long_as_messages_are_short() {
        let next = Length::UNKNOWN.behind(128, 128 * 100);
        assert_eq!(next, Length::Short(512));
        assert_eq!(next.behind(512, 512 * 100), Length::Short(LONGEST_PAGE));
        // A thousand bytes each: fewer than would fit into a socket.
        assert_eq!(next.behind(512, 512 * 1_000), Length::Short(163));
    }

    #[test]
    fn behind_long_messages_it_is_not_known_how_many_fit() {
        let next = Length::Short(512).behind(3, 3 * 1024 * 1024);
        assert_eq!(next, Length::UNKNOWN);
        assert_eq!(next.behind(128, 128 * 100), Length::Short(512));
    }
}
