//! However a run is gone through, it is the same run.

use bevy::prelude::*;
use randori_core::random::RandomStream;
use randori_core::text::Override;
use randori_core::time::Tick;
use randori_viewer::action::Action;
use randori_viewer::open::Terms;
use randori_viewer::playback::Speed;

use crate::{ask, of_repository, opened, play_to_the_end, repository, run};

/// What is asked in one of the runs below.
const STEPS: usize = 16;

fn open(file: &str, duration_s: f64, seed: u64) -> App {
    let overrides = vec![Override::number("duration", duration_s, "the test")];
    opened(&repository().join(file), Terms { overrides, seed, ..of_repository() })
}

/// Asks for something, as likely one as the other.
fn wander(app: &mut App, stream: &mut RandomStream) {
    let below = |stream: &mut RandomStream, end: u64| stream.next_u64() % end;
    let newest = run(app).newest().0;
    match below(stream, 5) {
        0 => ask(app, [Action::Seek(Tick(below(stream, newest + 20)))]),
        1 => {
            let steps = 1 + below(stream, 30) as usize;
            ask(app, std::iter::repeat_n(Action::StepBack, steps));
        }
        2 => {
            let steps = 1 + below(stream, 150) as usize;
            ask(app, std::iter::repeat_n(Action::StepForward, steps));
        }
        3 => ask(app, [Action::Branch]),
        _ => {
            let speed = Speed::Times([1.0, 8.0, 16.0][below(stream, 3) as usize]);
            ask(app, [Action::SetSpeed(speed), Action::Play]);
            app.update();
            ask(app, [Action::Pause]);
        }
    }
    assert_eq!(run(app).problem(), None);
}

#[track_caller]
fn check(file: &str, duration_s: f64) {
    for seed in 0..3 {
        let expected = play_to_the_end(&mut open(file, duration_s, seed));
        let mut app = open(file, duration_s, seed);
        let mut stream = RandomStream::new(seed, file);
        for _ in 0..STEPS {
            wander(&mut app, &mut stream);
        }
        assert!(run(&app).newest() > Tick(0), "nothing was asked");

        assert_eq!(play_to_the_end(&mut app), expected, "{file} with seed {seed}");
        assert_eq!(run(&app).newest(), run(&app).end());
    }
}

#[test]
fn a_courier_that_thinks_late_comes_to_the_same_end_by_every_way() {
    check("scenarios/courier/distracted.ron", 2.5);
}

#[test]
fn a_pole_in_random_gusts_comes_to_the_same_end_by_every_way() {
    check("scenarios/cartpole/balance.ron", 4.0);
}

#[test]
fn a_pup_that_is_pushed_comes_to_the_same_end_by_every_way() {
    check("scenarios/pup/stand.ron", 3.5);
}
