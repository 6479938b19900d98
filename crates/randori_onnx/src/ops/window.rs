//! Sliding windows over images: sizes, padding, strides.
//!
//! Everything is two-dimensional; a signal of one dimension is an image of
//! height 1.

use crate::kernel::Builder;
use crate::shape::Shape;

/// Largest kernel, stride, dilation and padding.
const LARGEST: i64 = 1 << 12;

/// Kind of padding.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Padding {
    /// Before and behind, for both dimensions.
    Explicit([usize; 2], [usize; 2]),
    /// The output size is the input size divided by the stride, rounded up; an odd element
    /// is added after (`true`) or before.
    Same(bool),
}

/// The window of a node.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) kernel: [usize; 2],
    pub(super) strides: [usize; 2],
    pub(super) dilations: [usize; 2],
    padding: Padding,
    rounds_up: bool,
}

/// A window on an image of known size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placement {
    /// Padding before the image.
    pub(super) before: [usize; 2],
    /// Padding behind the image.
    pub(super) behind: [usize; 2],
    /// Size of the result.
    pub(super) out: [usize; 2],
}

/// Images: count, channels, height, width.
pub(super) fn image(shape: &Shape) -> Result<[usize; 4], String> {
    match **shape {
        [count, channels, width] => Ok([count, channels, 1, width]),
        [count, channels, height, width] => Ok([count, channels, height, width]),
        _ => Err(format!("shape {shape} is neither a signal [N, C, L] nor an image [N, C, H, W]")),
    }
}

/// The shape of a result of `out` size, of the rank of `input`.
pub(super) fn result_shape(
    input: &Shape,
    channels: usize,
    out: [usize; 2],
) -> Result<Shape, String> {
    match input.len() {
        3 => Shape::new(&[input[0], channels, out[1]]),
        _ => Shape::new(&[input[0], channels, out[0], out[1]]),
    }
}

impl Window {
    /// Reads the window of `node`; `kernel` is its default size.
    pub(super) fn new(node: &Builder<'_>, kernel: Option<&[usize]>) -> Result<Self, String> {
        let listed = node.ints("kernel_shape")?;
        let kernel: Vec<i64> = match (listed, kernel) {
            (Some(listed), _) => listed,
            (None, Some(kernel)) => kernel.iter().map(|&length| length as i64).collect(),
            (None, None) => return Err("attribute `kernel_shape` is missing".to_owned()),
        };
        let rank = kernel.len();
        if !(1..=2).contains(&rank) {
            return Err(format!("windows of {rank} dimensions are not supported, only 1 or 2"));
        }
        let pads = node.ints("pads")?.unwrap_or_else(|| vec![0; 2 * rank]);
        if pads.len() != 2 * rank {
            return Err(format!("`pads` must have {} numbers, has {}", 2 * rank, pads.len()));
        }
        let padding = match node.text("auto_pad")?.unwrap_or("NOTSET") {
            "NOTSET" | "" => Padding::Explicit(
                both("pads", &pads[..rank], rank, 0)?,
                both("pads", &pads[rank..], rank, 0)?,
            ),
            "VALID" => Padding::Explicit([0; 2], [0; 2]),
            "SAME_UPPER" => Padding::Same(true),
            "SAME_LOWER" => Padding::Same(false),
            other => return Err(format!("`auto_pad` `{other}` is not known")),
        };
        let list = |name: &str| Ok::<_, String>(node.ints(name)?.unwrap_or_else(|| vec![1; rank]));
        Ok(Self {
            kernel: both("kernel_shape", &kernel, rank, 1)?,
            strides: both("strides", &list("strides")?, rank, 1)?,
            dilations: both("dilations", &list("dilations")?, rank, 1)?,
            padding,
            rounds_up: node.flag("ceil_mode")?,
        })
    }

    /// Places the window on an image of `size`.
    pub(super) fn place(&self, size: [usize; 2]) -> Result<Placement, String> {
        let mut placement = Placement { before: [0; 2], behind: [0; 2], out: [0; 2] };
        for axis in 0..2 {
            let (length, stride) = (size[axis], self.strides[axis]);
            let reach = (self.kernel[axis] - 1) * self.dilations[axis] + 1;
            let (before, behind, out) = match self.padding {
                Padding::Same(behind_first) => {
                    let out = length.div_ceil(stride);
                    let total = (out.saturating_sub(1) * stride + reach).saturating_sub(length);
                    let (small, large) = (total / 2, total - total / 2);
                    let (before, behind) =
                        if behind_first { (small, large) } else { (large, small) };
                    (before, behind, out)
                }
                Padding::Explicit(before, behind) => {
                    let (before, behind) = (before[axis], behind[axis]);
                    let padded = length + before + behind;
                    if padded < reach {
                        return Err(format!(
                            "a window that reaches over {reach} does not fit into {padded}"
                        ));
                    }
                    (before, behind, self.count(padded - reach, stride, length + before))
                }
            };
            placement.before[axis] = before;
            placement.behind[axis] = behind;
            placement.out[axis] = out;
        }
        Ok(placement)
    }

    /// Positions of a window that can move by `room`.
    fn count(&self, room: usize, stride: usize, inside: usize) -> usize {
        if !self.rounds_up {
            return room / stride + 1;
        }
        let count = room.div_ceil(stride) + 1;
        // A window that begins after the image is left out.
        if (count - 1) * stride >= inside { count - 1 } else { count }
    }
}

/// One or two numbers as height and width, within bounds.
fn both(name: &str, list: &[i64], rank: usize, least: i64) -> Result<[usize; 2], String> {
    if list.len() != rank {
        return Err(format!("`{name}` must have {rank} numbers, has {}", list.len()));
    }
    if let Some(bad) = list.iter().find(|value| !(least..=LARGEST).contains(value)) {
        return Err(format!("`{name}` holds {bad}, must be {least} to {LARGEST}"));
    }
    Ok(match *list {
        [width] => [usize::from(least == 1), width as usize],
        _ => [list[0] as usize, list[1] as usize],
    })
}
