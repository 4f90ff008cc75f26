//! Packed files: gzip and zstd, damaged or not.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    if !matches!(bytes, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..]) {
        return Corpus::Reject;
    }
    held::holds(bytes);
    Corpus::Keep
});
