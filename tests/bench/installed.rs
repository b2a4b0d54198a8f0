//! The programs as people have them: copied to where they are run from.
//!
//! What a linker has just written lies in the system's memory in small pieces, and takes
//! 0.2 to 0.4 ms longer to start than the same bytes copied, which is what installing does.
//! The bare program is copied, too.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Copies both programs into a folder.
pub(crate) fn install(folder: &Path) {
    let bare = env::current_exe().expect("this program");
    for (program, name) in [
        (Path::new(env!("CARGO_BIN_EXE_saylog")), "saylog"),
        (&bare, "bare"),
    ] {
        fs::copy(program, folder.join(name)).expect("a copy");
    }
    FOLDER.set(folder.to_owned()).expect("they are copied once");
}

/// Where saylog is.
pub(crate) fn saylog() -> PathBuf {
    program("saylog")
}

/// Where the bare program is.
pub(crate) fn bare() -> PathBuf {
    program("bare")
}

fn program(name: &str) -> PathBuf {
    FOLDER.get().expect("they are copied first").join(name)
}
