//! What helps the tests: running the program, talking to it, looking at what it left.

pub mod dice;
pub mod events;
pub mod normal;
pub mod peer;
pub mod prompt;
pub mod run;
pub mod script;
// The unit tests and the benchmarks use what is not used here.
#[allow(dead_code)]
pub mod server;
pub mod store;
pub mod strace;
pub mod terminal;
pub mod wait;
