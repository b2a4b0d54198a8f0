//! `/import` of saylog's own form: the log of another machine, put into this one.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use super::beside::{Pass, read_beside};
use super::import::COMMITTED_AT_ONCE;
use super::secret_count::SecretCount;
use super::transfer_progress::TransferProgress;
use crate::chat::Chat;
use crate::domain::{
    BrokenRecord, Error, Event, FileFault, Imported, MESSAGE_LIMIT, MessageRecord, Result,
    SessionHead, Sink, Timestamp, UserName,
};
use crate::format::{Line, Lines, Record, Totals};
use crate::store::{Beginning, Join, Log, MessageJoined, SessionJoined, StateJoined};

/// So many lines are taken together before the person may stop it.
const LINES_AT_ONCE: usize = 1024;

/// The same for bytes: they are in memory until all of them are taken.
const BYTES_AT_ONCE: usize = 1024 * 1024;

/// So many times lines are taken before what was written is committed, if anything was.
const TIMES_IN_GROUP: u64 = 16;

/// So many lines that cannot be read are told one by one.
const TOLD_BROKEN: u64 = 100;

/// Takes the lines of a file.
type TakeLines<'t> = dyn FnMut(&mut Lines<'_>) -> io::Result<()> + 't;

/// Shows the lines of a file, on another thread.
pub(crate) type ReadLines<'a> = Box<dyn FnOnce(&mut TakeLines<'_>) -> io::Result<()> + Send + 'a>;

/// A file of saylog's own form.
pub(crate) struct JoinSource<'a> {
    /// What a person calls it.
    pub file: &'a str,
    /// The word for its form.
    pub form: &'static str,
    /// Shows its lines, on another thread.
    pub read: ReadLines<'a>,
    /// How many KiB of it are read, and how many there are.
    pub read_so_far: &'a dyn Fn() -> (u64, u64),
    /// Only what would be done is told.
    pub is_dry: bool,
}

/// Puts what is new in a file into the log, as those users' that it names, and tells what
/// came of it. The person may stop it at any time: what is there then stays, and the next
/// import goes on.
///
/// # Errors
/// If the file cannot be read, or not all of it: what could be is in the log.
pub(crate) fn join(chat: &mut Chat, source: JoinSource<'_>, sink: &mut dyn Sink) -> Result<()> {
    chat.commit(sink)?;
    sink.flush()?;
    let file = source.file.to_owned();
    let mut joining = Joining {
        join: chat.log.begin_join(source.is_dry)?,
        told: Imported {
            file: file.clone(),
            form: source.form,
            user: chat.user().to_string(),
            is_dry: source.is_dry,
            ..Imported::default()
        },
        users: BTreeMap::new(),
        left_out: BTreeMap::new(),
        seen: Totals::default(),
        is_begun: false,
        is_ended: false,
        now: chat.settings.now(),
    };
    let mut secrets = SecretCount::default();
    let taken = joining.take_all(chat, source, &mut secrets, sink);
    chat.log.let_go();
    if !joining.is_begun {
        let empty = || no_head(&file, "it is empty");
        return taken.and_then(|()| Err(empty()));
    }
    let finished = match &taken {
        Ok(()) => joining.finish(chat, &file, sink),
        Err(_) => Ok(()),
    };
    // What was written so far stays, whatever came then.
    let committed = chat.commit(sink);
    let told = joining.told(secrets);
    committed?;
    sink.emit(&Event::Imported(&told));
    taken?;
    finished?;
    match told.broken {
        0 => Ok(()),
        broken => Err(Error::File(
            file,
            FileFault::Incomplete(broken, told.rest()),
        )),
    }
}

/// A join under way: what is undone when lines that were taken together are taken again.
#[derive(Clone)]
struct Joining {
    join: Join,
    told: Imported,
    /// Those whose sessions came, and whether they were known here.
    users: BTreeMap<UserName, bool>,
    left_out: BTreeMap<&'static str, u64>,
    /// The lines that came.
    seen: Totals,
    is_begun: bool,
    is_ended: bool,
    /// The time at which messages are taken.
    now: Timestamp,
}

impl Joining {
    fn take_all(
        &mut self,
        chat: &mut Chat,
        source: JoinSource<'_>,
        secrets: &mut SecretCount,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let file = source.file;
        let mut progress = TransferProgress::begin(chat, "the import", "KiB");
        let read = source.read;
        let read = |pass: &mut Pass<'_, Line>| -> io::Result<()> {
            read(&mut |lines| {
                while let Some(line) = lines.next()? {
                    let bytes = line.bytes;
                    if pass(line, bytes).is_break() {
                        break;
                    }
                }
                Ok(())
            })
        };
        let (mut failed, mut times) = (None, 0_u64);
        let (mut lines, mut bytes) = (Vec::new(), 0);
        chat.log.hold()?;
        let ended = read_beside(read, &mut |line| {
            bytes += line.bytes;
            lines.push(line);
            if lines.len() < LINES_AT_ONCE && bytes < BYTES_AT_ONCE {
                return ControlFlow::Continue(());
            }
            bytes = 0;
            times += 1;
            let taken = self.take_lines(chat, file, &std::mem::take(&mut lines), secrets, sink);
            let taken = taken.and_then(|()| {
                self.now = chat.settings.now();
                // Others may want to write.
                let has_lasted = times.is_multiple_of(TIMES_IN_GROUP) && chat.pending() > 0;
                if has_lasted || chat.pending() >= COMMITTED_AT_ONCE {
                    chat.commit(sink)?;
                }
                let (done, total) = (source.read_so_far)();
                progress.tell(done, total, sink)?;
                Ok(chat.log.hold()?)
            });
            match taken {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        progress.end(sink);
        if failed.is_none() {
            failed = self.take_lines(chat, file, &lines, secrets, sink).err();
        }
        match (failed, ended) {
            (Some(error), _) => Err(error),
            (None, Some(Err(error))) => {
                Err(Error::File(file.to_owned(), FileFault::Unreadable(error)))
            }
            (None, _) => Ok(()),
        }
    }

    /// Takes lines together, and tells which of them cannot be read. From then on looks see
    /// what others have written.
    fn take_lines(
        &mut self,
        chat: &mut Chat,
        file: &str,
        lines: &[Line],
        secrets: &mut SecretCount,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let mut taken = Taken::default();
        let done = if self.told.is_dry || !chat.log.may_run_again() {
            self.take_each(&mut chat.log, file, lines, &mut taken)
        } else {
            self.take_together(&mut chat.log, file, lines, &mut taken)
        };
        chat.log.let_go();
        for at in taken.added {
            if let Some(Ok(Record::Message(fields))) = lines.get(at).map(|line| &line.says) {
                secrets.look(fields.record().content);
            }
        }
        for (line, why) in taken.broken {
            tell_broken(file, line, &why, sink)?;
        }
        done
    }

    /// Takes lines in one group, which may be run again.
    fn take_together(
        &mut self,
        log: &mut Log,
        file: &str,
        lines: &[Line],
        taken: &mut Taken,
    ) -> Result<()> {
        let before = self.clone();
        let done = log.together(&mut |log| {
            self.clone_from(&before);
            *taken = Taken::default();
            self.take_each(log, file, lines, taken)
        });
        if done.is_err() {
            // Nothing of it is there.
            *self = before;
            *taken = Taken::default();
        }
        done
    }

    /// Takes lines one after the other.
    fn take_each(
        &mut self,
        log: &mut Log,
        file: &str,
        lines: &[Line],
        taken: &mut Taken,
    ) -> Result<()> {
        let records = lines.iter().filter_map(|line| match &line.says {
            Ok(Record::Message(fields)) => Some(fields.record()),
            _ => None,
        });
        let records: Vec<_> = records.collect();
        log.look_up_joined(&mut self.join, &records)?;
        for (at, line) in lines.iter().enumerate() {
            let left = match &line.says {
                Ok(record) if !self.is_begun && !matches!(record, Record::Head { .. }) => {
                    return Err(no_head(file, "it is no head of saylog's form"));
                }
                Ok(record) => {
                    let before = self.told.messages;
                    let left = self.take(log, record)?;
                    if self.told.messages > before {
                        taken.added.push(at);
                    }
                    left
                }
                // Of what does not begin as a file of this form nothing is read.
                Err(why) if !self.is_begun => return Err(no_head(file, why)),
                Err(why) => Err(why.clone()),
            };
            if let Err(why) = left {
                self.told.broken += 1;
                if self.told.broken <= TOLD_BROKEN {
                    taken.broken.push((line.number, why));
                }
            }
        }
        Ok(())
    }

    /// Takes what a line says; gives why it is left out, if it is.
    fn take(&mut self, log: &mut Log, record: &Record) -> Result<Left> {
        match record {
            Record::Head { is_part } => {
                self.is_begun = true;
                self.join.is_of_part(*is_part);
                Ok(Ok(()))
            }
            _ if self.is_ended => Ok(Err("it stands behind the end of the file".into())),
            Record::Session(fields) => self.session(log, &fields.head()),
            Record::Message(fields) => self.message(log, &fields.record()),
            Record::State(state) => {
                let before = log.join_state(&mut self.join, (**state).clone())?;
                self.state(before);
                Ok(Ok(()))
            }
            Record::Move(record) => {
                self.seen.moves += 1;
                if !log.join_move(&mut self.join, record)? {
                    self.count(MOVES, 1);
                }
                Ok(Ok(()))
            }
            Record::End(totals) => {
                self.is_ended = true;
                Ok(if *totals == self.seen {
                    Ok(())
                } else {
                    Err("the file has not as many lines as it says".into())
                })
            }
            Record::Unknown => {
                self.count("lines of an unknown kind", 1);
                Ok(Ok(()))
            }
        }
    }

    fn session(&mut self, log: &mut Log, head: &SessionHead<'_>) -> Result<Left> {
        self.seen.sessions += 1;
        if !self.users.contains_key(head.user) {
            let is_known = log.knows(head.user)?;
            self.users.insert(head.user.clone(), is_known);
        }
        match log.join_session(&mut self.join, head)? {
            SessionJoined::New => self.told.new += 1,
            SessionJoined::Known | SessionJoined::Held => {}
            SessionJoined::Refused => {
                return Ok(Err("a session of that id is another user's here".into()));
            }
        }
        Ok(Ok(()))
    }

    fn message(&mut self, log: &mut Log, record: &MessageRecord<'_>) -> Result<Left> {
        self.seen.messages += 1;
        if record.content.len() > MESSAGE_LIMIT {
            return Ok(Err("its text is over 16 MiB".into()));
        }
        match log.join_message(&mut self.join, record, self.now)? {
            MessageJoined::Added { missing, session } => {
                self.told.messages += 1;
                self.count(MISSING, missing);
                match session {
                    Beginning::None => {}
                    Beginning::New => self.told.new += 1,
                    Beginning::Apart => {
                        self.told.new += 1;
                        self.told.apart += 1;
                    }
                }
            }
            MessageJoined::Known => self.told.known += 1,
            MessageJoined::Refused => self.count("messages of other users' sessions", 1),
            MessageJoined::NoSession => return Ok(Err("nothing is said of its session".into())),
        }
        Ok(Ok(()))
    }

    fn state(&mut self, joined: Option<StateJoined>) {
        let Some(joined) = joined else { return };
        self.told.changed += u64::from(joined.is_changed);
        self.told.same += u64::from(joined.is_same);
        self.told.left += u64::from(joined.is_left);
        self.count(MOVES, joined.moves_left_out);
        self.count("sessions that are not there", joined.lost);
        self.count(MISSING, joined.missing);
    }

    /// Takes what is left when all lines have come.
    fn finish(&mut self, chat: &mut Chat, file: &str, sink: &mut dyn Sink) -> Result<()> {
        let last = chat.log.finish_state(&mut self.join)?;
        self.state(last);
        let empty = self.join.without_messages();
        self.count("sessions without messages", empty);
        if !self.is_ended {
            self.told.broken += 1;
            sink.emit(&Event::Broken(BrokenRecord {
                file,
                place: "its end",
                why: "the line is missing that a whole file ends with",
            }));
            sink.flush()?;
        }
        Ok(())
    }

    fn count(&mut self, kind: &'static str, count: u64) {
        if count > 0 {
            *self.left_out.entry(kind).or_default() += count;
        }
    }

    /// The receipt.
    fn told(&mut self, secrets: SecretCount) -> Imported {
        let mut told = std::mem::take(&mut self.told);
        told.left_out = std::mem::take(&mut self.left_out).into_iter().collect();
        told.secrets = secrets.kinds();
        told.users = std::mem::take(&mut self.users)
            .into_iter()
            .map(|(user, is_known)| (user.to_string(), is_known))
            .collect();
        told
    }
}

/// What came of lines that were taken together.
#[derive(Default)]
struct Taken {
    /// The messages among them that were added, as places in the list.
    added: Vec<usize>,
    /// Lines that are left out, and why.
    broken: Vec<(u64, String)>,
}

fn tell_broken(file: &str, line: u64, why: &str, sink: &mut dyn Sink) -> Result<()> {
    let place = format!("line {line}");
    sink.emit(&Event::Broken(BrokenRecord {
        file,
        place: &place,
        why,
    }));
    sink.flush()
}

/// Nothing of a file is read that does not begin as one of this form.
fn no_head(file: &str, why: &str) -> Error {
    Error::BadArgument {
        command: "/import".into(),
        why: format!("cannot read `{file}`: its first line: {why}"),
        hint: "the saylog that wrote it, or a newer one, can".into(),
    }
}

/// Moves of sessions that have no place here.
const MOVES: &str = "moves";

/// Links of messages that are not here.
const MISSING: &str = "links to messages that are not there";

/// Why a line is left out, if it is.
type Left = std::result::Result<(), String>;
