//! Events of sessions: which is current, what it is called, who answers in it.

use super::super::phrases::STARTED;
use super::super::time::Utc;
use super::object::Object;
use crate::domain::{
    CurrentModel, CurrentUser, Granted, Info, SessionArchive, SessionFork, SessionRename,
    SessionResume, SessionStart, UserName,
};

pub(super) fn user(object: Object<'_>, it: &CurrentUser<'_>) {
    object
        .whose(it.user, it.session)
        .field("known", it.known)
        .end();
}

pub(super) fn start(object: Object<'_>, it: &SessionStart<'_>) {
    object
        .whose(it.user, it.session)
        .field("title", it.title)
        .field("persona", it.persona)
        .field("message", STARTED)
        .end();
}

pub(super) fn resume(object: Object<'_>, it: &SessionResume<'_>, utc: &mut Utc) {
    object
        .whose(it.user, it.session)
        .field("title", it.title)
        .field("count", it.count)
        .field("context", it.context)
        .field("last_at", utc.format(it.last_at))
        .end();
}

pub(super) fn fork(object: Object<'_>, it: &SessionFork<'_>) {
    object
        .whose(it.user, it.session)
        .text("from_session_id", it.origin)
        .place("at_id", it.at)
        .field("title", it.title)
        .field("count", it.count)
        .field("from_title", it.origin_title)
        .end();
}

pub(super) fn rename(object: Object<'_>, it: &SessionRename<'_>) {
    object
        .whose(it.user, it.session)
        .field("title", it.title)
        .field("previous_title", it.previous)
        .end();
}

pub(super) fn archive(object: Object<'_>, it: &SessionArchive<'_>) {
    object
        .whose(it.user, it.session)
        .field("title", it.title)
        .field("archived", it.archived)
        .end();
}

pub(super) fn model(object: Object<'_>, it: &CurrentModel<'_>) {
    object
        .whose(it.user, it.session)
        .field("model", it.model)
        .field("previous", it.previous)
        .end();
}

pub(super) fn info(object: Object<'_>, it: &Info<'_>) {
    object
        .whose(it.user, it.session)
        .field("title", it.title)
        .field("persona", it.persona)
        .field("model", it.model)
        .field("endpoint", it.endpoint)
        .field("window", it.window)
        .field("store", it.store)
        .field("engine", it.engine)
        .field("schema", it.schema)
        .field("configuration", it.configuration)
        .field("version", it.version)
        .end();
}

pub(super) fn granted(object: Object<'_>, it: &Granted) {
    object
        .field("role", &it.role)
        .field("as_user", it.user.as_ref().map(UserName::as_str))
        .field("reads_only", it.reads)
        .end();
}
