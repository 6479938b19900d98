//! Elliptic friction cones: the impulse of a contact and its derivative, in closed form.
//!
//! A contact has `d` relative velocities `u = (u_n, u_1 .. u_{d-1})`: along its
//! normal (positive: the bodies separate) and, in this order, along two tangents,
//! of the spin about the normal, and of rolling about the two tangents. `d` is 1
//! (no friction), 3 (sliding), 4 (torsional friction too) or 6 (rolling too).
//! Impulses lie in the elliptic cone
//!
//! ```text
//! lambda_n >= 0,   |(lambda_1/mu_1 .. lambda_{d-1}/mu_{d-1})| <= lambda_n
//! ```
//!
//! The contact has the target velocity `target` and the regularisation `R_n` and
//! `R_j` (velocity per impulse). The unbounded impulse is `y = R^-1 (target - u)`;
//! the impulse is the point of the cone nearest to it,
//!
//! ```text
//! lambda(u) = argmin_{lambda in cone} 1/2 (lambda - y)' R (lambda - y)
//! ```
//!
//! and `phi(u) = 1/2 lambda(u)' R lambda(u)` is a convex potential with
//! `lambda = -d phi/d u`. The projection has a closed form if the regularisation
//! of friction is proportional to `1/mu_j^2`; we write `R_j = rho / mu_j^2`. With
//! `s_j = mu_j (target_j - u_j) / rho` (that is `y_j / mu_j`) and `s = |s|`:
//!
//! ```text
//! stick     s <= y_n              lambda = y
//! separate  rho s <= -R_n y_n     lambda = 0
//! slide     otherwise             lambda_n = (R_n y_n + rho s) / (R_n + rho)
//!                                 lambda_j = mu_j lambda_n s_j / s
//! ```
//!
//! and with `k = 1/(R_n + rho)`, `w = lambda_n/(rho s)`, `a = (1, mu_j s_j/s)` and
//! `b = (0, mu_j s_j/s)`, the Hessian `-d lambda/du` while sliding is
//!
//! ```text
//! H = k a a' + w (diag(0, mu_j^2) - b b')
//! ```
//!
//! Impulse and potential are continuous across the regions; the Hessian jumps.
//!
//! Sources: `MuJoCo` documentation, "Computation", "Friction cones" (its elliptic
//! cone is this one, with `rho = R_n mu_1^2 / impratio`); Castro, Permenter and Han (2022),
//! section IV (the same projection for `d = 3`).
//!
//! Start reading at [`Cone::response`].

#![expect(clippy::needless_range_loop, reason = "the index is that of several arrays")]

/// Number of relative velocities of a contact with every kind of friction.
pub const MAX_CONE_DIM: usize = 6;

/// A relative velocity (m/s, then rad/s) or an impulse (N s, then N m s) of a
/// contact; components beyond its dimension are 0.
pub type ConeVector = [f64; MAX_CONE_DIM];

/// A symmetric matrix over the directions of a contact, row by row.
pub type ConeMatrix = [[f64; MAX_CONE_DIM]; MAX_CONE_DIM];

/// Directions of a contact in which impulses act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ConeKind {
    /// Only the normal.
    Frictionless,
    /// Normal and sliding.
    #[default]
    Sliding,
    /// Normal, sliding and spin about the normal.
    Torsional,
    /// All six.
    Rolling,
}

impl ConeKind {
    /// Number of directions: 1, 3, 4 or 6.
    #[inline]
    pub fn dim(self) -> usize {
        match self {
            Self::Frictionless => 1,
            Self::Sliding => 3,
            Self::Torsional => 4,
            Self::Rolling => 6,
        }
    }
}

/// Coefficients of friction of a contact.
///
/// A coefficient of 0 leaves its direction free.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Friction {
    /// Tangential force per normal force.
    pub sliding: f64,
    /// Moment about the normal per normal force, m.
    pub torsional: f64,
    /// Moment about the tangents per normal force, m.
    pub rolling: f64,
}

impl Friction {
    /// The smallest cone with all these directions.
    pub fn kind(&self) -> ConeKind {
        if self.rolling > 0.0 {
            ConeKind::Rolling
        } else if self.torsional > 0.0 {
            ConeKind::Torsional
        } else if self.sliding > 0.0 {
            ConeKind::Sliding
        } else {
            ConeKind::Frictionless
        }
    }

    /// Coefficients by direction; that of the normal, unused, is 0.
    pub fn coefficients(&self) -> ConeVector {
        [0.0, self.sliding, self.sliding, self.torsional, self.rolling, self.rolling]
    }
}

/// The potential of one contact, as a function of its relative velocity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cone {
    /// Directions.
    pub kind: ConeKind,
    /// Friction coefficient of each direction; the first is unused.
    pub mu: ConeVector,
    /// Target relative velocity.
    pub target: ConeVector,
    /// `R_n`, normal velocity per impulse; positive.
    pub normal_regularization: f64,
    /// `rho = R_j mu_j^2` of every friction direction; positive.
    pub friction_regularization: f64,
}

/// State of a contact at a relative velocity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// No impulse.
    Separate,
    /// Inside the cone.
    Stick,
    /// On its surface.
    Slide,
}

/// Impulse and curvature of a contact's potential.
///
/// The curvature is kept as the factors of the formula at the head of this file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConeResponse {
    /// Region of the impulse.
    pub region: Region,
    /// Impulse on the second body.
    pub impulse: ConeVector,
    /// `k` while sliding, `1/R_n` otherwise.
    pub(crate) normal: f64,
    /// `w` while sliding, `1/rho` otherwise; times `mu_j^2`.
    pub(crate) friction: f64,
    /// `b` while sliding, otherwise 0.
    pub(crate) direction: ConeVector,
}

impl Cone {
    /// Impulse and curvature at a relative velocity.
    #[inline]
    pub fn response(&self, u: &ConeVector) -> ConeResponse {
        match self.kind {
            ConeKind::Frictionless => self.respond::<1>(u),
            ConeKind::Sliding => self.respond::<3>(u),
            ConeKind::Torsional => self.respond::<4>(u),
            ConeKind::Rolling => self.respond::<6>(u),
        }
    }

    #[inline]
    fn respond<const D: usize>(&self, u: &ConeVector) -> ConeResponse {
        let (rn, rho) = (self.normal_regularization, self.friction_regularization);
        let normal = self.target[0] - u[0]; // R_n y_n
        let mut scaled = [0.0; MAX_CONE_DIM]; // rho s_j
        let mut square = 0.0;
        for j in 1..D {
            scaled[j] = self.mu[j] * (self.target[j] - u[j]);
            square += scaled[j] * scaled[j];
        }
        let length = square.sqrt(); // rho s
        let mut response = ConeResponse {
            region: Region::Separate,
            impulse: [0.0; MAX_CONE_DIM],
            normal: 0.0,
            friction: 0.0,
            direction: [0.0; MAX_CONE_DIM],
        };
        if length * rn <= rho * normal {
            response.region = Region::Stick;
            response.normal = rn.recip();
            response.friction = rho.recip();
            response.impulse[0] = normal * response.normal;
            for j in 1..D {
                response.impulse[j] = self.mu[j] * scaled[j] * response.friction;
            }
        } else if length > -normal {
            response.region = Region::Slide;
            response.normal = (rn + rho).recip();
            response.impulse[0] = (normal + length) * response.normal;
            response.friction = response.impulse[0] / length;
            let inverse = length.recip();
            for j in 1..D {
                response.direction[j] = self.mu[j] * scaled[j] * inverse;
                response.impulse[j] = response.impulse[0] * response.direction[j];
            }
        }
        response
    }

    /// The potential at a relative velocity, J: `1/2 lambda' R lambda`.
    pub fn energy(&self, u: &ConeVector) -> f64 {
        let impulse = self.response(u).impulse;
        let mut energy = self.normal_regularization * impulse[0] * impulse[0] / 2.0;
        for j in 1..self.kind.dim() {
            if self.mu[j] > 0.0 {
                let scaled = impulse[j] / self.mu[j];
                energy += self.friction_regularization * scaled * scaled / 2.0;
            }
        }
        energy
    }

    /// Normal velocity at which the convex law lifts a sliding contact: `|mu_j u_j|`
    /// over the friction directions.
    #[inline]
    pub fn slip(&self, u: &ConeVector) -> f64 {
        let mut square = 0.0;
        for j in 1..self.kind.dim() {
            square += (self.mu[j] * u[j]) * (self.mu[j] * u[j]);
        }
        square.sqrt()
    }

    /// Slope and curvature of the potential along the direction `du` at `u`:
    /// `-lambda' du` and `du' H du`.
    #[inline]
    pub fn along(&self, u: &ConeVector, du: &ConeVector) -> (f64, f64) {
        let response = self.response(u);
        let mut slope = -response.impulse[0] * du[0];
        let (mut inside, mut squares) = (0.0, 0.0);
        for j in 1..self.kind.dim() {
            slope -= response.impulse[j] * du[j];
            inside += response.direction[j] * du[j];
            squares += self.mu[j] * self.mu[j] * du[j] * du[j];
        }
        let ahead = du[0] + inside;
        let curvature =
            response.normal * ahead * ahead + response.friction * (squares - inside * inside);
        (slope, curvature)
    }
}

impl ConeResponse {
    /// The Hessian of the potential, `-d impulse / du`.
    #[inline]
    pub fn hessian(&self, cone: &Cone) -> ConeMatrix {
        let mut hessian = [[0.0; MAX_CONE_DIM]; MAX_CONE_DIM];
        if self.region == Region::Separate {
            return hessian;
        }
        let b = &self.direction;
        let across = self.normal - self.friction; // k - w
        hessian[0][0] = self.normal;
        for i in 1..cone.kind.dim() {
            hessian[0][i] = self.normal * b[i];
            hessian[i][0] = hessian[0][i];
            for j in 1..cone.kind.dim() {
                hessian[i][j] = across * (b[i] * b[j]);
            }
            hessian[i][i] += self.friction * cone.mu[i] * cone.mu[i];
        }
        hessian
    }
}

#[cfg(test)]
#[path = "cone_tests.rs"]
mod tests;
