//! A failure of something that a line needs: the store, or the model.

/// What kind of failure it is, as far as anybody has to act differently on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// Somebody else is using it; the same may succeed later.
    Busy,
    /// As things are it may not be done, or what is named is not there.
    Refused,
    /// Whoever has logged in to the store speaks as somebody else only.
    AnotherUser,
    /// There is no room left.
    Full,
    /// What is stored is not what it should be.
    Damaged,
    /// It belongs to a newer program.
    Newer,
    /// It is no longer where it was.
    Gone,
    /// It may be read and not be written.
    ReadOnly,
    /// A write failed: nobody knows for sure whether it was kept.
    Unconfirmed,
    /// Anything else.
    Other,
}

impl ProblemKind {
    /// The word that scripts read.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Refused | Self::AnotherUser => "refused",
            Self::Full => "full",
            Self::Damaged => "damaged",
            Self::Newer => "newer",
            Self::Gone => "gone",
            Self::ReadOnly => "read_only",
            Self::Unconfirmed => "unconfirmed",
            Self::Other => "other",
        }
    }
}

/// Something that went wrong, told by whoever it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What kind of failure it is.
    pub kind: ProblemKind,
    /// What happened, as a sentence: lower case, without a full stop.
    pub what: String,
    /// What to do about it, if there is something.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem for which no advice is known.
    pub(crate) fn new(kind: ProblemKind, what: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            hint: None,
        }
    }

    /// The same problem, with what to do about it.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// The same problem, behind the words that say what it prevented. Whoever may not speak
    /// is told that alone.
    pub(crate) fn preventing(self, prevented: &str) -> Self {
        if self.kind == ProblemKind::AnotherUser {
            return self;
        }
        Self {
            what: format!("{prevented}: {}", self.what),
            ..self
        }
    }
}
