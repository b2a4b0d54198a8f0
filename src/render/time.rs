//! Times for scripts (RFC 3339, UTC, milliseconds) and for people (their zone).

use jiff::tz::TimeZone;

use crate::domain::Timestamp;

/// Writes times as RFC 3339 in UTC. Neighbours in the log are often of the same
/// second, so its text is cached.
#[derive(Default)]
pub(super) struct Utc {
    second: Option<i64>,
    text: String,
}

impl Utc {
    /// `2026-11-22T13:32:07.120Z`
    pub(super) fn format(&mut self, time: Timestamp) -> &str {
        let second = time.0.div_euclid(1000);
        if self.second != Some(second) {
            self.second = Some(second);
            self.text.clear();
            let whole = jiff::Timestamp::from_second(second).unwrap_or(jiff::Timestamp::MAX);
            self.text
                .push_str(&whole.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string());
        }
        let millisecond = time.0.rem_euclid(1000);
        self.text.truncate(self.text.len() - "000Z".len());
        for power in [100, 10, 1] {
            let digit = u8::try_from(millisecond / power % 10).unwrap_or(0);
            self.text.push(char::from(b'0' + digit));
        }
        self.text.push('Z');
        &self.text
    }
}

/// `2026-11-22T13:32:07Z`
pub(super) fn second(time: Timestamp) -> String {
    let mut utc = Utc::default();
    let text = utc.format(time);
    format!("{}Z", &text[..text.len() - ".000Z".len()])
}

/// Writes times in the local time zone.
pub(super) struct Local {
    zone: TimeZone,
}

impl Local {
    /// The system's zone, or UTC if it has none.
    pub(super) fn system() -> Self {
        Self {
            zone: TimeZone::system(),
        }
    }

    /// `2026-11-22`
    pub(super) fn date(&self, time: Timestamp) -> String {
        self.format(time, "%Y-%m-%d")
    }

    /// `2026-11-22 14:32`
    pub(super) fn minute(&self, time: Timestamp) -> String {
        self.format(time, "%Y-%m-%d %H:%M")
    }

    /// `14:32:07`
    pub(super) fn clock(&self, time: Timestamp) -> String {
        self.format(time, "%H:%M:%S")
    }

    fn format(&self, time: Timestamp, pattern: &str) -> String {
        jiff::Timestamp::from_millisecond(time.0)
            .unwrap_or(jiff::Timestamp::MAX)
            .to_zoned(self.zone.clone())
            .strftime(pattern)
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_has_three_digits_of_a_second() {
        let mut utc = Utc::default();
        assert_eq!(utc.format(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            utc.format(Timestamp(1_795_354_327_120)),
            "2026-11-22T13:32:07.120Z"
        );
        assert_eq!(
            utc.format(Timestamp(1_795_354_327_007)),
            "2026-11-22T13:32:07.007Z"
        );
        assert_eq!(utc.format(Timestamp(-1)), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_time_out_of_range_is_the_last_one_there_is() {
        assert!(
            Utc::default()
                .format(Timestamp(i64::MAX))
                .starts_with("9999-12-3")
        );
    }
}
