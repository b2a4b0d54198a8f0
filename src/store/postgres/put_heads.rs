//! Where imports have put the ends of sessions, until that is sent.

use std::collections::BTreeMap;

use tokio_postgres::types::Type;

use super::client::Value;
use crate::domain::{MessageId, SessionKey};

/// Where the ends of sessions were put by an import, until that is sent.
#[derive(Default)]
pub(super) struct PutHeads(BTreeMap<SessionKey, (String, Option<i64>)>);

/// The same, column by column.
#[derive(Default)]
pub(super) struct PutHeadColumns {
    sessions: Vec<i64>,
    sources: Vec<String>,
    heads: Vec<Option<i64>>,
}

/// Notes where they were put, and from which program they came if nothing was known.
pub(super) const PUT_HEADS: &str = "INSERT INTO saylog.imports (session, source, head)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
    ON CONFLICT (session) DO UPDATE SET head = excluded.head";

impl PutHeads {
    /// The end of a session was put there, whatever was to be noted before.
    pub(super) fn put(&mut self, session: SessionKey, source: &str, head: Option<MessageId>) {
        let put = (source.to_owned(), head.map(|id| id.0));
        self.0.insert(session, put);
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes them as columns.
    pub(super) fn take(&mut self) -> PutHeadColumns {
        let mut columns = PutHeadColumns::default();
        for (session, (source, head)) in std::mem::take(&mut self.0) {
            columns.sessions.push(session.0);
            columns.sources.push(source);
            columns.heads.push(head);
        }
        columns
    }
}

impl PutHeadColumns {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// The values of [`PUT_HEADS`].
    pub(super) fn values(&self) -> [Value<'_>; 3] {
        [
            (&self.sessions, Type::INT8_ARRAY),
            (&self.sources, Type::TEXT_ARRAY),
            (&self.heads, Type::INT8_ARRAY),
        ]
    }
}
