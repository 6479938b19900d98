//! `randori policies`: what can drive a robot without any program.

use std::io;

use randori_policy::{BuiltinInfo, ParamInfo, builtins};

use crate::args::PoliciesArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::style::{FAINT, HEADING, paint};

/// Lists the built-in policies with their parameters.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn policies(args: &PoliciesArgs, console: &Console) -> io::Result<Outcome> {
    for info in builtins() {
        if args.json {
            console.data(&format!("{}\n", serde_json::to_string(info)?))?;
        } else {
            console.data(&describe(info))?;
        }
    }
    if !args.json {
        console
            .data("Any other policy is a program: `randori run FILE --policy my_policy.py`.\n")?;
    }
    Ok(Outcome::Pass)
}

fn describe(info: &BuiltinInfo) -> String {
    let widest = info.params.iter().map(|param| param.name.len()).max().unwrap_or(0);
    let param = |param: &ParamInfo| {
        let without = match param.default {
            Some(default) => format!("default: {default}"),
            None => "required".to_owned(),
        };
        let (name, about) = (param.name, param.about);
        let details = paint(FAINT, &format!("{}; {without}", param.expects));
        format!("  {name:widest$}  {about}\n  {:widest$}  {details}\n", "")
    };
    let params: Vec<String> = info.params.iter().map(param).collect();
    format!("{}  {}\n{}\n", paint(HEADING, info.name), info.about, params.concat())
}
