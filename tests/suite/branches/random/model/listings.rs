//! What is told and shown of the log, by the reference model.

use serde_json::{Value, json};

use super::{Model, Told, USERS, end};

impl Model {
    pub(super) fn system(&mut self, text: Option<&str>) -> Told {
        let session = self.mine()?;
        let previous = self.sessions[session].system;
        let id = text.map(|text| self.append(session, "system", text, None));
        self.sessions[session].system = id;
        Ok(vec![self.told_system(session, true, previous)])
    }

    pub(super) fn show_system(&mut self) -> Told {
        Ok(vec![self.told_system(self.mine()?, false, None)])
    }

    fn told_system(&self, session: usize, changed: bool, previous: Option<i64>) -> Value {
        let id = self.sessions[session].system;
        json!({
            "event": "system", "user_id": USERS[self.user], "session_id": self.name(session),
            "id": id, "content": id.map(|id| &self.at(id).content), "changed": changed,
            "previous": previous.map(|id| &self.at(id).content),
        })
    }

    pub(super) fn quote(&mut self, ids: &[i64]) -> Told {
        let session = self.mine()?;
        let mut quotes = Vec::new();
        for &id in ids {
            let message = self.at(self.own(id)?);
            let (role, origin) = (message.role, self.name(message.session));
            let mut quote = format!("#{id} {role}, session {origin}:");
            for line in message.content.split('\n') {
                quote += &format!("\n> {line}");
            }
            quotes.push(quote);
        }
        let id = self.append(session, "user", &quotes.join("\n\n"), None);
        self.quotations.insert(id);
        Ok(vec![self.message("quote", id)])
    }

    pub(super) fn rows(&self, event: &str, ids: &[i64], scope: &str) -> Vec<Value> {
        let mut rows: Vec<Value> = ids.iter().map(|&id| self.message(event, id)).collect();
        rows.push(end(scope, ids.len()));
        rows
    }

    pub(super) fn history(&self) -> Told {
        Ok(self.rows("message", &self.context_of(self.mine()?), "session"))
    }

    pub(super) fn history_user(&self) -> Vec<Value> {
        let own = (0..self.sessions.len()).filter(|&at| self.sessions[at].user == self.user);
        let mut ids: Vec<i64> = own.flat_map(|session| self.context_of(session)).collect();
        ids.sort_unstable();
        ids.dedup();
        self.rows("message", &ids, "user")
    }

    pub(super) fn context(&self) -> Told {
        let session = self.mine()?;
        let head = self.sessions[session].place.head;
        let system = self.sessions[session].system;
        Ok(self.view(session, &self.model_of(session), system, head))
    }

    pub(super) fn context_at(&self, id: i64) -> Told {
        let message = self.at(self.own(id)?);
        let model = message.model.clone();
        let model = model.unwrap_or_else(|| self.model_of(message.session));
        let last = if message.role == "user" {
            Some(id)
        } else {
            message.parent
        };
        Ok(self.view(message.session, &model, message.system, last))
    }

    fn view(
        &self,
        session: usize,
        model: &str,
        system: Option<i64>,
        head: Option<i64>,
    ) -> Vec<Value> {
        let mut rows: Vec<Value> = Vec::new();
        for &id in system.iter().chain(&self.chain(head)) {
            let message = self.at(id);
            // Neighbours of one role are sent as one message.
            if let Some(last) = rows.last_mut().filter(|last| last["role"] == message.role) {
                let before = last["content"].as_str().unwrap_or_default();
                last["content"] = format!("{before}\n\n{}", message.content).into();
                last["ids"].as_array_mut().expect("ids").push(id.into());
                continue;
            }
            rows.push(json!({
                "event": "context_row", "id": id, "session_id": self.name(message.session),
                "role": message.role, "content": message.content, "ids": [id],
            }));
        }
        let count = rows.len();
        let sent = rows.iter().filter(|row| row["role"] != "system").count();
        rows.push(json!({
            "event": "context", "user_id": USERS[self.user], "session_id": self.name(session),
            "model": model, "count": sent, "left_out": 0,
        }));
        rows.push(end("session", count));
        rows
    }

    pub(super) fn show(&self, id: i64) -> Told {
        let message = self.at(self.own(id)?);
        let own = &self.sessions[message.session].own;
        let following = own.iter().find(|&&later| later > id);
        let mut rows: Vec<Value> = Vec::new();
        // At the beginning of a context that was cleared it is what was said last.
        let previous = own.iter().rfind(|&&earlier| earlier < id).copied();
        let before = message.parent.or(previous);
        rows.extend(before.map(|id| self.message("neighbour", id)));
        rows.push(self.message("message", id));
        rows.extend(following.map(|&id| self.message("neighbour", id)));
        rows.push(end("user", rows.len()));
        Ok(rows)
    }

    pub(super) fn moves(&self) -> Told {
        let mut rows = self.sessions[self.mine()?].moves.clone();
        rows.push(end("session", rows.len()));
        Ok(rows)
    }
}
