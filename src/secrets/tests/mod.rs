//! What looks like a key is found where it stands, and what does not is left alone.

mod keys;
mod made;
mod near_misses;
mod quiet;

use proptest::prelude::*;

use super::*;
use made::{Draw, Made, all};

/// A secret in a text must be found, at its place and alone.
fn check(made: &Made, before: &str, secret: &str, after: &str) {
    let text = format!("{before}{secret}{after}");
    let place = before.len()..before.len() + secret.len();
    let kind = made.kind;
    assert_eq!(secrets_in(&text), [Finding { kind, place }], "{text}");
    assert!(!secrets_in(&text).is_empty());
}

/// What a text is in JSON, without its quotes.
fn in_json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

#[test]
fn keys_are_found_wherever_they_stand() {
    let all = all();
    assert!(all.len() >= 60);
    for made in &all {
        let Made {
            before,
            secret,
            after,
            ..
        } = made;
        for (left, right) in [
            ("", ""),
            ("Here it is: ", ". Keep it well."),
            ("I lost ", ", and cannot find it"),
            ("\"", "\""),
            ("'", "'"),
            ("`", "`"),
            ("(", ")"),
            ("密钥是", "。"),
            ("é 🙂", "🙂"),
            ("one line\n", "\nanother line"),
            ("", "\nanother line"),
            ("one line\n", ""),
        ] {
            check(
                made,
                &format!("{left}{before}"),
                secret,
                &format!("{after}{right}"),
            );
        }
        let left = in_json(&format!("Look:\n{before}"));
        let right = in_json(&format!("{after}\nThat is it."));
        check(
            made,
            &format!("{{\"text\": \"{left}"),
            &in_json(secret),
            &format!("{right}\", \"n\": 1}}"),
        );
    }
}

#[test]
fn several_are_found_in_their_order() {
    let all = all();
    let mut text = String::from("All of them:");
    let mut expected = Vec::new();
    for made in &all {
        text.push_str(" \n");
        text.push_str(&made.before);
        let place = text.len()..text.len() + made.secret.len();
        expected.push((made.kind, place));
        text.push_str(&made.secret);
        text.push_str(&made.after);
    }
    let found = secrets_in(&text).into_iter();
    let found: Vec<_> = found.map(|it| (it.kind, it.place)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_finding_shows_no_secret() {
    let made = &all()[0];
    let found = format!("{:?}", secrets_in(&made.secret));
    assert_eq!(
        found,
        format!(
            "[Finding {{ kind: {:?}, place: 0..{} }}]",
            made.kind,
            made.secret.len()
        )
    );
}

#[test]
fn a_longer_word_is_no_key() {
    for made in all() {
        let is_token = made.before.is_empty() && !made.secret.contains('-');
        if is_token && !made.secret.contains(['\n', ':']) {
            let text = format!("x{}", made.secret);
            assert_eq!(secrets_in(&text), [], "{text}");
        }
    }
}

/// Blanks, letters of several scripts, and signs that matter to some shape.
fn prose() -> impl Strategy<Value = String> {
    "([a-zé你🙂A-Z0-9]{0,8}[ \n\t.,;(){}\\[\\]\"'=:@/\\\\-]{1,3}){0,12}"
}

/// Pieces of secrets in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("-----BEGIN ".to_owned()),
        Just("-----END ".to_owned()),
        Just("PRIVATE KEY".to_owned()),
        Just("-----".to_owned()),
        Just("://".to_owned()),
        Just("eyJ".to_owned()),
        Just("Bearer ".to_owned()),
        Just("Basic ".to_owned()),
        Just("password".to_owned()),
        Just("token = \"".to_owned()),
        Just("Private-Lines: ".to_owned()),
        (0..all().len(), 0..400_usize).prop_map(|(which, end)| {
            let secret = &all()[which].secret;
            secret.chars().take(end).collect()
        }),
        "[A-Za-z0-9+/]{0,70}",
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn check_places(text: &str) {
    let found = secrets_in(text);
    let mut from = 0;
    for Finding { place, .. } in found {
        assert!(from <= place.start && place.start < place.end);
        assert!(text.get(place.clone()).is_some());
        from = place.end;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn places_are_in_order_and_of_whole_characters(text in prop_oneof![pieces(), ".{0,200}"]) {
        check_places(&text);
    }

    #[test]
    fn a_secret_in_prose_is_found(which in 0..all().len(), left in prose(), right in prose()) {
        let made = &all()[which];
        let before = format!("{left} \n{}", made.before);
        let text = format!("{before}{}{} \n {right}", made.secret, made.after);
        let place = before.len()..before.len() + made.secret.len();
        let mut found = secrets_in(&text).into_iter();
        let found = found.find(|it| it.kind == made.kind && it.place.start == place.start);
        prop_assert!(found.is_some(), "{}", text);
        // Nobody can say where a key ends of which the end was cut off.
        let is_cut_off = made.secret.contains("BEGIN") && !made.secret.ends_with('-');
        let end = found.map(|it| it.place.end);
        prop_assert!(is_cut_off || end == Some(place.end), "{}", text);
    }
}
