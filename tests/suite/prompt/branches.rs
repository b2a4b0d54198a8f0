//! Moves at the prompt: resuming sessions at launch, and how full the window is.

use super::*;

#[test]
fn the_prompt_shows_how_much_of_the_window_is_taken() {
    let saylog = Saylog::new();
    let arguments = ["--share", "--window", "100"];
    let mut terminal = Terminal::of(&saylog, &arguments, &[]);
    terminal.shows(&format!("{BANNER}\nalice> ▏"));
    terminal.types("hello\r");
    // Six tokens and twelve: a quarter for each character, four for each message. A
    // quarter of the window is the reply's.
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1> 24%> ▏");
    terminal.types("hello\r");
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1> 48%> ▏");
    terminal.types("/undo\r");
    terminal.shows_at_last("\nalice/<1> 24%> ▏");
    terminal.types("/clear\r");
    terminal.shows_at_last("\nalice/<1> 0%> ▏");
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob (new)\nbob> ▏");
    leave(terminal);
}

#[test]
fn the_configuration_may_ask_for_the_share() {
    let saylog = crate::support::run::configured("share = true\n");
    let mut terminal = prompt(&saylog);
    terminal.types("/start\r");
    terminal.shows_at_last("\nChat started successfully! Session <1>.\nalice/<1> 0%> ▏");
    leave(terminal);
}

#[test]
fn a_session_that_is_resumed_at_launch_shows_its_last_turns() {
    let saylog = Saylog::new();
    let lines = "/start my plan\none\ntwo\nthree\n/clear\nfour\nfive\nsix\n";
    assert_eq!(saylog.play(lines).code, 0);
    for arguments in [
        &["--resume"][..],
        &["--resume", "latest"],
        &["--resume", "my plan"],
    ] {
        let terminal = wide_prompt(&saylog, arguments, &[]);
        shows_timeless(
            &terminal,
            &format!(
                "{BANNER}\n\
Session <1> “my plan” resumed, last used just now, 12 messages, 6 in context.
alice/<1>  0000-00-00
  00:00:00    #9 user  five
  00:00:00   #10 ai    This is a mock response from AI.

  00:00:00   #11 user  six
  00:00:00   #12 ai    This is a mock response from AI.
alice/my plan> ▏"
            ),
        );
        leave(terminal);
    }
}

#[test]
fn a_cleared_session_is_resumed_with_a_word_on_how_to_go_back() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\none\n/clear\n").code, 0);
    let mut terminal = wide_prompt(&saylog, &["--resume"], &[]);
    shows_timeless(
        &terminal,
        &format!(
            "{BANNER}\n\
Session <1> resumed, last used just now, 2 messages, 0 in context.
its context is empty; `/undo` brings back what was cleared
alice/<1>> ▏"
        ),
    );
    terminal.types("/undo\r");
    terminal.shows_at_last(
        "\n2 messages came back into the context (#1, #2); `/redo` takes that back.\nalice/<1>> ▏",
    );
    leave(terminal);
}

#[test]
fn a_session_that_is_not_there_is_an_error_and_the_prompt_stays() {
    let saylog = two_people();
    let bobs = session_of(&saylog, "bob");
    // Another user's session is reported like one that does not exist.
    for which in ["nosuch", &bobs] {
        let mut terminal = Terminal::of_width(200, &saylog, &["--resume", which], &[]);
        let shown = if which == "nosuch" {
            which.to_owned()
        } else {
            "<1>".to_owned()
        };
        shows_timeless(
            &terminal,
            &format!(
                "{BANNER}\nerror: no session of yours has `{shown}` in its title or first words; \
                 `/sessions` lists them\nalice> ▏"
            ),
        );
        terminal.types("/user\r");
        terminal.shows_at_last("\nalice> /user\nalice\nalice> ▏");
        leave(terminal);
    }
}
