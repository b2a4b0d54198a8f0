//! What helps the tests: running the program, talking to it, looking at what it left.

pub mod dice;
pub mod endpoint;
pub mod events;
pub mod normal;
pub mod peer;
pub mod prompt;
pub mod run;
pub mod script;
pub mod server;
pub mod store;
pub mod strace;
pub mod terminal;
pub mod wait;
