//! Engines that speak the language of PostgreSQL and do not keep its order.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use tempfile::tempdir;

use super::{at, lines};
use crate::support::run::check;

/// Something that says of itself that it is this, in this version.
#[derive(Clone, Copy)]
struct Engine {
    name: &'static str,
    version: &'static str,
    /// It knows only its name, and none of the functions that are asked for beside it.
    is_bare: bool,
}

/// Answers one connection as such an engine does; gives the port.
fn listening(engine: Engine) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        let (stream, _) = listener.accept().expect("the program");
        // It hangs up as soon as it knows who answers.
        let _ = answer(stream, engine);
    });
    port
}

/// A message of this kind (PostgreSQL's manual, "Message Formats").
fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 4).expect("a short one");
    [&[kind], &length.to_be_bytes()[..], content].concat()
}

fn answer(mut stream: TcpStream, engine: Engine) -> std::io::Result<()> {
    let ready = message(b'Z', b"I");
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    content(&mut stream, length)?;
    stream.write_all(&[message(b'R', &[0; 4]), ready.clone()].concat())?;
    let mut asked = String::new();
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let said = content(&mut stream, length)?;
        match kind {
            b'P' => asked = String::from_utf8_lossy(&said).into_owned(),
            b'S' if engine.is_bare && asked.contains("pg_backend_pid") => {
                let refused = message(b'E', b"SERROR\0VERROR\0C42883\0Mno such function\0\0");
                stream.write_all(&[refused, ready.clone()].concat())?;
            }
            b'S' => stream.write_all(&[row(engine, &asked), ready.clone()].concat())?,
            _ => {}
        }
    }
}

/// The rest of a message of this length, which counts itself.
fn content(stream: &mut TcpStream, length: [u8; 4]) -> std::io::Result<Vec<u8>> {
    let length = u32::from_be_bytes(length).saturating_sub(4);
    let mut content = vec![0; usize::try_from(length).expect("a short one")];
    stream.read_exact(&mut content)?;
    Ok(content)
}

/// One row, as it answers what is asked for at the start.
fn row(engine: Engine, asked: &str) -> Vec<u8> {
    const TEXT: u32 = 25;
    const BOOL: u32 = 16;
    const INT4: u32 = 23;
    let mut values: Vec<(u32, &[u8])> = vec![(TEXT, engine.name.as_bytes())];
    if asked.contains("pg_backend_pid") {
        values.extend([
            (TEXT, engine.version.as_bytes()),
            (BOOL, &[0]),
            (INT4, &[0, 0, 0, 7]),
        ]);
    }
    let count = u16::try_from(values.len()).expect("few").to_be_bytes();
    let (mut columns, mut row) = (count.to_vec(), count.to_vec());
    for (of, value) in values {
        // Its name, no table, no column there, its type, any length, no modifier, binary.
        columns.extend([b'c', 0, 0, 0, 0, 0, 0, 0]);
        columns.extend(of.to_be_bytes());
        columns.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 1]);
        row.extend(u32::try_from(value.len()).expect("short").to_be_bytes());
        row.extend(value);
    }
    [
        message(b'1', &[]),
        message(b'2', &[]),
        message(b't', &[0, 0]),
        message(b'T', &columns),
        message(b'D', &row),
        message(b'C', b"SELECT 1\0"),
    ]
    .concat()
}

#[test]
fn engines_that_keep_no_order_are_told_by_name() {
    let home = tempdir().unwrap();
    let order = "its sequences do not grow in the order of commits";
    for (name, version, is_bare, expected) in [
        (
            "CockroachDB CCL v25.4.0 (x86_64-pc-linux-gnu)",
            "130000",
            false,
            format!("CockroachDB cannot keep a log in order: {order}; PostgreSQL 14 or later can"),
        ),
        (
            "CockroachDB CCL v22.1.0",
            "130000",
            true,
            format!("CockroachDB cannot keep a log in order: {order}; PostgreSQL 14 or later can"),
        ),
        (
            "PostgreSQL 15.12-YB-2025.2.3.0-b0 on x86_64-pc-linux-gnu",
            "150012",
            false,
            "YugabyteDB cannot keep a log in order: its sequences are handed out in blocks, out \
             of order; PostgreSQL 14 or later can"
                .into(),
        ),
        (
            "PostgreSQL 13.22 on x86_64-pc-linux-gnu",
            "130022",
            false,
            "the server is PostgreSQL 13, which is too old; it takes PostgreSQL 14 or later".into(),
        ),
        (
            "Something Else 1.0",
            "1",
            true,
            "the server refused (code 42883)".into(),
        ),
    ] {
        let port = listening(Engine {
            name,
            version,
            is_bare,
        });
        let address = format!("postgres://ann@127.0.0.1:{port}/talk?sslmode=disable");
        let outcome = lines(at(home.path(), &address), &["/start"]);
        let expected = format!("saylog: the store `{address}` cannot be opened: {expected}\n");
        check(&outcome, "", &expected, 1);
    }
}
