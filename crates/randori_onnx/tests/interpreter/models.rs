//! Loading, running in batches, and files that are broken or hostile.

use std::sync::Arc;

use crate::support::{Net, Node, first_output, noise, number, policy};
use randori_onnx::{Dim, Model, ModelError, NoExternalData, RunError, Session, TensorView};

#[test]
fn a_model_tells_what_it_needs_and_what_it_is_made_of() {
    let model = policy().parse().unwrap();

    assert_eq!(model.inputs()[0].name, "obs");
    assert_eq!(model.inputs()[0].dims, Some(vec![Dim::Fixed(1), Dim::Fixed(6)]));
    assert_eq!(model.outputs()[0].name, "action");
    assert_eq!(model.operators()["Gemm"], 2);
    assert_eq!(model.opsets(), [(String::new(), 11)]);
    assert_eq!(model.producer(), "by hand");
    assert_eq!(model.parameters(), 6 + 240 + 40 + 240 + 6);
}

#[test]
fn rows_of_a_batch_have_the_bits_of_the_row_alone() {
    let mut session = policy().session();
    assert!(session.probe_batches(), "an MLP does not mix rows");
    let rows = noise(11 * 6, 9);

    let (shape, together) = first_output(&mut session, &[("obs", &[11, 6], &rows)]).unwrap();

    assert_eq!(shape, [11, 3]);
    for (row, part) in rows.chunks(6).zip(together.chunks(3)) {
        let (_, alone) = first_output(&mut session, &[("obs", &[1, 6], row)]).unwrap();
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&alone), bits(part));
    }
}

#[test]
fn networks_that_mix_rows_are_found_out() {
    let net = |node: Node| Net::new(11).fixed_input("x", &[1, 4]).node(node).output("y");

    let mean = net(Node::new("ReduceMean", &["x"], &["y"]).ints("axes", &[0]));
    assert!(!mean.session().probe_batches());
    let softmax = net(Node::new("Softmax", &["x"], &["y"]).int("axis", 0));
    assert!(!softmax.session().probe_batches());
    let harmless = net(Node::new("Softmax", &["x"], &["y"]).int("axis", 1));
    assert!(harmless.session().probe_batches());
}

#[test]
fn the_same_bits_come_out_today_as_when_this_was_written() {
    let (_, values) =
        first_output(&mut policy().session(), &[("obs", &[1, 6], &noise(6, 7))]).unwrap();

    let bits: Vec<u32> = values.iter().map(|value| value.to_bits()).collect();
    assert_eq!(bits, PINNED, "{values:?}");
}

/// Bits of the action for one observation, on any CPU.
const PINNED: [u32; 3] = [0xbf7f_ff8d, 0x3c84_cac6, 0xbf7f_8e25];

#[test]
fn a_second_run_reuses_the_memory_of_the_first() {
    let mut session = policy().session();
    let observation = noise(6, 1);
    let mut place = || {
        let view = TensorView::f32(&[1, 6], &observation).unwrap();
        let outputs = session.run(&[("obs", view)]).unwrap();
        outputs.get("action").unwrap().as_f32().unwrap().as_ptr()
    };

    assert_eq!(place(), place());
}

#[test]
fn wrong_inputs_are_named() {
    let mut session = policy().session();
    let mut run = |name: &str, shape: &[usize]| {
        let values = vec![0.0; shape.iter().product()];
        first_output(&mut session, &[(name, shape, &values)]).unwrap_err().to_string()
    };

    assert_eq!(run("obs", &[1, 5]), "input `obs` has shape [1, 6], but [1, 5] was given");
    assert_eq!(run("obs", &[2, 6]), "input `obs` has shape [1, 6], but [2, 6] was given");
    assert_eq!(run("x", &[1, 6]), "the model has no input `x`: it has `obs`");
    let missing = session.run(&[]).unwrap_err();
    assert_eq!(missing, RunError::InputCount { name: "obs".to_owned(), times: 0 });
}

#[test]
fn an_unknown_operator_names_itself_its_node_and_the_way_out() {
    let net = Net::new(17).input("x").node(Node::new("Loop", &["x"], &["y"])).output("y");

    let message = net.parse().unwrap_err().to_string();

    assert!(message.contains("operator `Loop` of node `the_Loop`"), "{message}");
    assert!(message.contains("feature `ort`"), "{message}");
}

#[test]
fn operators_that_no_output_needs_do_not_matter() {
    let net = Net::new(17)
        .input("x")
        .node(Node::new("RandomNormalLike", &["x"], &["noise"]))
        .node(Node::new("Tanh", &["x"], &["y"]))
        .output("y");

    assert!(net.parse().is_ok());
}

#[test]
fn circles_and_missing_values_are_found() {
    let circle = Net::new(17)
        .input("x")
        .node(Node::new("Add", &["x", "b"], &["a"]))
        .node(Node::new("Tanh", &["a"], &["b"]))
        .output("b");
    assert!(circle.parse().unwrap_err().to_string().contains("`the_Add` reads `b` before"));
    let itself = Net::new(17).node(Node::new("Tanh", &["a"], &["a"])).output("a");
    assert!(itself.parse().is_err());
    let missing = Net::new(17).node(Node::new("Tanh", &["q"], &["y"])).output("y");
    assert!(missing.parse().unwrap_err().to_string().contains("`q`, read by node `the_Tanh`"));
}

#[test]
fn small_files_cannot_ask_for_much_memory_or_time() {
    let huge = |dims: &[i64]| {
        Net::new(17)
            .ints("shape", &[dims.len() as i64], dims)
            .node(Node::new("ConstantOfShape", &["shape"], &["y"]))
            .output("y")
    };
    assert!(huge(&[i64::MAX, i64::MAX]).parse().is_err());
    assert!(huge(&[1 << 24]).parse().is_err(), "beyond the allowance");
    assert!(huge(&[-1]).parse().is_err());
    let wide = Net::new(17).floats("w", &[1 << 40], &[1.0]).output("w");
    assert!(matches!(wide.parse(), Err(ModelError::Constant { .. })));
    let slow = Net::new(17)
        .input("x")
        .ints("shape", &[3], &[4096, 4096, 1])
        .node(Node::new("Expand", &["x", "shape"], &["big"]))
        .node(Node::new("Transpose", &["big"], &["turned"]).ints("perm", &[0, 2, 1]))
        .node(Node::new("MatMul", &["big", "turned"], &["y"]))
        .output("y");
    let refused = first_output(&mut slow.session(), &[("x", &[1], &[1.0])]).unwrap_err();
    assert!(refused.to_string().contains("the_MatMul"), "{refused}");
}

#[test]
fn nodes_that_share_a_constant_share_its_memory() {
    let many = |operator: &str| {
        let net = Net::new(17).input("x").floats("w", &[64, 64], &noise(4096, 1));
        let net = (0..600).fold(net, |net, index| {
            let from = if index == 0 { "x".to_owned() } else { format!("v{}", index - 1) };
            net.node(Node::new(operator, &[&from, "w"], &[&format!("v{index}")]))
        });
        net.output("v599").bytes()
    };
    let four_times = 4 * 64 * 64 * 4;

    for operator in ["MatMul", "Gemm"] {
        let model = Model::parse_within(&many(operator), &mut NoExternalData, four_times);
        assert!(model.is_ok(), "{operator}: {:?}", model.err());
    }
}

#[test]
fn memory_that_a_network_lacks_is_told_with_its_node() {
    let weights = Net::new(17)
        .input("x")
        .floats("w", &[512, 512], &noise(1 << 18, 1))
        .node(Node::new("MatMul", &["x", "w"], &["y"]))
        .output("y");
    let refused =
        Model::parse_within(&weights.bytes(), &mut NoExternalData, 3 << 19).expect_err("1.5 MiB");
    let text = refused.to_string();
    assert!(text.contains("the_MatMul") && text.contains("may take 2 MiB"), "{text}");

    let values = Net::new(17)
        .input("x")
        .ints("shape", &[1], &[1 << 20])
        .node(Node::new("Expand", &["x", "shape"], &["a"]))
        .node(Node::new("Neg", &["a"], &["y"]))
        .output("y");
    let model = Model::parse_within(&values.bytes(), &mut NoExternalData, 6 << 20).expect("small");
    let mut session = Session::new(Arc::new(model));
    let refused = first_output(&mut session, &[("x", &[1], &[1.0])]).unwrap_err().to_string();
    assert!(refused.contains("the_Neg") && refused.contains("take 8 MiB"), "{refused}");
}

#[test]
fn a_network_has_a_sensible_number_of_inputs() {
    let net = (0..1001).fold(Net::new(17), |net, index| net.input(&format!("x{index}")));

    let refused = net.node(Node::new("Neg", &["x0"], &["y"])).output("y").parse().unwrap_err();

    assert!(refused.to_string().contains("has 1001 inputs"), "{refused}");
}

#[test]
fn other_operator_sets_are_refused() {
    assert!(Net::new(6).input("x").output("x").parse().is_err());
    assert!(Net::new(999).input("x").output("x").parse().is_err());
    assert!(Net::new(17).input("x").output("x").parse().is_ok());
}

/// A file that touches most of the decoder and the loader.
fn varied() -> Vec<u8> {
    Net::new(17)
        .input("x")
        .floats("w", &[4, 3], &noise(12, 1))
        .floats("k", &[2, 1, 3], &noise(6, 2))
        .floats("g", &[1, 8, 3], &noise(24, 3))
        .floats("r", &[1, 8, 2], &noise(16, 4))
        .ints("s", &[2], &[1, -1])
        .ints("axis", &[1], &[0])
        .node(Node::new("Gemm", &["x", "w"], &["a"]).float("alpha", 0.5))
        .node(Node::new("Unsqueeze", &["a", "axis"], &["b"]))
        .node(Node::new("LSTM", &["b", "g", "r"], &["c"]).text("direction", "forward"))
        .node(Node::new("Reshape", &["c", "s"], &["d"]))
        .node(Node::new("Unsqueeze", &["d", "axis"], &["e"]))
        .node(Node::new("Conv", &["e", "k"], &["f"]).ints("pads", &[1, 1]))
        .node(Node::new("Slice", &["f", "axis", "axis", "axis"], &["h"]))
        .node(Node::new("Softmax", &["f"], &["y"]).int("axis", -1))
        .output("y")
        .bytes()
}

/// Loads a file and, when that works, runs it. Any answer is right.
fn survive(bytes: &[u8]) -> bool {
    let Ok(model) = Model::parse(bytes, &mut NoExternalData) else { return false };
    let mut session = Session::new(Arc::new(model));
    let values = noise(8, 5);
    let view = TensorView::f32(&[2, 4], &values).expect("a full shape");
    let names: Vec<String> =
        session.model().inputs().iter().map(|input| input.name.clone()).collect();
    let inputs: Vec<(&str, TensorView<'_>)> =
        names.iter().map(|name| (name.as_str(), view)).collect();
    session.run(&inputs).is_ok()
}

#[test]
fn cut_files_never_panic() {
    let whole = varied();
    assert!(survive(&whole), "the whole file must work, or this test shows nothing");

    let loaded = (0..whole.len()).filter(|&length| survive(&whole[..length])).count();

    assert!(loaded < 3, "a file without its end is no model");
}

#[test]
fn changed_bytes_never_panic() {
    let whole = varied();
    for place in 0..whole.len() {
        for change in [0x01, 0x02, 0x08, 0x40, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            survive(&changed);
        }
        let mut zeroed = whole.clone();
        zeroed[place] = 0;
        survive(&zeroed);
        let mut longer = whole.clone();
        longer.splice(place..place, [0xff; 9]);
        survive(&longer);
    }
}

#[test]
fn bytes_that_are_no_model_are_refused_with_their_place() {
    assert!(Model::parse(b"", &mut NoExternalData).is_err());
    assert!(Model::parse(&[0xff; 64], &mut NoExternalData).is_err());
    let mut cut = Vec::new();
    number(1, 8, &mut cut);
    cut.extend([0x3a, 0x7f]);
    let error = Model::parse(&cut, &mut NoExternalData).unwrap_err();
    assert!(matches!(error, ModelError::Encoding { offset: 4, .. }), "{error}");
}
