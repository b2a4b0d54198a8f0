//! `/resume` at the prompt: by any words of a title, and asked which one where
//! several have them.

use super::*;

const ESC: &str = "\x1b";

const LEFT_AS_IT_WAS: &str = "nothing was resumed";

/// Four sessions of alice, the first and the third with titles, and one of bob.
fn travellers() -> Saylog {
    let saylog = Saylog::new();
    let alices = "/start trip to Rome\nwhere to stay\n/start\nHow far is ROME from Oslo?\n\
                  /start Ärger im Büro\nhello\n/start\ncheap flights\n";
    let bobs = "/user bob\n/start rome of bob\nsecret\n";
    assert_eq!(saylog.play(format!("{alices}{bobs}")).code, 0);
    saylog
}

/// The two sessions with Rome, as they are offered.
const ROME: &str = "\
1  <1>  How far is ROME from Oslo?  just now
2  <2>  trip to Rome                just now";

/// Resumes by these words, and shows that it is the session in which this was said last.
#[track_caller]
fn resumes(terminal: &mut Terminal, words: &str, said: &str) {
    terminal.types(format!("/resume {words}\r"));
    terminal.shows_such(&format!("{said:?} after `{words}`"), |screen| {
        let shown = screen.rsplit_once(&format!("> /resume {words}\n"));
        shown.is_some_and(|(_, shown)| {
            shown.contains(&format!(" user  {said}\n")) && shown.ends_with("> ▏")
        })
    });
}

#[test]
fn any_words_of_a_title_or_of_what_was_said_first_are_enough() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    for (words, said) in [
        ("TRIP", "where to stay"),
        ("ome tri", "where to stay"),
        ("stay", "where to stay"),
        ("ärger BÜRO", "hello"),
        ("ÄRG…", "hello"),
        ("oslo rome", "How far is ROME from Oslo?"),
        ("ights", "cheap flights"),
        // What names one whole is no part of another.
        ("trip to Rome", "where to stay"),
        ("latest", "cheap flights"),
        ("2", "hello"),
    ] {
        resumes(&mut terminal, words, said);
    }
    leave(terminal);
}

#[test]
fn words_are_enough_at_the_start_of_a_prompt_too() {
    let saylog = travellers();
    let terminal = Terminal::of(&saylog, &["--resume", "TRIP"], &[]);
    terminal.shows_such("the session about a trip", |screen| {
        screen.contains("“trip to Rome”")
            && screen.contains(" user  where to stay\n")
            && screen.ends_with("\nalice/trip to Rome> ▏")
    });
    leave(terminal);
    let mut terminal = Terminal::of(&saylog, &["--resume", "rome"], &[]);
    terminal.shows_such("which one is meant", |screen| {
        screen.contains("<1>  How far is ROME from Oslo?") && screen.ends_with("which one (1-2)? ▏")
    });
    terminal.types("2\r");
    terminal.shows_such("the session about a trip", |screen| {
        screen.contains(" user  where to stay\n") && screen.ends_with("\nalice/trip to Rome> ▏")
    });
    leave(terminal);
    let terminal = Terminal::of(&saylog, &["--resume", "what about madrid"], &[]);
    terminal.shows_at_last(
        "\nerror: no session of yours has `what about madrid` in its title or first words;\n  \
         `/sessions` lists them; a question stands before: `saylog 'what about madrid'\n  \
         --resume`\nalice> ▏",
    );
    leave(terminal);
}

#[test]
fn who_answers_where_a_model_was_chosen_is_told() {
    let saylog = Saylog::new();
    let lines = "/start trip\n/model mock:echo\nhello\n/start other\n";
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = Terminal::of(&saylog, &["--resume", "trip"], &[]);
    let told = "\nmock:echo answers here: `/model` has chosen it for this session\nalice/trip> ▏";
    terminal.shows_at_last(told);
    terminal.types("/resume other\r");
    terminal.shows_such("the other session", |screen| {
        screen.ends_with("\nalice/other> ▏")
    });
    terminal.types("/resume trip\r");
    terminal.shows_at_last(told);
    leave(terminal);
}

#[test]
fn a_fork_is_called_and_found_as_the_list_shows_it() {
    let saylog = Saylog::new();
    let lines = "/start trip to Rome\nwhere to stay\n/fork\n/fork by train\n/start other\nhello\n";
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = prompt(&saylog);
    for (words, rows) in [
        (
            "FORK of",
            "1  <1>  by train (fork of <2>)  just now\n\
             2  <2>  fork of trip to Rome         just now\n",
        ),
        (
            "rome",
            "1  <1>  fork of trip to Rome  just now\n\
             2  <2>  trip to Rome          just now\n",
        ),
        (
            "stay",
            "1  <1>  by train: where to stay              just now\n\
             2  <2>  fork of trip to Rome: where to stay  just now\n\
             3  <3>  trip to Rome: where to stay          just now\n",
        ),
    ] {
        terminal.types(format!("{CTRL_L}/resume {words}\r"));
        let count = rows.lines().count();
        terminal.shows(&format!(
            "alice> /resume {words}\n{rows}which one (1-{count})? ▏"
        ));
        terminal.types(ESC);
        terminal.shows_at_last(&format!("\n{LEFT_AS_IT_WAS}\nalice> ▏"));
    }
    // Nothing is asked where only one is a fork of that.
    resumes(&mut terminal, "fork of trip to Rome", "where to stay");
    leave(terminal);
    let missing = saylog.play("/resume fork of trip to Rome\n");
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
}

#[test]
fn what_is_archived_is_found_where_nothing_else_is() {
    let saylog = travellers();
    assert_eq!(saylog.play("/archive trip to Rome\n").code, 0);
    let mut terminal = prompt(&saylog);
    resumes(&mut terminal, "rome", "How far is ROME from Oslo?");
    let archived = "it is archived; `/archive --undo` puts it into the lists again";
    terminal.types("/resume trip\r");
    terminal.shows_such(archived, |screen| {
        screen.contains(archived) && screen.ends_with("> ▏")
    });
    // Also by whoever is in it.
    terminal.types("/resume stay\r");
    terminal.shows_such("the same session", |screen| {
        screen.contains(&format!(
            "> /resume stay\nyou are in session <2> “trip to Rome” already\n{archived}\n"
        )) && screen.ends_with("> ▏")
    });
    leave(terminal);
}

#[test]
fn where_several_answer_the_person_is_asked_and_nothing_is_kept_of_it() {
    let saylog = travellers();
    let before = saylog.said();
    let mut terminal = prompt(&saylog);
    terminal.types("/resume rome\r");
    let asked = format!("{BANNER}\nalice> /resume rome\n{ROME}\nwhich one (1-2)? ");
    terminal.shows(&format!("{asked}▏"));
    // Neither the past nor completions get into an answer.
    terminal.types(format!("{UP}{DOWN}{CTRL_R}\tthree\r"));
    let again = "a number from 1 to 2; Enter alone leaves all as it was\nwhich one (1-2)? ";
    terminal.shows(&format!("{asked}three\n{again}▏"));
    for wrong in ["0", "3", "-1", "/quit", "99999999999999999999"] {
        terminal.types(format!("{wrong}\r"));
        terminal.shows_at_last(&format!("which one (1-2)? {wrong}\n{again}▏"));
    }
    terminal.types(" 2 \r");
    terminal.shows_at_last("> ▏");
    terminal.shows_such("the session", |screen| {
        screen.contains(" user  where to stay\n") && screen.ends_with("\nalice/trip to Rome> ▏")
    });
    terminal.types(UP);
    terminal.shows_at_last("\nalice/trip to Rome> /resume rome▏");
    terminal.types(format!("{CTRL_C}{UP}{UP}"));
    terminal.shows_at_last("> cheap flights▏");
    terminal.types(CTRL_U);
    leave(terminal);
    assert_eq!(saylog.said(), before);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /resume rome▏");
    terminal.types(CTRL_U);
    leave(terminal);
}

#[test]
fn a_choice_can_be_left_with_all_as_it_was() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    for (words, keys) in [
        ("rome", "\r"),
        ("rome", "  \r"),
        ("rome", ESC),
        ("rome", CTRL_C),
        ("rome", CTRL_D),
        ("rome", "2\x1b"),
        ("", ESC),
        ("", CTRL_C),
        ("", CTRL_D),
    ] {
        terminal.types(format!("{CTRL_L}/resume {words}\r"));
        terminal.shows_such("a question", |screen| screen.ends_with("? ▏"));
        terminal.types(keys);
        terminal.shows_at_last(&format!("\n{LEFT_AS_IT_WAS}\nalice> ▏"));
    }
    leave(terminal);
}

#[test]
fn a_choice_can_be_left_in_the_way_of_vi() {
    let saylog = travellers();
    let mut terminal = prompt_with(&saylog, &["--keys", "vi"], &[]);
    terminal.types("/resume rome\r");
    terminal.shows_at_last("\nwhich one (1-2)? ▏");
    terminal.types(ESC);
    terminal.shows_at_last(&format!("\n{LEFT_AS_IT_WAS}\nalice> ▏"));
    leave(terminal);
}

#[test]
fn alone_it_offers_the_latest_sessions_but_the_current_one() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    terminal.types("/resume\r");
    let offered = "\
1  <1>  cheap flights               just now
2  <2>  Ärger im Büro               just now
3  <3>  How far is ROME from Oslo?  just now
4  <4>  trip to Rome                just now
which one (1-4, Enter is 1)? ";
    terminal.shows(&format!("{BANNER}\nalice> /resume\n{offered}▏"));
    terminal.types("x\r");
    terminal.shows_at_last(
        "a number from 1 to 4; Esc leaves all as it was\nwhich one (1-4, Enter is 1)? ▏",
    );
    terminal.types("\r");
    terminal.shows_such("the latest session", |screen| {
        screen.contains(" user  cheap flights\n") && screen.ends_with("> ▏")
    });
    terminal.types(format!("{CTRL_L}/resume\r"));
    terminal.shows_such("the others", |screen| {
        screen.contains("1  <2>  Ärger im Büro ") && screen.ends_with("(1-3, Enter is 1)? ▏")
    });
    terminal.types("\r");
    terminal.shows_at_last("\nalice/Ärger im Büro> ▏");
    leave(terminal);
}

#[test]
fn the_only_one_is_taken_and_where_there_is_no_other_that_is_said() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    terminal.types("/user carol\r/resume\r");
    terminal.shows_at_last(
        "\ncarol> /resume\nerror: you have no session yet; `/start` begins one\ncarol> ▏",
    );
    terminal.types("/start\r/resume\r");
    terminal.shows_at_last("\ncarol/<1>> /resume\nyou have no other session\ncarol/<1>> ▏");
    terminal.types("/user bob\r/resume\r");
    terminal.shows_such("the only session", |screen| {
        screen.contains(" user  secret\n") && screen.ends_with("\nbob/rome of bob> ▏")
    });
    // Nobody else's is found.
    terminal.types("/resume trip\r");
    terminal.shows_such("an error", |screen| {
        screen.contains(
            "\nerror: no session of yours has `trip` in its title or first words; `/sessions`\n  lists them\n",
        )
            && screen.ends_with("\nbob/rome of bob> ▏")
    });
    leave(terminal);
}

#[test]
fn the_current_session_counts_among_those_that_are_meant() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    terminal.types("/resume trip\r");
    terminal.shows_at_last("\nalice/trip to Rome> ▏");
    terminal.types(format!("{CTRL_L}/resume rome\r"));
    terminal.shows(
        "alice/trip to Rome> /resume rome
1  <1>  How far is ROME from Oslo?  just now
2  <2>  trip to Rome                just now, current
which one (1-2)? ▏",
    );
    let turn = " user  where to stay";
    let already = "you are in session <1> “trip to Rome” already\n";
    terminal.types("2\r");
    terminal.shows_such("the same session", |screen| {
        screen.contains("(1-2)? 2\nyou are in session <2> “trip to Rome” already\n")
            && screen.contains(turn)
            && screen.ends_with("\nalice/trip to Rome> ▏")
    });
    // Nor does one that is the only answer lead elsewhere, whatever it is found by.
    for which in ["TRIP", "trip to Rome"] {
        terminal.types(format!("{CTRL_L}/resume {which}\r"));
        terminal.shows_such("the same session", |screen| {
            screen.contains(&format!("/resume {which}\n{already}"))
                && screen.contains(turn)
                && screen.ends_with("\nalice/trip to Rome> ▏")
        });
    }
    leave(terminal);
    // In a script it counts, too.
    let script = "/start a\none\n/start a\ntwo\n/resume a\n";
    let told = saylog.play(script).normal(&saylog);
    assert_eq!(
        (told.code, told.stderr.as_str()),
        (
            1,
            "<stdin>:5: several sessions of yours answer to `a`; one of <1> “a”, <2> “a”\n"
        )
    );
}

#[test]
fn of_many_the_latest_are_shown_and_the_others_counted() {
    let saylog = Saylog::new();
    let many: String = (1..=2500)
        .map(|number| {
            let kind = if number % 2 == 0 { "even" } else { "odd" };
            format!("/start {kind} number {number}\nhello\n")
        })
        .collect();
    assert_eq!(saylog.play(many).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types("/resume EVEN\r");
    terminal.shows_such("ten of them", |screen| {
        screen.contains("\n 1  <1>  even number 2500  just now\n 2  <2>  even number 2498  ")
            && screen.ends_with(
                "\n10  <10>  even number 2482  just now\n\
                 … 1240 more; more words find fewer\nwhich one (1-10)? ▏",
            )
    });
    terminal.types("10\r");
    terminal.shows_at_last("\nalice/even number 2482> ▏");
    // One far down, beyond the first pages.
    terminal.types("/resume 42 number ode\r");
    terminal.shows_such("none", |screen| {
        screen.contains("error: no session of yours has `42 number ode` in its title")
    });
    terminal.types(format!("{CTRL_L}/resume number 1043\r"));
    terminal.shows_at_last("\nalice/odd number 1043> ▏");
    terminal.types(format!("{CTRL_L}/resume\r"));
    terminal.shows_at_last("\n… 2489 more; `/sessions` lists all\nwhich one (1-10, Enter is 1)? ▏");
    terminal.types(ESC);
    terminal.shows_at_last(&format!("\n{LEFT_AS_IT_WAS}\nalice/odd number 1043> ▏"));
    leave(terminal);
}

#[test]
fn a_narrow_window_cuts_names_and_nothing_in_them_drives_the_terminal() {
    let saylog = Saylog::new();
    let lines = "/start a long name of a trip that has no room\none\n\
                 /start trip\x1b[2J\u{202e}x\none\n/start trip 你好你好你好你好你好你好\none\n";
    assert_eq!(saylog.play(lines).code, 0);
    let terminal = &mut Terminal::of_width(40, &saylog, &[], &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("/resume trip\r");
    terminal.shows_at_last(
        "alice> /resume trip
1  <1>  trip 你好你好你…   just now
2  <2>  trip␛[2J\\u{202e}x  just now
3  <3>  a long name of a…  just now
which one (1-3)? ▏",
    );
    assert_harmless(terminal);
    terminal.types(ESC);
    terminal.shows_at_last(&format!("\n{LEFT_AS_IT_WAS}\nalice> ▏"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn an_answer_that_was_not_given_is_no_draft() {
    let saylog = travellers();
    let mut terminal = prompt(&saylog);
    terminal.types("/resume rome\r2");
    terminal.shows_at_last("\nwhich one (1-2)? 2▏");
    terminal.hangs_up();
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /resume rome▏");
    terminal.types(CTRL_U);
    leave(terminal);
}

#[test]
fn who_cannot_be_asked_gets_the_rules_of_scripts() {
    let saylog = travellers();
    let missing = "error: no session of yours is `rome`";
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("/resume rome\r");
    terminal.shows_such(missing, |screen| screen.contains(missing));
    terminal.types("/resume\r");
    terminal.shows_such("the latest", |screen| {
        screen.contains(" user  cheap flights\n")
    });
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Exited with code 1");
    let mut terminal = Terminal::of(&saylog, &["--json"], &[]);
    terminal.shows_at_last("alice> ▏");
    terminal.types("/resume rome\r");
    terminal.shows_such("an error", |screen| {
        screen.contains("\"code\":\"session_not_found\"") && screen.ends_with("alice> ▏")
    });
    leave(terminal);
}

#[test]
fn four_keys_at_the_shell_go_on_with_the_latest_session() {
    let saylog = travellers();
    let terminal = Terminal::of(&saylog, &["-r"], &[]);
    terminal.shows_such("the latest", |screen| {
        screen.contains(" user  cheap flights\n") && screen.ends_with("\nalice/<1>> ▏")
    });
    leave(terminal);
}

#[test]
fn a_session_that_cannot_be_read_is_told_beside_those_that_can() {
    let saylog = travellers();
    let store = saylog.stored();
    store.tamper("UPDATE sessions SET uuid = 'not a uuid' WHERE id = 2");
    let told = "error: 1 session cannot be read: the store was changed by another program,";
    let mut terminal = prompt(&saylog);
    terminal.types("/resume rome\r");
    terminal.shows_such("the other one", |screen| {
        screen.contains(told) && screen.ends_with("\nalice/trip to Rome> ▏")
    });
    terminal.types(format!("{CTRL_L}/resume oslo\r"));
    terminal.shows_such("none", |screen| {
        screen.contains(told) && screen.ends_with("\nalice/trip to Rome> ▏")
    });
    terminal.types(format!("{CTRL_L}/resume\r"));
    terminal.shows_such("the others", |screen| {
        screen.contains(told) && screen.ends_with("\nwhich one (1-2, Enter is 1)? ▏")
    });
    terminal.types(ESC);
    terminal.shows_at_last(&format!("\n{LEFT_AS_IT_WAS}\nalice/trip to Rome> ▏"));
    leave(terminal);
}
