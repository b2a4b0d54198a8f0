//! Whether letters and digits look drawn, and not written by a person.

/// Words that stand where a secret would, in any case, wherever in it.
const STAND_INS: [&str; 21] = [
    "abcdef",
    "change",
    "dummy",
    "example",
    "expired",
    "fake",
    "foobar",
    "insert",
    "invalid",
    "mysecret",
    "notreal",
    "password",
    "passwd",
    "placeholder",
    "redacted",
    "replace",
    "sample",
    "testing",
    "xxxx",
    "your",
    "00000000",
];

/// So many equal bytes in a row, or such that each is one more than the last, are
/// not drawn.
const EQUAL: usize = 6;
const RISING: usize = 6;

/// Whether it only holds the place of a secret.
pub(super) fn is_stand_in(secret: &[u8]) -> bool {
    let lower = secret.to_ascii_lowercase();
    STAND_INS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
        || secret
            .windows(3)
            .any(|three| three == b"..." || three == b"***")
        || has_steps(secret, EQUAL, 0)
        || has_steps(secret, RISING, 1)
}

/// Whether so many bytes follow each other by this step.
fn has_steps(bytes: &[u8], length: usize, step: u8) -> bool {
    let mut longest = 1;
    bytes.windows(2).any(|pair| {
        let is_step = pair[0].checked_add(step) == Some(pair[1]);
        longest = if is_step { longest + 1 } else { 1 };
        longest >= length
    })
}

/// Whether the part of a token that is drawn looks so. The shape of the token has
/// said most of it already.
pub(super) fn is_drawn(body: &[u8]) -> bool {
    let has_pieces = body.iter().any(|byte| matches!(byte, b'-' | b'_' | b'.'));
    let is_name = has_pieces && changes(body).0 < 2;
    !is_name && bits(body) >= least_bits(body.len()) && !is_stand_in(body)
}

/// Whether a value of which only the name is known looks like a key: digits and
/// letters that alternate as words and numbers do not.
pub(super) fn is_key(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let (_, pairs) = changes(value);
    value.len() >= 20
        && digits >= 2
        && digits < value.len()
        && pairs * 2 >= value.len()
        && is_no_name(value)
        && !is_identifier(value)
}

/// Whether a value of which the name and the length say enough is not written by a
/// person: few of its letters may be those of words.
pub(super) fn is_no_name(value: &[u8]) -> bool {
    let (changes, pairs) = changes(value);
    changes * 4 >= pairs && is_drawn(value)
}

/// Whether all digits are hexadecimal, as those of hashes are.
pub(super) fn is_hex(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit)
}

/// Whether it is written as a UUID: those are names of things more often than keys.
fn is_identifier(value: &[u8]) -> bool {
    let mut parts = value.split(|&byte| byte == b'-');
    let is_it = [8, 4, 4, 4, 12].iter().all(|&length| {
        let part = parts.next();
        part.is_some_and(|part| part.len() == length && is_hex(part))
    });
    is_it && parts.next().is_none()
}

/// How many of four kinds of characters there are: small and capital letters, digits,
/// and others.
pub(super) fn variety(secret: &[u8]) -> usize {
    let kinds: [fn(&u8) -> bool; 4] = [
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_digit,
        |byte| !byte.is_ascii_alphanumeric(),
    ];
    kinds.iter().filter(|&kind| secret.iter().any(kind)).count()
}

/// How often a letter or digit is followed by another of another kind, among how many
/// that are followed by any. A word that begins with a capital letter does not change.
fn changes(bytes: &[u8]) -> (usize, usize) {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let kinds = bytes
        .windows(2)
        .filter_map(|pair| Some((kind(pair[0])?, kind(pair[1])?)));
    let (mut changes, mut pairs) = (0, 0);
    for (one, other) in kinds {
        pairs += 1;
        changes += usize::from(one != other && (one, other) != (1, 0));
    }
    (changes, pairs)
}

/// How many bits each byte of so many says at least: a short text cannot say more.
fn least_bits(length: usize) -> f64 {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    (f64::from(length.max(1)).log2() * 0.7).min(3.0)
}

/// How many bits each byte says, by how often it occurs.
fn bits(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let all: f64 = counts.iter().copied().map(f64::from).sum();
    let shares = counts.iter().filter(|&&count| count > 0);
    shares
        .map(|&count| f64::from(count) / all)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_not_drawn() {
        for words in [
            "my-long-project-name-for-all-of-us",
            "session-token-2024-v1",
            "aaaaaaaabbbbbbbbaaaaaaaabbbbbbbb",
            "1234567890",
        ] {
            assert!(!is_drawn(words.as_bytes()), "{words}");
        }
    }

    #[test]
    fn keys_are_unlike_names_numbers_and_hashes() {
        assert!(is_key(b"vQ7rT2mK9xLp4ZnB8sWd"));
        for value in [
            "vQ7rT2mK9xLp4ZnB8sW",
            "myProductionKeyOfVersion22",
            "550e8400-e29b-41d4-a716-446655440000",
            "src/secrets/tests/table2/row34.rs",
            "20261103102030405060708090",
            "x86_64-unknown-linux-gnu-2026",
        ] {
            assert!(!is_key(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn stand_ins_are_known() {
        for word in [
            "xxxxxxxx",
            "IOSFODNN7EXAMPLE",
            "ab...yz",
            "***",
            "Changeme1",
        ] {
            assert!(is_stand_in(word.as_bytes()), "{word}");
        }
        assert!(!is_stand_in(b"vQ7rT2mK9xLp4ZnB8sWd"));
    }

    #[test]
    fn kinds_of_characters_are_counted() {
        for (text, expected) in [("", 0), ("abc", 1), ("aB", 2), ("aB3", 3), ("aB3é", 4)] {
            assert_eq!(variety(text.as_bytes()), expected, "{text}");
        }
    }
}
