//! The README and its pages are right: their sessions are run, their tables are what the
//! program says, their links lead somewhere.

mod events;
mod front;
mod lines;
mod links;
mod picture;
mod sessions;
mod tables;
