//! Times for scripts (RFC 3339, UTC, milliseconds) and for people (their zone).

use jiff::tz::TimeZone;

use crate::domain::{Timestamp, Zone};

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

/// Writes times for a person, in their time zone unless they want them in UTC.
pub(super) struct Local {
    zone: TimeZone,
    /// What stands behind a date: a person takes a time for one of theirs.
    mark: &'static str,
}

impl Local {
    /// The system's zone, or UTC if it has none; or UTC, and each date says so.
    pub(super) fn of(zone: Zone) -> Self {
        match zone {
            Zone::Local => Self {
                zone: TimeZone::system(),
                mark: "",
            },
            Zone::Utc => Self {
                zone: TimeZone::UTC,
                mark: " UTC",
            },
        }
    }

    /// `2026-11-22`, or `2026-11-22 UTC`
    pub(super) fn date(&self, time: Timestamp) -> String {
        self.format(time, "%Y-%m-%d") + self.mark
    }

    /// `2026-11-22 14:32:07`, or `2026-11-22 14:32:07 UTC`
    pub(super) fn date_and_clock(&self, time: Timestamp) -> String {
        self.format(time, "%Y-%m-%d %H:%M:%S") + self.mark
    }

    /// How much later than another a time is, if days lie between their days:
    /// `3 days later`.
    pub(super) fn gap(&self, earlier: Timestamp, later: Timestamp) -> Option<String> {
        let day = |time| self.zoned(time).date();
        let days = day(later).duration_since(day(earlier)).as_hours() / 24;
        let count = match days {
            ..2 => return None,
            2..60 => format!("{days} days"),
            60..730 => format!("{} months", days / 30),
            _ => format!("{} years", days / 365),
        };
        Some(format!("{count} later"))
    }

    /// `14:32:07`
    pub(super) fn clock(&self, time: Timestamp) -> String {
        self.format(time, "%H:%M:%S")
    }

    /// How long ago a time is, in at most 13 columns: `5 min ago`, `yesterday`. What
    /// is later than now by more than the clocks of two machines differ is
    /// `in the future`.
    pub(super) fn age(&self, time: Timestamp, now: Timestamp) -> String {
        let minutes = now.0.saturating_sub(time.0) / 60_000;
        match minutes {
            ..0 => return "in the future".into(),
            0 => return "just now".into(),
            1..60 => return format!("{minutes} min ago"),
            60..1440 => return format!("{} h ago", minutes / 60),
            _ => {}
        }
        // From here on a person counts days by the calendar.
        let hours = (self.zoned(now).date())
            .duration_since(self.zoned(time).date())
            .as_hours();
        let days = (hours / 24).max(1);
        let (count, unit) = match days {
            1 => return "yesterday".into(),
            2..7 => (days, "day"),
            7..35 => (days / 7, "week"),
            35..365 => (days / 30, "month"),
            _ => (days / 365, "year"),
        };
        format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
    }

    fn format(&self, time: Timestamp, pattern: &str) -> String {
        self.zoned(time).strftime(pattern).to_string()
    }

    fn zoned(&self, time: Timestamp) -> jiff::Zoned {
        jiff::Timestamp::from_millisecond(time.0)
            .unwrap_or(jiff::Timestamp::MAX)
            .to_zoned(self.zone.clone())
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
    fn an_age_has_the_unit_that_suits_it() {
        let utc = Local::of(Zone::Utc);
        // 2026-11-22 13:32.
        let now = Timestamp(1_795_354_327_120);
        let (minute, day) = (60_000, 86_400_000);
        for (age, expected) in [
            (i64::MIN / 4, "in the future"),
            (-minute, "in the future"),
            (-minute + 1, "just now"),
            (minute - 1, "just now"),
            (minute, "1 min ago"),
            (59 * minute, "59 min ago"),
            (60 * minute, "1 h ago"),
            (day - 1, "23 h ago"),
            (day, "yesterday"),
            // The day before yesterday, in the evening.
            (47 * 60 * minute, "2 days ago"),
            (6 * day, "6 days ago"),
            (7 * day, "1 week ago"),
            (21 * day, "3 weeks ago"),
            (34 * day, "4 weeks ago"),
            (35 * day, "1 month ago"),
            (364 * day, "12 months ago"),
            (365 * day, "1 year ago"),
            (20_000 * day, "54 years ago"),
        ] {
            let age = utc.age(Timestamp(now.0.saturating_sub(age)), now);
            assert_eq!(age, expected);
            assert!(age.len() <= 13);
        }
    }

    #[test]
    fn a_gap_is_told_where_whole_days_lie_between() {
        let utc = Local::of(Zone::Utc);
        let (day, noon) = (86_400_000, 1_795_348_800_000);
        for (days, expected) in [
            (-5, None),
            (0, None),
            (1, None),
            (2, Some("2 days later")),
            (59, Some("59 days later")),
            (60, Some("2 months later")),
            (729, Some("24 months later")),
            (730, Some("2 years later")),
            (20_000, Some("54 years later")),
        ] {
            // In the evening, and in the morning so many days on.
            let (earlier, later) = (Timestamp(noon + day / 3), Timestamp(noon - day / 3));
            let later = Timestamp(later.0 + days * day);
            assert_eq!(utc.gap(earlier, later).as_deref(), expected);
        }
    }

    #[test]
    fn a_date_says_whether_it_is_one_of_utc() {
        let (utc, at) = (Local::of(Zone::Utc), Timestamp(1_795_354_327_120));
        assert_eq!(utc.date(at), "2026-11-22 UTC");
        assert_eq!(utc.date_and_clock(at), "2026-11-22 13:32:07 UTC");
        let tokyo = Local {
            zone: TimeZone::fixed(jiff::tz::offset(9)),
            mark: "",
        };
        assert_eq!(tokyo.date_and_clock(at), "2026-11-22 22:32:07");
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
