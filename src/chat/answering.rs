//! What answers: the models, the one that is open, and what is known about them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::settings::FirstModel;
use super::tokens::TokenEstimator;
use crate::domain::{Error, MessageId, Problem, ProblemKind, Result, SessionKey};
use crate::responder::{Listener, Models, Opened, Price, Window};

/// What is told where a mock answers in the place of a model that nobody has named.
pub(crate) const STANDS_IN: &str = "no model is named for the endpoint, and a mock answers; \
                                    `-m MODEL` names one, `/models` lists what there is";

/// In whose place a mock answers that nobody has chosen.
pub(super) enum StandIn {
    /// In that of a model at an endpoint, which nobody has named.
    ForUnnamed,
    /// In that of the model of this name.
    For(String),
    /// In that of a model that has answered elsewhere. Its name is a text of a file, and may
    /// be that of a program: nobody is asked to type it.
    ForImported,
}

impl StandIn {
    /// What the person is told.
    pub(super) fn notice(&self) -> Cow<'static, str> {
        match self {
            Self::ForUnnamed => STANDS_IN.into(),
            Self::ForImported => "another model has answered here before, and now a mock does; \
                                  `-m MODEL` names one, `/models` lists what there is"
                .into(),
            Self::For(before) => format!(
                "`{before}` has answered here before, and now a mock does; `/model {before}` \
                 chooses it again"
            )
            .into(),
        }
    }
}

/// The models of one process.
///
/// A model is *chosen* for a session by its name, or else the default one
/// answers; before it is asked it is *opened*, and stays so until another one is.
pub(super) struct Answering {
    models: Rc<Models>,
    default_model: String,
    /// Who has chosen that.
    first_model: FirstModel,
    /// The model that the person was told of last, because a mock answers in its place.
    told_of: Option<String>,
    /// The model that was opened last.
    pub(super) open: Opened,
    open_name: String,
    /// The programs that a person or the configuration has named in this run.
    /// A store may come from anywhere: a program is not run because a store
    /// names it.
    programs: HashSet<String>,
    /// The models that the last `/models` listed, for completion.
    listed: Vec<String>,
    pub(super) tokens: TokenEstimator,
    /// The sessions whose user knows that the context outgrew the model's window.
    known_outgrown: HashSet<SessionKey>,
    /// Sessions, as they stand on their summaries, that a model could not summarize.
    pub(super) no_summary: HashSet<(SessionKey, Option<MessageId>, String)>,
    /// The buffer of the last reply, which the next one uses again.
    pub(super) reply_buffer: String,
}

impl Answering {
    /// Opens the default model. One that cannot be asked is an error only where it
    /// is: another one is open until then.
    pub(super) fn new(models: Rc<Models>, default_model: String, first_model: FirstModel) -> Self {
        let (open, open_name) = match models.open(&default_model) {
            Ok(open) => (open, default_model.clone()),
            Err(_) => {
                let (open, name) = models.fallback();
                (open, name.to_owned())
            }
        };
        Self {
            open,
            open_name,
            programs: HashSet::from([default_model.clone()]),
            models,
            default_model,
            first_model,
            told_of: None,
            listed: Vec::new(),
            tokens: TokenEstimator::default(),
            known_outgrown: HashSet::new(),
            no_summary: HashSet::new(),
            reply_buffer: String::new(),
        }
    }

    /// The name of what answers where this model, or none, was chosen.
    pub(super) fn name<'a>(&'a self, chosen: Option<&'a str>) -> &'a str {
        chosen.unwrap_or(&self.default_model)
    }

    /// The name of the model that is open, as a person says it.
    pub(super) fn open_name(&self) -> &str {
        &self.open_name
    }

    /// Answers from now on where no model was chosen.
    pub(super) fn set_default(&mut self, name: &str) {
        name.clone_into(&mut self.default_model);
        self.first_model = FirstModel::Chosen;
    }

    /// In whose place a mock answers that nobody has chosen: in that of a model at an endpoint,
    /// or of the one that has answered in the session before. Each is said once.
    pub(super) fn stand_in(&mut self, before: Option<&str>) -> Option<StandIn> {
        if self.open_name != self.default_model {
            return None;
        }
        match self.first_model {
            FirstModel::Chosen => None,
            FirstModel::Unnamed => {
                self.first_model = FirstModel::Unchosen;
                Some(StandIn::ForUnnamed)
            }
            FirstModel::Unchosen => {
                let before = before.filter(|before| !Models::is_mock(before))?;
                if self.told_of.as_deref() == Some(before) {
                    return None;
                }
                self.told_of = Some(before.to_owned());
                Some(StandIn::For(before.to_owned()))
            }
        }
    }

    /// Opens what answers in a session for which this model, or none, was
    /// chosen, if it may be asked.
    pub(super) fn open_to_ask(&mut self, chosen: Option<&str>) -> Result<()> {
        self.permit(self.name(chosen))?;
        self.open_to_show(chosen)
    }

    /// The same without the permission: the model is looked at and not asked.
    pub(super) fn open_to_show(&mut self, chosen: Option<&str>) -> Result<()> {
        let name = self.name(chosen);
        if name == self.open_name {
            return Ok(());
        }
        let name = name.to_owned();
        self.open_named(&name)
    }

    /// Opens the model of that name.
    pub(super) fn open_named(&mut self, name: &str) -> Result<()> {
        self.open = self.models.open(name)?;
        name.clone_into(&mut self.open_name);
        Ok(())
    }

    /// Opens the model that is open anew, because something about it was changed.
    pub(super) fn reopen(&mut self) -> Result<()> {
        self.open = self.models.open(&self.open_name)?;
        Ok(())
    }

    /// Opens what answers in a session for which this model, or none, was
    /// chosen, if it may be asked; beside the one that is open.
    pub(super) fn open_separately(&self, chosen: Option<&str>) -> Result<Opened> {
        let name = self.name(chosen);
        self.permit(name)?;
        self.models.open(name)
    }

    /// The model of that name, to be looked at and not asked.
    ///
    /// # Errors
    /// If nothing answers to that name.
    pub(super) fn look_up(&self, name: &str) -> Result<Opened> {
        self.models.open(name)
    }

    /// What models cost, by their names, as far as that is configured.
    pub(super) fn prices(&self) -> HashMap<String, Price> {
        self.models.prices()
    }

    /// Lets a program be asked because a person named it, or the configuration.
    pub(super) fn allow(&mut self, name: &str) {
        self.programs.insert(name.to_owned());
    }

    /// Refuses a program that only the store names. Every other model may be asked.
    fn permit(&self, name: &str) -> Result<()> {
        if !Models::is_program(name) || self.programs.contains(name) {
            return Ok(());
        }
        Err(Error::Responder(Problem {
            kind: ProblemKind::Other,
            what: format!(
                "the session asks for the program `{name}`, which this run was not told of"
            ),
            hint: Some(format!("`/model {name}` lets it answer")),
        }))
    }

    /// How many tokens fit a window. For a model that is sent no context, and
    /// where none is known, it is what another one would be sent.
    pub(super) fn tokens_of(&self, window: Option<Window>) -> usize {
        match window {
            Some(Window::Tokens(window)) => window,
            Some(Window::Message) | None => self.models.window(&self.open_name),
        }
    }

    /// Notes that a session has outgrown the model's window; true the first time.
    pub(super) fn note_outgrown(&mut self, session: SessionKey) -> bool {
        self.known_outgrown.insert(session)
    }

    /// Every model that is known by name, then those that the endpoint offers
    /// besides; with the error if it cannot be asked or the listener stops it.
    pub(super) fn list(&mut self, listener: &mut Listener<'_>) -> (Vec<String>, Result<()>) {
        let mut names = self.models.names();
        let (offered, asked) = self.models.offered(listener);
        let mut known: HashSet<String> = names.iter().cloned().collect();
        let new = offered.into_iter();
        names.extend(new.filter(|name| known.insert(name.clone())));
        self.listed.clone_from(&names);
        (names, asked)
    }

    /// The names that are known without asking anybody: those that were listed
    /// last, or else those that are configured.
    pub(super) fn names(&self) -> Vec<String> {
        if self.listed.is_empty() {
            self.models.names()
        } else {
            self.listed.clone()
        }
    }
}
