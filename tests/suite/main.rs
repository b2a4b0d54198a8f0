//! What a person or a script sees of saylog, exactly.
//!
//! Most tests run the program on a transcript and compare standard output,
//! standard error and the exit code as a whole. The few slow ones kill it,
//! make its disk fail, or type at it through a pseudo-terminal. `support` has
//! what helps them; every other module holds tests of one topic.

// Building text piece by piece reads best with `format!`, and speed is no matter here.
#![allow(clippy::format_push_string, clippy::format_collect)]

mod support;

// What is said, and who reads it.
mod any_text;
mod bad_input;
mod blocks;
mod completions;
mod empty;
mod following;
mod front_door;
mod importing;
mod info;
mod invisible;
mod json;
mod json_input;
mod language;
mod late_ids;
mod late_replies;
mod manners;
mod marks;
mod memories;
mod merging;
mod newest;
mod not_waiting;
mod pipe;
mod piped;
mod property;
mod question;
mod reimporting;
mod said_files;
mod search;
mod taken;
mod unimportable;

// Sessions.
mod branches;
mod each;
mod personas;

// Who answers.
mod certificates;
mod compacting;
mod configuration;
mod contexts;
mod contexts_random;
mod continuing;
mod cut_off;
mod models;
mod programs;
mod reasoning;
mod refusals;
mod sent;
mod serving;
mod setting;
mod streams;
mod windows;

// The prompt, at a terminal.
mod prompt;

// A store on a server.
#[cfg(feature = "postgres")]
mod server;

// What is kept, whatever happens.
mod clocks;
#[cfg(feature = "postgres")]
mod copying;
mod counting;
mod crash;
mod damage;
mod exporting;
mod files;
mod first_starts;
mod leases;
mod limits;
mod migration;
mod newer;
mod parallel;
#[cfg(feature = "postgres")]
mod rights;
mod strace;
mod surroundings;
mod unwritable;
mod views;

// What people do, and the keys it takes.
mod journeys;

// The README with its pages, and the source.
mod layers;
mod manual;
