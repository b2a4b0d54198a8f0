use serde_json::json;

use super::*;
use crate::domain::{ContextMessage, Role};
use crate::responder::http::event::{Counts, Part};
use crate::responder::http::stop::Stop;

fn body(api: Api, parameters: Value) -> Value {
    let context = [
        ContextMessage {
            role: Role::User,
            content: "hé".into(),
        },
        ContextMessage {
            role: Role::Ai,
            content: "\"ho\"\n".into(),
        },
    ];
    let ask = Ask {
        system: Some("be brief"),
        context: &context,
        message: "你好",
    };
    let Value::Object(parameters) = parameters else {
        panic!("not an object");
    };
    let request = Request {
        api,
        model: "m",
        ask: &ask,
        parameters: &parameters,
    };
    serde_json::from_slice(&request.bytes()).unwrap()
}

fn conversation() -> Value {
    json!([
        {"role": "user", "content": "hé"},
        {"role": "assistant", "content": "\"ho\"\n"},
        {"role": "user", "content": "你好"},
    ])
}

/// The same, each message with what it is.
fn items() -> Value {
    let mut items = conversation();
    for item in items.as_array_mut().unwrap() {
        item["type"] = json!("message");
    }
    items
}

fn part(api: Api, data: &str) -> Part<'_> {
    match api.event(data.as_bytes()) {
        Some(EventContent::Part(part)) => part,
        other => panic!("{data}: {other:?}"),
    }
}

fn text_and_thought(api: Api, data: &str) -> (String, String) {
    let part = part(api, data);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&part.text), text(&part.thought))
}

fn failure(api: Api, data: &str) -> String {
    match api.event(data.as_bytes()) {
        Some(EventContent::Failed(said)) => said.words.unwrap_or_default(),
        Some(EventContent::Part(part)) => part.failure.unwrap().words.unwrap_or_default(),
        other => panic!("{data}: {other:?}"),
    }
}

#[test]
fn everything_has_its_place() {
    let parameters = json!({"temperature": 0.5, "model": "other", "messages": []});
    assert_eq!(
        body(Api::Chat, parameters),
        json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": "hé"},
                {"role": "assistant", "content": "\"ho\"\n"},
                {"role": "user", "content": "你好"},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0.5,
        })
    );
    assert_eq!(
        body(Api::Responses, json!({"temperature": 0.5, "input": []})),
        json!({
            "model": "m",
            "input": items(),
            "instructions": "be brief",
            "stream": true,
            "store": false,
            "temperature": 0.5,
        })
    );
    assert_eq!(
        body(Api::Anthropic, json!({"temperature": 0.5, "messages": []})),
        json!({
            "model": "m",
            "messages": conversation(),
            "system": "be brief",
            "max_tokens": 4096,
            "stream": true,
            "temperature": 0.5,
        })
    );
}

#[test]
fn parameters_replace_and_remove() {
    let whole = body(Api::Chat, json!({"stream": false}));
    assert_eq!(whole["stream"], json!(false));
    assert_eq!(whole.get("stream_options"), None);
    let bare = body(Api::Chat, json!({"stream_options": null}));
    assert_eq!(bare["stream"], json!(true));
    assert_eq!(bare.get("stream_options"), None);
    let none = body(Api::Chat, json!({"stream": null}));
    assert_eq!(
        (none.get("stream"), none.get("stream_options")),
        (None, None)
    );
    let kept = body(Api::Responses, json!({"store": null, "instructions": "x"}));
    assert_eq!(
        (kept.get("store"), &kept["instructions"]),
        (None, &json!("x"))
    );
    let long = body(Api::Anthropic, json!({"max_tokens": 7, "stream": false}));
    assert_eq!(
        (&long["max_tokens"], &long["stream"]),
        (&json!(7), &json!(false))
    );
}

#[test]
fn each_has_its_address() {
    let paths = [Api::Chat, Api::Responses, Api::Anthropic].map(Api::path);
    assert_eq!(paths, ["/chat/completions", "/responses", "/messages"]);
}

#[test]
fn responses_say_what_they_say_in_typed_events() {
    let api = Api::Responses;
    for (data, text, thought) in [
        (
            r#"{"type":"response.output_text.delta","delta":"é"}"#,
            "é",
            "",
        ),
        (
            r#"{"type":"response.refusal.delta","delta":"no"}"#,
            "no",
            "",
        ),
        (
            r#"{"type":"response.reasoning_summary_text.delta","delta":"hm"}"#,
            "",
            "hm",
        ),
        (
            r#"{"type":"response.reasoning_text.delta","delta":"hm"}"#,
            "",
            "hm",
        ),
        (
            r#"{"type":"response.reasoning_summary_part.added","summary_index":1}"#,
            "",
            "\n\n",
        ),
    ] {
        let expected = (text.to_owned(), thought.to_owned());
        assert_eq!(text_and_thought(api, data), expected, "{data}");
    }
    for data in [
        r#"{"type":"response.created","response":{"status":"in_progress","error":null}}"#,
        r#"{"type":"response.output_text.done"}"#,
        r#"{"type":"response.output_text.delta"}"#,
        r#"{"type":"response.function_call_arguments.delta","delta":"{}"}"#,
        r#"{"type":"response.reasoning_summary_part.added","summary_index":0}"#,
    ] {
        assert_eq!(
            api.event(data.as_bytes()),
            Some(EventContent::Nothing),
            "{data}"
        );
    }
    let again = part(
        api,
        r#"{"type":"response.output_text.done","text":"é","output_index":1,"content_index":2}"#,
    );
    assert_eq!((&*again.text, again.place), ("é".as_bytes(), (1, 2)));
    assert!(again.is_message && again.is_open);
    for odd in ["{\"text\":\"é\"}", "7"] {
        let data = format!(r#"{{"type":"response.output_text.delta","delta":{odd}}}"#);
        assert_eq!(api.event(data.as_bytes()), None, "{data}");
    }
    assert_eq!(api.number(br#"{"sequence_number":7}"#), Some(7));
    assert_eq!(api.number(br#"{"type":"ping"}"#), None);
    let source = part(
        api,
        r#"{"type":"response.output_text.annotation.added","annotation":{"url":"u"}}"#,
    );
    assert_eq!(source.sources, [r#"{"url":"u"}"#]);
    let call = r#"{"type":"response.output_item.added","item":{"type":"function_call"}}"#;
    assert!(part(api, call).calls_tool);
}

#[test]
fn responses_end_with_a_whole_answer() {
    let api = Api::Responses;
    let answer = r#"{"object":"response","status":"completed","output":[
        {"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
        {"type":"message","content":[{"type":"output_text","text":"é","annotations":[1]},
                                     {"type":"refusal","refusal":"no"}]}],
        "usage":{"input_tokens":3,"output_tokens":4}}"#;
    let event = format!(r#"{{"type":"response.completed","response":{answer}}}"#);
    for data in [answer, event.as_str()] {
        let said = part(api, data);
        assert_eq!(
            (&*said.text, &*said.thought),
            ("éno".as_bytes(), &b"hm"[..])
        );
        assert!(said.is_last && said.is_message);
        assert_eq!(said.stop, Stop::of("completed"));
        let counted = Counts {
            prompt: Some(3),
            reply: Some(4),
        };
        assert_eq!(said.counts, counted);
        assert_eq!(said.sources, ["[1]"]);
    }
    for reason in ["max_output_tokens", "content_filter"] {
        let event = format!(
            r#"{{"type":"response.incomplete","response":{{"status":"incomplete","incomplete_details":{{"reason":"{reason}"}}}}}}"#
        );
        assert_eq!(part(api, &event).stop, Stop::of(reason));
    }
    for data in [
        r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"x","message":"no"}}}"#,
        r#"{"type":"error","code":"x","message":"no"}"#,
        r#"{"error":{"message":"no"}}"#,
    ] {
        assert_eq!(failure(api, data), "no", "{data}");
    }
}

#[test]
fn anthropic_says_what_it_says_in_blocks() {
    let api = Api::Anthropic;
    for (data, text, thought) in [
        (
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"é"}}"#,
            "é",
            "",
        ),
        (
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é"}}"#,
            "é",
            "",
        ),
        (
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
            "",
            "hm",
        ),
        (
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
            "",
            "",
        ),
    ] {
        let expected = (text.to_owned(), thought.to_owned());
        assert_eq!(text_and_thought(api, data), expected, "{data}");
    }
    let start = part(
        api,
        r#"{"type":"message_start","message":{"content":[],"usage":{"input_tokens":3,"cache_read_input_tokens":2,"output_tokens":1}}}"#,
    );
    assert_eq!(start.counts.prompt, Some(5));
    let end = part(
        api,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"#,
    );
    assert_eq!(
        (end.stop, end.counts.reply),
        (Stop::of("end_turn"), Some(4))
    );
    assert_eq!(
        api.event(br#"{"type":"message_stop"}"#),
        Some(EventContent::Done)
    );
    assert_eq!(
        api.event(br#"{"type":"ping"}"#),
        Some(EventContent::Nothing)
    );
    let tool = r#"{"type":"content_block_start","content_block":{"type":"tool_use","name":"f"}}"#;
    assert!(part(api, tool).calls_tool);
    let source = part(
        api,
        r#"{"type":"content_block_delta","delta":{"type":"citations_delta","citation":{"url":"u"}}}"#,
    );
    assert_eq!(source.sources, [r#"{"url":"u"}"#]);
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"no"}}"#;
    assert_eq!(failure(api, error), "no");
}

#[test]
fn anthropic_may_answer_in_one_piece() {
    let whole = part(
        Api::Anthropic,
        r#"{"type":"message","content":[{"type":"thinking","thinking":"hm"},
            {"type":"text","text":"é","citations":[{"url":"u"}]}],
            "stop_reason":"max_tokens","usage":{"input_tokens":3,"output_tokens":4}}"#,
    );
    assert_eq!(
        (&*whole.text, &*whole.thought),
        ("é".as_bytes(), &b"hm"[..])
    );
    assert!(whole.is_message);
    assert_eq!(whole.stop, Stop::of("max_tokens"));
    assert_eq!(whole.sources, [r#"[{"url":"u"}]"#]);
}
