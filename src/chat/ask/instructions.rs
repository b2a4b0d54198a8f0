//! What models are asked that nobody has said.

/// Asks for the rest of a reply, after its beginning.
pub(super) const CONTINUE: &str = "Your last message was cut off. Go on exactly where it \
stopped; repeat nothing of it and say nothing about having stopped.";

/// Asks for a summary of everything before it.
const SUMMARIZE: &str = "Summarize our conversation so far, so that you can go on with it \
from your summary alone: what I want, what was found and decided, names, numbers and \
code that are still needed, and what is open. Answer with the summary and nothing else.";

/// Asks for a summary, which concentrates on what the person names, if anything.
pub(super) fn summarize(focus: Option<&str>) -> String {
    match focus {
        Some(focus) => format!("{SUMMARIZE} Above all: {focus}"),
        None => SUMMARIZE.to_owned(),
    }
}
