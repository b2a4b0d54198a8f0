//! Comma-separated values (RFC 4180): a message a row, in the order of the log.

use super::Writer;
use super::shared::rfc_3339;
use crate::domain::Message;

/// The names of the columns.
const HEAD: &str = "id,seq,at,user_id,session_id,role,model,status,prompt_tokens,reply_tokens,\
                    finish_reason,content,reasoning\r\n";

/// Writes comma-separated values.
pub(super) struct Csv;

impl Writer for Csv {
    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(HEAD.as_bytes());
    }

    fn message(&mut self, message: &Message<'_>, out: &mut Vec<u8>) {
        let usage = message.usage;
        let count = |tokens: Option<i64>| tokens.map(|tokens| tokens.to_string());
        let (id, seq) = (message.id.0.to_string(), message.seq.to_string());
        let (at, session) = (rfc_3339(message.time()), message.session.to_string());
        let prompt = count(usage.map(|usage| usage.prompt)).unwrap_or_default();
        let reply = count(usage.map(|usage| usage.reply)).unwrap_or_default();
        let fields = [
            id.as_str(),
            &seq,
            &at,
            message.user.as_str(),
            &session,
            message.role.word(),
            message.model.unwrap_or_default(),
            message.status.word(),
            &prompt,
            &reply,
            message.details.finish_reason.unwrap_or_default(),
            message.content,
            message.details.reasoning.unwrap_or_default(),
        ];
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_field(field, out);
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// Appends a field, in quotes where it needs them. What a table program would take for a
/// formula and run stands behind an apostrophe.
fn push_field(field: &str, out: &mut Vec<u8>) {
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let needs_quotes = is_formula || field.contains([',', '"', '\r', '\n']);
    if !needs_quotes {
        out.extend_from_slice(field.as_bytes());
        return;
    }
    out.push(b'"');
    if is_formula {
        out.push(b'\'');
    }
    out.extend_from_slice(field.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}
