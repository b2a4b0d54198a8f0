//! A conversation of another program as it comes from its reader: with the names that it
//! and its messages have here.

use uuid::Uuid;

use crate::domain::{
    Draft, MESSAGE_LIMIT, ReplyDetails, Role, SessionId, SourceKey, Status, Timestamp, UserName,
    is_blank, preview_of, without_nul,
};
use crate::format::{Broken, Conversation, Found, LeftOut, Utterance};
use crate::store::ImportedMessage;

/// By which names of sessions are made out of those of other programs.
const NAMESPACE: Uuid = Uuid::from_u128(0x0d8b_63ab_7c35_4f0e_9a55_5f1e_52c8_30b4);

/// How much of a title is kept, on one line.
const TITLE_CHARACTERS: usize = 200;

/// So much is taken for what a message has beside its text, in bytes.
const BESIDE_TEXT: usize = 256;

/// What a reader has found.
pub(super) enum Arrived {
    Broken(Broken),
    Conversation(Box<Arrival>),
}

/// A conversation.
pub(super) struct Arrival {
    pub(super) conversation: Conversation,
    /// Its name here.
    pub(super) session: SessionId,
    /// For each of its messages by what it is known here.
    keys: Vec<SourceKey>,
}

/// Whose a conversation is to be, and where it comes from.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) user: &'a UserName,
    pub(super) form: &'static str,
}

impl Arrived {
    /// What was found, with its names.
    pub(super) fn of(whose: &Whose<'_>, found: Found) -> Self {
        let mut conversation = match found {
            Found::Broken(broken) => return Self::Broken(broken),
            Found::Conversation(conversation) => conversation,
        };
        let session = session_of(whose, &conversation.id);
        let title = conversation.title.take();
        let title = title.map(|title| preview_of(&without_nul(title), TITLE_CHARACTERS));
        conversation.title = title.filter(|title| !title.is_empty());
        let mut keys = Vec::with_capacity(conversation.messages.len());
        conversation.model = conversation
            .model
            .map(|model| without_nul(model).into_owned());
        for said in &mut conversation.messages {
            said.content = without_nul(std::mem::take(&mut said.content)).into_owned();
            for text in [
                &mut said.model,
                &mut said.reasoning,
                &mut said.finish_reason,
            ] {
                *text = text.take().map(|text| without_nul(text).into_owned());
            }
            keys.push(key_of(session, &said.id));
        }
        Self::Conversation(Box::new(Arrival {
            conversation,
            session,
            keys,
        }))
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Broken(_) => BESIDE_TEXT,
            Self::Conversation(arrival) => {
                let messages = arrival.conversation.messages.iter();
                let bytes = messages.map(|said| {
                    let reasoning = said.reasoning.as_ref().map_or(0, String::len);
                    said.content.len() + reasoning + BESIDE_TEXT
                });
                bytes.sum()
            }
        }
    }
}

impl Arrival {
    /// The times that its source tells: when it began, and of its messages.
    pub(super) fn times(&self) -> impl Iterator<Item = Timestamp> {
        let messages = self.conversation.messages.iter();
        let began = self.conversation.at.into_iter();
        began.chain(messages.filter_map(|said| said.at))
    }

    /// The messages that the log takes, and which of them ends the branch that is shown.
    /// What follows one that it does not take follows what that follows.
    pub(super) fn messages(
        &self,
        now: Timestamp,
        left_out: &mut LeftOut,
    ) -> (Vec<ImportedMessage<'_>>, Option<usize>) {
        let Self {
            conversation, keys, ..
        } = self;
        let mut taken: Vec<ImportedMessage<'_>> = Vec::with_capacity(keys.len());
        // For each one there, the one here that it is, or that stands in for it.
        let mut places: Vec<Option<usize>> = Vec::with_capacity(keys.len());
        let mut at = self.times().next().unwrap_or(now);
        for (said, key) in conversation.messages.iter().zip(keys) {
            let parent = said
                .parent
                .and_then(|parent| places.get(parent).copied().flatten());
            at = said.at.unwrap_or(at);
            let kind = if said.content.len() > MESSAGE_LIMIT {
                Some("messages over 16 MiB")
            } else if is_blank(&said.content) && said.reasoning.is_none() {
                Some("empty messages")
            } else {
                None
            };
            if let Some(kind) = kind {
                left_out.count(kind);
                places.push(parent);
                continue;
            }
            places.push(Some(taken.len()));
            taken.push(ImportedMessage {
                key: *key,
                parent,
                said_at: at,
                draft: draft_of(conversation, said, now),
            });
        }
        let current = conversation
            .current
            .and_then(|at| places.get(at).copied().flatten());
        (taken, current)
    }
}

fn draft_of<'a>(conversation: &'a Conversation, said: &'a Utterance, now: Timestamp) -> Draft<'a> {
    let model = said.model.as_deref().or(conversation.model.as_deref());
    Draft {
        model: model.filter(|_| said.role == Role::Ai),
        status: Status::Complete,
        usage: said.usage,
        details: ReplyDetails {
            finish_reason: said.finish_reason.as_deref(),
            reasoning: said.reasoning.as_deref(),
            citations: None,
        },
        ..Draft::new(said.role, &said.content, now)
    }
}

/// The name of a session here: the same for the same conversation of the same user.
fn session_of(whose: &Whose<'_>, id: &str) -> SessionId {
    let name = format!("{}\0{}\0{id}", whose.form, whose.user);
    SessionId::new(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// The key of a message of a session.
///
/// It begins as its session's id does, so that the keys of a conversation lie beside each
/// other in the store: at random places each would cost a page of its own.
fn key_of(session: SessionId, id: &str) -> SourceKey {
    let name = format!("{session}\0{id}");
    let mut key = Uuid::new_v5(&NAMESPACE, name.as_bytes()).into_bytes();
    key[..6].copy_from_slice(&session.as_bytes()[..6]);
    key
}
