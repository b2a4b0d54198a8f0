//! Moves of a session, by the reference model.

use serde_json::{Value, json};

use super::{Model, NAMED, Place, Session, Told, USERS, Undone, newest};

impl Model {
    pub(super) fn fork(&mut self, title: Option<&str>) -> Told {
        let session = self.mine()?;
        let place = self.sessions[session].place.clone();
        let system = self.sessions[session].system;
        Ok(self.branch(session, place, system, title))
    }

    pub(super) fn fork_at(&mut self, id: i64, title: Option<&str>) -> Told {
        let message = self.at(self.own(id)?);
        if message.role == "system" {
            return Err("bad_argument");
        }
        let place = Place {
            head: Some(id),
            cleared: Vec::new(),
        };
        let (session, system) = (message.session, message.system);
        Ok(self.branch(session, place, system, title))
    }

    fn branch(
        &mut self,
        origin: usize,
        place: Place,
        system: Option<i64>,
        title: Option<&str>,
    ) -> Vec<Value> {
        let (head, count) = (place.head, self.chain(place.head).len());
        let from = &self.sessions[origin];
        let session = Session {
            user: self.user,
            title: title.map(str::to_owned),
            words: if from.place.cleared.is_empty() {
                from.words.clone()
            } else {
                None
            },
            model: from.model.clone(),
            system,
            place,
            origin: Some(origin),
            moves: vec![json!({
                "event": "move_row", "number": 1, "why": "fork", "from_id": null, "to_id": head,
                "gone": 0, "back": count, "ids": [], "way": null,
            })],
            ..Session::default()
        };
        let session = self.begin_session(session);
        vec![json!({
            "event": "fork", "user_id": USERS[self.user], "session_id": self.name(session),
            "from_session_id": self.name(origin), "at_id": head, "title": title, "count": count,
            "from_title": self.sessions[origin].title,
        })]
    }

    /// Moves the current session and writes it down; the event.
    fn relocate(
        &mut self,
        session: usize,
        why: &str,
        to: Place,
        (gone, back): (&[i64], &[i64]),
        way: Option<&str>,
    ) -> Value {
        let from = std::mem::replace(&mut self.sessions[session].place, to);
        let to = self.sessions[session].place.head;
        let moves = &mut self.sessions[session].moves;
        let return_way = from.head.map(|id| format!("/fork at #{id}"));
        moves.push(json!({
            "event": "move_row", "number": moves.len() + 1, "why": why, "from_id": from.head,
            "to_id": to, "gone": gone.len(), "back": back.len(), "ids": [], "way": return_way,
        }));
        json!({
            "event": "move", "unasked": false, "user_id": USERS[self.user], "session_id": self.name(session),
            "why": why, "from_id": from.head, "to_id": to, "gone": gone.len(),
            "back": back.len(), "ids": newest(if gone.is_empty() { back } else { gone }, NAMED),
            "way": way,
        })
    }

    pub(super) fn clear(&mut self) -> Told {
        let session = self.mine()?;
        let context = self.context_of(session);
        let count = self.sessions[session].own.len();
        if let Some(head) = self.sessions[session].place.head {
            let mut to = Place {
                head: None,
                ..self.sessions[session].place.clone()
            };
            to.cleared.push(head);
            self.relocate(session, "clear", to, (&context, &[]), None);
            self.sessions[session].redo.clear();
        }
        let way = (!context.is_empty()).then_some("/undo");
        Ok(vec![json!({
            "event": "clear", "user_id": USERS[self.user], "session_id": self.name(session),
            "count": count, "gone": context.len(), "ids": newest(&context, NAMED), "way": way,
            "message": format!("Session {} cleared!", self.name(session)),
        })])
    }

    /// How many turns these messages are.
    pub(super) fn turns(&self, ids: &[i64]) -> usize {
        ids.iter().filter(|&&id| self.at(id).role == "user").count()
    }

    pub(super) fn undo(&mut self, turns: usize) -> Told {
        let session = self.mine()?;
        let context = self.context_of(session);
        let from = self.sessions[session].place.clone();
        let mut to = from.clone();
        let way = Some("/redo");
        let (told, gone) = if context.is_empty() {
            to.head = Some(to.cleared.pop().ok_or("nothing_to_do")?);
            if turns > 1 {
                return Err("bad_argument");
            }
            let back = self.chain(to.head);
            (self.relocate(session, "undo", to, (&[], &back), way), 0)
        } else {
            if self.turns(&context) < turns {
                return Err("bad_argument");
            }
            let mut at = context.len();
            while self.turns(&context[at..]) < turns {
                at -= 1;
            }
            to.head = context[..at].last().copied();
            let gone = &context[at..];
            (
                self.relocate(session, "undo", to, (gone, &[]), way),
                gone.len(),
            )
        };
        let is_reply = false;
        self.sessions[session].redo.push(Undone {
            from,
            gone,
            is_reply,
        });
        Ok(vec![told])
    }

    pub(super) fn redo(&mut self) -> Told {
        let session = self.mine()?;
        let undone = self.sessions[session].redo.pop().ok_or("nothing_to_do")?;
        if undone.gone == 0 {
            let gone = self.context_of(session);
            let way = Some("/undo");
            return Ok(vec![self.relocate(
                session,
                "redo",
                undone.from,
                (&gone, &[]),
                way,
            )]);
        }
        let context = self.chain(undone.from.head);
        let back = &context[context.len() - undone.gone..];
        let way = match self.turns(back) {
            _ if undone.is_reply => None,
            1 => Some("/undo".to_owned()),
            turns => Some(format!("/undo {turns}")),
        };
        Ok(vec![self.relocate(
            session,
            "redo",
            undone.from,
            (&[], back),
            way.as_deref(),
        )])
    }

    pub(super) fn retry(&mut self, model: Option<&str>) -> Told {
        let session = self.mine()?;
        let model = model.map_or_else(|| self.model_of(session), str::to_owned);
        let head = self.sessions[session].place.head.ok_or("nothing_to_do")?;
        let mut told = Vec::new();
        let mut question = head;
        if self.at(head).role == "ai" {
            question = self.at(head).parent.ok_or("nothing_to_do")?;
            let from = self.sessions[session].place.clone();
            let to = Place {
                head: Some(question),
                ..from.clone()
            };
            let way = format!("/fork at #{head}");
            told.push(self.relocate(session, "retry", to, (&[head], &[]), Some(&way)));
            let (gone, is_reply) = (1, true);
            self.sessions[session].redo.push(Undone {
                from,
                gone,
                is_reply,
            });
        }
        let text = self.at(question).content.clone();
        told.push(self.reply(session, &text, &model));
        Ok(told)
    }

    pub(super) fn edit(&mut self, text: &str) -> Told {
        let session = self.mine()?;
        let context = self.context_of(session);
        let is_said = |id| self.at(id).role == "user" && !self.quotations.contains(&id);
        let at = context.iter().rposition(|&id| is_said(id));
        let at = at.ok_or("nothing_to_do")?;
        let to = Place {
            head: context[..at].last().copied(),
            ..self.sessions[session].place.clone()
        };
        // What is said instead follows at once, and then nothing can be redone.
        let way = context.last().map(|id| format!("/fork at #{id}"));
        let way = way.as_deref();
        let mut told = vec![self.relocate(session, "edit", to, (&context[at..], &[]), way)];
        told.extend(self.say(text)?);
        Ok(told)
    }
}
