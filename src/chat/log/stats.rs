//! `/stats`: messages of the log, counted.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::candidates::{Candidates, Wanted};
use super::filtered::begin_of;
use super::search::read;
use super::suits::Suits;
use crate::chat::empty::nothing_found;
use crate::chat::{Chat, listing};
use crate::domain::{
    Event, Flow, HeatRow, Message, MessageCounts, MessageId, Result, Role, Scope, SessionId, Sink,
    StatRow, Status, Timestamp, UserName, Zone,
};
use crate::responder::Price;
use crate::store::Which;

/// So many groups are counted apart: what belongs to others is counted together.
const GROUPS: usize = 64 * 1024;

/// Of so many sessions the last question is remembered, to see how long its reply took.
const QUESTIONS: usize = 64 * 1024;

/// How many weeks are shown, the last of which is this one.
const WEEKS: usize = 26;

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// By what messages are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    All,
    User,
    Session,
    Day,
    Hour,
    Model,
    Role,
    Source,
    /// The days of the week, and their hours.
    Heat,
}

impl Grouping {
    /// Those that a person may name behind `by`.
    pub(crate) const BY: [Self; 7] = [
        Self::User,
        Self::Session,
        Self::Day,
        Self::Hour,
        Self::Model,
        Self::Role,
        Self::Source,
    ];

    /// The word that people and scripts read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::User => "user",
            Self::Session => "session",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Model => "model",
            Self::Role => "role",
            Self::Source => "source",
            Self::Heat => "heat",
        }
    }
}

/// Counts the messages that a query finds, of the current user unless it asks for another
/// scope, and tells what came of it.
///
/// # Errors
/// If they cannot be read, or it asks for somebody else's messages within one's own.
pub(crate) fn stats(
    chat: &mut Chat,
    by: Grouping,
    filters: &str,
    sink: &mut dyn Sink,
) -> Result<()> {
    chat.commit(sink)?;
    let query = read(chat, "/stats", filters, None)?;
    let suits = Suits::new(chat, "/stats", Scope::User, &query.filter)?;
    let limit = query.filter.limit.unwrap_or(u64::MAX);
    listing::begin(chat, sink)?;
    let behind = begin_of(chat, &query, &suits, sink)?.behind;
    let mut candidates = if filters.trim().is_empty() {
        Candidates::everything(chat, behind)?
    } else {
        let wanted = Wanted::Behind(behind);
        Candidates::begin(chat, &query, &suits, wanted, sink)?
    };
    let mut counting = Counting::new(chat, by);
    let (mut marks, mut has_more) = (Vec::new(), true);
    while has_more && counting.all.messages < limit {
        has_more = candidates.next(chat, &query, &mut |message| {
            let is_wanted = counting.all.messages < limit
                && suits.found_in(&query, message, &mut marks).is_some();
            if is_wanted {
                counting.count(message);
            }
        })?;
        listing::go_on(candidates.work(), sink)?;
    }
    if candidates.work().is_some() {
        // What was told of it is no more to be seen.
        let _ = sink.work(None);
    }
    let (scope, hint) = (
        Some(suits.scope()),
        Some(nothing_found(&query, suits.scope())),
    );
    let mut rows = counting.rows();
    rows.reverse();
    listing::list_begun(chat, scope, hint, sink, &mut |chat, told| {
        if counting.all.messages == 0 {
            return Ok(false);
        }
        if by == Grouping::Heat {
            counting.heat(told);
            return Ok(false);
        }
        while let Some((key, counts)) = rows.pop() {
            let title = title_of(chat, &key)?;
            let row = StatRow {
                by: Some(by.word()),
                key: key.text.as_deref(),
                title: title.as_deref(),
                counts: &counts,
                is_total: false,
                most: counting.most,
                weeks: &[],
            };
            if told.emit(&Event::StatRow(&row)) == Flow::Full {
                return Ok(true);
            }
        }
        let total = StatRow {
            by: (by != Grouping::All).then_some(by.word()),
            key: None,
            title: None,
            counts: &counting.all,
            is_total: true,
            most: counting.most,
            weeks: &counting.weeks,
        };
        if by == Grouping::All {
            told.emit(&Event::StatRow(&total));
        } else {
            told.emit_beside(&Event::StatRow(&total));
        }
        Ok(false)
    })
}

/// What a group has in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    /// None where a message has nothing of it: no model, no source.
    text: Option<String>,
    /// Whose session it is.
    user: Option<String>,
}

/// What was counted so far.
struct Counting {
    by: Grouping,
    zone: TimeZone,
    now: Timestamp,
    all: MessageCounts,
    groups: HashMap<Key, MessageCounts>,
    /// Groups that there is no room for.
    others: MessageCounts,
    /// For each session its last question, and when it was asked.
    questions: HashMap<SessionId, (MessageId, Timestamp)>,
    days: [(MessageCounts, [u64; 24]); 7],
    weeks: Vec<u64>,
    prices: HashMap<String, Price>,
    most: u64,
    /// The hour of the last message: neighbours often are of the same.
    last_hour: Option<(i64, String, usize, usize)>,
}

impl Counting {
    fn new(chat: &Chat, by: Grouping) -> Self {
        let zone = match chat.settings.zone {
            Zone::Local => TimeZone::system(),
            Zone::Utc => TimeZone::UTC,
        };
        let weeks = if by == Grouping::All { WEEKS } else { 0 };
        Self {
            by,
            zone,
            now: chat.settings.now(),
            all: MessageCounts::default(),
            groups: HashMap::new(),
            others: MessageCounts::default(),
            questions: HashMap::new(),
            days: [(MessageCounts::default(), [0; 24]); 7],
            weeks: vec![0; weeks],
            most: 0,
            last_hour: None,
            prices: chat.answering.prices(),
        }
    }

    fn count(&mut self, message: &Message<'_>) {
        let counts = MessageCounts {
            messages: 1,
            turns: u64::from(message.role == Role::User),
            characters: message.content.chars().count() as u64,
            waited: self.waited(message),
            failures: u64::from(message.status == Status::Failed),
            ..tokens_of(message, &self.prices)
        };
        self.all.add(&counts);
        let key = match self.by {
            Grouping::All => {
                let age = self.now.0.saturating_sub(message.time().0).max(0) / WEEK;
                let week = usize::try_from(age)
                    .ok()
                    .and_then(|age| WEEKS.checked_sub(age + 1));
                if let Some(count) = week.and_then(|week| self.weeks.get_mut(week)) {
                    *count += 1;
                }
                return;
            }
            Grouping::Heat => {
                let (_, day, hour) = self.hour_of(message.time());
                if let Some((of_day, hours)) = self.days.get_mut(day) {
                    of_day.add(&counts);
                    hours[hour] += 1;
                }
                return;
            }
            Grouping::User => Key::of(Some(message.user.as_str())),
            Grouping::Model => Key::of(message.model),
            Grouping::Role => Key::of(Some(message.role.word())),
            Grouping::Source => Key::of(message.source),
            Grouping::Session => Key {
                text: Some(message.session.to_string()),
                user: Some(message.user.as_str().to_owned()),
            },
            Grouping::Day => Key::of(Some(self.hour_of(message.time()).0)),
            Grouping::Hour => {
                let (_, _, hour) = self.hour_of(message.time());
                Key::of(Some(&format!("{hour:02}")))
            }
        };
        let has_room = self.groups.len() < GROUPS;
        let group = match self.groups.get_mut(&key) {
            Some(group) => group,
            None if has_room => self.groups.entry(key).or_default(),
            None => &mut self.others,
        };
        group.add(&counts);
    }

    /// How long a reply was waited for that stands right behind its question.
    fn waited(&mut self, message: &Message<'_>) -> u64 {
        match message.role {
            Role::User => {
                if self.questions.len() >= QUESTIONS {
                    self.questions.clear();
                }
                let question = (message.id, message.time());
                self.questions.insert(message.session, question);
                0
            }
            // What comes behind the first is another try, which somebody asked for later.
            Role::Ai => match self.questions.remove(&message.session) {
                Some((id, at)) if message.parent == Some(id) => {
                    u64::try_from(message.time().0.saturating_sub(at.0)).unwrap_or(0)
                }
                _ => 0,
            },
            Role::System => 0,
        }
    }

    /// The day of a time, the place of that in the week from Monday, and the hour.
    fn hour_of(&mut self, time: Timestamp) -> (&str, usize, usize) {
        let hour = time.0.div_euclid(60 * 60 * 1000);
        if self.last_hour.as_ref().is_none_or(|last| last.0 != hour) {
            let instant = jiff::Timestamp::from_millisecond(time.0).unwrap_or_default();
            let at = instant.to_zoned(self.zone.clone());
            let day = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
            let of_day = usize::try_from(at.hour()).unwrap_or(0);
            self.last_hour = Some((hour, at.date().to_string(), day.min(6), of_day.min(23)));
        }
        match &self.last_hour {
            Some((_, date, day, of_day)) => (date, *day, *of_day),
            None => ("", 0, 0),
        }
    }

    /// The groups: days and hours in their order, others by how much they have.
    fn rows(&mut self) -> Vec<(Key, MessageCounts)> {
        let mut rows: Vec<_> = self.groups.drain().collect();
        match self.by {
            Grouping::Day | Grouping::Hour => rows.sort_by(|one, other| one.0.cmp(&other.0)),
            _ => rows.sort_by(|one, other| {
                let by_count = other.1.messages.cmp(&one.1.messages);
                by_count.then_with(|| one.0.cmp(&other.0))
            }),
        }
        if self.others.messages > 0 {
            rows.push((Key::of(Some(OTHERS)), self.others));
        }
        let messages = rows.iter().map(|(_, counts)| counts.messages);
        self.most = messages.max().unwrap_or(self.all.messages);
        rows
    }

    fn heat(&self, told: &mut listing::Rows<'_>) {
        let hours = self.days.iter().flat_map(|(_, hours)| hours);
        let most = hours.copied().max().unwrap_or(0);
        for (day, (counts, hours)) in WEEKDAYS.into_iter().zip(&self.days) {
            told.emit(&Event::HeatRow(HeatRow {
                day,
                counts,
                hours,
                most,
            }));
        }
    }
}

/// The group of what there is no room for apart.
const OTHERS: &str = "others";

impl Key {
    fn of(text: Option<&str>) -> Self {
        Self {
            text: text.map(str::to_owned),
            user: None,
        }
    }
}

/// What a session is called, if the key is one's.
fn title_of(chat: &mut Chat, key: &Key) -> Result<Option<String>> {
    let (Some(id), Some(user)) = (&key.text, &key.user) else {
        return Ok(None);
    };
    let user = UserName::stored(user);
    let row = chat.log.find(&user, Which::Prefix(id), 1)?.pop();
    Ok(row.and_then(|row| row.title.or(row.preview)))
}

/// The tokens of a message, and what they cost.
fn tokens_of(message: &Message<'_>, prices: &HashMap<String, Price>) -> MessageCounts {
    let Some(usage) = message.usage else {
        return MessageCounts::default();
    };
    let price = message.model.and_then(|model| prices.get(model));
    #[expect(
        clippy::cast_precision_loss,
        reason = "no count of tokens is that large"
    )]
    let of = |tokens: u64, price: f64| tokens as f64 * price / 1e6;
    let count = |tokens: i64| u64::try_from(tokens).unwrap_or(0);
    let (sent, came) = (count(usage.prompt), count(usage.reply));
    MessageCounts {
        prompt_tokens: sent,
        reply_tokens: came,
        cost: price.map(|price| of(sent, price.input) + of(came, price.output)),
        unpriced: u64::from(price.is_none()),
        ..MessageCounts::default()
    }
}
