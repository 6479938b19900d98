//! Choices of policies on the command line.

use std::path::Path;

use randori_core::diagnostic::{Failure, nearest, one_of};
use randori_core::policy_source::{Builtin, PolicySource, Process};
use randori_core::spec::{PolicySpec, Scenario};
use randori_policy::builtins;

/// One choice: `[ROBOT=]POLICY`, as after `--policy`.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyChoice {
    /// Its robot; the only one of the scenario if omitted.
    robot: Option<String>,
    source: PolicySource,
}

impl PolicyChoice {
    /// Parses `[ROBOT=]POLICY`. Files are resolved in the current folder.
    ///
    /// # Errors
    /// When it names neither a built-in policy nor a program.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let (robot, policy) = match text.split_once('=') {
            Some((robot, policy)) if is_name(robot) => (Some(robot.to_owned()), policy),
            _ => (None, text),
        };
        Ok(Self { robot, source: parse_source(policy.trim())? })
    }

    /// The policy itself, without the settings of a scenario.
    pub fn source(&self) -> PolicySource {
        self.source.clone()
    }

    /// Assigns this policy to the robot. The scenario's rate, inference latency and timeout stay;
    /// so do its parameters for the same built-in policy.
    ///
    /// Returns the index of the robot.
    ///
    /// # Errors
    /// When the scenario has no such robot, or several and none is named.
    pub fn apply(&self, scenario: &mut Scenario) -> Result<usize, Failure> {
        let index = self.robot_index(scenario)?;
        let physics_hz = f64::from(scenario.physics().rate_hz);
        let robot = &mut scenario.spec.robots[index];
        robot.policy = Some(match robot.policy.take() {
            Some(policy) => {
                let source = self.source().in_place_of(&policy.source);
                PolicySpec { source, ..policy }
            }
            None => PolicySpec::new(self.source(), physics_hz),
        });
        Ok(index)
    }

    fn robot_index(&self, scenario: &Scenario) -> Result<usize, Failure> {
        let names = || scenario.spec.robots.iter().map(|robot| robot.name.as_str());
        let title = &scenario.spec.title;
        match (&self.robot, scenario.spec.robots.len()) {
            (_, 0) => Err(Failure::new(format!("the scenario \"{title}\" has no robot"))
                .help("leave `--policy` out")),
            (None, 1) => Ok(0),
            (None, _) => Err(Failure::new(format!("the scenario \"{title}\" has several robots"))
                .help(format!("say which, as in `--policy ROBOT=...`: {}", one_of(names())))),
            (Some(robot), _) => {
                let index = names().position(|name| name == robot);
                index.ok_or_else(|| {
                    let help = match nearest(robot, names()) {
                        Some(similar) => format!("did you mean `{similar}`?"),
                        None => format!("it has {}", one_of(names())),
                    };
                    let message = format!("the scenario \"{title}\" has no robot `{robot}`");
                    Failure::new(message).help(help)
                })
            }
        }
    }
}

/// The policy in a text, without its robot.
fn parse_source(policy: &str) -> Result<PolicySource, Failure> {
    if builtins().iter().any(|info| info.name == policy) {
        return Ok(Builtin::new(policy).into());
    }
    let words = shell_words::split(policy).map_err(|_| {
        let help = "every quotation mark needs its partner";
        Failure::new(format!("`{policy}` cannot be split into words")).help(help)
    })?;
    let Some(program) = words.first() else {
        let help = "name a built-in policy or a program, see `randori policies`";
        return Err(Failure::new("`--policy` is empty").help(help));
    };
    if !is_program(program) {
        return Err(unknown(program));
    }
    let is_script = Path::new(program)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("py"));
    let python = is_script.then(|| "python3".to_owned());
    let words = words.iter().map(|word| from_anywhere(word));
    Ok(Process::new(python.into_iter().chain(words).collect()).into())
}

/// True if a text is a valid robot name.
fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// True if there is such a file, or such a command on the search path.
fn is_program(program: &str) -> bool {
    if Path::new(program).components().count() > 1 || Path::new(program).is_file() {
        return Path::new(program).is_file();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Makes the path of a file in the current folder absolute, because the program runs in another
/// folder; returns other words unchanged.
fn from_anywhere(word: &str) -> String {
    let full = Path::new(word).exists().then(|| std::path::absolute(word).ok()).flatten();
    full.map_or_else(|| word.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn unknown(program: &str) -> Failure {
    let message = format!("`{program}` is neither a built-in policy nor a program");
    let names = || builtins().iter().map(|info| info.name);
    let help = match nearest(program, names()) {
        Some(similar) => format!("did you mean `{similar}`?"),
        None => format!("built in are {}", one_of(names())),
    };
    Failure::new(message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_may_be_named_before_the_policy() {
        let choice = PolicyChoice::parse("courier=hold").expect("built in");

        assert_eq!(choice.robot.as_deref(), Some("courier"));
        assert_eq!(choice.source, Builtin::new("hold").into());
    }

    #[test]
    fn a_command_is_split_into_words_without_a_shell() {
        let choice = PolicyChoice::parse("sh -c 'echo $HOME; x=1'").expect("sh exists");

        let words = ["sh", "-c", "echo $HOME; x=1"].map(str::to_owned);
        assert_eq!(
            choice,
            PolicyChoice { robot: None, source: Process::new(words.to_vec()).into() }
        );
    }

    #[test]
    fn a_misspelt_policy_gets_a_suggestion() {
        let error = PolicyChoice::parse("goal_seaker").expect_err("there is none");

        assert_eq!(error.help.as_deref(), Some("did you mean `goal_seeker`?"));
    }

    #[test]
    fn a_script_runs_in_python_from_wherever_it_lies() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = folder.path().join("mine.py");
        std::fs::write(&script, "").expect("a file");
        let script = script.to_string_lossy().into_owned();

        let choice = PolicyChoice::parse(&script).expect("it exists");

        assert_eq!(choice.source, Process::new(vec!["python3".to_owned(), script]).into());
    }
}
