//! HOTLINE rules from outside: the behaviours that users were promised, and figures on labelled texts.

#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::string_slice, reason = "a test that fails there has said enough")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use outspoken::stage::hotline::{Facts, Hit, Matcher, Rules, ScoreFact};
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
fn rules() -> &'static Rules {
    static RULES: LazyLock<Rules> = LazyLock::new(load);
    &RULES
}

#[expect(clippy::disallowed_methods, reason = "a test may read a file without naming it in an error")]
fn load() -> Rules {
    let Some(dir) = std::env::var_os("OUTSPOKEN_RULES") else { return Rules::shipped().unwrap() };
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let files: Vec<_> = paths
        .iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    Rules::load(&files).unwrap()
}

#[test]
fn examples_of_the_rules() {
    let failed: Vec<String> =
        rules().test().iter().map(|f| format!("{} should fire: {} {:?}: {}", f.rule, f.should_fire, f.text, f.found)).collect();
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
    let mut bench = Bench::new(rules);
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
        println!(
            "  {category:18} true {:3} said {:3} precision {:.3} recall {:.3} F1 {:.3}",
            f.n_true,
            f.n_said,
            f.precision(),
            f.recall(),
            f.f1()
        );
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may read a file without naming it in an error")]
fn figures_on_labelled_consumer_texts() {
    let shared = std::env::var_os("OUTSPOKEN_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(shared.join("hotline_labels/labels.jsonl")) else { return };
    let rows = labelled(&text);
    // Mistakes are looked at in one half only; the other half tells whether the rules learnt them by heart.
    let is_open = |row: &&(String, BTreeSet<String>, String)| xxhash_rust::xxh3::xxh3_64(row.0.as_bytes()).is_multiple_of(2);
    let (open, closed): (Vec<_>, Vec<_>) = rows.iter().partition(is_open);
    let wrong = std::env::var_os("OUTSPOKEN_SHOW_WRONG").is_some();
    let all: Vec<_> = rows.iter().collect();
    for (name, rows, wrong) in [("open half", open, wrong), ("closed half", closed, false), ("all", all, false)] {
        let figures = figures(name, &rows, wrong);
        assert!(figures["any"].precision() >= 0.7 && figures["any"].recall() >= 0.7, "{name}");
    }
}

/// What the rules say of a text: `silent`, or the fired categories with their assertions.
fn said(text: &str, language: &str) -> String {
    let rules = rules();
    let mut bench = Bench::new(rules);
    let fired: BTreeSet<String> = bench
        .hits(text, language)
        .iter()
        .filter(|hit| hit.fired)
        .map(|hit| format!("{} {}", rules.rules()[hit.rule as usize].category, hit.assertion.as_str()))
        .collect();
    if fired.is_empty() { "silent".to_owned() } else { fired.into_iter().collect::<Vec<_>>().join(", ") }
}

/// The assertions of all hits of churn rules, fired or not, with the words of their cues.
fn churn_hits(text: &str) -> BTreeSet<(String, String)> {
    let rules = rules();
    let mut bench = Bench::new(rules);
    let hits = bench.hits(text, "en").iter();
    let churn = hits.filter(|hit| rules.rules()[hit.rule as usize].category == "churn");
    let cue = |hit: &Hit| hit.cue.map_or("", |(start, end)| &text[start as usize..end as usize]).to_owned();
    churn.map(|hit| (hit.assertion.as_str().to_owned(), cue(hit))).collect()
}

#[test]
fn promised_behaviours() {
    for (text, expected) in [
        ("I would never cancel", "silent"),
        ("can't cancel my account", "churn affirmed"),
        ("if this is not fixed I'll switch to another bank", "churn conditional"),
        ("nobody helped until I threatened to leave", "silent"),
        ("I have left", "churn affirmed"),
        ("The food court was nice", "silent"),
        ("no complaints at all", "silent"),
        ("Is there a bigger plan? I'd like to upgrade", "sales_lead affirmed, sales_lead question"),
        ("totally dissatisfied", "silent"),
        ("", "silent"),
    ] {
        assert_eq!(said(text, "en"), expected, "{text}");
    }
    for (text, assertion, cue) in [
        ("I would never cancel", "negated", "never"),
        ("nobody helped until I threatened to leave", "historical", "until"),
        ("if this is not fixed I'll switch to another bank", "conditional", "if"),
        ("My sister will cancel her contract", "other_party", "sister"),
        ("How do I cancel my subscription?", "question", "subscription"),
        ("You have until Friday, then I will cancel my account", "affirmed", ""),
    ] {
        assert!(churn_hits(text).contains(&(assertion.to_owned(), cue.to_owned())), "{text}: {:?}", churn_hits(text));
    }
}

#[test]
fn however_it_is_written() {
    for text in [
        "I CAN\u{2019}T CANCEL MY ACCOUNT",
        "i cant cancel my account",
        "I ca n't cancel my account",
        "I can not cancel my account",
        "they won't let me cancel my account",
        "I am unable to cancel my account",
        "pleeeease, I want to canceeeel my account".replace("canceeeel", "cancellll").as_str(),
    ] {
        assert_eq!(said(text, "en"), "churn affirmed", "{text}");
    }
    for text in [
        "I wo n't cancel my account",
        "I dont want to cancel my account",
        "I did n't cancel my account",
        "We are not going to cancel our contract",
        "I have no reason to cancel my account",
        "I don't think I will cancel my account",
    ] {
        assert_eq!(said(text, "en"), "silent", "{text}");
    }
    assert_eq!(said("Résilier mon contrat !", "fr"), "churn affirmed");
    assert_eq!(said("RESILIER MON CONTRAT", "fr"), "churn affirmed");
    assert_eq!(said("Ich würde niemals kündigen", "de"), "silent");
}

#[test]
fn a_score_alone_can_be_a_condition() {
    let rule = "[[rule]]\nid = 'own'\nversion = 1\ncategory = 'own'\nroute = 'care'\nseverity = 3\nrespond_within = '24h'\nmatch = 'slow'\nwhen = ['nps <= 6', 'bottom_box(\"overall\")']\n";
    let rules = Rules::load(&[("own.toml".to_owned(), rule.to_owned())]).unwrap();
    let (mut table, mut tokens) = (WordTable::default(), Tokens::default());
    tokens.cut("slow", &mut table);
    let verbatim = Verbatim { text: "slow", words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "en" };
    let scores = [ScoreFact { measure: "overall", value: 1.0, low: 1.0, high: 5.0 }];
    for (nps, scores, expected) in [
        (Some(6), scores.as_slice(), ""),
        (Some(7), &scores, "when:nps <= 6"),
        (Some(6), &[], "when:bottom_box(\"overall\")"),
        (None, &[], "when:nps <= 6"),
    ] {
        let mut hits = Vec::new();
        Matcher::new(&rules).matches(&verbatim, &Facts { nps, scores, ..Facts::default() }, &mut hits);
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].suppressed_by.as_ref().map_or(String::new(), ToString::to_string), expected);
        assert_eq!(hits[0].fired, expected.is_empty());
    }
}

/// Texts in the voice of business customers, labelled before any rule was run on them. A set that rules were mended on says little
/// about the next: rules at 0.98 of the leads of the first set had 0.17 of those of the second when it was new, and rules at 0.95 of
/// the second had 0.13 of the third. So a new set comes before a claim, and these three only hold what was reached.
#[test]
fn figures_on_business_texts() {
    let sets = [
        ("business", include_str!("hotline/business.jsonl")),
        ("business, second", include_str!("hotline/business_second.jsonl")),
        ("business, third", include_str!("hotline/business_third.jsonl")),
    ];
    for (name, text) in sets {
        let rows = labelled(text);
        let wrong = std::env::var_os("OUTSPOKEN_SHOW_WRONG").is_some();
        let figures = figures(name, &rows.iter().collect::<Vec<_>>(), wrong);
        for category in ["any", "sales_lead", "safety", "irate"] {
            let found = figures[category];
            assert!(
                found.precision() >= 0.8 && found.recall() >= 0.8,
                "{name}, {category}: precision {:.3} recall {:.3}",
                found.precision(),
                found.recall()
            );
        }
    }
}

/// Texts in the voices of consumers and of businesses of many trades: as many that only look like each category as there are of it.
/// All were written and labelled before the rules of word families were, none was looked at before they had been measured on it. When
/// unseen, `any` went from 0.67 to 0.95 recall in the half of the first set whose misses were read, and in what was not read: from 0.60
/// to 0.89 in its other half, from 0.51 to 0.86 in the second set and from 0.41 to 0.85 in the third, at 0.92 to 0.95 precision. Misses
/// of the second set were read after that. The floors only hold what was reached; whoever wrote the texts wrote the rules too.
#[test]
fn figures_on_texts_of_many_trades() {
    let sets = [
        ("field", include_str!("hotline/field.jsonl"), 0.85),
        ("field, second", include_str!("hotline/field_second.jsonl"), 0.85),
        ("field, third", include_str!("hotline/field_third.jsonl"), 0.8),
    ];
    let wrong = std::env::var_os("OUTSPOKEN_SHOW_WRONG").is_some();
    for (name, text, floor) in sets {
        let rows = labelled(text);
        let figures = figures(name, &rows.iter().collect::<Vec<_>>(), wrong);
        let any = figures["any"];
        assert!(any.precision() >= 0.9 && any.recall() >= floor, "{name}: precision {:.3} recall {:.3}", any.precision(), any.recall());
        for category in CATEGORIES {
            assert!(figures[category].f1() >= 0.75, "{name}, {category}: F1 {:.3}", figures[category].f1());
        }
    }
}

#[test]
fn examples_of_the_guide() {
    for (text, category) in [
        ("I will not fly with them again.", "churn"),
        ("We are going to a competitor.", "churn"),
        ("I would like to cancel my order, please.", ""),
        ("The airline cancelled on us.", ""),
        ("How can I cancel a plan?", ""),
        ("I am sending it back because it does not fit.", ""),
        ("I am taking you to court.", "legal_regulatory"),
        ("You will hear from the ombudsman.", "legal_regulatory"),
        ("The food court is upstairs.", ""),
        ("The seat was hard and I was uncomfortable.", ""),
        ("The dessert was to die for.", ""),
        ("How do I report my card stolen?", "fraud_security"),
        ("A total scam at that price.", ""),
        ("My husband died and nobody will close his file.", "vulnerable"),
        ("I have contacted you five times and it is still broken.", "unresolved_repeat"),
        ("The queue took ten minutes, then all was well.", ""),
        ("Worst company ever, disgusting people.", "irate"),
        ("The zip is a bit disappointing.", ""),
        ("We will need two more sites by spring.", "sales_lead"),
        ("I will fly with them again and recommend them.", ""),
        ("Would buy again.", ""),
        ("How do I set up the alarm?", ""),
        ("No complaints at all.", ""),
    ] {
        let said = Bench::new(rules()).categories(text);
        assert!(if category.is_empty() { said.is_empty() } else { said.contains(category) }, "{text}: {said:?}");
    }
}
