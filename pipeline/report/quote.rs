//! In whose words is a theme told?
//!
//! The clauses nearest to the theme, one a response and each text once, of responses whose words may be shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::consent::Consent;
use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{clause as col, verbatim};
use crate::sink::Version;

/// Examples of a theme.
pub(super) const N_QUOTES: usize = 5;

/// Clauses kept while reading: enough that three differ, also where many people copy each other.
const N_CANDIDATES: usize = 24;

/// A clause shorter than this says too little out of its place; taken only when a theme has no other. At 20 the nearest clauses
/// of the demo are mostly of four words.
const MIN_CHARS: usize = 40;

/// A longer text is shown by its beginning, with its length: a pasted log must not fill the pack.
pub(super) const MAX_CHARS: usize = 400;

/// Source and theme.
pub(super) type Key = (String, String);

/// A clause that is shown.
#[derive(Clone, Debug)]
pub(super) struct Quote {
    /// How far up it stands in its order.
    pub(super) rank: f64,
    pub(super) verbatim_id: String,
    /// Which clause; none: the whole verbatim.
    pub(super) clause: Option<i64>,
    pub(super) text: String,
    /// Characters of the whole clause, where only its beginning is shown.
    pub(super) of_chars: Option<usize>,
}

/// Which clauses come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Those nearest to the theme.
    Nearest,
    /// Those that praise most.
    Praise,
    /// Those that complain most.
    Complaint,
}

struct Candidate {
    /// What the order goes by: the highest first.
    rank: f64,
    verbatim_id: String,
    clause: i64,
    start_char: usize,
    n_chars: usize,
}

/// The examples of the themes that `wanted` names.
pub(super) fn load(version: &Version, month: Month, wanted: &BTreeSet<Key>, consent: &Consent) -> Result<BTreeMap<Key, Vec<Quote>>> {
    ordered(version, month, wanted, consent, Order::Nearest)
}

/// The same in another order.
pub(super) fn ordered(
    version: &Version,
    month: Month,
    wanted: &BTreeSet<Key>,
    consent: &Consent,
    order: Order,
) -> Result<BTreeMap<Key, Vec<Quote>>> {
    let mut places: HashMap<String, Key> = HashMap::new();
    each_row(version, month, &[verbatim::verbatim_id, verbatim::response_id, verbatim::source], |row| {
        let (source, response) = (row.owned(verbatim::source), row.owned(verbatim::response_id));
        if consent.allows(&source, &response) {
            places.insert(row.owned(verbatim::verbatim_id), (source, response));
        }
    })?;
    let candidates = candidates(version, month, wanted, &places, order)?;
    let needed: BTreeSet<&str> = candidates.values().flatten().map(|c| c.verbatim_id.as_str()).collect();
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    each_row(version, month, &[verbatim::verbatim_id, verbatim::text], |row| {
        if let Some(id) = row.text(verbatim::verbatim_id).and_then(|id| needed.get(id)) {
            texts.insert(id, row.owned(verbatim::text));
        }
    })?;
    Ok(candidates.iter().map(|(key, of_theme)| (key.clone(), choose(of_theme, &texts, &places))).collect())
}

fn candidates(
    version: &Version,
    month: Month,
    wanted: &BTreeSet<Key>,
    places: &HashMap<String, Key>,
    order: Order,
) -> Result<BTreeMap<Key, Vec<Candidate>>> {
    use col::*;
    let mut candidates: BTreeMap<Key, Vec<Candidate>> = BTreeMap::new();
    each_row(version, month, &[verbatim_id, clause, start_char, end_char, sentiment, theme_id, theme_similarity], |row| {
        let (Some(verbatim), Some(theme)) = (row.text(verbatim_id), row.text(theme_id)) else { return };
        let Some((source, _)) = places.get(verbatim) else { return };
        let key = (source.clone(), theme.to_owned());
        if !wanted.contains(&key) {
            return;
        }
        let start = usize::try_from(row.int(start_char).unwrap_or_default()).unwrap_or_default();
        let end = usize::try_from(row.int(end_char).unwrap_or_default()).unwrap_or_default();
        let rank = match (order, row.float(sentiment)) {
            (Order::Nearest, _) => row.float(theme_similarity).unwrap_or(-1.0),
            (Order::Praise, Some(mean)) if mean > 0.0 => mean,
            (Order::Complaint, Some(mean)) if mean < 0.0 => -mean,
            _ => return,
        };
        let of_theme = candidates.entry(key).or_default();
        of_theme.push(Candidate {
            rank,
            verbatim_id: verbatim.to_owned(),
            clause: row.int(clause).unwrap_or_default(),
            start_char: start,
            n_chars: end.saturating_sub(start),
        });
        if of_theme.len() >= 2 * N_CANDIDATES {
            keep_nearest(of_theme);
        }
    })?;
    candidates.values_mut().for_each(keep_nearest);
    Ok(candidates)
}

fn keep_nearest(candidates: &mut Vec<Candidate>) {
    candidates.sort_by(|a, b| {
        let length = (a.n_chars < MIN_CHARS).cmp(&(b.n_chars < MIN_CHARS));
        length.then(b.rank.total_cmp(&a.rank)).then_with(|| (&a.verbatim_id, a.clause).cmp(&(&b.verbatim_id, b.clause)))
    });
    candidates.truncate(N_CANDIDATES);
}

fn choose(candidates: &[Candidate], texts: &BTreeMap<&str, String>, places: &HashMap<String, Key>) -> Vec<Quote> {
    let (mut responses, mut said) = (BTreeSet::new(), BTreeSet::new());
    let mut quotes = Vec::new();
    for candidate in candidates {
        let Some(text) = texts.get(candidate.verbatim_id.as_str()) else { continue };
        let whole: String = text.chars().skip(candidate.start_char).take(candidate.n_chars).collect();
        let is_long_enough = candidate.n_chars >= MIN_CHARS || quotes.is_empty();
        if !is_long_enough
            || whole.trim().is_empty()
            || !said.insert(whole.trim().to_lowercase())
            || !responses.insert(places.get(&candidate.verbatim_id))
        {
            continue;
        }
        let is_long = candidate.n_chars > MAX_CHARS;
        quotes.push(Quote {
            rank: candidate.rank,
            verbatim_id: candidate.verbatim_id.clone(),
            clause: Some(candidate.clause),
            text: if is_long { whole.chars().take(MAX_CHARS).collect() } else { whole },
            of_chars: is_long.then_some(candidate.n_chars),
        });
        if quotes.len() == N_QUOTES {
            break;
        }
    }
    quotes
}
