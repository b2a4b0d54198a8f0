//! Thought and text, however they arrive.

use super::*;

fn split(pieces: impl IntoIterator<Item = impl Into<String>>) -> (String, String) {
    let mut splitter = ThinkingSplitter::default();
    let mut all = Split::default();
    let mut add = |split: Split| {
        all.thought.push_str(&split.thought);
        all.text.push_str(&split.text);
    };
    for piece in pieces {
        add(splitter.push(piece.into()));
    }
    add(splitter.finish());
    (all.thought, all.text)
}

#[test]
fn thought_is_told_from_text_in_any_pieces() {
    for (reply, thought, text) in [
        ("<think>\nmusings\n</think>\n\nanswer", "musings", "answer"),
        ("<thinking>a\nb</thinking>c", "a\nb", "c"),
        (" \n<think>a</think> \n \n  indented", "a", "  indented"),
        ("<think>a</think> b", "a", " b"),
        ("<think></think>\nb", "", "b"),
        ("<think>é < 你 </thin </think>b", "é < 你 </thin", "b"),
        ("<THINK>a</Think>b", "a", "b"),
        ("<thought>a</thought>b", "a", "b"),
        ("[THINK]a[/THINK]b", "a", "b"),
        ("[THINK", "", "[THINK"),
        ("<think>a</think>\n\n<think>b</think>\nc", "a\n\nb", "c"),
        ("<think></think><think> b</think> c", "b", " c"),
        ("<think>a</think><think></think>", "a", ""),
        ("<think>a</think>\n<thi", "a", "<thi"),
        ("<think>without an end", "without an end", ""),
        ("<think>half a tag </thi", "half a tag </thi", ""),
        ("<thi", "", "<thi"),
        ("<thinker>a", "", "<thinker>a"),
        ("  plain\n", "", "  plain\n"),
        ("a <think>b</think>", "", "a <think>b</think>"),
        (
            "<think>a</think>b<think>c</think>",
            "a",
            "b<think>c</think>",
        ),
        (" \n ", "", ""),
        ("", "", ""),
    ] {
        let expected = (thought.to_owned(), text.to_owned());
        assert_eq!(split([reply]), expected, "{reply:?}");
        assert_eq!(split(reply.chars()), expected, "{reply:?}");
        for at in (0..=reply.len()).filter(|at| reply.is_char_boundary(*at)) {
            let (one, two) = reply.split_at(at);
            assert_eq!(split([one, two]), expected, "{reply:?} {at}");
        }
    }
}

#[test]
fn a_reply_knows_whether_there_is_a_word_in_it() {
    let mut reply = SplitReply::default();
    reply.push(" <thi".into());
    assert!(reply.is_silent() && !reply.has_text() && !reply.has_thought());
    reply.push("nk> \n a".into());
    reply.push_thought("b");
    assert!(reply.has_thought() && !reply.has_text());
    reply.push("</think>\nc".into());
    assert!(reply.has_text() && !reply.is_silent());
    let taken = reply.take();
    assert_eq!((taken.thought.as_str(), taken.text.as_str()), ("ab", "c"));
    assert!(reply.is_silent() && reply.has_text());
    let mut reply = SplitReply::default();
    reply.push("<thi".into());
    reply.release();
    assert_eq!(reply.take().text, "<thi");
}

#[test]
fn text_does_not_wait_and_blanks_are_not_held_for_ever() {
    let mut splitter = ThinkingSplitter::default();
    assert_eq!(splitter.push("a".into()).text, "a");
    let mut splitter = ThinkingSplitter::default();
    assert_eq!(splitter.push("<think>a".into()).thought, "a");
    assert_eq!(splitter.push("b".into()).thought, "b");
    let blanks = " ".repeat(HELD_BYTES + 1);
    assert_eq!(split([blanks.clone()]).1, blanks);
    let thought = format!("<think>a{blanks}b");
    assert_eq!(split([thought]).0, format!("a{blanks}b"));
}
