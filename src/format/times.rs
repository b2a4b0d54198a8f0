//! Times as programs write them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
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
