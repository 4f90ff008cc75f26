//! The architecture, held: what may know of what.

use std::path::Path;

use crate::support::files;

/// Stages are pure, and dependencies point one way: source → stage → sink.
#[test]
fn stages_know_no_file_network_clock_environment_or_thread() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipeline");
    let forbidden_in_stages = [
        "std::fs",
        "fs_err",
        "std::net",
        "std::env",
        "std::thread",
        "std::time",
        "Instant",
        "SystemTime",
        "Timestamp::now",
        "rayon",
        "crossbeam",
        "crate::sink",
        "crate::runner",
        "crate::store",
        "crate::cli",
        "crate::source::",
    ];
    let mut n = 0;
    for (name, bytes) in files(&folder.join("stage")) {
        let text = String::from_utf8(bytes).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in forbidden_in_stages {
            assert!(!code.contains(word), "stage/{name} mentions {word}");
        }
        n += 1;
    }
    assert!(n > 4);
    for (name, bytes) in files(&folder.join("source")) {
        let text = String::from_utf8(bytes).unwrap();
        for word in ["crate::stage", "crate::sink", "crate::runner", "crate::annotate"] {
            assert!(!text.contains(word), "source/{name} mentions {word}");
        }
    }
}

#[test]
fn every_module_opens_with_the_question_that_it_answers() {
    for (name, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pipeline")) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!name.ends_with("mod.rs"), "{name}: `stage.rs` beside `stage/`");
        let is_tests = name.ends_with("tests.rs");
        assert!(!name.ends_with(".rs") || is_tests || text.starts_with("//! "), "{name} has no module documentation");
    }
}

#[test]
fn every_lexicon_names_its_source_and_licence() {
    for (name, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lexicons")) {
        let text = String::from_utf8_lossy(&bytes);
        let head: String = text.lines().take(12).collect::<Vec<_>>().join("\n").to_lowercase();
        let is_data = [".toml", ".tsv", ".txt"].iter().any(|ending| name.ends_with(ending));
        assert!(!is_data || head.contains("licen"), "lexicons/{name} does not name its licence");
    }
}
