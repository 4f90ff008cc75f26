//! What does each stage cost?
//!
//! Generated texts, one thread: complaints of about 815 characters (`outspoken synth --shape complaints --seed 11`, 4,000 rows) and survey
//! comments of about 85 (`--seed 11`, 40,000 rows). Prints CPU seconds for each GB of text, and what was counted: every pass must count
//! the same, and enough of it, so that a stage that got faster by doing less is found. Texts are measured in pieces of 100 kB, each by the
//! fastest of its passes: what else runs on the machine disturbs some of them, not all. `cargo bench --bench stages [-- STAGE]`.

use std::ops::Range;
use std::time::Instant;

use outspoken::config::PrivacySettings;
use outspoken::language::{self, Detector};
use outspoken::redact::Redactor;
use outspoken::stage::embed::{Embedder, Model, Usage, Vector};
use outspoken::stage::hotline::{Facts, Matcher, Rules};
use outspoken::stage::sentiment::vader::{Scratch, Vader};
use outspoken::stage::sentiment::{Lexicons, Scored, Scorer};
use outspoken::synth::{self, Format, Shape, SynthSettings};
use outspoken::text::{Tokens, Verbatim, WordTable, cut_words, is_meaningful, normalise};

const N_PASSES: usize = 15;
const PIECE_BYTES: usize = 100_000;

/// The answers of generated rows: the longest cell of each.
fn texts(shape: Shape, rows: u64) -> Vec<String> {
    let settings = SynthSettings { rows, seed: 11, shape, months: Vec::new(), format: Format::Jsonl };
    let mut lines = Vec::new();
    synth::write(&settings, &mut lines).expect("memory takes everything");
    let longest = |line: &str| {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("a JSON object");
        row.values().filter_map(|value| value.as_str()).max_by_key(|text| text.len()).unwrap_or_default().to_owned()
    };
    String::from_utf8(lines).expect("text").lines().map(longest).collect()
}

/// Texts in pieces of about [`PIECE_BYTES`].
struct Corpus {
    name: &'static str,
    texts: Vec<String>,
    pieces: Vec<Range<usize>>,
    n_bytes: usize,
    only: Option<String>,
}

impl Corpus {
    fn new(name: &'static str, texts: Vec<String>, only: Option<String>) -> Self {
        let (mut pieces, mut start, mut n) = (Vec::new(), 0, 0);
        for (i, text) in texts.iter().enumerate() {
            n += text.len();
            if n >= PIECE_BYTES || i + 1 == texts.len() {
                pieces.push(start..i + 1);
                (start, n) = (i + 1, 0);
            }
        }
        Self { name, n_bytes: texts.iter().map(String::len).sum(), texts, pieces, only }
    }

    /// Measures `count`, which sees every text by its number and returns what it counted there; in all that must be more than `least`.
    fn measure(&self, stage: &str, least: usize, mut count: impl FnMut(usize, &str) -> usize) {
        if self.only.as_deref().is_some_and(|only| !stage.contains(only)) {
            return;
        }
        let mut best = vec![f64::MAX; self.pieces.len()];
        let mut counted = None;
        for _ in 0..N_PASSES {
            let mut n = 0;
            for (piece, best) in self.pieces.iter().zip(&mut best) {
                let start = Instant::now();
                n += piece.clone().map(|i| count(i, &self.texts[i])).sum::<usize>();
                *best = best.min(start.elapsed().as_secs_f64());
            }
            assert_eq!(*counted.get_or_insert(n), n, "every pass counts the same");
        }
        let (n, seconds) = (counted.unwrap_or_default(), best.iter().sum::<f64>());
        assert!(n > least, "{stage}: {n} counted of more than {least}");
        tell(&format!("{:<6} {stage:<28} {:7.2} s/GB   counted {n}", self.name, seconds / self.n_bytes as f64 * 1e9));
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn tell(line: &str) {
    println!("{line}");
}

/// What the pass over words costs, and all that comes before it.
fn before_stages(corpus: &Corpus) {
    let n = corpus.texts.len();
    let mut out = String::new();
    corpus.measure("normalise", corpus.n_bytes / 2, |_, text| {
        normalise(text, &mut out);
        out.len()
    });
    let redactor = Redactor::new(&PrivacySettings::default()).expect("the default kinds");
    corpus.measure("redact", 0, |_, text| redactor.redact(text, &mut out) as usize);
    corpus.measure("meaningful", n * 9 / 10, |_, text| usize::from(is_meaningful(text)));
    let (mut table, mut words, mut tokens) = (WordTable::default(), Vec::new(), Tokens::default());
    corpus.measure("words", 5 * n, |_, text| {
        cut_words(text, &mut table, &mut words);
        words.len()
    });
    corpus.measure("words, clauses", n / 2, |_, text| {
        tokens.cut(text, &mut table);
        tokens.clauses.len()
    });
    let mut languages = Detector::default();
    corpus.measure("words, clauses, language", n * 7 / 10, |_, text| {
        tokens.cut(text, &mut table);
        usize::from(languages.detect(text, &tokens.words, &table) == "en")
    });
}

/// What each stage costs on top of words and clauses.
fn stages(corpus: &Corpus) {
    let n = corpus.texts.len();
    let languages: Vec<&'static str> = corpus.texts.iter().map(|text| language::detect(text)).collect();
    let (mut table, mut tokens) = (WordTable::default(), Tokens::default());
    let rules = Rules::shipped().expect("the shipped rules");
    let (mut matcher, mut hits) = (Matcher::new(&rules), Vec::new());
    let facts = Facts { nps: None, scores: &[], segment: None, channel: None, product: None, area: None, source: "bench" };
    corpus.measure("words, hotline", 0, |i, text| {
        tokens.cut(text, &mut table);
        matcher.matches(&verbatim(text, &tokens, &table, languages[i]), &facts, &mut hits);
        hits.iter().filter(|hit| hit.fired).count()
    });
    let (vader, mut scratch, mut table) = (Vader::compile(), Scratch::default(), WordTable::default());
    corpus.measure("words, classic VADER", n * 4 / 10, |i, text| {
        tokens.cut(text, &mut table);
        usize::from(vader.compound_of(&verbatim(text, &tokens, &table, languages[i]), &mut scratch) != 0.0)
    });
    let lexicons = Lexicons::shipped().expect("the shipped lexicons");
    let (mut scorer, mut scored, mut table) = (Scorer::new(&lexicons), Scored::default(), WordTable::default());
    corpus.measure("words, VADER and sentiment", n * 6 / 10, |i, text| {
        tokens.cut(text, &mut table);
        scorer.score(&verbatim(text, &tokens, &table, languages[i]), &mut scored);
        usize::from(scored.sentiment.is_some())
    });
    let (model, weights, mut table) = (Model::shipped().expect("the shipped model"), Usage::default(), WordTable::default());
    let (mut embedder, mut vector) = (Embedder::new(&model, &weights), Vector::default());
    corpus.measure("words, vectors", n / 2, |i, text| {
        tokens.cut(text, &mut table);
        let verbatim = verbatim(text, &tokens, &table, languages[i]);
        tokens.clauses.iter().filter(|clause| embedder.clause(&verbatim, clause, &mut vector)).count()
    });
}

fn verbatim<'a>(text: &'a str, tokens: &'a Tokens, table: &'a WordTable, language: &'a str) -> Verbatim<'a> {
    Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table, language }
}

fn main() {
    // Cargo hands on `--bench`.
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    for (name, shape, rows) in [("long", Shape::Complaints, 4_000), ("short", Shape::Survey, 40_000)] {
        let corpus = Corpus::new(name, texts(shape, rows), only.clone());
        before_stages(&corpus);
        stages(&corpus);
    }
}
