//! As much of YAML as sessions are written in: maps and lists by their indentation, and
//! texts that are plain, quoted or in blocks.
//!
//! All that is neither a list nor a map nor null is a text.

mod scalar;

use serde_json::{Map, Value};

use scalar::{closes, folded, unquoted};

/// How deep maps and lists may be in one another: sessions have seven of them at most.
const MOST_DEPTH: usize = 32;

/// The line, from 1, and why it cannot be read, as the end of a sentence.
type Fault = (usize, &'static str);

/// Reads the document.
///
/// # Errors
/// It is written in another way.
pub(super) fn parse(text: &str) -> Result<Value, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.split('\n');
    let lines = lines.map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut lines: Vec<Line<'_>> = lines.map(Line::new).collect();
    if text.ends_with('\n') {
        lines.pop();
    }
    if let Some(first) = lines.first_mut()
        && first.text == "---"
    {
        first.text = "";
    }
    let mut reader = Reader { lines, at: 0 };
    let value = reader.block(0)?;
    match reader.look() {
        None => Ok(value),
        Some(_) => Err(reader.fault("it is indented otherwise than what stands before")),
    }
}

/// A line: its indentation, and what stands behind it.
#[derive(Clone, Copy)]
struct Line<'y> {
    indent: usize,
    text: &'y str,
}

impl<'y> Line<'y> {
    fn new(line: &'y str) -> Self {
        let text = line.trim_start_matches(' ');
        Self {
            indent: line.len() - text.len(),
            text,
        }
    }

    /// Whether it is an item of a list.
    fn is_item(self) -> bool {
        self.text == "-" || self.text.starts_with("- ")
    }

    /// What stands behind an indentation, of which a blank line may have less.
    fn behind(self, indent: usize) -> String {
        let spaces = self.indent.saturating_sub(indent);
        format!("{:spaces$}{}", "", self.text)
    }
}

struct Reader<'y> {
    lines: Vec<Line<'y>>,
    at: usize,
}

impl<'y> Reader<'y> {
    fn fault(&self, why: &'static str) -> Fault {
        (self.at.min(self.lines.len().saturating_sub(1)) + 1, why)
    }

    /// The next line that is neither blank nor a comment.
    fn look(&mut self) -> Option<Line<'y>> {
        while let Some(line) = self.lines.get(self.at).copied() {
            if !line.text.trim_end().is_empty() && !line.text.starts_with('#') {
                return Some(line);
            }
            self.at += 1;
        }
        None
    }

    /// A list or a map, as deep as its first line is indented, or a text.
    fn block(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > MOST_DEPTH {
            return Err(self.fault("it is too deep"));
        }
        let Some(line) = self.look() else {
            return Ok(Value::Null);
        };
        if line.is_item() {
            return self.list(line.indent, depth);
        }
        if key_of(line.text).is_some() {
            return self.map(line.indent, depth);
        }
        // A text below its key.
        self.at += 1;
        self.scalar(line.text, line.indent.saturating_sub(1))
    }

    fn list(&mut self, indent: usize, depth: usize) -> Result<Value, Fault> {
        let mut list = Vec::new();
        while let Some(line) = self.look() {
            if line.indent != indent || !line.is_item() {
                break;
            }
            let rest = line.text.get(1..).unwrap_or_default();
            let text = rest.trim_start_matches(' ');
            let column = indent + 1 + (rest.len() - text.len());
            let is_nested = key_of(text).is_some() || text == "-" || text.starts_with("- ");
            list.push(if is_nested {
                // What stands behind the hyphen is the first line of a block.
                if let Some(line) = self.lines.get_mut(self.at) {
                    (line.indent, line.text) = (column, text);
                }
                self.block(depth + 1)?
            } else {
                self.at += 1;
                self.value(text, indent, false, depth)?
            });
        }
        Ok(Value::Array(list))
    }

    fn map(&mut self, indent: usize, depth: usize) -> Result<Value, Fault> {
        let mut map = Map::new();
        while let Some(line) = self.look() {
            if line.indent != indent || line.is_item() {
                break;
            }
            let Some((key, rest)) = key_of(line.text) else {
                return Err(self.fault("it has no key"));
            };
            self.at += 1;
            let value = self.value(rest, indent, true, depth)?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }

    /// What stands behind a key or a hyphen of that indentation, and on lines below.
    fn value(
        &mut self,
        text: &str,
        indent: usize,
        is_of_map: bool,
        depth: usize,
    ) -> Result<Value, Fault> {
        let text = text.trim_end();
        if !text.is_empty() && !text.starts_with('#') {
            return self.scalar(text, indent);
        }
        match self.look() {
            Some(line) if line.indent > indent => self.block(depth + 1),
            // The list of a key may stand right below it.
            Some(line) if is_of_map && line.indent == indent && line.is_item() => {
                self.block(depth + 1)
            }
            _ => Ok(Value::Null),
        }
    }

    /// A text that begins so, and may go on below where it is indented more than that.
    fn scalar(&mut self, text: &str, indent: usize) -> Result<Value, Fault> {
        match text.bytes().next() {
            Some(b'|') => self.in_block(text, indent, false),
            Some(b'>') => self.in_block(text, indent, true),
            Some(quote @ (b'"' | b'\'')) => self.quoted(text, char::from(quote)),
            Some(b'[' | b'{') => serde_json::from_str(text)
                .map_err(|_| (self.at, "it has a list or a map that is no JSON")),
            _ => Ok(self.plain(text, indent)),
        }
    }

    fn plain(&mut self, text: &str, indent: usize) -> Value {
        let mut lines = vec![without_comment(text)];
        while let Some(line) = self.lines.get(self.at) {
            let is_blank = line.text.trim_end().is_empty();
            if !is_blank && (line.indent <= indent || line.text.starts_with('#')) {
                break;
            }
            lines.push(without_comment(line.text));
            self.at += 1;
        }
        let text = folded(&lines);
        match text.trim_end() {
            "" | "~" | "null" => Value::Null,
            text => Value::from(text),
        }
    }

    fn quoted(&mut self, text: &str, quote: char) -> Result<Value, Fault> {
        let start = self.at;
        let mut lines = vec![text];
        while !closes(&lines, quote) {
            let Some(line) = self.lines.get(self.at) else {
                return Err((start, "its quotation has no end"));
            };
            lines.push(line.text);
            self.at += 1;
        }
        let text = unquoted(&lines, quote);
        text.map(Value::from)
            .ok_or((start, "its quotation cannot be read"))
    }

    /// A text on the lines below, as they are or with their ends as spaces.
    fn in_block(&mut self, head: &str, indent: usize, is_folded: bool) -> Result<Value, Fault> {
        let marks = without_comment(head.get(1..).unwrap_or_default());
        let digit = marks.bytes().find(u8::is_ascii_digit);
        if marks.len() > 2 {
            return Err((self.at, "it has more than a text in a block"));
        }
        let given = digit.map(|digit| indent + usize::from(digit - b'0'));
        let is_text = |line: &&Line<'_>| !line.text.is_empty();
        let rest = self.lines.get(self.at..).unwrap_or_default();
        let first = rest.iter().find(is_text).map_or(0, |line| line.indent);
        let margin = given.unwrap_or_else(|| first.max(indent + usize::from(self.at > 0)));
        let mut lines = Vec::new();
        while let Some(line) = self.lines.get(self.at) {
            if !line.text.is_empty() && line.indent < margin {
                break;
            }
            lines.push(line.behind(margin));
            self.at += 1;
        }
        let blank = lines
            .iter()
            .rev()
            .take_while(|line| line.is_empty())
            .count();
        lines.truncate(lines.len() - blank);
        let mut text = if is_folded {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            folded(&lines)
        } else {
            lines.join("\n")
        };
        let ends = match marks {
            _ if marks.contains('-') => 0,
            _ if marks.contains('+') => blank + usize::from(!lines.is_empty()),
            _ => usize::from(!lines.is_empty()),
        };
        text.push_str(&"\n".repeat(ends));
        Ok(Value::from(text))
    }
}

/// A key, and what stands behind its colon; `None` if there is none.
fn key_of(text: &str) -> Option<(String, &str)> {
    let first = text.chars().next()?;
    if matches!(first, '"' | '\'') {
        let ends = text.match_indices(':').map(|(at, _)| at);
        let mut ends = ends.filter(|at| closes(&[text.get(..*at).unwrap_or_default()], first));
        let (key, rest) = text.split_at_checked(ends.next()?)?;
        let rest = rest.strip_prefix(':')?;
        let is_end = rest.is_empty() || rest.starts_with(' ');
        return Some((unquoted(&[key], first)?, rest.trim_start())).filter(|_| is_end);
    }
    if matches!(first, '|' | '>' | '[' | '{') {
        return None;
    }
    let text = text.trim_end();
    let (key, rest) = match text.split_once(": ") {
        Some(parts) => parts,
        None => (text.strip_suffix(':')?, ""),
    };
    Some((key.trim_end().to_owned(), rest.trim_start()))
}

/// A line without a comment at its end.
fn without_comment(line: &str) -> &str {
    let (line, _) = line.split_once(" #").unwrap_or((line, ""));
    line.trim_end()
}

#[cfg(test)]
mod tests;
