//! Times as programs write them.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

use crate::domain::Timestamp;

/// From here on a number counts milliseconds: as seconds it would be the year 5138.
const MILLISECONDS_FROM: f64 = 1e11;

/// The instant that a value means, if it means one: zero is what programs write that do
/// not know.
pub(super) fn time_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number.as_f64().and_then(time_of_number),
        Value::String(text) => time_of_text(text),
        _ => None,
    }
}

/// The instant that a text means: RFC 3339, the same without an offset, which is taken
/// as UTC, or a number.
pub(super) fn time_of_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(instant.as_millisecond()));
    }
    if let Ok(naive) = text.parse::<DateTime>() {
        let instant = naive.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(Timestamp(instant.as_millisecond()));
    }
    time_of_number(text.parse().ok()?)
}

/// The instant that is so many seconds or milliseconds after the first of 1970.
fn time_of_number(number: f64) -> Option<Timestamp> {
    let milliseconds = if number.abs() > MILLISECONDS_FROM {
        number
    } else {
        number * 1000.0
    };
    // By way of digits, which say of themselves what does not fit.
    let milliseconds: i64 = format!("{milliseconds:.0}").parse().ok()?;
    // What no calendar has is no time.
    jiff::Timestamp::from_millisecond(milliseconds).ok()?;
    (milliseconds != 0).then_some(Timestamp(milliseconds))
}

/// An instant in UTC as RFC 3339 with milliseconds, `2026-11-22T13:32:07.120Z`; none
/// outside of the years 0 to 9999, of which that has no word.
pub(super) fn rfc_3339(time: Timestamp) -> Option<[u8; 24]> {
    let instant = jiff::Timestamp::from_millisecond(time.0).ok()?;
    let at = Offset::UTC.to_datetime(instant);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut put = |from: usize, to: usize, number: i64| {
        let mut rest = u64::try_from(number).ok()?;
        for digit in text.get_mut(from..to)?.iter_mut().rev() {
            *digit += u8::try_from(rest % 10).ok()?;
            rest /= 10;
        }
        (rest == 0).then_some(())
    };
    put(0, 4, at.year().into())?;
    put(5, 7, at.month().into())?;
    put(8, 10, at.day().into())?;
    put(11, 13, at.hour().into())?;
    put(14, 16, at.minute().into())?;
    put(17, 19, at.second().into())?;
    put(20, 23, time.0.rem_euclid(1000))?;
    Some(text)
}

/// The instant of a text in RFC 3339.
pub(super) fn of_rfc_3339(text: &str) -> Option<Timestamp> {
    of_plain(text.as_bytes()).or_else(|| {
        let instant = text.parse::<jiff::Timestamp>().ok()?;
        Some(Timestamp(instant.as_millisecond()))
    })
}

/// The same for the one spelling in which it is written here.
fn of_plain(text: &[u8]) -> Option<Timestamp> {
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'.'),
        (23, b'Z'),
    ];
    if text.len() != 24 || marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?.iter();
        digits
            .map(|byte| byte.checked_sub(b'0').filter(|digit| *digit < 10))
            .try_fold(0_i16, |number, digit| Some(number * 10 + i16::from(digit?)))
    };
    let small = |from, to| i8::try_from(number(from, to)?).ok();
    let at = DateTime::new(
        number(0, 4)?,
        small(5, 7)?,
        small(8, 10)?,
        small(11, 13)?,
        small(14, 16)?,
        small(17, 19)?,
        0,
    );
    let whole = Offset::UTC.to_timestamp(at.ok()?).ok()?.as_millisecond();
    Some(Timestamp(whole + i64::from(number(20, 23)?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_every_spelling() {
        for value in [
            json!("2026-11-03T10:30:15.250Z"),
            json!("2026-11-03T11:30:15.250+01:00"),
            json!("2026-11-03T10:30:15.250"),
            json!("2026-11-03 10:30:15.250"),
            json!("2026-11-03 10:30:15.250000+00:00"),
            json!(1_793_701_815.25),
            json!(1_793_701_815_250_i64),
            json!("1793701815.25"),
        ] {
            assert_eq!(
                time_of(&value),
                Some(Timestamp(1_793_701_815_250)),
                "{value}"
            );
        }
        assert_eq!(
            time_of(&json!("2026-11-03")),
            time_of(&json!(1_793_664_000))
        );
    }

    #[test]
    fn every_instant_that_is_written_is_read_again() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_793_701_815_250, "2026-11-03T10:30:15.250Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_007, "2000-02-29T00:00:00.007Z"),
            (253_402_207_199_000, "9999-12-30T21:59:59.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] {
            let written = rfc_3339(Timestamp(milliseconds)).expect(text);
            assert_eq!(str::from_utf8(&written).unwrap(), text);
            assert_eq!(of_rfc_3339(text), Some(Timestamp(milliseconds)));
        }
        for outside in [i64::MIN, -62_167_219_200_001, i64::MAX] {
            assert_eq!(rfc_3339(Timestamp(outside)), None);
        }
        let other = of_rfc_3339("2026-11-03T11:30:15.25+01:00");
        assert_eq!(other, Some(Timestamp(1_793_701_815_250)));
        for wrong in [
            "",
            "2026-11-03T10:30:15.2x0Z",
            "2026-13-03T10:30:15.250Z",
            "2026",
        ] {
            assert_eq!(of_rfc_3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for value in [
            json!(null),
            json!(0),
            json!("0"),
            json!(""),
            json!("yesterday"),
            json!("nan"),
            json!("inf"),
            json!(1e300),
            json!(-1e300),
            json!("9999-12-31T23:59:59.9-23:59"),
            json!([]),
        ] {
            assert_eq!(time_of(&value), None, "{value}");
        }
    }
}
