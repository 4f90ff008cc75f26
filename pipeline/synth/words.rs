//! Where does the long tail of the vocabulary come from?
//!
//! Real feedback never stops bringing new words: names, villages, brands, plans. 65,535 made-up words stand for them, built of
//! syllables, the frequent ones short; they are drawn by Zipf's law, so that the number of distinct words grows with the text as it does in life.

use std::sync::OnceLock;

use super::random::Random;

/// How many rare words there are.
pub(crate) const N_RARE: u32 = 65_535;

/// How much the head of the law is flattened: the most frequent of the rare words is drawn about once in four
/// hundred draws, for it comes after the words that the phrases are written in.
const HEAD: u32 = 31;

const ONSETS: [&str; 32] = [
    "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pl", "qu", "r", "s", "sh", "sl",
    "st", "t", "th", "tr", "v", "w", "z",
];
const VOWELS: [&str; 16] = ["a", "a", "a", "e", "e", "e", "i", "i", "o", "o", "o", "u", "ai", "ea", "ou", "y"];
const CODAS: [&str; 32] = [
    "", "", "", "", "", "", "", "", "", "n", "n", "n", "r", "r", "l", "l", "s", "m", "t", "d", "k", "x", "nd", "nt", "rt", "ss", "ck",
    "ll", "rn", "lt", "st", "ng",
];
const ENDINGS: [&str; 16] = ["", "", "", "", "", "a", "o", "on", "ex", "ley", "ton", "ix", "way", "ham", "via", "tek"];

struct Words {
    text: Vec<u8>,
    ends: Vec<u32>,
}

/// A rare word, lower case ASCII.
#[inline]
pub(crate) fn rare(random: &mut Random) -> &'static [u8] {
    static WORDS: OnceLock<Words> = OnceLock::new();
    let words = WORDS.get_or_init(make);
    let rank = random.zipf_mandelbrot(N_RARE, HEAD) as usize;
    let start = if rank == 0 { 0 } else { words.ends[rank - 1] as usize };
    &words.text[start..words.ends[rank] as usize]
}

/// The same words whatever the seed: a language does not change with the respondents.
fn make() -> Words {
    let mut words = Words { text: Vec::new(), ends: Vec::new() };
    let mut seen = std::collections::BTreeSet::new();
    let mut random = Random::of(0, 0);
    let mut word = String::new();
    while (words.ends.len() as u32) < N_RARE {
        word.clear();
        let n_syllables = 1 + random.below(2) + u32::from(words.ends.len() > 2_000);
        for _ in 0..n_syllables {
            word.push_str(ONSETS[random.below(32) as usize]);
            word.push_str(VOWELS[random.below(16) as usize]);
            word.push_str(CODAS[random.below(32) as usize]);
        }
        word.push_str(ENDINGS[random.below(16) as usize]);
        if word.len() >= 4 && seen.insert(word.clone()) {
            words.text.extend_from_slice(word.as_bytes());
            words.ends.push(words.text.len() as u32);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_plain() {
        let words = make();
        let mut start = 0;
        let mut all = std::collections::BTreeSet::new();
        for end in words.ends {
            let word = &words.text[start..end as usize];
            assert!(word.len() >= 4 && word.iter().all(u8::is_ascii_lowercase));
            assert!(all.insert(word));
            start = end as usize;
        }
        assert_eq!(all.len(), N_RARE as usize);
    }
}
