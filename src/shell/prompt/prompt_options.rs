//! How the prompt is to behave.

use super::super::greeting::Greeting;
use super::super::outside::Outside;
use super::super::resumed::Resumed;
use super::super::way_back::WayBack;
use super::draft::Draft;

/// How the prompt is to behave.
pub(crate) struct PromptOptions {
    /// What lines may reach outside of the chat.
    pub(crate) outside: Outside,
    /// What is said at the start.
    pub(crate) greeting: Greeting,
    /// How to come back, if something is kept.
    pub(crate) way_back: Option<WayBack>,
    /// The session to return to at the start.
    pub(crate) resume: Option<Resumed>,
    /// A person reads what is answered, and can be asked what they mean.
    pub(crate) can_ask: bool,
    /// If there is no session yet to return to, that is no failure: one begins.
    pub(crate) may_be_first: bool,
    /// What is typed and not sent yet.
    pub(crate) draft: Draft,
}
