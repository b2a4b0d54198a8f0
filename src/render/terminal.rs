//! Text for a person at a terminal: colours, local times, sessions set apart.

use colored::{Color, Colorize};

use super::spinner::Spinner;
use super::time::Local;
use super::visible::{push_body, visible_line};
use super::words::{cost, messages, pad, put, sentence};
use super::{Markdown, Outbox, Renderer};
use crate::domain::{
    Error, Event, Message, Progress, Role, SessionId, Status, Timestamp, UserName, UserSummary,
};

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
    /// Lays replies out; none shows them as they are.
    markdown: Option<Markdown>,
    /// Part of the reply has been shown while it came.
    streamed: bool,
    spinner: Spinner,
    /// The heading that the last entry of a listing stands under.
    heading: Option<(SessionId, String)>,
}

impl Terminal {
    /// A renderer for lines from `source`, or for a prompt.
    /// Replies are laid out as Markdown if so wanted.
    pub fn new(source: Option<&str>, markdown: bool) -> Self {
        Self {
            markdown: markdown.then(|| Markdown::new(None)),
            streamed: false,
            spinner: Spinner::default(),
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

    /// The wait is over, and so is a reply that came in part and is not told.
    fn settle(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        if self.spinner.is_turning() {
            self.spinner.stop(outbox.note());
        }
        if self.streamed && !matches!(event, Event::Reply(_)) {
            self.streamed = false;
            match &mut self.markdown {
                Some(markdown) => markdown.finish(outbox.answer()),
                None => outbox.answer().push(b'\n'),
            }
        }
    }

    fn reply(&mut self, message: &Message<'_>, outbox: &mut Outbox) {
        let out = outbox.answer();
        let streamed = std::mem::take(&mut self.streamed);
        match &mut self.markdown {
            Some(markdown) => {
                if !streamed {
                    markdown.push(message.content, out);
                }
                markdown.finish(out);
            }
            None => {
                if !streamed {
                    push_body(out, message.content, "");
                }
                out.push(b'\n');
            }
        }
        if message.status == Status::Interrupted {
            put!(
                outbox.note(),
                "{}\n",
                "interrupted; what had come is kept".dimmed()
            );
        }
    }

    fn time(&mut self, time: Timestamp) -> String {
        let local = self.local.get_or_insert_with(Local::system);
        format!("{} {}", local.date(time), local.clock(time))
    }

    fn user_row(&mut self, row: &UserSummary, out: &mut Vec<u8>) {
        let last = row.last_at.map_or_else(String::new, |time| self.time(time));
        let mark = if row.current { "*" } else { " " };
        put!(
            out,
            "{mark} {} {:>6} session{} {:>8} message{}  {}\n",
            pad(&visible_line(row.user.as_str()), 20).color(user_color(&row.user)),
            row.sessions,
            if row.sessions == 1 { " " } else { "s" },
            row.messages,
            if row.messages == 1 { " " } else { "s" },
            last.dimmed()
        );
    }

    fn error(&mut self, error: &Error, out: &mut Vec<u8>) {
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

    fn progress(&mut self, progress: Progress<'_>, outbox: &mut Outbox) {
        match progress {
            Progress::Idle if self.streamed => {}
            Progress::Idle => self.spinner.turn("", outbox.note()),
            Progress::Retry(left) => {
                let why = format!(", the endpoint is busy: again in {} s", left.as_secs() + 1);
                self.spinner.turn(&why, outbox.note());
            }
            Progress::Delta(delta) => {
                self.spinner.stop(outbox.note());
                self.streamed = true;
                match &mut self.markdown {
                    Some(markdown) => markdown.push(delta, outbox.answer()),
                    None => push_body(outbox.answer(), delta, ""),
                }
            }
        }
    }

    fn render(&mut self, event: &Event<'_>, outbox: &mut Outbox) {
        self.settle(event, outbox);
        match event {
            Event::Message(message) => self.entry(message, outbox.answer()),
            Event::Reply(message) => self.reply(message, outbox),
            Event::Model { model, .. } => {
                put!(outbox.answer(), "{}\n", visible_line(model).bold());
            }
            Event::ModelRow { model, current } => {
                let mark = if *current { "*" } else { " " };
                put!(outbox.answer(), "{mark} {}\n", visible_line(model));
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
            Event::UserRow(row) => self.user_row(row, outbox.answer()),
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
            Event::Cost {
                usage,
                milliseconds,
            } => put!(outbox.note(), "{}\n", cost(*usage, *milliseconds).dimmed()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_came_in_part_and_is_not_told_ends_with_its_error() {
        for markdown in [true, false] {
            let (mut terminal, mut outbox) = (Terminal::new(None, markdown), Outbox::default());
            terminal.progress(Progress::Delta("part"), &mut outbox);
            terminal.render(&Event::Error(&Error::Interrupted), &mut outbox);
            let pieces: Vec<_> = outbox.pieces().map(|(_, piece)| piece).collect();
            // Nothing here looks at colours, which other tests turn on and off.
            assert!(pieces.concat().starts_with(b"part\n"));
            assert!(!terminal.streamed);
        }
    }
}
