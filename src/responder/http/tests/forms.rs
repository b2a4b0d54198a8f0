//! The other forms of requests and answers, over HTTP.

use super::*;
use crate::responder::http::Api;

/// What comes of a stream of these events, and the request for it.
fn streamed(api: Api, events: &[&str]) -> (FinishedReply, String) {
    let events = events.iter().map(|event| format!("data: {event}\n\n"));
    let server = Server::saying(events.fold(SSE.to_owned(), |all, event| all + &event));
    let mut endpoint = endpoint(&server);
    endpoint.api = api;
    let heard = hear(endpoint);
    (heard, server.request().unwrap())
}

#[test]
fn the_responses_of_openai_are_a_reply() {
    let events = [
        r#"{"type":"response.created","response":{"status":"in_progress"}}"#,
        r#"{"type":"response.reasoning_summary_text.delta","delta":"hm"}"#,
        r#"{"type":"response.output_text.delta","delta":"hé"}"#,
        r#"{"type":"response.output_text.delta","delta":"llo"}"#,
        r#"{"type":"response.output_text.annotation.added","annotation":{"type":"url_citation","url":"https://a.example","title":"A"}}"#,
        r#"{"type":"response.output_text.done","text":"héllo"}"#,
        r#"{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"héllo"}]}],"usage":{"input_tokens":3,"output_tokens":4}}}"#,
    ];
    let (heard, request) = streamed(Api::Responses, &events);
    heard.assert(Status::Complete, "héllo", "");
    assert_eq!(heard.thought, "hm");
    assert_eq!(heard.ending.finish_reason.as_deref(), Some("completed"));
    let counted = Usage {
        prompt: 3,
        reply: 4,
    };
    assert_eq!(heard.ending.usage, Some(counted));
    assert_eq!(heard.ending.citations[0].title.as_deref(), Some("A"));
    assert!(request.starts_with("POST /v1/responses HTTP/1.1\r\n"));
    assert!(request.contains("\"store\":false"));
    let (cut, _) = streamed(Api::Responses, &events[..4]);
    cut.assert(Status::Failed, "héllo", "the reply was cut off");
    let failed =
        r#"{"type":"response.failed","response":{"status":"failed","error":{"message":"no"}}}"#;
    let (heard, _) = streamed(Api::Responses, &[events[2], failed]);
    heard.assert(Status::Failed, "hé", "the endpoint failed: no");
    let long = r#"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}"#;
    let (heard, _) = streamed(Api::Responses, &[events[2], long]);
    assert_eq!(heard.ending.finish_reason.as_deref(), Some("length"));
    let (whole, _) = streamed(Api::Responses, &events[6..]);
    whole.assert(Status::Complete, "héllo", "");
}

/// The events of responses: a part of the text, all of a message, all of the answer.
fn delta(text: &str) -> String {
    format!(r#"{{"type":"response.output_text.delta","output_index":0,"delta":"{text}"}}"#)
}

fn done(text: &str) -> String {
    format!(r#"{{"type":"response.output_text.done","output_index":0,"text":"{text}"}}"#)
}

fn completed(messages: &[&str]) -> String {
    let message = |text: &&str| {
        format!(r#"{{"type":"message","content":[{{"type":"output_text","text":"{text}"}}]}}"#)
    };
    let messages: Vec<_> = messages.iter().map(message).collect();
    let output = messages.join(",");
    format!(
        r#"{{"type":"response.completed","response":{{"status":"completed","output":[{output}]}}}}"#
    )
}

#[test]
fn what_only_the_end_of_a_response_says_is_taken() {
    for (events, text) in [
        (vec![delta("hel"), done("hello"), completed(&[])], "hello"),
        (vec![delta("hel"), completed(&["hello"])], "hello"),
        (
            vec![delta("hel"), done("hello"), completed(&["hello world"])],
            "hello world",
        ),
        (vec![done("hello"), completed(&["hello"])], "hello"),
        (vec![delta("a"), completed(&["a", "b"])], "a\n\nb"),
        (vec![completed(&["a", "b"])], "a\n\nb"),
        (vec![delta("a"), completed(&[])], "a"),
    ] {
        let events: Vec<_> = events.iter().map(String::as_str).collect();
        let (heard, _) = streamed(Api::Responses, &events);
        heard.assert(Status::Complete, text, "");
    }
}

#[test]
fn a_response_that_is_another_at_its_end_has_failed() {
    let what = "the endpoint says at its end that the reply is another text than what came";
    for last in [
        vec![completed(&["help"])],
        vec![completed(&["hel"])],
        vec![done("help"), completed(&[])],
    ] {
        let first = delta("hello");
        let events = std::iter::once(&first).chain(&last).map(String::as_str);
        let (heard, _) = streamed(Api::Responses, &events.collect::<Vec<_>>());
        heard.assert(Status::Failed, "hello", what);
        assert_eq!(heard.hint(), "`/retry` asks again");
    }
    let object = delta("").replace("\"\"", r#"{"text":"x"}"#);
    let (heard, _) = streamed(Api::Responses, &[&delta("a"), &object, &completed(&["a"])]);
    let what = format!("a piece of the reply cannot be read and is missing: `{object}`");
    heard.assert(Status::Failed, "a", &what);
}

#[test]
fn an_event_of_a_response_that_did_not_come_is_told() {
    let numbered = |number: i64, event: String| {
        event.replacen('{', &format!(r#"{{"sequence_number":{number},"#), 1)
    };
    let reply = |numbers: [i64; 3], whole: &[&str]| {
        let events = [delta("a"), delta("b"), completed(whole)];
        let events = numbers.into_iter().zip(events);
        let events: Vec<_> = events
            .map(|(number, event)| numbered(number, event))
            .collect();
        let events: Vec<_> = events.iter().map(String::as_str).collect();
        streamed(Api::Responses, &events).0
    };
    reply([4, 5, 6], &[]).assert(Status::Complete, "ab", "");
    reply([4, 6, 7], &["ab"]).assert(Status::Complete, "ab", "");
    let what = "a piece of the reply may be missing: the numbers of its events have a gap";
    for numbers in [[4, 6, 7], [4, 5, 7]] {
        reply(numbers, &[]).assert(Status::Failed, "ab", what);
    }
}

#[test]
fn the_messages_of_anthropic_are_a_reply() {
    let events = [
        r#"{"type":"message_start","message":{"role":"assistant","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"ping"}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"hé"}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"llo"}}"#,
        r#"{"type":"content_block_stop","index":1}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":4}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    let (heard, request) = streamed(Api::Anthropic, &events);
    heard.assert(Status::Complete, "héllo", "");
    assert_eq!(heard.thought, "hm");
    assert_eq!(heard.ending.finish_reason.as_deref(), Some("end_turn"));
    let counted = Usage {
        prompt: 3,
        reply: 4,
    };
    assert_eq!(heard.ending.usage, Some(counted));
    assert!(request.starts_with("POST /v1/messages HTTP/1.1\r\n"));
    assert!(request.contains("\"max_tokens\":4096"));
    let (cut, _) = streamed(Api::Anthropic, &events[..9]);
    cut.assert(Status::Failed, "héllo", "the reply was cut off");
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let (heard, _) = streamed(Api::Anthropic, &[&events[..7], &[error]].concat());
    heard.assert(Status::Failed, "hé", "the endpoint failed: Overloaded");
    let (silent, _) = streamed(Api::Anthropic, &[events[0], events[9], events[10]]);
    silent.assert(
        Status::Failed,
        "",
        "the model ended its reply without a word",
    );
}

#[test]
fn a_text_beside_a_call_of_ours_is_no_whole_reply() {
    let text =
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#;
    let end = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#;
    let block = |kind: &str| {
        format!(r#"{{"type":"content_block_start","index":1,"content_block":{{"type":"{kind}"}}}}"#)
    };
    let call = block("tool_use");
    let (heard, _) = streamed(Api::Anthropic, &[text, &call, end]);
    let told = "the model asked for a tool, and has none here (`end_turn`)";
    heard.assert(Status::Failed, "a", told);
    assert_eq!(heard.ending.finish_reason.as_deref(), Some("end_turn"));
    let search = block("server_tool_use");
    let (heard, _) = streamed(Api::Anthropic, &[text, &search, end]);
    heard.assert(Status::Complete, "a", "");

    let text = r#"{"type":"response.output_text.delta","output_index":0,"delta":"a"}"#;
    let end = r#"{"type":"response.completed","response":{"status":"completed"}}"#;
    let item = |kind: &str| {
        format!(r#"{{"type":"response.output_item.added","item":{{"type":"{kind}"}}}}"#)
    };
    let (heard, _) = streamed(Api::Responses, &[text, &item("function_call"), end]);
    let told = "the model asked for a tool, and has none here (`completed`)";
    heard.assert(Status::Failed, "a", told);
    let (heard, _) = streamed(Api::Responses, &[&item("web_search_call"), text, end]);
    heard.assert(Status::Complete, "a", "");
}

#[test]
fn an_answer_in_one_piece_is_a_reply_in_each_form() {
    for (api, body) in [
        (
            Api::Responses,
            r#"{"object":"response","status":"completed","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"whole"}]}]}"#,
        ),
        (
            Api::Anthropic,
            r#"{"type":"message","content":[{"type":"text","text":"whole"}],"stop_reason":"end_turn"}"#,
        ),
    ] {
        for cut in [0, 1] {
            let body = &body[..body.len() - cut];
            let length = body.len();
            let server = Server::saying(format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"
            ));
            let mut endpoint = endpoint(&server);
            endpoint.api = api;
            let heard = hear(endpoint);
            if cut == 0 {
                heard.assert(Status::Complete, "whole", "");
            } else {
                heard.assert(Status::Failed, "", "the reply was cut off");
            }
        }
    }
}

#[test]
fn several_messages_of_a_response_are_set_apart() {
    let delta = |at: u32, text: &str| {
        format!(
            "data: {{\"type\":\"response.output_text.delta\",\"output_index\":{at},\"delta\":\"{text}\"}}\n\n"
        )
    };
    let end = "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n";
    let streamed = [SSE, &delta(1, "a"), &delta(1, "b"), &delta(2, "c"), end].concat();
    let message =
        |text: &str| format!("{{\"type\":\"message\",\"content\":[{{\"text\":\"{text}\"}}]}}");
    let whole = |status: &str, output: &str| {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        format!("{head}{{\"object\":\"response\",\"status\":\"{status}\",\"output\":[{output}]}}")
    };
    let both = whole("completed", &[message("ab"), message("c")].join(","));
    let asked = |answer: String| {
        let mut endpoint = endpoint(&Server::saying(answer));
        endpoint.api = Api::Responses;
        hear(endpoint)
    };
    for answer in [streamed, both] {
        asked(answer).assert(Status::Complete, "ab\n\nc", "");
    }
    let what = "the endpoint wants to reply later, which is no way to chat (`queued`)";
    asked(whole("queued", "")).assert(Status::Failed, "", what);
}

#[test]
fn an_answer_in_the_form_of_another_api_is_named() {
    let chunk = r#"{"object":"chat.completion.chunk","choices":[{"delta":{"content":"a"}}]}"#;
    let message = r#"{"type":"message_start","message":{"role":"assistant"}}"#;
    let response = r#"{"type":"response.created","response":{"status":"in_progress"}}"#;
    for (api, event, name) in [
        (Api::Chat, message, "anthropic"),
        (Api::Chat, response, "responses"),
        (Api::Anthropic, chunk, "chat"),
        (Api::Responses, chunk, "chat"),
    ] {
        let counts = r#"{"type":"message_delta","usage":{"output_tokens":1}}"#;
        let counts = (api == Api::Chat).then_some(counts);
        let events: Vec<&str> = [event].into_iter().chain(counts).collect();
        let (heard, _) = streamed(api, &events);
        assert!(
            heard
                .what()
                .starts_with("the endpoint sent what is no reply: ")
        );
        assert_eq!(heard.hint(), format!("`--api {name}` reads this"));
    }
}
