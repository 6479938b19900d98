//! The same bits on every machine and at every level of optimization.

use nalgebra::Vector3;
use randori_bodies::{Dynamics, Rule, Step};

use super::trees::Random;

/// FNV-1a over the bytes of numbers.
fn hash(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.flat_map(u64::to_le_bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Hash of the states of twenty random trees after 100 steps of 1 ms.
fn hash_of_runs(rule: Rule) -> u64 {
    let mut hashes = Vec::new();
    for seed in 0..20 {
        let mut random = Random(7000 + seed);
        let tree = random.damped_tree(0.1);
        let mut state = random.state(&tree);
        let forces = random.values(tree.dofs(), 1.0);
        let gravity = Vector3::new(0.0, 0.0, -9.81);
        let step = Step { dt: 0.001, rule, gravity, forces: &forces, external: &[] };
        let mut dynamics = Dynamics::new(&tree);
        for _ in 0..100 {
            dynamics.step(&tree, &mut state, &step).expect("a regular mass matrix");
        }
        hashes.push(hash(state.q.iter().chain(&state.v).map(|value| value.to_bits())));
    }
    hash(hashes.into_iter())
}

/// Measured on x86-64. A change of the order of sums moves these numbers, and
/// with them the results of every robot.
#[test]
fn steps_have_known_bits() {
    assert_eq!(hash_of_runs(Rule::SecondOrder), 14_134_926_257_951_860_406, "second order");
    assert_eq!(hash_of_runs(Rule::SemiImplicit), 9_483_092_574_288_662_406, "semi-implicit");
}
