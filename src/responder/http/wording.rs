//! Quotations, times and sizes in sentences about an endpoint.

use std::time::Duration;

use super::endpoint::Endpoint;

/// How much of a text of an endpoint is read, and how much of it is quoted, in characters.
const READ_CHARACTERS: usize = 4096;
pub(super) const QUOTED_CHARACTERS: usize = 300;

/// A text of the endpoint on one line, not too long, and without the key and other secrets.
pub(super) fn quoted(endpoint: &Endpoint, text: &str) -> String {
    let start: String = text.chars().take(READ_CHARACTERS).collect();
    let text = endpoint.secrets().cut(&start);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > QUOTED_CHARACTERS {
        return text.chars().take(QUOTED_CHARACTERS).chain(['…']).collect();
    }
    text.trim_end_matches('.').to_owned()
}

/// A time in milliseconds or, from one second on, in whole seconds.
pub(super) fn time_span(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{} s", time.as_millis().div_ceil(1000))
    }
}

/// A size in the largest unit of which it is a multiple.
pub(super) fn size(count: usize) -> String {
    match count {
        _ if count.is_multiple_of(1024 * 1024) => format!("{} MiB", count / 1024 / 1024),
        _ if count.is_multiple_of(1024) => format!("{} KiB", count / 1024),
        _ => format!("{count} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_said_as_people_do() {
        assert_eq!(
            [size(1 << 24), size(2048), size(7)],
            ["16 MiB", "2 KiB", "7 bytes"]
        );
        assert_eq!(
            [
                time_span(Duration::from_millis(50)),
                time_span(Duration::from_mins(2))
            ],
            ["50 ms", "120 s"]
        );
    }
}
