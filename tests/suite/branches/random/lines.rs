//! Lines at random.

use super::model::{Model, USERS};
use crate::support::dice::Dice;

/// What a line may be.
#[derive(Clone, Debug)]
pub(super) enum Line {
    Say(String),
    User(usize),
    Start(Option<String>),
    Resume(String),
    Rename(String),
    Model(String),
    Fork(Option<i64>, Option<String>),
    Clear,
    Undo(usize),
    Redo,
    Retry(Option<String>),
    Edit(String),
    System(Option<String>),
    ShowSystem,
    Quote(Vec<i64>),
    History,
    HistoryUser,
    Context,
    ContextAt(i64),
    Show(i64),
    Moves,
    Sessions {
        global: bool,
        all: bool,
    },
    /// One that is refused before it is looked at, and the code of the refusal.
    Wrong(&'static str, &'static str),
}

/// Lines that are refused whatever there is.
const WRONG: [(&str, &str); 12] = [
    ("/undo 0", "bad_argument"),
    ("/undo +1", "bad_argument"),
    ("/undo all", "bad_argument"),
    ("/redo 2", "bad_argument"),
    ("/clear now", "bad_argument"),
    ("/fork at #x", "bad_argument"),
    ("/context 3", "bad_argument"),
    ("/quote", "bad_argument"),
    ("/quote #1 two", "bad_argument"),
    ("/rename", "bad_argument"),
    ("/undoo", "unknown_command"),
    ("/edit", "needs_terminal"),
];

impl Line {
    /// As it is typed.
    pub(super) fn typed(&self) -> String {
        let with = |command: &str, rest: &Option<String>| match rest {
            Some(rest) => format!("{command} {rest}"),
            None => command.to_owned(),
        };
        match self {
            Self::Say(text) if text.contains('\n') => format!("\"\"\"\n{text}\n\"\"\""),
            Self::Say(text) if text.starts_with('/') => format!("/{text}"),
            Self::Say(text) => text.clone(),
            Self::User(user) => format!("/user {}", USERS[*user]),
            Self::Start(title) => with("/start", title),
            Self::Resume(which) => format!("/resume {which}"),
            Self::Rename(title) => format!("/rename {title}"),
            Self::Model(name) => format!("/model {name}"),
            Self::Fork(None, title) => with("/fork", title),
            Self::Fork(Some(id), title) => with(&format!("/fork at #{id}"), title),
            Self::Clear => "/clear".into(),
            Self::Undo(1) => "/undo".into(),
            Self::Undo(turns) => format!("/undo {turns}"),
            Self::Redo => "/redo".into(),
            Self::Retry(model) => with("/retry", model),
            Self::Edit(text) => format!("/edit {text}"),
            Self::System(None) => "/system clear".into(),
            Self::System(Some(text)) => format!("/system {text}"),
            Self::ShowSystem => "/system".into(),
            Self::Quote(ids) => {
                let ids: Vec<String> = ids.iter().map(|id| format!("#{id}")).collect();
                format!("/quote {}", ids.join(" "))
            }
            Self::History => "/history".into(),
            Self::HistoryUser => "/history user".into(),
            Self::Context => "/context".into(),
            Self::ContextAt(id) => format!("/context at #{id}"),
            Self::Show(id) => format!("/show {id}"),
            Self::Moves => "/moves".into(),
            Self::Sessions { global, all } => {
                let words = [(*global, " global"), (*all, " --all")];
                let words = words.iter().filter(|(wanted, _)| *wanted);
                words.fold("/sessions".to_owned(), |line, (_, word)| line + word)
            }
            Self::Wrong(line, _) => (*line).to_owned(),
        }
    }
}

/// Random lines for one process. The generator tracks who speaks, and whose the
/// earlier messages are.
pub(super) struct Lines<'a> {
    dice: &'a mut Dice,
    model: &'a Model,
    user: usize,
    /// About so many messages are in the log.
    newest: usize,
    /// The last line was an undo.
    is_undone: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(dice: &'a mut Dice, model: &'a Model) -> Self {
        let newest = model.log.len();
        Self {
            dice,
            model,
            user: 0,
            newest,
            is_undone: false,
        }
    }

    /// The id of a message: new or old, mostly the user's own, sometimes none at all.
    fn id(&mut self) -> i64 {
        match self.dice.below(4) {
            0 => {
                let id = self.newest.saturating_sub(self.dice.below(30)) + 1;
                i64::try_from(id).expect("a small number")
            }
            1 => i64::try_from(self.dice.below(self.newest + 5) + 1).expect("a small number"),
            _ => {
                let any = self.dice.below(self.newest + 1);
                self.model.id_of(self.user, any).unwrap_or(1)
            }
        }
    }

    /// A text of one line that can be an argument of a command or a message.
    fn text(&mut self) -> String {
        let words = [
            "walk",
            "é ü",
            "你好",
            "🙂🚂",
            "a\tb",
            "\u{1b}[31m",
            "\"q\"",
            "#12",
            "x\u{202e}y",
        ];
        let (one, two) = (self.dice.pick(&words), self.dice.pick(&words));
        format!("{one} {} {two}", self.newest)
    }

    fn title(&mut self) -> Option<String> {
        let number = self.dice.below(60);
        self.dice.one_in(2).then(|| format!("plan {number}"))
    }

    fn which(&mut self) -> String {
        let known = self.model.sessions();
        match self.dice.below(10) {
            0 => "latest".to_owned(),
            1 | 2 => self.dice.below(12).to_string(),
            3 | 4 => format!("plan {}", self.dice.below(60)),
            5 => match self.dice.below(3) {
                0 => format!("plan {}…", self.dice.below(10)),
                1 => "walk…".to_owned(),
                _ => self.dice.pick(&["plan", "beef", "nobody's"]).to_owned(),
            },
            _ if known == 0 => "latest".to_owned(),
            // Any session that there was when the process began, whosever it is.
            _ => {
                let (id, _) = &self.model.chance.sessions[self.dice.below(known)];
                let id = &id[..self.dice.pick(&[18, 36])];
                if self.dice.one_in(2) {
                    id.to_uppercase()
                } else {
                    id.to_owned()
                }
            }
        }
    }

    /// The next line.
    pub(super) fn line(&mut self) -> Line {
        let line = if self.is_undone && self.dice.one_in(2) {
            if self.dice.one_in(2) {
                Line::Redo
            } else {
                Line::Undo(1)
            }
        } else {
            self.any()
        };
        self.is_undone = matches!(line, Line::Undo(_));
        self.newest += match line {
            Line::Say(_) | Line::Edit(_) => 2,
            Line::Retry(_) | Line::Quote(_) => 1,
            _ => 0,
        };
        if let Line::User(user) = line {
            self.user = user;
        }
        line
    }

    fn any(&mut self) -> Line {
        match self.dice.below(100) {
            0..36 => match self.dice.below(8) {
                0 => Line::Say(format!("two\n\n  lines {} \n", self.newest)),
                1 => Line::Say(format!("/{}", self.text())),
                2 => Line::Say(format!("  {} ", self.text())),
                _ => Line::Say(self.text()),
            },
            36..46 => Line::Undo(match self.dice.below(12) {
                0 => 3 + self.dice.below(30),
                1 | 2 => 2,
                _ => 1,
            }),
            46..50 => Line::Redo,
            50..53 => Line::Clear,
            53..59 => Line::Retry(
                self.dice
                    .pick(&[None, None, Some("mock")])
                    .map(str::to_owned),
            ),
            59..64 => Line::Edit(self.text()),
            64..67 => Line::Fork(None, self.title()),
            67..71 => Line::Fork(Some(self.id()), self.title()),
            71 => Line::Start(self.title()),
            72..77 => Line::Resume(self.which()),
            77..80 => Line::User(self.dice.pick(&[0, 0, 0, 1, 1, 2])),
            80..83 => Line::System(self.dice.one_in(2).then(|| self.text())),
            83 => Line::ShowSystem,
            84..89 => Line::Quote((0..=self.dice.below(2)).map(|_| self.id()).collect()),
            89..92 => Line::History,
            92 => Line::Context,
            93..95 => Line::ContextAt(self.id()),
            95 => Line::Show(self.id()),
            96 => Line::Moves,
            97 => {
                let (line, code) = self.dice.pick(&WRONG);
                Line::Wrong(line, code)
            }
            98 => Line::Rename(format!("plan {}", self.dice.below(60))),
            _ => match self.dice.below(4) {
                0 => Line::HistoryUser,
                1 => Line::Model(self.dice.pick(&["mock", "mock:echo"]).to_owned()),
                _ => {
                    let (global, all) = (self.dice.one_in(2), self.dice.one_in(2));
                    Line::Sessions { global, all }
                }
            },
        }
    }
}
