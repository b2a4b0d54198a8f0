//! Why the program cannot start as it was asked to.

/// A wrong argument (exit code 2) or a wrong environment (exit code 1), with the sentence to show.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ConfigError {
    /// An argument, or a variable that stands for one.
    Usage(String),
    /// The configuration file, or something the system does not have.
    Environment(String),
}
