//! Themes: the same whatever the order, lasting, readable.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};

use outspoken::config::ThemeSettings;
use outspoken::stage::embed::{Embedder, Model, Vector};
use outspoken::stage::theme::Assigner;
use outspoken::text::{Tokens, Verbatim, WordTable};
use outspoken::theme::{Growth, Month, Origin, Registry, Sampler, text_hash};

const JANUARY: Month = 20_454;
const FEBRUARY: Month = 20_485;
const MARCH: Month = 20_513;

fn grow(registry: &mut Registry, model: &Model, month: Month, texts: &[String], settings: &ThemeSettings) -> Growth {
    let mut sampler = Sampler::new(50_000);
    texts.iter().for_each(|text| sampler.see(text_hash(text), text));
    registry.grow(month, &sampler.finish(), model, settings).unwrap()
}

/// The label of the theme nearest to the first clause of each text; none: near none.
fn labels(registry: &Registry, model: &Model, texts: &[&str]) -> Vec<Option<String>> {
    let mut assigning = Assigning::new(registry, model);
    texts.iter().map(|text| assigning.primary(text).map(|theme| registry.themes()[theme].label.clone())).collect()
}

struct Assigning<'r> {
    embedder: Embedder<'r>,
    assigner: Assigner<'r>,
    tokens: Tokens,
    table: WordTable,
}

impl<'r> Assigning<'r> {
    fn new(registry: &'r Registry, model: &'r Model) -> Self {
        Self {
            embedder: Embedder::new(model, registry.weights()),
            assigner: Assigner::new(registry),
            tokens: Tokens::default(),
            table: WordTable::default(),
        }
    }

    /// The theme that most of a text is about: of its clauses near a theme the sum of similarity times length.
    fn primary(&mut self, text: &str) -> Option<usize> {
        self.tokens.cut(text, &mut self.table);
        let verbatim = Verbatim { text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language: "en" };
        let mut votes: BTreeMap<usize, f32> = BTreeMap::new();
        for clause in &self.tokens.clauses {
            let mut vector = Vector::default();
            if !self.embedder.clause(&verbatim, clause, &mut vector) {
                continue;
            }
            if let Some(nearest) = self.assigner.nearest(&vector).filter(|nearest| nearest.near) {
                *votes.entry(nearest.theme).or_default() += nearest.similarity * vector.length();
            }
        }
        votes.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(theme, _)| theme)
    }
}

/// A few hundred made-up answers about things that the taxonomy knows and one that it does not.
fn answers(n: usize) -> Vec<String> {
    let subjects =
        ["the bill", "my invoice", "the monthly statement", "the agent", "your support team", "the parcel", "my order", "the website"];
    let verbs =
        ["was wrong", "arrived late", "was very friendly", "kept crashing", "was hard to understand", "had a mistake", "took three weeks"];
    (0..n)
        .map(|i| format!("{} {} {}", subjects[i % 8], verbs[i / 8 % 7], ["again", "this time", "as always", "since March"][i / 56 % 4]))
        .collect()
}

fn garden(n: usize) -> Vec<String> {
    let plants = ["tomato seeds", "rose bushes", "tulip bulbs", "fruit trees", "herb plants", "lawn seed"];
    let fates = ["never sprouted", "died after planting", "were full of aphids", "grew beautifully", "did not germinate in my garden"];
    (0..n)
        .map(|i| format!("the {} {} {}", plants[i % 6], fates[i / 6 % 5], ["sadly", "this spring", "in the greenhouse"][i / 30 % 3]))
        .collect()
}

#[test]
fn a_shuffled_month_gives_the_same_registry_to_the_byte() {
    let model = Model::shipped().unwrap();
    let saved = [false, true].map(|shuffled| {
        let mut texts = [answers(200), garden(60)].concat();
        if shuffled {
            texts.reverse();
            texts.rotate_left(97);
        }
        let mut registry = Registry::empty(&model.fingerprint());
        grow(&mut registry, &model, JANUARY, &texts, &ThemeSettings::default());
        let folder = tempfile::tempdir().unwrap();
        registry.save(folder.path()).unwrap();
        assert_eq!(Registry::open(folder.path()).unwrap().unwrap(), registry);
        ["registry.json", "words.json", "residual.jsonl"].map(|name| fs_err::read(folder.path().join(name)).unwrap())
    });
    assert_eq!(saved[0], saved[1]);
}

#[test]
fn known_themes_last_and_a_new_subject_is_found_in_its_month() {
    let model = Model::shipped().unwrap();
    let settings = ThemeSettings::default();
    let mut registry = Registry::empty(&model.fingerprint());
    assert!(registry.needs(FEBRUARY));
    grow(&mut registry, &model, JANUARY, &answers(200), &settings);
    let before = registry.clone();

    let growth = grow(&mut registry, &model, FEBRUARY, &[answers(180), garden(90)].concat(), &settings);
    assert!(!growth.born.is_empty(), "{growth:?}");
    for (was, is) in before.themes().iter().zip(registry.themes()) {
        assert_eq!((&was.id, &was.label, &was.centroid, was.threshold), (&is.id, &is.label, &is.centroid, is.threshold));
    }
    let born = &registry.themes()[growth.born[0].theme];
    assert_eq!((born.origin, born.first_month), (Origin::Discovered, Some(FEBRUARY)));
    let found = labels(&registry, &model, &["the tomato seeds never sprouted"]);
    assert!(growth.born.iter().any(|born| found[0].as_ref() == Some(&registry.themes()[born.theme].label)), "{found:?}");

    let grown = registry.clone();
    assert!(!registry.needs(FEBRUARY) && !registry.needs(JANUARY) && registry.needs(MARCH));
    grow(&mut registry, &model, FEBRUARY, &garden(90), &settings);
    assert_eq!(registry, grown, "a logged month is only assigned");
    let growth = grow(&mut registry, &model, MARCH, &[answers(100), garden(60)].concat(), &settings);
    let born: Vec<_> = growth.born.iter().map(|born| (&registry.themes()[born.theme].label, born.n_clauses)).collect();
    assert!(born.is_empty() && registry.version() == grown.version(), "{born:?}");
}

#[test]
fn a_month_of_ten_comments_brings_no_theme_of_its_own() {
    let model = Model::shipped().unwrap();
    let mut registry = Registry::empty(&model.fingerprint());
    let growth = grow(&mut registry, &model, JANUARY, &answers(10), &ThemeSettings::default());
    assert!(growth.born.is_empty());
    let found = labels(
        &registry,
        &model,
        &["I was on hold for forty minutes", "thank you for your help", "xyzzy", "the agent was very rude to me", "my bill is wrong"],
    );
    assert_eq!(found, [Some("hold times"), None, None, Some("rude staff"), Some("billing errors")].map(|l| l.map(str::to_owned)));
}

#[test]
fn an_empty_month_and_no_taxonomy_do_no_harm() {
    let model = Model::shipped().unwrap();
    let mut registry = Registry::empty(&model.fingerprint());
    let settings = ThemeSettings { seeds: Some(Vec::new()), ..ThemeSettings::default() };
    grow(&mut registry, &model, JANUARY, &[], &settings);
    assert!(registry.themes().is_empty());
    assert_eq!(labels(&registry, &model, &["the bill"]), [None]);
}

#[test]
fn generated_complaints_of_one_kind_get_one_theme() {
    let model = Model::shipped().unwrap();
    let labelled = labelled();
    let texts: Vec<String> = labelled.iter().map(|(_, text)| text.clone()).collect();
    let mut registry = Registry::empty(&model.fingerprint());
    let settings = ThemeSettings { max: Some(5), seeds: Some(Vec::new()), model: None };
    grow(&mut registry, &model, JANUARY, &texts, &settings);
    let mut assigning = Assigning::new(&registry, &model);
    let mut counts: BTreeMap<usize, BTreeMap<Option<usize>, usize>> = BTreeMap::new();
    for (kind, text) in &labelled {
        *counts.entry(*kind).or_default().entry(assigning.primary(text)).or_default() += 1;
    }
    for (kind, themes) in &counts {
        let (theme, most) = themes.iter().max_by_key(|(_, n)| **n).unwrap();
        assert!(theme.is_some(), "kind {kind} is in no theme");
        assert!(most * 100 >= themes.values().sum::<usize>() * 80, "kind {kind}: {themes:?}");
    }
    let themes: Vec<_> = counts.values().map(|themes| themes.iter().max_by_key(|(_, n)| **n).unwrap().0).collect();
    assert_eq!(themes.iter().collect::<BTreeSet<_>>().len(), counts.len(), "{themes:?}");
}

/// Sentences of five kinds, 60 of each, with the number of their kind.
fn labelled() -> Vec<(usize, String)> {
    let kinds: [[&[&str]; 3]; 5] = [
        [
            &["the router", "my modem", "the wifi box"],
            &["drops the connection", "loses its signal", "keeps restarting", "has no internet"],
            &["every evening", "all day", "since the update", "upstairs", "twice an hour"],
        ],
        [
            &["the chicken", "my steak", "the soup"],
            &["was cold", "tasted awful", "was undercooked", "had no flavour"],
            &["at dinner", "when it was served", "in the restaurant", "despite the menu", "again"],
        ],
        [
            &["my flight", "the plane", "our connecting flight"],
            &["was delayed", "was cancelled", "left late", "took off behind schedule"],
            &["in Denver", "without any notice", "because of the weather", "for three hours", "at the gate"],
        ],
        [
            &["the dress", "this skirt", "the blouse"],
            &["runs small", "is too tight", "does not fit", "is cut too wide"],
            &["at the waist", "in the shoulders", "in my usual size", "across the chest", "around the hips"],
        ],
        [
            &["my password", "the login", "the account access"],
            &["does not work", "was locked", "has to be reset", "is rejected"],
            &["on the website", "in the app", "every time", "after signing in", "with the new code"],
        ],
    ];
    let mut all = Vec::new();
    for (kind, [things, faults, ends]) in kinds.iter().enumerate() {
        for thing in *things {
            for fault in *faults {
                all.extend(ends.iter().map(|end| (kind, format!("{thing} {fault} {end}"))));
            }
        }
    }
    all
}
