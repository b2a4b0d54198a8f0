//! How large a person says that a model's window is.

use std::str::FromStr;

use serde::Deserialize;

/// A window in tokens: at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct WindowTokens(pub(super) usize);

/// What it has to be instead.
const EXPECTED: &str = "expected a number of tokens from 1 on";

impl TryFrom<i64> for WindowTokens {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let number = usize::try_from(number).ok();
        let number = number.filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| EXPECTED.into())
    }
}

impl FromStr for WindowTokens {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number: i64 = text.parse().map_err(|_| EXPECTED)?;
        Self::try_from(number)
    }
}
