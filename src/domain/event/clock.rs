//! That a clock cannot be right.

use crate::domain::Timestamp;

/// Why the clock by which messages are dated is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClockDoubt {
    /// The newest message of the log has a later time than there is now.
    BeforeNewest {
        /// What the clock says.
        clock: Timestamp,
        /// The time of the newest message.
        newest: Timestamp,
    },
    /// A file that was written just now was written on another day.
    FarFromFiles {
        /// What the clock says.
        clock: Timestamp,
        /// When the file was written, by the clock of its file system.
        files: Timestamp,
    },
}
