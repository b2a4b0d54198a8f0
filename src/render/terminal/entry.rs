//! A message as an entry of a listing, and the heading above entries.

use colored::Colorize;

use super::super::mark::mark;
use super::super::phrases::put;
use super::super::time::Local;
use super::super::visible::push_body;
use super::citations::citations;
use super::name;
use crate::domain::{Message, Role};

/// What the further lines of a message begin with: the width of time, id and role.
const MESSAGE_INDENT: &str = "                       ";

/// Writes the session and the day of the entries below.
pub(super) fn heading(message: &Message<'_>, day: &str, out: &mut Vec<u8>) {
    let whose = name::session(message.user, message.session);
    put!(out, "{whose}  {}\n", day.dimmed());
}

pub(super) fn entry(message: &Message<'_>, local: &Local, out: &mut Vec<u8>) {
    let clock = local.clock(message.created_at);
    let id = format!("#{}", message.id);
    let id = format!("{id:>5}");
    let role = format!("{:<5} ", message.role.word());
    let role = match message.role {
        Role::User => role.bold(),
        Role::Ai => role.normal(),
        Role::System => role.italic(),
    };
    put!(out, "  {} {} {role}", clock.dimmed(), id.dimmed());
    push_body(out, message.content, MESSAGE_INDENT);
    if let Some(mark) = mark(message) {
        let space = if message.content.is_empty() { "" } else { " " };
        let mark = format!("{space}[{mark}]");
        put!(out, "{}", mark.dimmed());
    }
    out.push(b'\n');
    citations(message, MESSAGE_INDENT, out);
}
