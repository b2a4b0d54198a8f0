//! Times as people write them.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};

use crate::domain::Timestamp;

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeFault {
    /// It is not written as one.
    NoTime,
    /// It lies before or behind all times that are told.
    OutOfRange,
}

type Result<T> = std::result::Result<T, TimeFault>;

/// The instant that a text means.
///
/// `2h` and `3 days` are that long ago, days and months by the person's calendar.
/// `today`, `yesterday`, `2026-11-03`, `2026-11` and `2026` begin when that day,
/// month or year begins in their zone; `monday` is the latest, today among them,
/// `last monday` the latest before today. `10:30` is today, a date and time without
/// an offset is in their zone, and RFC 3339 says it all.
///
/// # Errors
/// It is none of these, or out of range.
pub(super) fn time_of(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
    let now = jiff::Timestamp::from_millisecond(now.0).map_err(|_| TimeFault::OutOfRange)?;
    let now = now.to_zoned(zone.clone());
    let word = text.trim().to_ascii_lowercase();
    let begin = |date: Date| {
        let begin = date.to_zoned(zone.clone());
        begin.map_err(|_| TimeFault::OutOfRange)
    };
    let zoned = if let Some(date) = day_of(&word, now.date()).or_else(|| date_of(&word)) {
        begin(date?)?
    } else if word == "now" {
        now
    } else if let Some(time) = time_of_day(&word) {
        let at = now.date().to_datetime(time);
        at.to_zoned(zone.clone())
            .map_err(|_| TimeFault::OutOfRange)?
    } else if let Ok(instant) = text.trim().parse::<jiff::Timestamp>() {
        instant.to_zoned(zone.clone())
    } else if let Some(at) = date_and_time(&word) {
        at.to_zoned(zone.clone())
            .map_err(|_| TimeFault::OutOfRange)?
    } else {
        ago(&word, &now)?
    };
    Ok(Timestamp(zoned.timestamp().as_millisecond()))
}

/// A day that is told from today on.
fn day_of(word: &str, today: Date) -> Option<Result<Date>> {
    let days_ago = match word {
        "today" => 0,
        "yesterday" => 1,
        "tomorrow" => -1,
        _ => {
            let last = word.strip_prefix("last").filter(|day| day.starts_with(' '));
            let weekday = weekday_of(last.unwrap_or(word).trim_start())?;
            let days = i64::from(today.weekday().since(weekday));
            if last.is_some() && days == 0 { 7 } else { days }
        }
    };
    let date = today.checked_sub(Span::new().days(days_ago));
    Some(date.map_err(|_| TimeFault::OutOfRange))
}

fn weekday_of(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// A year, a month or a day, in digits; `None` if it does not look like one.
fn date_of(word: &str) -> Option<Result<Date>> {
    let mut parts = word.split('-');
    let year = number(parts.next()?, 4)?;
    let mut part = || parts.next().map_or(Some(1), |part| number(part, 2));
    let (month, day) = (part()?, part()?);
    if parts.next().is_some() {
        return None;
    }
    let part = |number: i16| i8::try_from(number).map_err(|_| TimeFault::NoTime);
    let date = part(month)
        .and_then(|month| Date::new(year, month, part(day)?).map_err(|_| TimeFault::NoTime));
    Some(date)
}

/// `9:30`, `09:30` or `09:30:15`.
fn time_of_day(word: &str) -> Option<Time> {
    let (hour, rest) = word.split_once(':')?;
    let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
    let hour = number(hour, 2).or_else(|| number(hour, 1))?;
    let part = |number: i16| i8::try_from(number).ok();
    let (minute, second) = (number(minute, 2)?, number(second, 2)?);
    Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
}

/// A date and a time without an offset.
fn date_and_time(word: &str) -> Option<DateTime> {
    let (date, time) = word.split_once(['t', ' '])?;
    date_of(date)?.ok()?;
    let is_bare = time
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.'));
    if is_bare && time.contains(':') {
        format!("{date}T{time}").parse().ok()
    } else {
        None
    }
}

/// So long ago: `2h`, `3 days`, `1 day 2 hours ago`.
fn ago(word: &str, now: &Zoned) -> Result<Zoned> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(TimeFault::NoTime);
    }
    let span: Span = word.parse().map_err(|_| TimeFault::NoTime)?;
    let then = now.checked_sub(span.abs());
    then.map_err(|_| TimeFault::OutOfRange)
}

/// A number of that many digits.
fn number(digits: &str, length: usize) -> Option<i16> {
    let is_number = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests;
