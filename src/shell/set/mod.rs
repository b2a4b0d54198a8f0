//! `/set`: the settings of this run, of the model that answers, and of the file.
//!
//! ```text
//! mod       what a line does
//! key       the names
//! value     what is made of what was typed
//! shown     what they are now, and where that comes from
//! state     what holds now, and held at the start
//! given     what the command line and the environment say
//! ```

mod given;
mod key;
mod shown;
mod state;
mod value;

use std::cell::{Ref, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

use super::cli::Keys;
use super::output::Output;
use super::prompt_template::PromptTemplate;
use super::settings::{Settings, Spot, save};
use crate::chat::{Chat, known_window, listing};
use crate::command::wanted_setting::WantedSetting;
use crate::domain::{
    Error, Event, Result, SavedSetting, SettingChange, SettingFault, SettingSource, Sink,
};
use crate::responder::{Described, Models};
pub(crate) use given::GivenFlags;
use given::set_variable;
use key::{Key, ModelKey, RunKey, wrong};
use shown::Shown;
pub(super) use state::State;
use value::{NewValue, words_of};

/// The settings of this run. All clones of it are the same.
#[derive(Clone)]
pub(crate) struct SettingsDesk {
    state: Rc<RefCell<State>>,
    start: Rc<Start>,
}

/// What was decided at the start.
pub(super) struct Start {
    pub(super) flags: GivenFlags,
    /// A person types the lines at a prompt.
    pub(super) is_at_prompt: bool,
    /// A person sees what the lines answer.
    pub(super) is_watched: bool,
    /// The file, as it was read.
    pub(super) file: Settings,
    /// Where it is, or would be.
    pub(super) path: Option<PathBuf>,
    /// Who spoke first, and who answered.
    pub(super) user: String,
    pub(super) model: String,
    /// The address of the store.
    pub(super) store: String,
    pub(super) models: Rc<Models>,
}

impl SettingsDesk {
    pub(super) fn new(state: State, start: Start) -> Self {
        Self {
            state: Rc::new(RefCell::new(state)),
            start: Rc::new(start),
        }
    }

    /// What stands before the line that a person types.
    pub(super) fn prompt(&self) -> PromptTemplate {
        self.state.borrow().prompt()
    }

    /// Which keys edit a line.
    pub(super) fn keys(&self) -> Keys {
        self.state.borrow().keys
    }

    /// Shows settings, changes one, or saves it, which only a person at a prompt may.
    pub(super) fn run(
        &self,
        wanted: &WantedSetting,
        chat: &mut Chat,
        output: &mut Output,
    ) -> Result<()> {
        let Some(name) = &wanted.key else {
            return self.list(chat, output);
        };
        let key = Key::find(name)?;
        if wanted.is_saved {
            self.may_save()?;
        }
        if let (Key::Fixed(fixed), true) = (&key, wanted.value.is_some() || wanted.is_saved) {
            let why = format!("does not change `{name}` while the program runs");
            return Err(wrong(why, fixed.instead.to_owned()));
        }
        self.check_applies(&key, chat)?;
        let Some(typed) = &wanted.value else {
            if wanted.is_saved {
                return self.save_present(&key, chat, output);
            }
            let shown = self.shown(Some(&key), chat);
            for setting in shown.rows(&key)? {
                output.emit(&Event::Setting(&setting));
            }
            return Ok(());
        };
        let new = NewValue::parse(&key, typed)?;
        let saved = wanted.is_saved.then(|| self.save(&key, &new, chat));
        let saved = saved.transpose()?;
        note_file(saved.as_ref(), chat);
        let before = self.shown(Some(&key), chat).value(&key)?;
        let is_changed = before.as_ref() != Some(&new.text());
        if is_changed {
            self.change(&key, new, chat, output)?;
        }
        self.tell(&key, is_changed, saved, chat, output)
    }

    fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    /// The settings as they are now, to show one of them, or all.
    fn shown(&self, key: Option<&Key>, chat: &mut Chat) -> Shown<'_> {
        let has_window = matches!(key, None | Some(Key::Model(ModelKey::Window)));
        // Where the store cannot say what was learned, nothing was.
        let known = has_window.then(|| known_window(chat).unwrap_or_default());
        let window = known.flatten();
        Shown {
            state: self.state(),
            start: &self.start,
            model: chat.model().to_owned(),
            window,
        }
    }

    fn list(&self, chat: &mut Chat, output: &mut Output) -> Result<()> {
        listing::list(chat, None, output, &mut |chat, rows| {
            let shown = self.shown(None, chat);
            let (settings, trouble) = shown.all();
            for setting in &settings {
                rows.emit(&Event::Setting(setting));
            }
            if let Some(error) = trouble {
                rows.emit_beside(&Event::Notice(&error.to_string()));
            }
            Ok(false)
        })
    }

    /// Refuses a setting that the current model does not have.
    fn check_applies(&self, key: &Key, chat: &Chat) -> Result<()> {
        let is_of_endpoint = match key {
            Key::Model(key) => matches!(key, ModelKey::Retries | ModelKey::Timeout(_)),
            Key::Parameter(_) => true,
            Key::Run(_) | Key::Fixed(_) => false,
        };
        if !key.is_of_model() || matches!(key, Key::Fixed(_)) {
            return Ok(());
        }
        let model = chat.model();
        let described = self.start.models.describe(model)?;
        if is_of_endpoint && !matches!(described.answerer, Described::Endpoint(_)) {
            let why = format!("has no `{}` for `{model}`", key.name());
            let hint = "that is of models at an endpoint; `/model NAME` asks another";
            return Err(wrong(why, hint.into()));
        }
        Ok(())
    }

    /// Makes a setting different for this run.
    fn change(&self, key: &Key, new: NewValue, chat: &mut Chat, output: &mut Output) -> Result<()> {
        let model = key.is_of_model().then(|| chat.model().to_owned());
        let mut state = self.state.borrow_mut();
        match new {
            NewValue::Markdown(markdown) => state.terminal.markdown = markdown,
            NewValue::Reasoning(reasoning) => state.terminal.reasoning = reasoning,
            NewValue::Verbose(verbose) => {
                state.verbose = verbose;
                chat.set_verbose(verbose && self.tells_costs());
            }
            NewValue::Prompt(template) => {
                let usual = PromptTemplate::usual(state.share);
                state.prompt = Some(template).filter(|template| *template != usual);
            }
            NewValue::Share(share) => state.share = share,
            NewValue::Keys(keys) => state.keys = keys,
            NewValue::Parallel(parallel) => {
                state.parallel = parallel;
                chat.set_parallel(parallel);
            }
            of_model => self.change_model(model.as_deref().unwrap_or_default(), of_model, chat)?,
        }
        output.show_as(state.terminal);
        state.changed.insert((model, key.name()));
        Ok(())
    }

    /// Whether tokens and seconds may be told: a script says so with the flag, so that
    /// nothing else makes its output another.
    fn tells_costs(&self) -> bool {
        self.start.is_watched || self.start.flags.flag("verbose").is_some()
    }

    fn change_model(&self, name: &str, new: NewValue, chat: &mut Chat) -> Result<()> {
        let models = &self.start.models;
        let limits = match models.describe(name)?.answerer {
            Described::Endpoint(endpoint) => endpoint.limits,
            _ => crate::responder::Limits::default(),
        };
        models.change(name, |changes| match new {
            NewValue::Window(window) => changes.window = Some(window),
            NewValue::Compact(when) => changes.compact = Some(when),
            NewValue::Retries(retries) => changes.retries = Some(retries),
            NewValue::Timeout(_, _, timeouts) => {
                let mut limits = limits;
                timeouts.apply(&mut limits);
                changes.limits = Some(limits);
            }
            NewValue::Parameter(name, value) => {
                changes.parameters.insert(name, value);
            }
            _ => {}
        });
        chat.model_has_changed()
    }

    /// Refuses to write the file where nobody would expect it.
    fn may_save(&self) -> Result<()> {
        if !self.start.is_at_prompt {
            return Err(SettingFault::NeedsTerminal.into());
        }
        if self.start.flags.no_config {
            return Err(SettingFault::Ignored.into());
        }
        Ok(())
    }

    /// Saves what a setting is now.
    fn save_present(&self, key: &Key, chat: &mut Chat, output: &mut Output) -> Result<()> {
        let value = self.shown(Some(key), chat).value(key)?;
        let Some(value) = value else {
            let why = format!("has nothing to save: `{}` is not set", key.name());
            let hint = format!("`/set {} VALUE --save`", key.name());
            return Err(wrong(why, hint));
        };
        // Quotes keep the blanks around a text; a parameter is JSON as it is shown.
        let typed = match key {
            Key::Parameter(_) => value,
            _ => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        let saved = self.save(key, &NewValue::parse(key, &typed)?, chat)?;
        note_file(Some(&saved), chat);
        self.tell(key, false, Some(saved), chat, output)
    }

    fn save(&self, key: &Key, value: &NewValue, chat: &Chat) -> Result<SavedSetting> {
        let path = self.start.path.as_ref().ok_or(SettingFault::Nowhere)?;
        let name = key.name();
        let spot = Spot {
            model: key.is_of_model().then(|| chat.model()),
            key: match key {
                Key::Parameter(name) => name,
                _ => &name,
            },
        };
        let was_there = save(path, &spot, &value.saved())?;
        Ok(SavedSetting {
            file: path.display().to_string(),
            was_there,
        })
    }

    /// Tells what became of a setting, and what comes before it at the next start.
    fn tell(
        &self,
        key: &Key,
        is_changed: bool,
        saved: Option<SavedSetting>,
        chat: &mut Chat,
        output: &mut Output,
    ) -> Result<()> {
        let shown = self.shown(Some(key), chat);
        let setting = shown.rows(key)?.pop();
        let setting = setting.ok_or_else(|| Error::from(SettingFault::Nowhere))?;
        let is_saved = saved.is_some();
        let is_silent = matches!(key, Key::Run(RunKey::Verbose))
            && !self.tells_costs()
            && setting.value.as_deref() == Some("true");
        output.emit(&Event::SettingChange(&SettingChange {
            setting,
            is_changed,
            is_silent,
            saved,
        }));
        if is_saved && let Some(note) = self.overridden(key) {
            output.emit(&Event::Notice(&note));
        }
        Ok(())
    }

    /// What comes before the file, if anything does.
    fn overridden(&self, key: &Key) -> Option<String> {
        let name = key.name();
        if let Some(variable) = set_variable(&name) {
            return Some(format!(
                "the variable {variable} comes before the file at the next start, if it is still set"
            ));
        }
        let flag = self.start.flags.flag(&name)?;
        Some(format!(
            "{flag} comes before the file where it is given, as in this run"
        ))
    }

    /// What may stand behind `/set`: the names, each with its value.
    pub(super) fn offered(&self, chat: &mut Chat) -> Vec<(String, String)> {
        let (settings, _) = self.shown(None, chat).all();
        let free = settings.into_iter().filter(|setting| setting.is_free);
        free.map(|setting| (setting.key, setting.value.unwrap_or_default()))
            .collect()
    }
}

/// What may stand behind the name of a setting.
pub(super) fn words(name: &str) -> Vec<String> {
    Key::find(name).map_or_else(|_| Vec::new(), |key| words_of(&key))
}

/// Where the value of a setting comes from, and what names it there.
type Origin = (SettingSource, Option<String>);

/// From now on there is a configuration, if there was none.
fn note_file(saved: Option<&SavedSetting>, chat: &mut Chat) {
    if let Some(saved) = saved {
        chat.note_configuration(&saved.file);
    }
}
