//! Operators against values worked out by hand or given in the ONNX standard.
//!
//! `tests/onnxruntime` compares all of them with onnxruntime; here stand the
//! values that need no peer.

use crate::support::{Net, Node, first_output};

/// Runs one node on one input `x` and constants, and gives its first output.
fn run(
    node: Node,
    opset: i64,
    x: (&[usize], &[f32]),
    net: impl Fn(Net) -> Net,
) -> crate::support::Floats {
    let net = net(Net::new(opset).input("x")).node(node).output("y");
    first_output(&mut net.session(), &[("x", x.0, x.1)]).expect("the node must run")
}

fn unary(operator: &str, values: &[f32]) -> Vec<f32> {
    run(Node::new(operator, &["x"], &["y"]), 17, (&[values.len()], values), |net| net).1
}

fn assert_near(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} {expected}");
    }
}

#[test]
fn activations_take_their_textbook_values() {
    assert_near(&unary("Sigmoid", &[0.0, 2.0]), &[0.5, 0.880_797_1]);
    assert_near(&unary("Tanh", &[0.5, -3.0]), &[0.462_117_16, -0.995_054_8]);
    assert_near(&unary("Elu", &[-1.0, 2.0]), &[-0.632_120_55, 2.0]);
    assert_near(&unary("Selu", &[-1.0, 1.0]), &[-1.111_330_7, 1.050_701]);
    assert_near(&unary("LeakyRelu", &[-2.0, 2.0]), &[-0.02, 2.0]);
    assert_near(&unary("Softplus", &[0.0, -100.0, 100.0]), &[std::f32::consts::LN_2, 0.0, 100.0]);
    assert_near(&unary("HardSigmoid", &[-3.0, 0.5, 9.0]), &[0.0, 0.6, 1.0]);
    assert_near(&unary("Mish", &[1.0]), &[0.865_098_4]);
    assert_near(&unary("Gelu", &[1.0, -1.0]), &[0.841_344_7, -0.158_655_26]);
    assert_near(&unary("Erf", &[1.0]), &[0.842_700_8]);
    assert_near(&unary("Round", &[0.5, 1.5, -2.5]), &[0.0, 2.0, -2.0]);
    assert!(unary("Relu", &[f32::NAN])[0].is_nan(), "a NaN is not hidden");
}

#[test]
fn gemm_scales_transposes_and_adds() {
    let node = Node::new("Gemm", &["x", "w", "c"], &["y"])
        .float("alpha", 2.0)
        .float("beta", 0.5)
        .int("transB", 1);

    let (shape, values) = run(node, 17, (&[1, 2], &[1.0, 2.0]), |net| {
        net.floats("w", &[3, 2], &[1.0, 0.0, 0.0, 1.0, 1.0, 1.0]).floats(
            "c",
            &[3],
            &[2.0, 4.0, 6.0],
        )
    });

    assert_eq!(shape, [1, 3]);
    assert_eq!(values, [3.0, 6.0, 9.0]);
}

#[test]
fn matmul_of_a_vector_drops_its_dimension() {
    let node = Node::new("MatMul", &["x", "w"], &["y"]);

    let (shape, values) =
        run(node, 17, (&[2], &[1.0, 2.0]), |net| net.floats("w", &[2, 2], &[1.0, 2.0, 3.0, 4.0]));

    assert_eq!((shape, values), (vec![2], vec![7.0, 10.0]));
}

#[test]
fn softmax_means_another_thing_before_operator_set_13() {
    let x: (&[usize], &[f32]) = (&[1, 2, 2], &[0.0; 4]);
    let node = || Node::new("Softmax", &["x"], &["y"]).int("axis", 1);

    assert_eq!(run(node(), 11, x, |net| net).1, [0.25; 4], "all after the axis is one vector");
    assert_eq!(run(node(), 13, x, |net| net).1, [0.5; 4], "only the axis is");
}

#[test]
fn splits_are_even_up_to_the_last_piece() {
    let net = Net::new(18)
        .input("x")
        .node(Node::new("Split", &["x"], &["a", "b", "c"]).int("num_outputs", 3))
        .output("c");

    let found = first_output(&mut net.session(), &[("x", &[5], &[1.0, 2.0, 3.0, 4.0, 5.0])]);

    assert_eq!(found, Ok((vec![1], vec![5.0])));
}

#[test]
fn slices_run_backwards_and_stop_at_the_end() {
    let node = Node::new("Slice", &["x", "s", "e", "a", "t"], &["y"]);

    let (_, values) = run(node, 17, (&[4], &[1.0, 2.0, 3.0, 4.0]), |net| {
        net.ints("s", &[1], &[-1]).ints("e", &[1], &[i64::MIN]).ints("a", &[1], &[0]).ints(
            "t",
            &[1],
            &[-2],
        )
    });

    assert_eq!(values, [4.0, 2.0]);
}

#[test]
fn reshape_keeps_and_works_out_dimensions() {
    let node = Node::new("Reshape", &["x", "s"], &["y"]);

    let (shape, _) = run(node, 17, (&[2, 6], &[0.0; 12]), |net| net.ints("s", &[3], &[0, -1, 2]));

    assert_eq!(shape, [2, 3, 2]);
}

#[test]
fn layer_normalization_has_mean_0_and_variance_1() {
    let node = Node::new("LayerNormalization", &["x", "s"], &["y"]).float("epsilon", 0.0);

    let (_, values) =
        run(node, 17, (&[1, 2], &[1.0, 3.0]), |net| net.floats("s", &[2], &[1.0, 1.0]));

    assert_eq!(values, [-1.0, 1.0]);
}

#[test]
fn convolution_slides_its_kernel() {
    let node = Node::new("Conv", &["x", "w"], &["y"]).ints("pads", &[1, 1]);

    let (shape, values) = run(node, 17, (&[1, 1, 4], &[1.0, 2.0, 3.0, 4.0]), |net| {
        net.floats("w", &[1, 1, 3], &[1.0, 0.0, -1.0])
    });

    assert_eq!((shape, values), (vec![1, 1, 4], vec![-2.0, -2.0, -2.0, 3.0]));
}

#[test]
fn max_pool_ignores_padding_and_average_pool_does_not_count_it() {
    let pool = |name: &str| {
        Node::new(name, &["x"], &["y"]).ints("kernel_shape", &[2]).ints("pads", &[1, 0])
    };
    let x: (&[usize], &[f32]) = (&[1, 1, 2], &[-4.0, -2.0]);

    assert_eq!(run(pool("MaxPool"), 17, x, |net| net).1, [-4.0, -2.0]);
    assert_eq!(run(pool("AveragePool"), 17, x, |net| net).1, [-4.0, -3.0]);
    let counted = pool("AveragePool").int("count_include_pad", 1);
    assert_eq!(run(counted, 17, x, |net| net).1, [-2.0, -3.0]);
}

#[test]
fn an_lstm_of_zero_weights_forgets_half_of_its_cell() {
    let node = Node::new("LSTM", &["x", "w", "r", "", "", "", "c"], &["all", "h", "y"])
        .int("hidden_size", 1);

    let (shape, values) = run(node, 17, (&[2, 1, 1], &[5.0, 6.0]), |net| {
        net.floats("w", &[1, 4, 1], &[0.0; 4]).floats("r", &[1, 4, 1], &[0.0; 4]).floats(
            "c",
            &[1, 1, 1],
            &[8.0],
        )
    });

    // forget gate sigmoid(0) = 1/2, candidate tanh(0) = 0, for two steps
    assert_eq!((shape, values), (vec![1, 1, 1], vec![2.0]));
}

#[test]
fn a_gru_of_zero_weights_halves_its_state() {
    let node = Node::new("GRU", &["x", "w", "r", "", "", "h"], &["all", "y"])
        .int("hidden_size", 1)
        .text("direction", "reverse");

    let (_, values) = run(node, 17, (&[3, 1, 1], &[1.0; 3]), |net| {
        net.floats("w", &[1, 3, 1], &[0.0; 3]).floats("r", &[1, 3, 1], &[0.0; 3]).floats(
            "h",
            &[1, 1, 1],
            &[8.0],
        )
    });

    assert_eq!(values, [1.0]);
}

#[test]
fn gather_counts_from_the_end_and_refuses_what_is_outside() {
    let gather = |index: i64| {
        let net = Net::new(17)
            .input("x")
            .ints("i", &[1], &[index])
            .node(Node::new("Gather", &["x", "i"], &["y"]))
            .output("y");
        first_output(&mut net.session(), &[("x", &[2], &[5.0, 7.0])])
    };

    assert_eq!(gather(-1), Ok((vec![1], vec![7.0])));
    let message = gather(2).unwrap_err().to_string();
    assert_eq!(message, "node `the_Gather` (Gather): index 2 is outside of 2 slices");
}

#[test]
fn what_depends_on_constants_only_is_computed_while_loading() {
    let net = Net::new(17)
        .input("x")
        .floats("k", &[2, 1], &[1.0, 2.0])
        .node(Node::new("Transpose", &["k"], &["t"]))
        .node(Node::new("Exp", &["t"], &["e"]))
        .node(Node::new("Gemm", &["x", "e"], &["y"]).int("transA", 1))
        .output("y");

    // A square would not show the transposition; the shape does.
    let found = first_output(&mut net.session(), &[("x", &[1, 1], &[1.0])]).unwrap();
    assert_eq!(found.0, [1, 2]);
    assert_near(&found.1, &[std::f32::consts::E, 7.389_056]);
}
