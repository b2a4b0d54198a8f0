use super::*;
use crate::responder::http::endpoint::Api;
use crate::responder::http::stop::StopKind;

fn event(data: &str) -> Option<EventContent<'_>> {
    Api::Chat.event(data.as_bytes())
}

fn part_of(data: &str) -> Part<'_> {
    match event(data) {
        Some(EventContent::Part(part)) => part,
        other => panic!("{data}: {other:?}"),
    }
}

fn failure(data: &str) -> String {
    match event(data) {
        Some(EventContent::Failed(said)) => said.words.unwrap_or_default(),
        other => panic!("{data}: {other:?}"),
    }
}

#[test]
fn a_sparse_event_is_enough() {
    let said = part_of(r#"{"choices":[{"delta":{"content":"é"}}]}"#);
    assert_eq!(&*said.text, "é".as_bytes());
    assert!(matches!(said.text, Cow::Borrowed(_)), "no copy is made");
    assert_eq!(part_of(r#"{"choices":[{"delta":{}}]}"#), Part::default());
    assert_eq!(part_of(r#"{"choices":[{}]}"#), Part::default());
    let nulls = r#"{"choices":[{"index":0,"delta":null,"message":null}]}"#;
    assert_eq!(part_of(nulls), Part::default());
    assert_eq!(event(" [DONE] "), Some(EventContent::Done));
}

#[test]
fn a_doubled_key_has_its_last_value() {
    let twice = r#"{"choices":[{"delta":{"content":"a","content":"b"}}],"object":1,"object":2}"#;
    assert_eq!(&*part_of(twice).text, b"b");
}

#[test]
fn content_may_be_null_or_parts() {
    let null = r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#;
    assert_eq!(part_of(null), Part::default());
    let parts = r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a\u00e9"},{"type":"x","y":[1]}]}}]}"#;
    assert_eq!(&*part_of(parts).text, "aé".as_bytes());
    let refusal = r#"{"choices":[{"delta":{"refusal":"no"}}]}"#;
    assert_eq!(&*part_of(refusal).text, b"no");
    let text = r#"{"choices":[{"text":"old"}]}"#;
    assert_eq!(&*part_of(text).text, b"old");
}

#[test]
fn what_is_thought_has_many_names() {
    for thought in [
        r#""reasoning_content":"hm""#,
        r#""reasoning":"hm""#,
        r#""thinking":"hm""#,
        r#""reasoning":{"text":"hm"}"#,
        r#""reasoning":{"summary":[{"type":"summary_text","text":"hm"}]}"#,
        r#""reasoning":"hm","reasoning_content":"hm""#,
        r#""reasoning":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]"#,
        r#""reasoning":null,"reasoning_details":[{"type":"reasoning.summary","summary":"hm"}]"#,
        r#""content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]"#,
    ] {
        let data = format!(r#"{{"choices":[{{"delta":{{{thought}}}}}]}}"#);
        let part = part_of(&data);
        assert_eq!(
            (&*part.text, &*part.thought),
            (&b""[..], &b"hm"[..]),
            "{data}"
        );
    }
}

#[test]
fn odd_thought_does_not_cost_the_text() {
    for thought in ["5", "true", "{}", "[7]", r#"{"x":[1]}"#] {
        let data =
            format!(r#"{{"choices":[{{"delta":{{"reasoning":{thought},"content":"a"}}}}]}}"#);
        assert_eq!(&*part_of(&data).text, b"a", "{thought}");
    }
}

#[test]
fn the_first_of_several_answers_counts() {
    let data =
        r#"{"choices":[{"index":1,"delta":{"content":"b"}},{"index":0,"delta":{"content":"a"}}]}"#;
    assert_eq!(&*part_of(data).text, b"a");
    let odd = r#"{"choices":[{"index":"0","delta":{"content":"a"}}]}"#;
    assert_eq!(&*part_of(odd).text, b"a");
}

#[test]
fn the_end_and_the_counts_are_read() {
    let last = part_of(
        r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4.0,"x":{}}}"#,
    );
    let counted = Counts {
        prompt: Some(3),
        reply: Some(4),
    };
    assert_eq!((last.stop, last.counts), (Stop::of("stop"), counted));
    let long = part_of(r#"{"choices":[{"finish_reason":"length"}]}"#);
    assert_eq!(long.stop.unwrap().kind, StopKind::Length);
    let none = part_of(r#"{"choices":[{"finish_reason":null}],"usage":"?"}"#);
    assert_eq!((none.stop, none.counts), (None, Counts::default()));
    let tool = part_of(r#"{"choices":[{"delta":{"tool_calls":[{"id":"x"}]}}]}"#);
    assert!(tool.calls_tool);
    assert!(!part_of(r#"{"choices":[{"delta":{"tool_calls":[]}}]}"#).calls_tool);
}

#[test]
fn errors_are_found_in_all_their_shapes() {
    for data in [
        r#"{"error":{"message":"no","code":5}}"#,
        r#"{"error":"no"}"#,
        r#"{"error":["no"]}"#,
        r#"{"object":"error","message":"no"}"#,
        r#"{"code":"Throttling","message":"no"}"#,
        r#"{"detail":"no"}"#,
        r#"{"error_code":17,"error_msg":"no"}"#,
        r#"[{"error":{"message":"no"}}]"#,
        r#"{"error":true,"message":"no"}"#,
    ] {
        assert_eq!(failure(data), "no");
    }
    let counted = r#"{"usage":{"prompt_tokens":1},"error":{}}"#;
    assert_eq!(part_of(counted).failure, None);
    let within = part_of(
        r#"{"choices":[{"delta":{"content":"a"},"finish_reason":"error","error":{"message":"no"}}]}"#,
    );
    assert_eq!(&*within.text, b"a");
    assert_eq!(within.failure.unwrap().words.as_deref(), Some("no"));
    let none = part_of(r#"{"choices":[{"delta":{"content":"a"}}],"error":null}"#);
    assert_eq!(none.failure, None);
}

#[test]
fn what_is_no_object_or_without_choices_is_no_part_of_a_reply() {
    for data in [
        "",
        "hello",
        "null",
        "42",
        "[1",
        "{}",
        r#"{"type":"ping"}"#,
        r#"{"choices":null,"usage":null}"#,
        r#"{"error":null}"#,
        r#"{"error":""}"#,
        r#"{"choices":null,"error":{}}"#,
        r#"{"choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}"#,
        r#"{"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}"#,
        r#"{"x_groq":{"id":"x"}}"#,
        r#"{"status":"in_progress","message":"loading"}"#,
    ] {
        assert_eq!(event(data), Some(EventContent::Nothing), "{data}");
    }
}

#[test]
fn an_object_that_cannot_be_read_is_told_apart() {
    for data in [
        r#"{"choices":[{"del"#,
        r#"{"choices":7}"#,
        r#"{"choices":[{"delta":{"content":7}}]}"#,
    ] {
        assert_eq!(event(data), None, "{data}");
    }
}

#[test]
fn a_whole_answer_is_one_piece() {
    let whole = part_of(r#"{"choices":[{"message":{"role":"assistant","content":"hi"}}]}"#);
    assert_eq!(
        (&*whole.text, whole.is_message, whole.is_open),
        (&b"hi"[..], true, false)
    );
    let open = part_of(r#"{"choices":[{"message":{"content":"hi"},"finish_reason":null}]}"#);
    assert!(open.is_message && open.is_open);
    let part = part_of(r#"{"choices":[{"delta":{"content":"hi"}}]}"#);
    assert!(!part.is_message);
}

#[test]
fn ollama_s_own_form_is_read_too() {
    let part = part_of(r#"{"message":{"content":"hi","thinking":"hm"},"done":false}"#);
    assert_eq!(
        (&*part.text, &*part.thought, part.is_last),
        (&b"hi"[..], &b"hm"[..], false)
    );
    let last = part_of(
        r#"{"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":4}"#,
    );
    assert_eq!((last.is_last, last.stop), (true, Stop::of("stop")));
    assert_eq!(last.counts.prompt, Some(3));
}

#[test]
fn sources_are_passed_on() {
    let said = part_of(
        r#"{"choices":[{"delta":{"content":"a","annotations":[3]}}],"citations":[1],"search_results":[2]}"#,
    );
    assert_eq!(said.sources, ["[1]", "[2]", "[3]"]);
}
