//! How a person comes back to the session that they leave.

use std::ffi::OsString;

use crate::chat::Chat;
use crate::domain::{SessionId, UserName};

/// What has to be typed to come back, but for the session.
#[derive(Clone, Debug, Default)]
pub(crate) struct WayBack {
    /// The arguments without which another store is opened, or another model answers.
    arguments: Vec<String>,
    /// Who speaks first if nobody says who.
    usual_user: Option<UserName>,
}

impl WayBack {
    /// `store` and `model` are the arguments of this run, if it was given such;
    /// `usual_user` speaks first where no argument names one, if that is known.
    pub(super) fn new(
        store: Option<&OsString>,
        model: Option<&String>,
        usual_user: Option<UserName>,
    ) -> Option<Self> {
        let mut arguments = Vec::new();
        if let Some(store) = store {
            // What is no text cannot be shown so that it could be typed.
            arguments.extend(["--store".to_owned(), store.to_str()?.to_owned()]);
        }
        if let Some(model) = model {
            arguments.extend(["-m".to_owned(), model.clone()]);
        }
        Some(Self {
            arguments,
            usual_user,
        })
    }

    /// `come back with: saylog --resume 5b0c1f7e`; none if there is no session.
    pub(super) fn line(&self, chat: &Chat) -> Option<String> {
        let command = self.command(chat.user(), chat.session()?);
        Some(format!("come back with: {command}"))
    }

    fn command(&self, user: &UserName, session: SessionId) -> String {
        let mut words = vec!["saylog".to_owned()];
        words.extend(self.arguments.iter().cloned());
        if self.usual_user.as_ref() != Some(user) {
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
        let user = |name| UserName::new(name).unwrap();
        let session = SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap();
        let usual = WayBack::new(None, None, Some(user("alice"))).unwrap();
        assert_eq!(
            usual.command(&user("alice"), session),
            "saylog --resume 5b0c1f7e"
        );
        assert_eq!(
            usual.command(&user("bob o'hara"), session),
            "saylog -u 'bob o'\\''hara' --resume 5b0c1f7e"
        );
        let store = OsString::from("my talk.db");
        let model = "cmd:sort -r".to_owned();
        let named = WayBack::new(Some(&store), Some(&model), None).unwrap();
        assert_eq!(
            named.command(&user("alice"), session),
            "saylog --store 'my talk.db' -m 'cmd:sort -r' -u alice --resume 5b0c1f7e"
        );
    }
}
