//! Matrix products in one fixed order of summation.
//!
//! Every element of a product is `((0 + a0*b0) + a1*b1) + a2*b2 ...` with
//! ascending index, each product and each sum rounded once to `f32`. This does not
//! depend on the number of rows, the blocking below, or the vector width: vectors
//! compute several elements side by side, never parts of one sum.
//!
//! The right matrix is packed into panels of up to 32 neighbouring columns, so
//! that the inner loop reads memory in order and keeps its sums in registers.

/// Columns of a full panel.
const PANEL: usize = 32;
/// Panels are padded with zeros to a multiple of this many columns.
const LANES: usize = 8;
/// Rows that share one pass over a panel.
const ROWS: usize = 4;

/// A right matrix, `depth x columns`, in panels.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Packed {
    depth: usize,
    columns: usize,
    panels: Vec<f32>,
}

/// Number of floats of a packed matrix.
pub(crate) fn packed_len(depth: usize, columns: usize) -> usize {
    depth * columns.next_multiple_of(LANES)
}

/// Packs a `depth x columns` matrix whose element `(i, j)` is `get(i, j)`.
pub(crate) fn pack_into(
    panels: &mut Vec<f32>,
    (depth, columns): (usize, usize),
    get: impl Fn(usize, usize) -> f32,
) {
    panels.clear();
    panels.reserve(packed_len(depth, columns));
    let mut first = 0;
    while first < columns {
        let width = PANEL.min((columns - first).next_multiple_of(LANES));
        for i in 0..depth {
            panels
                .extend((first..first + width).map(|j| if j < columns { get(i, j) } else { 0.0 }));
        }
        first += width;
    }
}

impl Packed {
    /// Packs the row-major matrix `values`, or `columns x depth` if `transposed`.
    pub(crate) fn new(values: &[f32], (depth, columns): (usize, usize), transposed: bool) -> Self {
        let mut packed = Self { depth, columns, panels: Vec::new() };
        packed.refill(values, (depth, columns), transposed);
        packed
    }

    /// Packs another matrix into the same memory.
    pub(crate) fn refill(
        &mut self,
        values: &[f32],
        (depth, columns): (usize, usize),
        transposed: bool,
    ) {
        (self.depth, self.columns) = (depth, columns);
        if transposed {
            pack_into(&mut self.panels, (depth, columns), |i, j| values[j * depth + i]);
        } else {
            pack_into(&mut self.panels, (depth, columns), |i, j| values[i * columns + j]);
        }
    }

    /// Columns of the packed matrix.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Writes `left * self` for the row-major `left`, `rows x depth`.
    pub(crate) fn multiply(&self, left: &[f32], out: &mut [f32]) {
        multiply(left, &self.panels, (self.depth, self.columns), out);
    }
}

/// Writes `left * right` into `out` (`rows x columns`, row-major), with `right` in
/// panels.
pub(crate) fn multiply(
    left: &[f32],
    panels: &[f32],
    (depth, columns): (usize, usize),
    out: &mut [f32],
) {
    if depth == 0 || columns == 0 {
        out.fill(0.0);
        return;
    }
    let mut rest = panels;
    let mut first = 0;
    while first < columns {
        let width = PANEL.min((columns - first).next_multiple_of(LANES));
        let (panel, next) = rest.split_at(depth * width);
        let used = width.min(columns - first);
        let target = Target { depth, columns, first, used };
        match width {
            8 => target.panel::<8>(left, panel, out),
            16 => target.panel::<16>(left, panel, out),
            24 => target.panel::<24>(left, panel, out),
            _ => target.panel::<PANEL>(left, panel, out),
        }
        (rest, first) = (next, first + width);
    }
}

/// The columns of the result of a panel.
struct Target {
    depth: usize,
    columns: usize,
    first: usize,
    used: usize,
}

impl Target {
    fn panel<const W: usize>(&self, left: &[f32], panel: &[f32], out: &mut [f32]) {
        let panel = panel.as_chunks::<W>().0;
        let mut rows = left.chunks_exact(self.depth);
        let mut results = out.chunks_exact_mut(self.columns);
        let columns = self.first..self.first + self.used;
        while rows.len() >= ROWS {
            let block: [&[f32]; ROWS] = std::array::from_fn(|_| rows.next().unwrap_or_default());
            let mut sums = [[0.0; W]; ROWS];
            // Eight columns of four rows fill the registers of every CPU.
            for start in (0..W).step_by(LANES) {
                let tile = tile::<W>(block, panel, start);
                for (sum, part) in sums.iter_mut().zip(tile) {
                    sum[start..start + LANES].copy_from_slice(&part);
                }
            }
            for (sum, result) in sums.iter().zip(results.by_ref()) {
                result[columns.clone()].copy_from_slice(&sum[..self.used]);
            }
        }
        for (row, result) in rows.zip(results) {
            let sum = row_times_panel::<W>(row, panel);
            result[columns.clone()].copy_from_slice(&sum[..self.used]);
        }
    }
}

/// One row times a whole panel.
fn row_times_panel<const W: usize>(row: &[f32], panel: &[[f32; W]]) -> [f32; W] {
    let mut sums = [0.0; W];
    for (&x, weights) in row.iter().zip(panel) {
        for (sum, &weight) in sums.iter_mut().zip(weights) {
            *sum += x * weight;
        }
    }
    sums
}

/// Four rows times eight columns of a panel.
fn tile<const W: usize>(
    rows: [&[f32]; ROWS],
    panel: &[[f32; W]],
    start: usize,
) -> [[f32; LANES]; ROWS] {
    let mut sums = [[0.0; LANES]; ROWS];
    let depth = panel.len();
    let rows = rows.map(|row| &row[..depth]);
    for (i, weights) in panel.iter().enumerate() {
        let weights: &[f32; LANES] =
            weights[start..start + LANES].try_into().unwrap_or(&[0.0; LANES]);
        for (sum, row) in sums.iter_mut().zip(rows) {
            for (sum, &weight) in sum.iter_mut().zip(weights) {
                *sum += row[i] * weight;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference implementation of the documented order.
    fn reference(
        left: &[f32],
        right: &[f32],
        (rows, depth, columns): (usize, usize, usize),
    ) -> Vec<f32> {
        let mut out = Vec::new();
        for r in 0..rows {
            for c in 0..columns {
                let terms = (0..depth).map(|i| left[r * depth + i] * right[i * columns + c]);
                out.push(terms.fold(0.0_f32, |sum, term| sum + term));
            }
        }
        out
    }

    fn noise(count: usize, mut state: u32) -> Vec<f32> {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn blocking_changes_no_bit_of_the_documented_order() {
        for (rows, depth, columns) in
            [(1, 7, 1), (1, 48, 512), (3, 5, 33), (4, 17, 24), (9, 64, 100), (2, 0, 3), (5, 3, 8)]
        {
            let (left, right) = (noise(rows * depth, 1), noise(depth * columns, 2));
            let mut out = vec![f32::NAN; rows * columns];

            Packed::new(&right, (depth, columns), false).multiply(&left, &mut out);

            assert_eq!(out, reference(&left, &right, (rows, depth, columns)));
        }
    }

    #[test]
    fn transposed_weights_pack_to_the_same_panels() {
        let matrix = noise(6 * 10, 3);
        let transposed: Vec<f32> = (0..10)
            .flat_map(|c| (0..6).map(move |r| (r, c)))
            .map(|(r, c)| matrix[r * 10 + c])
            .collect();

        assert_eq!(Packed::new(&matrix, (6, 10), false), Packed::new(&transposed, (6, 10), true));
    }
}
