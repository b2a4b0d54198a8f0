//! Any log comes back byte for byte.

use std::fs;

use super::{export, import};
use crate::support::dice::Dice;
use crate::support::run::{Saylog, echoing};

/// What ChatGPT would write: a question with two replies.
const TALK: &str = r#"[{"id":"one","title":"Trip","create_time":1762000000,"current_node":"b",
"mapping":{"q":{"message":{"author":{"role":"user"},"create_time":1762000000.5,
"content":{"content_type":"text","parts":["by train?"]}},"children":["a","b"]},
"a":{"parent":"q","message":{"author":{"role":"assistant"},"create_time":1762000001,
"content":{"content_type":"text","parts":["no"]},"metadata":{"model_slug":"gpt-5"}}},
"b":{"parent":"q","message":{"author":{"role":"assistant"},"create_time":1762000002,
"content":{"content_type":"text","parts":["yes"]},"metadata":{"model_slug":"gpt-5"}}}}}]"#;

/// Lines of two people who do whatever there is to do.
fn transcript(dice: &mut Dice) -> String {
    let mut lines = String::from("/user ada\n/start\n");
    for number in 0..10 + dice.below(50) {
        let few = 1 + dice.below(3);
        let line = match dice.below(30) {
            0 => format!("/user {}", dice.pick(&["ada", "bob", "zoë x"])),
            1 => format!("/start title {number}"),
            2 => "/start --as critic".into(),
            3 => "/clear".into(),
            4 | 5 => format!("/undo {few}"),
            6 => "/redo".into(),
            7 => "/fork".into(),
            8 => format!("/fork at #{}", 1 + dice.below(60)),
            9 => "/retry".into(),
            10 => format!("/system answer as {number}"),
            11 => "/system --clear".into(),
            12 => format!("/rename \"name\" {number}"),
            13 => "/archive".into(),
            14 => "/archive --undo".into(),
            15 => format!("/resume {few}"),
            16 | 17 => "/compact".into(),
            18 => "/model mock".into(),
            19 => "/import talk.json".into(),
            20 => "/start".into(),
            _ => format!("said \"{number}\" \\ \t\u{1f600}\u{7f}"),
        };
        lines += &line;
        lines.push('\n');
    }
    lines
}

/// A machine on which there is a persona, and a file of another program.
fn machine() -> Saylog {
    let saylog = echoing();
    let folder = saylog.folder().join(".config/saylog");
    fs::create_dir_all(&folder).expect("a folder");
    let persona = "[personas.critic]\nsystem = \"Judge.\"\nmodel = \"mock\"\n";
    fs::write(folder.join("config.toml"), persona).expect("a file");
    fs::write(saylog.folder().join("talk.json"), TALK).expect("a file");
    saylog
}

#[test]
fn any_log_comes_back_byte_for_byte() {
    let seed = Dice::seed();
    for round in 0..12 {
        let mut dice = Dice::new(seed.wrapping_add(round));
        let (here, there) = (machine(), machine());
        for _ in 0..=dice.below(3) {
            here.play(transcript(&mut dice));
        }
        for scope in ["in:global", "in:user"] {
            let written = export(&here, scope);
            let told = import(&here, &there);
            let whole = told.stderr.is_empty() && !told.stdout.contains("without");
            assert!(whole, "seed {seed} + {round}: {told:?}");
            // Everybody came with the first.
            let of_all = export(&there, scope);
            assert_eq!(of_all, written, "seed {seed} + {round}");
        }
        // Where it comes from nothing is new.
        let written = export(&here, "in:global");
        export(&there, "in:global");
        let told = import(&there, &here);
        assert!(
            told.stdout.contains("; 0 messages added for"),
            "seed {seed} + {round}: {told:?}"
        );
        assert_eq!(export(&here, "in:global"), written, "seed {seed} + {round}");
    }
}
