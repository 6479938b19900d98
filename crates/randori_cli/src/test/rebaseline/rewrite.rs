//! Rewrites confirmed goldens; the user at a terminal or the flags of a script
//! confirm them.

use std::io::{self, IsTerminal};

use super::super::accept::{one, refuse};
use super::super::ask::{Answer, ask};
use super::super::is_in_ci;
use super::super::suite::Suite;
use super::super::text::why_it_fails;
use super::assessment::{Assessment, Standing};
use crate::args::TestArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use crate::style::count;
use crate::text::text;

/// Rewrites the confirmed goldens. Returns the goldens that were written, and the
/// exit status if one could not be written, or must not be.
///
/// # Errors
/// When answers cannot be read.
pub(super) fn confirmed(
    suite: &Suite,
    assessments: &[Assessment<'_>],
    args: &TestArgs,
    console: &Console,
) -> io::Result<(Vec<bool>, Outcome)> {
    let mut rewriter = Rewriter {
        suite,
        assessments,
        console,
        written: vec![false; assessments.len()],
        worst: Outcome::Pass,
    };
    let open = rewriter.of(Standing::Within).len() + rewriter.of(Standing::Beyond).len();
    if open == 0 {
        return Ok((rewriter.written, rewriter.worst));
    }
    if args.rebaseline.yes {
        rewriter.by_flags(args);
    } else if let Some(reason) = reason_not_to_ask() {
        console.error(&format!("no golden was rewritten: {reason}"));
        console.help(
            "`--yes` rewrites those that moved within tolerance, `--yes --beyond-tolerance` also \
             those of named files that moved further",
        );
    } else {
        rewriter.by_answers()?;
    }
    let rewritten = rewriter.written.iter().filter(|written| **written).count();
    let left = open - rewritten;
    console.note(&text!("{} rewritten, {} left\n", count(rewritten, "golden"), left));
    Ok((rewriter.written, rewriter.worst))
}

/// The reason why the user cannot be asked.
fn reason_not_to_ask() -> Option<&'static str> {
    if is_in_ci() {
        return Some("this is continuous integration (`CI` is set)");
    }
    let can_answer = io::stdin().is_terminal() && io::stderr().is_terminal();
    (!can_answer).then_some("without a terminal, it cannot be confirmed")
}

struct Rewriter<'a> {
    suite: &'a Suite,
    assessments: &'a [Assessment<'a>],
    console: &'a Console,
    /// By the index of the assessment.
    written: Vec<bool>,
    worst: Outcome,
}

impl Rewriter<'_> {
    /// The indices of the scenarios with this standing.
    fn of(&self, standing: Standing) -> Vec<usize> {
        let all = self.assessments.iter().enumerate();
        all.filter(|(_, it)| it.standing == standing).map(|(index, _)| index).collect()
    }

    fn write(&mut self, index: usize) {
        if interrupt::interrupted() {
            return;
        }
        let ended = one(self.suite, self.assessments[index].result, true, self.console);
        self.written[index] = ended == Outcome::Pass;
        self.worst = self.worst.max(ended);
    }

    fn by_flags(&mut self, args: &TestArgs) {
        for index in self.of(Standing::Within) {
            self.write(index);
        }
        for index in self.of(Standing::Beyond) {
            let assessment = &self.assessments[index];
            let golden = &assessment.result.case.golden_shown;
            if !args.rebaseline.beyond_tolerance || !assessment.is_named() {
                self.console.error(&format!(
                    "`{golden}` was not rewritten: its runs moved beyond tolerance"
                ));
                self.console.help("name its scenario, and add `--beyond-tolerance`");
                continue;
            }
            match assessment.newly_failing().filter(|_| !args.accept_failures) {
                Some(run) => {
                    let refused = refuse(assessment.result, run, self.console);
                    self.worst = self.worst.max(refused);
                }
                None => self.write(index),
            }
        }
    }

    /// Asks about each golden, those within tolerance first.
    fn by_answers(&mut self) -> io::Result<()> {
        for (standing, moved) in
            [(Standing::Within, "within tolerance"), (Standing::Beyond, "beyond tolerance")]
        {
            let indices = self.of(standing);
            let mut takes_all = false;
            for (number, index) in indices.iter().enumerate() {
                let (fails, what) = self.question(*index, moved);
                let question = format!("{} of {}: {what}", number + 1, indices.len());
                let answer = if takes_all && !fails {
                    Answer::Accept
                } else {
                    ask(&question, (!fails).then_some(moved), self.console)?
                };
                match answer {
                    Answer::Accept => self.write(*index),
                    Answer::All => {
                        takes_all = true;
                        self.write(*index);
                    }
                    Answer::Leave => {}
                    Answer::Quit => return Ok(()),
                }
            }
        }
        Ok(())
    }

    /// The question about a golden. The flag is true if "all" does not cover it:
    /// a run passed before and does not now.
    fn question(&self, index: usize, moved: &str) -> (bool, String) {
        let assessment = &self.assessments[index];
        let case = assessment.result.case;
        match assessment.newly_failing() {
            None => (false, format!("{} moved {moved}; rewrite its golden?", case.shown)),
            Some(run) => {
                let why = why_it_fails(case, run);
                let shown = &case.shown;
                (true, format!("{shown}: seed {} {why}; rewrite its golden?", run.seed))
            }
        }
    }
}
