//! Contexts, and lists of users, personas and models, in narrow and in wide windows.

use super::*;
use crate::support::run::configured;
use crate::support::script::scripted;

/// What a line shows in windows of 40, 80 and 200 columns, in alice's latest session.
#[track_caller]
fn lists(saylog: &Saylog, line: &str, expected: [&str; 3]) {
    for (columns, expected) in [40, 80, 200].into_iter().zip(expected) {
        let mut terminal = Terminal::of_width(columns, saylog, &["--resume"], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types(format!("{CTRL_L}{line}\r"));
        terminal.shows(&format!("alice/<1>> {line}\n{expected}alice/<1>> ▏"));
        leave(terminal);
    }
}

#[test]
fn users_are_a_table_with_straight_columns() {
    let saylog = Saylog::new();
    let long = "你好 a name that is rather longer than others";
    let lines = format!("/user {long}\n/start\none\n/start\n/user alice\n/start\ntwo\n");
    assert_eq!(saylog.play(lines).code, 0);
    let cards = "* alice
    1 session, 2 messages, just now
  你好 a name that is rather longer tha…
    2 sessions, 2 messages, just now
";
    let table = "  user                                           sessions messages last
* alice                                                 1        2 just now
  你好 a name that is rather longer than others         2        2 just now
";
    let wide = "  user                                             sessions messages last
* alice                                                   1        2 just now
  你好 a name that is rather longer than others           2        2 just now
";
    lists(&saylog, "/users", [cards, table, wide]);
}

#[test]
fn personas_are_a_table_in_which_the_sessions_own_is_marked() {
    let saylog = configured(
        "[personas.critic]\nsystem = \"Find what is wrong with it, and say so in plain words.\"\n\
         model = \"mock:echo\"\n[personas.poet]\nmodel = \"cmd:/bin/rhyme --and reason --quickly\"\n\
         [personas.\"你好\"]\nsystem = \"你好你好你好你好你好你好你好你好你好你好你好你好\"\n\
         [users.alice]\npersona = \"critic\"\n",
    );
    assert_eq!(saylog.play("/start --as poet\n/system x\n").code, 0);
    let cards = "  critic (default)
    mock:echo
    Find what is wrong with it, and say…
* poet
    cmd:/bin/rhyme --and reason --quick…
  你好
    你好你好你好你好你好你好你好你好你…
";
    let table = "  persona              model         system prompt
  critic (default)     mock:echo     Find what is wrong with it, and say so in…
* poet                 cmd:/bin/rhy…
  你好                 -             你好你好你好你好你好你好你好你好你好你好你…
";
    let wide = "  persona                          model                        system prompt
  critic (default)                 mock:echo                    Find what is wrong with it, and say so in plain words.
* poet                             cmd:/bin/rhyme --and reason…
  你好                             -                            你好你好你好你好你好你好你好你好你好你好你好你好
";
    lists(&saylog, "/personas", [cards, table, wide]);
    let json = saylog
        .run(&["--json", "--resume", "-c", "/personas"])
        .stdout;
    let current: Vec<_> = json
        .lines()
        .filter(|row| row.contains(r#""current":true"#))
        .collect();
    assert_eq!(current.len(), 1, "{json}");
    assert!(current[0].contains(r#""persona":"poet""#), "{json}");
}

#[test]
fn the_model_that_answers_is_listed_and_marked_whatever_it_is() {
    let saylog = Saylog::new();
    let program = "cmd:/bin/echo a program with many arguments of which none is left out";
    assert_eq!(
        saylog
            .play(format!("/start\n/model {program}\n/system x\n"))
            .code,
        0
    );
    let narrow = "  mock
  mock:echo
  mock:slow
* cmd:/bin/echo a program with many
  arguments of which none is left out
";
    let row = format!("  mock\n  mock:echo\n  mock:slow\n* {program}\n");
    lists(&saylog, "/models", [narrow, &row, &row]);
    let named = saylog.run(&["-m", "cmd:/bin/cat", "-c", "/models"]);
    assert_eq!(
        named.stdout,
        "mock\nmock:echo\nmock:slow\ncmd:/bin/cat current\n"
    );
}

#[test]
fn the_columns_of_a_context_are_straight_for_every_role() {
    let saylog = scripted();
    let wide = "你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好 and so on";
    let lines = format!("/start\n/system be brief\n{wide}\n/quote #1\ntwo\n");
    assert_eq!(saylog.play(lines).code, 0);
    let cards = "  #1 system 6 tokens
    be brief
  #2 user 31 tokens
    你好你好你好你好你好你好你好你好你好
    你好你好你好你好你好你好你好 and so
    on
  #3 ai 31 tokens
    你好你好你好你好你好你好你好你好你好
    你好你好你好你好你好你好你好 and so
    on
  #4,#5 user 26 tokens
    #1 system, session
    <1>-4d19-4e6f-add8-2c88fa32b270
    :
    > be brief

    two
  #6 ai 5 tokens
    two
mock:echo: 4 messages, 99 of 8192 tokens
  (1 %)
";
    let table = "         id tokens role   text
         #1      6 system be brief
         #2     31 user   你好你好你好你好你好你好你好你好你好你好你好你好你好你
                          好你好你好 and so on
         #3     31 ai     你好你好你好你好你好你好你好你好你好你好你好你好你好你
                          好你好你好 and so on
      #4,#5     26 user   #1 system, session
                          <1>-4d19-4e6f-add8-2c88fa32b270:
                          > be brief

                          two
         #6      5 ai     two
mock:echo: 4 messages, 99 of 8192 tokens (1 %)
";
    let whole = "         id tokens role   text
         #1      6 system be brief
         #2     31 user   你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好 and so on
         #3     31 ai     你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好 and so on
      #4,#5     26 user   #1 system, session <1>-4d19-4e6f-add8-2c88fa32b270:
                          > be brief

                          two
         #6      5 ai     two
mock:echo: 4 messages, 99 of 8192 tokens (1 %)
";
    lists(&saylog, "/context", [cards, table, whole]);
}
