//! The redactor: nothing panics, a second redaction finds nothing, and what was taken out is told whole.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use outspoken::config::PrivacySettings;
use outspoken::redact::Redactor;
use outspoken::text::normalise;

static REDACTORS: LazyLock<[Redactor; 2]> = LazyLock::new(|| {
    let plain = PrivacySettings::default();
    let mut own = plain.clone();
    own.patterns.insert("ticket".to_owned(), r"(?i)\bT-\d{3,8}\b".to_owned());
    own.patterns.insert("plate".to_owned(), r"[A-Z]{1,3}-[A-Z]{1,2} ?\d{1,4}".to_owned());
    [plain, own].map(|settings| Redactor::new(&settings).expect("settings that were tried"))
});

fuzz_target!(|text: &str| {
    let (mut raw, mut once, mut twice, mut removed) = (String::new(), String::new(), String::new(), Vec::new());
    normalise(text, &mut raw);
    for redactor in &*REDACTORS {
        // Texts are normalised before they are redacted; cells of a spool are not.
        for text in [raw.as_str(), text] {
            removed.clear();
            let n = redactor.redact_keeping(text, &mut once, &mut removed);
            assert_eq!(n as usize, removed.len());
            // What was taken out, put back, gives the text.
            let mut back = once.clone();
            for piece in removed.iter().rev() {
                let end = back[piece.start_byte..].find(']').expect("a placeholder ends") + piece.start_byte + 1;
                back.replace_range(piece.start_byte..end, &piece.text);
            }
            assert_eq!(back, text);
            assert_eq!(redactor.redact(&once, &mut twice), 0, "{once:?} holds something yet");
            assert_eq!(once, twice);
        }
    }
});
