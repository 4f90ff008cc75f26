//! Where do rules match, by definition and without haste?
//!
//! The slow twin of [`super::matcher`], [`super::program`] and [`super::evaluate`] for tests: every sequence is
//! tried at every word, every operand against every other.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;

use super::assertion::{self, Assertion, Manner};
use super::cues::{Cue, cue};
use super::evaluate::Span;
use super::expression::{Expr, Leaf, Relation};
use super::matcher::{regex_spans, unit_at};
use super::words::{Slot, forms};
use super::{Facts, Hit, Matcher, Rules, regexes};
use crate::text::{Tokens, Verbatim, WordId, WordTable};

struct Naive<'a> {
    verbatim: Verbatim<'a>,
    forms: Vec<Vec<String>>,
}

impl Naive<'_> {
    fn spans(&self, expr: &Expr<Leaf>, unit: &Range<u32>) -> BTreeSet<Span> {
        let of = |expr: &Expr<Leaf>| self.spans(expr, unit);
        let hull = |a: &Span, b: &Span| Span { start: a.start.min(b.start), end: a.end.max(b.end) };
        match expr {
            Expr::Leaf(leaf) => self.leaf(leaf, unit),
            Expr::Or(members) => members.iter().flat_map(of).collect(),
            Expr::Not(_) => BTreeSet::new(),
            Expr::And(members) => {
                let (absent, present): (Vec<_>, Vec<_>) = members.iter().partition(|member| matches!(member, Expr::Not(_)));
                let is_there = |member: &&Expr<Leaf>| matches!(member, Expr::Not(inside) if !of(inside).is_empty());
                let present: Vec<BTreeSet<Span>> = present.into_iter().map(of).collect();
                if absent.iter().any(is_there) || present.iter().any(BTreeSet::is_empty) {
                    return BTreeSet::new();
                }
                let join = |found: BTreeSet<Span>, next: BTreeSet<Span>| {
                    let nearest = |a: &Span| *next.iter().min_by_key(|b| (a.start.abs_diff(b.start), b.start, b.end)).unwrap();
                    found.iter().map(|a| hull(a, &nearest(a))).collect()
                };
                present.into_iter().reduce(join).unwrap()
            }
            Expr::AtLeast(k, members) => {
                let mut firsts: Vec<Span> = members.iter().filter_map(|member| of(member).first().copied()).collect();
                firsts.sort();
                if firsts.len() < *k {
                    BTreeSet::new()
                } else {
                    firsts[..*k].iter().copied().reduce(|a, b| hull(&a, &b)).into_iter().collect()
                }
            }
            Expr::Pair(left, relation, n, right) => {
                let (left, right) = (of(left), of(right));
                let before = |a: &Span, b: &Span| b.start >= a.end && b.start - a.end <= *n;
                let near = |a: &Span, b: &Span| before(a, b) || before(b, a);
                let touches = |a: &Span, b: &Span| near(a, b) || a.overlaps(*b);
                match relation {
                    Relation::NotNear => left.into_iter().filter(|a| !right.iter().any(|b| touches(a, b))).collect(),
                    Relation::Near => left.iter().flat_map(|a| right.iter().filter(|b| near(a, b)).map(|b| hull(a, b))).collect(),
                    Relation::Before => left.iter().flat_map(|a| right.iter().filter(|b| before(a, b)).map(|b| hull(a, b))).collect(),
                }
            }
        }
    }

    fn leaf(&self, leaf: &Leaf, unit: &Range<u32>) -> BTreeSet<Span> {
        let sequences = match leaf {
            Leaf::Regex(pattern) => {
                return regex_spans(&regexes::build(pattern).unwrap(), &self.verbatim, unit.clone()).into_iter().collect();
            }
            Leaf::Words(sequences) => sequences,
        };
        let fits = |slot: &Slot, word: u32| match slot {
            Slot::Any => true,
            Slot::OneOf(patterns) => patterns.iter().any(|pattern| pattern.matches(&self.forms[word as usize])),
        };
        let mut found = BTreeSet::new();
        for slots in sequences {
            for start in unit.clone() {
                let end = start + slots.len() as u32;
                if end <= unit.end && slots.iter().zip(start..end).all(|(slot, word)| fits(slot, word)) {
                    found.insert(Span { start, end });
                }
            }
        }
        found
    }
}

/// Of each chain of overlapping spans the longest, the first of those as long.
fn collapse(spans: &BTreeSet<Span>) -> Vec<Span> {
    let mut chains: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        match chains.last_mut() {
            Some(chain) if chain.iter().any(|other| other.overlaps(*span)) => chain.push(*span),
            _ => chains.push(vec![*span]),
        }
    }
    chains.iter().map(|chain| *chain.iter().min_by_key(|span| (std::cmp::Reverse(span.end - span.start), span.start)).unwrap()).collect()
}

/// The leaves that a span of an expression can hold.
fn leaves<'e>(expr: &'e Expr<Leaf>, out: &mut Vec<&'e Leaf>) {
    match expr {
        Expr::Leaf(leaf) => out.push(leaf),
        Expr::Not(_) => {}
        Expr::And(members) | Expr::Or(members) | Expr::AtLeast(_, members) => members.iter().for_each(|member| leaves(member, out)),
        Expr::Pair(left, Relation::NotNear, ..) => leaves(left, out),
        Expr::Pair(left, _, _, right) => [left, right].into_iter().for_each(|side| leaves(side, out)),
    }
}

/// What is compared of a hit: start, end and rule, whether an `unless` pre-empts it, its assertion and the cue of that.
type Told = (u32, u32, u32, bool, Assertion, Option<(u32, u32)>);

/// Every hit of the naive way, in the order of the fast one.
fn naive_hits(rules: &Rules, verbatim: Verbatim<'_>) -> Vec<Told> {
    let naive = Naive { verbatim, forms: verbatim.words.iter().map(|word| forms(verbatim.folded(word))).collect() };
    let words = (0..verbatim.table.len()).map(|id| forms(verbatim.table.folded(WordId(id as u32))).remove(0));
    let cues: Vec<Cue> = words.map(|word| cue(&word, verbatim.language)).collect();
    let bytes = |span: Span| (verbatim.words[span.start as usize].start_byte, verbatim.words[span.end as usize - 1].end_byte);
    let mut out = Vec::new();
    for (i, rule) in rules.rules().iter().enumerate() {
        if rule.language.as_deref().is_some_and(|own| own != verbatim.language) {
            continue;
        }
        let mut own = Vec::new();
        leaves(&rule.parsed, &mut own);
        let mut word = 0;
        while let Some(unit) = unit_at(rule.scope, verbatim.clauses, word) {
            word = unit.end;
            let unless: Vec<Span> = rule.parsed_unless.iter().flat_map(|expr| naive.spans(expr, &unit)).collect();
            let held: Vec<Span> = own.iter().flat_map(|leaf| naive.leaf(leaf, &unit)).collect();
            let covered = |word: u32| held.iter().any(|span| (span.start..span.end).contains(&word));
            for span in collapse(&naive.spans(&rule.parsed, &unit)) {
                let manner = Manner { cannot: rule.cannot, subject: rule.subject };
                let (assertion, cue) = assertion::slowly(&verbatim, &cues, span, &covered, manner);
                let (start, end) = bytes(span);
                out.push((start, end, i as u32, unless.iter().any(|other| other.overlaps(span)), assertion, cue.map(bytes)));
            }
        }
    }
    out.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| rules.rules()[a.2 as usize].id.cmp(&rules.rules()[b.2 as usize].id)));
    out
}

fn leaf() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("cancel"),
        Just("account"),
        Just("can't"),
        Just("i'll"),
        Just("never"),
        Just("leave"),
        Just("é"),
        Just("my"),
        Just("cancel*!cancelled"),
        Just("*count*"),
        Just("stem:leave"),
        Just("account~1"),
        Just("cancel~1"),
        Just("n?ver"),
        Just("going_to|will"),
        Just("😡")
    ];
    let item =
        prop_oneof![4 => word.clone().prop_map(str::to_owned), 1 => word.clone().prop_map(|w| format!("[{w}]")), 1 => Just("_".to_owned())];
    prop_oneof![
        3 => word.clone().prop_filter("belongs in a phrase", |w| !w.contains(['_', '|'])).prop_map(str::to_owned),
        3 => (word, proptest::collection::vec(item, 0..3)).prop_map(|(first, rest)| format!("\"{first} {}\"", rest.join(" ")).replace(" _\"", "\"").replace(" _\"", "\"")),
        1 => prop_oneof![Just(r"/can(cel|'t)\s+\w+/"), Just(r"/accounts?[!.]+/"), Just("/l+eav/"), Just("/!!+/")].prop_map(str::to_owned),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND NOT {b})")),
            (inner.clone(), 0..5_u32, inner.clone()).prop_map(|(a, n, b)| format!("({a} NEAR/{n} {b})")),
            (inner.clone(), 0..5_u32, inner.clone()).prop_map(|(a, n, b)| format!("({a} BEFORE/{n} {b})")),
            (inner.clone(), 0..5_u32, inner.clone()).prop_map(|(a, n, b)| format!("({a} NOTNEAR/{n} {b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("2 of ({a}, {b}, {c})")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("cancel"),
        Just("cancelled"),
        Just("canel"),
        Just("CANCELLLL"),
        Just("account"),
        Just("acount"),
        Just("accounts"),
        Just("can't"),
        Just("can not"),
        Just("ca n’t"),
        Just("I’ll"),
        Just("I will"),
        Just("never"),
        Just("neverrr"),
        Just("leave"),
        Just("leaving"),
        Just("É"),
        Just("my"),
        Just("going to"),
        Just("but"),
        Just("😡"),
        Just("if"),
        Just("until"),
        Just("or"),
        Just("used to"),
        Just("my sister"),
        Just("they"),
        Just("no"),
        Just("other")
    ];
    let gap = prop_oneof![6 => Just(" "), 1 => Just(", "), 1 => Just(". "), 1 => Just("! "), 1 => Just("!!! "), 1 => Just("; "), 1 => Just("\n\n")];
    proptest::collection::vec((word, gap), 0..25).prop_map(|parts| parts.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

fn rules_text(expressions: &[String]) -> String {
    let scopes = ["clause", "sentence", "verbatim"];
    let one = |(i, expression): (usize, &String)| {
        let head = "version = 1\ncategory = 'own'\nroute = 'care'\nseverity = 3\nrespond_within = '24h'\n";
        // Every second rule is pre-empted by the expression of the one before.
        let unless = i.checked_sub(1).filter(|_| i % 2 == 1).map_or(String::new(), |k| format!("unless = ['''{}''']\n", expressions[k]));
        // Some are for one language.
        let language = ["", "", "language = 'en'\n", "language = 'es'\n"][i % 4];
        format!("[[rule]]\nid = 'r{i}'\n{head}{language}scope = '{}'\nmatch = '''{expression}'''\n{unless}", scopes[i % 3])
    };
    expressions.iter().enumerate().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_matcher_agrees_with_the_naive_one(expressions in proptest::collection::vec(expression(), 1..7), texts in proptest::collection::vec(text(), 1..4)) {
        let Ok(rules) = Rules::load(&[("own.toml".to_owned(), rules_text(&expressions))]) else {
            // Too costly, or a phrase of optional words only.
            return Ok(());
        };
        let mut matcher = Matcher::new(&rules);
        let (mut table, mut tokens, mut hits) = (WordTable::default(), Tokens::default(), Vec::<Hit>::new());
        for (text, language) in texts.iter().zip(["en", "es", "und"]) {
            tokens.cut(text, &mut table);
            let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language };
            matcher.matches(&verbatim, &Facts::default(), &mut hits);
            let is_unless = |hit: &Hit| matches!(hit.suppressed_by, Some(super::Suppressed::Unless(_)));
            let fast: Vec<_> = hits.iter().map(|hit| (hit.start_byte, hit.end_byte, hit.rule, is_unless(hit), hit.assertion, hit.cue)).collect();
            prop_assert_eq!(fast, naive_hits(&rules, verbatim), "{:?} {:?}", expressions, text);
        }
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        static RULES: std::sync::LazyLock<Rules> = std::sync::LazyLock::new(|| Rules::shipped().unwrap());
        let mut matcher = Matcher::new(&RULES);
        let (mut table, mut tokens, mut hits) = (WordTable::default(), Tokens::default(), Vec::<Hit>::new());
        tokens.cut(&text, &mut table);
        for language in ["en", "es", "und"] {
            let verbatim = Verbatim { text: &text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language };
            matcher.matches(&verbatim, &Facts::default(), &mut hits);
            for hit in &hits {
                prop_assert!(text.get(hit.start_byte as usize..hit.end_byte as usize).is_some());
            }
        }
    }
}

#[test]
fn hostile_texts_end_soon() {
    let rules = Rules::shipped().unwrap();
    let mut matcher = Matcher::new(&rules);
    let (mut table, mut tokens, mut hits) = (WordTable::default(), Tokens::default(), Vec::<Hit>::new());
    let texts = [
        "cancel my account ".repeat(5_000),
        "x".repeat(1 << 20),
        "never ".repeat(10_000),
        "on hold hours ".repeat(5_000),
        "can't".repeat(20_000),
        "😡".repeat(10_000),
    ];
    for text in &texts {
        tokens.cut(text, &mut table);
        let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "en" };
        matcher.matches(&verbatim, &Facts::default(), &mut hits);
        assert!(hits.len() <= tokens.words.len());
    }
}
