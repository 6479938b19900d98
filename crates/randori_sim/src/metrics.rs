//! Metrics: numbers in the report of a run besides its verdicts.
//!
//! A metric is a term over signals, aggregated over the run: `max(speed(courier))`,
//! `min(..)`, `mean(..)` or `final(..)`. A term without one of these words, such as
//! `energy(courier)`, is evaluated at the end of the run. `min` and `max` with several
//! arguments compare values of one tick, as in any formula. A window after the word, as
//! in `mean[5, 10](speed(courier))`, restricts the metric to that interval.

use randori_core::report::MetricReport;
use randori_stl::{CompiledTerm, Formula, Function, ParseError, Term, parse, parse_term};

/// Aggregation of a signal over a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The arithmetic mean over all ticks, the initial one included.
    Mean,
    /// The last one.
    Final,
}

/// A parsed metric.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Metric {
    /// Its text.
    pub text: String,
    /// Aggregation over time.
    pub aggregate: Aggregate,
    /// The term evaluated in each tick.
    pub term: Term,
    /// The window, as `always[a, b]` of a true formula; `None` for all ticks.
    window: Option<Formula>,
    /// Byte offset of the term in the text; spans are relative to it.
    pub offset: usize,
}

impl Metric {
    /// Parses a metric.
    ///
    /// # Errors
    /// The first syntax error.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        for (word, aggregate) in WORDS {
            let Some(Parts { window, offset, inner }) = parts(text, word) else { continue };
            let window = match window {
                Some((at, interval)) => Some(read_window(interval, at)?),
                None => None,
            };
            let term = read(inner).map_err(|error| shifted(error, offset))?;
            return Ok(Self { text: text.to_owned(), aggregate, term, window, offset });
        }
        let (aggregate, offset) = (Aggregate::Final, 0);
        Ok(Self { text: text.to_owned(), aggregate, term: read(text)?, window: None, offset })
    }

    /// The window as a formula, whose interval can be checked like any other.
    pub(crate) fn window(&self) -> Option<&Formula> {
        self.window.as_ref()
    }

    /// First and last tick of the window.
    fn ticks(&self, period_s: f64) -> (u64, u64) {
        let Some(Formula::Window(_, Some(interval), _)) = &self.window else {
            return (0, u64::MAX);
        };
        let tick = |seconds: randori_stl::Seconds| libm::round(seconds.as_f64() / period_s) as u64;
        (tick(interval.begin), interval.end.map_or(u64::MAX, tick))
    }
}

/// Parses `[a, b]`, which starts at byte `at`, with the syntax and the errors of formulas.
fn read_window(interval: &str, at: usize) -> Result<Formula, ParseError> {
    const WORD: &str = "always";
    parse(&format!("{WORD}{interval} 1 > 0")).map_err(|mut error| {
        let place = |byte: usize| at + byte.saturating_sub(WORD.len()).min(interval.len());
        error.span = place(error.span.start)..place(error.span.end);
        error
    })
}

/// Parses a term without aggregation over time.
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

/// The parts of `word[..]( .. )`.
struct Parts<'t> {
    /// Offset and text of the window.
    window: Option<(usize, &'t str)>,
    /// Offset of the inner text.
    offset: usize,
    /// Text between the parentheses.
    inner: &'t str,
}

/// The parts of a metric, if the whole text has this form and the word has a single argument.
fn parts<'t>(text: &'t str, word: &str) -> Option<Parts<'t>> {
    let start = text.len() - text.trim_start().len();
    let after_word = text[start..].strip_prefix(word)?.trim_start();
    let at = text.len() - after_word.len();
    let (window, rest) = match after_word.find(']').filter(|_| after_word.starts_with('[')) {
        Some(end) => (Some((at, &after_word[..=end])), after_word[end + 1..].trim_start()),
        None => (None, after_word),
    };
    let opened = rest.strip_prefix('(')?;
    let offset = text.len() - opened.len();
    let inner = opened.trim_end().strip_suffix(')')?;
    // In `mean(x) + (y)` the last parenthesis does not close the first.
    let mut open = 0_usize;
    for byte in inner.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.checked_sub(1)?,
            b',' if open == 0 => return None,
            _ => {}
        }
    }
    (open == 0).then_some(Parts { window, offset, inner })
}

fn shifted(mut error: ParseError, offset: usize) -> ParseError {
    error.span = error.span.start + offset..error.span.end + offset;
    error
}

/// The metrics of one run, updated tick by tick.
#[derive(Debug, Clone)]
pub(crate) struct MetricFolds {
    folds: Vec<Fold>,
    /// Number of the next tick.
    tick: u64,
}

#[derive(Debug, Clone)]
struct Fold {
    name: String,
    aggregate: Aggregate,
    term: CompiledTerm,
    /// First and last tick of the window.
    ticks: (u64, u64),
    value: f64,
    samples: u64,
}

impl MetricFolds {
    /// Aggregations of terms that are bound to the run's signals, with ticks of
    /// `period_s` seconds.
    pub(crate) fn new(
        metrics: impl IntoIterator<Item = (Metric, CompiledTerm)>,
        period_s: f64,
    ) -> Self {
        let fold = |(metric, term): (Metric, CompiledTerm)| {
            let value = match metric.aggregate {
                Aggregate::Max => f64::NEG_INFINITY,
                Aggregate::Min => f64::INFINITY,
                Aggregate::Mean | Aggregate::Final => 0.0,
            };
            let (ticks, aggregate) = (metric.ticks(period_s), metric.aggregate);
            Fold { name: metric.text, aggregate, term, ticks, value, samples: 0 }
        };
        Self { folds: metrics.into_iter().map(fold).collect(), tick: 0 }
    }

    /// Adds the signals of one tick.
    pub(crate) fn observe(&mut self, signals: &[f64]) {
        let tick = self.tick;
        self.tick += 1;
        for fold in &mut self.folds {
            if tick < fold.ticks.0 || tick > fold.ticks.1 {
                continue;
            }
            fold.samples += 1;
            let value = fold.term.evaluate(signals);
            match fold.aggregate {
                Aggregate::Max => fold.value = fold.value.max(value),
                Aggregate::Min => fold.value = fold.value.min(value),
                Aggregate::Mean => fold.value += value,
                Aggregate::Final => fold.value = value,
            }
        }
    }

    /// The current values, in the order of the file.
    pub(crate) fn report(&self) -> Vec<MetricReport> {
        let report = |fold: &Fold| MetricReport {
            name: fold.name.clone(),
            value: match fold.aggregate {
                // The run may have ended before the window began.
                _ if fold.samples == 0 => f64::NAN,
                Aggregate::Mean => fold.value / fold.samples as f64,
                _ => fold.value,
            },
        };
        self.folds.iter().map(report).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evaluates metrics over a run in which `x` is 1, 5, 3 and `y` is 2, 2, 9.
    fn values(texts: &[&str]) -> Vec<f64> {
        let metrics = texts.iter().map(|text| {
            let metric = Metric::parse(text).expect("a metric");
            let mut column = |signal: &randori_stl::SignalRef| match signal.name.as_str() {
                "x" => Some(0),
                "y" => Some(1),
                _ => None,
            };
            let term = metric.term.compile(&mut column).expect("known signals");
            (metric, term)
        });
        let mut folds = MetricFolds::new(metrics, 0.5);
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
    fn a_window_leaves_out_the_rest_of_the_run() {
        assert_eq!(
            values(&["mean[0.5, 1](x)", "max [0 s, 500 ms] (y)", "final[0, 0](x)"]),
            [4.0, 2.0, 1.0]
        );
        assert!(values(&["mean[2, 3](x)"])[0].is_nan());

        let error = Metric::parse("mean[2, 1](x)").expect_err("reversed");
        assert_eq!(&"mean[2, 1](x)"[error.span], "[2, 1]");
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
