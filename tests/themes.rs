//! Themes: the same whatever the order, lasting, readable.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

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

/// Figures on real data, where it lies beside the project; they are read, and held to a loose floor.
#[expect(clippy::print_stderr, reason = "the figures are what one runs this for")]
mod quality {
    use super::*;

    fn data() -> Option<PathBuf> {
        let named = std::env::var_os("OUTSPOKEN_SHARED_DATA").map(PathBuf::from);
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        named.or(Some(beside)).filter(|folder| folder.exists())
    }

    fn rows(file: &Path) -> (Vec<String>, Vec<Vec<String>>) {
        let text = String::from_utf8_lossy(&fs_err::read(file).unwrap()).into_owned();
        let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => field.push(chars.next().unwrap()),
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut field)),
                '\n' if !quoted => {
                    row.push(std::mem::take(&mut field));
                    rows.push(std::mem::take(&mut row));
                }
                '\r' if !quoted => {}
                c => field.push(c),
            }
        }
        let header = rows.remove(0);
        rows.retain(|row| row.len() == header.len());
        (header, rows)
    }

    fn columns(file: &Path, names: [&str; 2]) -> Vec<(String, String)> {
        let (header, rows) = rows(file);
        let [text, label] = names.map(|name| header.iter().position(|h| h == name).unwrap());
        rows.into_iter().map(|row| (row[text].trim().replace("&amp;", "&"), row[label].clone())).filter(|row| !row.0.is_empty()).collect()
    }

    fn nmi<A: Ord + Clone, B: Ord + Clone>(a: &[A], b: &[B]) -> f64 {
        let n = a.len() as f64;
        let entropy = |counts: Vec<usize>| -> f64 { counts.iter().map(|c| -(*c as f64 / n) * (*c as f64 / n).ln()).sum() };
        let count = |keys: Vec<String>| -> Vec<usize> {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
            counts.into_values().collect()
        };
        let id = |all: Vec<usize>| all.into_iter().map(|i| i.to_string());
        let rank_a = ranks(a);
        let rank_b = ranks(b);
        let joint: Vec<String> = rank_a.iter().zip(&rank_b).map(|(a, b)| format!("{a}|{b}")).collect();
        let (ha, hb, hab) = (entropy(count(id(rank_a).collect())), entropy(count(id(rank_b).collect())), entropy(count(joint)));
        2.0 * (ha + hb - hab) / (ha + hb)
    }

    fn ranks<A: Ord + Clone>(of: &[A]) -> Vec<usize> {
        let mut sorted = of.to_vec();
        sorted.sort();
        sorted.dedup();
        of.iter().map(|value| sorted.binary_search(value).unwrap()).collect()
    }

    /// NMI of the texts' themes against their labels, texts without a theme as one class; the share without; themes.
    fn figures(name: &str, labelled: &[(String, String)], settings: &ThemeSettings) -> f64 {
        let model = Model::shipped().unwrap();
        let texts: Vec<String> = labelled.iter().map(|row| row.0.clone()).collect();
        let mut registry = Registry::empty(&model.fingerprint());
        let growth = grow(&mut registry, &model, JANUARY, &texts, settings);
        let mut assigning = Assigning::new(&registry, &model);
        let themes: Vec<Option<usize>> = texts.iter().map(|text| assigning.primary(text)).collect();
        let labels: Vec<&String> = labelled.iter().map(|row| &row.1).collect();
        let nmi = nmi(&themes, &labels);
        let without = themes.iter().filter(|theme| theme.is_none()).count() as f64 / themes.len() as f64;
        let active = registry.themes().iter().filter(|theme| theme.centroid.is_some()).count();
        eprintln!(
            "{name}: NMI {nmi:.3}, {without:.3} of texts without a theme, {active} themes, {} born, {} refused, {} of {} clauses near",
            growth.born.len(),
            growth.n_refused,
            growth.n_near,
            growth.n_clauses
        );
        let mut n: HashMap<usize, usize> = HashMap::new();
        growth.drift.iter().for_each(|drift| *n.entry(drift.theme).or_default() += drift.n_clauses);
        if let Some(show) = std::env::var("OUTSPOKEN_SHOW").ok().filter(|show| name.contains(show.as_str())) {
            let mut order: Vec<usize> = (0..registry.themes().len()).filter(|t| n.contains_key(t)).collect();
            order.sort_by_key(|t| std::cmp::Reverse(n[t]));
            for t in order {
                let theme = &registry.themes()[t];
                eprintln!(
                    "{:5} {} [{}] {:?} ({}) thr {:.2} | {} | e.g. {}",
                    n[&t],
                    theme.label,
                    theme.area.as_deref().unwrap_or("-"),
                    theme.origin,
                    show,
                    theme.threshold,
                    theme.keywords.join(", "),
                    theme.example.as_deref().unwrap_or_default().chars().take(110).collect::<String>()
                );
            }
        }
        nmi
    }

    #[test]
    fn on_labelled_data() {
        let Some(data) = data() else { return };
        let banking = columns(&data.join("banking77/train.csv"), ["text", "category"]);
        let airline = columns(&data.join("airline_tweets/Tweets.csv"), ["text", "negativereason"]);
        let airline: Vec<_> = airline.into_iter().filter(|row| !row.1.is_empty() && row.1 != "Can't Tell").collect();
        let complaints = columns(&data.join("cfpb_complaints/cfpb_narrative_product_company.csv"), ["complaints", "Product"]);
        let lounges = columns(&data.join("skytrax_lounge_reviews/lounge.csv"), ["content", "recommended"]);
        let none = || Some(Vec::new());
        let found = figures("banking77, at most 77, no taxonomy", &banking, &ThemeSettings { max: Some(77), seeds: none(), model: None });
        assert!(found > 0.6);
        figures("banking77, at most 77", &banking, &ThemeSettings { max: Some(77), ..ThemeSettings::default() });
        figures("banking77", &banking, &ThemeSettings::default());
        figures("airline, at most 10, no taxonomy", &airline, &ThemeSettings { max: Some(10), seeds: none(), model: None });
        let found = figures("airline, at most 20, no taxonomy", &airline, &ThemeSettings { max: Some(20), seeds: none(), model: None });
        assert!(found > 0.1);
        figures("airline", &airline, &ThemeSettings::default());
        figures("complaints", &complaints, &ThemeSettings::default());
        figures("lounges", &lounges, &ThemeSettings::default());
    }
}
