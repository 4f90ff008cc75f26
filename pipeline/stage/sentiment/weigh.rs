//! How do terms add up to a clause, and clauses to a verbatim?

use crate::lexicon::EMOTIONS;

use super::terms::{ClauseReading, Reader};

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

/// Gives each clause with a term its weight: more to the last and the strongest, and to what follows a "but". The weights add up
/// to the number of such clauses, to the power of [`GROWTH`].
pub(super) fn weigh(clauses: &mut [ClauseReading]) {
    let strength = |clause: &ClauseReading| clause.sum.map_or(-1.0, f64::abs);
    let last = clauses.iter().rposition(|clause| clause.sum.is_some());
    let strongest = (0..clauses.len()).reduce(|best, i| if strength(&clauses[best]) > strength(&clauses[i]) { best } else { i });
    let mut contrast_in = None;
    let (mut total, mut n) = (0.0, 0.0);
    for (i, clause) in clauses.iter_mut().enumerate().rev() {
        let turned = contrast_in == Some(clause.sentence);
        if clause.contrast {
            contrast_in = Some(clause.sentence);
        }
        if clause.sum.is_none() {
            continue;
        }
        let factors = [
            (turned, BEFORE_CONTRAST),
            (clause.contrast, AFTER_CONTRAST),
            (clause.concession, CONCEDED),
            (last == Some(i), LAST),
            (strongest == Some(i), STRONGEST),
        ];
        clause.weight = factors.iter().filter(|(holds, _)| *holds).map(|(_, factor)| factor).product();
        total += clause.weight;
        n += 1.0;
    }
    let scale = grown(n) / total;
    for clause in clauses.iter_mut().filter(|clause| clause.sum.is_some()) {
        clause.weight *= scale;
    }
}

fn grown(n: f64) -> f64 {
    n
}

/// The weighed sum of a verbatim; none when no clause has a term.
pub(super) fn verbatim(clauses: &[ClauseReading]) -> Option<f64> {
    let mut total = None;
    for clause in clauses {
        if let Some(sum) = clause.sum {
            total = Some(total.unwrap_or(0.0) + sum * clause.weight);
        }
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
