//! Web pages and XML that stand where words should.

/// A text of tags.
pub(super) struct Markup<'t> {
    text: &'t str,
    lower: String,
}

impl<'t> Markup<'t> {
    /// The text, if it is one of tags.
    pub(super) fn new(text: &'t str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        text.starts_with('<').then_some(Self { text, lower })
    }

    /// What is in the first element of this name, which is written in lower case.
    pub(super) fn element(&self, name: &str) -> Option<&'t str> {
        let opening = format!("<{name}");
        let inside = self.lower.match_indices(&opening).find_map(|(at, _)| {
            let rest = self.lower.get(at + opening.len()..)?;
            rest.starts_with(['>', ' ', '\n', '\t'])
                .then_some(at + opening.len() + rest.find('>')? + 1)
        });
        let from = inside?;
        let to = from + self.lower.get(from..)?.find(&format!("</{name}"))?;
        let found = self.text.get(from..to)?.trim();
        (!found.is_empty()).then_some(found)
    }

    /// What a web page is called.
    pub(super) fn page(&self) -> String {
        match self.element("title") {
            Some(title) => format!("a web page, `{title}`"),
            None => "a web page".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_names() {
        let text =
            "<Error><CodeX>x</CodeX><Code>a</Code><Message lang=\"en\"> b </Message></Error>";
        let markup = Markup::new(text).unwrap();
        assert_eq!(markup.element("code"), Some("a"));
        assert_eq!(markup.element("message"), Some("b"));
        assert_eq!(markup.element("title"), None);
        assert_eq!(markup.page(), "a web page");
        assert!(Markup::new("plain <b>").is_none());
    }
}
