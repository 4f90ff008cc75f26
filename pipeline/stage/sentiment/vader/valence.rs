//! What do the tokens of a text add up to in classic VADER?
//!
//! A port of the reference's rules in their order, quirks included; only tokens with a valence are visited.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::{Lexicon, Phrase};
use super::tokens::{Scratch, Token};

const CAPITALS: f64 = 0.733;
const NEGATION: f64 = -0.74;

/// The compound score, rounded to four decimals.
pub(super) fn compound(lexicon: &Lexicon, scratch: &mut Scratch) -> f64 {
    let n_tokens = scratch.tokens.len();
    let context = Context { lexicon, tokens: &scratch.tokens, mixed_case: 0 < scratch.n_upper && scratch.n_upper < n_tokens };
    scratch.sentiments.clear();
    scratch.sentiments.extend(scratch.items.iter().map(|at| context.valence(*at as usize)));
    if let Some(but) = scratch.but {
        weigh_around_but(&scratch.items, &mut scratch.sentiments, but);
    }
    let mut sum: f64 = scratch.sentiments.iter().sum();
    let emphasis = emphasis(scratch.n_exclamation, scratch.n_question);
    if sum > 0.0 {
        sum += emphasis;
    } else if sum < 0.0 {
        sum -= emphasis;
    }
    let score = sum / (sum * sum + 15.0).sqrt();
    round(score.clamp(-1.0, 1.0))
}

/// Up to four exclamation marks; two or more question marks.
fn emphasis(n_exclamation: usize, n_question: usize) -> f64 {
    let questions = match n_question {
        0 | 1 => 0.0,
        2 | 3 => n_question as f64 * 0.18,
        _ => 0.96,
    };
    n_exclamation.min(4) as f64 * 0.292 + questions
}

/// Python's `round(x, 4)`: the decimal nearest to the exact binary value.
fn round(score: f64) -> f64 {
    let scaled = score * 10_000.0;
    // Near a tie the product's own rounding could decide; the exact decimal expansion does not err.
    if ((scaled - scaled.floor()) - 0.5).abs() < 1e-6 {
        return format!("{score:.4}").parse().expect("a number that was just written");
    }
    let rounded = scaled.round() / 10_000.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

struct Context<'a> {
    lexicon: &'a Lexicon,
    tokens: &'a [Token],
    /// Some but not all tokens are in capitals.
    mixed_case: bool,
}

impl Context<'_> {
    fn id(&self, at: usize) -> u16 {
        self.tokens[at].entry()
    }

    fn in_lexicon(&self, at: usize) -> bool {
        self.lexicon.in_lexicon(self.id(at))
    }

    fn negates(&self, at: usize) -> bool {
        self.lexicon.entry(self.id(at)).negates
    }

    /// What the token at `i`, which is in the lexicon, says in its place.
    fn valence(&self, i: usize) -> f64 {
        let named = &self.lexicon.named;
        let entry = self.lexicon.entry(self.id(i));
        let n_tokens = self.tokens.len();
        if entry.is_booster || self.id(i) == named.kind && i + 1 < n_tokens && self.id(i + 1) == named.of {
            return 0.0;
        }
        let mut valence = entry.valence;
        if self.id(i) == named.no && i + 1 < n_tokens && self.in_lexicon(i + 1) {
            valence = 0.0;
        }
        let before = |n: usize| i.checked_sub(n).map(|at| self.id(at));
        let joined = before(1) == Some(named.or) || before(1) == Some(named.nor);
        if before(1) == Some(named.no) || before(2) == Some(named.no) || before(3) == Some(named.no) && joined {
            valence = entry.valence * NEGATION;
        }
        if self.tokens[i].is_upper() && self.mixed_case {
            valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        for distance in 1..=3.min(i) {
            if self.in_lexicon(i - distance) {
                continue;
            }
            valence += self.boost(i - distance, valence, distance);
            valence = self.negated(valence, i, distance);
            if distance == 3 {
                valence = self.idiom(valence, i);
            }
        }
        self.least(valence, i)
    }

    /// How much the booster at `at` adds.
    fn boost(&self, at: usize, valence: f64, distance: usize) -> f64 {
        let entry = self.lexicon.entry(self.id(at));
        if !entry.is_booster {
            return 0.0;
        }
        let mut boost = entry.boost;
        if valence < 0.0 {
            boost *= -1.0;
        }
        if self.tokens[at].is_upper() && self.mixed_case {
            boost += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        match distance {
            2 => boost * 0.95,
            3 => boost * 0.9,
            _ => boost,
        }
    }

    fn negated(&self, valence: f64, i: usize, distance: usize) -> f64 {
        let named = &self.lexicon.named;
        let is_so = |at: usize| self.id(at) == named.so || self.id(at) == named.this;
        let is_doubt = |at: usize| self.id(at) == named.doubt;
        let cue = self.id(i - distance);
        let (never_so, without_doubt) = match distance {
            2 => (cue == named.never && is_so(i - 1), cue == named.without && is_doubt(i - 1)),
            // The reference lacks a bracket: "so" or "this" right before the word is enough.
            3 => (cue == named.never && is_so(i - 2) || is_so(i - 1), cue == named.without && (is_doubt(i - 2) || is_doubt(i - 1))),
            _ => (false, false),
        };
        if never_so {
            valence * 1.25
        } else if !without_doubt && self.negates(i - distance) {
            valence * NEGATION
        } else {
            valence
        }
    }

    fn idiom(&self, mut valence: f64, i: usize) -> f64 {
        // "the" and "to" open phrases, so the word behind is asked, too.
        let goes_on = |at: usize| self.tokens.get(at).is_some_and(|next| self.lexicon.entry(next.entry()).goes_on);
        if !(i - 3..=i).any(|at| self.lexicon.opens_phrase(self.id(at)) && goes_on(at + 1)) {
            return valence;
        }
        let ids = |from: usize, n: usize| -> [u16; 3] {
            let mut ids = [0; 3];
            for (id, at) in ids.iter_mut().zip(from..from + n) {
                *id = self.id(at);
            }
            ids
        };
        let find = |from: usize, n: usize, phrases: &[Phrase]| -> Option<f64> {
            if !self.lexicon.opens_phrase(self.id(from)) {
                return None;
            }
            phrases.iter().find(|(words, _)| *words == ids(from, n)[..n]).map(|(_, value)| *value)
        };
        let idioms = &self.lexicon.idioms;
        let found = [(i - 1, 2), (i - 2, 3), (i - 2, 2), (i - 3, 3), (i - 3, 2)].into_iter().find_map(|(at, n)| find(at, n, idioms));
        valence = found.unwrap_or(valence);
        for n in [2, 3] {
            if self.tokens.len() >= i + n {
                valence = find(i, n, idioms).unwrap_or(valence);
            }
        }
        for (from, n) in [(i - 3, 3), (i - 3, 2), (i - 2, 2)] {
            valence += find(from, n, &self.lexicon.boosters).unwrap_or(0.0);
        }
        valence
    }

    fn least(&self, valence: f64, i: usize) -> f64 {
        let named = &self.lexicon.named;
        let is_least = i > 0 && self.id(i - 1) == named.least && !self.in_lexicon(i - 1);
        let softened = i > 1 && (self.id(i - 2) == named.at || self.id(i - 2) == named.very);
        if is_least && !softened { valence * NEGATION } else { valence }
    }
}

/// Halves what stands before the first "but" and raises what follows. The reference looks for each value's first place in the
/// list, which it changes meanwhile, so of equal valences it is not always the one visited that changes.
fn weigh_around_but(items: &[u32], sentiments: &mut [f64], but: u32) {
    let factor = |at: u32| match at.cmp(&but) {
        std::cmp::Ordering::Less => 0.5,
        std::cmp::Ordering::Equal => 1.0,
        std::cmp::Ordering::Greater => 1.5,
    };
    if sentiments.len() <= 64 {
        for k in 0..sentiments.len() {
            let first = sentiments.iter().position(|s| *s == sentiments[k]).expect("it is in the list itself");
            sentiments[first] *= factor(items[first]);
        }
        return;
    }
    // The same with the places of each value kept in order: linear search would be quadratic on a very long text.
    let bits = |value: f64| if value == 0.0 { 0 } else { value.to_bits() };
    let mut places: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
    for (k, value) in sentiments.iter().enumerate() {
        places.entry(bits(*value)).or_default().insert(k);
    }
    for k in 0..sentiments.len() {
        let value = bits(sentiments[k]);
        let first = places.get(&value).and_then(|p| p.first().copied()).expect("each value has its place");
        places.get_mut(&value).expect("as above").remove(&first);
        sentiments[first] *= factor(items[first]);
        places.entry(bits(sentiments[first])).or_default().insert(first);
    }
}
