//! Policies in real child processes: well-behaved Python scripts and children
//! that misbehave in every way that we could think of.
#![cfg(unix)]

#[path = "../src/fixture.rs"]
#[expect(dead_code, reason = "shared with unit tests, which use the rest")]
mod fixture;
mod support;

use std::time::Duration;

use randori_core::policy::Policy;
use randori_policy::ProcessPolicy;

use fixture::{COURIER, LEG, Snapshot, interface};
use support::{PATIENT, Scripts, has_python, seen, shell, start_shell};

#[test]
fn a_student_policy_drives_the_wheels() {
    if !has_python() {
        return;
    }
    let scripts = Scripts::new();
    scripts.write(
        "my_policy.py",
        "from randori_policy import run\n\
         def act(observation):\n    \
             x, y, yaw = observation['odometry']['pose']\n    \
             return {'right': 2 * observation.time, 'left': x + observation['lidar']['ranges'][1]}\n\
         run(act)\n",
    );
    let interface = interface(COURIER);
    let mut policy = scripts.python("my_policy.py", &interface).expect("a correct policy");
    policy.reset(7).expect("nothing to reset");

    let mut values = vec![0.0; 185];
    values[1] = 1.25;
    values[180] = 0.1;
    let seen = Snapshot::at(&interface, 0.5, values);
    policy.submit(&seen.observation(0)).expect("it is alive");
    let answer = policy.collect(0).expect("it answers");

    // 0.1 went out and came back as the decimal that names the same float.
    assert_eq!(answer.commands, [[(0.1_f64 + 1.25) as f32, 1.0]]);
    assert_eq!(policy.contract().name, "my_policy.py");
    assert_eq!(policy.contract().command_len, 2);
}

#[test]
fn the_shipped_example_drives_to_its_goal() {
    if !has_python() {
        return;
    }
    let scripts = Scripts::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/python/examples/drive_to_goal.py");
    let interface = interface(COURIER);
    let mut policy = scripts.python(example, &interface).expect("the example runs");
    policy.reset(0).expect("the example needs no reset");

    let (mut x, mut y, mut heading) = (0.0_f64, 0.0_f64, 0.0_f64);
    for request in 0..500 {
        let mut values = vec![0.0; 185];
        values[180..183].copy_from_slice(&[x as f32, y as f32, heading as f32]);
        let seen = Snapshot::at(&interface, 0.02 * request as f64, values);
        policy.submit(&seen.observation(request)).expect("it is alive");
        let command = policy.collect(request).expect("it answers").commands.remove(0);
        let [left, right] = [f64::from(command[0]) * 0.1, f64::from(command[1]) * 0.1];
        x += f64::midpoint(left, right) * libm::cos(heading) * 0.02;
        y += f64::midpoint(left, right) * libm::sin(heading) * 0.02;
        heading += (right - left) / 0.5 * 0.02;
    }

    assert!(libm::hypot(x - 6.0, y - 1.0) < 0.3, "ended at {x}, {y}");
}

#[test]
fn seeds_chunks_and_several_open_requests_work() {
    if !has_python() {
        return;
    }
    let scripts = Scripts::new();
    scripts.write(
        "chunks.py",
        "import random, randori_policy\n\
         state = random.Random()\n\
         def act(observation):\n    \
             return [[observation.request, 0], {'left': state.random(), 'right': observation.tick}]\n\
         randori_policy.run(act, reset=state.seed, name='chunky')\n",
    );
    let interface = interface(COURIER);
    let mut policy = scripts.python("chunks.py", &interface).expect("a correct policy");
    let mut answers = |seed| {
        policy.reset(seed).expect("a reset");
        for request in 0..3 {
            policy.submit(&seen(&interface).observation(request)).expect("it is alive");
        }
        (0..3).map(|request| policy.collect(request).expect("an answer")).collect::<Vec<_>>()
    };

    let (first, other, again) = (answers(1), answers(2), answers(1));

    assert_eq!(first[2].commands[0], [2.0, 0.0]);
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert_eq!(policy.contract().name, "chunky");
}

#[test]
fn prints_and_greetings_do_not_disturb_the_conversation() {
    if !has_python() {
        return;
    }
    let scripts = Scripts::new();
    scripts.write(
        "chatty.py",
        "print('welcome to the robot library 2.0')\n\
         import os, sys\n\
         from randori_policy import run\n\
         def act(observation):\n    \
             print('thinking')\n    \
             os.system('echo shouting')\n    \
             return [1, 2] if observation.request == 0 else sys.exit(4)\n\
         run(act)\n",
    );
    let interface = interface(COURIER);
    let mut policy = scripts.python("chatty.py", &interface).expect("a correct policy");
    policy.reset(0).expect("a reset");

    policy.submit(&seen(&interface).observation(0)).expect("it is alive");
    let answer = policy.collect(0).expect("an answer");
    policy.submit(&seen(&interface).observation(1)).expect("it is alive");
    let end = policy.collect(1).expect_err("it leaves");

    assert_eq!(answer.commands, [[1.0, 2.0]]);
    assert!(end.message.contains("ended with exit code 4"), "{end}");
    assert_eq!(
        end.details,
        ["welcome to the robot library 2.0", "thinking", "shouting", "thinking", "shouting"]
    );
}

#[test]
fn an_exception_ends_the_run_with_its_traceback() {
    if !has_python() {
        return;
    }
    let scripts = Scripts::new();
    scripts.write(
        "broken.py",
        "from randori_policy import run\n\
         def act(observation):\n    \
             return 1 / 0\n\
         run(act)\n",
    );
    let interface = interface(COURIER);
    let mut policy = scripts.python("broken.py", &interface).expect("it starts");
    policy.reset(0).expect("a reset");

    policy.submit(&seen(&interface).observation(0)).expect("it is alive");
    let error = policy.collect(0).expect_err("it divides by zero");

    assert_eq!(
        error.message,
        "the policy `broken.py` gave up: ZeroDivisionError: division by zero"
    );
    let details = error.details.join("\n");
    assert!(details.contains("line 3, in act"), "{details}");
    assert_eq!(policy.submit(&seen(&interface).observation(1)).expect_err("it is over"), error);
    assert_eq!(policy.collect(1).expect_err("it is over"), error);
    assert_eq!(policy.reset(0).expect_err("it is over"), error);
}

#[test]
fn wrong_names_in_python_are_answered_with_the_right_ones() {
    if !has_python() {
        return;
    }
    let scripts = Scripts::new();
    let message = |name: &str, act: &str| {
        scripts.write(
            name,
            &format!("from randori_policy import run\nrun(lambda observation: {act})\n"),
        );
        let interface = interface(COURIER);
        let mut policy = scripts.python(name, &interface).expect("it starts");
        policy.reset(0).expect("a reset");
        policy.submit(&seen(&interface).observation(0)).expect("it is alive");
        policy.collect(0).expect_err("a mistake").message
    };

    let sensor = message("a.py", "observation['lidr']['ranges']");
    let actuator = message("b.py", "{'lefft': 1.0, 'right': 1.0}");
    let nan = message("c.py", "{'left': float('nan'), 'right': 1.0}");

    assert!(sensor.contains("no sensor `lidr`; there is `lidar`, `odometry`"), "{sensor}");
    assert!(sensor.contains("(a.py, line 2)"), "{sensor}");
    assert!(actuator.contains("no actuator `lefft`; there is `left`, `right`"), "{actuator}");
    assert!(nan.contains("act() returned nan for `left`"), "{nan}");
}

#[test]
fn the_python_module_passes_its_own_tests() {
    if !has_python() {
        return;
    }
    let output = std::process::Command::new("python3")
        .args(["-B", "-m", "unittest", "test_randori_policy"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/python"))
        .env_remove("RANDORI_POLICY_PROTOCOL")
        .output()
        .expect("python3 starts");

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_program_that_does_not_exist_is_named() {
    let command = ["randori-no-such-program".to_owned()];
    let folder = std::env::temp_dir();

    let error = ProcessPolicy::start(&command, &folder, &interface(LEG), PATIENT, &[])
        .expect_err("there is no such program");

    assert!(error.message.contains("`randori-no-such-program`"), "{error}");
    assert!(error.help.expect("advice").contains("check the spelling"));
}

#[test]
fn an_early_end_is_reported_with_the_last_words() {
    let error =
        start_shell("echo cannot load weights >&2; exit 3", PATIENT).expect_err("it ends at once");

    assert!(error.message.contains("ended with exit code 3 before it could say"), "{error}");
    assert_eq!(error.details, ["cannot load weights"]);
}

#[test]
fn an_end_by_a_signal_is_reported() {
    let mut policy = shell(r"read -r o; kill -9 $$");
    policy.submit(&seen(&interface(COURIER)).observation(0)).expect("it is alive");

    let error = policy.collect(0).expect_err("it is killed");

    assert!(error.message.contains("was ended by signal 9 before it could answer"), "{error}");
}

#[test]
fn silence_is_ended_by_patience_and_so_is_the_child() {
    let error = start_shell("echo busy >&2; exec sleep 1000", Duration::from_millis(200))
        .expect_err("it never says anything");

    assert!(error.message.contains("did not say that it is ready within 0.2 s"), "{error}");
    assert!(error.help.expect("advice").contains("timeout_s"));
}

#[test]
fn an_end_is_seen_even_if_a_grandchild_keeps_the_pipes() {
    let error = start_shell("sleep 1000 & exit 5", PATIENT).expect_err("it ends at once");

    assert!(error.message.contains("ended with exit code 5"), "{error}");
}

/// What the child answers to its only request, and what the report then says.
fn answer_and_error(answer: &str) -> String {
    let mut policy = shell(&format!("read -r o; echo 'oh dear' >&2; {answer}; exec cat >&2"));
    policy.submit(&seen(&interface(COURIER)).observation(0)).expect("it is alive");
    let error = policy.collect(0).expect_err("the answer is wrong");
    assert_eq!(error.details, ["oh dear"], "{error}");
    error.message
}

#[test]
fn answers_that_cannot_be_used_are_explained() {
    let cases = [
        ("echo garbage", "wrote a line that is no message: `garbage`"),
        (
            r#"echo '{"type":"command","request":0,"commands":[[1]]}'"#,
            "it has 1 values, but the robot takes 2",
        ),
        (
            r#"echo '{"type":"command","request":0,"commands":[[1,NaN]]}'"#,
            "wrote a line that is no message",
        ),
        (
            r#"echo '{"type":"command","request":0,"commands":[[1,null]]}'"#,
            "invalid type: null, expected a number for `right`",
        ),
        (
            r#"echo '{"type":"command","request":0,"commands":[[1,1e300]]}'"#,
            "too large for a single-precision",
        ),
        (
            r#"echo '{"type":"command","request":0,"commands":[{"lefft":1,"right":0}]}'"#,
            "no actuator `lefft`, did you mean `left`?",
        ),
        (
            r#"echo '{"type":"command","request":4,"commands":[[1,2]]}'"#,
            "answered request 4, which is not open",
        ),
        (
            r#"echo '{"type":"command","request":0,"comands":[[1,2]]}'"#,
            "wrote a line that is no message",
        ),
        (r#"echo '{"type":"ready"}'"#, "sent `ready` where `command` was due"),
        (
            r#"echo '{"type":"error","message":"the net is too deep"}'"#,
            "gave up: the net is too deep",
        ),
        (r"printf '\377\n'", "wrote a line that is not UTF-8 text"),
        ("exec 1>&-", "closed its connection"),
    ];
    for (answer, expected) in cases {
        let message = answer_and_error(answer);

        assert!(message.contains(expected), "{answer}: {message}");
    }
}

#[test]
fn a_line_without_end_is_cut_off() {
    let message = answer_and_error("head -c 300000 /dev/zero | tr '\\0' x");

    assert!(message.contains("wrote a line of more than 186 kB"), "{message}");
}

#[test]
fn an_answer_byte_by_byte_is_ended_by_patience() {
    let ready = r#"read -r hello; echo '{"type":"ready","protocol":1}'"#;
    let slowly = "while :; do printf x; sleep 0.05; done";
    let mut policy = start_shell(&format!("{ready}; read -r o; {slowly}"), Duration::from_secs(3))
        .expect("a child that is ready");
    policy.submit(&seen(&interface(COURIER)).observation(0)).expect("it is alive");

    let error = policy.collect(0).expect_err("its line never ends");

    assert!(error.message.contains("did not answer request 0 within 3 s"), "{error}");
}

#[test]
fn a_flood_of_error_output_keeps_its_last_lines() {
    let flood = "i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i + 1)); done";
    let error = start_shell(&format!("{flood}; exit 3"), PATIENT).expect_err("it ends at once");

    assert_eq!(error.details.len(), 20);
    assert_eq!(error.details.last().map(String::as_str), Some("line 19999"));
}

#[test]
fn an_answer_before_the_question_is_refused() {
    let early = r#"echo '{"type":"command","request":0,"commands":[[1,2]]}'"#;
    let ready = r#"echo '{"type":"ready"}'"#;
    let mut policy = shell(&format!("{early}; read -r reset; {ready}; {early}; exec cat >&2"));

    policy.reset(0).expect("late answers of an earlier run do not matter");
    policy.submit(&seen(&interface(COURIER)).observation(7)).expect("it is alive");
    let error = policy.collect(7).expect_err("it answers another request");

    assert!(error.message.contains("answered request 0, which is not open"), "{error}");
}

#[test]
fn a_child_of_another_protocol_is_refused() {
    let error = start_shell(r#"echo '{"type":"ready","protocol":2}'; exec cat >&2"#, PATIENT)
        .expect_err("a protocol of the future");

    assert!(error.message.contains("speaks protocol 2, not 1"), "{error}");
}

#[test]
fn submitting_never_waits_for_a_child_that_does_not_read() {
    let interface = interface(COURIER);
    let mut policy = shell("exec sleep 1000");

    // Far more than a pipe holds: about a kilobyte each.
    for request in 0..2000 {
        policy.submit(&seen(&interface).observation(request)).expect("nothing blocks");
    }
}

#[test]
fn an_unknown_or_repeated_request_is_refused_without_ending_the_policy() {
    let mut policy = shell(
        r#"while read -r o; do echo '{"type":"command","request":0,"commands":[[1,2]]}'; done"#,
    );

    assert_eq!(policy.collect(0).expect_err("too early").message, "request 0 was never submitted");
    policy.submit(&seen(&interface(COURIER)).observation(0)).expect("it is alive");
    assert_eq!(policy.collect(0).expect("an answer").commands, [[1.0, 2.0]]);
    assert!(policy.collect(0).is_err());
    assert!(policy.snapshot().is_none());
}
