//! What a person or a script sees of saylog, exactly.
//!
//! Most tests run the program on a transcript and compare standard output,
//! standard error and the exit code as a whole. The few slow ones kill it,
//! starve it, or type at it through a pseudo-terminal.

// Building text piece by piece reads best with `format!`, and speed is no matter here.
#![allow(clippy::format_push_string, clippy::format_collect)]

mod bad_input;
mod branches;
mod configuration;
mod crash;
mod cut_off;
mod each;
mod files;
mod harness;
mod json;
mod language;
mod layers;
mod manners;
mod memories;
mod migration;
mod models;
mod parallel;
mod peer;
mod personas;
mod pipe;
mod programs;
mod prompt;
mod property;
mod readme;
mod refusals;
mod server;
mod strace;
mod terminal;
