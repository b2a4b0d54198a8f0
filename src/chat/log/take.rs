//! `/copy` and `/code`: the texts that a person takes out of the program.

use crate::chat::Chat;
use crate::domain::{Flow, Message, MessageId, Result, Role, TakeFault, TakenText};
use crate::transcript::code_blocks;

/// The last reply of the current context that has any text.
pub(crate) fn last_reply(chat: &mut Chat) -> Result<TakenText> {
    let session = chat.speakers.current()?;
    let place = chat.log.end(session.key)?.place;
    let first_kept = chat.log.first_kept(place.floor)?;
    let user = chat.speakers.user();
    let mut found = None;
    chat.log.context(place.head, &mut |message| {
        let is_below = first_kept.is_some_and(|first| message.id < first);
        // Another program may have put somebody else's there.
        if is_below || message.user != user {
            return Flow::Full;
        }
        if message.role != Role::Ai || message.is_unanswered() {
            return Flow::More;
        }
        found = Some(whole(message));
        Flow::Full
    })?;
    found.ok_or_else(|| TakeFault::NoReply.into())
}

/// A message of the current user.
pub(crate) fn text_of(chat: &mut Chat, id: MessageId) -> Result<TakenText> {
    let mut found = None;
    chat.own_message(id, &mut |message| found = Some(whole(message)))?;
    found.ok_or_else(|| TakeFault::Empty(id).into())
}

fn whole(message: &Message<'_>) -> TakenText {
    TakenText {
        message: message.id,
        number: None,
        language: None,
        content: message.content.to_owned(),
    }
}

/// The blocks of code of the last reply.
pub(crate) struct ReplyCode {
    pub(crate) message: MessageId,
    pub(crate) blocks: Vec<TakenText>,
}

impl ReplyCode {
    /// Those of the last reply.
    pub(crate) fn last(chat: &mut Chat) -> Result<Self> {
        let reply = last_reply(chat)?;
        let message = reply.message;
        let blocks = code_blocks(&reply.content).into_iter();
        let blocks = blocks.zip(1..).map(|(block, number)| TakenText {
            message,
            number: Some(number),
            language: block.language,
            content: block.text,
        });
        Ok(Self {
            message,
            blocks: blocks.collect(),
        })
    }

    /// The block of that number.
    pub(crate) fn block(mut self, number: usize) -> Result<TakenText> {
        let count = self.blocks.len();
        if count == 0 {
            return Err(TakeFault::NoCode(self.message).into());
        }
        if (1..=count).contains(&number) {
            return Ok(self.blocks.swap_remove(number - 1));
        }
        Err(TakeFault::NoSuchBlock(self.message, count, number).into())
    }

    /// The last block.
    pub(crate) fn last_block(mut self) -> Result<TakenText> {
        let last = self.blocks.pop();
        last.ok_or_else(|| TakeFault::NoCode(self.message).into())
    }

    /// The only block.
    pub(crate) fn only_block(self) -> Result<TakenText> {
        match self.blocks.len() {
            0 | 1 => self.last_block(),
            count => Err(TakeFault::SeveralBlocks(self.message, count).into()),
        }
    }
}
