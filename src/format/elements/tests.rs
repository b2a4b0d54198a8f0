use super::*;

/// Gives one byte at a time, so that every cut is tried.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(0);
        };
        buffer[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

fn all(mut source: impl Read) -> (Vec<String>, Option<String>) {
    let mut elements = Elements::new(&mut source);
    let mut found = Vec::new();
    loop {
        match elements.next("list") {
            Ok(Some(Ok(element))) => found.push(String::from_utf8_lossy(element).into_owned()),
            Ok(Some(Err(why))) => found.push(why),
            Ok(None) => return (found, None),
            Err(Fault::Broken(Broken { place, why })) => {
                return (found, Some(format!("{place}: {why}")));
            }
            Err(Fault::Io(error)) => panic!("{error}"),
        }
    }
}

fn found(json: &str) -> (Vec<String>, Option<String>) {
    let found = all(json.as_bytes());
    assert_eq!(all(Drops(json.as_bytes())), found, "{json}");
    found
}

#[test]
fn elements_are_cut_out_whatever_is_in_them() {
    for (json, expected) in [
        ("[]", vec![]),
        ("\u{FEFF} [ ] \n", vec![]),
        ("[1, \"a]\\\"\", {}]", vec!["1", "\"a]\\\"\"", "{}"]),
        ("[{\"é]\":[[{}]]}]", vec!["{\"é]\":[[{}]]}"]),
        (
            "{\"a\":{\"list\":[9]},\"list\":[ 1 ,2],\"b\":",
            vec!["1", "2"],
        ),
    ] {
        let expected = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(found(json), (expected, None), "{json}");
    }
}

#[test]
fn where_a_list_is_none_is_told() {
    for (json, count, expected) in [
        ("", 0, "the beginning: it is no list of conversations"),
        ("{}", 0, "the beginning: it is no list of conversations"),
        ("{\"a\":[}", 0, "the beginning: its brackets do not match"),
        (
            "{\"list\":1}",
            0,
            "the beginning: it is no list of conversations",
        ),
        ("[", 0, "conversation 1: the file ends in the middle of it"),
        (
            "[1,{\"a\":\"",
            1,
            "conversation 2: the file ends in the middle of it",
        ),
        (
            "[{}",
            1,
            "conversation 2: the file ends before the list does",
        ),
        ("[{} {}]", 1, "conversation 2: there is no comma before it"),
        ("[{},]", 1, "conversation 2: there is nothing in its place"),
        (
            "[{\"a\":[}]",
            0,
            "conversation 1: its brackets do not match",
        ),
        (
            "[{}][{}]",
            1,
            "conversation 2: something else follows the list",
        ),
    ] {
        let (elements, why) = found(json);
        assert_eq!(
            (elements.len(), why.as_deref()),
            (count, Some(expected)),
            "{json}"
        );
    }
}

#[test]
fn depth_costs_no_stack() {
    let deep = format!("[{}{}]", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(all(deep.as_bytes()).0[0].len(), 400_000);
}

#[test]
fn what_is_too_long_costs_itself_and_what_is_too_deep_ends_the_list() {
    let long = io::repeat(b' ').take(RECORD_LIMIT as u64);
    let source = (&b"[[\""[..]).chain(long).chain(&b"\"], 2]"[..]);
    let expected = vec![
        "it is longer than 67108864 bytes".to_owned(),
        "2".to_owned(),
    ];
    assert_eq!(all(source), (expected, None));
    let deep = io::repeat(b'[').take(DEEPEST as u64 + 2);
    let why = "conversation 2: its brackets are nested too deep".to_owned();
    let source = (&b"[1, "[..]).chain(deep);
    assert_eq!(all(source), (vec!["1".to_owned()], Some(why)));
}
