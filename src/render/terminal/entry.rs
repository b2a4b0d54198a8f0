//! A message as an entry of a listing.

use colored::Colorize;

use super::super::time::Local;
use super::super::visible::push_body;
use super::super::words::put;
use super::{GLANCE, Heading, Terminal, name};
use crate::domain::{Message, Role, Status, first_words};

/// What the further lines of a message begin with: the width of time, id and role.
const INDENT: &str = "                       ";

impl Terminal {
    /// One entry, under a heading that changes with session and day.
    pub(super) fn entry(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let local = self.local.get_or_insert_with(Local::system);
        let clock = local.clock(message.created_at);
        let day = local.date(message.created_at);
        let session = message.session;
        if !matches!(&self.heading, Some(Heading::Day(at, on)) if *at == session && *on == day) {
            let whose = name::session(message.user, session);
            put!(out, "{whose}  {}\n", day.dimmed());
            self.heading = Some(Heading::Day(session, day));
        }
        let id = format!("#{}", message.id);
        let id = format!("{id:>5}");
        let role = format!("{:<5} ", message.role.word());
        let role = match message.role {
            Role::User => role.bold(),
            Role::Ai => role.normal(),
            Role::System => role.italic(),
        };
        put!(out, "  {} {} {role}", clock.dimmed(), id.dimmed());
        push_body(out, message.content, INDENT);
        if message.status != Status::Complete {
            let mark = format!(" [{}]", message.status.word());
            put!(out, "{}", mark.dimmed());
        }
        out.push(b'\n');
    }

    /// The beginning of an entry.
    pub(super) fn glance(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let glance = first_words(message.content, GLANCE);
        let short = Message {
            content: &glance,
            ..*message
        };
        self.entry(&short, out);
    }
}
