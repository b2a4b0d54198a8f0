//! What can be seen of a line of JSON that cannot be used.

const KEY: &[u8] = b"\"line\"";

/// How much is enough to tell a command.
const HEAD_BYTES: usize = 16;

/// The first characters of the command that a line which cannot be used would
/// have been; empty if it would have been none. It looks at the bytes, which
/// need not be JSON: what it looks for cannot be inside a string.
pub(crate) fn json_head(bytes: &[u8]) -> Vec<u8> {
    let keys = memchr::memmem::find_iter(bytes, KEY);
    let mut heads = keys.filter_map(|at| {
        let rest = bytes[at + KEY.len()..].trim_ascii_start();
        let rest = rest.strip_prefix(b":")?.trim_ascii_start();
        Some(decoded(rest.strip_prefix(b"\"")?))
    });
    let command = heads.find(|head| head.first() == Some(&b'/'));
    command.unwrap_or_default()
}

/// The beginning of a string whose first quote has been read.
fn decoded(mut rest: &[u8]) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    while head.len() < HEAD_BYTES
        && let [first, after @ ..] = rest
    {
        let (byte, after) = match (first, after) {
            (b'"', _) => break,
            (b'\\', [b'u', b'0', b'0', high, low, after @ ..]) => {
                let digits = [*high, *low];
                let code = str::from_utf8(&digits).ok();
                let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
                (code.unwrap_or(b'?'), after)
            }
            (b'\\', [b'n' | b't' | b'r' | b'f', after @ ..]) => (b' ', after),
            (b'\\', [escaped, after @ ..]) => (*escaped, after),
            (first, after) => (*first, after),
        };
        head.push(byte);
        rest = after;
    }
    head
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_head_of_a_line_that_cannot_be_used() {
        let head = |json: &str| String::from_utf8(super::json_head(json.as_bytes())).unwrap();
        assert_eq!(head(r#"{"line" : "/user bob"#), "/user bob");
        assert_eq!(head(r#"{"line":"\/us\u0065r b","x":1}"#), "/user b");
        assert_eq!(head(r#"{"line":"/user\u0000"}"#), "/user\0");
        assert_eq!(head(r#"{"say":"\"line\":\"/user bob\""}"#), "");
        assert_eq!(head(r#"["/user bob"]"#), "");
        assert_eq!(head(r#"{"line":7}"#), "");
        assert_eq!(head(r#"{"line":"said","line":"/user b"}"#), "/user b");
        assert_eq!(head(r#"{"user":"line","line":"/user b","#), "/user b");
    }
}
