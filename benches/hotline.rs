//! What do HOTLINE rules cost on top of the token pass?
//!
//! Generated complaints of about 815 characters with words in Zipf's proportions; 50, 500, 2,000 and 7,500
//! generated rules, and the shipped ones. Prints seconds of one thread for each GB of text and how many hits
//! there were. `cargo bench --bench hotline`.

use std::time::Instant;

use outspoken::stage::hotline::{Facts, Hit, Matcher, Rules};
use outspoken::text::{Tokens, Verbatim, WordTable};

const N_WORDS: usize = 30_000;
const TEXT_BYTES: usize = 40_000_000;

/// A linear congruential generator: the same numbers everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    /// A rank in Zipf's proportions: word r about 1/r as often as the first.
    fn zipf(&mut self) -> usize {
        let u = self.next(1_000_000) as f64 / 1_000_000.0;
        libm::exp(u * libm::log(N_WORDS as f64)) as usize - 1
    }
}

/// Word r of the made-up language: common ones are short.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 16] = ["ta", "re", "mi", "so", "lu", "ken", "dor", "ba", "vi", "nel", "po", "ra", "stu", "gi", "mon", "fe"];
    let (mut rest, mut out) = (rank + 1, String::new());
    while rest > 0 {
        out.push_str(SYLLABLES[rest % 16]);
        rest /= 16;
    }
    out
}

fn texts(words: &[String]) -> Vec<String> {
    let (mut numbers, mut out, mut size) = (Numbers(7), Vec::new(), 0);
    while size < TEXT_BYTES {
        let mut text = String::with_capacity(900);
        let (mut n, mut until) = (0, 8);
        while text.len() < 815 {
            text.push_str(&words[numbers.zipf()]);
            n += 1;
            if n == until {
                text.push('.');
                until += 6 + numbers.next(14);
            }
            text.push(' ');
        }
        size += text.len();
        out.push(text);
    }
    out
}

/// Rules as people write them: words, phrases, stems, wildcards, NEAR and BEFORE. Their rarest words are those that
/// stand at ranks 300 to 20,000, as the words of shipped rules do in complaints; common ones stand beside them.
fn rules(n: usize, words: &[String]) -> Rules {
    let mut numbers = Numbers(11);
    let mut text = String::new();
    for i in 0..n {
        let mut rare = || words[300 + numbers.next(19_700)].clone();
        let (a, b, c) = (rare(), rare(), rare());
        let common = &words[numbers.next(100)];
        let expression = match i % 6 {
            0 => a,
            1 => format!("\"{common} {a}\" OR \"{a} {common}\""),
            2 => format!("stem:{a} NEAR/5 ({b} OR {c} OR {common})"),
            3 => format!("\"{common} [{b}] {a}|{c}\""),
            4 => format!("({a} OR {b}) BEFORE/6 {common} AND NOT {c}"),
            _ => format!("{a}* OR {b}~1 OR 2 of ({a}, {b}, {c})").replace("~1", if b.len() < 6 { "" } else { "~1" }),
        };
        text.push_str(&format!("[[rule]]\nid = 'r{i}'\nversion = 1\ncategory = 'own'\nroute = 'care'\nseverity = 3\nrespond_within = '24h'\nmatch = '''{expression}'''\n"));
    }
    Rules::load(&[("generated.toml".to_owned(), text)]).expect("generated rules are written right")
}

/// Seconds that this thread has computed: a busy machine does not count.
fn cpu_seconds() -> f64 {
    let text = fs_err::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(f64::NAN, |ns| ns / 1e9)
}

/// Seconds for each GB, and hits. The first of two passes is not counted: each distinct word is asked of the rules once, and these
/// 40 MB have as many as a GB would have.
fn run(texts: &[String], rules: Option<&Rules>) -> (f64, usize) {
    let (mut table, mut tokens, mut hits) = (WordTable::default(), Tokens::default(), Vec::<Hit>::new());
    let mut matcher = rules.map(Matcher::new);
    let n_bytes: usize = texts.iter().map(String::len).sum();
    let mut pass = || {
        let (start, mut n_hits) = (cpu_seconds(), 0);
        for text in texts {
            tokens.cut(text, &mut table);
            let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "en" };
            if let Some(matcher) = &mut matcher {
                matcher.matches(&verbatim, &Facts::default(), &mut hits);
                n_hits += hits.len();
            }
        }
        ((cpu_seconds() - start) * 1e9 / n_bytes as f64, n_hits)
    };
    pass();
    pass()
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let words: Vec<String> = (0..N_WORDS).map(word).collect();
    let texts = texts(&words);
    let best = |rules: Option<&Rules>| {
        let runs: Vec<(f64, usize)> = (0..2).map(|_| run(&texts, rules)).collect();
        runs.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("two runs")
    };
    let (tokens, _) = best(None);
    println!("{} texts, tokens {tokens:.2} s/GB", texts.len());
    for n in [50, 500, 2_000, 7_500] {
        let start = Instant::now();
        let rules = rules(n, &words);
        let compiled = start.elapsed();
        let (seconds, n_hits) = best(Some(&rules));
        println!("{n:5} rules: {:.2} s/GB more, hits={n_hits}, compiled in {compiled:.2?}", seconds - tokens);
    }
    let start = Instant::now();
    let shipped = Rules::shipped().expect("the shipped rules are right");
    let compiled = start.elapsed();
    let (seconds, n_hits) = best(Some(&shipped));
    println!("shipped ({}): {:.2} s/GB more, hits={n_hits}, compiled in {compiled:.2?}", shipped.rules().len(), seconds - tokens);
    // Real complaints, when a file of them is named: one text a line.
    if let Some(path) = std::env::args().nth(1).filter(|arg| !arg.starts_with('-')) {
        let text = fs_err::read_to_string(path).expect("the file named can be read");
        let texts: Vec<String> = text.lines().map(str::to_owned).collect();
        let texts: Vec<String> = texts.iter().cycle().take(texts.len() * 10).cloned().collect();
        let (tokens, _) = run(&texts, None);
        let (seconds, n_hits) = run(&texts, Some(&shipped));
        println!("named file, shipped rules: tokens {tokens:.2} s/GB, {:.2} s/GB more, hits={n_hits}", seconds - tokens);
    }
}
