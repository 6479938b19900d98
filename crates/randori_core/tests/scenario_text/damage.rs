//! Damaged texts never panic, and always give either a scenario or findings
//! that point into a text.

use randori_core::random::RandomStream;
use randori_core::text::outline::Outline;

use super::fixture::{ARM, HALL, SCENARIO, files, findings};

fn below(stream: &mut RandomStream, count: usize) -> usize {
    (stream.unit() * count as f64) as usize
}

/// Truncates, deletes, duplicates or replaces a random stretch.
fn damaged(text: &str, stream: &mut RandomStream) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let start = below(stream, letters.len());
    let len = 1 + below(stream, 12).min(letters.len() - start - 1);
    match below(stream, 5) {
        0 => letters.truncate(start),
        1 => drop(letters.drain(start..start + len)),
        2 => {
            let copy: Vec<char> = letters[start..start + len].to_vec();
            let target = below(stream, letters.len());
            letters.splice(target..target, copy);
        }
        3 => letters.swap(start, below(stream, text.chars().count())),
        _ => {
            let odd =
                ['(', ')', '[', '}', '"', '\\', '/', '*', ':', ',', '#', 'r', '\'', '\u{4e71}'];
            letters[start] = odd[below(stream, odd.len())];
        }
    }
    letters.into_iter().collect()
}

#[test]
fn damaged_texts_give_a_scenario_or_findings_with_a_place() {
    let originals =
        [("scenarios/push.ron", SCENARIO), ("assets/hall.ron", HALL), ("assets/arm.ron", ARM)];
    let mut stream = RandomStream::new(1, "damage");
    for round in 0..1_500 {
        let (path, text) = originals[round % 3];
        let text = damaged(text, &mut stream);
        let mut files = files();
        files.insert(path, text.clone());

        let findings = findings(&files);

        for finding in &findings.list {
            for label in finding.primary.iter().chain(&finding.secondary) {
                let source = findings.sources.text(label.span.file);
                assert!(label.span.start <= label.span.end, "{finding:?}\n{text}");
                assert!(source.get(label.span.range()).is_some(), "{finding:?}\n{text}");
            }
        }
        let rendered = [findings.human(true), findings.short(), findings.json()];
        assert!(rendered.iter().all(|text| !text.contains("tests/scenario_text")));
    }
}

#[test]
fn spans_of_a_damaged_outline_are_nested_and_ordered() {
    let mut stream = RandomStream::new(2, "damage");
    for _ in 0..1_500 {
        let text = damaged(ARM, &mut stream);

        let outline = Outline::scan(&text, 32);

        outline.for_each(&mut |node| {
            assert!(text.get(node.span.clone()).is_some(), "{text}");
            let mut last = node.span.start;
            for child in node.children() {
                assert!(last <= child.span.start && child.span.end <= node.span.end, "{text}");
                last = child.span.end;
            }
        });
    }
}
