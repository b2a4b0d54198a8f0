//! The language of a search.
//!
//! Words, of which a text has to have all, stand between blanks; `OR` between two of
//! them asks for one of both. A word may be a `"phrase"`, a `prefix*`, a `/pattern/`,
//! or a filter such as `user:alice`; `-` before it turns it round. Quotes, and `\` at
//! its beginning, make a word of anything.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::dates::time_of;
use super::error::{QueryError, QueryFault};
use super::filter::{Filter, Key};
use super::letter::Letter;
use super::pattern::{Pattern, PatternFault};
use super::question::Query;
use super::text_wanted::TextWanted;
use super::words::{Clause, Term, Wanted};
use crate::domain::{MessageId, Role, Scope, Status, Timestamp, UserName};

/// The longest question, in bytes.
const QUERY_BYTES: usize = 16 * 1024;

impl Query {
    /// Reads a question; times in it are seen from this instant and zone.
    ///
    /// # Errors
    /// The first part of it that cannot be read.
    pub(crate) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Self, QueryError> {
        let mut parser = Parser::new(text, now, zone);
        parser
            .read()
            .map_err(|(at, fault)| QueryError::new(text, at, fault))?;
        Ok(Self::new(parser.filter, parser.words))
    }
}

type Fault = (Range<usize>, QueryFault);

struct Parser<'a> {
    text: &'a str,
    now: Timestamp,
    zone: &'a TimeZone,
    filter: Filter,
    words: Vec<Clause>,
}

/// What stands between two blanks.
enum Part<'a> {
    Or,
    /// A word or phrase.
    Text {
        text: String,
        is_prefix: bool,
    },
    /// What stands between two slashes, and where it begins.
    Pattern {
        text: &'a str,
        at: usize,
    },
    Filter {
        key: Key,
        value: String,
    },
}

/// What the part before was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Word,
    Filter,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, now: Timestamp, zone: &'a TimeZone) -> Self {
        Self {
            text,
            now,
            zone,
            filter: Filter::default(),
            words: Vec::new(),
        }
    }

    fn read(&mut self) -> Result<(), Fault> {
        if self.text.len() > QUERY_BYTES {
            let fault = QueryFault::TooLong(QUERY_BYTES);
            return Err((0..self.text.len(), fault));
        }
        let mut before = Before::Nothing;
        let mut or: Option<Range<usize>> = None;
        let mut at = 0;
        while let Some(begin) = self.text[at..].find(|c: char| !c.is_whitespace()) {
            let begin = at + begin;
            let (is_negated, part, end) = part(self.text, begin)?;
            let place = begin..end;
            at = end;
            match part {
                Part::Or if before == Before::Word && or.is_none() => or = Some(place),
                Part::Or if before == Before::Filter => {
                    return Err((place, QueryFault::OrBesideFilter));
                }
                Part::Or => return Err((place, QueryFault::LoneOr)),
                Part::Filter { key, value } => {
                    if let Some(or) = or {
                        return Err((or, QueryFault::OrBesideFilter));
                    }
                    let added = self.add_filter(key, value, is_negated);
                    added.map_err(|fault| (place, fault))?;
                    before = Before::Filter;
                }
                Part::Text { text, is_prefix } => {
                    let wanted = TextWanted::new(&text, is_prefix);
                    let wanted = wanted.ok_or((place, QueryFault::Nothing))?;
                    self.add(Wanted::Text(wanted), is_negated, or.take().is_some());
                    before = Before::Word;
                }
                Part::Pattern { text, at } => {
                    let pattern = Pattern::new(text);
                    let pattern =
                        pattern.map_err(|fault| (place, self.pattern_fault(fault, at)))?;
                    self.add(Wanted::Pattern(pattern), is_negated, or.take().is_some());
                    before = Before::Word;
                }
            }
        }
        or.map_or(Ok(()), |or| Err((or, QueryFault::LoneOr)))
    }

    /// Adds a word: to the one before, if it is an alternative to that.
    fn add(&mut self, wanted: Wanted, is_negated: bool, is_alternative: bool) {
        let term = Term { is_negated, wanted };
        match self.words.last_mut() {
            Some(before) if is_alternative => before.any_of.push(term),
            _ => self.words.push(Clause { any_of: vec![term] }),
        }
    }

    /// Where in the question a pattern is wrong.
    fn pattern_fault(&self, fault: PatternFault, begin: usize) -> QueryFault {
        match fault {
            PatternFault::Syntax(at, why) => {
                let before = self.text.get(..begin + at).unwrap_or(self.text);
                QueryFault::Pattern(before.chars().count() + 1, why)
            }
            PatternFault::TooLarge => QueryFault::LargePattern,
        }
    }

    fn add_filter(&mut self, key: Key, value: String, is_negated: bool) -> Result<(), QueryFault> {
        if value.trim().is_empty() {
            return Err(QueryFault::NoValue(key));
        }
        if is_negated && !key.can_be_negated() {
            return Err(QueryFault::Negated(key));
        }
        let unknown = QueryFault::Unknown(key);
        let filter = &mut self.filter;
        match key {
            Key::In if value == "reasoning" => filter.in_reasoning = true,
            Key::In => {
                let scope = Scope::parse(&value).ok_or(unknown)?;
                once(key, &mut filter.scope, scope)?;
            }
            Key::User => {
                let user = UserName::new(&value).map_err(QueryFault::Name)?;
                filter.user.add(user, is_negated);
            }
            Key::Session => filter.session.add(value, is_negated),
            Key::Role => filter
                .role
                .add(Role::parse(&value).ok_or(unknown)?, is_negated),
            Key::Model => filter.model.add(value, is_negated),
            Key::Status => filter
                .status
                .add(Status::parse(&value).ok_or(unknown)?, is_negated),
            Key::Source => filter.source.add(value, is_negated),
            Key::Since | Key::Before => {
                let time = time_of(&value, self.now, self.zone).map_err(QueryFault::Time)?;
                let is_since = key == Key::Since;
                once(
                    key,
                    if is_since {
                        &mut filter.since
                    } else {
                        &mut filter.before
                    },
                    time,
                )?;
            }
            Key::After => once(
                key,
                &mut filter.after,
                MessageId::parse(&value).ok_or(unknown)?,
            )?,
            Key::Limit => {
                let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
                let limit = value.parse().ok().filter(|&limit| is_number && limit > 0);
                once(key, &mut filter.limit, limit.ok_or(unknown)?)?;
            }
        }
        Ok(())
    }
}

/// Says something that can be said once, or the same again.
fn once<T: PartialEq>(key: Key, place: &mut Option<T>, value: T) -> Result<(), QueryFault> {
    if place.as_ref().is_some_and(|before| *before != value) {
        return Err(QueryFault::Twice(key));
    }
    *place = Some(value);
    Ok(())
}

/// The part of a question that begins at a place, whether it is negated, and where
/// it ends.
fn part(text: &str, begin: usize) -> Result<(bool, Part<'_>, usize), Fault> {
    let is_negated = is_negation(&text[begin..]);
    let at = begin + usize::from(is_negated);
    let rest = &text[at..];
    let end = at + rest.find(char::is_whitespace).unwrap_or(rest.len());
    let word = &text[at..end];
    let plain = |text: &str| Part::Text {
        text: text.to_owned(),
        is_prefix: false,
    };
    if let Some(escaped) = word.strip_prefix('\\').filter(|word| !word.is_empty()) {
        return Ok((is_negated, plain(escaped), end));
    }
    if word.starts_with('"') {
        let (phrase, behind) = quoted(text, begin, at)?;
        let is_prefix = text[behind..].starts_with('*');
        let end = behind + usize::from(is_prefix);
        let part = Part::Text {
            text: phrase,
            is_prefix,
        };
        return ends_at_blank(text, begin, end).map(|end| (is_negated, part, end));
    }
    if let Some(length) = pattern_length(rest) {
        let part = Part::Pattern {
            text: &rest[1..=length],
            at: at + 1,
        };
        return Ok((is_negated, part, at + length + 2));
    }
    let keyed = word
        .split_once(':')
        .and_then(|(key, value)| Some((Key::parse(key)?, value)));
    if let Some((key, value)) = keyed {
        let value_at = end - value.len();
        let (value, end) = if value.starts_with('"') {
            let (value, behind) = quoted(text, begin, value_at)?;
            (value, ends_at_blank(text, begin, behind)?)
        } else {
            (value.to_owned(), end)
        };
        return Ok((is_negated, Part::Filter { key, value }, end));
    }
    let part = match word {
        "OR" if !is_negated => Part::Or,
        _ => match word.strip_suffix('*').filter(|word| ends_with_letter(word)) {
            Some(prefix) => Part::Text {
                text: prefix.to_owned(),
                is_prefix: true,
            },
            None => plain(word),
        },
    };
    Ok((is_negated, part, end))
}

/// Whether a word is turned round: not an option (`--all`), an arrow (`->`) or a dash.
fn is_negation(word: &str) -> bool {
    let behind = word.strip_prefix('-').and_then(|rest| rest.chars().next());
    behind.is_some_and(|c| !c.is_whitespace() && c != '-' && c != '>')
}

/// What stands in quotes from a place on, and where what follows them begins. In
/// them `\` makes `"` and `\` plain.
fn quoted(text: &str, begin: usize, at: usize) -> Result<(String, usize), Fault> {
    let mut inner = String::new();
    let mut rest = text[at + 1..].char_indices();
    while let Some((offset, c)) = rest.next() {
        match c {
            '"' => return Ok((inner, at + 1 + offset + 1)),
            '\\' if rest.as_str().starts_with(['"', '\\']) => {
                inner.extend(rest.next().map(|(_, c)| c));
            }
            _ => inner.push(c),
        }
    }
    Err((begin..text.trim_end().len(), QueryFault::OpenQuote))
}

/// Nothing but a blank may follow a closing quote.
fn ends_at_blank(text: &str, begin: usize, end: usize) -> Result<usize, Fault> {
    let rest = &text[end..];
    match rest.find(char::is_whitespace).unwrap_or(rest.len()) {
        0 => Ok(end),
        more => Err((begin..end + more, QueryFault::NoBlank)),
    }
}

/// How long the pattern is with which a text begins, between its slashes: up to the
/// second one without a `\` before it, if a word ends there.
fn pattern_length(text: &str) -> Option<usize> {
    let pattern = text.strip_prefix('/')?;
    let mut characters = pattern.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => {
                characters.next();
            }
            '/' => {
                let next = characters.next();
                let is_end = next.is_none_or(|(_, c)| c.is_whitespace());
                return Some(at).filter(|&at| at > 0 && is_end);
            }
            _ => {}
        }
    }
    None
}

fn ends_with_letter(word: &str) -> bool {
    let last = word.chars().next_back();
    last.is_some_and(|c| Letter::of(c) != Letter::None)
}

#[cfg(test)]
mod tests;
