//! Has a theme moved since it was made?
//!
//! Two measures, month by month: how near the direction of the month's clauses is to the theme's centre, and how like the words of the
//! month's clauses are to those that it was made with. Both are 1 where nothing moved; few clauses wander more, so that each comes with
//! how many there were.

use std::collections::BTreeMap;

use super::material::Material;
use crate::stage::embed::{is_mask, is_stop};

/// Words of a theme that are compared.
const N_WORDS: usize = 30;

/// The most frequent telling words of some clauses, each with its share of the clauses in thousandths.
pub(super) fn vocabulary(material: &Material, clauses: &[usize]) -> BTreeMap<String, u32> {
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    for clause in clauses {
        let mut words: Vec<u32> = material.words_of(*clause).iter().filter(|word| !word.aside).map(|word| word.id).collect();
        words.sort_unstable();
        words.dedup();
        words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
    }
    let tells = |word: &str| !is_stop(word) && !is_mask(word) && word.chars().any(char::is_alphabetic);
    let mut words: Vec<(&str, u32)> = counts.into_iter().map(|(id, n)| (material.folded(id), n)).filter(|(word, _)| tells(word)).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    words.truncate(N_WORDS);
    let n = clauses.len().max(1) as u32;
    words.into_iter().map(|(word, count)| (word.to_owned(), count * 1_000 / n)).collect()
}

/// How like two vocabularies are: cosine of their shares, 0 to 1; none when one is empty.
pub(super) fn likeness(a: &BTreeMap<String, u32>, b: &BTreeMap<String, u32>) -> Option<f32> {
    let square = |words: &BTreeMap<String, u32>| words.values().map(|share| u64::from(*share) * u64::from(*share)).sum::<u64>();
    let product: u64 = a.iter().filter_map(|(word, share)| Some(u64::from(*share) * u64::from(*b.get(word)?))).sum();
    let (a, b) = (square(a), square(b));
    if a == 0 || b == 0 {
        return None;
    }
    let cosine = product as f64 / ((a as f64).sqrt() * (b as f64).sqrt());
    Some(((cosine * 1_000.0).round() / 1_000.0) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_of_vocabularies() {
        let words = |pairs: &[(&str, u32)]| pairs.iter().map(|(word, share)| ((*word).to_owned(), *share)).collect::<BTreeMap<_, _>>();
        let bag = words(&[("bag", 600), ("lost", 200)]);
        assert_eq!(likeness(&bag, &bag), Some(1.0));
        assert_eq!(likeness(&bag, &words(&[("seat", 500)])), Some(0.0));
        assert_eq!(likeness(&bag, &words(&[])), None);
        assert!(likeness(&bag, &words(&[("bag", 600), ("wheel", 200)])).is_some_and(|like| like > 0.8 && like < 1.0));
    }
}
