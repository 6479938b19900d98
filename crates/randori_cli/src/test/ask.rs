//! Asks the user about goldens.

use std::io::{self, BufRead};

use crate::console::Console;
use crate::interrupt;
use crate::text::{Text, text};

/// The decision of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Accept,
    /// This one, and all of the same kind.
    All,
    Leave,
    Quit,
}

/// Asks until there is a valid answer; `all` describes the set that "all" covers,
/// where it is offered. The end of the input counts as "quit". From here on,
/// Ctrl-C ends the program at once: every golden that was accepted before is
/// written.
///
/// # Errors
/// When the answers cannot be read.
pub(super) fn ask(question: &str, all: Option<&str>, console: &Console) -> io::Result<Answer> {
    interrupt::stop_at_once_from_now();
    let all_of = all.map_or_else(Text::new, |all| text!("[a]ll {}, ", all));
    loop {
        console.note(&text!("{} [y]es, [n]o, {}[q]uit: ", question, all_of));
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(Answer::Quit);
        }
        match line.trim() {
            "y" | "yes" => return Ok(Answer::Accept),
            "n" | "no" => return Ok(Answer::Leave),
            "q" | "quit" => return Ok(Answer::Quit),
            "a" | "all" if all.is_some() => return Ok(Answer::All),
            _ => {}
        }
    }
}
