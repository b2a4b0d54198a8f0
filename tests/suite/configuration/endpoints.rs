//! What the file and the arguments say of endpoints.

use serde_json::{Value, json};

use super::Home;
use crate::support::run::{asking, check, feed};
use crate::support::server::{Server, Turn, script};

/// What is sent besides model and messages.
fn sent(server: &Server) -> Value {
    let mut body = server.request().body;
    for ours in ["model", "messages"] {
        body.as_object_mut().expect("an object").remove(ours);
    }
    body
}

#[test]
fn a_parameter_that_is_json_is_json_and_null_takes_a_field_away() {
    let server = Server::replying(&["fine", "fine"]);
    let saylog = asking(&server);
    let parameters = [
        "stop=[\"END\"]",
        "kwargs={\"enable_thinking\":false}",
        "seed=7",
        "user=\"7\"",
        "effort=high",
        "stream_options=null",
    ];
    let mut arguments = vec!["--start"];
    arguments.extend(parameters.iter().flat_map(|pair| ["--parameter", pair]));
    arguments.extend(["-c", "hello"]);
    check(&saylog.run(&arguments), "fine\n", "", 0);
    assert_eq!(
        sent(&server),
        json!({
            "stream": true,
            "stop": ["END"],
            "kwargs": {"enable_thinking": false},
            "seed": 7,
            "user": "7",
            "effort": "high",
        })
    );
}

#[test]
fn the_file_takes_fields_away_and_arguments_come_first() {
    let server = Server::replying(&["fine", "fine"]);
    let home = Home::new(&format!(
        "model = \"m\"\n[models.m]\nbase_url = \"{}\"\nwithout = [\"stream_options\"]\n\
         parameters = {{ temperature = 0.5, stop = [\"a\"] }}\n",
        server.base()
    ));
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    home.prints(&[], &ask);
    assert_eq!(
        sent(&server),
        json!({"stream": true, "temperature": 0.5, "stop": ["a"]})
    );
    let flags = [
        "--parameter",
        "temperature=null",
        "--parameter",
        "stream_options={\"include_usage\":true}",
    ];
    home.prints(&[], &[&flags[..], &ask].concat());
    assert_eq!(
        sent(&server),
        json!({"stream": true, "stop": ["a"], "stream_options": {"include_usage": true}})
    );
}

#[test]
fn an_address_may_come_from_the_environment() {
    let server = Server::replying(&["fine"]);
    let home = Home::new("model = \"m\"\n[models.m]\nbase_url = \"http://${WHERE}/v1\"\n");
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    assert_eq!(home.prints(&[("WHERE", &server.host())], &ask), "fine\n");
}

#[test]
fn a_time_out_can_be_set_by_file_and_by_argument() {
    let silent = || Server::new([script(Turn::hangs)]);
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    let server = silent();
    let home = Home::new(&format!(
        "model = \"m\"\n[models.m]\nbase_url = \"{}\"\nfirst_byte = 0.1\nretries = 0\n",
        server.base()
    ));
    let outcome = home.run(&[], &ask);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    let server = silent();
    let base = server.base();
    let flags = [
        "-m",
        "m",
        "--base-url",
        &base,
        "--timeout",
        "first_byte=0.1",
        "--retries",
        "0",
    ];
    let outcome = Home::new("").run(&[], &[&flags[..], &ask].concat());
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
}

/// The first line and the headers of a request, in small letters, but for what is
/// always sent.
fn head(server: &Server) -> Vec<String> {
    let head = server.request().head;
    let lines = head.lines().filter(|line| !line.is_empty());
    let ours = [
        "host:",
        "accept",
        "content-",
        "user-agent:",
        "connection:",
        "transfer-",
    ];
    lines
        .filter(|line| {
            let line = line.to_ascii_lowercase();
            !ours.iter().any(|name| line.starts_with(name))
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_variable_without_a_key_is_told_once() {
    let server = Server::replying(&["fine", "fine"]);
    let home = Home::new(&format!(
        "model = \"m\"\n[models.m]\nbase_url = \"{}\"\nkey_variable = \"NO_KEY\"\n\
         [models.n]\nbase_url = \"http://localhost:1\"\nkey_variable = \"NONE\"\n",
        server.base()
    ));
    for value in ["", " "] {
        let ask = ["--ephemeral", "--start", "-c", "hello"];
        let outcome = home.run(&[("NO_KEY", value)], &ask);
        let told = "saylog: the variable NO_KEY holds no key: `m` is asked without one\n";
        check(&outcome, "fine\n", told, 0);
    }
    let told = home.run(&[], &["--ephemeral", "--model", "mock:echo", "-c", "/quit"]);
    check(&told, "", "", 0);
}

#[test]
fn headers_and_query_are_sent_with_what_variables_hold() {
    let server = Server::replying(&["fine", "fine"]);
    let home = Home::new(&format!(
        "model = \"m\"\n[models.m]\nbase_url = \"{}?a=b\"\nkey_variable = \"KEY\"\n\
         key_header = \"api-key\"\nheaders = {{ X-One = \"is ${{ONE}}, $$ONE\", x-two = \"2\" }}\n\
         query = {{ api-version = \"$ONE&x=y z\" }}\n",
        server.base()
    ));
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    let variables = [("KEY", "test-key-123"), ("ONE", "1")];
    assert_eq!(home.prints(&variables, &ask), "fine\n");
    assert_eq!(
        head(&server),
        [
            "POST /v1/chat/completions?a=b&api-version=1%26x%3Dy%20z HTTP/1.1",
            "api-key: test-key-123",
            "x-one: is 1, $ONE",
            "x-two: 2",
        ]
    );
    // Without a key, and of another form.
    home.run(&[("ONE", "1")], &ask);
    assert_eq!(
        head(&server)[1..],
        ["x-one: is 1, $ONE", "x-two: 2"].map(str::to_owned)
    );
}

#[test]
fn the_header_of_the_key_may_be_named_without_a_file() {
    let server = Server::replying(&["fine", "fine"]);
    let saylog = asking(&server);
    let key = ["--key-variable", "LOGNAME"];
    let ask = ["--start", "-c", "hello"];
    for (more, header) in [
        (&[][..], "authorization: Bearer test-key-123"),
        (&["--key-header", "api-key"], "api-key: test-key-123"),
    ] {
        let mut command = saylog.command();
        command.env("LOGNAME", "test-key-123");
        command.args([&key[..], more, &ask].concat());
        check(&feed(command, b""), "fine\n", "", 0);
        assert_eq!(head(&server)[1..], [header.to_owned()]);
    }
}

#[test]
fn the_key_of_the_flags_goes_to_their_address_and_to_no_other() {
    let (ours, other) = (
        Server::replying(&["one", "two"]),
        Server::replying(&["three", "four"]),
    );
    let home = Home::new(&format!(
        "[models.other]\nbase_url = \"{}\"\n[models.keyed]\nbase_url = \"{}\"\n\
         key_variable = \"OWN\"\n[models.ours]\nmodel = \"m\"\n",
        other.base(),
        other.base()
    ));
    let variables = [("KEY", "test-key-123"), ("OWN", "test-key-456")];
    let base = ours.base();
    let flags = ["--ephemeral", "--base-url", &base, "--key-variable", "KEY"];
    for (model, server, reply, headers) in [
        (
            "ours",
            &ours,
            "one",
            &["authorization: Bearer test-key-123"][..],
        ),
        ("any", &ours, "two", &["authorization: Bearer test-key-123"]),
        ("other", &other, "three", &[]),
        (
            "keyed",
            &other,
            "four",
            &["authorization: Bearer test-key-456"],
        ),
    ] {
        let ask = ["-m", model, "--start", "-c", "hello"];
        let told = home.prints(&variables, &[&flags[..], &ask].concat());
        assert_eq!(told, format!("{reply}\n"));
        assert_eq!(head(server)[1..], *headers, "{model}");
    }
}

/// The models that were asked, and the keys that they were asked with.
fn asked(server: &Server, count: usize) -> Vec<(String, String)> {
    let requests = (0..count).map(|_| {
        let request = server.request();
        let model = request.body["model"].as_str().expect("a model").to_owned();
        let mut lines = request.head.lines();
        let key = lines.find_map(|line| line.strip_prefix("authorization: Bearer "));
        (model, key.unwrap_or("none").to_owned())
    });
    requests.collect()
}

#[test]
fn the_endpoint_of_the_file_has_all_its_models_and_keys_stay_where_they_belong() {
    let (ours, other) = (
        Server::replying(&["one", "two", "three", "four"]),
        Server::replying(&["five", "six"]),
    );
    let home = Home::new(
        "model = \"a\"\nbase_url = \"http://${WHERE}/v1\"\nkey_variable = \"KEY\"\n\
         [models.shared]\nmodel = \"m\"\n[models.keyed]\nkey_variable = \"OWN\"\n",
    );
    let host = ours.host();
    let variables = [
        ("KEY", "test-key-123"),
        ("OWN", "test-key-456"),
        ("FLAG", "test-key-789"),
        ("WHERE", host.as_str()),
    ];
    let start = ["--ephemeral", "--start", "-c", "hello"];
    let turns = [
        "-c",
        "/model b",
        "-c",
        "hello",
        "-c",
        "/model shared",
        "-c",
        "hello",
    ];
    let told = home.prints(&variables, &[&start[..], &turns].concat());
    assert_eq!(told, "one\nb\ntwo\nshared\nthree\n");
    let pair = |model: &str, key: &str| (model.to_owned(), key.to_owned());
    assert_eq!(
        asked(&ours, 3),
        [
            pair("a", "test-key-123"),
            pair("b", "test-key-123"),
            pair("m", "test-key-123"),
        ]
    );
    // The flags are about another address: what no table describes is asked there, and
    // what the file says stays at that of the file.
    let base = other.base();
    let flags = ["--base-url", &base, "--key-variable", "FLAG"];
    let turns = ["-c", "/model keyed", "-c", "hello"];
    let told = home.prints(&variables, &[&flags[..], &start, &turns].concat());
    assert_eq!(told, "five\nkeyed\nfour\n");
    assert_eq!(asked(&other, 1), [pair("a", "test-key-789")]);
    assert_eq!(asked(&ours, 1), [pair("keyed", "test-key-456")]);
    let told = home.prints(&variables, &[&flags[..2], &start].concat());
    assert_eq!(told, "six\n");
    assert_eq!(asked(&other, 1), [pair("a", "none")]);
}

#[test]
fn an_endpoint_of_the_file_that_is_wrong_is_told_and_stops_nobody_else() {
    for (endpoint, told) in [
        (
            "base_url = \"http://$UNSET/v1\"",
            "1: `base_url` cannot be used: the variable UNSET is not set",
        ),
        (
            "api = \"chat\"",
            "1: `api` is of an endpoint, and there is no `base_url`",
        ),
        (
            "base_url = \"http://localhost:1/v1\"\nkey_variable = \"gsk_0123456789abcdefghijklmnop\"",
            "2: `key_variable` takes the name of an environment variable, and never the key itself",
        ),
    ] {
        let home = Home::new(&format!("{endpoint}\n"));
        let outcome = home.run(&[], &["--ephemeral", "-c", "/users", "-c", "/model x"]);
        let told = format!("the endpoint cannot be used: <home>/.config/saylog/config.toml:{told}");
        assert_eq!(
            outcome.stderr,
            format!("saylog: {told}; `--no-config` ignores the file\n-c:2: {told}\n")
        );
        assert_eq!(outcome.code, 1);
        assert!(!outcome.stdout.is_empty());
    }
}

#[test]
fn a_value_that_is_secret_is_in_no_error() {
    let body = "{\"error\":{\"message\":\"test-key-123 is wrong, and so is test-key-456\"}}";
    let server = Server::refusing("400 Bad Request", body);
    let home = Home::new(&format!(
        "model = \"m\"\n[models.m]\nbase_url = \"{}\"\nheaders = {{ x-a = \"$ONE\" }}\n\
         query = {{ sig = \"$TWO\" }}\n",
        server.base()
    ));
    let variables = [("ONE", "test-key-123"), ("TWO", "test-key-456")];
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    let outcome = home.run(&variables, &ask);
    assert_eq!(outcome.code, 1);
    assert!(!outcome.stderr.contains("test-key"), "{}", outcome.stderr);
}

#[test]
fn a_secret_in_the_address_is_in_no_error_and_not_in_the_store() {
    let body = "{\"error\": {\"code\": \"context_length_exceeded\", \"message\": \"This model's \
                maximum context length is 300 tokens: /test-key-123/v1?key=test%2Dkey%2D456 \
                and test-key-789\"}}";
    let server = Server::refusing("400 Bad Request", body);
    let home = Home::new(&format!(
        "model = \"m\"\nstore = \"~/log.db\"\n[models.m]\n\
         base_url = \"http://{}/$TOKEN/v1?key=$KEY&other=test-key-789\"\n",
        server.host()
    ));
    let variables = [("TOKEN", "test-key-123"), ("KEY", "test%2Dkey%2D456")];
    let outcome = home.run(&variables, &["--start", "-c", "hello"]);
    assert_eq!(outcome.code, 1);
    let first = head(&server).swap_remove(0);
    assert_eq!(
        first,
        "POST /test-key-123/v1/chat/completions?key=test%2Dkey%2D456&other=test-key-789 HTTP/1.1"
    );
    let told = outcome.stderr;
    assert!(told.contains("300 tokens: "), "{told}");
    let is_cut = ["123", "456", "789"].map(|end| !told.contains(end));
    assert_eq!(is_cut, [true; 3], "{told}");
    let mut kept = Vec::new();
    for file in ["log.db", "log.db-wal"] {
        kept.extend(home.bytes(file));
    }
    let has = |text: &[u8]| kept.windows(text.len()).any(|bytes| bytes == text);
    assert!(has(b"/$TOKEN/v1") && !has(b"test-key") && !has(b"test%2D"));
}

#[test]
fn secrets_do_not_go_over_plain_http_but_where_that_is_allowed() {
    let text = |more: &str| {
        format!(
            "[models.m]\nbase_url = \"http://h.invalid/v1\"\nheaders = {{ x = \"y\" }}\n\
             retries = 0\n{more}"
        )
    };
    let ask = ["--ephemeral", "--start", "-c", "/model m"];
    let outcome = Home::new(&text("")).run(&[], &ask);
    let told = "what `headers` holds is not sent over plain http to h.invalid; use https";
    assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
    assert_eq!(outcome.code, 1);
    let allowed = Home::new(&text("allow_key_over_http = true\n"));
    assert_eq!(
        allowed.prints(&[], &["--ephemeral", "-c", "/model m"]),
        "m\n"
    );
    // The flag is about the endpoint of the flags, and not about others.
    let flag = ["--allow-key-over-http", "--key-variable", "KEY"];
    let key = [("KEY", "test-key-123")];
    let outcome = Home::new(&text("")).run(&key, &[&flag[..], &ask].concat());
    assert_eq!(outcome.code, 1);
    let base = ["--base-url", "http://h.invalid/v1", "--ephemeral"];
    let model = ["-c", "/model other"];
    let home = Home::new("");
    assert_eq!(
        home.prints(&key, &[&base[..], &flag, &model].concat()),
        "other\n"
    );
    let outcome = home.run(&key, &[&base[..], &flag[1..], &model].concat());
    assert_eq!(outcome.code, 1);
}

#[test]
fn a_proxy_of_the_file_is_named_as_such() {
    let home = Home::new("[models.m]\nbase_url = \"http://localhost:1/v1\"\nproxy = \"http://\"\n");
    let outcome = home.run(&[], &["--ephemeral", "-c", "/user"]);
    let told = "the address of the proxy (`proxy` of the model `m`) is no URL";
    assert!(outcome.stderr.contains(told), "{}", outcome.stderr);
}

#[test]
fn a_file_of_certificates_that_is_none_is_told_when_it_is_needed() {
    let home = Home::new(
        "model = \"m\"\n[models.m]\nbase_url = \"https://localhost:1/v1\"\nca_file = \"~/none.pem\"\n",
    );
    home.prints(&[], &["--ephemeral", "-c", "/user"]);
    let outcome = home.run(&[], &["--ephemeral", "--start", "-c", "hello"]);
    assert!(
        outcome.stderr.contains("<home>/none.pem"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn no_limit_is_no_limit() {
    let server = Server::replying(&["fine"]);
    let limits = ["connect", "first_byte", "idle", "total"];
    let limits = limits.map(|name| format!("{name} = 0\n")).concat();
    let home = Home::new(&format!(
        "model = \"m\"\n[models.m]\nbase_url = \"{}\"\n{limits}",
        server.base()
    ));
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    assert_eq!(home.prints(&[], &ask), "fine\n");
}
