//! Short fingerprints of every stage, tick by tick.
//!
//! In a text, the first line names the stages, and a tick is a word: two
//! characters of base 64 for every stage named there, or a full stop for a stage
//! that is as it was in the tick before. A stage without a name there takes no
//! part, so a trace outlives the addition of a stage.

use std::fmt::Write as _;

use randori_core::record::{Digests, Stage};

use super::finding::Span;
use super::read::Problem;

/// Number of ticks from the start with all fingerprints.
pub const DENSE_TICKS: u64 = 500;

/// Interval of later fingerprints.
pub const SPARSE_STEP: u64 = 20;

/// Ticks on a line of text.
const PER_LINE: usize = 10;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How a line that names the stages begins.
const STAGES: &str = "stages: ";

/// The stages of a trace that names none, as they were written at first.
const UNNAMED: [Stage; 5] =
    [Stage::Event, Stage::Sensor, Stage::Policy, Stage::Actuator, Stage::Physics];

/// 12 bits for every stage: one difference in 4096 is missed at its own tick,
/// and detected at the next one. As with digests, 0 is a stage that takes no part.
type Row = [u16; Stage::COUNT];

/// Fingerprints of ticks 0 to [`DENSE_TICKS`], then of every
/// [`SPARSE_STEP`]th one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    rows: Vec<Row>,
}

impl Trace {
    /// Adds the tick with this number; ticks come in order.
    pub(super) fn push(&mut self, tick: u64, digests: &Digests) {
        if tick <= DENSE_TICKS || tick.is_multiple_of(SPARSE_STEP) {
            self.rows.push(Stage::ALL.map(|stage| twelve_bits(digests[stage])));
        }
    }

    /// Number of stored ticks.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without stored ticks.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Ticks and stage of the first difference between two runs. Between sparse ticks the
    /// stage is unknown, because the difference may have spread.
    pub(super) fn first_difference(&self, other: &Self) -> Option<(Span, Option<Stage>)> {
        let row = self.rows.iter().zip(&other.rows).position(|(a, b)| a != b)?;
        let (a, b) = (&self.rows[row], &other.rows[row]);
        let mut stages = Stage::ALL.into_iter().zip(a.iter().zip(b)).filter(|(_, (a, b))| a != b);
        // Before the first step the state is the cause, and measurements are effects.
        let stage = if row == 0 { stages.next_back() } else { stages.next() };
        let last = tick_of(row);
        let first = row.checked_sub(1).map_or(0, |before| tick_of(before) + 1);
        let is_certain = first == last;
        Some((Span { first, last }, stage.map(|(stage, _)| stage).filter(|_| is_certain)))
    }

    /// Lines of text; none for a trace that knows nothing.
    pub(super) fn lines(&self) -> Vec<String> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut before: Option<&Row> = None;
        let mut words = self.rows.iter().map(|row| {
            let word = Stage::ALL.into_iter().fold(String::new(), |mut word, stage| {
                let now = row[stage as usize];
                match before {
                    Some(before) if before[stage as usize] == now => word.push('.'),
                    _ => word.push_str(&two_characters(now)),
                }
                word
            });
            before = Some(row);
            word
        });
        let mut lines = vec![format!("{STAGES}{}", Stage::ALL.map(Stage::name).join(" "))];
        loop {
            let line = words.by_ref().take(PER_LINE).fold(String::new(), |mut line, word| {
                // Writing to a string cannot fail.
                let _ = write!(line, "{}{word}", if line.is_empty() { "" } else { " " });
                line
            });
            if line.is_empty() {
                return lines;
            }
            lines.push(line);
        }
    }

    /// The fingerprints of such lines.
    ///
    /// # Errors
    /// The invalid line or word.
    pub(super) fn parse(lines: &[String]) -> Result<Self, Problem> {
        let (stages, lines) = match lines {
            [line, rest @ ..] if line.starts_with(STAGES) => (parse_stages(line)?, rest),
            _ => (UNNAMED.to_vec(), lines),
        };
        let mut trace = Self::default();
        for word in lines.iter().flat_map(|line| line.split(' ')) {
            let row = parse_word(word, &stages, trace.rows.last()).ok_or_else(|| {
                Problem::new(format!("`{word}` is not the fingerprint of a tick"), word)
            })?;
            trace.rows.push(row);
        }
        Ok(trace)
    }
}

/// The tick of a row.
fn tick_of(row: usize) -> u64 {
    let row = row as u64;
    if row <= DENSE_TICKS { row } else { DENSE_TICKS + (row - DENSE_TICKS) * SPARSE_STEP }
}

/// The stages that the first line of a trace names.
fn parse_stages(line: &str) -> Result<Vec<Stage>, Problem> {
    let names = line.strip_prefix(STAGES).unwrap_or_default().split(' ');
    let stages: Result<Vec<Stage>, _> = names.map(|name| Stage::named(name).ok_or(name)).collect();
    let stages = stages.map_err(|name| {
        let message =
            format!("the trace names the stage `{name}`, which this version does not know");
        Problem::new(message, line).of_newer_version()
    })?;
    if stages.is_sorted_by(|a, b| a < b) {
        return Ok(stages);
    }
    Err(Problem::new("the stages of the trace are not in the order in which they act", line))
}

fn parse_word(word: &str, stages: &[Stage], before: Option<&Row>) -> Option<Row> {
    let mut row = Row::default();
    let mut rest = word.as_bytes();
    for &stage in stages {
        let stage = stage as usize;
        (row[stage], rest) = match rest {
            [b'.', rest @ ..] => (before?[stage], rest),
            [high, low, rest @ ..] => (number(*high)? << 6 | number(*low)?, rest),
            _ => return None,
        };
    }
    rest.is_empty().then_some(row)
}

/// The value of a character of base 64.
fn number(character: u8) -> Option<u16> {
    ALPHABET.iter().position(|&known| known == character).map(|place| place as u16)
}

/// Two characters for 12 bits.
pub(super) fn two_characters(bits: u16) -> String {
    [bits >> 6 & 63, bits & 63].map(|six| char::from(ALPHABET[usize::from(six)])).iter().collect()
}

/// 12 bits that depend on all 64.
pub(super) fn twelve_bits(digest: u64) -> u16 {
    (digest.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(tick: u64) -> Digests {
        // Sensors work every fifth tick, events never.
        Digests::of(|stage| match stage {
            Stage::Event => 7,
            Stage::Sensor => tick / 5,
            Stage::Policy => tick / 10,
            Stage::Actuator => 1,
            Stage::Physics => tick,
        })
    }

    fn trace(ticks: u64, change: impl Fn(u64, &mut Digests)) -> Trace {
        let mut trace = Trace::default();
        for tick in 0..=ticks {
            let mut digests = digests(tick);
            change(tick, &mut digests);
            trace.push(tick, &digests);
        }
        trace
    }

    #[test]
    fn lines_give_the_same_fingerprints_again() {
        let original = trace(1_003, |_, _| {});

        let lines = original.lines();

        assert_eq!(original.len(), 501 + 25);
        assert_eq!(lines.len(), 1 + 53);
        assert_eq!(lines[0], "stages: event sensor policy actuator physics");
        assert!(lines[1].split(' ').nth(1).is_some_and(|word| word.starts_with("....")));
        assert_eq!(Trace::parse(&lines), Ok(original));
        assert_eq!(Trace::parse(&[]), Ok(Trace::default()));
    }

    #[test]
    fn words_that_are_none_are_refused() {
        for line in ["", "AAAAAAAAA", "AAAAAAAAAAA", ".AAAAAAAA", "AAAAAAAA\u{e4}A", "AAAAAAAAAA  "]
        {
            assert!(Trace::parse(&[line.to_owned()]).is_err(), "{line:?}");
        }
    }

    #[test]
    fn the_first_different_tick_names_its_stage() {
        let (before, after) = (trace(100, |_, _| {}), |tick, digests: &mut Digests| {
            if tick >= 50 {
                digests[Stage::Policy] += 1_000;
                digests[Stage::Physics] += 1_000;
            }
        });

        let found = before.first_difference(&trace(100, after));

        assert_eq!(found, Some((Span { first: 50, last: 50 }, Some(Stage::Policy))));
        assert_eq!(before.first_difference(&before), None);
    }

    #[test]
    fn a_late_difference_is_placed_between_two_known_ticks() {
        let after = |tick, digests: &mut Digests| digests[Stage::Physics] += u64::from(tick >= 705);

        let found = trace(900, |_, _| {}).first_difference(&trace(900, after));

        assert_eq!(found, Some((Span { first: 701, last: 720 }, None)));
    }
}
