//! Tells what a model thinks from what it says, where both come as one text.

use crate::domain::shows_nothing;

/// The tags that a model may put around what it thinks, in any case.
const TAGS: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("[think]", "[/think]"),
];

/// How many blanks are held back at most until something else follows.
const HELD_BYTES: usize = 4096;

/// Splits a reply that arrives in pieces.
///
/// A text that begins with `<think>` or a tag like it, blanks before it or not, is
/// thought up to the closing tag; the line ends after that are no part of either, and
/// another such tag right behind them begins more of it. Where only a template writes
/// the opening tag, nothing tells thought from text until it has been passed on.
/// Without a closing tag all of it is thought. A tag further on is text like any other.
/// A reply of nothing but blanks is no text at all.
#[derive(Default)]
struct ThinkingSplitter {
    state: State,
    /// What may yet become a tag, or blanks after which the rest decides.
    held: String,
    /// Something was thought before; what comes next is set off from it.
    is_again: bool,
}

/// Where in the reply the next piece belongs.
#[derive(Clone, Copy, Default)]
enum State {
    /// At the beginning.
    #[default]
    Begin,
    /// Between tags: the one that ends it, and whether anything was thought yet.
    Thinking(&'static str, bool),
    /// Behind the closing tag, before the text.
    Between,
    /// In the text.
    Text,
}

/// What became of a piece.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    /// What the model thinks.
    pub thought: String,
    /// What it says.
    pub text: String,
}

impl Split {
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.thought.is_empty()
    }
}

/// A reply as it comes, split: what has not been passed on yet, and whether there
/// was a word in it.
#[derive(Default)]
pub(super) struct SplitReply {
    splitter: ThinkingSplitter,
    ready: Split,
    has_text: bool,
    has_thought: bool,
}

impl SplitReply {
    /// Takes the next piece of the text, in which there may be thought.
    pub(super) fn push(&mut self, text: String) {
        let split = self.splitter.push(text);
        self.add(split);
    }

    /// Takes the next piece of what is known to be thought.
    pub(super) fn push_thought(&mut self, thought: &str) {
        self.has_thought |= !shows_nothing(thought);
        self.ready.thought.push_str(thought);
    }

    /// Nothing more need come: what might become a tag is text.
    pub(super) fn release(&mut self) {
        let split = self.splitter.release();
        self.add(split);
    }

    /// Nothing more comes, or nothing that matters: what was held back is text.
    pub(super) fn finish(&mut self) {
        let split = self.splitter.finish();
        self.add(split);
    }

    /// Whether nothing is ready to be passed on.
    pub(super) fn is_silent(&self) -> bool {
        self.ready.is_empty()
    }

    /// What is ready to be passed on.
    pub(super) fn take(&mut self) -> Split {
        std::mem::take(&mut self.ready)
    }

    /// Whether anything but blanks was said.
    pub(super) fn has_text(&self) -> bool {
        self.has_text
    }

    /// Whether anything but blanks was thought.
    pub(super) fn has_thought(&self) -> bool {
        self.has_thought
    }

    fn add(&mut self, split: Split) {
        self.push_thought(&split.thought);
        self.has_text |= !self.has_text && !shows_nothing(&split.text);
        // Pieces are many, and mostly taken one by one: none is copied then.
        if self.ready.text.is_empty() {
            self.ready.text = split.text;
        } else {
            self.ready.text.push_str(&split.text);
        }
    }
}

impl ThinkingSplitter {
    /// Takes the next piece of a reply.
    fn push(&mut self, piece: String) -> Split {
        let mut split = Split::default();
        if matches!(self.state, State::Text) {
            split.text = piece;
            return split;
        }
        let mut rest = if self.held.is_empty() {
            piece
        } else {
            std::mem::take(&mut self.held) + &piece
        };
        while !rest.is_empty() {
            rest = match self.state {
                State::Begin => self.begin(rest),
                State::Thinking(end, has_begun) => {
                    self.think(&rest, end, has_begun, &mut split.thought)
                }
                State::Between => self.pass_line_ends(rest),
                State::Text => {
                    split.text.push_str(&rest);
                    String::new()
                }
            };
        }
        split
    }

    /// The rest of the reply may never come: what only might become an opening tag is
    /// text.
    fn release(&mut self) -> Split {
        match self.state {
            State::Begin | State::Between if !self.held.trim().is_empty() => self.finish(),
            _ => Split::default(),
        }
    }

    /// Ends the reply: half a tag stays what it is.
    fn finish(&mut self) -> Split {
        let held = std::mem::take(&mut self.held);
        let mut split = Split::default();
        match self.state {
            _ if held.trim().is_empty() => {}
            State::Between => after_line_ends(&held).clone_into(&mut split.text),
            State::Thinking(..) => held.trim_end().clone_into(&mut split.thought),
            _ => split.text = held,
        }
        self.state = State::Text;
        split
    }

    /// Looks for an opening tag. Returns what is left to be looked at.
    fn begin(&mut self, rest: String) -> String {
        let start = rest.trim_start();
        if let Some((inside, end)) = opened(start) {
            self.state = State::Thinking(end, false);
            return inside.to_owned();
        }
        if may_be_tag(start) && rest.len() <= HELD_BYTES {
            self.held = rest;
            return String::new();
        }
        self.state = State::Text;
        rest
    }

    /// Takes what is thought, up to the closing tag. Returns what follows that.
    fn think(
        &mut self,
        rest: &str,
        end: &'static str,
        has_begun: bool,
        thought: &mut String,
    ) -> String {
        let ending = rest.to_ascii_lowercase().find(end);
        let ending = ending.and_then(|at| Some((rest.get(..at)?, rest.get(at + end.len()..)?)));
        let (inside, after) = match ending {
            Some((inside, after)) => (inside.trim_end(), Some(after.to_owned())),
            None => (known_part(rest, end), None),
        };
        let kept = rest.get(inside.len()..).unwrap_or_default();
        let new = if has_begun {
            inside
        } else {
            inside.trim_start()
        };
        if !new.is_empty() && std::mem::take(&mut self.is_again) {
            thought.push_str("\n\n");
        }
        thought.push_str(new);
        self.state = State::Thinking(end, has_begun || !new.is_empty());
        if let Some(after) = after {
            self.is_again |= has_begun || !new.is_empty();
            self.state = State::Between;
            return after;
        }
        if kept.len() > HELD_BYTES {
            thought.push_str(kept);
        } else {
            kept.clone_into(&mut self.held);
        }
        String::new()
    }

    /// Drops the line ends before the text, and blank lines with them.
    fn pass_line_ends(&mut self, rest: String) -> String {
        let text = rest.trim_start();
        if let Some((inside, end)) = opened(text) {
            self.state = State::Thinking(end, false);
            return inside.to_owned();
        }
        if may_be_tag(text) && rest.len() <= HELD_BYTES {
            self.held = rest;
            return String::new();
        }
        self.state = State::Text;
        after_line_ends(&rest).to_owned()
    }
}

/// A text without the line ends before it, and without blank lines.
fn after_line_ends(text: &str) -> &str {
    let bare = text.trim_start();
    let blanks = text.get(..text.len() - bare.len()).unwrap_or_default();
    let line = blanks.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    text.get(line..).unwrap_or_default()
}

/// What follows an opening tag at the beginning of a text, and its closing tag.
fn opened(text: &str) -> Option<(&str, &'static str)> {
    TAGS.into_iter().find_map(|(tag, end)| {
        let beginning = text.get(..tag.len())?;
        let inside = text.get(tag.len()..)?;
        beginning.eq_ignore_ascii_case(tag).then_some((inside, end))
    })
}

/// Whether a text may yet become an opening tag; blanks may.
fn may_be_tag(text: &str) -> bool {
    TAGS.iter().any(|(tag, _)| begins(tag, text))
}

/// Whether a tag begins with this, in any case.
fn begins(tag: &str, beginning: &str) -> bool {
    let same = tag.get(..beginning.len());
    same.is_some_and(|same| same.eq_ignore_ascii_case(beginning))
}

/// The part of a text that is thought whatever follows: without blanks at its end
/// and without what may be the beginning of the closing tag.
fn known_part<'t>(text: &'t str, end: &str) -> &'t str {
    let is_beginning = |from: &usize| {
        text.get(*from..)
            .is_some_and(|rest| !rest.is_empty() && begins(end, rest))
    };
    let from = (text.len().saturating_sub(end.len())..text.len()).find(is_beginning);
    text.get(..from.unwrap_or(text.len()))
        .unwrap_or(text)
        .trim_end()
}

#[cfg(test)]
mod tests;
