//! Replays the corpus of each fuzz target.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use randori_fuzz::TARGETS;

#[test]
fn every_input_of_the_corpus_keeps_its_property() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, property) in TARGETS {
        let folder = corpus.join(target);
        let entries =
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut inputs: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "`{target}` has no corpus");
        for input in inputs {
            let bytes = fs::read(&input).expect("a readable file");
            let kept = catch_unwind(|| property(&bytes)).is_ok();
            assert!(kept, "{target} fails on {}", input.display());
        }
    }
}
