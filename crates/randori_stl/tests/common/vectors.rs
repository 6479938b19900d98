//! Reads the conformance vectors, and builds formulas from their trees.

use randori_stl::{
    ArithmeticOp, Atom, ChainOp, Connective, Formula, Function, Interval, Period, Relation,
    Seconds, SignalRef, StepOp, Term, Trace, WindowOp,
};
use serde_json::Value;

const VECTORS: &str = include_str!("../fixtures/stl_vectors.json");

/// One formula, one trace and the margins that it must have.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) tree: Formula,
    json: Value,
}

pub(crate) fn load(section: &str) -> Vec<Vector> {
    let all: Value = serde_json::from_str(VECTORS).expect("the fixture is JSON");
    let section = all[section].as_array().expect("a section is a list");
    section.iter().map(|json| Vector::new(json.clone())).collect()
}

pub(crate) fn assert_close(value: f64, expected: f64, name: &str) {
    let is_close = value == expected || (value - expected).abs() <= 1e-9;
    assert!(is_close, "{name}: {value} instead of {expected}");
}

fn number(json: &Value) -> f64 {
    match json.as_str() {
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        _ => json.as_f64().expect("a number"),
    }
}

fn numbers(json: &Value) -> Vec<f64> {
    json.as_array().expect("a list of numbers").iter().map(number).collect()
}

fn pairs(json: &Value) -> Vec<(f64, f64)> {
    json.as_array()
        .expect("a list of pairs")
        .iter()
        .map(|pair| (number(&pair[0]), number(&pair[1])))
        .collect()
}

impl Vector {
    fn new(json: Value) -> Self {
        let text = |key: &str| json[key].as_str().expect("a text").to_owned();
        Self { name: text("name"), text: text("formula"), tree: formula(&json["ast"]), json }
    }

    pub(crate) fn period(&self) -> Period {
        let seconds = self.json["period_s"].as_f64().expect("a period");
        Period::from_nanos((seconds * 1e9).round() as u64)
    }

    pub(crate) fn expected(&self) -> Vec<f64> {
        self.numbers("expected")
    }

    pub(crate) fn numbers(&self, key: &str) -> Vec<f64> {
        numbers(&self.json[key])
    }

    pub(crate) fn numbers_under(&self, key: &str, inner: &str) -> Vec<f64> {
        numbers(&self.json[key][inner])
    }

    pub(crate) fn pairs(&self, key: &str) -> Vec<(f64, f64)> {
        pairs(&self.json[key])
    }

    pub(crate) fn delay(&self) -> usize {
        self.json["delay_samples"].as_u64().expect("a delay") as usize
    }

    fn signals(&self) -> Vec<&String> {
        self.json["trace"].as_object().expect("signals by name").keys().collect()
    }

    pub(crate) fn index_of(&self, signal: &SignalRef) -> Option<usize> {
        self.signals().iter().position(|name| **name == signal.name)
    }

    pub(crate) fn trace(&self) -> Trace {
        let columns: Vec<Vec<f64>> =
            self.signals().iter().map(|name| numbers(&self.json["trace"][*name])).collect();
        let mut trace = Trace::new(columns.len());
        for at in 0..columns[0].len() {
            trace.push(&columns.iter().map(|column| column[at]).collect::<Vec<_>>());
        }
        trace
    }

    pub(crate) fn dense_signals(&self) -> Vec<Vec<(f64, f64)>> {
        self.signals().iter().map(|name| pairs(&self.json["trace"][*name])).collect()
    }
}

fn interval(json: &Value) -> Option<Interval> {
    let bound = |index: usize| Seconds::from_f64(number(&json[index])).expect("a duration");
    json.is_array().then(|| Interval::new(bound(0), Some(bound(1))))
}

fn formula(json: &Value) -> Formula {
    let part = |index: usize| Box::new(formula(&json[index]));
    let window = |op| Formula::Window(op, interval(&json[1]), part(2));
    let chain = |op| Formula::Chain(op, interval(&json[1]), part(2), part(3));
    let compare = |relation| {
        Formula::Atom(Atom { left: term(&json[1]), relation, right: term(&json[2]), span: 0..0 })
    };
    match json[0].as_str().expect("an operator") {
        "<" => compare(Relation::Less),
        "<=" => compare(Relation::LessEqual),
        ">" => compare(Relation::Greater),
        ">=" => compare(Relation::GreaterEqual),
        "==" => compare(Relation::Equal),
        "!=" => compare(Relation::NotEqual),
        "not" => Formula::Not(part(1)),
        "and" => Formula::All(vec![*part(1), *part(2)]),
        "or" => Formula::Any(vec![*part(1), *part(2)]),
        "implies" => Formula::Connect(Connective::Implies, part(1), part(2)),
        "iff" => Formula::Connect(Connective::Iff, part(1), part(2)),
        "xor" => Formula::Connect(Connective::Xor, part(1), part(2)),
        "always" => window(WindowOp::Always),
        "eventually" => window(WindowOp::Eventually),
        "historically" => window(WindowOp::Historically),
        "once" => window(WindowOp::Once),
        "until" => chain(ChainOp::Until),
        "since" => chain(ChainOp::Since),
        "next" => Formula::Step(StepOp::Next, part(1)),
        "s_next" => Formula::Step(StepOp::StrongNext, part(1)),
        "prev" => Formula::Step(StepOp::Prev, part(1)),
        "s_prev" => Formula::Step(StepOp::StrongPrev, part(1)),
        "rise" => Formula::Step(StepOp::Rise, part(1)),
        "fall" => Formula::Step(StepOp::Fall, part(1)),
        other => panic!("no operator `{other}`"),
    }
}

fn term(json: &Value) -> Term {
    let part = |index: usize| Box::new(term(&json[index]));
    match json[0].as_str().expect("an operator") {
        "const" => Term::Number(number(&json[1])),
        "var" => Term::Signal(SignalRef {
            name: json[1].as_str().expect("a name").to_owned(),
            ..SignalRef::default()
        }),
        "abs" => Term::Call(Function::Abs, vec![*part(1)]),
        "+" => Term::Arithmetic(ArithmeticOp::Add, part(1), part(2)),
        "-" => Term::Arithmetic(ArithmeticOp::Subtract, part(1), part(2)),
        "*" => Term::Arithmetic(ArithmeticOp::Multiply, part(1), part(2)),
        other => panic!("no operator `{other}`"),
    }
}
