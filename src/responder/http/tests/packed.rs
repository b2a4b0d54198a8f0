//! Answers that are packed though nobody asked for that.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const GZIP: &str =
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";

fn packer() -> GzEncoder<Vec<u8>> {
    GzEncoder::new(Vec::new(), Compression::default())
}

/// What has been packed since the last time, as a chunk.
fn packed(packer: &mut GzEncoder<Vec<u8>>, text: &str) -> Vec<u8> {
    packer.write_all(text.as_bytes()).unwrap();
    packer.flush().unwrap();
    chunk(&std::mem::take(packer.get_mut()))
}

#[test]
fn each_part_of_a_packed_reply_is_shown_as_it_comes() {
    let (go, wait) = channel();
    let mut packer = packer();
    let one = packed(&mut packer, &event("你"));
    let mut two = packed(&mut packer, &(event("好") + STOP + DONE));
    two.extend(chunk(&packer.finish().unwrap()));
    two.extend(b"0\r\n\r\n");
    let server = Server::new(vec![vec![
        Step::Bytes([GZIP.as_bytes(), &one].concat()),
        Step::Until(wait),
        Step::Bytes(two),
        Step::Again,
        reply("more"),
    ]]);
    let pool = Pool::default();
    let heard = ask_with(&pool, endpoint(&server), |progress| {
        if progress == Progress::Delta("你") {
            go.send(()).unwrap();
        }
        ControlFlow::Continue(())
    });
    heard.assert(Status::Complete, "你好", "");
    let request = server.request().unwrap().to_lowercase();
    assert!(!request.contains("accept-encoding"));
    hear_with(&pool, endpoint(&server)).assert(Status::Complete, "more", "");
}

#[test]
fn a_packed_refusal_is_read_too() {
    let mut packer = packer();
    let said = packed(&mut packer, r#"{"error":{"message":"why."}}"#);
    let head = "HTTP/1.1 400 No\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::saying([head.as_bytes(), &said, b"0\r\n\r\n"].concat());
    let what = "the endpoint does not accept the request (400): why";
    hear(endpoint(&server)).assert(Status::Failed, "", what);
}

#[test]
fn what_unpacks_without_end_is_ended() {
    let blow = |text: &[u8]| {
        let mut packer = packer();
        for _ in 0..20 {
            packer
                .write_all(&text.repeat((1 << 20) / text.len()))
                .unwrap();
        }
        let bomb = packer.finish().unwrap();
        assert!(bomb.len() < 200_000);
        let server = Server::saying([GZIP.as_bytes(), &chunk(&bomb), b"0\r\n\r\n"].concat());
        let mut endpoint = endpoint(&server);
        endpoint.limits.event = 1 << 20;
        endpoint.limits.without_text = 4 << 20;
        endpoint.limits.reply = 1 << 20;
        hear(endpoint)
    };
    let what = "the endpoint sends without end, but no reply";
    blow(b": wait\n").assert(Status::Failed, "", what);
    let what = "the endpoint sent an event of more than 1 MiB";
    blow(b"x").assert(Status::Failed, "", what);
    let heard = blow(event("hello").as_bytes());
    assert_eq!(heard.what(), "the reply is longer than 1 MiB");
    assert_eq!(heard.text.len(), 1 << 20);
}

#[test]
fn a_packed_reply_that_breaks_off_is_no_whole_one() {
    let mut packer = packer();
    let part = packed(&mut packer, &event("a"));
    let server = Server::saying([GZIP.as_bytes(), &part].concat());
    hear(endpoint(&server)).assert(Status::Failed, "a", "the reply was cut off");
}

#[test]
fn what_was_unpacked_before_the_damage_is_kept() {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let damaged = |text: &str| {
        let mut packer = packer();
        packer.write_all(text.as_bytes()).unwrap();
        packer.flush().unwrap();
        let came = packer.get_ref();
        hear(endpoint(&Server::saying(
            [head.as_bytes(), came, b"\xff\xff\xff\xff"].concat(),
        )))
    };
    let what = "the reply was cut off: corrupt deflate stream";
    damaged(&event("a")).assert(Status::Failed, "a", what);
    damaged(&(event("a") + STOP + DONE)).assert(Status::Complete, "a", "");
    let long = damaged(&event("é").repeat(10_000));
    long.assert(Status::Failed, &"é".repeat(10_000), what);
}

#[test]
fn a_packing_that_is_not_known_is_named() {
    let head = GZIP.replace("gzip", "br");
    let told = hear(endpoint(&Server::saying(head)));
    let what = "the endpoint packed its answer as `br`, which nobody asked for";
    told.assert(Status::Failed, "", what);
}
