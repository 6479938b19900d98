//! Numbers that a run reports besides its verdicts.
//!
//! A metric is a term over signals, folded over the run: `max(speed(courier))`,
//! `min(..)`, `mean(..)` or `final(..)`. A term without one of these words, such
//! as `energy(courier)`, counts at the end of the run. `min` and `max` with
//! several arguments compare values of one moment, as in any formula.

use randori_core::report::MetricReport;
use randori_stl::{CompiledTerm, Function, ParseError, Term, parse_term};

/// How the values of a run become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The arithmetic mean over all ticks, the start included.
    Mean,
    /// The last one.
    Final,
}

/// A metric as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its text.
    pub text: String,
    /// What is done over time.
    pub aggregate: Aggregate,
    /// What is looked at in each tick.
    pub term: Term,
    /// Where the term begins in the text, in bytes: spans count from there.
    pub offset: usize,
}

impl Metric {
    /// Reads a metric.
    ///
    /// # Errors
    /// The first place where the text stops being a metric.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        for (word, aggregate) in WORDS {
            if let Some((offset, inner)) = inside(text, word) {
                let term = read(inner).map_err(|error| shifted(error, offset))?;
                return Ok(Self { text: text.to_owned(), aggregate, term, offset });
            }
        }
        let (aggregate, offset) = (Aggregate::Final, 0);
        Ok(Self { text: text.to_owned(), aggregate, term: read(text)?, offset })
    }
}

/// A term in which no word ranges over time.
fn read(text: &str) -> Result<Term, ParseError> {
    let term = parse_term(text)?;
    if !has_lone_extremum(&term) {
        return Ok(term);
    }
    Err(ParseError {
        message: "`min` or `max` of a single value stands inside a term".to_owned(),
        help: Some("over time they can only be outermost, as in `max(abs(x - y))`".to_owned()),
        span: 0..text.len(),
    })
}

fn has_lone_extremum(term: &Term) -> bool {
    match term {
        Term::Number(_) | Term::Signal(_) => false,
        Term::Negate(inner) => has_lone_extremum(inner),
        Term::Arithmetic(_, left, right) => has_lone_extremum(left) || has_lone_extremum(right),
        Term::Call(function, terms) => {
            let is_extremum = matches!(function, Function::Min | Function::Max);
            (is_extremum && terms.len() == 1) || terms.iter().any(has_lone_extremum)
        }
    }
}

const WORDS: [(&str, Aggregate); 4] = [
    ("max", Aggregate::Max),
    ("min", Aggregate::Min),
    ("mean", Aggregate::Mean),
    ("final", Aggregate::Final),
];

/// What stands in the parentheses of `word( .. )`, and where it begins, if the
/// whole text is of this form and the word has a single argument.
fn inside<'t>(text: &'t str, word: &str) -> Option<(usize, &'t str)> {
    let start = text.len() - text.trim_start().len();
    let rest = text[start..].strip_prefix(word)?;
    let opening = rest.len() - rest.trim_start().len();
    let inner = rest[opening..].strip_prefix('(')?.trim_end().strip_suffix(')')?;
    let offset = start + word.len() + opening + 1;
    // In `mean(x) + (y)` the last parenthesis is not the partner of the first.
    let mut open = 0_usize;
    for byte in inner.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.checked_sub(1)?,
            b',' if open == 0 => return None,
            _ => {}
        }
    }
    (open == 0).then_some((offset, inner))
}

fn shifted(mut error: ParseError, offset: usize) -> ParseError {
    error.span = error.span.start + offset..error.span.end + offset;
    error
}

/// The metrics of one run, updated tick by tick.
#[derive(Debug, Clone)]
pub struct MetricFolds {
    folds: Vec<Fold>,
    samples: u64,
}

#[derive(Debug, Clone)]
struct Fold {
    name: String,
    aggregate: Aggregate,
    term: CompiledTerm,
    value: f64,
}

impl MetricFolds {
    /// Folds for terms that are bound to the run's signals.
    pub(crate) fn new(metrics: impl IntoIterator<Item = (Metric, CompiledTerm)>) -> Self {
        let fold = |(metric, term): (Metric, CompiledTerm)| {
            let value = match metric.aggregate {
                Aggregate::Max => f64::NEG_INFINITY,
                Aggregate::Min => f64::INFINITY,
                Aggregate::Mean | Aggregate::Final => 0.0,
            };
            Fold { name: metric.text, aggregate: metric.aggregate, term, value }
        };
        Self { folds: metrics.into_iter().map(fold).collect(), samples: 0 }
    }

    /// Takes in the signals of one tick.
    pub(crate) fn observe(&mut self, signals: &[f64]) {
        self.samples += 1;
        for fold in &mut self.folds {
            let value = fold.term.evaluate(signals);
            match fold.aggregate {
                Aggregate::Max => fold.value = fold.value.max(value),
                Aggregate::Min => fold.value = fold.value.min(value),
                Aggregate::Mean => fold.value += value,
                Aggregate::Final => fold.value = value,
            }
        }
    }

    /// The values so far, in the order of the file.
    pub(crate) fn report(&self) -> Vec<MetricReport> {
        let report = |fold: &Fold| MetricReport {
            name: fold.name.clone(),
            value: match fold.aggregate {
                Aggregate::Mean => fold.value / self.samples.max(1) as f64,
                _ => fold.value,
            },
        };
        self.folds.iter().map(report).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folds metrics over a run in which `x` is 1, 5, 3 and `y` is 2, 2, 9.
    fn values(texts: &[&str]) -> Vec<f64> {
        let mut folds = MetricFolds::new(texts.iter().map(|text| {
            let metric = Metric::parse(text).expect("a metric");
            let mut column = |signal: &randori_stl::SignalRef| match signal.name.as_str() {
                "x" => Some(0),
                "y" => Some(1),
                _ => None,
            };
            let term = metric.term.compile(&mut column).expect("known signals");
            (metric, term)
        }));
        for sample in [[1.0, 2.0], [5.0, 2.0], [3.0, 9.0]] {
            folds.observe(&sample);
        }
        folds.report().iter().map(|metric| metric.value).collect()
    }

    #[test]
    fn a_run_is_folded_as_the_word_says() {
        assert_eq!(
            values(&["max(x)", "min(x)", "mean(x)", "final(x)", "x"]),
            [5.0, 1.0, 3.0, 3.0, 3.0]
        );
    }

    #[test]
    fn several_arguments_are_compared_at_one_moment() {
        assert_eq!(
            values(&["max(x, y)", "max(min(x, y))", "mean(max(x, y))"]),
            [9.0, 3.0, 16.0 / 3.0]
        );
    }

    #[test]
    fn an_aggregate_inside_a_sum_is_refused_where_it_stands() {
        let error = Metric::parse("x + max(y)").expect_err("not outermost");
        assert!(error.help.is_some_and(|help| help.contains("outermost")));

        let inner = Metric::parse("mean(x + max(y))").expect_err("not outermost");
        assert_eq!(&"mean(x + max(y))"[inner.span], "x + max(y)");
    }
}
