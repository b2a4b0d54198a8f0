//! A password in an address, as in those of data bases.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::random::{is_stand_in, variety};
use super::surroundings::{before, window};

const KIND: &str = "a password in an address";

/// How much is looked at behind the slashes.
const LONGEST: usize = 512;

/// A user, a password and a host. A password may have an at sign in it.
const AUTHORITY: &str =
    r#"(?-u)\A([^\s:/?#@"'`<>\\]{0,64}):([^\s/?#"'`<>\\]{1,256})@([A-Za-z0-9_.\[-]{1,128})"#;

/// Words that stand where a password would.
const WORDS: [&str; 21] = [
    "pass", "password", "passwort", "passwd", "pw", "pwd", "secret", "token", "key", "admin",
    "root", "user", "username", "guest", "test", "demo", "postgres", "mysql", "mongo", "redis",
    "default",
];
/// Hosts of examples and of a developer's own machine.
const NO_HOSTS: [&str; 7] = [
    "localhost",
    "127.0.0.1",
    "example.com",
    "example.org",
    "example.net",
    "host",
    "hostname",
];

/// The password behind the slashes of an address.
pub(super) fn read(bytes: &[u8], slashes: &Range<usize>) -> Option<(&'static str, Range<usize>)> {
    static REGEX: OnceLock<Option<Regex>> = OnceLock::new();
    let scheme = before(bytes, slashes.start, 1);
    if !scheme.iter().all(u8::is_ascii_alphanumeric) || scheme.is_empty() {
        return None;
    }
    let regex = REGEX.get_or_init(|| Regex::new(AUTHORITY).ok()).as_ref()?;
    let found = regex.captures(window(bytes, slashes.end, LONGEST))?;
    let (user, password, host) = (found.get(1)?, found.get(2)?, found.get(3)?);
    let is_it = is_password(password.as_bytes(), user.as_bytes(), host.as_bytes());
    let place = slashes.end + password.start()..slashes.end + password.end();
    is_it.then_some((KIND, place))
}

fn is_password(password: &[u8], user: &[u8], host: &[u8]) -> bool {
    let is_template = password.iter().any(|byte| b"{}$*[]()|,".contains(byte))
        || password.starts_with(b"%s")
        || password.contains(&b':');
    let is_weak = variety(password) < 3 && password.len() < 16;
    let is_no_host = NO_HOSTS.iter().any(|no_host| {
        let before = host.len().checked_sub(no_host.len());
        before.is_some_and(|before| host.get(before..) == Some(no_host.as_bytes()))
    });
    // A host of one letter is an example.
    password.len() >= 6
        && host.len() >= 2
        && !is_template
        && !password.eq_ignore_ascii_case(user)
        && !is_word_for_it(password)
        && !is_stand_in(password)
        && !(is_weak && is_no_host)
}

/// Whether it is one of the words, with a number behind it or without, or has one of
/// the plainest in it, also if a digit or a sign stands for a letter.
pub(super) fn is_word_for_it(password: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
    let end = password.iter().rposition(is_letter).map_or(0, |at| at + 1);
    let word = password.get(..end).unwrap_or_default();
    let letters: Vec<_> = password.iter().map(|&byte| letter_meant(byte)).collect();
    let has = |it: &[u8]| memchr::memmem::find(&letters, it).is_some();
    WORDS
        .iter()
        .any(|it| word.eq_ignore_ascii_case(it.as_bytes()))
        || [&b"passw"[..], b"secret", b"change"].into_iter().any(has)
}

/// The letter for which a digit or a sign stands in `P4$$w0rd`.
fn letter_meant(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        _ => byte.to_ascii_lowercase(),
    }
}
