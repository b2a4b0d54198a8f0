//! How long an endpoint asks us to wait, where it says so in words only.

use std::time::Duration;

/// What stands before the time.
const BEFORE: [&str; 6] = [
    "try again in",
    "try again after",
    "retry in",
    "retry after",
    "please wait",
    "wait for",
];

/// Units, and how many seconds they are; a longer name before a part of it.
const UNITS: [(&str, f64); 16] = [
    ("milliseconds", 0.001),
    ("millisecond", 0.001),
    ("msec", 0.001),
    ("ms", 0.001),
    ("minutes", 60.0),
    ("minute", 60.0),
    ("mins", 60.0),
    ("min", 60.0),
    ("m", 60.0),
    ("seconds", 1.0),
    ("second", 1.0),
    ("sec", 1.0),
    ("s", 1.0),
    ("hours", 3600.0),
    ("hour", 3600.0),
    ("h", 3600.0),
];

/// The wait that a text asks for: `try again in 1m2.5s`.
pub(super) fn told_wait(text: &str) -> Option<Duration> {
    let text = text.to_lowercase();
    BEFORE.iter().find_map(|before| {
        let mut found = text.match_indices(before);
        found.find_map(|(at, _)| time(text.get(at + before.len()..)?))
    })
}

/// The time at the beginning of a text: numbers with their units.
fn time(text: &str) -> Option<Duration> {
    let mut rest = text.trim_start_matches([' ', ':', '~']);
    rest = rest.strip_prefix("about ").unwrap_or(rest);
    let mut seconds = None;
    while let Some((more, after)) = part(rest) {
        seconds = Some(seconds.unwrap_or(0.0) + more);
        rest = after.trim_start();
    }
    Duration::try_from_secs_f64(seconds?).ok()
}

/// A number with its unit, in seconds, and what follows.
fn part(text: &str) -> Option<(f64, &str)> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.get(..text.len() - unit.len())?.parse::<f64>().ok()?;
    let unit = unit.trim_start();
    UNITS.iter().find_map(|(name, factor)| {
        let after = unit.strip_prefix(name)?;
        (!after.starts_with(char::is_alphabetic)).then_some((number * factor, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_the_words_of_several_endpoints() {
        for (text, milliseconds) in [
            ("Limit 3, Used 3. Please try again in 6s. Visit", 6000),
            ("Please try again in 120ms.", 120),
            ("Please retry after 20 seconds.", 20_000),
            ("Please try again in 7m12.48s.", 432_480),
            ("Try again in 1h2m3s", 3_723_000),
            ("please wait 1 minute", 60_000),
            ("retry in about 2 min", 120_000),
        ] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(told_wait(text), Some(expected), "{text}");
        }
        for text in [
            "try again in a moment",
            "try again in 5",
            "please wait before trying again",
            "retry after 3 sheep",
            "in 6s",
            "",
        ] {
            assert_eq!(told_wait(text), None, "{text}");
        }
    }
}
