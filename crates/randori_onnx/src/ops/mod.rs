//! The operators, by family.
//!
//! [`build`] is the table of everything that the interpreter can compute.

mod activation;
mod arithmetic;
mod broadcast;
mod convolution;
mod einsum;
mod indexed;
mod layout;
mod normalize;
mod pad;
mod pooling;
mod product;
mod recurrent;
mod reduce;
mod selection;
mod source;
mod unary;
mod window;

use crate::kernel::{Builder, Kernel};

/// A kernel, or a sentence that says why the node makes no sense.
pub(crate) type Built = Result<Box<dyn Kernel>, String>;

/// The kernel of a node, `None` when its operator is not known.
pub(crate) fn build(node: &Builder<'_>) -> Option<Built> {
    type Family = fn(&str, &Builder<'_>) -> Option<Built>;
    let families: [Family; 14] = [
        product::build,
        unary::build,
        arithmetic::build,
        normalize::build,
        layout::build,
        selection::build,
        source::build,
        reduce::build,
        convolution::build,
        pooling::build,
        recurrent::build,
        indexed::build,
        pad::build,
        einsum::build,
    ];
    families.iter().find_map(|family| family(&node.record.operator, node))
}

/// Boxes a kernel; the common end of a constructor.
pub(crate) fn boxed<K: Kernel + 'static>(kernel: Result<K, String>) -> Built {
    kernel.map(|kernel| Box::new(kernel) as Box<dyn Kernel>)
}
