//! What do the words and figures of the pack mean, and where do they come from?

use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::count;
use super::pack::Pack;
use crate::schema::REJECT;

const DEFINITIONS: &[(&str, &str)] = &[
    ("Base", "The answers that a figure is taken over. A share without its base says nothing; below five answers a part is not shown."),
    ("95% interval", "Where the figure would lie in 19 of 20 such samples: Wilson for shares, and its counterparts for NPS and means."),
    (
        "Verdict",
        "Up or down, real: the change is beyond chance after correction for all comparisons of the month (Benjamini-Hochberg, q at most 0.05). No evidence of change: chance explains it as well; it does not say that nothing changed. Base too small to tell: under 30 answers now or before.",
    ),
    ("NPS", "Share of promoters (9 and 10) less share of detractors (0 to 6), −100 to 100."),
    ("Top box", "Share of answers on the best point of the scale."),
    (
        "Theme",
        "Clauses that say the same kind of thing. A theme keeps its name and id from month to month. Its share is of the responses with a verbatim that says something.",
    ),
    (
        "Effective base",
        "Answers of one account stand together: intervals and tests are taken with as many answers as would tell as much if none shared an account.",
    ),
    (
        "Response rate",
        "Of the people whom an invitation reached, those who answered in the month; coverage: of their accounts, those that did.",
    ),
    ("Trend", "New, growing, steady or fading: a theme's share against the months before."),
    ("Sentiment", "Mean of the clauses or verbatims that have a term of the lexicon, −1 to +1."),
    (
        "HOTLINE",
        "A response that somebody should act on, found by a rule, a worst score, or a request to be called; one case for each route. Past: nobody had begun when the time to respond was over, at the clock of the run.",
    ),
    (
        "In their words",
        "Words are shown as redacted, without any name, and only if the person agreed or the source never asks; beside an account, only if the person agreed to be named.",
    ),
];

/// Writes the definitions and the record of the run.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"reading\">How to read this</h2>\n<dl>\n");
    for (word, meaning) in DEFINITIONS {
        html.element("dt", "", word).element("dd", "", meaning).raw("\n");
    }
    html.raw("</dl>\n<p class=\"note\">Every table names the published table and the filter that finds its rows, in DIR/tables; figures are rounded here and nowhere else. \
              A line after “Source” is a query as it stands: <code>outspoken schema --duckdb --out DIR &gt; views.sql</code>, then <code>duckdb -init views.sql</code>.</p>\n");
    changes(html, pack);
    rejects(html, pack);
    run(html, pack);
}

/// What a change of figures may come from besides customers.
const MADE_WITH: [(&str, &str); 6] = [
    ("rules", "HOTLINE rules"),
    ("lexicons", "lexicons"),
    ("model", "the embedding model"),
    ("privacy", "what is redacted"),
    ("goals", "goals, initiatives or the account file"),
    ("analysis", "the program's analysis"),
];

/// Writes what is made otherwise than when the month before was written, and which months are restated.
fn changes(html: &mut Html, pack: &Pack) {
    html.raw("<h3>What changed besides customers</h3>\n<ul>\n");
    match &pack.before {
        None => {
            html.raw("<li>No earlier run is known to compare with: months before this one were written with it.</li>\n");
        }
        Some(before) => {
            let differs = |key: &str| before.fingerprints.get(key) != pack.record.fingerprints.get(key);
            let changed: Vec<&str> = MADE_WITH.iter().filter(|(key, _)| differs(key)).map(|(_, words)| *words).collect();
            html.raw("<li>").text(&if changed.is_empty() {
                "Rules, lexicons, model and goals are those of the month before.".to_owned()
            } else {
                format!("Other than when the month before was written: {}.", changed.join(", "))
            });
            html.raw("</li>\n<li>").text(&if before.registry_version == pack.record.registry_version {
                "The themes are those of the month before.".to_owned()
            } else {
                format!(
                    "The theme registry grew from version {} to {}: known themes keep their names and ids.",
                    before.registry_version, pack.record.registry_version
                )
            });
            html.raw("</li>\n");
        }
    }
    if !pack.record.months_restated.is_empty() {
        html.raw("<li>").text(&format!("The last run restated {}.", pack.record.months_restated.join(", "))).raw("</li>\n");
    }
    html.raw("</ul>\n");
}

fn rejects(html: &mut Html, pack: &Pack) {
    html.raw("<h3>Rows that could not be read</h3>\n");
    if pack.rejects.is_empty() {
        html.raw("<p>None.</p>\n");
        return;
    }
    let origin = Origin::of(&REJECT).select("source, reason, count(*)").ending("GROUP BY source, reason");
    let mut grid =
        Grid::new("Of all files read, by reason", origin, &[("Source", Align::Words), ("Reason", Align::Words), ("Rows", Align::Figures)]);
    for ((source, reason), n) in &pack.rejects {
        grid.row(vec![Html::of_foreign(source), Html::of_foreign(&reason.replace('_', " ")), Html::of(&count(*n))]);
    }
    grid.write(html);
}

fn run(html: &mut Html, pack: &Pack) {
    let record = &pack.record;
    let rows = record.rows;
    let (read, new, replacing) = (count(rows.read), count(rows.new), count(rows.replacing));
    let (unchanged, superseded, rejected) = (count(rows.unchanged), count(rows.superseded), count(rows.rejected));
    html.raw("<h3>The run</h3>\n<dl class=\"run\">\n");
    entry(html, "Run", &record.run_id);
    entry(html, "Clock", &record.as_of);
    entry(html, "Program, tables", &format!("outspoken {}, schema {}", record.program, record.schema_version));
    entry(html, "Theme registry", &format!("version {}", record.registry_version));
    let said =
        format!("{read} read: {new} new, {replacing} replacing, {unchanged} unchanged, {superseded} superseded, {rejected} rejected");
    entry(html, "Rows", &said);
    entry(html, "Redactions", &format!("{} pieces of personal data replaced", count(record.verbatims.redactions)));
    for input in &record.inputs {
        entry(html, "Input", &format!("{} ({}, {} rows, {})", input.name, input.source, count(input.rows), input.fingerprint));
    }
    for (name, fingerprint) in &record.fingerprints {
        entry(html, "Fingerprint", &format!("{name} {fingerprint}"));
    }
    for warning in &record.warnings {
        entry(html, "Warning", warning);
    }
    html.raw("</dl>\n<p class=\"origin\">Source: <code>runs/latest.json</code></p>\n");
}

fn entry(html: &mut Html, name: &'static str, value: &str) {
    html.element("dt", "", name).raw("<dd>").foreign(value).raw("</dd>\n");
}
