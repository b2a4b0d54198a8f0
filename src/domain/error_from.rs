//! The errors that others become.

use super::{
    Error, NameError, Problem, ProblemKind, SettingFault, TakeFault, TextError, ValueError,
};

impl From<TextError> for Error {
    /// What is wrong with a line.
    fn from(error: TextError) -> Self {
        match error {
            TextError::InvalidUtf8(at) => Self::InvalidUtf8(at),
            TextError::NulByte(at) => Self::NulByte(at),
            TextError::TooLong => Self::TooLong,
        }
    }
}

impl From<NameError> for Error {
    fn from(why: NameError) -> Self {
        Self::Name(why)
    }
}

impl From<ValueError> for Error {
    fn from(why: ValueError) -> Self {
        Self::Value(why)
    }
}

impl From<SettingFault> for Error {
    fn from(fault: SettingFault) -> Self {
        Self::Setting(fault)
    }
}

impl From<TakeFault> for Error {
    fn from(fault: TakeFault) -> Self {
        Self::Take(fault)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        match problem.kind {
            ProblemKind::AnotherUser => Self::NotThisUser(problem),
            _ => Self::Store(problem),
        }
    }
}
