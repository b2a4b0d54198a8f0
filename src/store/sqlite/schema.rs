//! The tables, and the steps from one version of them to the next.

use rusqlite::Connection;

/// Marks a file as ours in its header: `sayl`.
pub const APPLICATION_ID: u32 = 0x7361_796c;

/// The version of the schema that this program writes.
pub const VERSION: u32 = 3;

/// `STEPS[n]` brings a database from version `n` to `n + 1`.
const STEPS: [&str; VERSION as usize] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
];

/// Brings the database from version `from` to [`VERSION`].
///
/// The caller holds a write transaction, so it happens wholly or not at all.
pub fn migrate(connection: &Connection, from: u32) -> rusqlite::Result<()> {
    for step in STEPS.iter().skip(from as usize) {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", VERSION)
}
