//! Where drafts wait for the next run, a file for each user.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::super::environment::absolute_path;
use crate::domain::{MESSAGE_LIMIT, UserName};

/// Ends a draft in its file. No text that can be typed has one.
const END: char = '\0';

/// The letters of RFC 4648's base32hex, in lower case: files whose names differ
/// in nothing but case are one on some systems.
const LETTERS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// A folder that only its owner can read.
#[derive(Clone)]
pub(crate) struct DraftFolder(PathBuf);

impl DraftFolder {
    /// `saylog` in `$XDG_STATE_HOME`, else in `~/.local/state`; none if neither
    /// the variable nor HOME names a folder.
    pub(crate) fn find() -> Option<Self> {
        let home = || absolute_path("HOME").filter(|home| home.is_dir());
        let state = absolute_path("XDG_STATE_HOME")
            .or_else(|| home().map(|home| home.join(".local/state")))?;
        Some(Self(state.join("saylog")))
    }

    /// Adds a draft to those of this user: several windows may be closed at once.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn keep(&self, user: &UserName, text: &str) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)?;
        let mut file = options()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(self.path(user))?;
        if file.metadata()?.len() > most_bytes() {
            file.set_len(0)?;
        }
        file.write_all(format!("{text}{END}").as_bytes())?;
        file.sync_all()
    }

    /// The drafts of this user, the newest last. What cannot be read counts as none.
    pub(super) fn read(&self, user: &UserName) -> Vec<String> {
        let text = read(&self.path(user)).unwrap_or_default();
        text.split_terminator(END).map(str::to_owned).collect()
    }

    /// Forgets the drafts of this user. Another run may have done so already.
    pub(super) fn remove(&self, user: &UserName) {
        let _ = fs::remove_file(self.path(user));
    }

    fn path(&self, user: &UserName) -> PathBuf {
        self.0.join(format!("draft-{}", encoded(user.as_str())))
    }
}

/// A link in the file's place is not followed, and a pipe there is not waited for.
fn options() -> OpenOptions {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut options = OpenOptions::new();
    options.custom_flags(flags.bits().cast_signed());
    options
}

fn read(path: &Path) -> io::Result<String> {
    let file: File = options().read(true).open(path)?;
    let mut text = String::new();
    if file.metadata()?.is_file() {
        // A file is added to until it has this size, and then by one text more.
        let longest = most_bytes() + most_bytes() + 1;
        file.take(longest).read_to_string(&mut text)?;
    }
    Ok(text)
}

fn most_bytes() -> u64 {
    MESSAGE_LIMIT as u64
}

/// A name as part of a file's name: no two names give the same, and a name of
/// 128 bytes becomes 205 letters, which every file system takes.
fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in name.bytes() {
        bits = (bits << 8 | u32::from(byte)) & 0xffff;
        count += 8;
        while count >= 5 {
            count -= 5;
            encoded.push(letter(bits >> count));
        }
    }
    if count > 0 {
        encoded.push(letter(bits << (5 - count)));
    }
    encoded
}

fn letter(bits: u32) -> char {
    char::from(LETTERS[(bits & 31) as usize])
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn user(name: &str) -> UserName {
        UserName::new(name).unwrap()
    }

    #[test]
    fn the_name_of_a_user_is_no_path() {
        // The examples of RFC 4648.
        assert_eq!(encoded("foobar"), "cpnmuoj1e8");
        assert_eq!(encoded("foob"), "cpnmuog");
        assert_eq!(encoded("f"), "co");
        assert_eq!(encoded(&"x".repeat(128)).len(), 205);
        let letters = encoded("../../etc/passwd \u{1f642}");
        assert!(letters.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn drafts_are_kept_apart_and_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = DraftFolder(folder.path().join("state/saylog"));
        let (alice, bob) = (user("alice"), user("../alice"));
        assert_eq!(drafts.read(&alice), [""; 0]);
        drafts.keep(&alice, "one\ntwo").unwrap();
        drafts.keep(&alice, "three").unwrap();
        drafts.keep(&bob, "four").unwrap();
        assert_eq!(drafts.read(&alice), ["one\ntwo", "three"]);
        assert_eq!(drafts.read(&bob), ["four"]);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&drafts.0), 0o700);
        assert_eq!(mode(&drafts.path(&alice)), 0o600);
        drafts.remove(&alice);
        drafts.remove(&alice);
        assert_eq!(drafts.read(&alice), [""; 0]);
        assert_eq!(drafts.read(&bob), ["four"]);
    }

    #[test]
    fn what_is_no_file_of_drafts_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = DraftFolder(folder.path().to_owned());
        let alice = user("alice");
        let other = folder.path().join("other");
        fs::write(&other, "secret\0").unwrap();
        symlink(&other, drafts.path(&alice)).unwrap();
        assert_eq!(drafts.read(&alice), [""; 0]);
        assert!(drafts.keep(&alice, "mine").is_err());
        drafts.remove(&alice);
        fs::write(drafts.path(&alice), b"\xff\0").unwrap();
        assert_eq!(drafts.read(&alice), [""; 0]);
    }
}
