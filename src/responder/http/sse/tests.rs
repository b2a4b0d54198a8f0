use super::*;

/// Hands out its bytes in pieces of this size.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn read(stream: impl Read, limit: usize) -> Result<Vec<String>, Unreadable> {
    let mut events = Events::new(stream, limit);
    let mut found = Vec::new();
    loop {
        while let Some(event) = events.next()? {
            let mark = if event.is_error { "error: " } else { "" };
            found.push(mark.to_owned() + str::from_utf8(event.data).unwrap());
        }
        if events.fill().unwrap() == 0 {
            let rest = events.rest().map(|rest| format!("{:?}", rest.data));
            found.extend(rest);
            return Ok(found);
        }
    }
}

#[test]
fn lines_end_in_three_ways_and_bytes_come_in_any_pieces() {
    let text = ": hello\n\ndata: é你\n\ndata:👋\nid: 1\n\nevent: x\n\ndata\ndata:  two\n\n\n";
    for end in ["\n", "\r\n", "\r"] {
        let text = text.replace('\n', end);
        for size in 1..=text.len() {
            assert_eq!(
                read(Pieces(text.as_bytes(), size), 100).unwrap(),
                ["é你", "👋", "\n two"],
                "{end:?} {size}"
            );
        }
    }
}

#[test]
fn line_ends_may_be_mixed_and_a_mark_may_stand_before() {
    let text = "\u{feff}data: a\r\n\rdata: b\n\r\ndata: c\r\r";
    for size in 1..=text.len() {
        assert_eq!(
            read(Pieces(text.as_bytes(), size), 100).unwrap(),
            ["a", "b", "c"]
        );
    }
}

#[test]
fn values_are_found_in_any_pieces() {
    let text = "\u{feff} {\"a\": \"é}\"}\n\n{\n\"b\": [{}]\n}, [DONE]\n";
    for size in 1..=text.len() {
        assert_eq!(
            read(Pieces(text.as_bytes(), size), 100).unwrap(),
            ["{\"a\": \"é}\"}", "{\n\"b\": [{}]\n}", "[DONE]"]
        );
    }
    assert_eq!(read(Pieces(b"{}{", 1), 100).unwrap(), ["{}", "[123]"]);
    assert_eq!(read(&b"[1, 2, 3]"[..], 8), Err(Unreadable::TooLong));
    assert_eq!(read(&b"\n<html>"[..], 8), Err(Unreadable::Page));
}

#[test]
fn errors_have_a_name_or_a_field() {
    let text = "event: error\ndata: a\n\ndata: b\n\nerror: c\n\nevent:error\n\ndata: d\n\n\
                id:1\nevent:error\n:HTTP_STATUS/429\ndata:e\n\ndata: {}\nerror: {}\ndata: {}\n\n";
    for size in 1..=text.len() {
        assert_eq!(
            read(Pieces(text.as_bytes(), size), 100).unwrap(),
            [
                "error: a",
                "b",
                "error: c",
                "error: ",
                "d",
                "error: e",
                "{}",
                "error: {}",
                "{}"
            ],
            "{size}"
        );
    }
}

#[test]
fn errors_have_several_names() {
    for name in [
        "error",
        "ERROR",
        "exception",
        "abort",
        "stream.error",
        "ThrottlingException",
    ] {
        let text = format!("event: {name}\ndata: a\n\n");
        assert_eq!(read(text.as_bytes(), 100).unwrap(), ["error: a"], "{name}");
    }
    for name in ["terror", "message", "errorless", ""] {
        let text = format!("event: {name}\ndata: a\n\n");
        assert_eq!(read(text.as_bytes(), 100).unwrap(), ["a"], "{name}");
    }
    assert_eq!(read(&b"event: error"[..], 100).unwrap(), ["[]"]);
}

#[test]
fn a_field_may_be_written_wrongly_and_json_may_stand_alone() {
    let text = "Data: a\n\n data: b\n\n{\"c\": 1}\n\ndata: {}\n{\"d\": 1}\ndata: {\"e\": 1}\n\n\
                {\n  \"f\": [\n  1\n  ]\n}\n\ndata: g\n\n";
    for size in 1..=text.len() {
        assert_eq!(
            read(Pieces(text.as_bytes(), size), 100).unwrap(),
            [
                "a",
                "b",
                "{\"c\": 1}",
                "{}",
                "{\"d\": 1}",
                "{\"e\": 1}",
                "{\n\"f\": [\n1\n]\n}",
                "g"
            ],
            "{size}"
        );
    }
}

#[test]
fn json_that_never_ends_costs_no_event_behind_it() {
    let text = "noise\n {\"id\": \"c1\", \"object\ndata: {\"a\": 1}\n\ndata: [DONE]\n\n";
    for size in 1..=text.len() {
        assert_eq!(
            read(Pieces(text.as_bytes(), size), 100).unwrap(),
            ["{\"id\": \"c1\", \"object", "{\"a\": 1}", "[DONE]"],
            "{size}"
        );
    }
}

#[test]
fn a_line_that_is_no_field_is_remembered() {
    for size in 1..10 {
        let text = ": x\nid: 1\nInternal Server Error\nmore\n";
        let mut events = Events::new(Pieces(text.as_bytes(), size), 100);
        while events.fill().unwrap() > 0 {
            assert_eq!(events.next(), Ok(None));
        }
        assert_eq!(events.stray(), b"Internal Server Error");
    }
}

#[test]
fn what_the_stream_ends_in_is_told_apart() {
    let text = b"data: a\n\ndata: b";
    assert_eq!(read(Pieces(text, 3), 100).unwrap(), ["a", "[98]"]);
    assert_eq!(read(Pieces(b"data: b\n", 3), 100).unwrap(), ["[98]"]);
    assert_eq!(read(Pieces(b"dat", 3), 100).unwrap(), [""; 0]);
    assert_eq!(read(Pieces(b"", 3), 100).unwrap(), [""; 0]);
}

#[test]
fn a_line_and_an_event_have_a_limit() {
    let exact = format!("data: {}\n\n", "x".repeat(94));
    assert_eq!(read(Pieces(exact.as_bytes(), 7), 100).unwrap().len(), 1);
    assert_eq!(read(io::repeat(b'x'), 1 << 20), Err(Unreadable::TooLong));
    let lines = "data: 123456789\n".repeat(20);
    assert_eq!(read(lines.as_bytes(), 100), Err(Unreadable::TooLong));
}

#[test]
fn comments_without_end_need_no_memory() {
    let comments = ": wait\n".repeat(100_000);
    let mut events = Events::new(comments.as_bytes(), 1000);
    while events.fill().unwrap() > 0 {
        assert_eq!(events.next(), Ok(None));
    }
    assert!(events.line.capacity() < 100 && events.data.is_empty());
}
