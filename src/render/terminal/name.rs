//! How users, their sessions and their personas are named.

use colored::{ColoredString, Colorize};

use super::super::user_color;
use super::super::visible::visible_line;
use crate::domain::{SessionId, UserName};

/// A user's name in the user's colour.
pub(super) fn user(user: &UserName) -> ColoredString {
    visible_line(&user.quoted()).color(user_color(user)).bold()
}

/// A user's name and the short id of a session.
pub(super) fn session(of: &UserName, session: SessionId) -> String {
    let short = format!("/{}", session.short());
    format!("{}{}", user(of), short.dimmed())
}

/// ` as NAME` for a reply of a persona, else nothing.
pub(super) fn persona(persona: Option<&str>) -> String {
    persona.map_or_else(String::new, |name| format!(" as {}", visible_line(name)))
}
