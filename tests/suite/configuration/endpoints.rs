//! What the file and the arguments say of endpoints.

use serde_json::{Value, json};

use super::Home;
use crate::support::run::{asking, check};
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
