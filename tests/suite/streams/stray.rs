//! Errors and pieces of a reply that stand where no standard puts them.

use super::{CUT, DONE, ONE, STOP, TWO, fails, is_whole, stream};

/// A stream of a piece of a reply, this, and a proper end.
fn between(other: &str) -> String {
    format!(
        "{}data: {ONE}\n\n{other}\n\ndata: {STOP}\n\ndata: {DONE}\n\n",
        stream()
    )
}

#[test]
fn an_error_in_any_form_costs_the_reply() {
    for error in [
        "{\"error\":{\"message\":\"out of memory\"}}",
        "{\"error\":{\"message\":\"out of memory\"}}\n",
        "{\n  \"error\": {\n    \"message\": \"out of memory\"\n  }\n}",
        "{\"detail\":\"out of memory\"}",
        "event: exception\ndata: {\"message\":\"out of memory\"}",
        "event: abort\ndata: \"out of memory\"",
        "Event: ERROR\nData: out of memory",
        "data: {\"internalServerException\":{\"message\":\"out of memory\"}}",
        "data: {\"throttlingException\":{\"message\":\"out of memory\"}}",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"error\":{\"message\":\"out of memory\"}}}]}",
        "data: [{\"error\":{\"message\":\"out of memory\"}}]",
        "data: data: {\"error\":{\"message\":\"out of memory\"}}",
    ] {
        let told = "the endpoint failed: out of memory; `/retry` asks again";
        fails(between(error), "one ", told);
        // The same if it is the last that comes.
        fails(format!("{}data: {ONE}\n\n{error}", stream()), "one ", told);
        fails(format!("{}{error}", stream()), "", told);
    }
    for text in [
        "[ERROR] out of memory",
        "Error: out of memory",
        "error - out of memory",
    ] {
        fails(
            between(&format!("data: {text}")),
            "one ",
            &format!("the endpoint failed: {text}; `/retry` asks again"),
        );
    }
    let told = "the endpoint failed; `/retry` asks again";
    fails(between("event: error"), "one ", told);
}

#[test]
fn what_a_gateway_says_at_the_end_is_told() {
    let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n";
    for (end, words) in [
        (page, "a web page, `502 Bad Gateway`"),
        ("upstream request timeout\n", "upstream request timeout"),
    ] {
        let told = format!("the endpoint failed: {words}; `/retry` asks again");
        fails(format!("{}data: {ONE}\n\n{end}", stream()), "one ", &told);
    }
    let told = "the endpoint failed: a web page, `502 Bad Gateway`; `/retry` asks again";
    let marked = format!("{}data: {ONE}\n\n{page}\ndata: {DONE}\n\n", stream());
    fails(marked, "one ", told);
    // A field that nobody knows is none of it, nor is what follows the end of the text.
    let field = format!("{}data: {ONE}\n\nmodel: m1\n\n", stream());
    fails(field, "one ", CUT);
    let late = format!("{}data: {ONE}\n\ndata: {STOP}\n\n{page}", stream());
    is_whole(late, "one ");
}

#[test]
fn a_piece_is_read_though_it_is_written_wrongly() {
    for piece in [
        format!("data: [{TWO}]"),
        format!("data: data: {TWO}"),
        TWO.to_owned(),
        format!("Data: {TWO}"),
        format!(" data: {TWO}"),
        format!("event: delta\nDATA:{TWO}"),
    ] {
        is_whole(between(&piece), "one two");
        is_whole(
            between(&format!("{piece}\n\ndata: ping\n\n{piece}")),
            "one twotwo",
        );
    }
    is_whole(between(&format!("data: [{TWO}, {TWO}]")), "one twotwo");
    let torn = "data: [{\"choices\":[";
    let told = "a piece of the reply cannot be read and is missing: `[{\"choices\":[`; \
                `/retry` asks again";
    fails(between(torn), "one ", told);
}
