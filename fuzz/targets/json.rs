//! JSON Lines, objects one after another, arrays.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !matches!(bytes.trim_ascii_start(), [b'{' | b'[', ..]) {
        return Corpus::Reject;
    }
    held::holds(bytes);
    Corpus::Keep
});
