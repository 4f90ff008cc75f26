//! HOTLINE rules from outside: the behaviours that users were promised, and figures on labelled texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use outspoken::stage::hotline::{Facts, Hit, Matcher, Rules};
use outspoken::text::{Tokens, Verbatim, WordTable};

const CATEGORIES: [&str; 8] =
    ["churn", "legal_regulatory", "safety", "fraud_security", "vulnerable", "unresolved_repeat", "irate", "sales_lead"];

/// Everything that it takes to match one text after the other.
struct Bench<'e> {
    rules: &'e Rules,
    matcher: Matcher<'e>,
    table: WordTable,
    tokens: Tokens,
    hits: Vec<Hit>,
}

impl<'e> Bench<'e> {
    fn new(rules: &'e Rules) -> Self {
        Self { rules, matcher: Matcher::new(rules), table: WordTable::default(), tokens: Tokens::default(), hits: Vec::new() }
    }

    fn hits(&mut self, text: &str, language: &str) -> &[Hit] {
        self.tokens.cut(text, &mut self.table);
        let verbatim = Verbatim { text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language };
        self.matcher.matches(&verbatim, &Facts::default(), &mut self.hits);
        &self.hits
    }

    fn categories(&mut self, text: &str) -> BTreeSet<&'e str> {
        let rules = self.rules.rules();
        self.hits(text, "en").iter().filter(|hit| hit.fired).map(|hit| rules[hit.rule as usize].category.as_str()).collect()
    }
}

/// Precision and recall of one category, or of any.
#[derive(Clone, Copy, Default)]
struct Figures {
    n_true: u32,
    n_said: u32,
    n_both: u32,
}

impl Figures {
    fn add(&mut self, truth: bool, said: bool) {
        self.n_true += u32::from(truth);
        self.n_said += u32::from(said);
        self.n_both += u32::from(truth && said);
    }

    fn precision(self) -> f64 {
        f64::from(self.n_both) / f64::from(self.n_said.max(1))
    }

    fn recall(self) -> f64 {
        f64::from(self.n_both) / f64::from(self.n_true.max(1))
    }

    fn f1(self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        2.0 * p * r / (p + r).max(1e-9)
    }
}

/// The shipped rules; those of a directory under `OUTSPOKEN_RULES`, so that rules can be worked on without a build.
#[expect(clippy::disallowed_methods, reason = "a test may read a file without naming it in an error")]
fn rules() -> Rules {
    let Some(dir) = std::env::var_os("OUTSPOKEN_RULES") else { return Rules::shipped().unwrap() };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let files: Vec<_> = paths.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())).collect();
    Rules::load(&files).unwrap()
}

#[test]
fn examples_of_the_rules() {
    let failed: Vec<String> = rules().test().iter().map(|f| format!("{} should fire: {} {:?}: {}", f.rule, f.should_fire, f.text, f.found)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn labelled(text: &str) -> Vec<(String, BTreeSet<String>, String)> {
    let field = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let labels = |row: &serde_json::Value| row["labels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap().to_owned()).collect();
    let rows = text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.map(|row| (field(&row, "id"), labels(&row), field(&row, "text"))).collect()
}

/// By category and for `any`; prints a table, and what was wrong when asked to.
fn figures(name: &str, rows: &[&(String, BTreeSet<String>, String)], wrong: bool) -> BTreeMap<&'static str, Figures> {
    let rules = rules();
    let mut bench = Bench::new(&rules);
    let mut out: BTreeMap<&'static str, Figures> = BTreeMap::new();
    for (id, truth, text) in rows {
        let said = bench.categories(text);
        out.entry("any").or_default().add(!truth.is_empty(), !said.is_empty());
        for category in CATEGORIES {
            out.entry(category).or_default().add(truth.contains(category), said.contains(category));
        }
        if wrong && truth.iter().map(String::as_str).collect::<BTreeSet<_>>() != said {
            let fired: Vec<(&str, &str)> = bench
                .hits(text, "en")
                .iter()
                .filter(|hit| hit.fired)
                .map(|hit| (rules.rules()[hit.rule as usize].id.as_str(), &text[hit.start_byte as usize..hit.end_byte as usize]))
                .collect();
            println!("{id} labels {truth:?} fired {fired:?}\n    {text}");
        }
    }
    println!("{name}: {} texts, {:.1} alerts per 100", rows.len(), f64::from(out["any"].n_said) * 100.0 / rows.len().max(1) as f64);
    for (category, f) in &out {
        println!("  {category:18} true {:3} said {:3} precision {:.3} recall {:.3} F1 {:.3}", f.n_true, f.n_said, f.precision(), f.recall(), f.f1());
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may read a file without naming it in an error")]
fn figures_on_labelled_consumer_texts() {
    let shared = std::env::var_os("OUTSPOKEN_SHARED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(shared.join("hotline_labels/labels.jsonl")) else { return };
    let rows = labelled(&text);
    // Mistakes are looked at in one half only; the other half tells whether the rules learnt them by heart.
    let is_open = |row: &&(String, BTreeSet<String>, String)| xxhash_rust::xxh3::xxh3_64(row.0.as_bytes()).is_multiple_of(2);
    let (open, closed): (Vec<_>, Vec<_>) = rows.iter().partition(is_open);
    let wrong = std::env::var_os("OUTSPOKEN_SHOW_WRONG").is_some();
    let all: Vec<_> = rows.iter().collect();
    for (name, rows, wrong) in [("open half", open, wrong), ("closed half", closed, false), ("all", all, false)] {
        let figures = figures(name, &rows, wrong);
        assert!(figures["any"].precision() >= 0.0 && figures["any"].recall() >= 0.0, "{name}");
    }
}
