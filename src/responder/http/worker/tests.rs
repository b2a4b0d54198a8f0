//! What is passed on of what a worker sends, and how it ends.

use std::sync::mpsc::channel;

use super::*;
use crate::responder::http::completion::Completion;

/// Far longer than any test may take: a guard, never a measure.
const GUARD: Duration = Duration::from_mins(1);

const COMPLETE: Completion = Completion {
    fault: None,
    stop: None,
    usage: None,
    citations: Vec::new(),
    is_damaged: false,
    more_after: None,
};

/// Limits under which silence ends a reply after so many waits of the listener.
fn silent_after(waits: u32) -> Limits {
    Limits {
        idle: LISTENER_INTERVAL * waits,
        ..Limits::default()
    }
}

fn is_complete(outcome: &ControlFlow<(), Outcome>) -> bool {
    matches!(outcome, ControlFlow::Continue(Ok(_)))
}

/// Runs it without a limit to the total time.
fn run_through(
    work: impl FnOnce(&Sender) + Send + 'static,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Outcome> {
    let agent = Agent::new_with_defaults();
    let heard = run(
        &agent,
        &Worker::new(),
        &Limits::default(),
        None,
        work,
        listener,
    )?;
    ControlFlow::Continue(heard.outcome)
}

/// Hears signals that the listener itself sends: what is sent at the next wait
/// is there before the loop looks, however busy the machine is.
fn hear_sent(
    limits: &Limits,
    mut listener: impl FnMut(Progress<'_>, &Sender),
) -> (String, ControlFlow<(), Outcome>) {
    let (sender, signals) = sync_channel(CHANNEL_SIGNALS);
    let mut text = String::new();
    let taken = &mut Taken::default();
    let outcome = hear(&signals, taken, limits, None, &mut |progress| {
        if let Progress::Delta(delta) = progress {
            text.push_str(delta);
        }
        listener(progress, &sender);
        ControlFlow::Continue(())
    });
    (text, outcome)
}

#[test]
fn a_listener_is_heeded_whatever_the_worker_is_at() {
    let (go, wait) = channel();
    // As if a name were being looked up: nothing can interrupt that.
    let work = move |_: &Sender| {
        let _ = wait.recv_timeout(GUARD);
    };
    let mut waits = 0;
    let outcome = run_through(work, &mut |progress| {
        assert_eq!(progress, Progress::Idle);
        waits += 1;
        if waits < 3 {
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(())
    });
    assert!(outcome.is_break());
    assert_eq!(waits, 3);
    assert!(go.send(()).is_ok(), "the worker was waited for");
}

#[test]
fn what_the_worker_sends_is_heard_in_order() {
    let mut text = String::new();
    let work = |signals: &Sender| {
        for c in "hé 你".chars() {
            let _ = signals.send(Signal::Text(c.into()));
        }
        let _ = signals.send(Signal::End(Ok(COMPLETE)));
    };
    let outcome = run_through(work, &mut |progress| {
        if let Progress::Delta(delta) = progress {
            text.push_str(delta);
        }
        ControlFlow::Continue(())
    });
    assert!(is_complete(&outcome));
    assert_eq!(text, "hé 你");
}

#[test]
fn silence_counts_from_the_beginning_of_the_answer() {
    let limits = silent_after(4);
    let mut waits = 0;
    let (_, outcome) = hear_sent(&limits, |_, signals| {
        waits += 1;
        if waits == 10 {
            let _ = signals.send(Signal::End(Ok(COMPLETE)));
        }
    });
    assert!(is_complete(&outcome));
    let mut waits = 0;
    let (text, outcome) = hear_sent(&limits, |progress, signals| {
        if progress == Progress::Idle {
            waits += 1;
            if waits == 10 {
                let _ = signals.send(Signal::Text("a".into()));
            }
        }
    });
    assert!(matches!(
        outcome,
        ControlFlow::Continue(Err(Fault::Silent(idle))) if idle == limits.idle
    ));
    assert_eq!((text.as_str(), waits), ("a", 14));
}

#[test]
fn each_signal_ends_the_silence() {
    let mut waits = 0;
    let (_, outcome) = hear_sent(&silent_after(4), |_, signals| {
        waits += 1;
        let signal = match waits {
            15 => Signal::End(Ok(COMPLETE)),
            _ if waits % 3 == 0 => Signal::Alive,
            _ => return,
        };
        let _ = signals.send(signal);
    });
    assert!(is_complete(&outcome));
}

#[test]
fn signs_of_life_alone_have_an_end() {
    let limits = Limits {
        answer: LISTENER_INTERVAL,
        ..silent_after(4)
    };
    let endless = |first: fn() -> Option<Signal>| {
        let mut waits = 0;
        let (_, outcome) = hear_sent(&limits, |_, signals| {
            waits += 1;
            // Each comes before the silence is too long.
            if waits % 3 == 0 {
                let _ = signals.send(first().filter(|_| waits == 3).unwrap_or(Signal::Alive));
            }
        });
        outcome
    };
    for (first, limit) in [
        ((|| None) as fn() -> Option<Signal>, limits.before_news()),
        (|| Some(Signal::Text("a".into())), limits.between_news()),
        (|| Some(Signal::News), limits.between_news()),
    ] {
        assert!(matches!(
            endless(first),
            ControlFlow::Continue(Err(Fault::Barren(barren))) if barren == limit
        ));
    }
    // What a reply is made of may take as long as it likes.
    let mut waits = 0;
    let (_, outcome) = hear_sent(&limits, |_, signals| {
        waits += 1;
        let piece = match waits {
            100 => Signal::End(Ok(COMPLETE)),
            _ if waits % 3 == 0 => Signal::News,
            _ => return,
        };
        let _ = signals.send(piece);
    });
    assert!(is_complete(&outcome));
}

#[test]
fn a_listener_that_takes_its_time_loses_nothing_and_is_no_silence() {
    let limits = silent_after(1);
    let mut deltas = 0;
    let (text, outcome) = hear_sent(&limits, |progress, signals| {
        deltas += u32::from(progress != Progress::Idle);
        let signal = match deltas {
            0 => Signal::Text("a".into()),
            1 => Signal::Text("b".into()),
            _ => Signal::End(Ok(COMPLETE)),
        };
        thread::sleep(limits.idle * 2);
        let _ = signals.send(signal);
    });
    assert!(is_complete(&outcome));
    assert_eq!(text, "ab");
}

#[test]
fn a_probable_end_stands_if_no_certain_one_comes() {
    let first = |end: Duration, after: fn(&Sender)| {
        let limits = Limits {
            end,
            ..silent_after(4)
        };
        let mut has_begun = false;
        let (_, outcome) = hear_sent(&limits, |_, signals| {
            if !std::mem::replace(&mut has_begun, true) {
                let _ = signals.send(Signal::ProbableEnd(Ok(COMPLETE)));
            }
            after(signals);
        });
        outcome
    };
    // Nothing else comes, or nothing that matters.
    assert!(is_complete(&first(GUARD, |_| {})));
    let alive = |signals: &Sender| {
        let _ = signals.send(Signal::Alive);
    };
    assert!(is_complete(&first(Duration::ZERO, alive)));
    let outcome = first(GUARD, |signals| {
        let _ = signals.send(Signal::End(Err(Fault::Cut)));
    });
    assert!(matches!(outcome, ControlFlow::Continue(Err(Fault::Cut))));
}

#[test]
fn a_reply_is_as_long_as_the_limit_and_cut_between_characters() {
    let limits = Limits {
        reply: 10,
        ..Limits::default()
    };
    let say = |text: &str| {
        let mut rest = text.chars();
        hear_sent(&limits, |_, signals| {
            let _ = signals.send(match rest.next() {
                Some(c) => Signal::Text(c.into()),
                None => Signal::End(Ok(COMPLETE)),
            });
        })
    };
    let (text, outcome) = say("0123456789");
    assert!(is_complete(&outcome));
    assert_eq!(text.len(), 10);
    let (text, outcome) = say("01234567é你");
    assert!(matches!(
        outcome,
        ControlFlow::Continue(Err(Fault::LongReply(10)))
    ));
    assert_eq!(text, "01234567é");
}

#[test]
fn a_worker_that_is_gone_is_noticed() {
    let outcome = run_through(|_| {}, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(
        outcome,
        ControlFlow::Continue(Err(Fault::NoWorker))
    ));
}
