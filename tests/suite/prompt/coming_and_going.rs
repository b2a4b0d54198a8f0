//! What is said at the start, and how to come back at the end.

use super::*;
use crate::support::server::{Server, script};

/// The program as on a machine where it was never started: it looks for an Ollama there.
fn first_start(saylog: &Saylog, cols: u16, ollama: &str, variables: &[(&str, &str)]) -> Terminal {
    let first = [&[("SAYLOG_TEST_OLLAMA", ollama)], variables].concat();
    Terminal::of_width(cols, saylog, &[], &first)
}

/// A port of this machine at which nobody answers.
const NOBODY: &str = "127.0.0.1:1";

#[test]
fn a_first_start_says_how_to_talk_to_a_real_model() {
    let saylog = Saylog::new();
    let terminal = first_start(&saylog, 80, NOBODY, &[]);
    terminal.shows(&format!(
        "{BANNER}
No model is chosen yet: a mock answers. Start Ollama, or set a variable such as
  OPENAI_API_KEY, and come again. Everything else:
saylog --config-template
alice> ▏"
    ));
    leave(terminal);
}

#[test]
fn a_variable_that_holds_a_key_is_named_and_the_key_is_not() {
    let saylog = Saylog::new();
    let key = [("OPENAI_API_KEY", "sk-secret"), ("GROQ_API_KEY", "")];
    for (cols, expected) in [
        (
            200,
            "saylog VERSION: mock answers alice. /help lists the commands, Ctrl-D leaves.
No model is chosen yet: a mock answers. OPENAI_API_KEY is set; start again, with a model of yours:
saylog --base-url https://api.openai.com/v1 --key-variable OPENAI_API_KEY -m MODEL
alice> ▏",
        ),
        (
            40,
            "saylog VERSION: mock answers alice. /help
  lists the commands, Ctrl-D leaves.
No model is chosen yet: a mock answers.
  OPENAI_API_KEY is set; start again,
  with a model of yours:
saylog --base-url https://api.openai.com
/v1 --key-variable OPENAI_API_KEY -m MOD
EL
alice> ▏",
        ),
    ] {
        let terminal = first_start(&saylog, cols, NOBODY, &key);
        terminal.shows(&expected.replace("VERSION", env!("CARGO_PKG_VERSION")));
        assert!(!terminal.written().contains("sk-secret"));
        leave(terminal);
    }
}

#[test]
fn an_ollama_that_answers_is_offered_with_its_first_model() {
    let saylog = Saylog::new();
    let list = "HTTP/1.0 200 OK\r\n\r\n{\"models\":[{\"name\":\"llama3.2\"},{\"name\":\"phi4\"}]}";
    let server = Server::new([script(move |mut turn| {
        turn.sends(list);
    })]);
    let address = server.host();
    let terminal = first_start(&saylog, 80, &address, &[("XAI_API_KEY", "x")]);
    terminal.shows(&format!(
        "{BANNER}
No model is chosen yet: a mock answers. Ollama runs here and has llama3.2
  (XAI_API_KEY is set, too):
saylog --base-url http://{address}/v1 -m llama3.2
alice> ▏"
    ));
    assert!(
        server
            .request()
            .head
            .starts_with("GET /api/tags HTTP/1.0\r\n")
    );
    leave(terminal);
}

#[test]
fn who_has_chosen_a_model_is_told_nothing_and_nobody_is_asked() {
    let saylog = Saylog::new();
    let server = Server::new([script(|_| panic!("nobody may ask"))]);
    let key = ("OPENAI_API_KEY", "x");
    let ollama = server.host();
    for (arguments, variables) in [
        (&["--model", "mock"][..], &[key][..]),
        (&[], &[key, ("SAYLOG_MODEL", "mock")]),
    ] {
        let first = [&[("SAYLOG_TEST_OLLAMA", ollama.as_str())], variables].concat();
        let terminal = Terminal::of(&saylog, arguments, &first);
        terminal.shows(&format!("{BANNER}\nalice> ▏"));
        leave(terminal);
    }
    let saylog =
        crate::support::run::configured("[models.m]\nbase_url = \"http://localhost:1/v1\"\n");
    let terminal = first_start(&saylog, 80, &ollama, &[key]);
    terminal.shows(&format!("{BANNER}\nalice> ▏"));
    leave(terminal);
}

#[test]
fn a_run_of_which_nothing_is_kept_says_so_and_no_way_back() {
    let mut command = std::process::Command::new(crate::support::run::SAYLOG);
    let saylog = Saylog::new();
    command
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("SAYLOG_TEST_OLLAMA", "none")
        .current_dir(saylog.folder())
        .args(["--ephemeral", "--user", "alice"]);
    let mut terminal = Terminal::start(&command);
    terminal.shows(&format!(
        "{BANNER}\nNothing of this is kept: --ephemeral.\nalice> ▏"
    ));
    terminal.types("hello\r");
    terminal.shows_at_last(FIRST);
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    terminal.shows_at_last("\nalice/<1>>\n▏");
}

#[test]
fn whoever_leaves_is_told_how_to_come_back() {
    let saylog = Saylog::new();
    for keys in [CTRL_D, "/quit\r"] {
        let mut terminal = Terminal::of_width(200, &saylog, &[], &[]);
        terminal.shows_at_last("\nalice> ▏");
        terminal.types("/user bob o'hara\r/start plan\r");
        terminal.shows_at_last("\nbob o'hara/plan> ▏");
        terminal.types(keys);
        assert_eq!(terminal.ends(), "Success");
        let store = saylog.store().display().to_string();
        terminal.shows_such("the way back", |screen| {
            let way =
                format!("\ncome back with: saylog --store {store} -u 'bob o'\\''hara' --resume ");
            let last = screen.split(&way).nth(1);
            last.is_some_and(|last| last == "<1>\n▏" || last == "<2>\n▏")
        });
    }
    // It can be copied out of a narrow window: no blank is added where it is broken.
    let mut terminal = Terminal::of_width(40, &saylog, &[], &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("/start\r");
    terminal.shows_at_last("\nalice/<1>> ▏");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    let way = format!(
        "come back with: saylog --store {} -u alice --resume ",
        saylog.store().display()
    );
    assert!(terminal.written().contains(&way), "{}", terminal.written());
    // Who was in no session is told nothing.
    let mut terminal = prompt(&saylog);
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    terminal.shows(&format!("{BANNER}\nalice>\n▏"));
}
