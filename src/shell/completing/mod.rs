//! What completes the arguments in a shell.
//!
//! The script of each shell only asks: it runs the program with `--complete`, the shell
//! and what is typed so far, and puts what comes back into the line. So the options are
//! those of the program that is installed, and everything that is tricky is here, where
//! no shell can take a title for a command.
//!
//! ```text
//! script        what a shell is given
//! request       what the script asks
//! typed         which options stand before the cursor, and what is being typed
//! bash_line     how bash reads a line, and how a word has to be written in it
//! candidate     what can be put there
//! ```

mod bash_line;
mod candidate;
mod request;
mod script;
mod typed;

pub(crate) use request::CompletionRequest;
pub(crate) use script::completion_script;
