//! The first words of a server: who answers.
//!
//! A server names the process that serves a connection (PostgreSQL's manual, "Message
//! Formats", `BackendKeyData`). Asked later, it names it again; where the two differ, a
//! pooler stands between, which lends one process to many. What one of those prepares under
//! a name, another one may then be given under the same name.

/// How many bytes are kept of a message that is read along.
const KEPT: usize = 9;

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    /// The beginning of the message that is being read: its kind, its length, its content.
    message: Vec<u8>,
    /// How many bytes of it are still to come.
    left: usize,
    process: Option<i32>,
    is_over: bool,
}

impl Greeting {
    /// The process that the server has named.
    pub(super) fn process(&self) -> Option<i32> {
        self.process
    }

    /// Reads more of it. Behind the greeting nothing is looked at.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !self.is_over && !bytes.is_empty() {
            if self.message.len() < 5 {
                let (head, rest) = bytes.split_at(bytes.len().min(5 - self.message.len()));
                self.message.extend(head);
                bytes = rest;
                if self.message.len() == 5 {
                    // The length counts itself, and not the kind.
                    let length = self.number(1).unwrap_or(0);
                    self.left = usize::try_from(length).unwrap_or(0).saturating_sub(4);
                    self.end_if_whole();
                }
                continue;
            }
            let (more, rest) = bytes.split_at(bytes.len().min(self.left));
            let room = KEPT.saturating_sub(self.message.len()).min(more.len());
            self.message.extend(&more[..room]);
            self.left -= more.len();
            bytes = rest;
            self.end_if_whole();
        }
    }

    fn end_if_whole(&mut self) {
        if self.left > 0 {
            return;
        }
        match self.message.first() {
            Some(b'K') => self.process = self.number(5),
            // Ready for questions.
            Some(b'Z') => self.is_over = true,
            _ => {}
        }
        self.message.clear();
    }

    fn number(&self, at: usize) -> Option<i32> {
        let bytes = self.message.get(at..at + 4)?;
        bytes.try_into().ok().map(i32::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of this kind and content.
    fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 4).unwrap();
        [&[kind], &length.to_be_bytes()[..], content].concat()
    }

    #[test]
    fn the_process_is_found_however_the_words_are_cut() {
        let mut words = message(b'R', &[0; 4]);
        words.extend(message(b'S', b"server_version\x0015.1\0"));
        words.extend(message(b'K', &[0, 0, 1, 2, 9, 9, 9, 9]));
        words.extend(message(b'Z', b"I"));
        // Behind the greeting nothing counts.
        words.extend(message(b'K', &[7; 8]));
        for size in 1..=words.len() {
            let mut greeting = Greeting::default();
            words.chunks(size).for_each(|chunk| greeting.read(chunk));
            assert_eq!(greeting.process(), Some(258), "{size}");
        }
    }
}
