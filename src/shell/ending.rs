//! How a run ends.

use std::process::ExitCode;

/// What the program leaves with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All lines were done, and all of it is on disk.
    Well,
    /// Some line failed, or the program did: 1.
    Failed,
    /// A transcript was stopped at an error: 3.
    Stopped,
    /// Nobody reads the output any more: quietly 0.
    Unread,
    /// A signal arrived and everything up to then is on disk.
    Signal(i32),
}

impl Ending {
    /// The exit code, or death by the signal. SIGINT is told by 130.
    pub fn leave(self) -> ExitCode {
        match self {
            Self::Well | Self::Unread => ExitCode::SUCCESS,
            Self::Failed => ExitCode::FAILURE,
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
