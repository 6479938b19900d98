//! Articulated rigid-body dynamics in `f64`: trees of bodies, their kinematics and
//! inertia, and the velocities that drives, limits, friction and contacts allow.
//!
//! It knows no collision detection, files or clocks.
