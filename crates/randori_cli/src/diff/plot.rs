//! A plot of distances over time in text characters, with a logarithmic axis.

use randori_record::compare::Sample;

/// Number of lines of the plot without its time axis.
const ROWS: usize = 8;

/// Number of points along the time axis.
pub(super) const COLUMNS: usize = 60;

/// The largest sample of each of `parts` equal parts of the list.
pub(super) fn largest_of_parts(samples: &[Sample], parts: usize) -> Vec<Sample> {
    let size = samples.len().div_ceil(parts).max(1);
    let largest =
        |part: &[Sample]| part.iter().copied().max_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
    samples.chunks(size).filter_map(largest).collect()
}

/// The plot, each line with its end; empty if there is nothing to plot.
pub(super) fn plot(samples: &[Sample]) -> String {
    let parts = largest_of_parts(samples, COLUMNS);
    let decades = |sample: &Sample| libm::log10(sample.distance_m);
    let known = || parts.iter().map(decades).filter(|decade| decade.is_finite());
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), decade| {
        (low.min(decade), high.max(decade))
    });
    let (Some(first), Some(last), true) = (samples.first(), samples.last(), low <= high) else {
        return String::new();
    };
    // A range below a decade would exaggerate small differences.
    let (low, high) = if high - low < 1.0 { (high - 1.0, high) } else { (low, high) };
    let step = (high - low) / (ROWS - 1) as f64;
    let mut lines = Vec::new();
    for row in (0..ROWS).rev() {
        let level = low + step * row as f64;
        let points: String = parts
            .iter()
            .map(|part| {
                // Infinite values leave the plot at its top.
                let place = ((decades(part).min(high) - low) / step).round();
                if place == row as f64 { '*' } else { ' ' }
            })
            .collect();
        let label = format!("{:.1e}", libm::pow(10.0, level));
        lines.push(format!("  {label:>8} m |{points}").trim_end().to_owned());
    }
    let [from, to] = [first, last].map(|sample| format!("{:.3} s", sample.time_s));
    let gap = parts.len().saturating_sub(from.len()).max(to.len() + 1);
    lines.push(format!("{:13}+{}", "", "-".repeat(parts.len())));
    lines.push(format!("{:14}{from}{to:>gap$}", ""));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(tick: u64, distance_m: f64) -> Sample {
        Sample { tick, time_s: tick as f64 * 0.01, distance_m, body: 0 }
    }

    #[test]
    fn a_straight_line_on_the_plot_is_exponential_growth() {
        let samples: Vec<_> = (0_u32..16)
            .map(|tick| sample(tick.into(), 2_f64.powi(tick as i32 / 2) * 1e-6))
            .collect();

        insta::assert_snapshot!(plot(&samples), @r"
        1.3e-4 m |              **
        6.4e-5 m |            **
        3.2e-5 m |          **
        1.6e-5 m |        **
        8.0e-6 m |      **
        4.0e-6 m |    **
        2.0e-6 m |  **
        1.0e-6 m |**
                 +----------------
                  0.000 s  0.150 s
        ");
    }

    #[test]
    fn odd_samples_do_no_harm() {
        assert_eq!(plot(&[]), "");
        assert_eq!(plot(&[sample(0, 0.0)]), "");
        assert_eq!(plot(&[sample(0, f64::INFINITY)]), "");
        let odd = [sample(0, 0.0), sample(1, 1e-3), sample(2, f64::INFINITY)];
        assert_eq!(plot(&odd).matches('*').count(), 2);
        let many: Vec<_> = (0..1_000).map(|tick| sample(tick, 1.0)).collect();
        assert!(plot(&many).lines().all(|line| line.len() <= 80));
    }
}
