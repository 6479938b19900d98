//! Random formulas and traces, the same in every run.

use randori_stl::{
    ArithmeticOp, Atom, ChainOp, Connective, Formula, Function, Interval, Relation, Seconds,
    SignalRef, StepOp, Term, Trace, WindowOp,
};

/// `SplitMix64`: small, and good enough to choose operators.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A multiple of one half in [-3, 3], so that ties are frequent.
    fn value(&mut self) -> f64 {
        self.below(13) as f64 * 0.5 - 3.0
    }

    /// Samples of two signals; one in four traces has a single sample.
    pub(crate) fn samples(&mut self) -> Vec<[f64; 2]> {
        let length = if self.below(4) == 0 { 1 } else { 1 + self.below(24) };
        (0..length).map(|_| [self.value(), self.value()]).collect()
    }

    /// A comparison of `x0` or `x1` with a number.
    fn comparison(&mut self) -> Formula {
        let relation = self.relation();
        let signal =
            SignalRef { name: self.pick(&["x0", "x1"]).to_owned(), ..SignalRef::default() };
        Formula::Atom(Atom {
            left: Term::Signal(signal),
            relation,
            right: Term::Number(self.value()),
            span: 0..0,
        })
    }

    fn relation(&mut self) -> Relation {
        use Relation::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        self.pick(&[Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual])
    }

    fn interval(&mut self) -> Option<Interval> {
        let begin = self.below(4) as u64;
        let end = begin + self.below(6) as u64;
        let seconds = |count: u64| Seconds::from_decimal(count, 0);
        match self.below(8) {
            0 => None,
            1 => Some(Interval::new(seconds(begin), None)),
            2 => Some(Interval::new(seconds(0), Some(seconds(end)))),
            _ => Some(Interval::new(seconds(begin), Some(seconds(end)))),
        }
    }

    /// A formula at most `depth` operators high, with operators that look ahead or without.
    pub(crate) fn formula(&mut self, depth: usize, looks_ahead: bool) -> Formula {
        if depth == 0 {
            return self.comparison();
        }
        let below = |random: &mut Self| {
            let depth = random.below(depth);
            Box::new(random.formula(depth, looks_ahead))
        };
        match self.below(10) {
            0 => Formula::Not(below(self)),
            1 => Formula::All((0..2 + self.below(2)).map(|_| *below(self)).collect()),
            2 => Formula::Any((0..2 + self.below(2)).map(|_| *below(self)).collect()),
            3 => {
                let op = self.pick(&[Connective::Implies, Connective::Iff, Connective::Xor]);
                Formula::Connect(op, below(self), below(self))
            }
            4..=6 => {
                let past = [WindowOp::Historically, WindowOp::Once];
                let future = [WindowOp::Always, WindowOp::Eventually];
                let op = if looks_ahead && self.below(3) > 0 {
                    self.pick(&future)
                } else {
                    self.pick(&past)
                };
                Formula::Window(op, self.interval(), below(self))
            }
            7 | 8 => {
                let op = if looks_ahead {
                    self.pick(&[ChainOp::Until, ChainOp::Unless, ChainOp::Since])
                } else {
                    ChainOp::Since
                };
                Formula::Chain(op, self.interval(), below(self), below(self))
            }
            _ => {
                let past = [StepOp::Prev, StepOp::StrongPrev, StepOp::Rise, StepOp::Fall];
                let future = [StepOp::Next, StepOp::StrongNext];
                let op = if looks_ahead && self.below(2) > 0 {
                    self.pick(&future)
                } else {
                    self.pick(&past)
                };
                Formula::Step(op, below(self))
            }
        }
    }

    /// A term with every kind of operator in it.
    pub(crate) fn term(&mut self, depth: usize) -> Term {
        use ArithmeticOp::{Add, Divide, Multiply, Subtract};
        let choice = if depth == 0 { self.below(3) } else { self.below(7) };
        let below = |random: &mut Self| random.term(depth - 1);
        match choice {
            0 => Term::Number(self.value() / 7.0),
            1 => Term::Number(self.pick(&[0.0, 1e-9, 2.5e30, 1e300, -4e-8, 123_456.789])),
            2 => Term::Signal(SignalRef {
                name: self.pick(&["speed", "tilt_rate", "pup.height"]).to_owned(),
                args: self
                    .pick(&[&[][..], &["courier"], &["pup.fl_hip", "goal"]])
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                span: 0..0,
            }),
            3 => Term::Negate(Box::new(below(self))),
            4 | 5 => {
                let op = self.pick(&[Add, Subtract, Multiply, Divide]);
                Term::Arithmetic(op, Box::new(below(self)), Box::new(below(self)))
            }
            _ => match self.pick(&[Function::Abs, Function::Sqrt, Function::Min, Function::Max]) {
                function @ (Function::Abs | Function::Sqrt) => {
                    Term::Call(function, vec![below(self)])
                }
                function => {
                    Term::Call(function, (0..2 + self.below(2)).map(|_| below(self)).collect())
                }
            },
        }
    }

    /// A formula whose comparisons hold whole terms.
    pub(crate) fn formula_of_terms(&mut self, depth: usize) -> Formula {
        let mut formula = self.formula(depth, true);
        self.replace_terms(&mut formula);
        formula
    }

    fn replace_terms(&mut self, formula: &mut Formula) {
        match formula {
            Formula::Atom(atom) => (atom.left, atom.right) = (self.term(3), self.term(2)),
            Formula::Not(body) | Formula::Window(_, _, body) | Formula::Step(_, body) => {
                self.replace_terms(body);
            }
            Formula::All(parts) | Formula::Any(parts) => {
                for part in parts {
                    self.replace_terms(part);
                }
            }
            Formula::Connect(_, left, right) | Formula::Chain(_, _, left, right) => {
                self.replace_terms(left);
                self.replace_terms(right);
            }
        }
    }
}

/// The index of `x0` and `x1`.
pub(crate) fn index_of(signal: &SignalRef) -> Option<usize> {
    ["x0", "x1"].iter().position(|name| *name == signal.name)
}

pub(crate) fn trace_of(samples: &[[f64; 2]]) -> Trace {
    let mut trace = Trace::new(2);
    for sample in samples {
        trace.push(sample);
    }
    trace
}
