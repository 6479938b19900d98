//! Damaged files: whatever is wrong with them, an import ends with a robot or
//! with a diagnostic.

use crate::common::{import, mjcf, urdf};
use randori_core::text::MemoryFiles;

const MJCF: &str = include_str!("../fixtures/legs.xml");
const URDF: &str = include_str!("../fixtures/arm.urdf");

/// A sequence of numbers that looks random but is always the same
/// (a linear congruential generator, constants of Knuth's MMIX).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn check(text: &str, is_urdf: bool) {
    let name = if is_urdf { "m.urdf" } else { "m.xml" };
    let files = MemoryFiles::new([(name, text)]);
    let source = if is_urdf { urdf(name) } else { mjcf(name) };

    let (found, _) = import(&files, &source);

    assert_eq!(
        found.robot.is_none(),
        !found.errors.is_empty(),
        "neither a robot nor a reason: {text}"
    );
}

fn damaged(text: &str, is_urdf: bool) {
    let bytes = text.as_bytes();
    let mut sequence = Sequence(if is_urdf { 7 } else { 3 });
    for _ in 0..100 {
        let end = sequence.below(bytes.len());
        check(&String::from_utf8_lossy(&bytes[..end]), is_urdf);
    }
    for _ in 0..500 {
        let mut bytes = bytes.to_vec();
        let at = sequence.below(bytes.len());
        bytes[at] = *b"0-9.e \"<>/xnaif".get(sequence.below(15)).unwrap_or(&b'0');
        check(&String::from_utf8_lossy(&bytes), is_urdf);
    }
    // Words in wrong places: numbers become others, names become others.
    let words: Vec<&str> = text.split('"').collect();
    for _ in 0..400 {
        let (at, from) =
            (sequence.below(words.len() / 2) * 2 + 1, sequence.below(words.len() / 2) * 2 + 1);
        let mut words = words.clone();
        words[at] = ["0", "-1", "1e38", "1e-38", "0 0 0", "", words[from]][sequence.below(7)];
        check(&words.join("\""), is_urdf);
    }
}

#[test]
fn a_damaged_mjcf_file_gives_a_robot_or_a_reason() {
    check(MJCF, false);
    damaged(MJCF, false);
}

#[test]
fn a_damaged_urdf_file_gives_a_robot_or_a_reason() {
    check(URDF, true);
    damaged(URDF, true);
}
