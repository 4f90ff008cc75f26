//! What does each stage cost?
//!
//! Generated complaints (`outspoken synth --shape complaints --seed 11`, 2,000 narratives, 1.6 MB), one thread. Each bench asserts
//! what it counted, so that a stage that got faster by doing less is found. `cargo bench --bench stages`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use outspoken::config::PrivacySettings;
use outspoken::language;
use outspoken::redact::Redactor;
use outspoken::stage::embed::{Embedder, Model, Vector, WordWeights};
use outspoken::stage::hotline::{Facts, Matcher, Rules};
use outspoken::stage::sentiment::{Lexicons, Scored, Scorer};
use outspoken::synth::{self, Format, Shape, SynthSettings};
use outspoken::text::{Tokens, Verbatim, WordTable, normalise};

const N_TEXTS: usize = 2_000;

fn texts() -> Vec<String> {
    let settings = SynthSettings { rows: N_TEXTS as u64, seed: 11, shape: Shape::Complaints, months: Vec::new(), format: Format::Jsonl };
    let mut rows = Vec::new();
    synth::write(&settings, &mut rows).expect("memory takes everything");
    let longest = |line: &str| {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).expect("a JSON object");
        row.values().filter_map(|value| value.as_str()).max_by_key(|text| text.len()).unwrap_or_default().to_owned()
    };
    String::from_utf8(rows).expect("text").lines().map(longest).collect()
}

fn facts() -> Facts<'static> {
    Facts { nps: None, scores: &[], segment: None, channel: None, product: None, area: None, source: "bench" }
}

/// Calls `see` with every text as the stages see it; returns how many words there were.
fn each(texts: &[String], table: &mut WordTable, tokens: &mut Tokens, mut see: impl FnMut(&Verbatim<'_>)) -> usize {
    let mut n_words = 0;
    for text in texts {
        tokens.cut(text, table);
        n_words += tokens.words.len();
        see(&Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table, language: "en" });
    }
    n_words
}

fn stages(criterion: &mut Criterion) {
    let texts = texts();
    let n_bytes: usize = texts.iter().map(String::len).sum();
    let (mut table, mut tokens) = (WordTable::default(), Tokens::default());
    let n_words = each(&texts, &mut table, &mut tokens, |_| {});
    assert!(n_words > 50 * N_TEXTS, "narratives are long: {n_words} words");
    let mut group = criterion.benchmark_group("stages");
    group.throughput(Throughput::Bytes(n_bytes as u64)).sample_size(10);

    group.bench_function("normalise", |bench| {
        let mut out = String::new();
        bench.iter(|| assert!(texts.iter().map(|text| normalise(text, &mut out).n_mojibake).sum::<u32>() < N_TEXTS as u32));
    });
    let redactor = Redactor::new(&PrivacySettings::default()).expect("the default kinds");
    group.bench_function("redact", |bench| {
        let mut out = String::new();
        bench.iter(|| assert!(texts.iter().map(|text| redactor.redact(text, &mut out)).sum::<u32>() > 0));
    });
    group.bench_function("language", |bench| {
        bench.iter(|| assert!(texts.iter().filter(|text| language::detect(text) == "en").count() > N_TEXTS * 9 / 10));
    });
    group.bench_function("words and clauses", |bench| {
        bench.iter(|| assert_eq!(each(&texts, &mut table, &mut tokens, |_| {}), n_words));
    });
    let rules = Rules::shipped().expect("the shipped rules");
    group.bench_function("words, hotline", |bench| {
        let (mut matcher, mut hits) = (Matcher::new(&rules), Vec::new());
        bench.iter(|| {
            let mut n_fired = 0;
            each(&texts, &mut table, &mut tokens, |verbatim| {
                matcher.matches(verbatim, &facts(), &mut hits);
                n_fired += hits.iter().filter(|hit| hit.fired).count();
            });
            assert!(n_fired > 0);
        });
    });
    let lexicons = Lexicons::shipped().expect("the shipped lexicons");
    group.bench_function("words, sentiment", |bench| {
        let (mut scorer, mut scored) = (Scorer::new(&lexicons), Scored::default());
        bench.iter(|| {
            let mut n_scored = 0;
            each(&texts, &mut table, &mut tokens, |verbatim| {
                scorer.score(verbatim, &mut scored);
                n_scored += usize::from(scored.sentiment.is_some());
            });
            assert!(n_scored > N_TEXTS * 9 / 10);
        });
    });
    let (model, weights) = (Model::shipped().expect("the shipped model"), WordWeights::default());
    group.bench_function("words, vectors", |bench| {
        let (mut embedder, mut vector) = (Embedder::new(&model, &weights), Vector::default());
        bench.iter(|| {
            let mut n_vectors = 0;
            each(&texts, &mut table, &mut tokens, |verbatim| {
                n_vectors += verbatim.clauses.iter().filter(|clause| embedder.clause(verbatim, clause, &mut vector)).count();
            });
            assert!(n_vectors > N_TEXTS);
        });
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
