//! `randori policies`: lists the built-in policies.

use std::io;

use randori_policy::{BuiltinInfo, ParamInfo, builtins};

use crate::args::PoliciesArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::style::{FAINT, HEADING, paint};
use crate::text::{Text, text};

/// Lists the built-in policies with their parameters.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn policies(args: &PoliciesArgs, console: &Console) -> io::Result<Outcome> {
    for info in builtins() {
        if args.json {
            console.data(&Text::json(info))?;
        } else {
            console.data(&describe(info))?;
        }
    }
    if !args.json {
        console.data(&text!(
            "Any other policy is a program: `randori run FILE --policy my_policy.py`.\n"
        ))?;
    }
    Ok(Outcome::Pass)
}

fn describe(info: &BuiltinInfo) -> Text {
    let widest = info.params.iter().map(|param| param.name.len()).max().unwrap_or(0);
    let param = |param: &ParamInfo| {
        let without = match param.default {
            Some(default) => format!("default: {default}"),
            None => "required".to_owned(),
        };
        let details = paint(FAINT, format!("{}; {without}", param.expects));
        let name = format!("{:widest$}", param.name);
        text!("  {}  {}\n  {}  {}\n", name, param.about, " ".repeat(widest), details)
    };
    let params: Text = info.params.iter().map(param).collect();
    text!("{}  {}\n{}\n", paint(HEADING, info.name), info.about, params)
}
