//! What stands between a program and a server, and spoils it.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use uuid::Uuid;

/// A socket that leads to another one.
pub(super) struct Proxy {
    folder: TempDir,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Connections are cut after this many bytes at the most; 0 for never.
    cut_within: AtomicUsize,
    /// How many were cut.
    cuts: AtomicUsize,
    /// Nothing passes any more, and nobody is told.
    is_silent: AtomicBool,
    /// How often questions went out: bytes from the program behind an answer.
    trips: AtomicUsize,
    /// The last bytes came from the server.
    is_answered: AtomicBool,
    open: Mutex<Vec<UnixStream>>,
    /// What is looked out for in questions, and whether it was seen.
    wanted: Mutex<(&'static str, bool)>,
    late: Mutex<Late>,
}

/// Words that reach the server only after whoever said them has asked about them.
#[derive(Default)]
struct Late {
    /// In which question they are, and in which one they are asked about.
    marks: Option<[&'static str; 2]>,
    /// The question, and where it is to go.
    held: Option<(Vec<u8>, UnixStream)>,
    /// The server has answered it.
    is_answered: bool,
}

impl Proxy {
    /// To the server with its socket in this folder.
    pub(super) fn to(server: &Path) -> Self {
        let folder = TempDir::with_prefix("px").unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let (server, state) = (server.join(".s.PGSQL.5432"), Arc::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = UnixStream::connect(&server) else {
                    continue;
                };
                lead(&client, &server, &shared);
            }
        });
        Self { folder, state }
    }

    /// Where its socket is.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// From now on connections are cut somewhere in their next so many bytes; 0 for never.
    pub(super) fn cut_within(&self, bytes: usize) {
        self.state.cut_within.store(bytes, Ordering::SeqCst);
    }

    /// How many were cut.
    pub(super) fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }

    /// Whether nothing passes.
    pub(super) fn be_silent(&self, is_silent: bool) {
        self.state.is_silent.store(is_silent, Ordering::SeqCst);
    }

    /// Ends all connections that are open.
    pub(super) fn hang_up(&self) {
        for stream in self.state.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// From now on this is looked out for in questions.
    pub(super) fn look_out_for(&self, words: &'static str) {
        *self.state.wanted.lock().unwrap() = (words, false);
    }

    /// Whether it was seen since.
    pub(super) fn was_seen(&self) -> bool {
        self.state.wanted.lock().unwrap().1
    }

    /// A question that has the first of these in it is held back, and whoever asked is cut
    /// off. It goes on right before the next question that has the second one in it.
    pub(super) fn hold_back(&self, marks: [&'static str; 2]) {
        self.state.late.lock().unwrap().marks = Some(marks);
    }

    /// Waits until the server has answered what was held back.
    pub(super) fn wait_for_late_answer(&self) {
        while !self.state.late.lock().unwrap().is_answered {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// How many round trips there were since this was asked last.
    pub(super) fn take_trips(&self) -> usize {
        self.state.trips.swap(0, Ordering::SeqCst)
    }
}

/// A number below `bound`, at random.
pub(super) fn random(bound: usize) -> usize {
    let drawn = Uuid::new_v4().as_u64_pair().1 % u64::try_from(bound).unwrap();
    usize::try_from(drawn).unwrap()
}

/// Leads both directions of a connection.
fn lead(client: &UnixStream, server: &UnixStream, state: &Arc<State>) {
    let within = state.cut_within.load(Ordering::SeqCst);
    let left = match within {
        0 => i64::MAX,
        within => i64::try_from(1 + random(within)).unwrap(),
    };
    let left = Arc::new(AtomicI64::new(left));
    let open = [client.try_clone().unwrap(), server.try_clone().unwrap()];
    state.open.lock().unwrap().extend(open);
    for is_question in [true, false] {
        let (client, server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let (from, to) = if is_question {
            (client, server)
        } else {
            (server, client)
        };
        let (left, state) = (Arc::clone(&left), Arc::clone(state));
        thread::spawn(move || pass(from, to, is_question, &left, &state));
    }
}

fn pass(
    mut from: UnixStream,
    mut to: UnixStream,
    is_question: bool,
    left: &AtomicI64,
    state: &State,
) {
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = match from.read(&mut buffer) {
            Ok(read) if read > 0 => read,
            _ => break,
        };
        while state.is_silent.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        if is_question {
            let mut wanted = state.wanted.lock().unwrap();
            wanted.1 |= !wanted.0.is_empty() && has(&buffer[..read], wanted.0);
        }
        if is_question && is_held_back(&buffer[..read], &to, state) {
            // The program is told, and the server is not.
            let _ = from.shutdown(Shutdown::Both);
            return;
        }
        let was_answered = state.is_answered.swap(!is_question, Ordering::SeqCst);
        if is_question && was_answered {
            state.trips.fetch_add(1, Ordering::SeqCst);
        }
        let before = left.fetch_sub(i64::try_from(read).unwrap(), Ordering::SeqCst);
        let passes = usize::try_from(before.max(0)).unwrap().min(read);
        if to.write_all(&buffer[..passes]).is_err() {
            state.late.lock().unwrap().is_answered |= !is_question;
            break;
        }
        if passes < read {
            state.cuts.fetch_add(1, Ordering::SeqCst);
            if random(2) == 0 {
                // The program learns of it before the server does.
                let program = if is_question { &from } else { &to };
                let _ = program.shutdown(Shutdown::Both);
                thread::sleep(Duration::from_millis(u64::try_from(random(30)).unwrap()));
            }
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Whether a question is held back; one that was is sent on first where it is asked about.
fn is_held_back(question: &[u8], to: &UnixStream, state: &State) -> bool {
    let mut late = state.late.lock().unwrap();
    match (late.marks, late.held.take()) {
        (Some([said, _]), None) if has(question, said) => {
            late.held = Some((question.to_owned(), to.try_clone().unwrap()));
            true
        }
        (Some([_, asked]), Some((bytes, mut server))) if has(question, asked) => {
            server.write_all(&bytes).unwrap();
            late.marks = None;
            false
        }
        (_, held) => {
            late.held = held;
            false
        }
    }
}

fn has(question: &[u8], words: &str) -> bool {
    question
        .windows(words.len())
        .any(|at| at == words.as_bytes())
}
