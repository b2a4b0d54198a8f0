//! How a person comes back to the session that they leave.

use clap::ValueEnum;

use super::cli::Arguments;
use crate::chat::Chat;
use crate::domain::{SessionId, UserName};
use crate::render::visible_line;

/// What the name of a model begins with that is a program.
const PROGRAM: &str = "cmd:";

/// What has to be typed to come back, but for the session.
#[derive(Clone, Debug, Default)]
pub(crate) struct WayBack {
    /// The arguments without which another store is opened, or another model answers,
    /// or none.
    arguments: Vec<String>,
    /// An argument has named who speaks first.
    is_user_named: bool,
}

impl WayBack {
    /// The way back into a run with these arguments; none if it cannot be shown so that
    /// it could be typed.
    pub(super) fn new(given: &Arguments) -> Option<Self> {
        let mut arguments = Vec::new();
        if let Some(store) = &given.store {
            arguments.extend(["--store".to_owned(), store.to_str()?.to_owned()]);
        }
        let api = given.api.as_ref().and_then(ValueEnum::to_possible_value);
        let api = api.map(|api| api.get_name().to_owned());
        for (flag, value) in [
            ("-m", &given.model),
            ("--base-url", &given.base_url),
            ("--api", &api),
            ("--key-variable", &given.key_variable),
            ("--key-header", &given.key_header),
            ("--ca-file", &given.ca_file),
            ("--proxy", &given.proxy),
        ] {
            if let Some(value) = value {
                arguments.extend([flag.to_owned(), value.clone()]);
            }
        }
        if given.allow_key_over_http {
            arguments.push("--allow-key-over-http".to_owned());
        }
        if given.no_config {
            arguments.push("--no-config".to_owned());
        }
        Some(Self {
            arguments,
            is_user_named: given.user.is_some(),
        })
    }

    /// `come back with: saylog --resume 5b0c1f7e`; none if there is no session. `first`
    /// spoke first.
    pub(super) fn line(&self, chat: &Chat, first: &UserName) -> Option<String> {
        let session = chat.session()?;
        let command = self.command(chat.user(), first, chat.model(), session);
        Some(format!("come back with: {}", visible_line(&command)))
    }

    fn command(
        &self,
        user: &UserName,
        first: &UserName,
        model: &str,
        session: SessionId,
    ) -> String {
        let mut words = vec!["saylog".to_owned()];
        words.extend(self.arguments.iter().cloned());
        // A program that only the store names is not run.
        if model.starts_with(PROGRAM) && !self.arguments.iter().any(|word| word == model) {
            words.extend(["-m".to_owned(), model.to_owned()]);
        }
        if self.is_user_named || user != first {
            words.extend(["-u".to_owned(), user.to_string()]);
        }
        words.extend(["--resume".to_owned(), session.short()]);
        shell_words::join(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_typed_as_it_is() {
        let session = SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap();
        for (typed, user_name, command) in [
            (&[][..], "alice", "saylog --resume 5b0c1f7e"),
            (&[], "carol", "saylog -u carol --resume 5b0c1f7e"),
            (
                &["--ephemeral"],
                "bob o'hara",
                "saylog -u 'bob o'\\''hara' --resume 5b0c1f7e",
            ),
            (
                &["--store", "my talk.db", "-m", "cmd:sort -r", "-u", "x"],
                "alice",
                "saylog --store 'my talk.db' -m 'cmd:sort -r' -u alice --resume 5b0c1f7e",
            ),
            (
                &[
                    "--no-config",
                    "--base-url=http://[::1]:1/v1",
                    "--api=anthropic",
                    "-mx",
                    "--key-variable=KEY",
                ],
                "alice",
                "saylog -m x --base-url 'http://[::1]:1/v1' --api anthropic --key-variable KEY \
                 --no-config --resume 5b0c1f7e",
            ),
        ] {
            let typed: Vec<_> = ["saylog"].iter().chain(typed).map(Into::into).collect();
            let way = WayBack::new(&Arguments::read(&typed).unwrap()).unwrap();
            let user = |name| UserName::new(name).unwrap();
            let (user, first) = (user(user_name), user("alice"));
            assert_eq!(way.command(&user, &first, "mock", session), command);
        }
    }

    #[test]
    fn a_program_that_was_chosen_is_named_once() {
        let session = SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap();
        let user = UserName::new("alice").unwrap();
        for (typed, command) in [
            (&["saylog"][..], "saylog -m 'cmd:sort -r' --resume 5b0c1f7e"),
            (
                &["saylog", "-m", "cmd:sort -r"],
                "saylog -m 'cmd:sort -r' --resume 5b0c1f7e",
            ),
        ] {
            let typed: Vec<_> = typed.iter().map(Into::into).collect();
            let way = WayBack::new(&Arguments::read(&typed).unwrap()).unwrap();
            assert_eq!(way.command(&user, &user, "cmd:sort -r", session), command);
        }
    }
}
