use super::*;
use crate::responder::http::wording::QUOTED_CHARACTERS;
use crate::responder::{Key, ProxyChoice};

fn endpoint() -> Endpoint {
    let mut endpoint = Endpoint::new("m1", "https://h.example:8443/v1");
    endpoint.key = Key::new("test-key-123");
    endpoint.key_variable = Some("OPENAI_API_KEY".into());
    endpoint.proxy = ProxyChoice::Direct;
    endpoint
}

fn of(endpoint: &Endpoint, refusal: &Refusal) -> (String, String) {
    let problem = refusal.problem(endpoint);
    (problem.what, problem.hint.unwrap_or_default())
}

fn refused(status: u16, body: &str) -> (String, String) {
    let refusal = Refusal {
        status,
        said: ReportedError::in_body(status, body.as_bytes()),
        wait: Some(Duration::from_millis(61_500)),
        is_of_list: false,
        is_of_proxy: false,
    };
    of(&endpoint(), &refusal)
}

#[test]
fn each_status_has_its_sentence_and_its_hint() {
    let sentences = [400, 401, 402, 403, 404, 413, 429, 500, 503, 504].map(|s| refused(s, ""));
    for (at, (what, _)) in sentences.iter().enumerate() {
        assert!(
            sentences
                .iter()
                .skip(at + 1)
                .all(|(other, _)| other != what)
        );
        assert!(what.starts_with(char::is_lowercase) && !what.ends_with('.'));
    }
    assert_eq!(refused(401, "").0, "the endpoint refused the key (401)");
    assert_eq!(refused(401, "").1, "check the variable OPENAI_API_KEY");
    assert_eq!(refused(429, "").1, "`/retry` asks again, best in 62 s");
}

#[test]
fn an_account_that_is_used_up_is_told_from_a_limit_that_passes() {
    let refusal = |status, body: &str, wait| Refusal {
        status,
        said: ReportedError::in_body(status, body.as_bytes()),
        wait,
        is_of_list: false,
        is_of_proxy: false,
    };
    let no_credit = "the account behind the key has no credit left";
    for (status, body) in [
        (402, ""),
        (429, r#"{"error":{"code":"insufficient_quota"}}"#),
        (
            429,
            "You exceeded your current quota, please check your plan and billing details",
        ),
        (400, "Your credit balance is too low to access the API"),
        (403, "INSUFFICIENT BALANCE"),
    ] {
        let refusal = refusal(status, body, None);
        let (what, _) = of(&endpoint(), &refusal);
        assert!(what.starts_with(no_credit), "{what}");
        assert!(!refusal.is_passing(), "{body}");
    }
    let quota = "You exceeded your current quota, please check your plan and billing details";
    let limited = refusal(429, quota, Some(Duration::from_secs(5)));
    assert!(limited.is_passing());
    let (what, hint) = of(&endpoint(), &limited);
    assert!(what.starts_with("the endpoint was asked too much in too short a time (429): "));
    assert_eq!(hint, "`/retry` asks again, best in 5 s");
    assert!(!refusal(402, "", Some(Duration::ZERO)).is_passing());
}

#[test]
fn the_kind_says_whether_a_wait_helps() {
    for (status, body, kind) in [
        (429, "", ProblemKind::Busy),
        (503, "", ProblemKind::Busy),
        (401, "", ProblemKind::Refused),
        (403, "", ProblemKind::Refused),
        (400, "API key not valid", ProblemKind::Refused),
        (429, "insufficient_quota", ProblemKind::Refused),
        (400, "", ProblemKind::Other),
        (404, "", ProblemKind::Other),
        (500, "the context length is exceeded", ProblemKind::Other),
    ] {
        let refusal = Refusal {
            status,
            said: ReportedError::in_body(status, body.as_bytes()),
            ..Refusal::default()
        };
        assert_eq!(refusal.problem(&endpoint()).kind, kind, "{status} {body}");
    }
}

#[test]
fn a_model_that_is_not_there_is_told_from_an_address() {
    let (what, hint) = refused(
        404,
        r#"{"error":{"message":"The model m1 does not exist"}}"#,
    );
    assert_eq!(
        what,
        "the endpoint does not know `m1` (404): The model m1 does not exist"
    );
    assert_eq!(hint, "`/models` lists what it offers");
    let (what, hint) = refused(404, "404 page not found");
    assert_eq!(
        what,
        "the endpoint has nothing at this address (404): 404 page not found"
    );
    assert_eq!(hint, "check the base URL");
    let list = Refusal {
        status: 404,
        is_of_list: true,
        ..Refusal::default()
    };
    assert_eq!(
        of(&endpoint(), &list),
        (
            "the endpoint has no list of models (404)".into(),
            "`/model NAME` takes any name that it knows".into()
        )
    );
}

#[test]
fn a_key_that_is_missing_is_asked_for_as_it_can_be_given() {
    let mut bare = endpoint();
    bare.key = None;
    let refusal = |status| Refusal {
        status,
        ..Refusal::default()
    };
    assert_eq!(
        of(&bare, &refusal(403)).1,
        "set the variable OPENAI_API_KEY"
    );
    let gemini = Refusal {
        status: 400,
        said: ReportedError::in_text("API key not valid. Please pass a valid API key."),
        ..Refusal::default()
    };
    assert_eq!(
        of(&endpoint(), &gemini).1,
        "check the variable OPENAI_API_KEY"
    );
    bare.key_variable = None;
    assert_eq!(
        of(&bare, &refusal(401)),
        (
            "the endpoint wants a key (401)".into(),
            "`--key-variable NAME` names the variable that holds it".into()
        )
    );
}

#[test]
fn foreign_words_are_short_and_without_the_key() {
    let (what, _) = refused(401, "Incorrect key:\n test-k**-123. Bye.");
    assert_eq!(
        what,
        "the endpoint refused the key (401): Incorrect key: [key] Bye"
    );
    let (what, _) = refused(500, &"é ".repeat(10_000));
    assert!(what.chars().count() < 400 && what.ends_with('…'));
    // A key at the edge of what is looked at leaves no part of itself.
    for before in QUOTED_CHARACTERS - 20..QUOTED_CHARACTERS + 20 {
        let (what, _) = refused(500, &format!("{} test-key-123", "x".repeat(before)));
        assert!(!what.contains("tes"), "{what}");
    }
}
