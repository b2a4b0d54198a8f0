//! A list of conversations, which most programs write: one after the other.

use std::io::Read;
use std::ops::ControlFlow;

use super::conversation::Conversation;
use super::elements::Elements;
use super::mended::mended;
use super::source::{Broken, Fault, Found, Visit};
use crate::domain::{QUOTED_CHARACTERS, preview_of};

/// What was made of one element of a list.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Its title, also if nothing else of it can be read.
    pub title: Option<String>,
    /// Its messages that could not be read, by their number from 1, and why.
    pub broken: Vec<(usize, String)>,
}

/// Makes a conversation of an element's JSON, or tells why it is none.
pub(super) type ReadOne<'a> = dyn Fn(&str, &mut Record) -> Result<Conversation, String> + 'a;

/// Reads the conversations of a list, with one of them in memory at a time. What cannot
/// be read is told by its place, and the next one is read.
pub(super) fn read_list(
    source: &mut dyn Read,
    visit: &mut Visit<'_>,
    read_one: &ReadOne<'_>,
) -> Result<(), Fault> {
    let mut elements = Elements::new(source);
    let mut number = 0;
    while let Some(element) = elements.next("conversations")? {
        number += 1;
        let told = match element {
            Ok(element) => tell(&mended(element), number, visit, read_one),
            Err(why) => {
                let place = format!("conversation {number}");
                visit(Found::Broken(Broken { place, why }))
            }
        };
        if told.is_break() {
            break;
        }
    }
    Ok(())
}

/// Tells what one conversation is, and then what of it is broken.
fn tell(
    json: &str,
    number: usize,
    visit: &mut Visit<'_>,
    read_one: &ReadOne<'_>,
) -> ControlFlow<()> {
    let mut record = Record::default();
    let conversation = read_one(json, &mut record);
    let title = record.title.as_deref().unwrap_or_default();
    let title = preview_of(title, QUOTED_CHARACTERS);
    let place = match title.as_str() {
        "" => format!("conversation {number}"),
        title => format!("conversation {number} “{title}”"),
    };
    match conversation {
        Ok(conversation) => visit(Found::Conversation(conversation))?,
        Err(why) => {
            let place = place.clone();
            visit(Found::Broken(Broken { place, why }))?;
        }
    }
    for (message, why) in record.broken {
        let place = format!("{place}, message {message}");
        visit(Found::Broken(Broken { place, why }))?;
    }
    ControlFlow::Continue(())
}
