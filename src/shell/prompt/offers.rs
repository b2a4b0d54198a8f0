//! What can complete a word, and which of it suits what is typed.

/// A word that can stand in the place of the one that is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// What gets into the line.
    pub(super) word: String,
    /// What is shown for it; the word itself if this is empty.
    pub(super) name: String,
    /// What is known of it, in parts.
    pub(super) notes: Vec<String>,
}

impl Offer {
    pub(super) fn word(word: impl Into<String>) -> Self {
        Self {
            word: word.into(),
            ..Self::default()
        }
    }
}

/// How well a word suits what is typed: by its beginning, or anywhere, without
/// regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Beginning,
    Anywhere,
}

/// Whether and how a word suits what is typed.
pub(super) fn matches(word: &str, typed: &str) -> Option<Match> {
    let (word, typed) = (word.to_lowercase(), typed.to_lowercase());
    match word.find(&typed)? {
        0 => Some(Match::Beginning),
        _ => Some(Match::Anywhere),
    }
}

/// Those of these words that suit what is typed.
pub(super) fn matching<W: AsRef<str>>(
    words: impl IntoIterator<Item = W>,
    typed: &str,
) -> Vec<Offer> {
    let words = words.into_iter();
    suiting(words.map(|word| Offer::word(word.as_ref())), typed)
}

/// Those of these offers whose words begin with what is typed, or if none does,
/// have it anywhere.
pub(super) fn suiting(offers: impl IntoIterator<Item = Offer>, typed: &str) -> Vec<Offer> {
    let offers = offers.into_iter();
    let found = offers.filter_map(|offer| Some((matches(&offer.word, typed)?, offer)));
    best(found)
}

/// Those that match by their beginning, or if none does, all of them.
pub(super) fn best<T>(found: impl IntoIterator<Item = (Match, T)>) -> Vec<T> {
    let mut found: Vec<_> = found.into_iter().collect();
    if found.iter().any(|(how, _)| *how == Match::Beginning) {
        found.retain(|(how, _)| *how == Match::Beginning);
    }
    found.into_iter().map(|(_, offer)| offer).collect()
}

/// The beginning that all these words have in common.
pub(super) fn common(offers: &[Offer]) -> &str {
    let Some((first, others)) = offers.split_first() else {
        return "";
    };
    others.iter().fold(&first.word, |common, offer| {
        let mut pairs = common.char_indices().zip(offer.word.chars());
        let end = pairs.find(|((_, one), other)| one != other);
        let end = end.map_or(common.len().min(offer.word.len()), |((at, _), _)| at);
        &common[..end]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_by_their_beginning_or_else_anywhere() {
        let words = ["Rome", "a trip to rome", "roman", "Paris"];
        let found = |typed| {
            let found = matching(words, typed).into_iter();
            found.map(|offer| offer.word).collect::<Vec<_>>()
        };
        assert_eq!(found("ROM"), ["Rome", "roman"]);
        assert_eq!(found("TRIP"), ["a trip to rome"]);
        assert_eq!(found("").len(), 4);
        assert_eq!(found("x"), [""; 0]);
    }

    #[test]
    fn the_common_beginning_is_whole_characters() {
        let of = |words: &[&str]| {
            let offers: Vec<_> = words.iter().map(|word| Offer::word(*word)).collect();
            common(&offers).to_owned()
        };
        assert_eq!(of(&["mock", "mock:echo", "mock:slow"]), "mock");
        assert_eq!(of(&["é", "è"]), "");
        assert_eq!(of(&["abc", "abd"]), "ab");
        assert_eq!(of(&["abc"]), "abc");
        assert_eq!(of(&["ab", "a"]), "a");
        assert_eq!(of(&[]), "");
    }
}
