//! A line that a person has typed: what is made of it, and what it does.

use super::super::exit_reason::Step;
use super::super::line::{self, Origin};
use super::Prompt;
use super::edited_turn::Editing;
use super::slashes::without_blanks;
use crate::command::action::Next;
use crate::domain::{Event, Sink, is_stray};
use crate::transcript::{LineEnd, RawLine, Utterance};

impl Prompt {
    pub(super) fn typed(&mut self, typed: &str) -> Step {
        if let Some(choices) = self.asked.take() {
            return self.answered(choices, typed);
        }
        if self.editor.has_lost() {
            let note = "escape sequences in what was pasted are left out";
            self.output.emit(&Event::Notice(note));
        }
        let was_open = self.blocks.is_open();
        if !was_open && self.asks_about(typed) {
            return Ok(());
        }
        let forgiven = without_blanks(typed);
        let text = if was_open { typed } else { &*forgiven };
        // It is said again as it was, whatever it looks like.
        let again = self.editing.as_ref().filter(|_| !was_open);
        let again = again.and_then(|editing| editing.unchanged(typed));
        let utterance = if let Some(said) = &again {
            self.blocks.take_text(said)
        } else if text.contains('\n') {
            self.blocks.take_text(text)
        } else {
            self.blocks
                .take(RawLine::Bytes(text.as_bytes(), LineEnd::Lf))
        };
        let Some(utterance) = utterance else {
            if self.blocks.is_open() {
                self.options.draft.add_to_block(was_open.then_some(text));
            } else {
                // It was refused at one of its lines.
                self.recall_block();
            }
            return Ok(());
        };
        let is_refused = matches!(utterance, Utterance::Bad { .. });
        let user = self.chat.borrow().user().clone();
        match &utterance {
            Utterance::Line(_) => self.editor.remember(&user, typed),
            Utterance::Text(text) => {
                self.options.draft.end_block();
                self.editor.remember_message(&user, text);
            }
            Utterance::Bad { .. } => {}
        }
        if !was_open
            && let Utterance::Line(text) | Utterance::Text(text) = &utterance
            && text
                .char_indices()
                .any(|(at, c)| is_stray(text, at, c) && c != '\n' && c != '\t')
        {
            let note = "the line has invisible or control characters; they are kept as they are";
            self.output.emit(&Event::Notice(note));
        }
        // Whatever is no message leaves what was to be edited as it is.
        let editing = self.editing.take();
        let editing = editing.filter(|editing| {
            let says = line::says(&utterance);
            if !says {
                self.output.emit(&Event::Notice(&editing.left()));
            }
            says
        });
        self.has_said = line::said(&utterance).is_some();
        let result = line::run(
            utterance,
            &mut self.chat.borrow_mut(),
            &mut self.output,
            &self.options.outside,
            Origin::Prompt {
                can_ask: self.options.can_ask,
                edited: editing.as_ref().map(Editing::turn),
            },
        );
        if is_refused {
            self.recall_refused(typed, was_open);
        }
        match result {
            // The other things have been done already.
            Ok(
                Next::Line
                | Next::File(_)
                | Next::Copy(_)
                | Next::Save(..)
                | Next::Export(_)
                | Next::Import(_)
                | Next::Follow(_)
                | Next::Set(_),
            ) => Ok(()),
            Ok(Next::Edit(turn)) => {
                let editing = Editing::new(turn);
                editing.initial().clone_into(&mut self.initial);
                self.editing = Some(editing);
                Ok(())
            }
            Ok(Next::Editor(turn)) => self.edit(&turn),
            Ok(Next::Choose(choices)) => {
                self.ask(choices);
                Ok(())
            }
            Ok(Next::Leave) => self.leave(),
            Err(error) => self.failed(&error),
        }
    }

    /// What was refused waits on the up-arrow; a line of an open block goes there with
    /// the block.
    fn recall_refused(&mut self, typed: &str, was_open: bool) {
        if self.blocks.is_open() {
            self.options.draft.add_to_block(Some(typed));
        } else if was_open {
            self.recall_block();
        } else {
            let user = self.chat.borrow().user().clone();
            self.editor.recall(&user, typed);
        }
    }
}
