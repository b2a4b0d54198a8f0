//! `--copy`: a whole store into an empty one.

use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::exit_reason::ExitReason;
use super::output::Output;
use crate::domain::{Error, Event, Result, Sink, StoreCopied, Work};
use crate::store::{self, Address, CopyProgress, CopyStop, Waits};

/// Copies a store and tells what came of it. Once it takes longer than `quiet`, it is told
/// how far it is.
///
/// # Errors
/// If it cannot be done: what there is of the copy stays, to be gone on with.
pub(crate) fn copy_store(
    (from, to): (&Address, &Address),
    waits: &dyn Fn() -> Waits,
    quiet: Duration,
    output: &mut Output,
) -> Result<ExitReason> {
    let begun = Instant::now();
    let mut far = None;
    let mut shown: Option<bool> = None;
    let mut tell = |progress: CopyProgress| {
        if !progress.is_check {
            far = Some((progress.done, progress.total));
        }
        // What is copied and what is compared are two pieces of work.
        if shown.is_some_and(|is_check| is_check != progress.is_check) {
            shown = None;
            output.work(None)?;
        }
        let is_told = progress.total > 0 && begun.elapsed() >= quiet;
        if is_told {
            shown = Some(progress.is_check);
        }
        output.work(is_told.then_some(Work {
            what: if progress.is_check {
                "the check"
            } else {
                "the copy"
            },
            unit: "messages",
            done: progress.done,
            total: progress.total,
        }))
    };
    let copied = store::copy(from, to, waits, &mut tell);
    if shown.is_some() {
        let _: ControlFlow<()> = output.work(None);
    }
    let caught = output.signals().caught();
    let stopped = match copied {
        Ok(copied) => {
            output.emit(&Event::StoreCopied(&StoreCopied {
                from: from.to_string(),
                to: to.to_string(),
                done: copied.newest,
                ..copied
            }));
            return match output.flush() {
                Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                    Ok(ExitReason::Unread)
                }
                flushed => flushed.map(|()| ExitReason::Success),
            };
        }
        Err(CopyStop::Interrupted(stopped)) => stopped,
        // Whatever failed did because the person leaves.
        Err(CopyStop::Problem(_)) if caught.is_some() => far,
        Err(CopyStop::Problem(problem)) => return Err(Error::Store(problem)),
    };
    let (done, newest) = stopped.unwrap_or_default();
    output.emit(&Event::StoreCopied(&StoreCopied {
        from: from.to_string(),
        to: to.to_string(),
        newest,
        done,
        ..StoreCopied::default()
    }));
    output.write_last_words();
    // Whoever reads no more is not to take it for whole.
    Ok(caught.map_or(ExitReason::Failure, ExitReason::Signal))
}
