//! How groups end: sent with their COMMIT, or as one statement that is a group of its own.

use tokio_postgres::Row;

use super::super::Result;
use super::super::backend::Commit;
use super::client::{Ask, Patience, Value};
use super::handle::Handle;
use super::open_group::OpenGroup;
use super::trouble::Trouble;

/// What has become of a statement that is a group of its own.
pub(super) enum Alone {
    /// It has written something, and says what.
    Written(Vec<Row>),
    /// The same, but the answer was lost.
    Found,
    /// It has written nothing.
    Not,
}

impl Handle {
    /// Sends what the group has written, and makes it durable, in one round trip.
    pub(super) fn commit(&mut self) -> Result<Commit> {
        if self.group.as_ref().is_some_and(OpenGroup::is_beyond_guess)
            && let Err(trouble) = self.make_certain()
        {
            let problem = self.failed(&trouble);
            let is_again = std::mem::take(&mut self.wants_again);
            self.group = None;
            self.take_back();
            return if is_again {
                Ok(Commit::Again)
            } else {
                Err(problem)
            };
        }
        let Some(mut group) = self.group.take() else {
            return Ok(Commit::Done);
        };
        let committed = self.commit_group(&mut group);
        if matches!(committed, Ok(Commit::Done)) {
            self.collisions = 0;
            self.known
                .commit(group.ends.drain(), group.newest, group.last_drawn);
        } else {
            self.known.forget();
        }
        committed
    }

    fn commit_group(&mut self, group: &mut OpenGroup) -> Result<Commit> {
        if std::mem::take(&mut self.wants_again) {
            self.take_back();
            return Ok(Commit::Again);
        }
        // An older warning is about something else.
        self.server.take_warning();
        if group.guess.is_some() {
            let server = &mut self.server;
            let sent = group.send_guess(|asks| server.ask_on(Patience::Commit, asks));
            return self.judge_guess(group, sent);
        }
        let may_copy = !self.must_insert && self.server.may_copy();
        let server = &mut self.server;
        let sent = group.send(may_copy, Some("COMMIT"), |asks| {
            server.ask_on(Patience::Commit, asks)
        });
        if sent.is_err() && group.has_copied {
            // As in `failed`.
            self.server.hang_up();
        }
        match sent {
            // The standby has not confirmed it: whether it lasts is not known.
            Ok(_) if self.server.take_warning() => self.settle(group),
            Ok(_) => Ok(Commit::Done),
            Err(trouble) if trouble.is_collision() => {
                self.collisions += 1;
                Ok(Commit::Again)
            }
            Err(Trouble::Refused(code)) => {
                // It was refused before the COMMIT, which has taken it back.
                let trouble = Trouble::Refused(code);
                if self.is_not_copied(&trouble) {
                    return Ok(Commit::Again);
                }
                if trouble.is_loss() {
                    self.server.hang_up();
                    return Ok(Commit::Again);
                }
                Err(trouble.problem())
            }
            Err(_) => {
                self.server.hang_up();
                self.settle(group)
            }
        }
    }

    /// What has become of a guess.
    fn judge_guess(
        &mut self,
        group: &OpenGroup,
        sent: std::result::Result<Vec<Vec<Row>>, Trouble>,
    ) -> Result<Commit> {
        match self.judge_alone(group, sent)? {
            Alone::Written(_) | Alone::Found => {
                self.known.is_right();
                Ok(Commit::Done)
            }
            Alone::Not => {
                self.known.is_wrong();
                Ok(Commit::Again)
            }
        }
    }

    /// Writes what a single statement does, which gives rows if it has written something. It
    /// is a group, too, and locks that one's nonce.
    pub(super) fn write_alone(
        &mut self,
        group: &OpenGroup,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<Alone> {
        if self.group.is_some() || !self.server.was_heard_just_now() {
            return Ok(Alone::Not);
        }
        self.server.take_warning();
        let asks = [Ask::Query(sql, values)];
        let sent = self.server.ask_on(Patience::Commit, &asks);
        self.judge_alone(group, sent)
    }

    /// What has become of a statement that is a group of its own.
    fn judge_alone(
        &mut self,
        group: &OpenGroup,
        sent: std::result::Result<Vec<Vec<Row>>, Trouble>,
    ) -> Result<Alone> {
        let rows = match sent {
            Ok(_) if self.server.take_warning() => None,
            Ok(answers) => Some(answers.into_iter().next().unwrap_or_default()),
            // If something else than the guess is wrong, the usual way finds out what.
            Err(Trouble::Refused(_)) => return Ok(Alone::Not),
            Err(_) => {
                self.server.hang_up();
                None
            }
        };
        Ok(match rows {
            Some(rows) if rows.is_empty() => Alone::Not,
            Some(rows) => Alone::Written(rows),
            None => match self.settle(group)? {
                Commit::Done => Alone::Found,
                Commit::Again => Alone::Not,
            },
        })
    }
}
