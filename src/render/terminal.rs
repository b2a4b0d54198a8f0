//! Text for a person at a terminal: colours, local times, sessions set apart.

use colored::{Color, Colorize};

use super::time::Local;
use super::visible::{push_body, visible_line};
use super::words::{messages, pad, put, sentence};
use super::{Outbox, Renderer};
use crate::domain::{Error, Event, Message, Role, SessionId, Timestamp, UserName};

/// What the further lines of a message begin with: the width of time and role.
const INDENT: &str = "                 ";

/// The colours of users, so that each keeps their own.
const COLORS: [Color; 6] = [
    Color::Cyan,
    Color::Green,
    Color::Yellow,
    Color::Magenta,
    Color::Blue,
    Color::BrightRed,
];

/// Renders events for a person.
pub struct Terminal {
    /// What the lines come from and the number of the line, unless they are typed.
    place: Option<(String, u64)>,
    local: Option<Local>,
    /// The heading that the last entry of a listing stands under.
    heading: Option<(SessionId, String)>,
}

impl Terminal {
    /// A renderer for lines from `source`, or for a prompt.
    pub fn new(source: Option<&str>) -> Self {
        Self {
            place: source.map(|source| (visible_line(source), 0)),
            local: None,
            heading: None,
        }
    }

    /// One entry of a listing, under a heading that changes with session and day.
    fn entry(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let local = self.local.get_or_insert_with(Local::system);
        let date = local.date(message.created_at);
        let clock = local.clock(message.created_at);
        if self
            .heading
            .as_ref()
            .is_none_or(|(session, day)| *session != message.session || *day != date)
        {
            put!(
                out,
                "{}{}  {}\n",
                name(message.user),
                format!("/{}", message.session.short()).dimmed(),
                date.dimmed()
            );
            self.heading = Some((message.session, date));
        }
        let role = format!("{:<6}", message.role.word());
        let role = match message.role {
            Role::User => role.bold(),
            Role::Ai => role.normal(),
            Role::System => role.italic(),
        };
        put!(out, "  {} {role}", clock.dimmed());
        push_body(out, message.content, INDENT);
        out.push(b'\n');
    }

    fn time(&mut self, time: Timestamp) -> String {
        let local = self.local.get_or_insert_with(Local::system);
        format!("{} {}", local.date(time), local.clock(time))
    }

    fn error(&self, error: &Error, out: &mut Vec<u8>) {
        match &self.place {
            Some((source, line)) => put!(out, "{source}:{line}: "),
            None => put!(out, "{} ", "error:".red().bold()),
        }
        sentence(error, out);
        out.push(b'\n');
    }
}

impl Renderer for Terminal {
    fn at_line(&mut self, number: u64) {
        if let Some((_, line)) = &mut self.place {
            *line = number;
        }
    }

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        match event {
            Event::Message(message) => self.entry(message, outbox.answer()),
            Event::Reply(message) => {
                let out = outbox.answer();
                push_body(out, message.content, "");
                out.push(b'\n');
            }
            Event::User {
                user,
                session,
                known,
            } => put!(
                outbox.answer(),
                "{}{}{}\n",
                name(user),
                session.map_or_else(String::new, |id| format!("/{}", id.short())),
                if *known { "" } else { " (new)" }
            ),
            Event::Start {
                unasked, session, ..
            } => {
                if *unasked {
                    let text = format!("session {} begins", session.short());
                    put!(outbox.note(), "{}\n", text.dimmed());
                } else {
                    put!(
                        outbox.answer(),
                        "{}\n",
                        "Chat started successfully!".green()
                    );
                }
            }
            Event::Resume {
                session,
                title,
                count,
                ..
            } => {
                let title = title.map_or_else(String::new, |t| format!(" “{}”", visible_line(t)));
                let count = messages(*count);
                put!(
                    outbox.answer(),
                    "Session {session}{title} resumed, {count}.\n"
                );
            }
            Event::Clear { session, count, .. } => {
                let stay = if *count == 1 { "stays" } else { "stay" };
                put!(
                    outbox.answer(),
                    "{}\n{} {stay} in the log.\n",
                    format!("Session {session} cleared!").green(),
                    messages(*count)
                );
            }
            Event::UserRow(row) => {
                let last = row.last_at.map_or_else(String::new, |time| self.time(time));
                let mark = if row.current { "*" } else { " " };
                put!(
                    outbox.answer(),
                    "{mark} {} {:>6} session{} {:>8} message{}  {}\n",
                    pad(&visible_line(row.user.as_str()), 20).color(user_color(&row.user)),
                    row.sessions,
                    if row.sessions == 1 { " " } else { "s" },
                    row.messages,
                    if row.messages == 1 { " " } else { "s" },
                    last.dimmed()
                );
            }
            Event::Help(row) => {
                let also = row.aliases.join(", ");
                let also = if also.is_empty() {
                    also
                } else {
                    format!("  (also {also})")
                };
                let out = outbox.answer();
                put!(
                    out,
                    "{}{}\n    {}\n",
                    row.usage.bold(),
                    also.dimmed(),
                    row.summary
                );
            }
            Event::End { scope, count } => {
                self.heading = None;
                if let (Some(_), 0) = (scope, count) {
                    put!(outbox.note(), "{}\n", "nothing there yet".dimmed());
                }
            }
            Event::Notice(text) => put!(outbox.note(), "{}\n", visible_line(text).dimmed()),
            Event::Error(error) => self.error(error, outbox.note()),
        }
    }
}

/// A user's name in the user's colour.
fn name(user: &UserName) -> colored::ColoredString {
    visible_line(&user.quoted()).color(user_color(user)).bold()
}

/// The colour of a user: always the same one.
pub fn user_color(user: &UserName) -> Color {
    let sum = user.as_str().bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    COLORS[sum % COLORS.len()]
}
