use super::*;

fn words(body: &str) -> String {
    ReportedError::in_body(400, body.as_bytes())
        .words
        .unwrap_or_default()
}

#[test]
fn words_are_found_wherever_they_are() {
    for (body, found) in [
        (r#"{"error":{"message":"no","type":"t","code":"c"}}"#, "no"),
        (r#"{"error":"no"}"#, "no"),
        (r#"{"error":["no","never"]}"#, "no; never"),
        (r#"[{"error":{"message":"no"}}]"#, "no"),
        (r#"{"object":"error","message":"no"}"#, "no"),
        (r#"{"detail":"no"}"#, "no"),
        (
            r#"{"detail":[{"loc":["body","messages",0],"msg":"wrong"}]}"#,
            "body.messages.0: wrong",
        ),
        (r#"{"error_code":17,"error_msg":"no"}"#, "no"),
        (r#"{"code":"X","message":"no"}"#, "no"),
        (r#"{"message":{"detail":"no"}}"#, "no"),
        (
            r#"{"error":"invalid_grant","error_description":"no"}"#,
            "no",
        ),
        (
            r#"{"status":404,"error":"Not Found","path":"/v1"}"#,
            "Not Found",
        ),
        (
            r#"{"error":{"message":"{\"error\":{\"message\":\"no\"}}"}}"#,
            "no",
        ),
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"no"}}}"#,
            "Provider returned error: no",
        ),
        (
            r#"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"no\"}}"}}}"#,
            "Provider returned error: no",
        ),
        (r#"{"error":{"metadata":{"raw":"no"}}}"#, "no"),
        (r#"{"error":{"x":1}}"#, r#"{"error":{"x":1}}"#),
        ("plain\nwords", "plain\nwords"),
        (
            "event: error\ndata: {\"message\":\"no\",\"code\":\"x\"}\n\n",
            "no",
        ),
        ("<html>", "a web page"),
        (
            "<HTML><head><Title>\n502 Bad</TITLE>",
            "a web page, `502 Bad`",
        ),
        ("", ""),
    ] {
        assert_eq!(words(body), found, "{body}");
    }
}

#[test]
fn what_is_nested_without_end_is_left() {
    let deep = r#"{"error":"#.repeat(100) + "1" + &"}".repeat(100);
    assert!(words(&deep).len() <= 4 * RAW_CHARACTERS);
}

#[test]
fn codes_and_counts_are_found() {
    let said = ReportedError::in_body(
        400,
        br#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":13392,"n_ctx":8192}}"#,
    );
    assert_eq!(said.code.as_deref(), Some("exceed_context_size_error"));
    let refusal = LengthRefusal {
        limit: Some(8192),
        sent: Some(13392),
    };
    assert_eq!(said.too_long, Some(refusal));
    let quota = ReportedError::in_text(r#"{"error":{"code":"insufficient_quota"}}"#);
    assert_eq!(quota.code.as_deref(), Some("insufficient_quota"));
}

#[test]
fn an_object_is_an_error_only_if_it_says_so() {
    let is_error = |text: &str| {
        let said = ReportedError::in_object(&json(text).unwrap());
        said.is_some_and(|said| said.words.as_deref() == Some("no"))
    };
    for text in [
        r#"{"code":"Throttling","message":"no"}"#,
        r#"{"detail":"no"}"#,
        r#"{"error_code":17,"error_msg":"no"}"#,
        r#"{"object":"error","message":"no"}"#,
        r#"{"type":"error","message":"no"}"#,
        r#"{"statusCode":429,"message":"no"}"#,
        r#"{"status":429,"title":"no"}"#,
        r#"{"success":false,"message":"no"}"#,
        r#"{"base_resp":{"status_code":1008,"status_msg":"no"},"choices":null}"#,
        r#"{"__type":"ValidationException","message":"no"}"#,
        r#"{"fault":{"faultstring":"no"}}"#,
        r#"{"status":"failed","message":"no"}"#,
        r#"{"type":"job","status":"FAILED","message":"no"}"#,
        r#"{"Message":"no"}"#,
    ] {
        assert!(is_error(text), "{text}");
    }
    for text in [
        r#"{"type":"ping"}"#,
        r#"{"code":0,"message":"success"}"#,
        r#"{"code":200,"message":"ok"}"#,
        r#"{"status":"processing","message":"reading"}"#,
        r#"{"event":"progress","progress":0.5}"#,
        r#"{"detail":null}"#,
        r#"{"base_resp":{"status_code":0,"status_msg":""}}"#,
        r#"{"success":true,"message":"fine"}"#,
        r#"{"event":"progress","detail":"loading"}"#,
        r#"{"type":"tool_result","status":"failed","message":"no"}"#,
        r#"{"type":"response.web_search_call.failed","message":"no"}"#,
        r#"{"status":"fine","message":"no"}"#,
        "{}",
    ] {
        assert!(!is_error(text), "{text}");
    }
}
