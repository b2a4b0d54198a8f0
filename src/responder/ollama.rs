//! An Ollama on this machine: whether one runs, and which model it has first.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// What is read of its answer at most.
const LIMIT: usize = 1024 * 1024;

/// What a name may be made of that is put into a command line as it is.
const OF_NAMES: &str = "._:/-";

/// The longest name that is shown.
const NAME_BYTES: usize = 60;

/// The models that it lists.
#[derive(Deserialize)]
struct Listed {
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    name: String,
}

/// The first model of an Ollama that answers at a loopback address within `patience`,
/// if there is one.
pub(crate) fn first_ollama_model(address: SocketAddr, patience: Duration) -> Option<String> {
    if !address.ip().is_loopback() {
        return None;
    }
    let answer = ask(address, Instant::now() + patience)?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let is_fine = head.split(' ').nth(1) == Some("200");
    let listed: Listed = serde_json::from_str(body).ok().filter(|_| is_fine)?;
    let name = listed.models.into_iter().next()?.name;
    is_plain(&name).then_some(name)
}

/// Whether a name can be typed in a shell as it is.
fn is_plain(name: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || OF_NAMES.contains(c);
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    begins_well && name.len() <= NAME_BYTES && name.chars().all(is_of_name)
}

/// Asks for the list of models. HTTP 1.0: the answer ends with the connection.
fn ask(address: SocketAddr, end: Instant) -> Option<String> {
    let left =
        || Some(end.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero());
    let mut stream = TcpStream::connect_timeout(&address, left()?).ok()?;
    stream.set_write_timeout(Some(left()?)).ok()?;
    let request = format!("GET /api/tags HTTP/1.0\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        stream.set_read_timeout(Some(left()?)).ok()?;
        match stream.read(&mut piece).ok()? {
            0 => return String::from_utf8(answer).ok(),
            count => answer.extend_from_slice(&piece[..count]),
        }
        if answer.len() > LIMIT {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// It only bounds a hang.
    const PATIENCE: Duration = Duration::from_mins(2);

    /// What is found of a server that answers so.
    fn found(answer: &'static str) -> Option<String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap()
        });
        let found = first_ollama_model(address, PATIENCE);
        let request = server.join().unwrap();
        let expected = format!("GET /api/tags HTTP/1.0\r\nHost: {address}\r\n\r\n");
        assert_eq!(request, expected);
        found
    }

    #[test]
    fn the_first_model_is_found() {
        let answer = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n\
                      {\"models\":[{\"name\":\"llama3.2:latest\",\"size\":7},{\"name\":\"b\"}]}";
        assert_eq!(found(answer), Some("llama3.2:latest".to_owned()));
    }

    #[test]
    fn what_is_no_ollama_or_has_no_model_is_not_offered() {
        for answer in [
            "",
            "HTTP/1.0 200 OK\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\n{\"models\":[]}",
            "HTTP/1.0 404 Not Found\r\n\r\n{\"models\":[{\"name\":\"a\"}]}",
            "HTTP/1.0 200 OK\r\n\r\n{\"models\":[{\"name\":\"a; rm -r\"}]}",
            "HTTP/1.0 200 OK\r\n\r\n{\"models\":[{\"name\":\"\\u001b[2J\"}]}",
            "HTTP/1.0 200 OK\r\n\r\n{\"models\":[{\"name\":\"-x\"}]}",
            "ssh\r\n\r\n",
        ] {
            assert_eq!(found(answer), None, "{answer}");
        }
    }

    #[test]
    fn nobody_is_waited_for_long_and_no_other_machine_is_asked() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = silent.local_addr().unwrap();
        assert_eq!(first_ollama_model(address, Duration::from_millis(1)), None);
        drop(silent);
        assert_eq!(first_ollama_model(address, PATIENCE), None);
        let elsewhere = "192.0.2.1:11434".parse().unwrap();
        assert_eq!(first_ollama_model(elsewhere, PATIENCE), None);
    }
}
