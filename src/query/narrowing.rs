//! What an index of terms can say of a query.

/// Which texts can suit at all, by the terms they have: what is narrowed away
/// certainly does not suit, what is left has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Narrowing {
    /// Any text may suit.
    Everything,
    /// Texts that have this term.
    Term(String),
    /// Texts that have a term that begins so.
    Prefix(String),
    /// Texts that all of these let through.
    All(Vec<Narrowing>),
    /// Texts that one of these lets through.
    Any(Vec<Narrowing>),
}

impl Narrowing {
    /// How many conditions are worth looking up for one of the things that are wanted.
    const ENOUGH: usize = 16;
    /// How many are worth it at all: what is left then is looked at anyway.
    const MOST: usize = 64;

    /// What lets through what all of these do, without needless parts.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::Everything => {}
                Self::All(parts) => parts.into_iter().for_each(|part| add(&mut all, part)),
                part => add(&mut all, part),
            }
            if all.len() >= Self::MOST {
                all.truncate(Self::MOST);
                break;
            }
        }
        match all.len() {
            0 => Self::Everything,
            1 => all.remove(0),
            _ => Self::All(all),
        }
    }

    /// What lets through what one of these does.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Self::Everything => return Self::Everything,
                Self::Any(parts) => parts.into_iter().for_each(|part| add(&mut any, part)),
                part => add(&mut any, part),
            }
            if any.len() > Self::MOST {
                return Self::Everything;
            }
        }
        match any.len() {
            0 => Self::Everything,
            1 => any.remove(0),
            _ => Self::Any(any),
        }
    }

    /// Whether it asks for terms by their beginnings: an index has to put together all
    /// that begin so before it can name the first text.
    pub(crate) fn has_prefix(&self) -> bool {
        match self {
            Self::Everything | Self::Term(_) => false,
            Self::Prefix(_) => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::has_prefix),
        }
    }

    /// Fewer conditions, where there are more than are worth it.
    pub(super) fn in_short(self) -> Self {
        match self {
            Self::All(mut parts) => {
                parts.truncate(Self::ENOUGH);
                Self::All(parts)
            }
            other => other,
        }
    }
}

fn add(parts: &mut Vec<Narrowing>, part: Narrowing) {
    if !parts.contains(&part) {
        parts.push(part);
    }
}

#[cfg(test)]
mod tests {
    use super::Narrowing::{All, Any, Everything, Prefix, Term};
    use super::*;

    fn term(word: &str) -> Narrowing {
        Term(word.into())
    }

    #[test]
    fn all_leaves_out_what_says_nothing() {
        assert_eq!(Narrowing::all([]), Everything);
        assert_eq!(Narrowing::all([Everything, term("a")]), term("a"));
        assert_eq!(
            Narrowing::all([
                term("a"),
                All(vec![term("b"), term("a")]),
                Prefix("a".into())
            ]),
            All(vec![term("a"), term("b"), Prefix("a".into())])
        );
    }

    #[test]
    fn any_says_nothing_if_one_of_it_does() {
        assert_eq!(Narrowing::any([term("a"), Everything]), Everything);
        assert_eq!(Narrowing::any([term("a"), term("a")]), term("a"));
        assert_eq!(
            Narrowing::any([term("a"), Any(vec![term("b")])]),
            Any(vec![term("a"), term("b")])
        );
    }

    #[test]
    fn a_long_text_needs_no_more_than_enough_terms() {
        let many = Narrowing::all((0..40).map(|n| Term(n.to_string())));
        assert!(matches!(many.in_short(), All(parts) if parts.len() == 16));
    }

    #[test]
    fn there_is_an_end_to_what_is_looked_up() {
        let many = || (0..100_000).map(|n| Term(n.to_string()));
        assert!(matches!(Narrowing::all(many()), All(parts) if parts.len() == 64));
        assert!(matches!(Narrowing::any(many().take(64)), Any(parts) if parts.len() == 64));
        assert_eq!(Narrowing::any(many()), Everything);
    }
}
