//! The text of the configuration file with another value in it.

use serde_json::Value as Json;
use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

/// What some editors write before a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A value that is to stand in the file.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::shell) enum SavedValue {
    Truth(bool),
    Number(i64),
    Seconds(f64),
    Text(String),
    /// The value of a parameter; null takes it away.
    Parameter(Json),
}

/// Where it is to stand.
#[derive(Clone, Copy, Debug)]
pub(in crate::shell) struct Spot<'a> {
    /// In the table of this model, or else above all tables.
    pub(in crate::shell) model: Option<&'a str>,
    /// The key, or the name of a parameter.
    pub(in crate::shell) key: &'a str,
}

/// What came of it.
pub(super) enum Edited {
    /// The file says so already.
    Same,
    /// The file as it is to be.
    Text(String),
}

/// Puts a value into the text of a file.
///
/// # Errors
/// Why that cannot be done.
pub(super) fn edited(
    text: &str,
    spot: &Spot<'_>,
    value: &SavedValue,
) -> Result<Edited, &'static str> {
    // The library would leave out both.
    let (mark, bare) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(bare) => (BYTE_ORDER_MARK, bare),
        None => ("", text),
    };
    let has_returns = bare.contains("\r\n");
    let bare = bare.replace("\r\n", "\n");
    let edited = edited_lines(&bare, spot, value)?;
    let Edited::Text(new) = edited else {
        return Ok(Edited::Same);
    };
    let new = if has_returns {
        new.replace('\n', "\r\n")
    } else {
        new
    };
    Ok(Edited::Text(format!("{mark}{new}")))
}

/// The same for a text whose lines end with line feeds alone.
fn edited_lines(text: &str, spot: &Spot<'_>, value: &SavedValue) -> Result<Edited, &'static str> {
    let mut document: DocumentMut = text.parse().map_err(|_| "it cannot be edited")?;
    let Some(model) = spot.model else {
        let value = plain(value)?;
        let root = document.as_table_mut();
        if is_there(root.get(spot.key), &value) {
            return Ok(Edited::Same);
        }
        if root.get(spot.key).is_none() && !root.iter().any(|(_, item)| item.is_value()) {
            return Ok(Edited::Text(with_first_key(text, spot.key, value)));
        }
        put(root, spot.key, value);
        return Ok(Edited::Text(document.to_string()));
    };
    let models = document.get_mut("models").and_then(Item::as_table_like_mut);
    let table = models.and_then(|models| models.get_mut(model)?.as_table_like_mut());
    let table = table.ok_or("the table of the model is not found")?;
    let is_same = match value {
        SavedValue::Parameter(json) => put_parameter(table, spot.key, json)?,
        value => {
            let value = plain(value)?;
            let is_same = is_there(table.get(spot.key), &value);
            if !is_same {
                put(table, spot.key, value);
            }
            is_same
        }
    };
    Ok(if is_same {
        Edited::Same
    } else {
        Edited::Text(document.to_string())
    })
}

/// Sets a parameter, or names it among those that are not sent; true if it was so.
fn put_parameter(table: &mut dyn TableLike, name: &str, json: &Json) -> Result<bool, &'static str> {
    let unsent = table.get("without").and_then(Item::as_array);
    let place = unsent.and_then(|unsent| unsent.iter().position(|it| it.as_str() == Some(name)));
    let set = |table: &dyn TableLike| {
        let parameters = table.get("parameters")?.as_table_like()?;
        parameters.get(name).cloned()
    };
    if json.is_null() {
        let was_set = set(table).is_some();
        if let Some(parameters) = table
            .get_mut("parameters")
            .and_then(Item::as_table_like_mut)
        {
            parameters.remove(name);
        }
        if place.is_none() {
            if table.get("without").is_none() {
                table.insert("without", Item::Value(Array::new().into()));
            }
            let unsent = table.get_mut("without").and_then(Item::as_array_mut);
            unsent.ok_or("`without` is no list")?.push(name);
        }
        return Ok(place.is_some() && !was_set);
    }
    let value = toml_of(json)?;
    if place.is_none() && is_there(set(table).as_ref(), &value) {
        return Ok(true);
    }
    if let Some(place) = place
        && let Some(unsent) = table.get_mut("without").and_then(Item::as_array_mut)
    {
        unsent.remove(place);
        if unsent.is_empty() {
            table.remove("without");
        }
    }
    if table.get("parameters").is_none() {
        table.insert("parameters", Item::Value(InlineTable::new().into()));
    }
    let parameters = table
        .get_mut("parameters")
        .and_then(Item::as_table_like_mut);
    put(parameters.ok_or("`parameters` is no table")?, name, value);
    Ok(false)
}

/// Sets a key; what stands around its old value stays.
fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            // The blank before the brace that ends an inline table stays there.
            let last = table.iter_mut().last();
            if let Some(last) = last.and_then(|(_, item)| item.as_value_mut()) {
                let blank = last.decor().suffix().and_then(|suffix| suffix.as_str());
                let blank = blank.filter(|blank| blank.bytes().all(|byte| byte == b' '));
                if let Some(blank) = blank.map(str::to_owned) {
                    last.decor_mut().set_suffix("");
                    value.decor_mut().set_suffix(blank);
                }
            }
            table.insert(key, Item::Value(value));
        }
    }
}

/// Whether a key has this value, however it is written.
fn is_there(item: Option<&Item>, value: &Value) -> bool {
    let Some(old) = item.and_then(Item::as_value) else {
        return false;
    };
    let number = |value: &Value| match value {
        #[expect(clippy::cast_precision_loss, reason = "nobody sets such a number")]
        Value::Integer(number) => Some(*number.value() as f64),
        Value::Float(number) => Some(*number.value()),
        _ => None,
    };
    match (old, value) {
        (Value::String(old), Value::String(new)) => old.value() == new.value(),
        (Value::Boolean(old), Value::Boolean(new)) => old.value() == new.value(),
        _ => match (number(old), number(value)) {
            (Some(old), Some(new)) => old.total_cmp(&new).is_eq(),
            _ => old.to_string().trim() == value.to_string().trim(),
        },
    }
}

/// A text with its first key: above all tables, and below a comment about the whole
/// file, which an empty line ends.
fn with_first_key(text: &str, key: &str, value: Value) -> String {
    let mut line = DocumentMut::new();
    line.insert(key, Item::Value(value));
    let line = line.to_string();
    let comment: usize = text
        .split_inclusive('\n')
        .take_while(|line| line.starts_with('#'))
        .map(str::len)
        .sum();
    let rest = &text[comment..];
    let blank = rest.split_inclusive('\n').next().unwrap_or_default();
    let head = if comment > 0 && !blank.is_empty() && blank.trim().is_empty() {
        comment + blank.len()
    } else {
        0
    };
    let (head, rest) = text.split_at(head);
    let gap = if rest.is_empty() { "" } else { "\n" };
    format!("{head}{line}{gap}{rest}")
}

fn plain(value: &SavedValue) -> Result<Value, &'static str> {
    Ok(match value {
        SavedValue::Truth(truth) => (*truth).into(),
        SavedValue::Number(number) => (*number).into(),
        #[expect(clippy::cast_possible_truncation, reason = "it has no fraction")]
        SavedValue::Seconds(seconds) if seconds.fract() == 0.0 && seconds.abs() < 1e15 => {
            (*seconds as i64).into()
        }
        SavedValue::Seconds(seconds) => (*seconds).into(),
        SavedValue::Text(text) => text.as_str().into(),
        SavedValue::Parameter(json) => toml_of(json)?,
    })
}

fn toml_of(json: &Json) -> Result<Value, &'static str> {
    Ok(match json {
        Json::Null => return Err("a null within a value cannot stand in the file"),
        Json::Bool(truth) => (*truth).into(),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => number.into(),
            (None, Some(number)) => number.into(),
            (None, None) => return Err("such a number cannot stand in the file"),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(values) => {
            let values: Result<Array, _> = values.iter().map(toml_of).collect();
            values?.into()
        }
        Json::Object(pairs) => {
            let mut table = InlineTable::new();
            for (name, value) in pairs {
                table.insert(name, toml_of(value)?);
            }
            table.into()
        }
    })
}

#[cfg(test)]
mod tests;
