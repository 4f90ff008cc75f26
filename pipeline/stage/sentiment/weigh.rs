//! How do terms add up to a clause, and clauses to a verbatim?

use crate::lexicon::EMOTIONS;

use super::terms::Reader;

/// What the square of a sum is compared with when it is brought between -1 and 1; 15 is VADER's, so that figures look alike.
const ALPHA: f64 = 15.0;
/// Each of up to three exclamation marks adds this to a clause's sum, in its direction.
const EXCLAMATION: f64 = 0.25;
/// Weight of the last clause with a term and of the strongest, where the others have 1.
const LAST: f64 = 1.3;
const STRONGEST: f64 = 1.3;
/// What a "but" takes from the clauses before it in its sentence, and gives to its own.
const BEFORE_CONTRAST: f64 = 0.6;
const AFTER_CONTRAST: f64 = 1.3;
/// What "although" takes from its own clause.
const CONCEDED: f64 = 0.6;
/// From here on a score is positive, from the negative of it on negative. Macro-F1 of three classes on VADER's own ratings (cut at ±0.5):
/// .704 and .622 (tweets, product reviews) at 0.05, .720 and .632 at 0.15, .718 and .619 at 0.25.
const NEUTRAL: f64 = 0.15;

/// A sum with its exclamation marks.
pub(super) fn emphasised(sum: f64, n_exclamations: u32) -> f64 {
    if sum == 0.0 { 0.0 } else { sum + sum.signum() * EXCLAMATION * f64::from(n_exclamations.min(3)) }
}

/// A sum brought between -1 and 1, to six decimals.
pub(super) fn squash(sum: f64) -> f64 {
    let score = sum / (sum * sum + ALPHA).sqrt();
    (score * 1e6).round() / 1e6 + 0.0
}

/// The label of a score.
pub(super) fn label(score: f64) -> &'static str {
    if score >= NEUTRAL {
        "positive"
    } else if score <= -NEUTRAL {
        "negative"
    } else {
        "neutral"
    }
}

/// The weight of each clause with a term.
pub(super) fn weights(reader: &Reader) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
    let strength = |i: usize| reader.clauses[i].sum.map_or(-1.0, f64::abs);
    let n = reader.clauses.len();
    let last = (0..n).rev().find(|i| reader.clauses[*i].sum.is_some());
    let strongest = (0..n).fold(None, |best: Option<usize>, i| match best {
        Some(b) if strength(b) > strength(i) => best,
        _ => Some(i),
    });
    reader.clauses.iter().enumerate().filter_map(move |(i, clause)| {
        let sum = clause.sum?;
        let mut weight = 1.0;
        if clause.contrast {
            weight *= AFTER_CONTRAST;
        }
        if clause.concession {
            weight *= CONCEDED;
        }
        let turned = reader.clauses[i + 1..].iter().take_while(|later| later.sentence == clause.sentence).any(|later| later.contrast);
        if turned {
            weight *= BEFORE_CONTRAST;
        }
        if n > 1 && last == Some(i) {
            weight *= LAST;
        }
        if n > 1 && strongest == Some(i) {
            weight *= STRONGEST;
        }
        Some((i, sum, weight))
    })
}

/// The weighed sum of a verbatim; none when no clause has a term.
pub(super) fn verbatim(reader: &Reader) -> Option<f64> {
    let mut total = None;
    for (_, sum, weight) in weights(reader) {
        total = Some(total.unwrap_or(0.0) + sum * weight);
    }
    total
}

/// The emotion reported most often; of equals the one reported last.
pub(super) fn emotion(reader: &Reader) -> Option<&'static str> {
    let mut counts = [(0_u32, 0_usize); EMOTIONS.len()];
    for (at, item) in reader.emotions.iter().enumerate() {
        if let Some(emotion) = item.emotion {
            let count = &mut counts[emotion as usize];
            *count = (count.0 + 1, at);
        }
    }
    let (best, count) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
    (count.0 > 0).then_some(EMOTIONS[best])
}
