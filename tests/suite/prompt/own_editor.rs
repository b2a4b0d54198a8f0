//! `/edit --editor`: the last message in the person's own editor.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;
use crate::support::run::NOTHING_MOVED;

const UNCHANGED: &str = "the editor left nothing new; nothing was sent";

/// What is seen once an edited message was said.
fn said(text: &str) -> String {
    format!(
        "\nalice/<1>> /edit --editor\nyou say: {text}\n\
         2 messages left the context (#1, #2); `/fork at #2` goes back in a new session.\n\
         This is a mock response from AI.\n\nalice/<1>> ▏"
    )
}

/// An editor in the folder of the store, and a folder for its files.
pub(super) struct EditorSetup {
    pub(super) saylog: Saylog,
    editor: PathBuf,
    pub(super) files: PathBuf,
}

impl EditorSetup {
    /// The editor is this shell script. Alice has said `hello`.
    pub(super) fn new(script: &str) -> Self {
        let saylog = Saylog::new();
        assert_eq!(saylog.play("/start\nhello\n").code, 0);
        let files = saylog.folder().join("files");
        fs::create_dir(&files).expect("a folder");
        let editor = saylog.folder().join("editor");
        write_program(&editor, script);
        Self {
            saylog,
            editor,
            files,
        }
    }

    pub(super) fn editor(&self) -> &str {
        self.editor.to_str().expect("UTF-8")
    }

    /// The prompt in the session, with these variables besides the one for the files.
    #[track_caller]
    fn prompt(&self, variables: &[(&str, &str)]) -> Terminal {
        let files = ("TMPDIR", self.files.to_str().expect("UTF-8"));
        let all = [&[files][..], variables].concat();
        let terminal = wide_prompt(&self.saylog, &["--resume"], &all);
        terminal.shows_at_last("\nalice/<1>> ▏");
        terminal
    }

    /// The prompt after `/edit --editor` in this editor.
    #[track_caller]
    fn edits(&self) -> Terminal {
        let mut terminal = self.prompt(&[("EDITOR", self.editor())]);
        terminal.types("/edit --editor\r");
        terminal
    }

    /// Leaves; what was asked is this, and nothing of the editor's file is left.
    #[track_caller]
    pub(super) fn leaves(&self, terminal: Terminal, expected: &[&str]) {
        leave(terminal);
        let expected: Vec<String> = expected
            .iter()
            .map(|text| format!("alice user: {text}"))
            .collect();
        assert_eq!(asked(&self.saylog), expected);
        assert_eq!(fs::read_dir(&self.files).expect("a folder").count(), 0);
    }

    /// What the editor wrote into a file of that name.
    pub(super) fn noted(&self, name: &str) -> String {
        fs::read_to_string(self.saylog.folder().join(name)).expect("a note")
    }
}

/// Writes a program by way of another one: a file that this process had open
/// for writing might still be open in a child of another test when it is run.
pub(super) fn write_program(path: &Path, script: &str) {
    let mut child = Command::new("/bin/sh")
        .args(["-c", "cat > \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let text = format!("#!/bin/sh\n{script}\n");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("it is read");
    drop(stdin);
    assert!(child.wait().expect("an end").success());
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a program");
}

#[test]
fn what_the_editor_makes_of_the_message_is_said_instead() {
    let setup = EditorSetup::new("cp \"$1\" seen; printf ' more\\nand more\\n' >> \"$1\"");
    let mut terminal = setup.edits();
    terminal.shows_at_last(&said("hello more and more"));
    assert_eq!(setup.noted("seen"), "hello");
    terminal.types(UP);
    terminal.shows_at_last("\nalice/<1>> hello more⏎\nand more▏");
    terminal.types(CTRL_C);
    terminal.types("/redo\r");
    terminal.shows_at_last(
        "\nerror: nothing was undone since the last message; `/redo` follows `/undo`, \
         before anything else is said; `/moves` lists\n  what was moved\nalice/<1>> ▏",
    );
    // The newline at the end is the editor's, not the person's.
    setup.leaves(terminal, &["hello", "hello more\nand more"]);
}

#[test]
fn a_message_that_looks_like_a_command_is_edited_as_it_is() {
    let setup = EditorSetup::new("cp \"$1\" seen; printf ' now' >> \"$1\"");
    assert_eq!(setup.saylog.play("/resume\n//clear\n").code, 0);
    let terminal = setup.edits();
    terminal.shows_at_last(
        "you say: /clear now\n2 messages left the context (#3, #4); \
         `/fork at #4` goes back in a new session.\nThis is a mock response from AI.\n\nalice/<1>> ▏",
    );
    assert_eq!(setup.noted("seen"), "/clear");
    setup.leaves(terminal, &["hello", "/clear", "/clear now"]);
}

#[test]
fn what_is_not_to_be_used_is_not_said() {
    for script in [
        ":",
        // Many editors end the last line of whatever they save.
        "printf '\\n' >> \"$1\"",
        "exit 1",
        "printf '\\n' >> \"$1\"; kill -9 $$",
        ": > \"$1\"",
        "printf ' \\n\\t\\n' > \"$1\"",
        "rm \"$1\"; mkfifo \"$1\"; exit 1",
    ] {
        let setup = EditorSetup::new(script);
        let mut terminal = setup.edits();
        terminal.shows_at_last(&format!(
            "\nalice/<1>> /edit --editor\n{UNCHANGED}\nalice/<1>> ▏"
        ));
        // Nor was anything taken out of the context.
        terminal.types("/moves\r");
        terminal.shows_at_last(&format!("\nalice/<1>> /moves\n{NOTHING_MOVED}alice/<1>> ▏"));
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn what_is_no_message_is_an_error_and_is_kept() {
    for (script, what) in [
        (
            "printf ' caf\\351' >> \"$1\"",
            "left a text that is not UTF-8 (byte 10)",
        ),
        (
            "printf ' a\\000b' >> \"$1\"",
            "left a text with a NUL byte (byte 8)",
        ),
        (
            "head -c 17000000 /dev/zero > \"$1\"",
            "left a text that is too long",
        ),
        ("rm \"$1\"; mkfifo \"$1\"", "left what is no regular file"),
        ("rm \"$1\"; mkdir \"$1\"", "left what is no regular file"),
        (
            "printf ' more' >> \"$1\"; exit 1",
            "ended with an error (exit status: 1)",
        ),
        (
            "printf ' more' >> \"$1\"; kill -9 $$",
            "ended with an error (signal: 9 (SIGKILL))",
        ),
    ] {
        let setup = EditorSetup::new(script);
        let mut terminal = setup.edits();
        let sentence =
            format!("error: `/edit --editor` {what}; nothing was sent; what it saved is kept in");
        terminal.shows_such(&sentence, |screen| {
            let screen = screen.replace("\n  ", " ");
            screen.contains(&sentence) && screen.ends_with("\nalice/<1>> ▏")
        });
        terminal.types("/moves\r");
        terminal.shows_at_last(&format!("\nalice/<1>> /moves\n{NOTHING_MOVED}alice/<1>> ▏"));
        let kept = fs::read_dir(&setup.files).expect("a folder").next();
        let kept = kept.expect("a folder").expect("a folder").path();
        let file = kept.join("message.md");
        let is_long = |file: fs::Metadata| !file.is_file() || file.len() > 5;
        assert!(is_long(fs::metadata(file).expect("a file")));
        // The next start does not take it for left over.
        leave(setup.prompt(&[]));
        fs::remove_dir_all(kept).expect("a folder");
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn without_an_editor_there_is_a_hint() {
    let setup = EditorSetup::new(":");
    for variables in [&[][..], &[("VISUAL", ""), ("EDITOR", "  ")]] {
        let nowhere = [&[("PATH", "/nowhere")][..], variables].concat();
        let mut terminal = setup.prompt(&nowhere);
        terminal.types("/edit --editor\r");
        terminal.shows_at_last(
            "\nalice/<1>> /edit --editor\nerror: `/edit --editor` finds no editor, neither in VISUAL or \
             EDITOR nor sensible-editor, vi, nano; VISUAL or EDITOR\n  names the editor\nalice/<1>> ▏",
        );
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn an_editor_that_cannot_be_run_is_an_error() {
    let setup = EditorSetup::new(":");
    let file = setup.saylog.store();
    for (editor, why) in [
        ("/nowhere/editor --wait", "no such file or directory"),
        (file.to_str().expect("UTF-8"), "permission denied"),
    ] {
        let mut terminal = setup.prompt(&[("EDITOR", editor)]);
        let program = editor.split(' ').next().expect("a word");
        terminal.types("/edit --editor\r");
        terminal.shows_at_last(&format!(
            "\nalice/<1>> /edit --editor\nerror: `/edit --editor` cannot run `{program}`: {why}; \
             VISUAL or EDITOR names the editor\nalice/<1>> ▏"
        ));
        terminal.types("/user\r");
        terminal.shows_at_last("\nalice/<1>> /user\nalice/<1>\nalice/<1>> ▏");
        setup.leaves(terminal, &["hello"]);
    }
}

#[test]
fn visual_goes_before_editor_and_both_may_have_arguments() {
    let setup = EditorSetup::new("printf ' %s' \"$1\" >> \"$2\"");
    let visual = format!("{} --wait", setup.editor());
    let mut terminal = setup.prompt(&[("VISUAL", &visual), ("EDITOR", "/nowhere/editor")]);
    terminal.types("/edit --editor\r");
    terminal.shows_at_last(&said("hello --wait"));
    setup.leaves(terminal, &["hello", "hello --wait"]);

    let setup = EditorSetup::new("printf ' %s' \"$@\" > args; printf '!' >> \"$4\"");
    // Words are those of a shell, but none reads them: nothing is expanded.
    let editor = format!("{}  a \"$HOME b\" ;x", setup.editor());
    let mut terminal = setup.prompt(&[("VISUAL", ""), ("EDITOR", &editor)]);
    terminal.types("/edit --editor\r");
    terminal.shows_at_last(&said("hello!"));
    let arguments = setup.noted("args");
    assert!(arguments.starts_with(" a $HOME b ;x /"), "{arguments}");
    setup.leaves(terminal, &["hello", "hello!"]);
}

#[test]
fn the_file_is_nobody_elses_while_it_is_open_and_gone_afterwards() {
    let setup = EditorSetup::new(
        "umask 0; ls -l \"$1\" > mode; ls -ld \"${1%/*}\" > folder; printf '%s' \"$1\" > path\n\
         touch \"$1~\" \"${1%/*}/.message.md.swp\"; printf '!' >> \"$1\"",
    );
    let terminal = setup.edits();
    terminal.shows_at_last(&said("hello!"));
    let (mode, path) = (setup.noted("mode"), setup.noted("path"));
    assert!(mode.starts_with("-rw-------"), "{mode}");
    assert!(setup.noted("folder").starts_with("drwx------"));
    let path = Path::new(&path);
    let folder = path.parent().expect("a folder");
    assert_eq!(folder.parent(), Some(&*setup.files));
    assert!(!folder.exists());
    setup.leaves(terminal, &["hello", "hello!"]);

    // `XDG_RUNTIME_DIR`, which belongs to the login, is preferred.
    let setup = EditorSetup::new("printf '%s' \"$1\" > path; exit 1");
    let own = setup.saylog.folder().join("own");
    fs::create_dir(&own).expect("a folder");
    let runtime = ("XDG_RUNTIME_DIR", own.to_str().expect("UTF-8"));
    let mut terminal = setup.prompt(&[("EDITOR", setup.editor()), runtime]);
    terminal.types("/edit --editor\r");
    terminal.shows_at_last(&format!("\n{UNCHANGED}\nalice/<1>> ▏"));
    let path = setup.noted("path");
    let folder = Path::new(&path).parent().expect("a folder");
    assert_eq!(folder.parent(), Some(&*own));
    assert_eq!(fs::read_dir(&own).expect("a folder").count(), 0);
    setup.leaves(terminal, &["hello"]);
}

#[test]
fn the_editor_has_the_terminal_and_the_prompt_has_it_after() {
    let setup =
        EditorSetup::new("printf 'which word? '; read word; printf ' %s' \"$word\" >> \"$1\"");
    let mut terminal = setup.edits();
    terminal.shows_at_last("\nalice/<1>> /edit --editor\nwhich word? ▏");
    // The terminal echoes, edits and ends the line, as it did before saylog.
    terminal.types("mored\x7f");
    terminal.shows_at_last("\nwhich word? more▏");
    terminal.types("\r");
    terminal.shows_at_last(
        "\nalice/<1>> /edit --editor\nwhich word? more\nyou say: hello more\n\
         2 messages left the context (#1, #2); `/fork at #2` goes back in a new session.\n\
         This is a mock response from AI.\n\nalice/<1>> ▏",
    );
    // The line editor is back: arrows, several lines, pastes.
    terminal.types(format!("b{LEFT}a\ncd"));
    terminal.shows_at_last("\nalice/<1>> a⏎\ncd▏b");
    terminal.types(CTRL_U);
    terminal.pastes("one\rtwo");
    terminal.shows_at_last("one⏎\ntwo▏b");
    terminal.types("\r");
    terminal.shows_at_last("one⏎\ntwob\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    leave(terminal);
}

#[test]
fn ctrl_c_in_the_editor_is_the_editors() {
    let setup = EditorSetup::new("printf 'which word? '; read word; printf ' more' >> \"$1\"");
    let mut terminal = setup.edits();
    terminal.shows_at_last("\nwhich word? ▏");
    terminal.types(CTRL_C);
    terminal.shows_such("the prompt", |screen| {
        screen.contains("\nwhich word? ^C")
            && screen.ends_with(&format!("{UNCHANGED}\nalice/<1>> ▏"))
    });
    // An editor that handles Ctrl-C itself goes on.
    let other = EditorSetup::new(
        // The key may come before the shell reads, which is told when a line comes, or break
        // its reading off: so a line follows it, and nothing is echoed beside the answer.
        "trap 'printf caught' INT; stty -echo; printf 'which word? '; word=\n\
         while [ -z \"$word\" ]; do read word; done; printf ' %s' \"$word\" >> \"$1\"\n\
         stty echo",
    );
    let mut second = other.edits();
    second.shows_at_last("\nwhich word? ▏");
    second.types(format!("{CTRL_C}\r"));
    second.shows_such("the trap", |screen| screen.ends_with("caught▏"));
    second.types("more\r");
    second.shows_such("the reply", |screen| {
        screen.ends_with("\nThis is a mock response from AI.\n\nalice/<1>> ▏")
    });
    terminal.types("again\r");
    terminal.shows_at_last("\nalice/<1>> again\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    setup.leaves(terminal, &["hello", "again"]);
    other.leaves(second, &["hello", "hello more"]);
}

#[test]
fn what_is_said_elsewhere_while_the_editor_is_open_is_not_taken_out() {
    let setup = EditorSetup::new("");
    let other = setup.saylog.command();
    let mut words = vec![other.get_program()];
    words.extend(other.get_args());
    let words: Vec<_> = words
        .iter()
        .map(|word| word.to_str().expect("UTF-8"))
        .collect();
    let other = words.join("' '");
    let script = format!("'{other}' --resume -c 'from there' >/dev/null\nprintf better >\"$1\"\n");
    write_program(&setup.editor, &script);
    let mut terminal = setup.edits();
    terminal.shows_at_last(
        "\nalice/<1>> /edit --editor\nyou say: better\n\
         error: nothing was changed: another window has gone on in this session; the up-arrow \
         has your text; `/edit` begins with\n  what was said last now\n\
         2 messages came into this session from another window (alice)\nalice/<1>> ▏",
    );
    terminal.types(UP);
    terminal.shows_at_last("\nalice/<1>> better▏");
    terminal.types(CTRL_U);
    setup.leaves(terminal, &["hello", "from there"]);
}
