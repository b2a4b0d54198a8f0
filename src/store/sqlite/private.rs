//! Keeps what was said from others on the same machine.

use std::fs::{Metadata, Permissions, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::companions::{COMPANIONS, beside};

/// Everything that others than the owner may do.
const OTHERS: u32 = 0o077;

/// Takes from a store that is ours what others may do with it, and says so;
/// what is somebody else's is left, and said.
pub(super) fn guard_store(path: &Path) -> Option<String> {
    let is_ours = path.symlink_metadata().is_ok_and(|store| is_ours(&store));
    // First those: they hold what was said last.
    let companions = COMPANIONS.into_iter().filter(|_| is_ours);
    let companions = companions.map(|end| beside(path, end));
    let still_open = companions.filter(|companion| {
        open_to_others(companion).is_some_and(|metadata| !close(companion, &metadata))
    });
    let still_open: Vec<String> = still_open
        .map(|companion| format!("`{}`", companion.display()))
        .collect();
    let still_open = still_open.join(" and ");
    let what = format!("the store `{}`", path.display());
    let told = open_to_others(path).map(|metadata| told(&what, path, &metadata));
    if still_open.is_empty() {
        return told;
    }
    let told = told.unwrap_or(what);
    Some(format!(
        "{told}; but what is said last stands in {still_open}, which others can read"
    ))
}

/// The same for the folder of the default store.
pub(super) fn guard_folder(folder: &Path) -> Option<String> {
    let metadata = open_to_others(folder)?;
    let what = format!("the folder `{}`", folder.display());
    Some(told(&what, folder, &metadata))
}

fn told(what: &str, path: &Path, metadata: &Metadata) -> String {
    let mode = metadata.mode() & 0o777;
    if close(path, metadata) {
        format!("{what} was open to others (mode {mode:o}); now it is yours alone")
    } else if is_ours(metadata) {
        format!("{what} is open to others (mode {mode:o}), and that cannot be changed")
    } else {
        format!("{what} is open to others (mode {mode:o}); its owner can change that")
    }
}

/// What stands there, if others may do anything with it. A link is passed over.
fn open_to_others(path: &Path) -> Option<Metadata> {
    let metadata = path.symlink_metadata().ok()?;
    let is_open = !metadata.is_symlink() && metadata.mode() & OTHERS != 0;
    is_open.then_some(metadata)
}

fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Whether it is its owner's alone then: some file systems have one mode for all files.
fn close(path: &Path, metadata: &Metadata) -> bool {
    let private = Permissions::from_mode(metadata.mode() & 0o700);
    is_ours(metadata) && set_permissions(path, private).is_ok() && open_to_others(path).is_none()
}
