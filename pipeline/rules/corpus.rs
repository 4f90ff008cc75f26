//! Which published verbatims are rules tried on, and what is known of their responses?
//!
//! Months in order, verbatims in the order of the tables. The facts that `when` asks for (scores, segment, channel, product,
//! area, source) are read beside them, so that a rule decides as it does in a run.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array as _, RecordBatch};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{RESPONSE, SCORE, Table, VERBATIM};
use crate::sink::{Version, stream_table};
use crate::stage::hotline::{Facts, Hit, Matcher, Rules, ScoreFact};
use crate::text::{Tokens, Verbatim, WordTable};

/// Published months, both ends included; none: open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// The first month.
    pub from: Option<Month>,
    /// The last month.
    pub to: Option<Month>,
}

impl Range {
    fn holds(self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.to.is_none_or(|to| month <= to)
    }
}

/// A hit with the words around it; text is redacted, as in the tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The verbatim.
    pub verbatim_id: String,
    /// Its response.
    pub response_id: String,
    /// Its source.
    pub source: String,
    /// Its report month, `YYYY-MM`.
    pub month: String,
    /// Up to 80 characters before the match.
    pub before: String,
    /// From the first to the last matched term.
    pub matched: String,
    /// Up to 80 characters after it.
    pub after: String,
    /// How it is meant.
    pub assertion: &'static str,
    /// Whether it opens a case.
    pub fired: bool,
    /// Why it does not; none when it does.
    pub suppressed_by: Option<String>,
}

/// One verbatim, as rules see it.
pub(super) struct Seen<'a> {
    pub(super) verbatim_id: &'a str,
    pub(super) response_id: &'a str,
    pub(super) source: &'a str,
    pub(super) month: Month,
    pub(super) text: &'a str,
    facts: &'a Known,
    verbatim: Verbatim<'a>,
}

impl<'a> Seen<'a> {
    /// Every hit of one matcher, fired or not.
    pub(super) fn hits(&self, matcher: &mut Matcher<'_>, out: &mut Vec<Hit>) {
        let scores: Vec<ScoreFact<'_>> =
            self.facts.scores.iter().map(|s| ScoreFact { measure: &s.measure, value: s.value, low: s.low, high: s.high }).collect();
        let text = |i: usize| self.facts.texts[i].as_deref();
        let facts = Facts {
            nps: self.facts.nps,
            scores: &scores,
            segment: text(0),
            channel: text(1),
            product: text(2),
            area: text(3),
            source: self.source,
        };
        matcher.matches(&self.verbatim, &facts, out);
    }

    /// The hit with what stands around it.
    pub(super) fn excerpt(&self, hit: &Hit) -> Excerpt {
        const AROUND: usize = 80;
        let (start, end) = (hit.start_byte as usize, hit.end_byte as usize);
        let piece = |from: usize, to: usize| self.text.get(from..to).unwrap_or_default();
        let head = piece(0, start);
        let skipped = head.chars().count().saturating_sub(AROUND);
        Excerpt {
            verbatim_id: self.verbatim_id.to_owned(),
            response_id: self.response_id.to_owned(),
            source: self.source.to_owned(),
            month: self.month.to_string(),
            before: head.chars().skip(skipped).collect(),
            matched: piece(start, end).to_owned(),
            after: piece(end, self.text.len()).chars().take(AROUND).collect(),
            assertion: hit.assertion.as_str(),
            fired: hit.fired,
            suppressed_by: hit.suppressed_by.as_ref().map(ToString::to_string),
        }
    }
}

#[derive(Default)]
struct Known {
    nps: Option<i32>,
    scores: Vec<Score>,
    texts: [Option<String>; 4],
}

struct Score {
    measure: String,
    value: f64,
    low: f64,
    high: f64,
}

/// The version that readers see, and its months inside `range`, oldest first. Fails when nothing is published, or not then.
pub(super) fn published(out: &Path, range: Range) -> Result<(Version, BTreeSet<Month>)> {
    let unknown = |what: &str, hint: &str| Error::Output { path: out.to_owned(), what: what.to_owned(), hint: Some(hint.to_owned()) };
    if !out.is_dir() {
        return Err(unknown("there is no such output directory", "name one that `outspoken run` or `outspoken demo` has written"));
    }
    let Some(version) = Version::current(out)? else {
        return Err(unknown("nothing is published here", "run `outspoken run INPUT --out DIR` first"));
    };
    let all = version.months(&VERBATIM)?;
    let months: BTreeSet<Month> = all.iter().copied().filter(|month| range.holds(*month)).collect();
    if months.is_empty() {
        let named = |month: Option<&Month>| month.map_or_else(String::new, ToString::to_string);
        let hint = format!("published are {} to {}", named(all.first()), named(all.last()));
        return Err(unknown("no month of `--months` is published", &hint));
    }
    Ok((version, months))
}

/// Hands every verbatim of the months to `take`. Texts without a decided language get the rules of `default_language`.
pub(super) fn each(version: &Version, months: &BTreeSet<Month>, default_language: &str, mut take: impl FnMut(&Seen<'_>)) -> Result<()> {
    let (mut table, mut tokens) = (WordTable::default(), Tokens::default());
    let unknown = Known::default();
    for month in months {
        let known = facts(version, *month)?;
        let columns = ["verbatim_id", "response_id", "source", "text", "language"];
        for batch in stream_table(version, &VERBATIM, Some(*month), Some(&columns))? {
            let batch = batch?;
            for i in 0..batch.num_rows() {
                let cell = |name: &str| text(&batch, name, i).unwrap_or_default();
                let (source, response_id, text) = (cell("source"), cell("response_id"), cell("text"));
                tokens.cut(text, &mut table);
                let language = match cell("language") {
                    "und" | "" => default_language,
                    language => language,
                };
                let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language };
                let facts = known.get(&key(source, response_id)).unwrap_or(&unknown);
                take(&Seen { verbatim_id: cell("verbatim_id"), response_id, source, month: *month, text, facts, verbatim });
            }
        }
    }
    Ok(())
}

/// Source and response as one key: sources hold no tab.
pub(super) fn key(source: &str, response_id: &str) -> String {
    format!("{source}\t{response_id}")
}

fn facts(version: &Version, month: Month) -> Result<HashMap<String, Known>> {
    let mut known: HashMap<String, Known> = HashMap::new();
    let mut each = |table: &'static Table, columns: &[&str], take: &mut dyn FnMut(&RecordBatch, usize, &mut Known)| -> Result<()> {
        for batch in stream_table(version, table, Some(month), Some(columns))? {
            let batch = batch?;
            for i in 0..batch.num_rows() {
                let cell = |name: &str| text(&batch, name, i).unwrap_or_default();
                take(&batch, i, known.entry(key(cell("source"), cell("response_id"))).or_default());
            }
        }
        Ok(())
    };
    let texts = ["segment", "channel", "product", "area"];
    let columns = ["source", "response_id", "nps_score", "segment", "channel", "product", "area"];
    each(&RESPONSE, &columns, &mut |batch, i, known| {
        let nps = batch.column_by_name("nps_score").filter(|array| array.is_valid(i));
        known.nps = nps.and_then(|array| Some(array.as_primitive_opt::<Int32Type>()?.value(i)));
        known.texts = texts.map(|name| text(batch, name, i).map(str::to_owned));
    })?;
    each(&SCORE, &["source", "response_id", "measure", "value", "scale_low", "scale_high"], &mut |batch, i, known| {
        let number = |name: &str| {
            let array = batch.column_by_name(name).filter(|array| array.is_valid(i))?;
            Some(array.as_primitive_opt::<Float64Type>()?.value(i))
        };
        if let (Some(value), Some(low), Some(high)) = (number("value"), number("scale_low"), number("scale_high")) {
            known.scores.push(Score { measure: text(batch, "measure", i).unwrap_or_default().to_owned(), value, low, high });
        }
    })?;
    Ok(known)
}

/// A text of a row; none: null, or no such column.
pub(super) fn text<'b>(batch: &'b RecordBatch, name: &str, i: usize) -> Option<&'b str> {
    let array = batch.column_by_name(name).filter(|array| array.is_valid(i))?;
    Some(array.as_string_opt::<i32>()?.value(i))
}

/// A matcher for each set of rules; all share one word table.
pub(super) fn matchers<'r>(rules: &[&'r Rules]) -> Vec<Matcher<'r>> {
    rules.iter().map(|rules| Matcher::new(rules)).collect()
}
