//! The README and its pages are right: their sessions are run, their tables are what the
//! program says, their links lead somewhere.

mod lines;
mod sessions;
