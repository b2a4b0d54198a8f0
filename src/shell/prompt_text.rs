//! What stands before the line that a person types.

use colored::{Color, ColoredString, Colorize};

use super::prompt_template::{Look, Piece, Placeholder, PromptTemplate, Value};
use crate::chat::{Chat, ask};
use crate::domain::{MessageId, SessionId};
use crate::render::{cut, user_color, visible, visible_line};

/// Stands before the further lines of a `"""` block.
pub(super) const CONTINUATION: &str = "... ";

/// A prompt, bare and as it is shown: both have the same columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PromptText {
    pub(super) bare: String,
    pub(super) shown: String,
}

/// How the text of a prompt looks from some piece on.
#[derive(Clone, Copy, Default)]
struct Style {
    color: Option<Color>,
    is_bold: bool,
    is_dim: bool,
    is_italic: bool,
    is_underlined: bool,
}

impl PromptText {
    /// The prompt for the next line of who is speaking, as the template says. It
    /// begins in the colour of the user.
    pub(super) fn new(template: &PromptTemplate, chat: &mut Chat) -> Self {
        let share = template.has_share().then(|| ask::context_share(chat));
        let share = share.flatten();
        Self::filled(template, user_color(chat.user()), |value| match value {
            Value::User => Some(chat.user().to_string()),
            Value::Id => chat.session().map(SessionId::short),
            Value::Title => {
                let id = || chat.session().map(SessionId::short);
                chat.title().map(str::to_owned).or_else(id)
            }
            Value::Persona => chat.persona().map(str::to_owned),
            Value::Model => Some(chat.model().to_owned()),
            Value::Share => share.map(|percent| format!("{percent}%")),
        })
    }

    /// Stands before the further lines of a block.
    pub(super) fn continuation(chat: &Chat) -> Self {
        let mut text = Self::default();
        let style = Style::of(user_color(chat.user()));
        text.push(CONTINUATION, style);
        text
    }

    /// Stands before a message that is edited.
    pub(super) fn of_edit(chat: &Chat, id: MessageId) -> Self {
        let mut text = Self::default();
        let style = Style::of(user_color(chat.user()));
        text.push(&format!("edit #{id}> "), style);
        text
    }

    /// A question of ours, as it is.
    pub(super) fn plain(question: &str) -> Self {
        Self {
            bare: question.to_owned(),
            shown: question.to_owned(),
        }
    }

    fn filled(
        template: &PromptTemplate,
        color: Color,
        value_of: impl Fn(Value) -> Option<String>,
    ) -> Self {
        let mut text = Self::default();
        let mut style = Style::of(color);
        for piece in &template.0 {
            match piece {
                Piece::Text(piece) => text.push(&visible(piece), style),
                Piece::Look(look) => style.take(*look),
                Piece::Value(placeholder) => {
                    if let Some(value) = value_of(placeholder.value) {
                        text.push(&placeholder.filled(&value), style);
                    }
                }
            }
        }
        text
    }

    fn push(&mut self, piece: &str, style: Style) {
        self.bare.push_str(piece);
        self.shown.push_str(&style.paint(piece).to_string());
    }
}

impl Placeholder {
    /// A value in its place. It may be somebody else's words.
    fn filled(&self, value: &str) -> String {
        let value = visible_line(value);
        let value = match self.columns {
            Some(columns) => cut(&value, columns),
            None => value,
        };
        format!("{}{value}{}", visible(&self.before), visible(&self.after))
    }
}

impl Style {
    fn of(color: Color) -> Self {
        Self {
            color: Some(color),
            ..Self::default()
        }
    }

    fn take(&mut self, look: Look) {
        match look {
            Look::Color(color) => self.color = Some(color),
            Look::Bold => self.is_bold = true,
            Look::Dim => self.is_dim = true,
            Look::Italic => self.is_italic = true,
            Look::Underline => self.is_underlined = true,
            Look::Reset => *self = Self::default(),
        }
    }

    fn paint(self, text: &str) -> ColoredString {
        let mut painted = text.normal();
        if let Some(color) = self.color {
            painted = painted.color(color);
        }
        for (is_wanted, paint) in [
            (self.is_bold, ColoredString::bold as fn(_) -> _),
            (self.is_dim, ColoredString::dimmed),
            (self.is_italic, ColoredString::italic),
            (self.is_underlined, ColoredString::underline),
        ] {
            if is_wanted {
                painted = paint(painted);
            }
        }
        painted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bare text of a template in which every value is this.
    fn filled(template: &str, value: Option<&str>) -> String {
        let template = template.parse().unwrap();
        let value = |_| value.map(str::to_owned);
        PromptText::filled(&template, Color::Cyan, value).bare
    }

    #[test]
    fn a_value_is_cut_and_brings_what_stands_around_it() {
        for (template, value, expected) in [
            ("{user}{/title:20}> ", Some("a b"), "a b/a b> "),
            ("{title:5}>", Some("trip to Rome"), "trip…>"),
            ("{title:5}>", Some("你好你好"), "你好…>"),
            ("{title:4}>", Some("你好你好"), "你…>"),
            ("{title:5}>", Some("trips"), "trips>"),
            ("a{ (persona)}{/id}> ", None, "a> "),
            ("a{ (persona)}> ", Some("critic"), "a (critic)> "),
            ("{bold}{red}{reset}x", None, "x"),
        ] {
            assert_eq!(filled(template, value), expected, "{template}");
        }
    }

    #[test]
    fn nothing_in_it_drives_the_terminal() {
        let shown = filled("{title}\n{model:4}\u{202e}> ", Some("a\x1b[31m\nb\u{9b}"));
        assert_eq!(shown, "a␛[31m␊b\\x9b\na␛[…\\u{202e}> ");
    }
}
