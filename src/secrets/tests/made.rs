//! Keys that are made up, and put together when the tests run, so that no scanner
//! finds one in this repository.

const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
const CAPITAL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

/// Numbers that look drawn, and are the same each time.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        let high = usize::try_from(mixed >> 33).unwrap();
        high % limit
    }

    /// So many characters of an alphabet, of which a letter is the name. The first
    /// and the last are no signs.
    pub(super) fn text(&mut self, alphabet: char, length: usize) -> String {
        let letters = match alphabet {
            'x' => format!("{DIGITS}abcdef"),
            'X' => format!("{DIGITS}ABCDEF"),
            'd' => DIGITS.into(),
            'l' => format!("{SMALL}{DIGITS}"),
            'u' => format!("{CAPITAL}{DIGITS}"),
            '2' => format!("{CAPITAL}234567"),
            'B' => format!("{SMALL}{CAPITAL}{DIGITS}"),
            'w' => format!("{SMALL}{CAPITAL}{DIGITS}-_"),
            '+' => format!("{SMALL}{CAPITAL}{DIGITS}+/"),
            _ => panic!("{alphabet}"),
        };
        let letters = letters.as_bytes();
        let mut text = String::new();
        while text.len() < length {
            let letter = char::from(letters[self.below(letters.len())]);
            let is_inside = !text.is_empty() && text.len() + 1 < length;
            if is_inside || letter.is_ascii_alphanumeric() {
                text.push(letter);
            }
        }
        text
    }
}

/// A secret in a text, as a person would write it.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) kind: &'static str,
    pub(super) before: String,
    pub(super) secret: String,
    pub(super) after: String,
}

/// Puts a secret together: `#B36` are 36 characters that are drawn. What stands
/// outside of two bars is around it.
fn made(number: usize, kind: &'static str, template: &str) -> Made {
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15 ^ (u64::try_from(number).unwrap() << 20));
    let mut parts = template.split('#');
    let mut text = parts.next().unwrap().replace('~', "");
    for part in parts {
        let mut letters = part.chars();
        let alphabet = letters.next().unwrap();
        let rest = letters.as_str();
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let (length, rest) = rest.split_at(end.unwrap_or(rest.len()));
        text.push_str(&draw.text(alphabet, length.parse().unwrap()));
        // A tilde divides what must not stand in one piece here.
        text.push_str(&rest.replace('~', ""));
    }
    let parts: Vec<_> = text.split('|').collect();
    let [before, secret, after] = parts[..] else {
        return Made {
            kind,
            before: String::new(),
            secret: text,
            after: String::new(),
        };
    };
    Made {
        kind,
        before: before.into(),
        secret: secret.into(),
        after: after.into(),
    }
}

/// All of the table, and those that no template says.
pub(super) fn all() -> Vec<Made> {
    let table = super::keys::KEYS.iter().enumerate();
    let mut all: Vec<_> = table
        .map(|(number, (kind, template))| made(number, kind, template))
        .collect();
    all.extend(blocks());
    all.extend(web_tokens());
    all.push(basic());
    all.push(made(777, "an OpenShift token", "sha256\u{1}#w43"));
    all.push(made(778, "an Azure client secret", "#B3#d1Q\u{1}#w33"));
    for made in &mut all {
        made.secret = made.secret.replace('\u{1}', "~");
    }
    all
}

/// Private keys, whole and cut off.
fn blocks() -> Vec<Made> {
    let mut draw = Draw(0x1234_5678_9abc_def1);
    let mut made = Vec::new();
    for (words, is_whole) in [
        ("RSA PRIVATE KEY", true),
        ("PRIVATE KEY", true),
        ("EC PRIVATE KEY", true),
        ("ENCRYPTED PRIVATE KEY", true),
        ("OPENSSH PRIVATE KEY", true),
        ("PGP PRIVATE KEY BLOCK", true),
        ("RSA PRIVATE KEY", false),
    ] {
        let lines: Vec<_> = (0..9).map(|_| draw.text('+', 64)).collect();
        let lines = lines.join("\n");
        let dashes = "-".repeat(5);
        let end = format!("\nabc=\n{dashes}END {words}{dashes}");
        made.push(Made {
            kind: "a private key",
            before: String::new(),
            secret: format!(
                "{dashes}BEGIN {words}{dashes}\n{lines}{}",
                if is_whole { &end } else { "" }
            ),
            after: String::new(),
        });
    }
    made
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn web_tokens() -> Vec<Made> {
    let mut draw = Draw(0x0fed_cba9_8765_4321);
    let header = base64(r#"{"alg":"HS256","typ":"JWT"}"#);
    let says = base64(r#"{"sub":"8841","name":"Ada","iat":1516239022}"#);
    let token = format!("{header}.{says}.{}", draw.text('w', 43));
    let header = base64(r#"{"alg":"dir","enc":"A256GCM"}"#);
    let sealed = format!(
        "{header}..{}.{}.{}",
        draw.text('w', 16),
        draw.text('w', 60),
        draw.text('w', 22)
    );
    let made = |before: &str, secret| Made {
        kind: "a JSON web token",
        before: before.into(),
        secret,
        after: String::new(),
    };
    vec![
        made("", token.clone()),
        made("Authorization: Bearer ", token),
        made("", sealed),
    ]
}

fn basic() -> Made {
    let secret = base64(&format!("ada:{}", Draw(0xabcd).text('B', 17)));
    Made {
        kind: "a password in a header",
        before: "Authorization: Basic ".into(),
        secret,
        after: String::new(),
    }
}
