//! How do people feel about a theme, and who speaks of it more than others?
//!
//! A mean hides that half are delighted and half are angry: so the clauses of each theme are counted by label. A part of the responses speaks of a theme more often
//! than others where five or more of them do, and the interval of the share lies above the share in all responses.

use std::collections::{BTreeMap, HashMap};

use xxhash_rust::xxh3::xxh3_128;

use super::number::{Unit, plain};
use super::quote::Key;
use super::row::each_row;
use super::theme::Figures;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{clause, theme_month, verbatim};
use crate::sink::Version;
use crate::stage::sentiment::label_of;

/// Fewer responses are anecdotes: one of nine has an interval above two per cent.
const MIN_RESPONSES: i64 = 5;

/// Parts named of a theme.
const N_PARTS: usize = 2;

/// Clauses of a theme by label: negative, neutral, positive; those without any term of the lexicon are in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spread([i64; 3]);

impl Spread {
    /// Negative, neutral and positive clauses.
    pub(super) fn counts(self) -> [i64; 3] {
        self.0
    }

    /// Shares in per cent: "62/20/18"; none where no clause has a sentiment.
    pub(super) fn words(self) -> Option<String> {
        let n: i64 = self.0.iter().sum();
        (n > 0).then(|| self.0.map(|part| plain(100.0 * part as f64 / n as f64, 0)).join("/"))
    }
}

/// The spread of each source and theme of a month.
pub(super) fn load(version: &Version, month: Month) -> Result<BTreeMap<Key, Spread>> {
    let mut sources: Vec<String> = Vec::new();
    let mut source_of: HashMap<u128, usize> = HashMap::new();
    each_row(version, month, &[verbatim::verbatim_id, verbatim::source, verbatim::meaningful], |row| {
        let source = row.text(verbatim::source).unwrap_or_default();
        let place = sources.iter().position(|known| known == source).unwrap_or_else(|| {
            sources.push(source.to_owned());
            sources.len() - 1
        });
        if row.flag(verbatim::meaningful) != Some(false) {
            source_of.insert(xxh3_128(row.text(verbatim::verbatim_id).unwrap_or_default().as_bytes()), place);
        }
    })?;
    let mut counts: Vec<BTreeMap<String, Spread>> = vec![BTreeMap::new(); sources.len()];
    each_row(version, month, &[clause::verbatim_id, clause::theme_id, clause::sentiment], |row| {
        let (Some(theme), Some(sentiment)) = (row.text(clause::theme_id), row.float(clause::sentiment)) else { return };
        let Some(place) = source_of.get(&xxh3_128(row.text(clause::verbatim_id).unwrap_or_default().as_bytes())) else { return };
        let of_source = &mut counts[*place];
        if !of_source.contains_key(theme) {
            of_source.insert(theme.to_owned(), Spread::default());
        }
        let Some(Spread(labels)) = of_source.get_mut(theme) else { return };
        labels[match label_of(sentiment) {
            "negative" => 0,
            "neutral" => 1,
            _ => 2,
        }] += 1;
    })?;
    let keyed = sources.into_iter().zip(counts);
    Ok(keyed.flat_map(|(source, themes)| themes.into_iter().map(move |(theme, spread)| ((source.clone(), theme), spread))).collect())
}

/// A part of the responses that speaks of a theme more often than others.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    dimension: String,
    part: String,
    share: f64,
    base: i64,
}

impl Voice {
    /// "segment", the part as foreign text, and "(31.0% of 120)".
    pub(super) fn words(&self) -> (&str, &str, String) {
        (&self.dimension, &self.part, format!("({} of {})", Unit::Share.value(Some(self.share)), super::number::count(self.base)))
    }
}

/// Those who speak of each theme more often, the largest share first.
pub(super) fn voices(version: &Version, month: Month, themes: &[Figures]) -> Result<BTreeMap<Key, Vec<Voice>>> {
    use theme_month::*;
    let of_all: BTreeMap<(&str, &str), f64> =
        themes.iter().filter_map(|theme| Some(((theme.source.as_str(), theme.theme_id.as_str()), theme.share?))).collect();
    let mut voices: BTreeMap<Key, Vec<Voice>> = BTreeMap::new();
    each_row(version, month, &[source, theme_id, dimension, dimension_value, responses, base, share, share_low], |row| {
        let (Some(of), Some(id), Some(named)) = (row.text(source), row.text(theme_id), row.text(dimension)) else { return };
        let (Some(own), Some(low)) = (row.float(share), row.float(share_low)) else { return };
        let is_anecdote = row.int(responses).is_none_or(|n| n < MIN_RESPONSES);
        if named == "all" || is_anecdote || of_all.get(&(of, id)).is_none_or(|all| low <= *all) {
            return;
        }
        voices.entry((of.to_owned(), id.to_owned())).or_default().push(Voice {
            dimension: named.to_owned(),
            part: row.owned(dimension_value),
            share: own,
            base: row.int(base).unwrap_or_default(),
        });
    })?;
    for of_theme in voices.values_mut() {
        of_theme.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| (&a.dimension, &a.part).cmp(&(&b.dimension, &b.part))));
        of_theme.truncate(N_PARTS);
    }
    Ok(voices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_told_in_per_cent() {
        assert_eq!(Spread([31, 10, 9]).words().as_deref(), Some("62/20/18"));
        assert_eq!(Spread::default().words(), None);
    }
}
