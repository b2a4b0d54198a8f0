//! What looks a little like a key, and is none. What a scanner might take for one is
//! divided here.

use super::*;

const NONE: &[&str] = &[
    // Stand-ins.
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-...",
    "sk-your-api-key-here",
    "sk-proj-your-own-key-goes-here-and-nothing-else-at-all",
    "sk-proj-a-very-long-name-of-a-class-in-a-style-sheet-of-2026",
    "AKIAIOSFODNN7EXAMPLE",
    concat!(
        "aws_secret_access",
        "_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    ),
    "ghp_…",
    "ghp_....................................",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    concat!("gh", "p_abcdefghijklmnopqrstuvwxyz0123456789"),
    concat!("gh", "p_000000000000000000000000000000000000"),
    "ghp_ and 36 characters behind it",
    "xoxb-your-token",
    concat!(
        "xo",
        "xb-123456789012-123456789012-xxxxxxxxxxxxxxxxxxxxxxxx"
    ),
    "hf_<your token>",
    "export OPENAI_API_KEY=<your key>",
    "export OPENAI_API_KEY=$KEY_OF_MINE_2026",
    "export API_KEY=\"${API_KEY:-none}\"",
    "api_key = os.environ[\"OPENAI_API_KEY\"]",
    "api_key: process.env.OPENAI_API_KEY_V2",
    "api_key = \"YOUR_API_KEY_1234567890ab\"",
    "Authorization: Bearer $TOKEN",
    "Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE",
    "Authorization: Basic QWxhZGRpbjpvcGVu",
    "basic authentication is not enough",
    "Basic dXNlcjpwYXNzd29yZA==",
    "the bearer of this letter",
    "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    // Addresses.
    "postgres://user:password@localhost/db",
    "postgres://postgres:postgres@localhost:5432/app",
    "postgres://user:changeme@db.lovelace.io/app",
    "postgres://user:example@db.lovelace.io/app",
    "postgres://user:secret@db.lovelace.io/app",
    "postgres://user:s3cret@db.lovelace.io/app",
    "postgres://user:$PASSWORD@db.lovelace.io/app",
    "postgres://user:${DB_PASSWORD}@db.lovelace.io/app",
    "postgres://user:{password}@db.lovelace.io/app",
    "postgres://user:***@db.lovelace.io/app",
    "postgres://user:<password>@db.lovelace.io/app",
    "postgres://user:%s@db.lovelace.io/app",
    "postgres://user@db.lovelace.io/app",
    "https://ada:hunter2@example.com/",
    "https://lovelace.io:8443/a@b",
    "https://lovelace.io/a:b@c",
    "ssh://git@github.com:22/ada/engine.git",
    "see http://[::1]:8080/ or http://10.0.0.1:80/@x",
    "mailto:ada@lovelace.io",
    // Numbers of things.
    "3451832fa0c97d1e5b6a48c2d07f93be61a4d85c",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "d41d8cd98f00b204e9800998ecf8427e",
    "550e8400-e29b-41d4-a716-446655440000",
    "token = \"550e8400-e29b-41d4-a716-446655440000\"",
    "token: 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "secret_hash = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca\"",
    "password_hash: '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW'",
    "Cargo.lock: checksum = \"a8f112729512f8e442d81f95a8a7ddf2b7c6b8a1a6f509a95864142b30cab2d3\"",
    "integrity sha512-Qk9v0Wd1uOLw7ZbGkYQWc5nqU1YyQmZ3cBvN0tXsLpRjHdEaFgKiMoVuSxCzWbTrYeQn2==",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGrq7Zb0tYp3v6WmQeXoJ9sKcLfUdHnRzBiVwTyExMqA ada@home",
    "1.2.3-rc.1+build.20261103.x86_64-unknown-linux-gnu",
    "v1.0-beta",
    "2026-11-03T10:20:30.123456789Z",
    "+1 (555) 010-9999, 12345678:AB",
    // Pictures, and programs without blanks.
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/",
    "!function(e,t){e.token=t.secret=function(n){return n.apiKey||(n.apiKey=r(n.passwd))};var i={token:e,password:t}}(a,b);",
    ".sk-fading-circle-of-twelve-dots-2{animation:sk-circle-fade-delay 1.2s infinite}",
    "npm_config_registry npm_lifecycle_event npm_package_version_major",
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "SKELETON SKU SK1234 ACCA AKIA ASIA",
    "sk_buff hf_hub_download(re_compile, r8_to_r16, ghp_repository)",
    "eyJust a word.eyJoke.and more of it than anybody would want to read",
    "eyJhbGciOiJIUzI1NiJ9",
    concat!(
        "ey",
        "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    ),
    // Names, and what is assigned to them in programs.
    "let token = Token::new(TokenKind::Bearer2, self.position_of_token);",
    "let password: String = read_password_from_terminal_v2(prompt)?;",
    "password = \"hunter2\"",
    "password = \"correct horse battery staple\"",
    "password: \"Password123!\"",
    "passwd=P4ssw0rd!",
    "password = getpass.getpass(\"Password: \")",
    "max_tokens: 4096, total_tokens = 123456789",
    "\"tokens\": [101, 7592, 2088, 102]",
    "secret_name: my-secret-of-production-v2",
    "SECRET_KEY_BASE_URL=https://lovelace.io/v2/keys",
    "token_type = \"urn:ietf:params:oauth:token-type:access_token\"",
    "tokenizer = AutoTokenizer.from_pretrained(\"bert-base-uncased\")",
    "access_key = config.get_access_key_of_user_2(user)",
    "private_key = load_pem_private_key(data, password=None)",
    "The password: it is never told.",
    // Marks without a key.
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\n<your key>\n-----END RSA PRIVATE KEY-----",
    "if text.contains(\"-----BEGIN PRIVATE KEY-----\") { find_the_end_of_it(text) } else { text.find(\"-----END PRIVATE KEY-----\") }",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEbVq7mTANBgkqhkiG9w0BAQsFADBsMRAwDgYDVQQGEwdV\nb2tub3duMRAwDgYDVQQIEwdVbmtub3duMRAwDgYDVQQHEwdVbmtub3duMRAwDgYD\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbVq7mTANBgkqhkiG9w0BAQsFADBs\n-----END PUBLIC KEY-----",
    "ssh-keygen prints a PRIVATE KEY and an END PRIVATE KEY",
];

#[test]
fn near_misses_are_left_alone() {
    assert!(NONE.len() >= 60);
    for text in NONE {
        for text in [
            (*text).to_owned(),
            format!("See {text} there."),
            format!("\"{text}\""),
            format!("{{\"text\": \"a\\n{}\\nb\"}}", in_json(text)),
        ] {
            assert_eq!(secrets_in(&text), [], "{text}");
            assert_eq!(secrets_in(&text), []);
        }
    }
}
