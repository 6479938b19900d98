//! The outline agrees with `ron` about where values begin and end.

use randori_core::text::outline::{NodeKind, Outline, Scalar, parse_path};

use super::fixture::{ARM, HALL, SCENARIO};

#[test]
fn every_value_reads_as_the_same_value_alone() {
    for text in [SCENARIO, HALL, ARM] {
        let outline = Outline::scan(text, 32);
        let mut scalars = 0;
        assert_eq!(outline.problem, None);
        outline.for_each(&mut |node| {
            let written = &text[node.span.clone()];
            assert_eq!(written, written.trim());
            let is_readable = match node.kind {
                NodeKind::Scalar(Scalar::Number) => ron::from_str::<f64>(written).is_ok(),
                NodeKind::Scalar(Scalar::Text) => ron::from_str::<String>(written).is_ok(),
                // `ron` reads names of choices and structures only by type.
                _ => Outline::scan(written, 32).problem.is_none(),
            };
            assert!(is_readable, "{written}");
            scalars += usize::from(matches!(node.kind, NodeKind::Scalar(_)));
        });
        assert!(scalars > 30, "{scalars}");
    }
}

#[test]
fn the_outline_accepts_what_ron_accepts() {
    let texts = [
        "(a: 1, b: [1, 2,], c: {\"k\": 'x', \"l\": '\\''},)",
        "[r\"a\\\", r#\"b \"quoted\" )\"#, \"\\\" (\", b\"x\", br\"y\", b'z']",
        "/* a /* b */ c */ ( // )\n x: -1.5e-3, y: 0xFF, z: 1_000, w: +.5, )",
        "Some(Name(a: (), b: (1, (2,)), c: Unit))",
        "#![enable(implicit_some)]\n(r#type: true, \u{e4}: 3)",
        "[inf, -inf, NaN, 1u8, 2.0f64]",
    ];
    for text in texts {
        assert!(ron::from_str::<ron::Value>(text).is_ok(), "ron refuses {text}");
        assert_eq!(Outline::scan(text, 8).problem, None, "{text}");
    }
}

#[test]
fn the_outline_refuses_what_no_type_could_make_sense_of() {
    for text in [
        "",
        "(",
        "(]",
        "(a: 1",
        "(a 1)",
        "(a: 1 b: 2)",
        "\"x",
        "/* x",
        "(a: )",
        "1 2",
        "(a: 1, 5, b: 2)",
    ] {
        assert!(Outline::scan(text, 8).problem.is_some(), "{text}");
    }
}

#[test]
fn nesting_stops_at_the_limit_and_not_with_the_stack() {
    let deep = "(".repeat(1_000_000);

    let problem = Outline::scan(&deep, 32).problem.expect("too deep");

    assert!(problem.too_deep);
    assert_eq!(problem.span, 32..33);
}

#[test]
fn paths_lead_through_names_indices_keys_and_choices() {
    let outline = Outline::scan(ARM, 32);
    let at =
        |path: &str| outline.walk(ARM, &parse_path(path)).ok().map(|node| &ARM[node.span.clone()]);

    assert_eq!(at("links.hand.shapes.0.shape.size.2"), Some("0.1"));
    assert_eq!(at("links.1.mass_kg"), Some("0.5"));
    assert_eq!(at("poses.ready.slide.0"), Some("0.05"));
    assert_eq!(at("joints.wrist.axis.1"), Some("1.0"));
    assert_eq!(at("links.hand.shapes.1"), None);
    assert_eq!(at("joints.wrist.kind.limits.upper"), Some("Deg(90)"));
}
