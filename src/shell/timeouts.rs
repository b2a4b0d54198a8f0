//! The time-outs of an endpoint, in seconds, as people write them.

use std::time::Duration;

use super::settings::NamedModel;
use crate::responder::Limits;

/// The time-outs, by the names that they are set by.
const NAMES: [&str; 4] = ["connect", "first_byte", "idle", "total"];

/// No system looks longer for an address.
const LONGEST_LOOKUP: Duration = Duration::from_mins(5);

/// Time-outs that somebody has set; [`Duration::MAX`] is none at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Timeouts([Option<Duration>; NAMES.len()]);

impl Timeouts {
    /// Those of a model of the configuration.
    ///
    /// # Errors
    /// The key that is wrong, and what is wrong with it.
    pub(super) fn of(model: &NamedModel) -> Result<Self, (&'static str, String)> {
        let mut timeouts = Self::default();
        let set = [model.connect, model.first_byte, model.idle, model.total];
        for (at, seconds) in set.into_iter().enumerate() {
            let limit = seconds.map(limit).transpose();
            timeouts.0[at] = limit.map_err(|why| (NAMES[at], why))?;
        }
        Ok(timeouts)
    }

    /// Reads `idle=600` and the like; the last of the same name counts.
    ///
    /// # Errors
    /// A sentence about the first pair that is none.
    pub(super) fn parse(pairs: &[String]) -> Result<Self, String> {
        let mut timeouts = Self::default();
        for pair in pairs {
            let (name, seconds) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is not of the form NAME=SECONDS"))?;
            let at = NAMES.iter().position(|known| *known == name);
            let known = NAMES.join(", ");
            let at = at.ok_or_else(|| format!("unknown time-out `{name}`; one of {known}"))?;
            let number = seconds.parse();
            let number = number.map_err(|_| format!("`{seconds}` is no number of seconds"))?;
            timeouts.0[at] = Some(limit(number)?);
        }
        Ok(timeouts)
    }

    /// Sets the limits.
    pub(super) fn apply(self, limits: &mut Limits) {
        let [connect, first_byte, idle, total] = self.0;
        if let Some(connect) = connect {
            limits.connect = connect;
            // To find the address comes first, and is not longer than the system allows.
            limits.resolve = connect.min(LONGEST_LOOKUP);
        }
        limits.answer = first_byte.unwrap_or(limits.answer);
        limits.idle = idle.unwrap_or(limits.idle);
        if let Some(total) = total {
            limits.total = Some(total).filter(|&total| total != Duration::MAX);
        }
    }
}

/// So many seconds; 0 is no limit.
fn limit(seconds: f64) -> Result<Duration, String> {
    let wrong = |_| format!("`{seconds}` is no number of seconds; 0 is no limit");
    let limit = Duration::try_from_secs_f64(seconds).map_err(wrong)?;
    Ok(if seconds == 0.0 {
        Duration::MAX
    } else {
        limit.max(Duration::from_millis(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(pairs: &[&str]) -> Result<Limits, String> {
        let pairs: Vec<String> = pairs.iter().map(ToString::to_string).collect();
        let mut limits = Limits::default();
        Timeouts::parse(&pairs)?.apply(&mut limits);
        Ok(limits)
    }

    #[test]
    fn each_name_sets_its_limit_and_zero_is_none() {
        let seconds = Duration::from_secs;
        let set = limits(&["connect=3", "first_byte=600", "idle=0.5", "total=900"]).unwrap();
        assert_eq!((set.connect, set.resolve), (seconds(3), seconds(3)));
        assert_eq!(set.answer, seconds(600));
        assert_eq!(set.idle, Duration::from_millis(500));
        assert_eq!(set.total, Some(seconds(900)));
        let none = limits(&["connect=0", "first_byte=0", "idle=0", "idle=0.0", "total=0"]);
        let none = none.unwrap();
        let never = Duration::MAX;
        assert_eq!([none.connect, none.answer, none.idle], [never; 3]);
        assert_eq!(none.resolve, LONGEST_LOOKUP);
        assert_eq!(none.total, None);
        let usual = limits(&[]).unwrap();
        assert_eq!(usual.idle, Limits::default().idle);
        assert_eq!(
            limits(&["idle=1e-9"]).unwrap().idle,
            Duration::from_millis(1)
        );
    }

    #[test]
    fn what_is_no_time_out_is_told() {
        for (pair, told) in [
            ("idle", "`idle` is not of the form NAME=SECONDS"),
            (
                "iddle=3",
                "unknown time-out `iddle`; one of connect, first_byte, idle, total",
            ),
            ("idle=soon", "`soon` is no number of seconds"),
            ("idle=-1", "`-1` is no number of seconds; 0 is no limit"),
            ("idle=inf", "`inf` is no number of seconds; 0 is no limit"),
            ("idle=NaN", "`NaN` is no number of seconds; 0 is no limit"),
        ] {
            assert_eq!(limits(&[pair]).unwrap_err(), told);
        }
    }
}
