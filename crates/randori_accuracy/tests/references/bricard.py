"""Bricard's linkage by a method of first order, in double precision.

Semi-implicit Euler on the one degree of freedom of the closed ring: velocities first, then positions, both
projected back onto the ring's constraints. The rows `symplectic Euler, f64` of `bricard` in
docs/physics-accuracy.md come from here. Needs numpy.

    python bricard.py 0.001
"""

import sys

import numpy as np

GRAVITY = np.array([0.0, -9.81, 0.0])
RODS = np.array([(1, 0, 0), (0, -1, 0), (0, 0, 1), (-1, 0, 0), (0, 1, 0)], float)
AXES = np.array([(0, 1, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)], float)
INERTIAS = [np.diag([0.02 / 12 if part else 1.01 / 12 for part in rod]) for rod in RODS]
END = np.array([0.0, 0.0, 1.0])
HINGE = np.array([1.0, 0.0, 0.0])
FOURTH_CORNER = {
    1.0: (0.5105014612, -1.6491675994, 0.1401231146),
    2.0: (-0.9693403448, -1.2212468950, 0.7542780108),
    5.0: (0.9999999977, -1.0000672577, 0.9999327400),
}


def rotation(axis, angle):
    x, y, z = axis
    cross = np.array([(0, -z, y), (z, 0, -x), (-y, x, 0)])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


class Ring:
    """Mass matrix, bias forces, energy and constraints at joint angles `q` and rates `v`."""

    def __init__(self, q, v):
        turn, corner = np.eye(3), np.zeros(3)
        self.corners, axes = [], []
        self.mass, self.bias, self.potential = np.zeros((5, 5)), np.zeros(5), 0.0
        spin, spin_rate, acceleration = np.zeros(3), np.zeros(3), np.zeros(3)
        angular = np.zeros((3, 5))
        for i in range(5):
            axes.append(turn @ AXES[i])
            turn = turn @ rotation(AXES[i], q[i])
            self.corners.append(corner)
            spin_rate = spin_rate + np.cross(spin, axes[i] * v[i])
            spin = spin + axes[i] * v[i]
            angular[:, i] = axes[i]
            rod = turn @ RODS[i]
            middle = corner + rod / 2
            linear = np.array([np.cross(axes[j], middle - self.corners[j]) if j <= i else np.zeros(3) for j in range(5)]).T
            inertia = turn @ INERTIAS[i] @ turn.T
            moved = acceleration + np.cross(spin_rate, rod / 2) + np.cross(spin, np.cross(spin, rod / 2))
            self.mass += linear.T @ linear + angular.T @ inertia @ angular
            self.bias += linear.T @ (moved - GRAVITY)
            self.bias += angular.T @ (inertia @ spin_rate + np.cross(spin, inertia @ spin))
            self.potential -= GRAVITY @ middle
            acceleration = acceleration + np.cross(spin_rate, rod) + np.cross(spin, np.cross(spin, rod))
            corner = corner + rod
        hinge = turn @ HINGE
        self.error = np.concatenate([corner - END, hinge - HINGE])
        self.jacobian = np.vstack([
            np.array([np.cross(axes[j], corner - self.corners[j]) for j in range(5)]).T,
            np.array([np.cross(axes[j], hinge) for j in range(5)]).T,
        ])
        self.drift = np.concatenate([acceleration, np.cross(spin_rate, hinge) + np.cross(spin, np.cross(spin, hinge))])
        # The motion that the ring allows.
        self.free = np.linalg.svd(self.jacobian)[2][4]

    def inverse(self):
        return np.linalg.pinv(self.jacobian, rcond=1e-6)

    def acceleration(self):
        given = -self.inverse() @ self.drift
        return given - self.free * (self.free @ (self.mass @ given + self.bias)) / (self.free @ self.mass @ self.free)

    def allowed(self, v):
        return self.free * (self.free @ self.mass @ v) / (self.free @ self.mass @ self.free)

    def energy(self, v):
        return 0.5 * v @ self.mass @ v + self.potential


def main(step):
    q, v = np.zeros(5), np.zeros(5)
    ring = Ring(q, v)
    start, drift = ring.energy(v), 0.0
    for count in range(1, round(10.0 / step) + 1):
        v = v + step * ring.acceleration()
        q = q + step * v
        while np.abs((ring := Ring(q, v)).error).max() > 1e-12:
            q = q - ring.inverse() @ ring.error
        v = ring.allowed(v)
        ring = Ring(q, v)
        drift = max(drift, abs(ring.energy(v) - start))
        for time, place in FOURTH_CORNER.items():
            if round(time / step) == count:
                print(f"place at {time} s: {np.linalg.norm(ring.corners[3] - place):.3g} m")
    print(f"energy: {drift:.3g} J")


main(float(sys.argv[1]))
