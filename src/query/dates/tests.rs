use proptest::prelude::*;

use super::*;

/// What a text means on a Wednesday, 2026-11-25 at 09:15:30 in that zone.
fn seen_from(text: &str, now: &str) -> String {
    let now: Zoned = now.parse().unwrap();
    let instant = Timestamp(now.timestamp().as_millisecond());
    match time_of(text, instant, now.time_zone()) {
        Err(fault) => format!("{fault:?}"),
        Ok(time) => {
            let time = jiff::Timestamp::from_millisecond(time.0).unwrap();
            let zoned = time.to_zoned(now.time_zone().clone());
            zoned.strftime("%a %Y-%m-%d %H:%M:%S%.f %:z").to_string()
        }
    }
}

fn check(now: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(seen_from(text, now), *expected, "{text}");
    }
}

const BERLIN: &str = "2026-11-25T09:15:30.120[Europe/Berlin]";

#[test]
fn days_begin_in_the_persons_zone() {
    check(
        BERLIN,
        &[
            ("today", "Wed 2026-11-25 00:00:00 +01:00"),
            ("Yesterday", "Tue 2026-11-24 00:00:00 +01:00"),
            ("tomorrow", "Thu 2026-11-26 00:00:00 +01:00"),
            ("now", "Wed 2026-11-25 09:15:30.12 +01:00"),
            ("2026-11-03", "Tue 2026-11-03 00:00:00 +01:00"),
            ("2026-07-03", "Fri 2026-07-03 00:00:00 +02:00"),
            ("2026-11", "Sun 2026-11-01 00:00:00 +01:00"),
            ("2026", "Thu 2026-01-01 00:00:00 +01:00"),
            ("2030-01-01", "Tue 2030-01-01 00:00:00 +01:00"),
        ],
    );
    check(
        "2026-01-01T00:30:00[Asia/Tokyo]",
        &[
            ("today", "Thu 2026-01-01 00:00:00 +09:00"),
            ("yesterday", "Wed 2025-12-31 00:00:00 +09:00"),
        ],
    );
}

#[test]
fn weekdays_are_those_that_were_last() {
    check(
        BERLIN,
        &[
            ("wednesday", "Wed 2026-11-25 00:00:00 +01:00"),
            ("last wednesday", "Wed 2026-11-18 00:00:00 +01:00"),
            ("thursday", "Thu 2026-11-19 00:00:00 +01:00"),
            ("Tuesday", "Tue 2026-11-24 00:00:00 +01:00"),
            ("last tuesday", "Tue 2026-11-24 00:00:00 +01:00"),
            ("last  Monday", "Mon 2026-11-23 00:00:00 +01:00"),
            ("sun", "Sun 2026-11-22 00:00:00 +01:00"),
        ],
    );
}

#[test]
fn spans_are_so_long_ago() {
    check(
        BERLIN,
        &[
            ("2h", "Wed 2026-11-25 07:15:30.12 +01:00"),
            ("90m", "Wed 2026-11-25 07:45:30.12 +01:00"),
            ("3 days", "Sun 2026-11-22 09:15:30.12 +01:00"),
            ("3 days ago", "Sun 2026-11-22 09:15:30.12 +01:00"),
            ("1 day 2 hours", "Tue 2026-11-24 07:15:30.12 +01:00"),
            ("2w", "Wed 2026-11-11 09:15:30.12 +01:00"),
            ("1mo", "Sun 2026-10-25 09:15:30.12 +01:00"),
            ("1 year", "Tue 2025-11-25 09:15:30.12 +01:00"),
        ],
    );
}

#[test]
fn months_end_where_they_do() {
    check(
        "2026-03-31T12:00:00[UTC]",
        &[
            ("1 month", "Sat 2026-02-28 12:00:00 +00:00"),
            ("2026-02-29", "NoTime"),
            ("2026-02-28", "Sat 2026-02-28 00:00:00 +00:00"),
        ],
    );
    check(
        "2028-02-29T12:00:00[UTC]",
        &[
            ("1 year", "Sun 2027-02-28 12:00:00 +00:00"),
            ("4 years", "Thu 2024-02-29 12:00:00 +00:00"),
            ("2028-02-29", "Tue 2028-02-29 00:00:00 +00:00"),
        ],
    );
}

#[test]
fn clocks_that_are_put_on_or_back_keep_the_day() {
    // Put on at 02:00 on this day.
    check(
        "2026-03-29T12:00:00[Europe/Berlin]",
        &[
            ("today", "Sun 2026-03-29 00:00:00 +01:00"),
            ("1d", "Sat 2026-03-28 12:00:00 +01:00"),
            ("24h", "Sat 2026-03-28 11:00:00 +01:00"),
            ("2:30", "Sun 2026-03-29 03:30:00 +02:00"),
        ],
    );
    // Put back at 03:00: 02:30 is there twice.
    check(
        "2026-10-25T12:00:00[Europe/Berlin]",
        &[
            ("2:30", "Sun 2026-10-25 02:30:00 +02:00"),
            ("1d", "Sat 2026-10-24 12:00:00 +02:00"),
        ],
    );
    // Days that have no midnight.
    check(
        "2026-09-06T12:00:00[America/Santiago]",
        &[("today", "Sun 2026-09-06 01:00:00 -03:00")],
    );
}

#[test]
fn a_time_alone_is_today() {
    check(
        BERLIN,
        &[
            ("10:30", "Wed 2026-11-25 10:30:00 +01:00"),
            ("8:05", "Wed 2026-11-25 08:05:00 +01:00"),
            ("23:59:59", "Wed 2026-11-25 23:59:59 +01:00"),
            ("24:00", "NoTime"),
            ("10:60", "NoTime"),
            ("10:3", "NoTime"),
        ],
    );
}

#[test]
fn an_instant_says_its_offset_or_is_in_the_persons_zone() {
    check(
        BERLIN,
        &[
            ("2026-11-03T10:00:00Z", "Tue 2026-11-03 11:00:00 +01:00"),
            (
                "2026-11-03T10:00:00.5+05:30",
                "Tue 2026-11-03 05:30:00.5 +01:00",
            ),
            ("2026-11-03T10:00", "Tue 2026-11-03 10:00:00 +01:00"),
            ("2026-11-03 10:00:01", "Tue 2026-11-03 10:00:01 +01:00"),
        ],
    );
}

#[test]
fn anything_else_is_no_time() {
    for text in [
        "lastweek",
        "last",
        "lastmonday",
        "next monday",
        "-2h",
        "P1D",
        "3",
        "h",
        "2 parsecs",
        "2026-13",
        "2026-1",
        "2026-11-31",
        "2026-11-03-04",
        "26-11-03",
        "١٢:٣٠",
        "2026-11-03 x",
        "99:99",
        "20261103",
    ] {
        assert_eq!(seen_from(text, BERLIN), "NoTime", "{text}");
    }
    assert_eq!(seen_from("19000 years", BERLIN), "OutOfRange");
}

proptest! {
    #[test]
    fn no_text_is_too_odd_and_no_time_too_far(
        text in "[0-9 hdmowy:.tzTZ+-]{0,20}|last [a-z]{3}|today|yesterday|[0-9]{4}-[0-9]{2}",
        now: i64,
        zone in proptest::sample::select(&["UTC", "Europe/Berlin", "America/Santiago"][..]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let now = Timestamp(now / 1000);
        if let Ok(time) = time_of(&text, now, &zone) {
            // What was read can be written and read again.
            let written = jiff::Timestamp::from_millisecond(time.0).unwrap().to_string();
            prop_assert_eq!(time_of(&written, now, &TimeZone::UTC), Ok(time), "{}", written);
        }
    }

    #[test]
    fn a_weekday_lies_in_the_last_seven_days(now in 0..4_000_000_000_000_i64, is_last: bool) {
        let begin = |word: &str| time_of(word, Timestamp(now), &TimeZone::UTC).unwrap().0;
        let day = 86_400_000;
        for name in ["mon", "tuesday", "wed", "thursday", "fri", "saturday", "sun"] {
            let word = if is_last { format!("last {name}") } else { name.to_owned() };
            let days_ago = (begin("today") - begin(&word)) / day;
            prop_assert!((i64::from(is_last)..7 + i64::from(is_last)).contains(&days_ago), "{}", word);
        }
    }
}
