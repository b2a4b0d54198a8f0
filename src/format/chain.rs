//! Messages of which each follows the one before it, as programs write them that know
//! no branches.

use uuid::Uuid;

use super::conversation::{Conversation, LeftOut, Utterance};
use crate::domain::is_blank;

/// The space of the names that are made here. It is fixed for good: with another one
/// everything would be imported a second time.
const NAMES: Uuid = Uuid::from_u128(0x6f1e_9d5c_3b0a_4e7d_9c42_51a8_0d7e_b3f6);

/// Adds a message behind the last one, unless it has no text: then that is counted, and
/// its thoughts with it.
pub(super) fn push(conversation: &mut Conversation, mut message: Utterance) {
    if is_left_out(&message, &mut conversation.left_out) {
        return;
    }
    message.parent = conversation.messages.len().checked_sub(1);
    conversation.messages.push(message);
}

/// Whether a message has no text; then it is counted.
pub(super) fn is_left_out(message: &Utterance, left_out: &mut LeftOut) -> bool {
    let is_left_out = is_blank(&message.content);
    if is_left_out {
        left_out.count("messages without text");
        if message.reasoning.is_some() {
            left_out.count("thoughts without a reply");
        }
    }
    is_left_out
}

/// Counts so many of a kind.
pub(super) fn count(left_out: &mut LeftOut, kind: &'static str, times: u64) {
    (0..times).for_each(|_| left_out.count(kind));
}

/// A name for a conversation that has none, made of who says what in it.
pub(super) fn digest(messages: &[Utterance]) -> String {
    let mut said = Vec::new();
    for message in messages {
        // With its length no text can be taken for two.
        let (role, length) = (message.role.word(), message.content.len());
        said.extend_from_slice(format!("{role} {length}\n{}\n", message.content).as_bytes());
    }
    Uuid::new_v5(&NAMES, &said).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    #[test]
    fn a_digest_depends_on_who_says_what() {
        let of = |said: &[(Role, &str)]| {
            let messages: Vec<_> = (said.iter())
                .map(|(role, text)| Utterance::new("1", *role, *text))
                .collect();
            digest(&messages)
        };
        let hello = of(&[(Role::User, "hi"), (Role::Ai, "hello")]);
        assert_eq!(hello, "9d5f72b5-411d-5a17-9308-bb351b9f3777");
        assert_ne!(hello, of(&[(Role::User, "hi"), (Role::User, "hello")]));
        assert_ne!(hello, of(&[(Role::User, "hi\nai 5\nhello")]));
    }

    #[test]
    fn what_has_no_text_is_counted() {
        let mut conversation = Conversation::default();
        push(&mut conversation, Utterance::new("1", Role::User, "hi"));
        let mut silent = Utterance::new("2", Role::Ai, " \n");
        silent.reasoning = Some("hm".into());
        push(&mut conversation, silent);
        push(&mut conversation, Utterance::new("3", Role::Ai, "hello"));
        assert_eq!(conversation.messages[1].parent, Some(0));
        let left_out: Vec<_> = conversation.left_out.kinds().collect();
        let expected = [
            ("messages without text", 1),
            ("thoughts without a reply", 1),
        ];
        assert_eq!(left_out, expected);
    }
}
