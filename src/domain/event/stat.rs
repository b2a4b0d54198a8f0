//! What was counted of the log.

/// What messages were counted together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MessageCounts {
    pub messages: u64,
    /// Those that a user said.
    pub turns: u64,
    /// Characters of all texts.
    pub characters: u64,
    /// Tokens that endpoints were sent and answered, as far as they told.
    pub prompt_tokens: u64,
    pub reply_tokens: u64,
    /// How long replies were waited for, in milliseconds.
    pub waited: u64,
    /// Replies that failed.
    pub failures: u64,
    /// What the tokens cost, in the money of the configuration's prices; none if no price
    /// is known for any of them.
    pub cost: Option<f64>,
    /// Replies of which tokens are known and no price is: they are not among the cost.
    pub unpriced: u64,
}

impl MessageCounts {
    /// Counts others with these.
    pub(crate) fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        self.turns += other.turns;
        self.characters += other.characters;
        self.prompt_tokens += other.prompt_tokens;
        self.reply_tokens += other.reply_tokens;
        self.waited += other.waited;
        self.failures += other.failures;
        self.unpriced += other.unpriced;
        self.cost = match (self.cost, other.cost) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
    }

    /// The tokens, those that were sent and those that came.
    pub(crate) fn tokens(&self) -> u64 {
        self.prompt_tokens + self.reply_tokens
    }
}

/// One row of what was counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatRow<'a> {
    /// By what messages were counted: `user`, `day`, …; none if all were together.
    pub by: Option<&'static str>,
    /// Which of them: a user's name, a day; none for those that have none of it, and for all.
    pub key: Option<&'a str>,
    /// What a session is called.
    pub title: Option<&'a str>,
    pub counts: &'a MessageCounts,
    /// The row is for all that was counted.
    pub is_total: bool,
    /// The most messages that a row has.
    pub most: u64,
    /// The messages of each of the last weeks, of seven times 24 hours, if they were
    /// counted; the last one ends now.
    pub weeks: &'a [u64],
}

/// The messages of one day of the week, by its hours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeatRow<'a> {
    /// `Mon`, …
    pub day: &'static str,
    pub counts: &'a MessageCounts,
    pub hours: &'a [u64; 24],
    /// The most messages that an hour of a day has.
    pub most: u64,
}
