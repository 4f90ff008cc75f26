//! What does each rule hit in the feedback that is published?
//!
//! Counts are of the rules given, whatever ran when the tables were written. False alarms are what people closed as such, by
//! review.db as it stands: what was closed since the last run or sync counts too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::corpus::{self, Excerpt, Range, text};
use crate::casework::State;
use crate::error::Result;
use crate::measure::interval::wilson;
use crate::schema::HOTLINE;
use crate::sink::{Version, stream_table};
use crate::stage::hotline::{Rule, Rules};
use crate::store::{Decided, Store};

/// What a backtest is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Months looked at.
    pub months: Range,
    /// Only rules whose id is or begins with one of these; none: all.
    pub only: Vec<String>,
    /// Examples of each rule, fired and suppressed each.
    pub n_examples: usize,
    /// Rules of texts whose language is undecided.
    pub default_language: String,
}

/// What rules say of published feedback.
#[derive(Clone, Debug, Serialize)]
pub struct Backtest {
    /// The months looked at, `YYYY-MM`.
    pub months: Vec<String>,
    /// Responses with a verbatim: the base of shares.
    pub base: u64,
    /// Verbatims looked at.
    pub n_verbatims: u64,
    /// Responses with a hit that fired.
    pub n_alerts: u64,
    /// Each rule, in order of files.
    pub rules: Vec<RuleFigures>,
}

/// What one rule hits.
#[derive(Clone, Debug, Serialize)]
pub struct RuleFigures {
    /// The rule.
    pub rule: String,
    /// Its version.
    pub version: i32,
    /// Its category.
    pub category: String,
    /// Its route.
    pub route: String,
    /// 1 (worst) to 5.
    pub severity: i32,
    /// Hits that fired.
    pub n_fired: u64,
    /// Responses with such a hit.
    pub n_responses: u64,
    /// Those responses over the base, 0 to 1; none without a base.
    pub share: Option<f64>,
    /// Responses that no other rule fires on.
    pub n_alone: u64,
    /// Hits that did not fire, by why.
    pub suppressed: BTreeMap<String, u64>,
    /// Verbatims in which the rule had to be looked at.
    pub n_looked_at: u64,
    /// What people made of its cases; none when none is closed.
    pub false_alarms: Option<FalseAlarms>,
    /// Some that fired, the first of different responses.
    pub examples: Vec<Excerpt>,
    /// Some that did not.
    pub suppressed_examples: Vec<Excerpt>,
}

/// Closed cases of a rule that were false alarms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FalseAlarms {
    /// Closed as `false_alarm`.
    pub n: u64,
    /// Closed at all.
    pub base: u64,
    /// `n` over `base`.
    pub share: f64,
    /// Lower end of Wilson's 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Runs rules over the published verbatims of an output directory. Fails when nothing is published there.
pub fn run(out: &Path, rules: &Rules, options: &Options) -> Result<Backtest> {
    let (version, months) = corpus::published(out, options.months)?;
    let closed = closed_cases(out, &version)?;
    let mut figures: Vec<RuleFigures> = rules.rules().iter().map(|rule| empty(rule, closed.get(&rule.id).copied())).collect();
    let mut fired_on: Vec<BTreeSet<String>> = vec![BTreeSet::new(); figures.len()];
    let (mut responses, mut n_verbatims) = (BTreeSet::new(), 0);
    let (mut matchers, mut hits) = (corpus::matchers(&[rules]), Vec::new());
    corpus::each(&version, &months, &options.default_language, |seen| {
        n_verbatims += 1;
        let key = corpus::key(seen.source, seen.response_id);
        seen.hits(&mut matchers[0], &mut hits);
        for hit in &hits {
            let figures = &mut figures[hit.rule as usize];
            let examples = if let Some(by) = &hit.suppressed_by {
                *figures.suppressed.entry(by.to_string()).or_default() += 1;
                &mut figures.suppressed_examples
            } else {
                figures.n_fired += 1;
                fired_on[hit.rule as usize].insert(key.clone());
                &mut figures.examples
            };
            if examples.len() < options.n_examples && !examples.iter().any(|known| known.response_id == seen.response_id) {
                examples.push(seen.excerpt(hit));
            }
        }
        responses.insert(key);
    })?;
    let mut n_rules_on: BTreeMap<&String, u32> = BTreeMap::new();
    for response in fired_on.iter().flatten() {
        *n_rules_on.entry(response).or_default() += 1;
    }
    let base = responses.len() as u64;
    for ((figures, on), n) in figures.iter_mut().zip(&fired_on).zip(matchers[0].looked_at()) {
        figures.n_looked_at = *n;
        figures.n_responses = on.len() as u64;
        figures.share = (base > 0).then(|| on.len() as f64 / base as f64);
        figures.n_alone = on.iter().filter(|response| n_rules_on[response] == 1).count() as u64;
    }
    let n_alerts = n_rules_on.len() as u64;
    figures.retain(|figures| options.only.is_empty() || options.only.iter().any(|only| figures.rule.starts_with(only.as_str())));
    Ok(Backtest { months: months.iter().map(ToString::to_string).collect(), base, n_verbatims, n_alerts, rules: figures })
}

fn empty(rule: &Rule, closed: Option<(u64, u64)>) -> RuleFigures {
    let false_alarms = closed.and_then(|(n, base)| {
        let interval = wilson(n as i64, base as i64)?;
        Some(FalseAlarms { n, base, share: n as f64 / base as f64, low: interval.low, high: interval.high })
    });
    RuleFigures {
        rule: rule.id.clone(),
        version: rule.version,
        category: rule.category.clone(),
        route: rule.route.clone(),
        severity: rule.severity,
        n_fired: 0,
        n_responses: 0,
        share: None,
        n_alone: 0,
        suppressed: BTreeMap::new(),
        n_looked_at: 0,
        false_alarms,
        examples: Vec::new(),
        suppressed_examples: Vec::new(),
    }
}

/// By rule: false alarms, and closed cases, of all months: few are closed in any one.
fn closed_cases(out: &Path, version: &Version) -> Result<BTreeMap<String, (u64, u64)>> {
    // Opening makes the file, and a backtest writes nothing.
    let decided = if out.join("review.db").exists() { Store::open(out)?.decided()? } else { Decided::default() };
    let mut closed: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for month in version.months(&HOTLINE)? {
        for batch in stream_table(version, &HOTLINE, Some(month), Some(&["hotline_id", "rule_ids", "disposition"]))? {
            let batch = batch?;
            for i in 0..batch.num_rows() {
                let now = text(&batch, "hotline_id", i).and_then(|id| State::of(decided.events(id)));
                let published = text(&batch, "disposition", i);
                let disposition = now.as_ref().map_or(published, |state| state.disposition.as_deref());
                let (Some(rules), Some(disposition)) = (text(&batch, "rule_ids", i), disposition) else { continue };
                for rule in rules.split(',').map(str::trim).collect::<BTreeSet<_>>() {
                    let (n, base) = closed.entry(rule.to_owned()).or_default();
                    *n += u64::from(disposition == "false_alarm");
                    *base += 1;
                }
            }
        }
    }
    Ok(closed)
}
