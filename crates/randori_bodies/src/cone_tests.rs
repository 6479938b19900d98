//! Friction cones against finite differences, brute force and Coulomb's law.

use nalgebra::{Matrix3, Vector3};

use super::*;

/// A deterministic pseudo-random number generator.
struct Numbers(u64);

impl Numbers {
    /// Between -1 and 1.
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn vector(&mut self, dim: usize, scale: f64) -> ConeVector {
        let mut vector = [0.0; MAX_CONE_DIM];
        vector[..dim].fill_with(|| scale * self.next());
        vector
    }
}

const KINDS: [ConeKind; 4] =
    [ConeKind::Frictionless, ConeKind::Sliding, ConeKind::Torsional, ConeKind::Rolling];

fn cone(kind: ConeKind) -> Cone {
    let friction = Friction { sliding: 0.8, torsional: 0.05, rolling: 0.02 };
    Cone {
        kind,
        mu: friction.coefficients(),
        target: [0.1, -0.02, 0.03, 0.4, -0.5, 0.2],
        normal_regularization: 0.05,
        friction_regularization: 0.04,
    }
}

/// Relative velocities that reach every region, with the cone they belong to.
fn samples() -> Vec<(Cone, ConeVector)> {
    let mut numbers = Numbers(7);
    let mut samples = Vec::new();
    for kind in KINDS {
        for scale in [0.05, 0.3, 2.0, 20.0] {
            for _ in 0..60 {
                let cone = cone(kind);
                let mut u = numbers.vector(kind.dim(), scale);
                for (j, component) in u.iter_mut().enumerate().take(kind.dim()) {
                    // Spin has a small weight compared with sliding.
                    *component =
                        cone.target[j] + if j < 3 { *component } else { 10.0 * *component };
                }
                samples.push((cone, u));
            }
        }
    }
    samples
}

fn moved(u: &ConeVector, j: usize, by: f64) -> ConeVector {
    let mut moved = *u;
    moved[j] += by;
    moved
}

/// Length of the friction impulse relative to its largest value.
fn use_of_friction(cone: &Cone, impulse: &ConeVector) -> f64 {
    (1..cone.kind.dim()).map(|j| (impulse[j] / cone.mu[j]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn samples_reach_every_region_of_every_cone() {
    for kind in KINDS {
        let all = samples();
        let count = |region| {
            let inside = |(cone, u): &&(Cone, ConeVector)| {
                cone.kind == kind && cone.response(u).region == region
            };
            all.iter().filter(inside).count()
        };
        assert!(count(Region::Separate) > 5);
        assert!(count(Region::Stick) > 5);
        assert_eq!(count(Region::Slide) > 5, kind != ConeKind::Frictionless);
    }
}

#[test]
fn impulses_lie_in_the_cone() {
    for (cone, u) in samples() {
        let impulse = cone.response(&u).impulse;
        assert!(impulse[0] >= 0.0);
        assert!(use_of_friction(&cone, &impulse) <= impulse[0] * (1.0 + 1e-12));
        assert!(impulse[cone.kind.dim()..].iter().all(|component| *component == 0.0));
    }
}

#[test]
fn impulses_are_the_negative_gradient_of_the_energy() {
    let eps = 1e-6;
    for (cone, u) in samples() {
        let impulse = cone.response(&u).impulse;
        for j in 0..cone.kind.dim() {
            let [before, after] = [-eps, eps].map(|by| cone.energy(&moved(&u, j, by)));
            let slope = (after - before) / (2.0 * eps);
            let scale = impulse[0].max(1.0);
            assert!((slope + impulse[j]).abs() < 1e-5 * scale, "{cone:?} {u:?} {j}");
        }
    }
}

#[test]
fn hessians_are_the_derivatives_of_impulses() {
    let eps = 1e-7;
    for (cone, u) in samples() {
        let response = cone.response(&u);
        let hessian = response.hessian(&cone);
        for j in 0..cone.kind.dim() {
            let [before, after] = [-eps, eps].map(|by| cone.response(&moved(&u, j, by)));
            if before.region != after.region {
                continue; // the Hessian jumps between regions
            }
            for i in 0..cone.kind.dim() {
                let slope = (before.impulse[i] - after.impulse[i]) / (2.0 * eps);
                let scale = hessian[i][i].abs().max(hessian[j][j]).max(1.0);
                assert!((slope - hessian[i][j]).abs() < 1e-5 * scale, "{cone:?} {u:?} {i} {j}");
            }
        }
    }
}

#[test]
fn hessians_are_symmetric_and_positive_semidefinite() {
    let mut numbers = Numbers(3);
    for (cone, u) in samples() {
        let hessian = cone.response(&u).hessian(&cone);
        let x = numbers.vector(cone.kind.dim(), 1.0);
        let mut quadratic = 0.0;
        for i in 0..MAX_CONE_DIM {
            for j in 0..MAX_CONE_DIM {
                assert_eq!(hessian[i][j], hessian[j][i]);
                quadratic += x[i] * hessian[i][j] * x[j];
            }
        }
        assert!(quadratic >= -1e-12);
    }
}

#[test]
fn slope_and_curvature_along_a_line_agree_with_impulse_and_hessian() {
    let mut numbers = Numbers(11);
    for (cone, u) in samples() {
        let du = numbers.vector(cone.kind.dim(), 1.0);
        let response = cone.response(&u);
        let hessian = response.hessian(&cone);
        let (mut slope, mut curvature) = (0.0, 0.0);
        for i in 0..MAX_CONE_DIM {
            slope -= response.impulse[i] * du[i];
            for j in 0..MAX_CONE_DIM {
                curvature += du[i] * hessian[i][j] * du[j];
            }
        }
        let along = cone.along(&u, &du);
        assert!((along.0 - slope).abs() < 1e-12 * slope.abs().max(1.0));
        assert!((along.1 - curvature).abs() < 1e-11 * curvature.abs().max(1.0));
    }
}

#[test]
fn impulses_are_continuous_across_the_regions() {
    for kind in KINDS {
        let cone = cone(kind);
        // A sweep of the normal velocity at a fixed sliding velocity crosses all
        // three regions.
        let mut sweep = [0.0, 0.01, -0.02, 0.1, 0.2, -0.1];
        sweep[kind.dim()..].fill(0.0);
        let at = |k: i32| {
            let mut u = sweep;
            u[0] = f64::from(k) * 1e-5;
            cone.response(&u)
        };
        let mut regions = Vec::new();
        for k in -40_000..40_000 {
            let (one, other) = (at(k), at(k + 1));
            for j in 0..kind.dim() {
                assert!((one.impulse[j] - other.impulse[j]).abs() < 1e-5 / 0.04);
            }
            if regions.last() != Some(&one.region) {
                regions.push(one.region);
            }
        }
        let expected = match kind {
            ConeKind::Frictionless => vec![Region::Stick, Region::Separate],
            _ => vec![Region::Stick, Region::Slide, Region::Separate],
        };
        assert_eq!(regions, expected);
    }
}

/// Minimises `1/2 (x - y)' R (x - y)` over the cone by random search: a step towards a
/// random point of the cone, accepted if it improves.
fn brute_force(cone: &Cone, y: &ConeVector, weights: &ConeVector, numbers: &mut Numbers) -> f64 {
    let dim = cone.kind.dim();
    let cost = |x: &ConeVector| -> f64 {
        (0..dim).map(|j| weights[j] * (x[j] - y[j]) * (x[j] - y[j]) / 2.0).sum()
    };
    let mut best = [0.0; MAX_CONE_DIM];
    let mut best_cost = cost(&best);
    let mut step = y.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    for _ in 0..40 {
        for _ in 0..400 {
            let change = numbers.vector(dim, step);
            let mut trial = best;
            for j in 0..dim {
                trial[j] += change[j] * if j == 0 { 1.0 } else { cone.mu[j] };
            }
            trial[0] = trial[0].max(0.0);
            let used = use_of_friction(cone, &trial);
            if used > trial[0] {
                let share = trial[0] / used;
                trial[1..dim].iter_mut().for_each(|value| *value *= share);
            }
            let trial_cost = cost(&trial);
            if trial_cost < best_cost {
                (best, best_cost) = (trial, trial_cost);
            }
        }
        step *= 0.7;
    }
    best_cost
}

#[test]
fn impulses_are_the_nearest_point_of_the_cone() {
    let mut numbers = Numbers(23);
    for (cone, u) in samples().into_iter().step_by(31) {
        let dim = cone.kind.dim();
        let (mut y, mut weights) = ([0.0; MAX_CONE_DIM], [0.0; MAX_CONE_DIM]);
        for j in 0..dim {
            weights[j] = match j {
                0 => cone.normal_regularization,
                _ => cone.friction_regularization / (cone.mu[j] * cone.mu[j]),
            };
            y[j] = (cone.target[j] - u[j]) / weights[j];
        }
        let impulse = cone.response(&u).impulse;
        let distance = |j: usize| weights[j] * (impulse[j] - y[j]) * (impulse[j] - y[j]) / 2.0;
        let closed: f64 = (0..dim).map(distance).sum();
        let searched = brute_force(&cone, &y, &weights, &mut numbers);

        assert!(closed <= searched + 1e-12 * searched.max(1.0), "{cone:?} {u:?}");
        assert!((searched - closed).abs() < 1e-2 * closed.max(1e-3), "{cone:?} {u:?}");
    }
}

/// A free body of this mass that slides at `velocity` with the normal impulse
/// that stops its approach: the minimum of `mass/2 |u - start|^2 + phi(u)`.
fn slide(cone: &Cone, mass: f64, start: &ConeVector) -> ConeVector {
    let mut u = *start;
    for _ in 0..60 {
        let response = cone.response(&u);
        let hessian = response.hessian(cone);
        let slope = Vector3::from_fn(|i, _| response.impulse[i] - mass * (u[i] - start[i]));
        let curvature = Matrix3::from_fn(|i, j| hessian[i][j]) + Matrix3::identity() * mass;
        let du = curvature.try_inverse().unwrap() * slope;
        let energy = |share: f64| {
            let mut at = u;
            let mut energy = 0.0;
            for i in 0..3 {
                at[i] += share * du[i];
                energy += mass * (at[i] - start[i]) * (at[i] - start[i]) / 2.0;
            }
            (energy + cone.energy(&at), at)
        };
        let before = energy(0.0).0;
        let mut share = 1.0;
        while energy(share).0 > before && share > 1e-6 {
            share /= 2.0;
        }
        u = energy(share).1;
    }
    u
}

#[test]
fn a_sliding_body_loses_coulombs_share_of_the_normal_impulse() {
    let (mass, friction) = (2.0, 0.8);
    let cone = Cone {
        target: [0.0; MAX_CONE_DIM],
        normal_regularization: 1e-6,
        friction_regularization: 1e-6,
        ..cone(ConeKind::Sliding)
    };
    let start = [-0.05, 3.0, 4.0, 0.0, 0.0, 0.0];
    let u = slide(&cone, mass, &start);
    let impulse = cone.response(&u).impulse;
    // In the direction of the motion (0.6, 0.8), against it.
    assert!((impulse[1] + friction * impulse[0] * 0.6).abs() < 1e-9 * impulse[0]);
    assert!((impulse[2] + friction * impulse[0] * 0.8).abs() < 1e-9 * impulse[0]);
    assert!((mass * (u[1] - start[1]) - impulse[1]).abs() < 1e-9);
}

#[test]
fn de_saxces_correction_makes_sliding_coulombs() {
    let (mass, friction) = (2.0, 0.8);
    let mut cone = Cone {
        target: [0.0; MAX_CONE_DIM],
        normal_regularization: 1e-6,
        friction_regularization: 1e-6,
        ..cone(ConeKind::Sliding)
    };
    let start = [-0.05, 3.0, 4.0, 0.0, 0.0, 0.0];
    let dilated = slide(&cone, mass, &start);
    let mut u = dilated;
    for _ in 0..50 {
        cone.target[0] = -friction * (u[1] * u[1] + u[2] * u[2]).sqrt();
        u = slide(&cone, mass, &start);
    }

    // The convex law lifts a sliding body; corrected, the normal impulse just
    // stops the approach, and friction takes its share of that.
    assert!(dilated[0] > 1.0);
    assert!(u[0].abs() < 1e-6);
    let speed = (u[1] * u[1] + u[2] * u[2]).sqrt();
    assert!((speed - (5.0 - friction * 0.05)).abs() < 1e-6);
}

#[test]
fn friction_below_its_limit_stops_the_body() {
    let cone = Cone {
        target: [0.0; MAX_CONE_DIM],
        normal_regularization: 1e-6,
        friction_regularization: 1e-6,
        ..cone(ConeKind::Sliding)
    };
    let u = slide(&cone, 2.0, &[-0.05, 0.02, 0.01, 0.0, 0.0, 0.0]);

    assert!(u.iter().all(|component| component.abs() < 1e-6));
}

#[test]
fn a_direction_without_friction_is_free() {
    let mut cone = cone(ConeKind::Rolling);
    cone.mu[4] = 0.0;
    cone.mu[5] = 0.0;
    let response = cone.response(&[-1.0, 0.1, 0.2, 3.0, 50.0, -70.0]);

    assert!(response.impulse[0] > 0.0 && response.impulse[3] != 0.0);
    assert_eq!(response.impulse[4..], [0.0, 0.0]);
    assert_eq!(response.hessian(&cone)[4][4], 0.0);
}
