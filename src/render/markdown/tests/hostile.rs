//! No text of a reply drives the terminal.

use proptest::prelude::*;

use super::*;
use crate::domain::is_stray;

/// What a terminal or an eye could fall for.
const PAYLOADS: [&str; 16] = [
    "\x1b[31m",
    "\x1b]0;t\x07",
    "\x1b]8;;http://evil\x1b\\",
    "\x1bP+q\x1b\\",
    "\x07",
    "\x08\x08",
    "\0",
    "\x7f",
    "\u{9b}31m",
    "\u{90}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "&#27;[2J&#x9b;&#8238;&NewLine;&#13;&Tab;",
];

/// Where a text can stand.
const PLACES: [&str; 20] = [
    "@",
    "# @",
    "**@**",
    "`@`",
    "[@](u)",
    "[t](@)",
    "[t](<@>)",
    "[t](u '@')",
    "<http://@>",
    "![@](@)",
    "```@\n@\n```",
    "~~~ @ @\n@",
    "    @",
    "- @\n  @",
    "> @",
    "|@|@|\n|-|-|\n|@|@|",
    "<div @>\n@",
    "<b @>@</b>",
    "[@]: u@ '@'\n\n[@]",
    "\\@ &@;",
];

fn check(output: &str) {
    let bad = output
        .char_indices()
        .find(|&(at, c)| is_stray(output, at, c) && !"\n\t".contains(c));
    assert_eq!(bad, None, "{output:?}");
}

#[test]
fn payloads_are_shown_wherever_they_stand() {
    for place in PLACES {
        for payload in PAYLOADS {
            let text = place.replace('@', payload);
            let expected = plain(&text);
            check(&expected);
            for (at, _) in text.char_indices() {
                let (a, b) = text.split_at(at);
                assert_eq!(plain_pieces([a, b]), expected, "{text:?} at {at}");
            }
        }
    }
}

#[test]
fn a_payload_is_replaced_not_removed() {
    assert_eq!(plain("a\x1b[31mb"), "a␛[31mb\n");
    assert_eq!(plain("[a\u{202e}](b\u{7f})"), "a\\u{202e} (b␡)\n");
    assert_eq!(plain("```a\u{9b}\n\x07\n"), "──────── a\\x9b\n␇\n");
    assert_eq!(plain("a&NewLine;b"), "a␊b\n");
    assert_eq!(plain("|a&Tab;b|\n|-|\n"), "a b\n───\n");
}

#[test]
fn only_our_own_escapes_are_there_with_colours() {
    for place in PLACES {
        for payload in PAYLOADS {
            let output = colored(&place.replace('@', payload));
            for part in output.split('^').skip(1) {
                let end = part.find('m').expect("a sequence ends");
                let own = |c: char| "[;0123456789".contains(c);
                assert!(part[..end].chars().all(own), "{output:?}");
            }
        }
    }
}

#[test]
fn no_address_ends_the_sequence_that_tells_of_it() {
    for payload in PAYLOADS.into_iter().chain([";", "\\", "\u{9c}", "é"]) {
        for place in [
            "[t](<http://a/@>)",
            "<http://a/@>",
            "![t](http://@)",
            "[t][r]\n\n[r]: <mailto:@>",
        ] {
            let text = place.replace('@', payload);
            let mut markdown = Markdown::new(|| None, Hyperlinks::Yes);
            let mut out = Vec::new();
            markdown.whole(&text, &mut out);
            let written = String::from_utf8(out).expect("output is text");
            for part in written.split("\x1b]8;;").skip(1) {
                let (address, after) = part.split_once("\x1b\\").expect("an end");
                assert!(
                    address.bytes().all(|byte| byte.is_ascii_graphic()),
                    "{written:?}"
                );
                assert!(!after.contains("\x1b]"), "{written:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_bytes_are_safe_in_any_pieces(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        marks in prop::collection::vec(prop::sample::select(&b"*_`~[]()<>!#-|\\&;:\n\n\r \t\x1b\xc2\x9b\xe2\x80\xae"[..]), 0..60),
    ) {
        for bytes in [bytes.clone(), marks.clone(), [&marks[..], &bytes[..], &marks[..]].concat()] {
            let text = String::from_utf8_lossy(&bytes);
            let expected = plain(&text);
            check(&expected);
            for (at, _) in text.char_indices() {
                let (a, b) = text.split_at(at);
                prop_assert_eq!(plain_pieces([a, b]), expected.as_str());
            }
        }
    }
}
