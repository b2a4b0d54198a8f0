//! Events of contexts: how they change, how large they are, what a reply took.

use super::super::phrases::{cleared, percent};
use super::object::Object;
use crate::domain::{ContextClear, ContextSize, ReplyCost, SessionMove, SystemPrompt};

pub(super) fn system(object: Object<'_>, it: &SystemPrompt<'_>) {
    object
        .whose(it.user, it.session)
        .place("id", it.id)
        .field("content", it.content)
        .field("changed", it.changed)
        .field("previous", it.previous)
        .end();
}

pub(super) fn moved(object: Object<'_>, it: &SessionMove<'_>) {
    object
        .whose(it.user, it.session)
        .step(it.moved)
        .field("unasked", it.unasked)
        .end();
}

pub(super) fn clear(object: Object<'_>, it: &ContextClear<'_>) {
    object
        .whose(it.user, it.session)
        .field("count", it.count)
        .field("gone", it.moved.map_or(0, |moved| moved.gone))
        .messages(it.moved)
        .field("message", cleared(it.session))
        .end();
}

pub(super) fn size(object: Object<'_>, it: &ContextSize<'_>) {
    object
        .whose(it.user, it.session)
        .field("model", it.model)
        .field("tokens", it.tokens)
        .field("window", it.window)
        .field("percent", percent(it.tokens, it.window))
        .field("count", it.count)
        .field("left_out", it.left_out)
        .end();
}

pub(super) fn cost(object: Object<'_>, it: &ReplyCost) {
    object
        .field("prompt_tokens", it.usage.map(|usage| usage.prompt))
        .field("reply_tokens", it.usage.map(|usage| usage.reply))
        .field("milliseconds", it.milliseconds)
        .end();
}
