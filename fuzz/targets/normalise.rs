//! The normaliser: its output is its own normal form, composed, without control characters, and no longer than three times what came in.

#![no_main]

use libfuzzer_sys::fuzz_target;
use outspoken::text::normalise;
use unicode_normalization::is_nfc;

fuzz_target!(|text: &str| {
    let (mut once, mut twice) = (String::new(), String::new());
    normalise(text, &mut once);
    let repairs = normalise(&once, &mut twice);
    assert_eq!(once, twice);
    assert_eq!((repairs.n_entities, repairs.n_mojibake), (0, 0));
    assert!(is_nfc(&once));
    assert!(once.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
    assert!(once.trim() == once);
    assert!(once.len() <= 3 * text.len(), "a character grows to three times its size at most");
});
