//! In whose words is a figure told that is no theme's, and where are all of them?
//!
//! Beside a figure stand up to five verbatims of the people behind it, spread evenly from the lowest answer (where there is none, the lowest
//! sentiment) to the highest, so that they show the range and are not picked. Only of those whose words may be shown, each text once, one a
//! response; beside the name of an account only of people who agreed to be named.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::account::Account;
use super::case::Case;
use super::consent::Consent;
use super::html::Html;
use super::pack::Pack;
use super::payback::{Outcome, Payback};
use super::quote::{MAX_CHARS, N_QUOTES, Quote};
use super::row::each_row;
use super::theme::Label;
use super::{address, areas, attention, silent, themes, tiles};
use crate::error::Result;
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{response, score, verbatim};
use crate::sink::Version;

/// What a figure is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// The answers to one measure of a source.
    Measure(String, String),
    /// A functional area: what is said of it, by its themes or by those who name it.
    Area(String),
    /// HOTLINE cases of a route.
    Route(String),
    /// An account.
    Account(String),
    /// What customers answered next after a case that went so.
    After(Outcome),
    /// What was said last in an account that is silent since.
    Silent(String),
}

/// Examples by subject.
pub(super) type Evidence = BTreeMap<Subject, Vec<Quote>>;

/// Verbatims that examples are chosen from: those with the lowest ids, which are hashes, so it is a sample by chance that is always the same. Five are
/// chosen of them; at 20,000 the ends of an answer that one of a thousand gave are still among them.
const N_SAMPLE: usize = 20_000;

/// A shorter verbatim says too little to be an example.
pub(super) const MIN_CHARS: i64 = 25;

/// Responses of one route or account that are looked at.
const N_LOOKED_AT: usize = 40;

/// Examples for the figures of a pack.
pub(super) fn of_pack(pack: &Pack) -> Result<Evidence> {
    let tiles = tiles::shown(pack).into_iter().map(|kpi| (kpi.source.clone(), kpi.measure.clone()));
    let aims: BTreeSet<&str> = pack.initiatives.iter().filter(|i| !i.aims_at_theme).map(|i| i.aim.as_str()).collect();
    let aimed = pack.kpis_now().filter(|kpi| aims.contains(kpi.measure.as_str())).map(|kpi| (kpi.source.clone(), kpi.measure.clone()));
    let of_areas = pack.kpis_now().filter(|kpi| kpi.area.as_deref().is_some_and(|area| areas::is_only_rated(pack, area)));
    let unsaid = of_areas.map(|kpi| (kpi.source.clone(), kpi.measure.clone()));
    let wanted = Wanted {
        measures: tiles.chain(aimed).chain(unsaid).collect(),
        areas: pack.kpis.iter().filter_map(|kpi| kpi.area.clone()).collect(),
        cases: &pack.cases,
        accounts: attention::shown(pack),
        after: &pack.payback,
    };
    let mut evidence = load(&pack.version, pack.month, &wanted, &pack.consent, &pack.labels)?;
    evidence.append(&mut silent::last_words(pack)?);
    Ok(evidence)
}

/// What examples are wanted of.
struct Wanted<'a> {
    /// Sources and measures.
    measures: BTreeSet<(String, String)>,
    areas: BTreeSet<String>,
    cases: &'a [Case],
    accounts: Vec<&'a Account>,
    after: &'a Payback,
}

/// A verbatim that may be shown.
struct Candidate {
    key: u128,
    source: String,
    verbatim_id: String,
    sentiment: f64,
    area: Option<String>,
}

fn load(version: &Version, month: Month, wanted: &Wanted<'_>, consent: &Consent, labels: &BTreeMap<String, Label>) -> Result<Evidence> {
    let known = Responses::load(version, month, wanted, consent)?;
    let candidates = candidates(version, month, &known, consent, labels)?;
    let values = values(version, month, wanted, &candidates)?;
    let by_key: HashMap<u128, usize> = candidates.iter().enumerate().map(|(idx, candidate)| (candidate.key, idx)).collect();
    let mut ranked: BTreeMap<Subject, Vec<(f64, usize)>> = BTreeMap::new();
    for (subject, idx, value) in values {
        ranked.entry(subject).or_default().push((value, idx));
    }
    for (idx, candidate) in candidates.iter().enumerate() {
        if let Some(area) = candidate.area.as_ref().filter(|name| wanted.areas.contains(*name)) {
            ranked.entry(Subject::Area(area.clone())).or_default().push((candidate.sentiment, idx));
        }
    }
    for (subject, keys) in &known.of_subject {
        let found = keys.iter().filter_map(|key| by_key.get(key));
        ranked.entry(subject.clone()).or_default().extend(found.map(|idx| (candidates[*idx].sentiment, *idx)));
    }
    let mut chosen: BTreeMap<Subject, Vec<usize>> = BTreeMap::new();
    // Who rates everything alike would be quoted beside every measure.
    let mut told: HashSet<usize> = HashSet::new();
    for (subject, mut of) in ranked {
        let is_measure = matches!(subject, Subject::Measure(..));
        let n_fresh = of.iter().filter(|(_, idx)| !told.contains(idx)).count();
        if is_measure && n_fresh >= N_QUOTES {
            of.retain(|(_, idx)| !told.contains(idx));
        }
        let idxs = spread(of, &candidates);
        told.extend(idxs.iter().filter(|_| is_measure));
        chosen.insert(subject, idxs);
    }
    quotes(version, month, &chosen, &candidates)
}

/// Which responses of the month belong to a route or an account, and which area each names.
#[derive(Default)]
struct Responses {
    of_subject: BTreeMap<Subject, Vec<u128>>,
    wanted: HashSet<u128>,
    areas: HashMap<u128, String>,
}

impl Responses {
    fn load(version: &Version, month: Month, wanted: &Wanted<'_>, consent: &Consent) -> Result<Self> {
        let mut known = Self::default();
        // Cases are ordered, the most severe first.
        for case in wanted.cases.iter().filter(|case| consent.allows(&case.source, &case.response_id)) {
            known.add(Subject::Route(case.route.clone()), response_key(&case.source, &case.response_id));
        }
        for (outcome, keys) in wanted.after.next_now() {
            keys.iter().for_each(|key| known.add(Subject::After(outcome), *key));
        }
        let accounts: BTreeSet<&str> = wanted.accounts.iter().map(|account| account.account_id.as_str()).collect();
        use response::*;
        each_row(version, month, &[source, response_id, account_id, account_name, area, share_consent], |row| {
            let (of_source, id) = (row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let named = row.text(area).filter(|name| wanted.areas.contains(*name));
            // An account without an id goes by its name in small letters.
            let name = row.text(account_name).map(|name| name.trim().to_lowercase());
            let account = row.text(account_id).or(name.as_deref()).filter(|account| accounts.contains(account));
            if named.is_none() && account.is_none() || !consent.allows(of_source, id) {
                return;
            }
            let key = response_key(of_source, id);
            if let Some(named) = named {
                known.areas.insert(key, named.to_owned());
            }
            // Beside the name of an account the words of one of its few people are as good as signed.
            if let Some(account) = account.filter(|_| !consent.asks(of_source) || row.text(share_consent) == Some("named")) {
                known.add(Subject::Account(account.to_owned()), key);
            }
        })?;
        Ok(known)
    }

    fn add(&mut self, subject: Subject, key: u128) {
        let keys = self.of_subject.entry(subject).or_default();
        if keys.len() < N_LOOKED_AT {
            keys.push(key);
            self.wanted.insert(key);
        }
    }
}

/// The sample, and one verbatim of each response that is wanted.
fn candidates(
    version: &Version,
    month: Month,
    known: &Responses,
    consent: &Consent,
    labels: &BTreeMap<String, Label>,
) -> Result<Vec<Candidate>> {
    use verbatim::*;
    let columns = [verbatim_id, response_id, source, meaningful, char_count, duplicate_of, sentiment, primary_theme_id];
    let (mut sample, mut wanted): (BTreeMap<String, Candidate>, BTreeMap<u128, Candidate>) = (BTreeMap::new(), BTreeMap::new());
    each_row(version, month, &columns, |row| {
        let (id, of_source, of) =
            (row.text(verbatim_id).unwrap_or_default(), row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
        let is_example =
            row.flag(meaningful) != Some(false) && row.text(duplicate_of).is_none() && row.int(char_count).is_some_and(|n| n >= MIN_CHARS);
        if !is_example || !consent.allows(of_source, of) {
            return;
        }
        let key = response_key(of_source, of);
        let is_wanted = known.wanted.contains(&key);
        let is_sampled = sample.len() < N_SAMPLE || sample.last_key_value().is_some_and(|(last, _)| id < last.as_str());
        if !is_wanted && !is_sampled {
            return;
        }
        let theme_area = row.text(primary_theme_id).and_then(|theme| labels.get(theme)?.area.clone());
        let candidate = Candidate {
            key,
            source: of_source.to_owned(),
            verbatim_id: id.to_owned(),
            sentiment: row.float(sentiment).unwrap_or_default(),
            area: theme_area.or_else(|| known.areas.get(&key).cloned()),
        };
        if is_wanted {
            wanted.entry(key).or_insert(candidate);
        } else {
            sample.insert(candidate.verbatim_id.clone(), candidate);
            if sample.len() > N_SAMPLE {
                sample.pop_last();
            }
        }
    })?;
    // One a response: the first by id.
    let mut seen: HashSet<u128> = wanted.keys().copied().collect();
    let mut all: Vec<Candidate> = wanted.into_values().collect();
    all.extend(sample.into_values().filter(|candidate| seen.insert(candidate.key)));
    Ok(all)
}

/// What candidates answered to the measures that are wanted.
fn values(version: &Version, month: Month, wanted: &Wanted<'_>, candidates: &[Candidate]) -> Result<Vec<(Subject, usize, f64)>> {
    let by_key: HashMap<u128, usize> = candidates.iter().enumerate().map(|(idx, candidate)| (candidate.key, idx)).collect();
    let mut values = Vec::new();
    if wanted.measures.is_empty() {
        return Ok(values);
    }
    each_row(version, month, &[score::source, score::response_id, score::measure, score::value], |row| {
        let (Some(of_source), Some(measure), Some(value)) = (row.text(score::source), row.text(score::measure), row.float(score::value))
        else {
            return;
        };
        if !wanted.measures.iter().any(|(source, name)| source == of_source && name == measure) {
            return;
        }
        if let Some(idx) = by_key.get(&response_key(of_source, row.text(score::response_id).unwrap_or_default())) {
            values.push((Subject::Measure(of_source.to_owned(), measure.to_owned()), *idx, value));
        }
    })?;
    Ok(values)
}

/// As many as are shown, spread evenly from the lowest to the highest.
fn spread(mut ranked: Vec<(f64, usize)>, candidates: &[Candidate]) -> Vec<usize> {
    let id = |idx: usize| (&candidates[idx].verbatim_id, &candidates[idx].source);
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| id(a.1).cmp(&id(b.1))));
    let mut chosen: Vec<usize> = evenly(ranked.len()).filter_map(|k| ranked.get(k).map(|(_, idx)| *idx)).collect();
    chosen.dedup();
    chosen
}

/// Places of as many as are shown of so many in order, at even steps from the first to the last.
pub(super) fn evenly(n_known: usize) -> impl Iterator<Item = usize> {
    let n = N_QUOTES.min(n_known);
    (0..n).map(move |k| k * n_known.saturating_sub(1) / n.saturating_sub(1).max(1))
}

fn quotes(version: &Version, month: Month, chosen: &BTreeMap<Subject, Vec<usize>>, candidates: &[Candidate]) -> Result<Evidence> {
    let needed: BTreeSet<&str> = chosen.values().flatten().map(|idx| candidates[*idx].verbatim_id.as_str()).collect();
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    each_row(version, month, &[verbatim::verbatim_id, verbatim::text], |row| {
        if let Some(id) = row.text(verbatim::verbatim_id).and_then(|id| needed.get(id)) {
            texts.insert(id, row.owned(verbatim::text));
        }
    })?;
    let quote = |idx: &usize, said: &mut BTreeSet<String>| -> Option<Quote> {
        let candidate = &candidates[*idx];
        let text = texts.get(candidate.verbatim_id.as_str())?.trim();
        said.insert(text.to_lowercase()).then(|| whole(candidate.verbatim_id.clone(), candidate.sentiment, text))
    };
    let of = |(subject, idxs): (&Subject, &Vec<usize>)| {
        let mut said = BTreeSet::new();
        (subject.clone(), idxs.iter().filter_map(|idx| quote(idx, &mut said)).collect())
    };
    Ok(chosen.iter().map(of).collect())
}

/// A whole verbatim, a long one by its beginning.
pub(super) fn whole(verbatim_id: String, sentiment: f64, text: &str) -> Quote {
    let n_chars = text.chars().count();
    Quote {
        rank: sentiment,
        verbatim_id,
        clause: None,
        text: text.chars().take(MAX_CHARS).collect(),
        of_chars: (n_chars > MAX_CHARS).then_some(n_chars),
    }
}

/// Where all verbatims behind a figure are found.
#[derive(Clone, Debug)]
pub(super) struct Place {
    query: String,
    page: String,
}

impl Place {
    /// What this query finds, and its page in the review app.
    pub(super) fn of_query(query: String) -> Self {
        Self { page: format!("/search?q={}", address::encoded(&query)), query }
    }

    /// The same with another page of the review app.
    pub(super) fn with_page(self, page: String) -> Self {
        Self { page, ..self }
    }

    /// Writes both.
    pub(super) fn write(&self, html: &mut Html) {
        self.write_as(html, "All");
    }

    /// Writes both, with what is found there.
    pub(super) fn write_as(&self, html: &mut Html, what: &str) {
        html.raw("<p class=\"origin\">").text(what).text(": ").element("code", "", &format!("outspoken search '{}' --out DIR", self.query));
        html.raw("; in the review app ").element("code", "", &self.page).raw("</p>\n");
    }
}

/// Writes examples and where all are found, folded on a screen.
pub(super) fn write(html: &mut Html, title: &Html, quotes: &[Quote], place: &Place) {
    begin(html, title, quotes, "");
    place.write(html);
    html.raw("</details>\n");
}

/// Writes examples of what no query finds. `among`: what they are chosen from.
pub(super) fn fold(html: &mut Html, title: &Html, quotes: &[Quote], among: &str) {
    begin(html, title, quotes, among);
    html.raw("</details>\n");
}

fn begin(html: &mut Html, title: &Html, quotes: &[Quote], among: &str) {
    html.raw("<details class=\"words\"><summary>").push(title).raw("</summary>\n");
    if quotes.is_empty() {
        let among = if among.is_empty() { String::new() } else { format!(" among the {among}") };
        html.raw("<p class=\"of\">").text(&format!("No example: nobody whose words may be shown{among}.")).raw("</p>\n");
    }
    quotes.iter().for_each(|quote| themes::quote(html, quote, &[]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_spread_from_the_lowest_to_the_highest() {
        let candidate =
            |n: usize| Candidate { key: n as u128, source: String::new(), verbatim_id: format!("{n:02}"), sentiment: 0.0, area: None };
        let candidates: Vec<Candidate> = (0..20).map(candidate).collect();
        let of = |n: usize| spread((0..n).map(|idx| (-(idx as f64), idx)).collect(), &candidates);
        assert_eq!(of(20), [19, 15, 10, 5, 0]);
        assert_eq!(of(5), [4, 3, 2, 1, 0]);
        assert_eq!(of(2), [1, 0]);
        assert_eq!(of(1), [0]);
        assert!(of(0).is_empty());
    }
}
