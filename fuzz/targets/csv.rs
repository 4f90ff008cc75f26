//! Delimited text, in any encoding.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // Other formats have targets of their own.
    if matches!(bytes, [b'{' | b'[' | b'P' | 0x1f | 0x28, ..]) {
        return Corpus::Reject;
    }
    held::holds(bytes);
    Corpus::Keep
});
