//! Linkages of the `IFToMM` library of computational benchmark problems (Gonzalez et
//! al. 2006), closed by hinges, some with more constraints than they need.

use nalgebra::{Isometry3, Matrix3, Point3, Translation3, UnitQuaternion, Vector3};
use randori_bodies::coupling::{Closure, Coupling};
use randori_bodies::laws::Law;
use randori_bodies::{JointKind, Kinematics, LinkSpec, MassProperties, StepOptions};

use crate::scene::{World, build};

fn options() -> StepOptions {
    StepOptions { step_s: 0.001, tolerance: 1e-9, ..StepOptions::default() }
}

fn fixed() -> LinkSpec {
    LinkSpec { joint: JointKind::FixedBase, ..LinkSpec::default() }
}

fn hinged(parent: usize, at: Vector3<f64>, axis: Vector3<f64>, mass: MassProperties) -> LinkSpec {
    LinkSpec {
        parent: Some(parent),
        joint: JointKind::Revolute { axis },
        parent_from_joint: Isometry3::translation(at.x, at.y, at.z),
        mass,
        ..LinkSpec::default()
    }
}

/// A rod of 1 kg from the origin to `end` (m), 1 m long.
fn rod(end: Vector3<f64>, thickness: f64) -> MassProperties {
    let thick = thickness * thickness;
    let along = |part: f64| if part == 0.0 { (1.0 + thick) / 12.0 } else { thick / 6.0 };
    let inertia = Matrix3::from_diagonal(&end.map(along));
    MassProperties { mass_kg: 1.0, com: end / 2.0, inertia }
}

/// A hinge between points of two links, about an axis of both frames.
fn closing(links: [usize; 2], points: [Vector3<f64>; 2], turn: UnitQuaternion<f64>) -> Coupling {
    let frames = points.map(|point| Isometry3::from_parts(Translation3::from(point), turn));
    let links = links.map(Some);
    Coupling::Frames { links, frames, closure: Closure::Hinge, law: Law::default() }
}

/// Place of a point of a link (m).
fn place(world: &World, link: usize, point: Vector3<f64>) -> Vector3<f64> {
    let mut kinematics = Kinematics::new(&world.tree);
    kinematics.update(&world.tree, &world.state.q);
    (kinematics.pose(&world.tree, link) * Point3::from(point)).coords
}

/// Places of the fourth corner of Bricard's linkage at times (s), from a solution that
/// keeps its energy to 3e-11 J.
const FOURTH_CORNER: [(f64, [f64; 3]); 3] = [
    (1.0, [0.510_501_461_2, -1.649_167_599_4, 0.140_123_114_6]),
    (2.0, [-0.969_340_344_8, -1.221_246_895_0, 0.754_278_010_8]),
    (5.0, [0.999_999_997_7, -1.000_067_257_7, 0.999_932_740_0]),
];

#[test]
fn bricards_linkage_moves_though_it_has_too_many_constraints() {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let along = [x, -y, z, -x, y];
    let axes = [y, z, x, y, z];
    let mut links = vec![fixed()];
    for k in 0..5 {
        let at = if k == 0 { Vector3::zeros() } else { along[k - 1] };
        links.push(hinged(k, at, axes[k], rod(along[k], 0.1)));
    }
    let mut world = World::new(build(&links), options());
    world.gravity = Vector3::new(0.0, -9.81, 0.0);
    let turn = UnitQuaternion::from_axis_angle(&Vector3::y_axis(), std::f64::consts::FRAC_PI_2);
    world.couplings.push(closing([5, 0], [y, z], turn));
    let (start, mut drift, mut gap) = (world.energy(), 0.0_f64, 0.0_f64);
    let mut errors = Vec::new();
    for step in 1..=10_000 {
        world.step(|_, _, _| {});
        drift = drift.max((world.energy() - start).abs());
        gap = gap.max((place(&world, 5, y) - z).norm());
        for (time, corner) in FOURTH_CORNER {
            if f64::from(step) == time * 1000.0 {
                errors.push((place(&world, 4, Vector3::zeros()) - Vector3::from(corner)).norm());
            }
        }
    }

    assert!(drift < 1e-3, "{drift} J");
    assert!(gap < 1e-4, "{gap} m");
    assert!(errors.len() == 3 && errors.iter().all(|error| *error < 1e-4), "{errors:?}");
}

#[test]
fn a_double_four_bar_passes_its_singular_positions() {
    let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
    let mut links = vec![fixed()];
    for k in 0..3 {
        links.push(hinged(0, x * f64::from(k), y, rod(z, 0.0)));
    }
    for post in [1, 2] {
        links.push(hinged(post, z, y, rod(x, 0.0)));
    }
    // Rods without thickness need some inertia about themselves.
    for link in &mut links[1..] {
        link.mass.inertia += Matrix3::identity() * 1e-4;
    }
    let mut world = World::new(build(&links), options());
    let turn = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), -std::f64::consts::FRAC_PI_2);
    world.couplings.push(closing([4, 2], [x, z], turn));
    world.couplings.push(closing([5, 3], [x, z], turn));
    // The tops move at 1 m/s along X, the beams stay level.
    world.state.v.copy_from_slice(&[1.0, 1.0, 1.0, -1.0, -1.0]);
    world.state.restart();
    let (start, mut drift) = (world.energy(), 0.0_f64);
    for _ in 0..10_000 {
        world.step(|_, _, _| {});
        drift = drift.max((world.energy() - start).abs());
    }
    let posts: Vec<_> = (1..4).map(|post| place(&world, post, z).z).collect();

    assert!(drift < 0.03, "{drift} J");
    // All posts stay parallel: it does not fold another way.
    assert!((posts[0] - posts[1]).abs() < 1e-3 && (posts[0] - posts[2]).abs() < 1e-3, "{posts:?}");
}
