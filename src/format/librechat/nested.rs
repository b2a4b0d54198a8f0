//! Messages that lie inside of each other, taken out without a step of recursion.
//!
//! A conversation of a hundred thousand messages is as deep: neither a stack nor a
//! parser's limit can bear it. So what is open is kept in a list of our own, and a parser
//! is asked for keys and for values in which no messages are.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::entries::{Entries, why};
use super::super::source::Broken;

/// A conversation with its messages taken out.
#[derive(Debug, Default)]
pub(super) struct Nested<'a> {
    pub fields: Entries<'a>,
    /// The messages in the order in which they begin.
    pub messages: Vec<Message<'a>>,
}

/// A message with those that lie in it taken out.
#[derive(Debug, Default)]
pub(super) struct Message<'a> {
    /// The place of the message in which it lies.
    pub parent: Option<usize>,
    /// False if it is a number or the like.
    pub is_object: bool,
    pub fields: Entries<'a>,
}

/// Something that was opened and is not closed yet.
#[derive(Clone, Copy)]
enum Open {
    Conversation,
    /// The message at that place.
    Message(usize),
    /// What lies in the message at that place, or the first messages.
    List(Option<usize>),
}

/// Takes the messages out of a conversation.
///
/// # Errors
/// It is no such object, or broken: the message in which the mistake is, and what it is.
pub(super) fn nested(json: &str) -> Result<Nested<'_>, Broken> {
    let mut found = Nested::default();
    let mut reading = Reading { json, at: 0 };
    let read = reading.conversation(&mut found);
    read.map(|()| found).map_err(|(number, why)| Broken {
        place: match number {
            0 => "the beginning".to_owned(),
            number => format!("conversation 1, message {number}"),
        },
        why,
    })
}

/// How far a conversation is read.
struct Reading<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Reading<'a> {
    /// Reads all of it. A mistake is told with the number of the message it is in, or 0.
    fn conversation(&mut self, found: &mut Nested<'a>) -> Result<(), (usize, String)> {
        if !self.passes(b'{') {
            return Err((0, "it is no conversation".to_owned()));
        }
        let mut open = vec![Open::Conversation];
        let mut has_messages = false;
        while let Some(&last) = open.last() {
            let read = match last {
                Open::List(parent) => self.element(parent, &mut open, found),
                Open::Conversation => {
                    let fields = &mut found.fields;
                    self.member("messages", Open::List(None), &mut open, fields)
                }
                Open::Message(place) => {
                    let fields = &mut found.messages[place].fields;
                    self.member("children", Open::List(Some(place)), &mut open, fields)
                }
            };
            read.map_err(|why| (found.messages.len(), why))?;
            has_messages |= matches!(open.last(), Some(Open::List(_)));
        }
        if !has_messages {
            let why = "it is no conversation: `messages` is not there";
            return Err((0, why.to_owned()));
        }
        if self.next_sign().is_some() {
            return Err((0, "something else follows the conversation".to_owned()));
        }
        Ok(())
    }

    /// Reads the next member of an object, or its end. The list of messages is opened.
    fn member(
        &mut self,
        messages: &str,
        list: Open,
        open: &mut Vec<Open>,
        fields: &mut Entries<'a>,
    ) -> Result<(), String> {
        if self.passes(b'}') {
            open.pop();
            // A message is always an element of a list, and a conversation of nothing.
            return match open.last() {
                Some(_) => self.goes_on(b']'),
                None => Ok(()),
            };
        }
        let key: String = self.value()?;
        if !self.passes(b':') {
            return Err("there is no colon behind a key".to_owned());
        }
        if key == messages && self.passes(b'[') {
            open.push(list);
            return Ok(());
        }
        let value: &RawValue = self.value()?;
        fields.of.push((key, value));
        self.goes_on(b'}')
    }

    /// Reads the beginning of the next message, or the end of the list.
    fn element(
        &mut self,
        parent: Option<usize>,
        open: &mut Vec<Open>,
        found: &mut Nested<'a>,
    ) -> Result<(), String> {
        if self.passes(b']') {
            open.pop();
            // A list is always a member of an object.
            return self.goes_on(b'}');
        }
        let is_object = self.passes(b'{');
        let fields = Entries::default();
        found.messages.push(Message {
            parent,
            is_object,
            fields,
        });
        if is_object {
            open.push(Open::Message(found.messages.len() - 1));
            return Ok(());
        }
        let _: &RawValue = self.value()?;
        self.goes_on(b']')
    }

    /// Makes sure that a comma or the end follows, and passes over the comma.
    fn goes_on(&mut self, end: u8) -> Result<(), String> {
        match self.next_sign() {
            Some(sign) if sign == end => Ok(()),
            Some(b',') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err("there is no comma between two values".to_owned()),
            None => Err("the file ends in the middle of it".to_owned()),
        }
    }

    /// Reads a key or a value without messages in it.
    fn value<T: Deserialize<'a>>(&mut self) -> Result<T, String> {
        let rest = self.json.get(self.at..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter();
        let value = values.next();
        self.at += values.byte_offset();
        match value {
            Some(value) => value.map_err(|error| why(&error)),
            None => Err("the file ends in the middle of it".to_owned()),
        }
    }

    fn passes(&mut self, sign: u8) -> bool {
        let is_next = self.next_sign() == Some(sign);
        self.at += usize::from(is_next);
        is_next
    }

    /// The next byte that is no white space, which is not passed over.
    fn next_sign(&mut self) -> Option<u8> {
        loop {
            match self.json.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }
}
