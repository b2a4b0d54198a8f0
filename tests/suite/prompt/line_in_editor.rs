//! Ctrl-X Ctrl-E, Ctrl-O and vi's `v`: the line in the person's own editor.

use std::fs;

use super::own_editor::{EditorSetup, write_program};
use super::*;
use crate::support::wait::until;

#[test]
fn a_key_opens_the_line_in_the_editor_and_nothing_is_sent() {
    for (arguments, keys) in [
        (&[][..], "\x18\x05"),
        (&[], "\x0f"),
        (&["--keys", "vi"], "\x0f"),
        (&["--keys", "vi"], "\x1bv"),
    ] {
        let setup = EditorSetup::new("cp \"$1\" seen; printf ' more\\nand more\\n' >> \"$1\"");
        let files = setup.files.to_str().expect("UTF-8");
        let variables = [("TMPDIR", files), ("EDITOR", setup.editor())];
        let mut terminal = prompt_with(&setup.saylog, arguments, &variables);
        terminal.types("one\ntwo");
        terminal.shows_at_last("\nalice> one⏎\ntwo▏");
        terminal.types(keys);
        terminal.shows(&format!("{BANNER}\nalice> one⏎\ntwo more⏎\nand more▏"));
        assert_eq!(setup.noted("seen"), "one\ntwo");
        assert_eq!(asked(&setup.saylog), ["alice user: hello"]);
        terminal.types("\r");
        terminal.shows_at_last(&format!("\nand more\n{FIRST}"));
        setup.leaves(terminal, &["hello", "one\ntwo more\nand more"]);
    }
}

#[test]
fn a_folded_text_is_edited_whole_and_folded_again() {
    let setup = EditorSetup::new("wc -l < \"$1\" > lines; printf 'end' >> \"$1\"");
    let variables = [
        ("TMPDIR", setup.files.to_str().expect("UTF-8")),
        ("EDITOR", setup.editor()),
    ];
    let mut terminal = prompt_with(&setup.saylog, &[], &variables);
    terminal.pastes(&"line\r".repeat(50));
    terminal.shows_at_last("\nalice> [pasted: 50 lines, 250 B]▏");
    terminal.types("\x0f");
    terminal.shows_at_last("\nalice> [pasted: 51 lines, 253 B]▏");
    assert_eq!(setup.noted("lines").trim(), "50");
    terminal.types(format!("\r{CTRL_D}"));
    assert_eq!(terminal.ends(), "Success");
    let said = format!("alice user: {}end", "line\n".repeat(50));
    assert_eq!(asked(&setup.saylog), ["alice user: hello".to_owned(), said]);
}

#[test]
fn what_goes_wrong_in_the_editor_leaves_the_line_and_says_why() {
    for (script, notice) in [
        ("exit 1", "the editor left nothing; the line is as it was"),
        (
            "rm \"$1\"",
            "the editor left nothing; the line is as it was",
        ),
    ] {
        let setup = EditorSetup::new(script);
        let variables = [
            ("TMPDIR", setup.files.to_str().expect("UTF-8")),
            ("EDITOR", setup.editor()),
        ];
        let mut terminal = prompt_with(&setup.saylog, &[], &variables);
        terminal.types("one\x0f");
        terminal.shows(&format!("{BANNER}\nalice> one▏\n{notice}"));
        terminal.types("!");
        terminal.shows(&format!("{BANNER}\nalice> one!▏"));
        terminal.types(CTRL_C);
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn an_editor_that_cannot_be_run_is_told_in_whole_words() {
    for (columns, notice) in [
        (
            80,
            "the editor `nosuched` cannot be run: no such file or directory; VISUAL or\n  \
             EDITOR names the editor",
        ),
        (
            40,
            "the editor `nosuched` cannot be run: no\n  such file or directory; VISUAL or\n  \
             EDITOR names the editor",
        ),
    ] {
        let setup = EditorSetup::new(":");
        let nowhere = [("EDITOR", "nosuched"), ("PATH", "/nowhere")];
        let mut terminal = Terminal::of_width(columns, &setup.saylog, &[], &nowhere);
        terminal.shows_such("a prompt", |screen| screen.ends_with("\nalice> ▏"));
        terminal.types("one\x0f");
        terminal.shows_at_last(&format!("\nalice> one▏\n{notice}"));
        // With the next key it is gone, and the line is where it was.
        terminal.types("!");
        terminal.shows_at_last("\nalice> one!▏");
        terminal.types(CTRL_C);
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn what_an_editor_saved_before_it_was_killed_is_kept() {
    let setup = EditorSetup::new("echo half > \"$1\"; kill -9 $$");
    let variables = [
        ("TMPDIR", setup.files.to_str().expect("UTF-8")),
        ("EDITOR", setup.editor()),
    ];
    let mut terminal = wide_prompt(&setup.saylog, &[], &variables);
    terminal.types("one\x0f");
    let notice = "alice> one▏\nthe editor ended with an error (signal: 9 (SIGKILL)); \
                  nothing was sent; what it saved is kept in";
    terminal.shows_such(notice, |screen| screen.contains(notice));
    let kept = fs::read_dir(&setup.files).expect("a folder").next();
    let kept = kept.expect("a folder").expect("a folder").path();
    let text = fs::read_to_string(kept.join("message.md"));
    assert_eq!(text.expect("a file"), "half\n");
    fs::remove_dir_all(kept).expect("a folder");
    terminal.types(CTRL_C);
    setup.leaves(terminal, &["hello"]);
}

#[test]
fn ctrl_c_in_the_editor_of_the_line_keeps_the_line() {
    let setup = EditorSetup::new("printf 'which word? '; read word");
    let variables = [
        ("TMPDIR", setup.files.to_str().expect("UTF-8")),
        ("EDITOR", setup.editor()),
    ];
    let mut terminal = prompt_with(&setup.saylog, &[], &variables);
    terminal.types("one\ntwo\x0f");
    terminal.shows_such("the editor", |screen| screen.ends_with("\nwhich word? ▏"));
    terminal.types(CTRL_C);
    terminal.shows_such("the line", |screen| screen.contains("\nalice> one⏎\ntwo▏"));
    terminal.types("!\r");
    terminal.shows_such("the reply", |screen| screen.ends_with(FIRST));
    setup.leaves(terminal, &["hello", "one\ntwo!"]);
}

#[test]
fn a_signal_takes_the_folder_of_the_editor_along() {
    let setup = EditorSetup::new("touch \"$1~\"; printf 'which word? '; read word");
    let variables = [
        ("TMPDIR", setup.files.to_str().expect("UTF-8")),
        ("EDITOR", setup.editor()),
    ];
    let mut terminal = prompt_with(&setup.saylog, &[], &variables);
    terminal.types("one\x0f");
    terminal.shows_such("the editor", |screen| screen.ends_with("\nwhich word? ▏"));
    assert_eq!(fs::read_dir(&setup.files).expect("a folder").count(), 1);
    terminal.signals(Signal::TERM);
    until("the folder is gone", || {
        fs::read_dir(&setup.files).expect("a folder").count() == 0
    });
    // The editor is still there, and leaves by itself.
    terminal.types("\r");
    // One that was killed is known by its lock at the next start.
    fs::create_dir(setup.files.join("saylog-editor-1")).expect("a folder");
    let next = prompt_with(&setup.saylog, &[], &variables);
    until("what was left over is gone", || {
        fs::read_dir(&setup.files).expect("a folder").count() == 0
    });
    leave(next);
}

#[test]
fn without_a_variable_the_usual_editors_are_looked_for_in_order() {
    let setup = EditorSetup::new(":");
    let bin = setup.saylog.folder().join("bin");
    fs::create_dir(&bin).expect("a folder");
    let variables = [
        ("TMPDIR", setup.files.to_str().expect("UTF-8")),
        ("PATH", bin.to_str().expect("UTF-8")),
        ("VISUAL", " "),
    ];
    // Each of them goes before those that were there already.
    for name in ["nano", "vi", "sensible-editor"] {
        write_program(&bin.join(name), &format!("printf ' {name}' >> \"$1\""));
        let mut terminal = prompt_with(&setup.saylog, &[], &variables);
        terminal.types("by\x0f");
        terminal.shows_at_last(&format!("\nalice> by {name}▏"));
        terminal.types(CTRL_C);
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn an_editor_with_a_quote_that_is_not_closed_is_not_guessed_at() {
    let setup = EditorSetup::new(":");
    let variables = [("EDITOR", "vi \"-x")];
    let mut terminal = prompt_with(&setup.saylog, &[], &variables);
    terminal.types("one\x0f");
    terminal.shows_such("why", |screen| {
        screen.contains(
            "alice> one▏\nthe editor cannot read EDITOR, `vi \"-x`: a quote is not closed;",
        )
    });
    terminal.types(CTRL_C);
    setup.leaves(terminal, &["hello"]);
}
