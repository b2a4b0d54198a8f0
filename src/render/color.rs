//! The colours of users.

use colored::Color;

use crate::domain::UserName;

const COLORS: [Color; 6] = [
    Color::Cyan,
    Color::Green,
    Color::Yellow,
    Color::Magenta,
    Color::Blue,
    Color::BrightRed,
];

/// The colour of a user, which is the same every time.
pub(crate) fn user_color(user: &UserName) -> Color {
    let sum = user.as_str().bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    COLORS[sum % COLORS.len()]
}
