//! How often are the rules right, and what do they miss?
//!
//! Every published verbatim belongs to one stratum: of the worst rule that fires on it, of those with suppressed hits only,
//! or of those without a hit. A sample is drawn in each, a person says which categories each text really has, and the
//! labels are weighted by how many verbatims each stands for. Intervals are Wilson's (1927), with Kish's (1965) effective
//! number of labels in the place of the base, so that few or unequal weights widen them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::corpus::{self, Range};
use super::sheet;
use crate::error::{Error, Result};
use crate::measure::interval::wilson_of;
use crate::stage::hotline::Rules;

/// Columns of a sample; `label` is for people.
pub const COLUMNS: [&str; 10] =
    ["label", "text", "fired", "matched", "suppressed", "categories", "stratum", "stratum_size", "verbatim_id", "month"];

/// What a label says when the text has no category.
pub const NONE: &str = "none";

/// One verbatim to label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drawn {
    /// Categories that it really has, as a person says: parted by commas or semicolons, or `none`; empty: not yet.
    pub label: String,
    /// The verbatim.
    pub text: String,
    /// Rules that fire, parted by spaces.
    pub fired: String,
    /// The words that they matched.
    pub matched: String,
    /// Rules with suppressed hits only, parted by spaces.
    pub suppressed: String,
    /// Categories of the rules that fire, parted by spaces.
    pub categories: String,
    /// What it was drawn from: `fired:RULE`, `suppressed` or `silent`.
    pub stratum: String,
    /// Verbatims of that stratum.
    pub stratum_size: u64,
    /// The verbatim's id.
    pub verbatim_id: String,
    /// Its report month.
    pub month: String,
}

impl Drawn {
    /// Its cells, in order of [`COLUMNS`].
    pub fn cells(&self) -> [String; 10] {
        [
            self.label.clone(),
            self.text.clone(),
            self.fired.clone(),
            self.matched.clone(),
            self.suppressed.clone(),
            self.categories.clone(),
            self.stratum.clone(),
            self.stratum_size.to_string(),
            self.verbatim_id.clone(),
            self.month.clone(),
        ]
    }
}

/// A stratum, with the verbatims that come first in the order of a hash of their ids: a sample that any machine draws alike.
#[derive(Default)]
struct Stratum {
    size: u64,
    first: BTreeMap<u64, Drawn>,
}

/// Draws at most `n` verbatims, spread over the strata. The same tables, rules and seed give the same sample. Fails when nothing
/// is published in `out`.
pub fn draw(out: &Path, rules: &Rules, months: Range, n: usize, seed: u64, default_language: &str) -> Result<Vec<Drawn>> {
    let (version, months) = corpus::published(out, months)?;
    let mut matchers = corpus::matchers(&[rules]);
    let (mut hits, mut strata): (_, BTreeMap<String, Stratum>) = (Vec::new(), BTreeMap::new());
    let mut texts: BTreeSet<u64> = BTreeSet::new();
    corpus::each(&version, &months, default_language, |seen| {
        // Equal texts have equal hits: labelling one twice tells nothing.
        if !texts.insert(xxhash_rust::xxh3::xxh3_64(seen.text.as_bytes())) {
            return;
        }
        seen.hits(&mut matchers[0], &mut hits);
        let rule = |i: u32| &rules.rules()[i as usize];
        let worst = hits.iter().filter(|hit| hit.fired).map(|hit| hit.rule).min_by_key(|i| (rule(*i).severity, *i));
        let name = match worst {
            Some(worst) => format!("fired:{}", rule(worst).id),
            None if hits.is_empty() => "silent".to_owned(),
            None => "suppressed".to_owned(),
        };
        let stratum = strata.entry(name.clone()).or_default();
        stratum.size += 1;
        let place = xxhash_rust::xxh3::xxh3_64_with_seed(seen.verbatim_id.as_bytes(), seed);
        if stratum.first.len() == n && stratum.first.last_key_value().is_some_and(|(last, _)| *last <= place) {
            return;
        }
        let ids = |fired: bool| -> BTreeSet<&str> {
            hits.iter().filter(|hit| hit.fired == fired).map(|hit| rule(hit.rule).id.as_str()).collect()
        };
        let join = |set: BTreeSet<&str>| set.into_iter().collect::<Vec<_>>().join(" ");
        let fired = ids(true);
        let suppressed = ids(false).difference(&fired).copied().collect();
        let matched: Vec<&str> = hits
            .iter()
            .filter(|hit| hit.fired || worst.is_none())
            .filter_map(|hit| seen.text.get(hit.start_byte as usize..hit.end_byte as usize))
            .collect();
        let drawn = Drawn {
            label: String::new(),
            text: seen.text.to_owned(),
            matched: matched.join(" | "),
            categories: join(hits.iter().filter(|hit| hit.fired).map(|hit| rule(hit.rule).category.as_str()).collect()),
            fired: join(fired),
            suppressed: join(suppressed),
            stratum: name,
            stratum_size: 0,
            verbatim_id: seen.verbatim_id.to_owned(),
            month: seen.month.to_string(),
        };
        stratum.first.insert(place, drawn);
        if stratum.first.len() > n {
            stratum.first.pop_last();
        }
    })?;
    Ok(share_out(strata, n))
}

/// A quarter of `n` to verbatims without a hit. Of the rest one to each stratum, the largest first, and what is left by the square
/// root of their sizes, so that rare rules are seen too; never more than `n` together.
fn share_out(strata: BTreeMap<String, Stratum>, n: usize) -> Vec<Drawn> {
    let n_silent = if strata.contains_key("silent") { (n / 4).max(1) } else { 0 };
    let mut by_size: Vec<(&str, u64)> =
        strata.iter().filter(|(name, _)| *name != "silent").map(|(name, stratum)| (name.as_str(), stratum.size)).collect();
    by_size.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    by_size.truncate(n - n_silent.min(n));
    let root = |size: u64| libm::sqrt(size as f64);
    let sum: f64 = by_size.iter().map(|(_, size)| root(*size)).sum();
    let left = n - n_silent.min(n) - by_size.len();
    let mut wanted: BTreeMap<String, usize> = BTreeMap::from([("silent".to_owned(), n_silent)]);
    for (name, size) in by_size {
        wanted.insert(name.to_owned(), 1 + (left as f64 * root(size) / sum) as usize);
    }
    let mut out = Vec::new();
    for (name, stratum) in strata {
        let (n, size) = (wanted.get(&name).copied().unwrap_or(0), stratum.size);
        out.extend(stratum.first.into_values().take(n).map(|drawn| Drawn { stratum_size: size, ..drawn }));
    }
    out
}

/// What labels say of the rules.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// Rows with a label.
    pub n_labelled: u64,
    /// Rows without one; they are left out.
    pub n_unlabelled: u64,
    /// By rule: of the verbatims on which it fires, those that have its category, and of those that have its category, those on
    /// which it fires.
    pub rules: BTreeMap<String, Figures>,
    /// The same by category, over all its rules.
    pub categories: BTreeMap<String, Figures>,
    /// The same for any HOTLINE at all.
    pub any: Figures,
}

/// Precision and recall, each with the labels that it rests on.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Figures {
    /// Share of what fired that was right.
    pub precision: Option<Share>,
    /// Share of what should fire that fired: an estimate, since what no rule hit is known from few labels.
    pub recall: Option<Share>,
}

/// A weighted share with Wilson's 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The estimate, 0 to 1.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Labels that it rests on.
    pub n_labels: u64,
}

/// Reads a labelled sample. Fails when columns are missing or a size is no number; labels may be any categories.
pub fn read(path: &Path) -> Result<Vec<Drawn>> {
    let (header, rows) = sheet::read(path)?;
    let fail = |what: String, found: Option<String>| Error::Input {
        path: path.to_owned(),
        what,
        found,
        hint: Some("a CSV file that `outspoken rules audit --out DIR --csv FILE` wrote".to_owned()),
    };
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let found = header.iter().position(|name| name.trim() == column);
        *place = found.ok_or_else(|| fail(format!("column `{column}` is missing"), Some(header.join(", "))))?;
    }
    let mut drawn = Vec::new();
    for (i, cells) in rows.iter().enumerate() {
        let cell = |column: usize| cells.get(places[column]).map(|text| text.trim().to_owned()).unwrap_or_default();
        let size = cell(7);
        let stratum_size =
            size.parse().ok().filter(|n| *n > 0).ok_or_else(|| fail(format!("row {}: `stratum_size` is not a number", i + 1), None))?;
        drawn.push(Drawn {
            label: cell(0),
            text: cell(1),
            fired: cell(2),
            matched: cell(3),
            suppressed: cell(4),
            categories: cell(5),
            stratum: cell(6),
            stratum_size,
            verbatim_id: cell(8),
            month: cell(9),
        });
    }
    Ok(drawn)
}

/// The categories that a label names; none: not labelled yet.
fn labels(label: &str) -> Option<BTreeSet<String>> {
    let names: BTreeSet<String> =
        label.split([',', ';', ' ', '|', '+']).map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { None } else { Some(names.into_iter().filter(|name| name != NONE && name != "-").collect()) }
}

/// Precision and recall from labels. `categories` gives the category of a rule, by id.
pub fn estimate(drawn: &[Drawn], categories: &BTreeMap<String, String>) -> Estimate {
    let labelled: Vec<(&Drawn, BTreeSet<String>)> = drawn.iter().filter_map(|d| Some((d, labels(&d.label)?))).collect();
    let mut in_stratum: BTreeMap<&str, u64> = BTreeMap::new();
    for (drawn, _) in &labelled {
        *in_stratum.entry(drawn.stratum.as_str()).or_default() += 1;
    }
    let rows: Vec<Labelled<'_>> = labelled
        .iter()
        .map(|(drawn, truth)| Labelled {
            weight: drawn.stratum_size as f64 / in_stratum[drawn.stratum.as_str()] as f64,
            truth,
            rules: drawn.fired.split_whitespace().collect(),
            categories: drawn.categories.split_whitespace().collect(),
        })
        .collect();
    let rules = rows.iter().flat_map(|row| row.rules.iter().copied()).collect::<BTreeSet<_>>();
    let of_rule = |rule: &str| {
        let category = categories.get(rule).map_or("", String::as_str);
        figures(&rows, &|row| row.rules.contains(rule), &|row| row.truth.contains(category))
    };
    let names: BTreeSet<&str> =
        rows.iter().flat_map(|row| row.truth.iter().map(String::as_str).chain(row.categories.iter().copied())).collect();
    let of_category = |name: &str| figures(&rows, &|row| row.categories.contains(name), &|row| row.truth.contains(name));
    Estimate {
        n_labelled: rows.len() as u64,
        n_unlabelled: drawn.len() as u64 - rows.len() as u64,
        rules: rules.into_iter().map(|rule| (rule.to_owned(), of_rule(rule))).collect(),
        categories: names.into_iter().map(|name| (name.to_owned(), of_category(name))).collect(),
        any: figures(&rows, &|row| !row.rules.is_empty(), &|row| !row.truth.is_empty()),
    }
}

struct Labelled<'a> {
    weight: f64,
    truth: &'a BTreeSet<String>,
    rules: BTreeSet<&'a str>,
    categories: BTreeSet<&'a str>,
}

type Test<'t, 'a> = &'t dyn Fn(&Labelled<'a>) -> bool;

fn figures<'a>(rows: &[Labelled<'a>], said: Test<'_, 'a>, truth: Test<'_, 'a>) -> Figures {
    Figures { precision: share(rows, said, truth), recall: share(rows, truth, said) }
}

/// The weighted share of `inside` among `base`.
fn share<'a>(rows: &[Labelled<'a>], base: Test<'_, 'a>, inside: Test<'_, 'a>) -> Option<Share> {
    let (mut n_labels, mut sum, mut squares, mut counted) = (0, 0.0, 0.0, 0.0);
    for row in rows.iter().filter(|row| base(row)) {
        n_labels += 1;
        sum += row.weight;
        squares += row.weight * row.weight;
        counted += if inside(row) { row.weight } else { 0.0 };
    }
    if n_labels == 0 {
        return None;
    }
    let interval = wilson_of(counted / sum, sum * sum / squares);
    Some(Share { share: counted / sum, low: interval.low, high: interval.high, n_labels })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(stratum: &str, size: u64, fired: &str, categories: &str, label: &str) -> Drawn {
        Drawn {
            label: label.into(),
            text: "t".into(),
            fired: fired.into(),
            matched: String::new(),
            suppressed: String::new(),
            categories: categories.into(),
            stratum: stratum.into(),
            stratum_size: size,
            verbatim_id: "v".into(),
            month: "2026-07".into(),
        }
    }

    #[test]
    fn labels_are_weighted_by_what_they_stand_for() {
        let rows = [
            drawn("fired:a", 10, "a", "churn", "churn"),
            drawn("fired:a", 10, "a", "churn", "none"),
            drawn("silent", 90, "", "", "churn; irate"),
            drawn("silent", 90, "", "", "None"),
            drawn("silent", 90, "", "", ""),
        ];
        let estimate = estimate(&rows, &[("a".to_owned(), "churn".to_owned())].into());
        assert_eq!((estimate.n_labelled, estimate.n_unlabelled), (4, 1));
        let rule = estimate.rules["a"];
        assert_eq!(rule.precision.unwrap().share, 0.5);
        // Five right ones fired; of ninety silent ones half are churn.
        assert!((rule.recall.unwrap().share - 5.0 / 50.0).abs() < 1e-12);
        assert!(rule.recall.unwrap().low < 0.1 && rule.recall.unwrap().high > 0.5);
        assert_eq!(estimate.categories["irate"].recall.unwrap().share, 0.0);
        assert!(estimate.categories["irate"].precision.is_none());
    }
}
