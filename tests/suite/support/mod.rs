//! What helps the tests: running the program, talking to it, looking at what it left.

pub(crate) mod account;
pub(crate) mod authority;
// The unit tests use what is not used here.
#[allow(dead_code)]
pub(crate) mod cluster;
pub(crate) mod dice;
pub(crate) mod disk;
pub(crate) mod drawing;
pub(crate) mod events;
pub(crate) mod manual;
pub(crate) mod normal;
pub(crate) mod pages;
pub(crate) mod peer;
pub(crate) mod prompt;
pub(crate) mod run;
pub(crate) mod script;
// The unit tests and the benchmarks use what is not used here.
#[allow(dead_code)]
pub(crate) mod server;
pub(crate) mod store;
pub(crate) mod strace;
pub(crate) mod terminal;
pub(crate) mod wait;
