//! Policies in child processes.

use randori_core::input::InputKind;
use randori_core::policy::ActionChannel;
use randori_policy::{BadReply, Lines, MAX_CHUNK, Output, Replies, Reply, is_message};

/// Maximum size of the text kept of a reply, bytes: 2000 characters and an
/// ellipsis.
const MAX_TEXT: usize = 4 * 2000 + 2;

/// Each line that a policy process writes is a message that fits its robot, or is
/// refused with a short reason. The first byte selects the robot.
pub(crate) fn replies(bytes: &[u8]) {
    let Some((robot, output)) = bytes.split_first() else { return };
    let actions = actuators(*robot);
    let inputs = actions.iter().map(|action| action.inputs.len()).sum();
    let replies = Replies::new(&actions);
    let mut lines = Lines::new(output, replies.max_line());
    while let Output::Line(line) = lines.next_line() {
        match replies.parse(&line) {
            Ok(reply) => {
                assert!(is_message(&line), "a reply is no message");
                fits(&replies, &reply, inputs);
            }
            Err(BadReply::NoMessage(what) | BadReply::BadCommand { what, .. }) => {
                assert!(!what.is_empty() && what.len() < MAX_TEXT, "the reason is `{what}`");
            }
        }
    }
}

/// The actuators of a robot: none, one wheel of each side, or a leg with a joint
/// that takes several inputs.
fn actuators(robot: u8) -> Vec<ActionChannel> {
    let names: &[(&str, &[InputKind])] = match robot % 3 {
        0 => &[],
        1 => &[("left", &[InputKind::Velocity]), ("right", &[InputKind::Velocity])],
        _ => &[
            ("hip", &[InputKind::Position]),
            ("knee", &[InputKind::Position, InputKind::Velocity, InputKind::Torque]),
        ],
    };
    let actuator = |(name, inputs): &(&str, &[InputKind])| ActionChannel {
        name: (*name).to_owned(),
        joint: (*name).to_owned(),
        inputs: inputs.to_vec(),
        ranges: vec![None; inputs.len()],
        initial: vec![0.0; inputs.len()],
    };
    names.iter().map(actuator).collect()
}

/// A reply is within its bounds, and its commands are unchanged after they are
/// written and read.
fn fits(replies: &Replies, reply: &Reply, inputs: usize) {
    match reply {
        Reply::Ready { name, .. } => {
            assert!(name.as_ref().is_none_or(|name| name.len() < MAX_TEXT));
        }
        Reply::Error { message } => assert!(message.len() < MAX_TEXT),
        Reply::Command { request, commands } => {
            assert!((1..=MAX_CHUNK).contains(&commands.len()));
            assert!(commands.iter().all(|command| command.len() == inputs));
            assert!(commands.iter().flatten().all(|number| number.is_finite()));
            // As double-precision numbers their text has all digits.
            let wide: Vec<Vec<f64>> =
                commands.iter().map(|it| it.iter().copied().map(f64::from).collect()).collect();
            let text = format!(
                "{{\"type\": \"command\", \"request\": {request}, \"commands\": {wide:?}}}"
            );
            let again = replies.parse(&text).expect("a written command can be read");
            assert!(has_same_bits(reply, &again), "{text}");
        }
    }
}

fn has_same_bits(one: &Reply, other: &Reply) -> bool {
    let (Reply::Command { commands: one, .. }, Reply::Command { commands: other, .. }) =
        (one, other)
    else {
        return false;
    };
    let bits = |commands: &[Vec<f32>]| -> Vec<Vec<u32>> {
        commands.iter().map(|it| it.iter().map(|number| number.to_bits()).collect()).collect()
    };
    bits(one) == bits(other)
}
