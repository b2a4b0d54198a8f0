//! Where drafts wait for the next run, a file for each of them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{self, Path, PathBuf};

use rustix::fs::OFlags;
use uuid::Uuid;

use super::super::environment::absolute_path;
use crate::domain::{MESSAGE_LIMIT, UserName};

/// How many drafts are offered at once. Older ones wait until these were seen.
const MOST: usize = 20;

/// Ends a part of the head of a file. Neither a path nor a name has one.
const END: u8 = 0;

/// A folder that only its owner can read, with the drafts for one store.
#[derive(Clone)]
pub(crate) struct DraftFolder {
    folder: PathBuf,
    store: PathBuf,
}

/// A draft that waits in its file.
pub(super) struct KeptDraft {
    pub(super) text: String,
    pub(super) file: DraftFile,
}

/// The file of one draft.
pub(super) struct DraftFile(PathBuf);

impl DraftFile {
    /// Forgets the draft. Another run may have done so already.
    pub(super) fn remove(self) {
        let _ = fs::remove_file(self.0);
    }
}

impl DraftFolder {
    /// `saylog` in `$XDG_STATE_HOME`, else in `~/.local/state`; none if neither
    /// the variable nor HOME names a folder. Drafts of other stores than the one
    /// in the file `store` are not looked at.
    pub(crate) fn find(store: &Path) -> Option<Self> {
        let home = || absolute_path("HOME").filter(|home| home.is_dir());
        let state = absolute_path("XDG_STATE_HOME")
            .or_else(|| home().map(|home| home.join(".local/state")))?;
        Some(Self {
            folder: state.join("saylog"),
            store: store.to_owned(),
        })
    }

    /// Keeps a draft of this user beside the others: several windows may be
    /// closed at once.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn keep(&self, user: &UserName, text: &str) -> io::Result<()> {
        Self::make(&self.folder)?;
        let head = self.head(user);
        let name = self.next_name(&prefix(&head));
        // A run that reads the folder meanwhile finds all of it or nothing.
        let unfinished = self.folder.join(format!("new-{name}"));
        let written = write(&unfinished, &[&head, text.as_bytes()])
            .and_then(|()| fs::rename(&unfinished, self.folder.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written?;
        File::open(&self.folder)?.sync_all()
    }

    /// Makes such a folder, if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(super) fn make(folder: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)
    }

    /// The path of another file of this kind for a user, and what it begins with.
    pub(super) fn beside(&self, kind: &str, user: &UserName) -> (PathBuf, Vec<u8>) {
        let head = self.head(user);
        let name = format!("{kind}-{:016x}", digest(&head));
        (self.folder.join(name), head)
    }

    #[cfg(test)]
    pub(super) fn at(folder: &Path, store: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            store: store.to_owned(),
        }
    }

    /// The newest drafts of this user, the newest last. What cannot be read
    /// counts as none.
    pub(super) fn read(&self, user: &UserName) -> Vec<KeptDraft> {
        let head = self.head(user);
        let (mut drafts, mut bytes) = (Vec::new(), 0);
        for name in self.names(&prefix(&head)).iter().rev() {
            if drafts.len() >= MOST || bytes > MESSAGE_LIMIT {
                break;
            }
            let path = self.folder.join(name);
            if let Some(text) = read(&path, &head) {
                bytes += text.len();
                let file = DraftFile(path);
                drafts.push(KeptDraft { text, file });
            }
        }
        drafts.reverse();
        drafts
    }

    /// The names of files that begin with this, in the order of their drafts.
    fn names(&self, prefix: &str) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.starts_with(prefix))
            .collect();
        names.sort_unstable();
        names
    }

    /// A name that comes after all of these, and that no other window takes even
    /// if it is closed at the same time.
    fn next_name(&self, prefix: &str) -> String {
        let newest = self.names(prefix).pop();
        let number = newest
            .and_then(|name| u32::from_str_radix(name.get(prefix.len()..)?.get(..8)?, 16).ok());
        let next = number.map_or(0, |number| number.saturating_add(1));
        format!("{prefix}{next:08x}-{}", Uuid::new_v4())
    }

    /// What the file of a draft begins with: in which store, and by whom. The
    /// store is in its place by the time that anything is typed, so that it has
    /// the same path in every run, by whichever links it is named.
    fn head(&self, user: &UserName) -> Vec<u8> {
        let store = fs::canonicalize(&self.store)
            .or_else(|_| path::absolute(&self.store))
            .unwrap_or_else(|_| self.store.clone());
        let (store, user) = (store.as_os_str().as_bytes(), user.as_str().as_bytes());
        [store, &[END], user, &[END]].concat()
    }
}

/// What the names of all files with this head begin with. Path and name may be
/// longer than the name of a file.
fn prefix(head: &[u8]) -> String {
    format!("draft-{:016x}-", digest(head))
}

/// FNV-1a with 64 bits, as Fowler, Noll and Vo describe it at
/// <http://www.isthe.com/chongo/tech/comp/fnv/>. Two heads with one digest do no
/// harm: the whole head is compared too.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// The text after this head. A link in the file's place is not followed, and a
/// pipe there is not waited for.
fn read(path: &Path, head: &[u8]) -> Option<String> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    // A block and the line after it may both be as long as a message.
    let longest = head.len() + 2 * MESSAGE_LIMIT + 1;
    let mut bytes = Vec::new();
    file.take(longest as u64).read_to_end(&mut bytes).ok()?;
    let text = bytes.strip_prefix(head)?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn user(name: &str) -> UserName {
        UserName::new(name).unwrap()
    }

    fn drafts(folder: &Path, store: &Path) -> DraftFolder {
        DraftFolder::at(folder, store)
    }

    fn texts(drafts: &DraftFolder, user: &UserName) -> Vec<String> {
        let kept = drafts.read(user).into_iter();
        kept.map(|draft| draft.text).collect()
    }

    /// A path for a draft of this user.
    fn path(drafts: &DraftFolder, user: &UserName, rest: &str) -> PathBuf {
        let name = prefix(&drafts.head(user)) + rest;
        drafts.folder.join(name)
    }

    #[test]
    fn the_digest_is_fnv_1a() {
        // The authors' examples.
        assert_eq!(digest(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(digest(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn drafts_are_kept_apart_and_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/saylog");
        let kept = drafts(&state, Path::new("/a.db"));
        let (alice, bob) = (user("alice"), user("../alice"));
        assert_eq!(texts(&kept, &alice), [""; 0]);
        kept.keep(&alice, "one\ntwo").unwrap();
        kept.keep(&alice, "three").unwrap();
        kept.keep(&bob, "four").unwrap();
        let elsewhere = drafts(&state, Path::new("/b.db"));
        assert_eq!(texts(&elsewhere, &alice), [""; 0]);
        assert_eq!(texts(&kept, &alice), ["one\ntwo", "three"]);
        assert_eq!(texts(&kept, &bob), ["four"]);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&state), 0o700);
        for file in fs::read_dir(&state).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }

    #[test]
    fn a_draft_is_forgotten_alone() {
        let folder = tempfile::tempdir().unwrap();
        let kept = drafts(folder.path(), Path::new("/a.db"));
        let alice = user("alice");
        kept.keep(&alice, "one").unwrap();
        kept.keep(&alice, "two").unwrap();
        let (mut here, mut there) = (kept.read(&alice), kept.read(&alice));
        kept.keep(&alice, "three").unwrap();
        here.remove(1).file.remove();
        there.remove(1).file.remove();
        assert_eq!(texts(&kept, &alice), ["one", "three"]);
    }

    #[test]
    fn older_drafts_wait_until_newer_ones_were_seen() {
        let folder = tempfile::tempdir().unwrap();
        let kept = drafts(folder.path(), Path::new("/a.db"));
        let alice = user("alice");
        let all: Vec<_> = (0..=MOST).map(|number| number.to_string()).collect();
        for text in &all {
            kept.keep(&alice, text).unwrap();
        }
        assert_eq!(texts(&kept, &alice), all[1..]);
        kept.read(&alice).remove(MOST - 1).file.remove();
        assert_eq!(texts(&kept, &alice), all[..MOST]);
        let long = "x".repeat(MESSAGE_LIMIT + 1);
        kept.keep(&alice, &long).unwrap();
        assert!(texts(&kept, &alice) == [long]);
        kept.read(&alice).remove(0).file.remove();
        assert_eq!(texts(&kept, &alice), all[..MOST]);
    }

    #[test]
    fn a_store_is_one_by_whichever_path() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::create_dir(&real).unwrap();
        symlink(&real, &link).unwrap();
        fs::write(real.join("a.db"), "").unwrap();
        let alice = user("alice");
        let by_link = drafts(folder.path(), &link.join("a.db"));
        by_link.keep(&alice, "one").unwrap();
        let directly = drafts(folder.path(), &real.join("../real/a.db"));
        assert_eq!(texts(&directly, &alice), ["one"]);
    }

    #[test]
    fn what_is_no_draft_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let kept = drafts(folder.path(), Path::new("/a.db"));
        let alice = user("alice");
        let text = |text: &[u8]| [&kept.head(&alice)[..], text].concat();
        let other = folder.path().join("other");
        fs::write(&other, text(b"secret")).unwrap();
        symlink(&other, path(&kept, &alice, "1")).unwrap();
        fs::write(path(&kept, &alice, "2"), text(b"\xff")).unwrap();
        fs::create_dir(path(&kept, &alice, "3")).unwrap();
        // As if bob had the same digest.
        let of_bob = [&kept.head(&user("bob"))[..], b"bob's"].concat();
        fs::write(path(&kept, &alice, "4"), of_bob).unwrap();
        assert_eq!(texts(&kept, &alice), [""; 0]);
        fs::write(path(&kept, &alice, "0"), text(b"mine")).unwrap();
        assert_eq!(texts(&kept, &alice), ["mine"]);
    }
}
