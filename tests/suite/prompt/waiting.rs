//! Who is waited for, at a terminal.

use super::*;
use crate::support::run::configured;
use crate::support::server::Endpoint;

/// Whether the last row of a screen is a face, a number of seconds, and this.
fn waits_for(screen: &str, expected: &str) -> bool {
    let row = screen.rsplit_once('\n').map_or("", |(_, row)| row);
    let row = row.strip_prefix(|c| ('\u{2800}'..='\u{28ff}').contains(&c));
    let seconds = row.and_then(|row| row.strip_suffix(expected));
    seconds.is_some_and(|seconds| seconds.trim().parse::<u64>().is_ok())
}

#[test]
fn the_spinner_names_the_model_or_the_persona_and_how_to_stop_it() {
    let endpoint = Endpoint::new();
    let base = endpoint.base();
    let saylog = configured(&format!(
        "model = \"my-model\"\n[models.my-model]\nmodel = \"x\"\nbase_url = \"{base}\"\n\
         [personas.critic]\n[personas.very-thorough-critic]\n"
    ));
    for (columns, persona, expected) in [
        (80, None, " s · my-model · Ctrl-C stops▏"),
        (40, None, " s · my-model · Ctrl-C stops▏"),
        (80, Some("critic"), " s · critic · Ctrl-C stops▏"),
        (
            40,
            Some("very-thorough-critic"),
            " s · very-thorough-c… · Ctrl-C stops▏",
        ),
    ] {
        let mut terminal = Terminal::of_width(columns, &saylog, &[], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("\nalice> ▏"));
        let start = persona.map_or_else(String::new, |name| format!("/start --as {name}\r"));
        terminal.types(format!("{start}hello\r"));
        let turn = endpoint.turn();
        terminal.shows_such("a spinner", |screen| waits_for(screen, expected));
        terminal.types(CTRL_C);
        terminal.shows_such("a clean end", |screen| {
            screen.contains("\ninterrupted before anything came\n") && screen.ends_with("> ▏")
        });
        turn.sees_the_end();
        leave(terminal);
    }
}
