//! Why the program exits, and with which code.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitReason {
    /// All lines succeeded, and all of it is on disk: 0.
    Success,
    /// Some line failed, or the program did: 1.
    Failure,
    /// A transcript was stopped at an error: 3.
    Stopped,
    /// Nobody reads the output any more: 0, without a word.
    Unread,
    /// A signal arrived and everything up to then is on disk.
    Signal(i32),
}

/// What one step of a run comes to: go on, or exit.
pub(super) type Step = Result<(), ExitReason>;

impl ExitReason {
    /// The exit code; a signal other than SIGINT (130) ends the process here, as
    /// if it had not been caught.
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Success | Self::Unread => ExitCode::SUCCESS,
            Self::Failure => ExitCode::FAILURE,
            Self::Stopped => ExitCode::from(3),
            Self::Signal(signal_hook::consts::SIGINT) => ExitCode::from(130),
            Self::Signal(signal) => {
                // It returns only for signals whose default is to do nothing.
                let _ = signal_hook::low_level::emulate_default_handler(signal);
                ExitCode::FAILURE
            }
        }
    }
}
