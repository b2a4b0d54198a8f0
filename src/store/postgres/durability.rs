//! What a transaction has to be before something in it is shown: durable, whatever the role
//! or the database says, and one of which is known when it has ended.

/// Makes the commit of this transaction worth what it is by default, where that is weaker.
pub(super) const DURABLE: &str = "CASE WHEN current_setting('synchronous_commit')
             IN ('off', 'local', 'remote_write')
         THEN set_config('synchronous_commit', 'on', true) END";

/// The columns of a statement that is a transaction of its own: that it has locked the nonce
/// with this number, and that it is durable.
pub(super) fn locked(nonce: usize) -> String {
    format!("pg_advisory_xact_lock(${nonce}) IS NOT NULL AS is_locked, {DURABLE} AS is_durable")
}
