//! The shell: arguments, environment, terminal, signals, standard streams.

pub mod cli;
pub mod config;
pub(crate) mod config_error;
mod desk;
mod ending;
mod environment;
mod line;
mod models;
mod personas;
mod play;
mod prompt;
mod settings;
mod signals;

pub use desk::Desk;
pub use ending::Ending;
pub use play::{Play, Script};
pub use prompt::{Console, Prompt, Wishes};
pub use signals::Signals;
