//! The program, and its files, in the hands of another account.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::run::{SAYLOG, Saylog, skipped};

/// An account that owns nothing.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Saylog {
    /// Gives the folder to the account that [`Saylog::command_of_owner`] runs as.
    /// Whoever may do anything is told nothing by the modes of files.
    pub(crate) fn give_away(&self) {
        if is_root() {
            chown(self.folder(), Some(NOBODY), Some(NOBODY)).expect("root may");
            for file in self.files() {
                chown(file, Some(NOBODY), Some(NOBODY)).expect("root may");
            }
        }
    }

    /// Everything in the folder.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .collect()
    }

    /// The program, run by the account that the folder was given to.
    pub(crate) fn command_of_owner(&self) -> Command {
        let mut command = self.command();
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

/// Whether the program can be run by another account; if not, says that the test
/// is skipped.
pub(crate) fn has_another_account(test: &str) -> bool {
    if !is_root() {
        skipped(test, "root");
        return false;
    }
    is_run_by_others(test)
}

/// Whether the program can be run by an account that is not root.
pub(crate) fn is_run_by_others(test: &str) -> bool {
    let mut command = Command::new(SAYLOG);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let run = command.arg("--version").stdout(Stdio::null()).status();
    let is_run = run.is_ok_and(|status| status.success());
    if !is_run {
        skipped(test, "a folder of the build that others may enter");
    }
    is_run
}

/// Sets the mode of a file or a folder.
pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is ours");
}
