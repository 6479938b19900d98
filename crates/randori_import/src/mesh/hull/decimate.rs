//! Removes vertices of a convex hull, the least important one first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Vector;
use super::faces::{FlatFaces, size};

/// Vertices whose removal has at most this cost are always removed: vertices from
/// rounding make contacts worse.
const NEGLIGIBLE: f64 = 1e-7;

/// Vertices with more edges than this are considered after their neighbours, so that
/// the time is linear in the number of vertices, not quadratic.
const MAX_EDGES: usize = 64;

/// A hull under decimation.
pub(super) struct Decimation<'h> {
    points: Vec<Vector>,
    faces: &'h FlatFaces,
    triangles: Vec<[u32; 3]>,
    /// Triangles of the hull around each vertex.
    around: Vec<Vec<u32>>,
    is_kept: Vec<bool>,
    /// Version of the cost of each vertex; older entries of the queue are ignored.
    versions: Vec<u32>,
    /// Cost (as the bits of a non-negative number), vertex, version.
    queue: BinaryHeap<Reverse<(u64, u32, u32)>>,
    left: usize,
    volume: f64,
    size: f64,
}

impl<'h> Decimation<'h> {
    pub(super) fn new(points: &[[f64; 3]], triangles: &[[u32; 3]], faces: &'h FlatFaces) -> Self {
        let mut around = vec![Vec::new(); points.len()];
        for (index, triangle) in triangles.iter().enumerate() {
            for &corner in triangle {
                around[corner as usize].push(index as u32);
            }
        }
        let mut hull = Self {
            points: points.iter().map(|point| Vector::from(*point)).collect(),
            faces,
            triangles: triangles.to_vec(),
            around,
            is_kept: vec![true; points.len()],
            versions: vec![0; points.len()],
            queue: BinaryHeap::new(),
            left: points.len(),
            volume: super::volume(points, triangles),
            size: size(points),
        };
        (0..points.len() as u32).for_each(|corner| hull.weigh(corner));
        hull
    }

    /// Removes vertices until at most `count` are left, and those without effect.
    pub(super) fn reduce(&mut self, count: usize) {
        while self.left > 4
            && let Some(Reverse((cost, corner, version))) = self.queue.pop()
        {
            if !self.is_kept[corner as usize] || version != self.versions[corner as usize] {
                continue;
            }
            let cost = f64::from_bits(cost);
            if cost.is_infinite() || (self.left <= count && cost > NEGLIGIBLE) {
                break;
            }
            self.remove(corner);
        }
    }

    /// True for each remaining vertex.
    pub(super) fn kept(self) -> Vec<bool> {
        self.is_kept
    }

    fn weigh(&mut self, corner: u32) {
        let cost = if self.around[corner as usize].len() > MAX_EDGES {
            f64::MAX
        } else {
            self.patch(corner).map_or(f64::INFINITY, |patch| self.cost(corner, &patch))
        };
        let version = &mut self.versions[corner as usize];
        *version += 1;
        self.queue.push(Reverse((cost.to_bits(), corner, *version)));
    }

    /// The cost of removing the vertex, as fractions of the whole.
    fn cost(&self, corner: u32, patch: &[[u32; 3]]) -> f64 {
        let tip = self.points[corner as usize];
        let (mut volume, mut depth) = (0.0, 0.0_f64);
        for triangle in patch {
            let across = self.across(*triangle);
            let sixfold = across.dot(&(tip - self.points[triangle[0] as usize]));
            volume += sixfold / 6.0;
            if across.norm() > 0.0 {
                depth = depth.max(sixfold / across.norm());
            }
        }
        let covered = |triangle: [u32; 3]| -> f64 {
            let share = |face| {
                let (normal, area) = self.faces.face(face);
                self.across(triangle).dot(&normal) / 2.0 / area
            };
            self.faces.holding(triangle).map(share).sum()
        };
        let star = self.around[corner as usize].iter();
        let before: f64 = star.map(|&triangle| covered(self.triangles[triangle as usize])).sum();
        let after: f64 = patch.iter().map(|triangle| covered(*triangle)).sum();
        let depth = depth / self.size;
        let cost = (volume / self.volume).max(0.0) + (before - after).max(0.0) + depth * depth;
        if cost.is_finite() { cost } else { f64::INFINITY }
    }

    /// Twice the area of a triangle along its outward normal.
    fn across(&self, triangle: [u32; 3]) -> Vector {
        let [a, b, c] = triangle.map(|corner| self.points[corner as usize]);
        (b - a).cross(&(c - a))
    }

    /// The triangles of the hull that would replace those of a vertex.
    /// All their vertices are its neighbours. `None` if it cannot be removed.
    fn patch(&self, corner: u32) -> Option<Vec<[u32; 3]>> {
        let ring = self.ring(corner)?;
        let last = ring.len() - 1;
        let (mut patch, mut open) = (Vec::new(), vec![(0, last)]);
        while let Some((from, to)) = open.pop() {
            if to - from < 2 {
                continue;
            }
            let is_chord = (from, to) != (0, last);
            if is_chord && self.is_edge(ring[from], ring[to], corner) {
                return None;
            }
            let outer = self.outermost(&ring, from, to);
            patch.push([ring[from], ring[outer], ring[to]]);
            open.extend([(from, outer), (outer, to)]);
        }
        Some(patch)
    }

    /// The neighbours of a vertex, counter-clockwise seen from outside.
    fn ring(&self, corner: u32) -> Option<Vec<u32>> {
        let star = &self.around[corner as usize];
        let edge = |triangle: &u32| {
            let [a, b, c] = self.triangles[*triangle as usize];
            if a == corner {
                (b, c)
            } else if b == corner {
                (c, a)
            } else {
                (a, b)
            }
        };
        let edges: Vec<(u32, u32)> = star.iter().map(edge).collect();
        let mut ring = vec![edges.first()?.0];
        while ring.len() < edges.len() {
            let end = *ring.last()?;
            ring.push(edges.iter().find(|(from, _)| *from == end)?.1);
        }
        (ring.len() >= 3).then_some(ring)
    }

    /// The neighbour between two others that forms the outermost triangle with
    /// them; of several coplanar triangles the largest.
    fn outermost(&self, ring: &[u32], from: usize, to: usize) -> usize {
        let mut best = from + 1;
        for other in from + 2..to {
            let across = self.across([ring[from], ring[best], ring[to]]);
            let origin = self.points[ring[from] as usize];
            let height = across.dot(&(self.points[ring[other] as usize] - origin));
            let larger = || {
                let beside = self.across([ring[from], ring[other], ring[to]]);
                beside.norm() > across.norm()
            };
            if height > 0.0 || (height == 0.0 && larger()) {
                best = other;
            }
        }
        best
    }

    /// True if two vertices are neighbours in triangles without a third one.
    fn is_edge(&self, one: u32, other: u32, without: u32) -> bool {
        self.around[one as usize].iter().any(|&triangle| {
            let corners = &self.triangles[triangle as usize];
            corners.contains(&other) && !corners.contains(&without)
        })
    }

    fn remove(&mut self, corner: u32) {
        let (Some(ring), Some(patch)) = (self.ring(corner), self.patch(corner)) else { return };
        self.is_kept[corner as usize] = false;
        self.left -= 1;
        let star = std::mem::take(&mut self.around[corner as usize]);
        for neighbour in &ring {
            self.around[*neighbour as usize].retain(|triangle| !star.contains(triangle));
        }
        for triangle in patch {
            let index = self.triangles.len() as u32;
            self.triangles.push(triangle);
            for corner in triangle {
                self.around[corner as usize].push(index);
            }
        }
        for neighbour in ring {
            self.weigh(neighbour);
        }
    }
}
