//! Blocks of HTML in which Open WebUI keeps what is no part of a reply's text.

use super::super::composed::Content;
use super::super::conversation::LeftOut;

const OPENING: &str = "<details";
const CLOSING: &str = "</details>";

/// A reply without the blocks that have a type. Those that hold what the model thought
/// go to `reasoning`, and others are counted. A block without a type was written by the
/// model and stays.
pub(super) fn without_details(
    reply: &str,
    reasoning: &mut Content,
    left_out: &mut LeftOut,
) -> String {
    let mut text = String::new();
    let mut rest = reply;
    while let Some((before, opened)) = rest.split_once(OPENING) {
        text.push_str(before);
        let Some((kind, inner)) = opening_of(opened) else {
            text.push_str(OPENING);
            rest = opened;
            continue;
        };
        let (block, behind) = block_of(inner);
        rest = behind.trim_start_matches('\n');
        match kind {
            "reasoning" => reasoning.say(&thought_of(block)),
            "tool_calls" => left_out.count("tool calls"),
            "code_interpreter" => left_out.count("code runs"),
            _ => left_out.count("details"),
        }
    }
    if text.is_empty() {
        return rest.to_owned();
    }
    text.push_str(rest);
    text.trim_end().to_owned()
}

/// The type that a tag names, and what is behind the tag. A tag in which another begins
/// is none, so that nothing is looked at twice.
fn opening_of(opened: &str) -> Option<(&str, &str)> {
    let (tag, _) = opened.split_at_checked(opened.find(['<', '>'])?)?;
    let inner = opened.strip_prefix(tag)?.strip_prefix('>')?;
    let (_, kind) = tag.split_once(" type=\"")?;
    let (kind, _) = kind.split_once('"')?;
    Some((kind, inner))
}

/// A block up to where it is closed, and what is behind it. Blocks may be in it; one
/// that is never closed goes on to the end.
fn block_of(inner: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(length) = inner.get(at..).and_then(|rest| rest.find('<')) {
        at += length;
        let rest = inner.get(at..).unwrap_or_default();
        if rest.starts_with(OPENING) {
            depth += 1;
        } else if rest.starts_with(CLOSING) {
            if depth == 0 {
                let (block, _) = inner.split_at(at);
                return (block, rest.strip_prefix(CLOSING).unwrap_or_default());
            }
            depth -= 1;
        }
        at += 1;
    }
    (inner, "")
}

/// What was thought, without the summary above it and without the marks of a quotation.
fn thought_of(block: &str) -> String {
    let thought = match block.split_once("</summary>") {
        Some((_, thought)) => thought,
        None => block,
    };
    let lines = thought.trim().lines().map(|line| {
        let line = plain(line);
        let quoted = line.strip_prefix("> ").or_else(|| line.strip_prefix('>'));
        quoted.map_or(line.clone(), str::to_owned)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A line with its characters as they are; the one that escapes the others comes last.
fn plain(line: &str) -> String {
    const ESCAPED: [(&str, &str); 6] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    ESCAPED
        .iter()
        .fold(line.to_owned(), |line, (escaped, character)| {
            line.replace(escaped, character)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(reply: &str) -> (String, Option<String>, Vec<(&'static str, u64)>) {
        let (mut reasoning, mut left_out) = (Content::default(), LeftOut::default());
        let text = without_details(reply, &mut reasoning, &mut left_out);
        (text, reasoning.finish(), left_out.kinds().collect())
    }

    #[test]
    fn thoughts_are_read_and_tools_are_counted() {
        let reply = "<details type=\"reasoning\" done=\"true\" duration=\"3\">\n\
            <summary>Thought for 3 seconds</summary>\n&gt; a &amp;lt; é\n> b\n</details>\n\
            So <details type=\"tool_calls\" name=\"x\">{<details>&gt;</details>}</details>\
            and <details type=\"code_interpreter\">1</details>so 🙂\n\
            <details type=\"other\"></details>";
        let (text, reasoning, left_out) = split(reply);
        assert_eq!(text, "So and so 🙂");
        assert_eq!(reasoning.as_deref(), Some("a &lt; é\nb"));
        assert_eq!(
            left_out,
            [("code runs", 1), ("details", 1), ("tool calls", 1)]
        );
    }

    #[test]
    fn what_the_model_wrote_stays_and_what_is_open_goes_on() {
        for (reply, text, reasoning) in [
            ("no é 你好", "no é 你好", None),
            (" <details", " <details", None),
            (
                "<details><summary>a</summary>b</details>",
                "<details><summary>a</summary>b</details>",
                None,
            ),
            ("a<details type=\"reasoning\">b", "a", Some("b")),
            ("<details type=\"reasoning\"></details>", "", None),
            (
                "<details type=\"reasoning\"><details>b</details>",
                "",
                Some("<details>b</details>"),
            ),
        ] {
            let (found, thought, _) = split(reply);
            assert_eq!(
                (found.as_str(), thought.as_deref()),
                (text, reasoning),
                "{reply}"
            );
        }
    }
}
