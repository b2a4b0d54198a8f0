//! Events wait until they are committed, and keep their order.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use super::*;
use crate::render::Plain;

/// Records the writes to both streams in one text, each after the name of its stream.
struct Recorder(&'static str, Rc<RefCell<String>>);

impl Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let mut written = self.1.borrow_mut();
        written.push_str(self.0);
        written.push_str(&text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn events_wait_for_the_flush_and_keep_their_order_over_both_streams() {
    let written = Rc::new(RefCell::new(String::new()));
    let streams = Streams {
        out: Box::new(Recorder("out: ", Rc::clone(&written))),
        err: Box::new(Recorder("err: ", Rc::clone(&written))),
        is_abandoned: || false,
    };
    let renderer = Box::new(Plain::new("lines", false));
    let mut output = Output::new(renderer, streams, Signals::default());
    output.at_line(1);
    let row = Event::ModelRow {
        model: "mock",
        current: false,
    };
    output.emit(&row);
    output.emit(&Event::Error(&Error::NotUtf8));
    output.emit(&row);
    assert_eq!(*written.borrow(), "");
    output.flush().unwrap();
    let streams: Vec<_> = written
        .borrow()
        .lines()
        .map(|line| line[..4].to_owned())
        .collect();
    assert_eq!(streams, ["out:", "err:", "out:"]);
    output.emit(&Event::Error(&Error::NotUtf8));
    output.discard();
    let before = written.borrow().clone();
    output.flush().unwrap();
    assert_eq!(*written.borrow(), before);
}

#[test]
fn a_reply_waits_for_its_place_and_stands_where_it_was_told() {
    let written = Rc::new(RefCell::new(String::new()));
    let streams = Streams {
        out: Box::new(Recorder("", Rc::clone(&written))),
        err: Box::new(Recorder("", Rc::clone(&written))),
        is_abandoned: || false,
    };
    let renderer = Box::new(crate::render::Json::default());
    let mut output = Output::new(renderer, streams, Signals::default());
    let user = crate::domain::UserName::new("alice").unwrap();
    let session = "5b0c1f7e-0f3a-4c1d-9b7e-000000000001";
    let row = Event::ModelRow {
        model: "mock",
        current: false,
    };
    let receipt = |id| Receipt {
        id: crate::domain::MessageId(id),
        seq: id,
        ..Receipt::pending(crate::domain::Timestamp(0))
    };
    let pending = receipt(0);
    for line in [1, 2] {
        output.at_line(line);
        output.emit(&row);
        output.emit_at_commit(
            &Message {
                id: pending.id,
                seq: pending.seq,
                parent: None,
                user: &user,
                session: crate::domain::SessionId::parse(session).unwrap(),
                role: crate::domain::Role::Ai,
                content: "hello",
                created_at: pending.created_at,
                said_at: None,
                source: None,
                model: None,
                status: crate::domain::Status::Complete,
                usage: None,
                details: crate::domain::ReplyDetails::default(),
            },
            Ticket(line),
        );
    }
    output.at_line(3);
    output.emit(&row);
    assert!(output.waiting() > 0);
    output.confirm(&[(Ticket(1), receipt(7)), (Ticket(2), receipt(9))]);
    output.flush().unwrap();
    let written = written.borrow();
    let told = written.lines().map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        (event["line"].as_u64(), event["id"].as_i64())
    });
    let expected = [(1, None), (1, Some(7)), (2, None), (2, Some(9)), (3, None)];
    let expected = expected.map(|(line, id)| (Some(line), id));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
