//! What is wanted, as FTS5 reads it.
//!
//! Every term stands in quotes and is made of nothing that could end them, so that no
//! text can become syntax.

use super::blocks::Times;
use super::entry::{REASONING, Tag, word};
use crate::domain::{Role, SessionId, Status, Timestamp, UserName};
use crate::query::{Among, Narrowing};

/// How many terms that all have to be there are asked for; the others are left to
/// whoever reads the text.
pub(super) const MOST_OF_ALL: usize = 32;

/// How many terms of which one has to be there are asked for: of more, none is.
pub(super) const MOST_OF_ANY: usize = 256;

/// Which messages are wanted.
#[derive(Clone, Debug)]
pub(crate) struct IndexQuery {
    /// The terms they have.
    pub words: Narrowing,
    /// The terms are those of what a model thought, not of what was said.
    pub in_reasoning: bool,
    /// Whose they are.
    pub users: Among<UserName>,
    /// In which sessions they were said.
    pub sessions: Among<SessionId>,
    /// Who said them.
    pub roles: Among<Role>,
    /// Which models wrote them; names are compared byte for byte.
    pub models: Among<String>,
    /// How they came to their ends.
    pub statuses: Among<Status>,
    /// Where they come from; names are compared byte for byte.
    pub sources: Among<String>,
    /// Their time is not before this one.
    pub since: Option<Timestamp>,
    /// Their time is before this one.
    pub before: Option<Timestamp>,
}

impl IndexQuery {
    /// All messages with these terms.
    pub(crate) fn new(words: Narrowing) -> Self {
        Self {
            words,
            in_reasoning: false,
            users: Among::default(),
            sessions: Among::default(),
            roles: Among::default(),
            models: Among::default(),
            statuses: Among::default(),
            sources: Among::default(),
            since: None,
            before: None,
        }
    }

    /// The times that are wanted.
    pub(super) fn times(&self) -> Times {
        Times {
            since: self.since,
            before: self.before,
        }
    }

    /// What is wanted beside times.
    pub(super) fn expression(&self) -> Expression {
        let mut all = vec![words(&self.words, self.in_reasoning)];
        let mut none = Vec::new();
        let mut add = |(wanted, unwanted): (Expression, Vec<String>)| {
            all.push(wanted);
            none.extend(unwanted);
        };
        add(tags(&self.users, |user| Tag::User(user.as_str())));
        add(tags(&self.sessions, |id| Tag::Session(*id)));
        add(tags(&self.roles, |role| Tag::Role(*role)));
        add(tags(&self.models, |model| Tag::Model(model)));
        add(tags(&self.sources, |source| Tag::Source(source)));
        let (wanted, unwanted) = statuses(&self.statuses);
        all.push(wanted);
        none.extend(unwanted);
        match Expression::all(all) {
            Expression::Terms(terms) if !none.is_empty() => {
                none.truncate(MOST_OF_ANY);
                Expression::Terms(format!("{terms} NOT ({})", none.join(" OR ")))
            }
            // FTS5 takes nothing away from everything.
            other => other,
        }
    }

    /// The terms that the texts are wanted for, each as an expression of its own.
    pub(super) fn leaves(&self) -> Vec<String> {
        let mut leaves = Vec::new();
        collect(&self.words, self.in_reasoning, &mut leaves);
        leaves
    }
}

/// Which messages FTS5 is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Everything,
    Nothing,
    /// Those that this matches.
    Terms(String),
}

impl Expression {
    fn all(parts: Vec<Self>) -> Self {
        let mut terms = Vec::new();
        for part in parts {
            match part {
                Self::Everything => {}
                Self::Nothing => return Self::Nothing,
                Self::Terms(part) => terms.push(part),
            }
        }
        terms.truncate(MOST_OF_ALL);
        match terms.len() {
            0 => Self::Everything,
            1 => Self::Terms(terms.remove(0)),
            _ => Self::Terms(format!("({})", terms.join(" AND "))),
        }
    }

    fn any(parts: Vec<Self>) -> Self {
        let mut terms = Vec::new();
        for part in parts {
            match part {
                Self::Everything => return Self::Everything,
                Self::Nothing => {}
                Self::Terms(part) => terms.push(part),
            }
        }
        match terms.len() {
            0 => Self::Nothing,
            1 => Self::Terms(terms.remove(0)),
            MOST_OF_ANY.. => Self::Everything,
            _ => Self::Terms(format!("({})", terms.join(" OR "))),
        }
    }
}

fn words(wanted: &Narrowing, in_reasoning: bool) -> Expression {
    let each = |parts: &[Narrowing]| parts.iter().map(|part| words(part, in_reasoning)).collect();
    match wanted {
        Narrowing::Everything => Expression::Everything,
        Narrowing::Term(term) | Narrowing::Prefix(term) if term.is_empty() => {
            Expression::Everything
        }
        Narrowing::Term(term) => Expression::Terms(quoted(term, in_reasoning)),
        Narrowing::Prefix(term) => Expression::Terms(quoted(term, in_reasoning) + "*"),
        Narrowing::All(parts) => Expression::all(each(parts)),
        Narrowing::Any(parts) => Expression::any(each(parts)),
    }
}

fn collect(wanted: &Narrowing, in_reasoning: bool, leaves: &mut Vec<String>) {
    match wanted {
        Narrowing::All(parts) | Narrowing::Any(parts) => {
            for part in parts {
                collect(part, in_reasoning, leaves);
            }
        }
        leaf => {
            if let Expression::Terms(leaf) = words(leaf, in_reasoning)
                && leaves.len() < MOST_OF_ALL
            {
                leaves.push(leaf);
            }
        }
    }
}

fn quoted(term: &str, in_reasoning: bool) -> String {
    let mut quoted = String::from('"');
    if in_reasoning {
        quoted.push(REASONING);
    }
    word(term, &mut quoted);
    quoted.push('"');
    quoted
}

/// One of some tags, and those that are not wanted.
fn tags<'a, T>(among: &'a Among<T>, tag: impl Fn(&'a T) -> Tag<'a>) -> (Expression, Vec<String>) {
    let written = |tag: Tag<'_>| {
        let mut written = String::from('"');
        tag.write(&mut written);
        written.push('"');
        written
    };
    let one_of = among.one_of.iter().map(&tag).map(written);
    let one_of: Vec<_> = one_of.map(Expression::Terms).collect();
    // What shares its tag with others is left to whoever reads the names.
    let none_of = among.none_of.iter().map(&tag).filter(|tag| tag.is_exact());
    let wanted = if one_of.is_empty() {
        Expression::Everything
    } else {
        Expression::any(one_of)
    };
    (wanted, none_of.map(written).collect())
}

/// The same for ends: a complete message has no tag that says so.
fn statuses(among: &Among<Status>) -> (Expression, Vec<String>) {
    let told = told_statuses(among);
    let (wanted, unwanted) = tags(&told, |status| Tag::Status(*status));
    if among.none_of.iter().any(|status| is_complete(*status)) && told.one_of.is_empty() {
        let all = [Status::Interrupted, Status::Failed];
        let rest = Among {
            one_of: all.to_vec(),
            none_of: Vec::new(),
        };
        return (tags(&rest, |status| Tag::Status(*status)).0, unwanted);
    }
    (wanted, unwanted)
}

/// Whether an end is the one that has no tag.
pub(super) fn is_complete(status: Status) -> bool {
    status == Status::Complete
}

/// What is wanted of ends, as far as tags tell it.
pub(super) fn told_statuses(among: &Among<Status>) -> Among<Status> {
    let mut told = among.clone();
    told.none_of.retain(|status| !is_complete(*status));
    if among.one_of.iter().any(|status| is_complete(*status)) {
        let all = [Status::Interrupted, Status::Failed];
        let others = all
            .into_iter()
            .filter(|status| !among.one_of.contains(status));
        told.none_of.extend(others);
        told.one_of.clear();
    }
    told
}
