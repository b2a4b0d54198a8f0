//! The commands of earlier runs, in a file of their own for each user.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::fs::OFlags;

use super::draft_folder::DraftFolder;
use crate::domain::{MessageId, UserName};

/// How many commands are remembered.
const MOST: usize = 1000;

/// Longer commands, in bytes, are not remembered.
const LONGEST: usize = 2000;

/// How much of the end of the file is read, in bytes.
const READ_BYTES: u64 = 512 * 1024;

/// How large the file may grow before it is written anew, in bytes.
const LARGEST: u64 = 2 * READ_BYTES;

/// Where the commands of one user for one store are remembered. No message is
/// among them: those are in the log.
///
/// The file begins with the store and the user. Each further line is a command
/// behind the number of the newest message of the log when it was typed.
pub(super) struct CommandFile {
    path: PathBuf,
    head: Vec<u8>,
    /// The last one of this process, which is not written twice.
    last: Option<String>,
}

impl CommandFile {
    pub(super) fn new(folder: &DraftFolder, user: &UserName) -> Self {
        let (path, head) = folder.beside("commands", user);
        Self {
            path,
            head,
            last: None,
        }
    }

    /// The commands, newest last. What cannot be read counts as none.
    pub(super) fn read(&self) -> Vec<(MessageId, String)> {
        self.lines().unwrap_or_default()
    }

    fn lines(&self) -> Option<Vec<(MessageId, String)>> {
        // A link in the file's place is not followed, and a pipe not waited for.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mut options = OpenOptions::new();
        let options = options.read(true).custom_flags(flags.bits().cast_signed());
        let mut file = options.open(&self.path).ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() {
            return None;
        }
        let mut head = vec![0; self.head.len()];
        file.read_exact(&mut head).ok()?;
        if head != self.head {
            return None;
        }
        let begin = self.head.len() as u64;
        let from = found.len().saturating_sub(READ_BYTES).max(begin);
        file.seek(SeekFrom::Start(from)).ok()?;
        let mut bytes = Vec::new();
        file.take(READ_BYTES).read_to_end(&mut bytes).ok()?;
        let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
        // The last one is empty, or half of one; so is the first one in the middle.
        lines.pop();
        if from > begin && !lines.is_empty() {
            lines.remove(0);
        }
        let commands = lines.into_iter().filter_map(|line| {
            let (number, command) = str::from_utf8(line).ok()?.split_once(' ')?;
            Some((MessageId(number.parse().ok()?), command.to_owned()))
        });
        let mut commands: Vec<_> = commands.collect();
        commands.drain(..commands.len().saturating_sub(MOST));
        Some(commands)
    }

    /// Adds a command. Nobody can be told if that fails: it is only forgotten.
    pub(super) fn add(&mut self, newest: MessageId, command: &str) {
        let is_line = !command.contains(['\n', '\0']) && command.len() <= LONGEST;
        if !is_line || self.last.as_deref() == Some(command) {
            return;
        }
        self.last = Some(command.to_owned());
        let line = format!("{} {command}\n", newest.0);
        let _ = self.append(line.as_bytes());
    }

    fn append(&self, line: &[u8]) -> std::io::Result<()> {
        let is_ours = self.lines().is_some();
        let is_large = fs::metadata(&self.path).is_ok_and(|found| found.len() > LARGEST);
        if !is_ours || is_large {
            return self.write_anew(line);
        }
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        file.write_all(line)
    }

    /// Writes the file whole, with what was in it, beside it first.
    fn write_anew(&self, line: &[u8]) -> std::io::Result<()> {
        let mut bytes = self.head.clone();
        for (number, command) in self.read() {
            bytes.extend_from_slice(format!("{} {command}\n", number.0).as_bytes());
        }
        bytes.extend_from_slice(line);
        if let Some(folder) = self.path.parent() {
            DraftFolder::make(folder)?;
        }
        let unfinished = self
            .path
            .with_extension(format!("{}", uuid::Uuid::new_v4()));
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)
            .and_then(|mut file| file.write_all(&bytes))
            .and_then(|()| fs::rename(&unfinished, &self.path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    fn file(folder: &Path, user: &str) -> CommandFile {
        let folder = DraftFolder::at(folder, Path::new("/a.db"));
        CommandFile::new(&folder, &UserName::new(user).unwrap())
    }

    fn commands(file: &CommandFile) -> Vec<String> {
        file.read()
            .into_iter()
            .map(|(_, command)| command)
            .collect()
    }

    #[test]
    fn commands_are_kept_for_their_user() {
        let folder = tempfile::tempdir().unwrap();
        let (mut alice, mut bob) = (file(folder.path(), "alice"), file(folder.path(), "bob"));
        assert_eq!(commands(&alice), [""; 0]);
        alice.add(MessageId(7), "/sessions");
        alice.add(MessageId(7), "/sessions");
        alice.add(MessageId(9), "/resume 你好");
        alice.add(MessageId(9), "/two\nlines");
        bob.add(MessageId(9), "/help");
        assert_eq!(
            file(folder.path(), "alice").read(),
            [
                (MessageId(7), "/sessions".into()),
                (MessageId(9), "/resume 你好".into())
            ]
        );
        assert_eq!(commands(&bob), ["/help"]);
        let mode = alice.path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_is_no_such_file_counts_as_none_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let mut alice = file(folder.path(), "alice");
        fs::create_dir_all(alice.path.parent().unwrap()).unwrap();
        fs::write(&alice.path, "something\n1 /else\n").unwrap();
        assert_eq!(commands(&alice), [""; 0]);
        alice.add(MessageId(1), "/help");
        assert_eq!(commands(&alice), ["/help"]);
    }

    #[test]
    fn a_large_file_is_written_anew_with_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let mut alice = file(folder.path(), "alice");
        alice.add(MessageId(1), "/first");
        let long = format!("2 /x {}\n", "y".repeat(1500));
        for _ in 0..800 {
            alice.append(long.as_bytes()).unwrap();
        }
        alice.add(MessageId(3), "/last");
        let kept = commands(&alice);
        assert_eq!(kept.last().map(String::as_str), Some("/last"));
        assert!(!kept.contains(&"/first".into()));
        assert!(fs::metadata(&alice.path).unwrap().len() < LARGEST);
    }
}
