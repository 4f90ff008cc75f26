//! What would change if these rules took the place of those?
//!
//! Both run over the same published verbatims. A rule is the same one in both when its id is; a verbatim on which it fires
//! with the new rules only is added, with the old ones only is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::corpus::{self, Excerpt, Range, Seen};
use crate::error::Result;
use crate::stage::hotline::{Hit, Rules};

/// What a change of rules adds and drops.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// The months looked at, `YYYY-MM`.
    pub months: Vec<String>,
    /// Responses with a verbatim.
    pub base: u64,
    /// Responses with a hit that fires with the old rules.
    pub n_alerts_old: u64,
    /// With the new ones.
    pub n_alerts_new: u64,
    /// Responses that become alerts.
    pub n_alerts_added: u64,
    /// Responses that are none any more.
    pub n_alerts_dropped: u64,
    /// Rules of the new set only.
    pub rules_added: Vec<String>,
    /// Rules of the old set only.
    pub rules_dropped: Vec<String>,
    /// Each rule with a change, by id: verbatims added and dropped.
    pub rules: BTreeMap<String, Counts>,
    /// Each verbatim that a rule fires on with one set only, in order of the tables.
    pub changes: Vec<Change>,
}

/// How many verbatims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// The rule fires on them with the new rules only.
    pub added: u64,
    /// With the old ones only.
    pub dropped: u64,
}

/// A verbatim on which one rule decides otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// `added` or `dropped`.
    pub change: &'static str,
    /// The rule.
    pub rule: String,
    /// Where it fires, with the set that fires.
    pub hit: Excerpt,
    /// Why it does not with the other set: what suppressed it, or `no match`, or `no such rule`.
    pub otherwise: String,
}

/// Compares two sets of rules. Fails when nothing is published in `out`.
pub fn run(out: &Path, old: &Rules, new: &Rules, months: Range, default_language: &str) -> Result<Diff> {
    let (version, months) = corpus::published(out, months)?;
    let ids = |rules: &Rules| rules.rules().iter().map(|rule| rule.id.clone()).collect::<BTreeSet<String>>();
    let (ids_old, ids_new) = (ids(old), ids(new));
    let mut matchers = corpus::matchers(&[old, new]);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut rules, mut changes): (BTreeMap<String, Counts>, Vec<Change>) = (BTreeMap::new(), Vec::new());
    let [mut responses, mut alerts_old, mut alerts_new] = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
    corpus::each(&version, &months, default_language, |seen| {
        seen.hits(&mut matchers[0], &mut before);
        seen.hits(&mut matchers[1], &mut after);
        let key = corpus::key(seen.source, seen.response_id);
        for (hits, alerts) in [(&before, &mut alerts_old), (&after, &mut alerts_new)] {
            if hits.iter().any(|hit| hit.fired) {
                alerts.insert(key.clone());
            }
        }
        responses.insert(key);
        let (by_old, by_new) = (by_rule(old, &before), by_rule(new, &after));
        for (rule, change, otherwise) in only_in(&by_new, &by_old, &ids_old, seen, "added") {
            rules.entry(rule.to_owned()).or_default().added += 1;
            changes.push(Change { rule: rule.to_owned(), otherwise, ..change });
        }
        for (rule, change, otherwise) in only_in(&by_old, &by_new, &ids_new, seen, "dropped") {
            rules.entry(rule.to_owned()).or_default().dropped += 1;
            changes.push(Change { rule: rule.to_owned(), otherwise, ..change });
        }
    })?;
    Ok(Diff {
        months: months.iter().map(ToString::to_string).collect(),
        base: responses.len() as u64,
        n_alerts_old: alerts_old.len() as u64,
        n_alerts_new: alerts_new.len() as u64,
        n_alerts_added: alerts_new.difference(&alerts_old).count() as u64,
        n_alerts_dropped: alerts_old.difference(&alerts_new).count() as u64,
        rules_added: ids_new.difference(&ids_old).cloned().collect(),
        rules_dropped: ids_old.difference(&ids_new).cloned().collect(),
        rules,
        changes,
    })
}

type ByRule<'h, 'r> = BTreeMap<&'r str, Vec<&'h Hit>>;

fn by_rule<'h, 'r>(rules: &'r Rules, hits: &'h [Hit]) -> ByRule<'h, 'r> {
    let mut found: ByRule<'h, 'r> = BTreeMap::new();
    for hit in hits {
        found.entry(rules.rules()[hit.rule as usize].id.as_str()).or_default().push(hit);
    }
    found
}

/// Rules that fire in `one` and not in `other`.
fn only_in<'r>(
    one: &ByRule<'_, 'r>,
    other: &ByRule<'_, '_>,
    known: &BTreeSet<String>,
    seen: &Seen<'_>,
    change: &'static str,
) -> Vec<(&'r str, Change, String)> {
    let mut found = Vec::new();
    for (rule, hits) in one {
        let Some(hit) = hits.iter().find(|hit| hit.fired) else { continue };
        let beside = other.get(rule).map_or(&[] as &[&Hit], Vec::as_slice);
        if beside.iter().any(|hit| hit.fired) {
            continue;
        }
        let why = beside.first().and_then(|hit| hit.suppressed_by.as_ref()).map(ToString::to_string);
        let otherwise = why.unwrap_or_else(|| if known.contains(*rule) { "no match".to_owned() } else { "no such rule".to_owned() });
        let change = Change { change, rule: String::new(), hit: seen.excerpt(hit), otherwise: String::new() };
        found.push((*rule, change, otherwise));
    }
    found
}
