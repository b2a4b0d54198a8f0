//! `/context`: what a model will be sent, or was sent.

use super::context::Context;
use super::context_request::ContextRequest;
use super::instructions::CONTINUE;
use crate::chat::empty::Hint;
use crate::chat::listing::list_with;
use crate::chat::speakers::CurrentSession;
use crate::chat::{Chat, empty};
use crate::domain::{
    ContextPart, ContextSize, Error, Event, Flow, MessageId, OwnedSent, Result, Role, Scope,
    SessionId, SessionKey, Sink,
};
use crate::responder::Opened;
use crate::store::{Link, Place, Which};

/// Tells what the model will be sent with the next message of the current
/// session: the system prompt, then the messages.
pub(crate) fn show_context(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let context = next_context(chat, &session)?;
    let model = chat.model().to_owned();
    // What does not fit is told with the size.
    let hint = (context.left_out == 0).then_some(empty::CONTEXT);
    show(chat, &context, session.id, &model, hint, sink)
}

/// Tells what the model was sent when a message was written, whoever spoke there.
pub(crate) fn show_anybodys_context_at(
    chat: &mut Chat,
    id: MessageId,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut owner = None;
    (chat.log).message(id, &mut |message| owner = Some(message.user.clone()))?;
    let user = chat.user().clone();
    chat.speakers
        .switch_to(owner.unwrap_or_else(|| user.clone()));
    let told = show_context_at(chat, id, sink);
    chat.speakers.switch_to(user);
    told
}

/// Tells what the model was sent when a message of the current user was written.
///
/// For a reply it is exactly that. A question is part of what is shown; how
/// far back its context reached is recorded with the reply only, and estimated
/// here.
pub(crate) fn show_context_at(chat: &mut Chat, id: MessageId, sink: &mut dyn Sink) -> Result<()> {
    let mut found = None;
    chat.own_message(id, &mut |message| {
        found = Some((message.session, message.model.map(str::to_owned)));
    })?;
    let link = chat.log.link(id)?;
    let (Some((session, model)), Some(link)) = (found, link) else {
        return Err(Error::NoSuchMessage(id));
    };
    if link.role == Role::System && link.oldest.is_some() {
        return Err(Error::BadArgument {
            command: "/context".into(),
            why: format!("cannot go back to #{id}: it is a summary, which follows no question"),
            hint: format!("`/show #{id}` shows it; name a message of the conversation"),
        });
    }
    let writer = writer_of(chat, &link, model.as_deref())?;
    let window = match &writer {
        Some(writer) => Some(chat.windows.of(writer.responder.as_ref(), &mut chat.log)?),
        None => None,
    };
    let window = chat.answering.tokens_of(window);
    let model = match model {
        Some(model) => model,
        None => model_of(chat, link.session)?,
    };
    let configured = writer.as_ref().and_then(|writer| writer.system.as_deref());
    let sent = match chat.log.sent(id)? {
        Some(sent) => WhatWasSent::recorded(sent),
        None => WhatWasSent::told_by(&link, configured),
    };
    let place = Place {
        head: sent.last,
        base: None,
        floor: sent.floor,
    };
    let request = ContextRequest {
        user: chat.speakers.user(),
        place,
        system: sent.system,
        configured: sent.configured.as_deref(),
        question: None,
        window,
        reply: None,
        oldest: link.oldest,
    };
    let mut context = Context::read(request, &mut chat.log, &chat.answering.tokens)?;
    if link.role == Role::Ai && ends_with_reply(chat, sent.last)? {
        context.add_instruction(CONTINUE, &chat.answering.tokens);
    }
    show(chat, &context, session, &model, None, sink)
}

/// What a model was sent before a message was written.
struct WhatWasSent {
    /// The last message of it: a question, or a reply that was to be continued.
    last: Option<MessageId>,
    /// The summary that it began with.
    floor: Option<MessageId>,
    /// The session's system prompt.
    system: Option<MessageId>,
    /// The system prompt of the configuration.
    configured: Option<String>,
}

impl WhatWasSent {
    /// As the message's own row says.
    fn recorded(sent: OwnedSent) -> Self {
        Self {
            last: Some(sent.last),
            floor: sent.floor,
            system: sent.system,
            configured: sent.configured,
        }
    }

    /// As the message's place says. What the configuration says now is only told
    /// to follow a question: with a reply it is recorded.
    fn told_by(link: &Link, configured: Option<&str>) -> Self {
        let (is_reply, is_question) = (link.role == Role::Ai, link.role == Role::User);
        Self {
            last: if is_question {
                Some(link.id)
            } else {
                link.parent
            },
            floor: link.floor,
            system: link.system,
            configured: configured.filter(|_| !is_reply).map(str::to_owned),
        }
    }
}

/// Whether what was sent ends with a reply: the model was asked for the rest of it.
fn ends_with_reply(chat: &mut Chat, last: Option<MessageId>) -> Result<bool> {
    let last = match last {
        Some(last) => chat.log.link(last)?,
        None => None,
    };
    Ok(last.is_some_and(|last| last.role == Role::Ai))
}

/// How much the current context takes of what the model's window has room for beside
/// a reply, in percent: all of it if older messages are left out. None without a
/// session, or if the context cannot be read.
pub(crate) fn context_share(chat: &mut Chat) -> Option<usize> {
    let session = chat.speakers.session()?.clone();
    let context = next_context(chat, &session).ok()?;
    Some(if context.left_out > 0 {
        100
    } else {
        context.budget.percent()
    })
}

/// The context of the next message of the current session.
fn next_context(chat: &mut Chat, session: &CurrentSession) -> Result<Context> {
    let chosen = session.model.as_deref();
    chat.answering.open_to_show(chosen)?;
    let end = chat.log.end(session.key)?;
    let open = &chat.answering.open;
    let window = chat.windows.of(open.responder.as_ref(), &mut chat.log)?;
    let request = ContextRequest {
        user: chat.speakers.user(),
        place: end.place,
        system: end.system,
        configured: open.system.as_deref(),
        question: None,
        window: chat.answering.tokens_of(Some(window)),
        reply: open.responder.reply_tokens(),
        oldest: None,
    };
    Context::read(request, &mut chat.log, &chat.answering.tokens)
}

/// The name of what answers in a session of the current user.
fn model_of(chat: &mut Chat, session: SessionKey) -> Result<String> {
    let user = chat.speakers.user();
    let found = chat.log.find(user, Which::Key(session), 1)?.pop();
    let chosen = found.and_then(|found| found.model);
    Ok(chat.answering.name(chosen.as_deref()).to_owned())
}

/// The model that wrote a message of a session, as far as it can still be
/// found: the log keeps what the endpoint calls it.
fn writer_of(chat: &mut Chat, link: &Link, model: Option<&str>) -> Result<Option<Opened>> {
    let chosen = model_of(chat, link.session)?;
    let names = [Some(chosen.as_str()), model];
    let opened = names
        .into_iter()
        .flatten()
        .filter_map(|name| chat.answering.look_up(name).ok());
    let is_it = |opened: &Opened| model.is_none_or(|model| opened.responder.model() == model);
    Ok(opened.into_iter().find(is_it))
}

fn show(
    chat: &mut Chat,
    context: &Context,
    session: SessionId,
    model: &str,
    hint: Option<Hint>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let system = context.system.iter().map(|system| ContextPart {
        ids: system.id.as_slice(),
        session: system.session,
        role: Role::System,
        content: &system.content,
        tokens: system.tokens,
    });
    let messages = context.messages.iter().zip(&context.origins);
    let messages = messages.map(|(message, origin)| ContextPart {
        ids: &origin.ids,
        session: origin.session,
        role: message.role,
        content: &message.content,
        tokens: origin.tokens,
    });
    let mut parts = system.chain(messages);
    list_with(chat, Some(Scope::Session), hint, sink, &mut |chat, rows| {
        let is_full = |part| rows.emit(&Event::ContextRow(&part)) == Flow::Full;
        if parts.by_ref().any(is_full) {
            return Ok(true);
        }
        rows.emit_beside(&Event::Context(ContextSize {
            user: chat.user(),
            session,
            model,
            tokens: context.budget.taken,
            window: context.window,
            count: context.messages.len() as u64,
            left_out: context.left_out,
        }));
        Ok(false)
    })
}
