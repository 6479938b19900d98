//! The operators, by family.
//!
//! [`build`] is the table of all supported operators.

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

/// A kernel, or a message about an invalid node.
pub(crate) type Built = Result<Box<dyn Kernel>, String>;

/// The kernel of a node, `None` for an unknown operator.
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

/// Boxes a kernel, for use in constructors.
pub(crate) fn boxed<K: Kernel + 'static>(kernel: Result<K, String>) -> Built {
    kernel.map(|kernel| Box::new(kernel) as Box<dyn Kernel>)
}
