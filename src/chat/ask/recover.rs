//! Replies that another process did not live to finish.

use crate::chat::Chat;
use crate::domain::{
    Event, Late, OwnedSent, ProblemKind, Result, Role, Sink, UserName, shows_nothing,
};
use crate::store::{self, Recovered};

/// The notice when nobody knows whether there are such replies.
const UNREADABLE: &str =
    "replies that were cut off cannot be looked for: the store is damaged there";

/// Puts into the log what had come of replies to the current user when the
/// processes that were receiving them ended.
pub(crate) fn recover(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    recover_for(chat, &chat.user().clone(), sink)
}

/// The same for a user who need not be speaking.
pub(in crate::chat) fn recover_for(
    chat: &mut Chat,
    user: &UserName,
    sink: &mut dyn Sink,
) -> Result<()> {
    let now = chat.settings.now();
    let recovered = chat.log.recover(user, now);
    tell(chat, recovered, sink)
}

/// Looks again, now and then, whether the processes live that receive replies to the
/// current user: one that is not known to be gone is waited for.
pub(crate) fn look_again(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    // In the middle of a group nobody was waited for, so that nothing can be due.
    if chat.pending() > 0 || !chat.log.is_due_to_recover() {
        return Ok(());
    }
    let user = chat.user().clone();
    let now = chat.settings.now();
    let recovered = chat.log.recover_again(&user, now);
    tell(chat, recovered, sink)
}

fn tell(
    chat: &mut Chat,
    recovered: store::Result<Vec<Recovered>>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let recovered = match recovered {
        // Whatever else can be read is read.
        Err(problem) if problem.kind == ProblemKind::Damaged && !chat.is_stopped() => {
            sink.emit(&Event::Notice(UNREADABLE));
            return Ok(());
        }
        recovered => recovered?,
    };
    for Recovered { partial, receipt } in &recovered {
        let (short, id) = (partial.session.short(), receipt.id);
        let is_empty = shows_nothing(&partial.content);
        let continues = is_empty && continues(partial.sent.as_ref(), chat);
        let notice = match (is_empty, receipt.late) {
            // A retry would take the part out that there is.
            (true, None) if continues => format!(
                "the rest of a reply in session {short} was asked for and did not come; \
                 `/continue` there asks for it again"
            ),
            (true, None) => {
                format!("a question in session {short} got no answer; `/retry` there asks it again")
            }
            (true, Some(Late::Unasked)) if continues => format!(
                "the rest of a reply in session {short} did not come, and the reply has left the \
                 context meanwhile"
            ),
            (true, Some(Late::Unasked)) => format!(
                "a question in session {short} got no answer, and has left the context meanwhile"
            ),
            (true, Some(Late::Answered | Late::Begun)) => {
                format!("a reply in session {short} did not come, and another one has meanwhile")
            }
            (false, None) => {
                format!("a reply in session {short} was cut off; what had come of it is kept")
            }
            (false, Some(late)) => {
                let why = match late {
                    Late::Unasked => "its question has left the context",
                    Late::Answered => "its question has got another one",
                    Late::Begun => "its beginning has left the context",
                };
                format!(
                    "a reply in session {short} was cut off, and {why}; what had come of it is \
                     message #{id} in the log, and not in the context"
                )
            }
        };
        sink.emit(&Event::Notice(&notice));
    }
    Ok(())
}

/// Whether a reply was to go on with one that had been cut short, which `sent` ends
/// with.
fn continues(sent: Option<&OwnedSent>, chat: &mut Chat) -> bool {
    let mut continues = false;
    let read = sent.map(|sent| {
        chat.log.message(sent.last, &mut |message| {
            continues = message.role == Role::Ai;
        })
    });
    // What cannot be read is a question, as most are.
    read.is_some_and(|read| read.is_ok()) && continues
}
