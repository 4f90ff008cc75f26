//! How do terms add up to a clause, and clauses to a verbatim?

use crate::lexicon::EMOTIONS;

use super::items::ClauseReading;
use super::terms::Reader;

/// What the square of a sum is compared with when it is brought between -1 and 1; 15 is VADER's, so that figures look alike.
const ALPHA: f64 = 15.0;
/// Each of up to three exclamation marks adds this to a clause's sum, in its direction.
const EXCLAMATION: f64 = 0.25;
/// Weights add up to the root of the number of clauses with a term: a long text is firmer than a short one, though not as many
/// times as it is longer. Correlation with VADER's own ratings of tweets and of product reviews, when they add up to the number
/// itself, its power of 0.75, its root: .878 and .734, .881 and .740, .882 and .744.
/// The last clause with a term weighs more: 1.0, 1.3 and 1.6 give .878, .878 and .876 (tweets), .734, .734 and .733 (reviews), but
/// long reviews, judged apart, gain up to 1.3.
const LAST: f64 = 1.2;
/// The strongest clause, too, if only a little: it leads by its sum already (1.0, 1.3 and 1.6: .880, .878 and .875; .736, .734, .731).
const STRONGEST: f64 = 1.05;
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
/// to the root of the number of such clauses.
pub(super) fn weigh(clauses: &mut [ClauseReading]) {
    let strength = |clause: &ClauseReading| clause.sum.map_or(-1.0, f64::abs);
    let last = clauses.iter().rposition(|clause| clause.sum.is_some());
    let strongest = (0..clauses.len()).reduce(|best, i| if strength(&clauses[best]) > strength(&clauses[i]) { best } else { i });
    let mut contrast_in = None;
    let (mut total, mut n) = (0.0, 0.0_f64);
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
    let scale = n.sqrt() / total;
    for clause in clauses.iter_mut().filter(|clause| clause.sum.is_some()) {
        clause.weight *= scale;
    }
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
