//! Standard input as one text: what was piped beside a question, or is the question.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat};

use super::patient;
use super::typist::Typist;
use crate::domain::Error;
use crate::transcript::WholeText;

/// How much is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Standard input, which is said whole if it is said at all.
pub(crate) struct Piped {
    source: Source,
    /// How long a wait for its end is silent.
    patience: Duration,
}

/// Where it comes from.
enum Source {
    Stdin(io::Stdin),
    /// A person types it.
    Typist(Box<RefCell<Typist>>),
}

impl Piped {
    /// Reads nothing yet.
    pub(crate) fn new(stdin: io::Stdin, patience: Duration) -> Self {
        Self {
            source: Source::Stdin(stdin),
            patience,
        }
    }

    /// What a person types at the terminal, up to Ctrl-D.
    pub(crate) fn typed(typist: Typist) -> Self {
        Self {
            source: Source::Typist(Box::new(RefCell::new(typist))),
            patience: Duration::MAX,
        }
    }

    /// Whether somebody gave the program something to read: a pipe, a socket or a
    /// regular file. A terminal, `/dev/null` and a closed standard input are nothing.
    pub(super) fn is_there(&self) -> bool {
        match &self.source {
            Source::Stdin(stdin) => is_given(stdin.as_fd()),
            Source::Typist(_) => false,
        }
    }

    /// Whether a person types it.
    pub(super) fn is_typed(&self) -> bool {
        matches!(self.source, Source::Typist(_))
    }

    /// Reads to the end, at most `limit` bytes. If that takes longer than people
    /// are patient, `tell` is called once.
    ///
    /// # Errors
    /// [`Error::Piped`] as soon as it is known to be no text, or too long;
    /// [`Error::Input`].
    pub(super) fn read(&self, limit: usize, tell: impl FnOnce()) -> Result<String, Error> {
        match &self.source {
            Source::Stdin(stdin) => read(stdin.as_fd(), limit, self.patience, tell),
            Source::Typist(typist) => read_typed(&mut typist.borrow_mut(), limit),
        }
    }
}

/// Only Ctrl-D ends it: nothing is said if the terminal goes away.
fn read_typed(typist: &mut Typist, limit: usize) -> Result<String, Error> {
    let mut text = WholeText::new(limit);
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match typist.read(&mut buffer) {
            Ok(0) => return text.end().map_err(Error::Piped),
            Ok(count) => text.push(&buffer[..count]).map_err(Error::Piped)?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Input(error)),
        }
    }
}

fn is_given(fd: BorrowedFd<'_>) -> bool {
    let is_readable = fcntl_getfl(fd).is_ok_and(|flags| flags & OFlags::ACCMODE != OFlags::WRONLY);
    is_readable
        && fstat(fd).is_ok_and(|status| {
            matches!(
                FileType::from_raw_mode(status.st_mode),
                FileType::Fifo | FileType::Socket | FileType::RegularFile
            )
        })
}

fn read(
    fd: BorrowedFd<'_>,
    limit: usize,
    patience: Duration,
    tell: impl FnOnce(),
) -> Result<String, Error> {
    let since = Instant::now();
    let mut tell = Some(tell);
    let mut text = WholeText::new(limit);
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let left = tell
            .is_some()
            .then(|| patience.saturating_sub(since.elapsed()));
        let ready = patient::wait([fd], left).map_err(Error::Input)?;
        if since.elapsed() >= patience
            && let Some(tell) = tell.take()
        {
            tell();
        }
        if !ready {
            continue;
        }
        match rustix::io::read(fd, &mut buffer).map_err(io::Error::from) {
            Ok(0) => return text.end().map_err(Error::Piped),
            Ok(count) => text.push(&buffer[..count]).map_err(Error::Piped)?,
            // Another program may have left it without blocking.
            Err(error)
                if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Err(error) => return Err(Error::Input(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs::File;
    use std::io::Write;

    use super::*;
    use crate::domain::TextError;
    use crate::shell::typist::tests::hung_up;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn pipes_sockets_and_files_are_given_and_nothing_else_is() {
        let (pipe, _writer) = io::pipe().unwrap();
        let (socket, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
        let file = tempfile::tempfile().unwrap();
        assert!(is_given(pipe.as_fd()) && is_given(socket.as_fd()) && is_given(file.as_fd()));
        let named = tempfile::NamedTempFile::new().unwrap();
        let write_only = File::options().append(true).open(named.path()).unwrap();
        assert!(!is_given(write_only.as_fd()));
        for path in ["/dev/null", "/dev/zero", "/"] {
            assert!(!is_given(File::open(path).unwrap().as_fd()), "{path}");
        }
    }

    #[test]
    fn what_is_typed_ends_by_ctrl_d_and_not_because_the_terminal_is_gone() {
        let text = read_typed(&mut hung_up("one\ntwo\n\x04"), 100).unwrap();
        assert_eq!(text, "one\ntwo\n");
        for keys in ["one\ntwo\n", "one\ntwo"] {
            let refused = read_typed(&mut hung_up(keys), 100).unwrap_err();
            assert!(matches!(refused, Error::Input(_)), "{refused}");
        }
    }

    #[test]
    fn nothing_is_told_of_what_ends_at_once() {
        let (pipe, mut writer) = io::pipe().unwrap();
        writer.write_all("a\r\né\n".as_bytes()).unwrap();
        drop(writer);
        let text = read(pipe.as_fd(), 100, HOUR, || panic!("it is not waited for")).unwrap();
        assert_eq!(text, "a\r\né\n");
    }

    #[test]
    fn a_wait_is_told_once_and_the_text_is_whole() {
        // Another program may have left the pipe without blocking.
        for without_blocking in [false, true] {
            let (pipe, writer) = io::pipe().unwrap();
            rustix::io::ioctl_fionbio(&pipe, without_blocking).unwrap();
            let (told, writer) = (Cell::new(0), Cell::new(Some(writer)));
            let tell = || {
                told.set(told.get() + 1);
                // The end comes because the wait was told.
                let mut writer = writer.take().unwrap();
                writer.write_all(b"late").unwrap();
            };
            let text = read(pipe.as_fd(), 100, Duration::from_millis(1), tell).unwrap();
            assert_eq!((text.as_str(), told.get()), ("late", 1));
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused_before_its_end() {
        for (bytes, error) in [
            (&b"a\xffb"[..], TextError::InvalidUtf8(2)),
            (b"a\0", TextError::NulByte(2)),
            (b"12345", TextError::TooLong),
        ] {
            let (pipe, mut writer) = io::pipe().unwrap();
            writer.write_all(bytes).unwrap();
            // The writer stays: there is no end to wait for.
            let refused = read(pipe.as_fd(), 4, HOUR, || {}).unwrap_err();
            assert!(
                matches!(refused, Error::Piped(found) if found == error),
                "{refused}"
            );
        }
    }
}
