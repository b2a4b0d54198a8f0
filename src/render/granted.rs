//! What is said of the rights that a role was given.

use crate::domain::Granted;

/// Says what the role may do from now on, in a line each. It is not escaped.
pub(super) fn lines(it: &Granted) -> Vec<String> {
    let Granted { role, user, reads } = it;
    let (may, alone) = if *reads {
        ("read the views `log` and `conversations`", "of")
    } else {
        ("speak", "as")
    };
    match user {
        Some(user) => vec![
            format!("`{role}` may {may} now, {alone} {user} only."),
            "Row-level security is on: a role that `--grant` does not know sees nothing.".into(),
        ],
        None => vec![format!("`{role}` may {may} now, {alone} everybody.")],
    }
}
