//! An answer of which nothing is lost that came before its damage.

use std::io::{self, Read};

/// How much is read at once: no less than what unpacking holds back, 32 KiB.
const READ_BYTES: usize = 32 * 1024;

/// What the buffer is filled with before it is read into. No text has this byte in it;
/// of anything else that ends in it, only so much is lost.
const MARK: u8 = 0xff;

/// Reads a stream, and what came with its damage before that.
///
/// Who takes chunks apart, or unpacks, writes into the buffer until there is something
/// wrong, and then tells that and not how much was written. It is seen from the marks
/// that are left.
pub(super) struct Salvaged<R> {
    stream: R,
    /// What is told next.
    damage: Option<io::Error>,
}

impl<R: Read> Salvaged<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            stream,
            damage: None,
        }
    }
}

impl<R: Read> Read for Salvaged<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        let (buffer, _) = buffer.split_at_mut(buffer.len().min(READ_BYTES));
        buffer.fill(MARK);
        let error = match self.stream.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => error,
            read => return read,
        };
        match buffer.iter().rposition(|byte| *byte != MARK) {
            Some(last) => {
                self.damage = Some(error);
                Ok(last + 1)
            }
            None => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a text and tells that something is wrong.
    struct Broken(&'static str);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            for (place, byte) in buffer.iter_mut().zip(self.0.bytes()) {
                *place = byte;
            }
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    #[test]
    fn what_was_written_comes_before_what_is_wrong() {
        let mut buffer = [0; 8];
        let mut stream = Salvaged::new(Broken("é\0"));
        assert_eq!(stream.read(&mut buffer).unwrap(), 3);
        assert_eq!(&buffer[..3], "é\0".as_bytes());
        let error = stream.read(&mut buffer).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(Salvaged::new(Broken("")).read(&mut buffer).is_err());
        let mut whole = Vec::new();
        Salvaged::new(&b"a\xff"[..])
            .read_to_end(&mut whole)
            .unwrap();
        assert_eq!(whole, b"a\xff");
    }
}
