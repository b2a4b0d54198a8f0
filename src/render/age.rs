//! How long ago something was, for people.

/// The units of an age behind the first two days, the largest first: from
/// how many days on it is used, how many it has, and what it is called.
const UNITS: [(i64, i64, &str); 4] = [
    (365, 365, "year"),
    (35, 30, "month"),
    (7, 7, "week"),
    (1, 1, "day"),
];

/// `2 min ago`, `3 h ago`, `yesterday`, `3 weeks ago`: how long ago something was,
/// in milliseconds. What lies ahead by more than the clocks of two machines differ is
/// in the future.
pub(crate) fn age_in_words(milliseconds: i64) -> String {
    let minutes = milliseconds / 60_000;
    match minutes {
        ..0 => return "in the future".into(),
        0 => return "just now".into(),
        1..60 => return format!("{minutes} min ago"),
        60..1440 => return format!("{} h ago", minutes / 60),
        1440..2880 => return "yesterday".into(),
        _ => {}
    }
    let days = minutes / 1440;
    let unit = UNITS.iter().find(|(from, _, _)| days >= *from);
    let (_, length, name) = unit.unwrap_or(&UNITS[UNITS.len() - 1]);
    let count = days / length;
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {name}{s} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_the_unit_that_suits_them() {
        let minute = 60_000;
        let hour = 60 * minute;
        let day = 24 * hour;
        for (age, expected) in [
            (i64::MIN, "in the future"),
            (-1, "just now"),
            (minute - 1, "just now"),
            (minute, "1 min ago"),
            (hour - 1, "59 min ago"),
            (hour, "1 h ago"),
            (125 * minute, "2 h ago"),
            (day - 1, "23 h ago"),
            (day, "yesterday"),
            (2 * day - 1, "yesterday"),
            (2 * day, "2 days ago"),
            (7 * day - 1, "6 days ago"),
            (7 * day, "1 week ago"),
            (21 * day, "3 weeks ago"),
            (30 * day, "4 weeks ago"),
            (35 * day, "1 month ago"),
            (364 * day, "12 months ago"),
            (365 * day, "1 year ago"),
            (800 * day, "2 years ago"),
        ] {
            assert_eq!(age_in_words(age), expected, "{age}");
        }
    }
}
