//! The elements of a JSON list, cut out of a source one at a time and not looked into.
//!
//! A list of conversations may be one line of gigabytes. Only where an element begins
//! and ends is found here, by quotation marks and brackets, so that a mistake inside of
//! one costs that one only, and no depth of nesting costs stack.

use std::io::{self, Read};

use super::json::RECORD_LIMIT;
use super::source::{Broken, Fault};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// How deep lists and objects may be nested: nothing that is deeper is read as JSON.
const DEEPEST: usize = 1024 * 1024;

/// The bytes of an element, or why they are not at hand.
pub(super) type Element<'e> = Result<&'e [u8], String>;

/// Cuts the elements out.
pub(super) struct Elements<'a> {
    source: &'a mut dyn Read,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// How many elements were found.
    count: usize,
    element: Vec<u8>,
    /// The element is longer than [`RECORD_LIMIT`], and only its beginning is kept.
    is_too_long: bool,
    form: Form,
}

/// How far the reading has come, and where the list stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Unread,
    /// The list is all there is.
    Bare,
    /// The list is a member of an object.
    Wrapped,
    Ended,
}

impl<'a> Elements<'a> {
    pub(super) fn new(source: &'a mut dyn Read) -> Self {
        Self {
            source,
            buffer: vec![0; CHUNK],
            at: 0,
            end: 0,
            count: 0,
            element: Vec::new(),
            is_too_long: false,
            form: Form::Unread,
        }
    }

    /// The next element, or that it was too long to be kept; `None` behind the last one. The list is the whole source, or the
    /// member `wrapper` of the object that the source is.
    ///
    /// # Errors
    /// The source cannot be read, is no such list, or is none from here on.
    pub(super) fn next(&mut self, wrapper: &str) -> Result<Option<Element<'_>>, Fault> {
        match self.form {
            Form::Unread => self.begin(wrapper)?,
            Form::Ended => return Ok(None),
            Form::Bare | Form::Wrapped => {}
        }
        let is_first = self.count == 0;
        let next = self.next_sign()?;
        if next == Some(b']') {
            self.at += 1;
            return self.finish().map(|()| None);
        }
        self.count += 1;
        if !is_first {
            match next {
                Some(b',') => self.at += 1,
                None => return Err(self.broken("the file ends before the list does")),
                Some(_) => return Err(self.broken("there is no comma before it")),
            }
            self.next_sign()?;
        }
        self.element.clear();
        if !self.value(true)? {
            return Err(self.broken("the file ends in the middle of it"));
        }
        if self.element.is_empty() {
            return Err(self.broken("there is nothing in its place"));
        }
        Ok(Some(if self.is_too_long {
            Err(format!("it is longer than {RECORD_LIMIT} bytes"))
        } else {
            Ok(&self.element)
        }))
    }

    /// Goes to the first element.
    fn begin(&mut self, wrapper: &str) -> Result<(), Fault> {
        for mark in [0xEF, 0xBB, 0xBF] {
            if self.peek()? != Some(mark) {
                break;
            }
            self.at += 1;
        }
        let no_list = || {
            Fault::Broken(Broken {
                place: "the beginning".to_owned(),
                why: "it is no list of conversations".to_owned(),
            })
        };
        match self.next_sign()? {
            Some(b'[') => {
                self.at += 1;
                self.form = Form::Bare;
                return Ok(());
            }
            Some(b'{') => self.at += 1,
            _ => return Err(no_list()),
        }
        loop {
            if self.next_sign()? != Some(b'"') {
                return Err(no_list());
            }
            self.element.clear();
            self.value(true)?;
            if self.next_sign()? != Some(b':') {
                return Err(no_list());
            }
            self.at += 1;
            let is_list = self.next_sign()? == Some(b'[');
            if is_list && self.element == format!("\"{wrapper}\"").as_bytes() {
                self.at += 1;
                self.form = Form::Wrapped;
                return Ok(());
            }
            self.value(false)?;
            match self.next_sign()? {
                Some(b',') => self.at += 1,
                _ => return Err(no_list()),
            }
        }
    }

    /// Makes sure that nothing follows a list that is all there is.
    fn finish(&mut self) -> Result<(), Fault> {
        let is_bare = self.form == Form::Bare;
        self.form = Form::Ended;
        if is_bare && self.next_sign()?.is_some() {
            self.count += 1;
            return Err(self.broken("something else follows the list"));
        }
        Ok(())
    }

    fn broken(&self, why: &str) -> Fault {
        Fault::Broken(Broken {
            place: match self.count {
                0 => "the beginning".to_owned(),
                number => format!("conversation {number}"),
            },
            why: why.to_owned(),
        })
    }

    /// Goes to the end of the value that begins here; false if the source ends first.
    fn value(&mut self, is_kept: bool) -> Result<bool, Fault> {
        let mut scan = Scan::default();
        self.is_too_long = false;
        loop {
            if self.peek()?.is_none() {
                return Ok(false);
            }
            let rest = &self.buffer[self.at..self.end];
            let (used, is_whole) = match scan.step(rest) {
                Step::More => (rest.len(), false),
                Step::Whole(used) => (used, true),
                Step::Mismatch => return Err(self.broken("its brackets do not match")),
                Step::TooDeep => return Err(self.broken("its brackets are nested too deep")),
            };
            self.is_too_long |= self.element.len() + used > RECORD_LIMIT;
            if is_kept && !self.is_too_long {
                self.element.extend_from_slice(&rest[..used]);
            }
            self.at += used;
            if is_whole {
                return Ok(true);
            }
        }
    }

    /// The next byte that is no white space, which is not passed over.
    fn next_sign(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return Ok(other),
            }
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        while self.at == self.end {
            match self.source.read(&mut self.buffer) {
                Ok(0) => return Ok(None),
                Ok(count) => (self.at, self.end) = (0, count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(self.buffer[self.at]))
    }
}

/// Finds the end of a value, however the value is cut into pieces.
#[derive(Default)]
struct Scan {
    /// What closes the open lists and objects, the outermost first.
    closing: Vec<u8>,
    is_text: bool,
    is_escaped: bool,
}

enum Step {
    /// The value goes on behind the piece.
    More,
    /// It ends before this place of the piece.
    Whole(usize),
    /// What is closed is not what was opened.
    Mismatch,
    TooDeep,
}

impl Scan {
    fn step(&mut self, piece: &[u8]) -> Step {
        let mut at = 0;
        while let Some(&byte) = piece.get(at) {
            if self.is_escaped {
                self.is_escaped = false;
                at += 1;
                continue;
            }
            if self.is_text {
                let Some(length) = memchr::memchr2(b'"', b'\\', &piece[at..]) else {
                    return Step::More;
                };
                at += length + 1;
                if piece[at - 1] == b'\\' {
                    self.is_escaped = true;
                    continue;
                }
                self.is_text = false;
                if self.closing.is_empty() {
                    return Step::Whole(at);
                }
                continue;
            }
            match byte {
                b'"' => self.is_text = true,
                b'{' | b'[' if self.closing.len() == DEEPEST => return Step::TooDeep,
                b'{' => self.closing.push(b'}'),
                b'[' => self.closing.push(b']'),
                // A number or a word ends where something else begins.
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r'
                    if self.closing.is_empty() =>
                {
                    return Step::Whole(at);
                }
                b'}' | b']' => {
                    if self.closing.pop() != Some(byte) {
                        return Step::Mismatch;
                    }
                    if self.closing.is_empty() {
                        return Step::Whole(at + 1);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Step::More
    }
}

#[cfg(test)]
mod tests;
