use std::collections::VecDeque;

use super::*;
use crate::fixture::{COURIER, Snapshot, interface};

/// A policy with scripted messages, independent of the requests.
#[derive(Debug)]
struct Script {
    lines: VecDeque<Result<String, Silence>>,
    heard: Vec<String>,
    ended: bool,
}

impl Transport for Script {
    fn send(&mut self, message: Vec<u8>) {
        self.heard.push(String::from_utf8(message).expect("messages are text"));
    }

    fn receive_until(&mut self, _: Instant) -> Result<String, Silence> {
        self.lines.pop_front().unwrap_or(Err(Silence::Late))
    }

    fn place_for_texts(&self) -> &'static str {
        "send nothing else"
    }

    fn log(&self, _: &str) {}

    fn end(&mut self) -> Vec<String> {
        self.ended = true;
        vec!["last words".to_owned()]
    }
}

const READY: &str = r#"{"type":"ready","protocol":1,"name":"mine"}"#;

/// The policy, connected and reset, and its subsequent messages.
fn connected(says: &[Result<&str, Silence>]) -> RemotePolicy<Script> {
    let ready = [Ok(READY), Ok(READY)].into_iter().chain(says.iter().cloned());
    let lines = ready.map(|line| line.map(str::to_owned)).collect();
    let open = |_| Ok(Script { lines, heard: Vec::new(), ended: false });
    let robot = interface(COURIER);
    let timeout = Duration::from_secs(1);
    let mut policy = RemotePolicy::connect("it".to_owned(), &robot, timeout, open).expect("ready");
    policy.reset(5).expect("ready again");
    policy
}

fn asked(policy: &mut RemotePolicy<Script>, request: u64) -> Result<CommandChunk, PolicyError> {
    let seen = Snapshot::at(&interface(COURIER), 0.5, vec![0.0; 185]);
    policy.submit(&seen.observation(request))?;
    policy.collect(request)
}

#[test]
fn any_transport_carries_the_conversation() {
    let mut policy = connected(&[Ok(r#"{"type":"command","request":0,"commands":[[1,2]]}"#)]);

    let answer = asked(&mut policy, 0).expect("an answer");

    assert_eq!(answer.commands, [[1.0, 2.0]]);
    assert_eq!(policy.contract().name, "mine");
    let kinds = ["\"hello\"", "\"reset\"", "\"observation\""];
    let heard = policy.transport.heard.iter().zip(kinds);
    assert!(heard.into_iter().all(|(message, kind)| message.contains(kind)));
}

#[test]
fn silence_is_told_with_the_advice_of_the_transport_and_ends_the_policy() {
    let gone = Silence::Gone { how: "hung up".to_owned(), help: "stay on the line" };
    let cases = [
        (Err(Silence::Late), "the policy `mine` did not answer request 3 within 1 s"),
        (Err(gone), "the policy `mine` hung up before it could answer request 3"),
        (Ok("hello?"), "the policy `mine` wrote a line that is no message: `hello?`"),
    ];
    for (says, message) in cases {
        let mut policy = connected(&[says]);

        let error = asked(&mut policy, 3).expect_err("no answer");

        assert_eq!(error.message, message);
        assert_eq!(error.details, ["last words"]);
        assert!(policy.transport.ended, "{message}");
        assert_eq!(asked(&mut policy, 4), Err(error));
    }
}
