//! `--grant`: which rights a role of the server is to be given.

use super::cli::Arguments;
use super::config_error::ConfigError;
use crate::domain::{Granted, UserName};
use crate::store::Address;

/// The rights that a role is to be given, if that is all this run does.
///
/// # Errors
/// The name of the user is none.
pub(super) fn granted(arguments: &Arguments) -> Result<Option<Granted>, ConfigError> {
    let Some(role) = arguments.grant.clone() else {
        return Ok(None);
    };
    let user = arguments.as_user.as_deref().map(UserName::new).transpose();
    let user = user.map_err(|why| {
        ConfigError::Usage(format!(
            "--as-user: {why}; a name is 1 to 128 bytes of visible text"
        ))
    })?;
    let reads = arguments.read;
    Ok(Some(Granted { role, user, reads }))
}

/// Fails if rights are to be given where nobody has any.
///
/// # Errors
/// The store is not on a server.
pub(super) fn check_store(store: &Address) -> Result<(), ConfigError> {
    if matches!(store, Address::Server(_)) {
        return Ok(());
    }
    let what = "--grant: a file has no roles; `--store postgres://…` names a log on a server";
    Err(ConfigError::Usage(what.into()))
}
