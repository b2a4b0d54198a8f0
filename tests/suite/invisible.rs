//! Text that is not seen: it is made visible, but where a script or an emoji needs it.

use crate::support::run::{MOCK, STARTED, Saylog, asking, check, echoing};
use crate::support::server::{Server, script};

/// What comes of a reply, piece by piece, and what of it is shown in the end.
const PIECES: [&str; 14] = [
    "می",
    "\u{200c}",
    "خواهم 👩",
    "\u{200d}",
    "👧 pay",
    "\u{200d}",
    "pal 🏴\u{e0067}\u{e0062}",
    "\u{e0065}\u{e006e}\u{e0067}",
    "\u{e007f} 🏴\u{e0061}",
    "\u{e0062} 😀\u{fe0f}",
    "\u{fe0f}\u{3164}\u{2800}",
    " 1",
    "\u{fe0f}",
    "\u{20e3} 👩\u{200d}",
];
const SHOWN: &str = "می\u{200c}خواهم 👩\u{200d}👧 pay\\u{200d}pal \
                     🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} \
                     🏴\\u{e0061}\\u{e0062} 😀\u{fe0f}\\u{fe0f}\\u{3164}\\u{2800} \
                     1\u{fe0f}\u{20e3} 👩\\u{200d}";

#[test]
fn a_reply_in_pieces_is_shown_as_it_is_listed_and_kept_as_it_came() {
    let server = Server::new(vec![script(move |mut turn| {
        turn.begins();
        for piece in PIECES {
            turn.says(piece);
        }
        turn.ends();
    })]);
    let saylog = asking(&server);
    let outcome = saylog.play("/start\nhello\n");
    check(&outcome, &format!("{STARTED}{SHOWN}\n"), "", 0);
    let listed = saylog.lines(&["/log"]).stdout;
    assert!(listed.ends_with(&format!(" ai: {SHOWN}\n")), "{listed}");
    let kept = saylog.said().pop().expect("a reply");
    assert_eq!(kept, format!("alice ai: {}", PIECES.concat()));
    // JSON shows as much, and loses nothing.
    let log = saylog.log();
    assert!(
        log.contains("می\u{200c}خواهم 👩\u{200d}👧 pay\\u200dpal"),
        "{log}"
    );
}

#[test]
fn real_texts_are_listed_as_they_are() {
    let saylog = echoing();
    for text in [
        "نمی‌دانم",
        "क्‍ष श्री",
        "ශ්‍රී ලංකාව",
        "👨‍👩‍👧‍👦 👩🏽‍⚕️ ❤️ 1️⃣",
        "葛\u{e0100}飾区",
        "ᠠ\u{180b} ᠪᠠᠷᠠᠭ\u{180e}ᠠ",
    ] {
        let outcome = saylog.lines(&["/start", text]);
        check(&outcome, &format!("{STARTED}{text}\n"), "", 0);
    }
}

#[test]
fn no_name_has_anything_invisible() {
    let saylog = Saylog::new();
    for c in "\u{ad}\u{34f}\u{115f}\u{1160}\u{180b}\u{180e}\u{200c}\u{200d}\u{2800}\u{3164}\
              \u{fe0f}\u{ffa0}\u{fff9}\u{1d173}\u{e0067}\u{e0100}"
        .chars()
    {
        let outcome = saylog.play(format!("/user 👩{c}👧\n"));
        assert_eq!((&*outcome.stdout, outcome.code), ("", 3), "{c:?}");
        let number = format!("(U+{:04X})", u32::from(c));
        assert!(outcome.stderr.contains(&number), "{}", outcome.stderr);
    }
    check(
        &saylog.lines(&["/user 👩👧", "/start", "hello"]),
        &format!("👩👧 (new)\n{STARTED}{MOCK}"),
        "",
        0,
    );
}
