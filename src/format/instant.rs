//! Times as programs write them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::domain::Timestamp;

/// From this number on, milliseconds are told and not seconds: as seconds it would be
/// the year 5138.
const MILLISECONDS: f64 = 1e11;

/// The time that a value tells: seconds or milliseconds since 1970 as a number or in a
/// text, RFC 3339, or the same without an offset, which is in UTC. Zero is what programs
/// write that do not know.
pub(super) fn instant(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => since_1970(number.as_f64()?),
        Value::String(text) => {
            let text = text.trim();
            if let Ok(number) = text.parse() {
                return since_1970(number);
            }
            let at = text.parse::<jiff::Timestamp>().ok().or_else(|| {
                let at: DateTime = text.parse().ok()?;
                Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
            });
            at.map(|at| Timestamp(at.as_millisecond()))
        }
        _ => None,
    }
}

fn since_1970(number: f64) -> Option<Timestamp> {
    let milliseconds = if number.abs() > MILLISECONDS {
        number
    } else {
        number * 1000.0
    };
    if !milliseconds.is_finite() || milliseconds == 0.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction of a millisecond is not kept, and too much becomes the most there is"
    )]
    let milliseconds = milliseconds.round() as i64;
    // What no calendar has is not a time.
    jiff::Timestamp::from_millisecond(milliseconds).ok()?;
    Some(Timestamp(milliseconds))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_all_their_forms() {
        let at = Some(Timestamp(1_700_000_000_250));
        for value in [
            json!(1_700_000_000.25),
            json!(1_700_000_000_250_u64),
            json!("1700000000.25"),
            json!("2023-11-14T22:13:20.250000Z"),
            json!("2023-11-14T23:13:20.25+01:00"),
            json!("2023-11-14T22:13:20.250"),
        ] {
            assert_eq!(instant(&value), at, "{value}");
        }
        assert_eq!(
            instant(&json!(1_700_000_000)),
            Some(Timestamp(1_700_000_000_000))
        );
        for value in [
            json!(null),
            json!(0),
            json!("NaN"),
            json!("inf"),
            json!(1e300),
            json!("yesterday"),
            json!([1]),
        ] {
            assert_eq!(instant(&value), None, "{value}");
        }
    }
}
