//! Exit codes for scripts and CI.

use std::process::ExitCode;

/// The exit status of the command. Later variants are worse; the worst one of
/// several runs is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Everything passed.
    Pass,
    /// A goal failed.
    GoalFailed,
    /// A run differs from the accepted or recorded one.
    Diverged,
    /// Nothing matched the selection.
    NothingSelected,
    /// A file is not a valid scenario, robot or environment.
    InvalidScenario,
    /// A run broke.
    RunError,
    /// Bad arguments, or a result that cannot be written.
    Usage,
    /// The user cancelled the command.
    Interrupted,
    /// An internal error of the program.
    Internal,
}

impl Outcome {
    /// The documented number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::GoalFailed => 1,
            Self::Usage => 2,
            Self::InvalidScenario => 3,
            Self::NothingSelected => 4,
            Self::Diverged => 5,
            Self::RunError => 6,
            Self::Internal => 101,
            Self::Interrupted => 130,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

/// Exit code when the reader has closed the output, as shells report `SIGPIPE`.
pub(crate) const BROKEN_PIPE: u8 = 141;

/// The table at the end of `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes (the worst one counts):
  0    every selected run passed
  1    a goal failed
  2    invalid arguments, or a result that cannot be written
  3    a file is not valid
  4    nothing was selected
  5    a run is not what it was (replay, diff, test), or an import differs (--verify)
  6    a run broke (policy failed, state not finite), or the other reader refuses the
       file (import --verify)
  101  a fault in randori itself
  130  stopped by Ctrl-C";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_run_outweighs_a_failed_goal_and_a_fault_of_ours_outweighs_all() {
        let worst = [Outcome::GoalFailed, Outcome::RunError, Outcome::Pass].into_iter().max();

        assert_eq!(worst.map(Outcome::code), Some(6));
        assert!(Outcome::Internal > Outcome::Interrupted);
    }

    #[test]
    fn the_help_names_every_code() {
        for outcome in [
            Outcome::Pass,
            Outcome::GoalFailed,
            Outcome::Diverged,
            Outcome::NothingSelected,
            Outcome::InvalidScenario,
            Outcome::RunError,
            Outcome::Usage,
            Outcome::Interrupted,
            Outcome::Internal,
        ] {
            let start = format!("\n  {:<4} ", outcome.code());
            assert!(EXIT_CODES.contains(&start), "{outcome:?}");
        }
    }
}
