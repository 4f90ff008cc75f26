//! Themes: the same whatever the order, lasting, readable.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray as _;
use outspoken::config::ThemeSettings;
use outspoken::runner::{RefitOptions, SyncOptions, SyncOutcome, ThemeDesk, refit, sync};
use outspoken::schema::{CLAUSE, THEME, THEME_MONTH, VERBATIM};
use outspoken::sink::{Version, read_table};
use outspoken::stage::embed::{Embedder, Model, Usage, Vector};
use outspoken::stage::theme::Assigner;
use outspoken::text::{Tokens, Verbatim, WordTable};
use outspoken::theme::{Edit, Growth, Month, Origin, Registry, Sampler, text_hash};

use crate::support::{AS_OF, Place};

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
            embedder: Embedder::new(model, registry.usage()),
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

#[test]
fn few_themes_that_are_allowed_are_wide_ones() {
    let model = Model::shipped().unwrap();
    let texts: Vec<String> = labelled().into_iter().map(|(_, text)| text).collect();
    let [narrow, wide] = [5, 3].map(|max| {
        let mut registry = Registry::empty(&model.fingerprint());
        let settings = ThemeSettings { max: Some(max), seeds: Some(Vec::new()), model: None };
        let growth = grow(&mut registry, &model, JANUARY, &texts, &settings);
        assert_eq!(growth.born.len(), max, "{growth:?}");
        assert!(growth.n_near * 10 >= growth.n_clauses * 9, "{growth:?}");
        registry.themes().iter().map(|theme| theme.threshold).fold(1.0, f32::min)
    });
    // Of so few clauses .39 is the least where the number is found.
    assert!(narrow >= 0.39 && wide < 0.39, "{narrow} {wide}");
}

#[test]
fn words_mean_what_the_corpus_uses_them_for() {
    let model = Model::shipped().unwrap();
    let texts: Vec<String> = labelled().into_iter().map(|(_, text)| text).collect();
    let mut registry = Registry::empty(&model.fingerprint());
    grow(&mut registry, &model, JANUARY, &texts, &ThemeSettings { max: None, seeds: Some(Vec::new()), model: None });
    let similarity = |usage: &Usage| {
        let (mut embedder, mut tokens, mut table) = (Embedder::new(&model, usage), Tokens::default(), WordTable::default());
        let [a, b] = ["router", "restarting"].map(|text| {
            tokens.cut(text, &mut table);
            let verbatim = Verbatim { text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "en" };
            let mut vector = Vector::default();
            assert!(embedder.clause(&verbatim, &tokens.clauses[0], &mut vector));
            vector
        });
        a.similarity(&b)
    };
    let (everywhere, here) = (similarity(&Usage::default()), similarity(registry.usage()));
    assert!(here > everywhere + 0.1, "{everywhere} {here}");
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

/// A month of answers as CSV rows; `plants`: how many are about the garden.
fn month_file(month: &str, n: usize, plants: usize) -> String {
    let mut rows = "id,date,comment,share_consent\n".to_owned();
    for (i, text) in answers(n).into_iter().chain(garden(plants)).enumerate() {
        let consent = ["named", "aggregate_only", "anonymous"][i % 3];
        rows.push_str(&format!("{month}-{i},{month}-05,{text},{consent}\n"));
    }
    rows
}

/// Label and status of each theme, with the clauses of all months, by id.
fn themes_of(place: &Place) -> BTreeMap<String, (String, String, i64)> {
    let version = Version::current(&place.out()).unwrap().unwrap();
    let mut themes = BTreeMap::new();
    for batch in read_table(&version, &THEME, None, None).unwrap() {
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>();
        for i in 0..batch.num_rows() {
            let [id, label, status] = ["theme_id", "label", "status"].map(|name| text(name).value(i).to_owned());
            themes.insert(id, (label, status, 0));
        }
    }
    for month in version.months(&CLAUSE).unwrap() {
        for batch in read_table(&version, &CLAUSE, Some(month), None).unwrap() {
            for id in batch.column_by_name("theme_id").unwrap().as_string::<i32>().iter().flatten() {
                themes.get_mut(id).unwrap().2 += 1;
            }
        }
    }
    themes
}

fn edit(place: &Place, theme: &str, edit: &Edit) -> i64 {
    ThemeDesk::open(&place.out()).unwrap().save(theme, edit, 1, Some("eve")).unwrap()
}

fn sync_now(place: &Place) -> SyncOutcome {
    let mut options = SyncOptions::new(place.out());
    options.as_of = AS_OF.parse().unwrap();
    sync(&options).unwrap()
}

/// Bytes of the row and figure tables of a place, for comparing two ways to the same state.
fn tables(place: &Place) -> BTreeMap<String, Vec<String>> {
    let version = Version::current(&place.out()).unwrap().unwrap();
    let mut all = BTreeMap::new();
    for table in [&CLAUSE, &VERBATIM, &THEME, &THEME_MONTH] {
        let months = version.months(table).unwrap();
        let months: Vec<_> = if months.is_empty() { vec![None] } else { months.into_iter().map(Some).collect() };
        for month in months {
            let rows = read_table(&version, table, month, None).unwrap();
            all.insert(format!("{} {month:?}", table.name), rows.iter().map(|batch| format!("{batch:?}")).collect());
        }
    }
    all
}

#[test]
fn what_people_change_survives_further_months_and_comes_back_with_undo() {
    let place = Place::new();
    for (month, plants) in [("2026-01", 0), ("2026-02", 90)] {
        place.write(&format!("{month}.csv"), month_file(month, 180, plants));
        place.run(&[&format!("{month}.csv")]);
    }
    let first = themes_of(&place);
    let found: Vec<_> =
        first.values().filter(|(label, ..)| ["seed", "garden", "plant", "lawn", "tree"].iter().any(|w| label.contains(w))).collect();
    assert!(!found.is_empty(), "the planted theme is found in its month: {first:?}");
    let unchanged = tables(&place);

    let mut by_size: Vec<_> = first.iter().map(|(id, (_, _, n))| (*n, id.clone())).collect();
    by_size.sort();
    let [(n_bills, bills), (n_errors, errors)] = [1, 2].map(|i| by_size[by_size.len() - i].clone());
    assert!(n_bills > 0 && n_errors > 0, "{first:?}");
    edit(&place, &errors, &Edit::Rename { label: "bills that are wrong".into() });
    let merged = edit(&place, &bills, &Edit::Merge { into: errors.clone() });
    assert!(sync_now(&place).run_id.is_some());
    assert!(sync_now(&place).run_id.is_none(), "nothing more to do");
    let after = themes_of(&place);
    assert_eq!((after[&bills].1.as_str(), after[&bills].2), ("merged", 0));
    assert_eq!((after[&errors].0.as_str(), after[&errors].2), ("bills that are wrong", n_bills + n_errors));

    for month in ["2026-03", "2026-04"] {
        place.write(&format!("{month}.csv"), month_file(month, 180, 30));
        place.run(&[&format!("{month}.csv")]);
        let now = themes_of(&place);
        assert_eq!((now[&bills].2, now[&errors].0.as_str()), (0, "bills that are wrong"));
        for (id, (label, ..)) in &after {
            assert_eq!(now[id].0, *label, "{id} keeps its name");
        }
    }
    // Taken back and made again: every table is as it was.
    let (newest, themes_before_undo) = (tables(&place), themes_of(&place));
    edit(&place, &bills, &Edit::Undo { event: merged });
    sync_now(&place);
    let back = themes_of(&place);
    assert_eq!((back[&bills].1.as_str(), back[&bills].2 > n_bills), ("active", true));
    assert_eq!(back[&bills].2 + back[&errors].2, themes_before_undo[&errors].2);
    edit(&place, &bills, &Edit::Merge { into: errors.clone() });
    sync_now(&place);
    assert_eq!(tables(&place), newest);

    for change in ThemeDesk::open(&place.out()).unwrap().edits().unwrap().in_force() {
        edit(&place, &change.theme_id, &Edit::Undo { event: change.number });
    }
    sync_now(&place);
    let untouched = tables(&place);
    for (name, rows) in unchanged.iter().filter(|(name, _)| !name.starts_with("theme")) {
        assert_eq!(untouched[name], *rows, "{name}");
    }
}

#[test]
fn a_theme_is_split_by_what_its_clauses_say_and_retired_without_the_input() {
    let place = Place::new();
    place.write("one.csv", month_file("2026-01", 220, 90));
    place.run(&["one.csv"]);
    fs_err::remove_file(place.path("one.csv")).unwrap();
    let before = themes_of(&place);
    let (theme, (_, _, n)) = before.iter().max_by_key(|(_, (_, _, n))| *n).unwrap();
    let parts = ThemeDesk::open(&place.out()).unwrap().parts(theme, 2).unwrap();
    assert_eq!(parts.len(), 2, "{parts:?}");
    edit(&place, theme, &Edit::Split { parts: parts.clone() });
    sync_now(&place);
    let after = themes_of(&place);
    assert_eq!(after[theme].2, 0);
    assert_eq!(parts.iter().map(|part| after[&part.id].2).sum::<i64>(), *n);
    assert!(parts.iter().all(|part| after[&part.id].2 > 0));
    edit(&place, &parts[0].id, &Edit::Retire);
    sync_now(&place);
    let retired = themes_of(&place);
    assert_eq!((retired[&parts[0].id].1.as_str(), retired[&parts[0].id].2), ("retired", 0));
    assert_eq!(retired[&parts[1].id].2, after[&parts[1].id].2);
}

#[test]
fn an_example_is_one_that_may_be_quoted_where_there_is_one() {
    let place = Place::new();
    place.write("one.csv", month_file("2026-01", 220, 0));
    place.run(&["one.csv"]);
    let version = Version::current(&place.out()).unwrap().unwrap();
    let month = version.months(&VERBATIM).unwrap().into_iter().next();
    let mut response_of: BTreeMap<String, String> = BTreeMap::new();
    for batch in read_table(&version, &VERBATIM, month, None).unwrap() {
        let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>();
        for i in 0..batch.num_rows() {
            response_of.insert(text("verbatim_id").value(i).to_owned(), text("response_id").value(i).to_owned());
        }
    }
    let (mut n, mut quotable) = (0, 0);
    for batch in read_table(&version, &THEME, None, None).unwrap() {
        for id in batch.column_by_name("example_verbatim_id").unwrap().as_string::<i32>().iter().flatten() {
            let number: usize = response_of[id].rsplit('-').next().unwrap().parse().unwrap();
            n += 1;
            quotable += usize::from(number % 3 != 1);
        }
    }
    assert!(n > 3 && quotable * 10 >= n * 9, "{quotable} of {n}");
}

#[test]
fn changes_that_cannot_be_made_are_refused_with_a_hint() {
    let place = Place::new();
    place.write("one.csv", month_file("2026-01", 120, 0));
    place.run(&["one.csv"]);
    for (arguments, code, told) in [
        (&["themes", "rename", "no such", "x", "--yes"][..], 2, "there is no one theme `no such`"),
        (&["themes", "merge", "billing errors", "billing errors", "--yes"][..], 2, "cannot become part of itself"),
        (&["themes", "rename", "billing errors", "unclear bills", "--yes"][..], 2, "is called so already"),
        (&["themes", "rename", "billing errors", "wrong bills"][..], 2, "add --yes"),
        (&["themes", "undo", "--yes"][..], 2, "no change is in force"),
        (&["themes", "rename", "billing errors", "wrong bills", "--yes"][..], 0, "kept as change 1"),
        (&["themes", "undo", "--yes"][..], 0, "change 1 is taken back"),
    ] {
        let out = place.out().display().to_string();
        let output = place.program(&[arguments, &["--out", &out]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.contains(told)), (Some(code), true), "{arguments:?}: {said}");
    }
    let out = place.out().display().to_string();
    let listed = place.program(&["themes", "list", "--json", "--out", &out]);
    let themes: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(themes.as_array().is_some_and(|themes| themes.len() > 2 && themes[0]["label"].is_string()));
    let shown = place.program(&["themes", "show", "billing errors", "--out", &out]);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("threshold") && text.contains("centre") && text.contains("(taken back)"), "{text}");
}

#[test]
fn a_refit_keeps_what_is_the_same_and_history_unless_it_is_restated() {
    let place = Place::new();
    for (month, plants) in [("2026-01", 40), ("2026-02", 120)] {
        place.write(&format!("{month}.csv"), month_file(month, 200, plants));
        place.run(&[&format!("{month}.csv")]);
    }
    let before = themes_of(&place);
    let options =
        |restate: bool, dry_run: bool| RefitOptions { out: place.out(), as_of: AS_OF.parse().unwrap(), restate, dry_run, settings: None };
    let dry = refit(&options(false, true)).unwrap();
    assert_eq!(themes_of(&place), before, "a look changes nothing");
    let rows = tables(&place);
    let kept = refit(&options(false, false)).unwrap();
    assert_eq!(kept.mapping, dry.mapping);
    assert!(kept.versions[1] > kept.versions[0]);
    let met: Vec<_> = kept.mapping.iter().filter(|mapped| mapped.n_old > 20).collect();
    let same = met.iter().filter(|mapped| mapped.is_same).count();
    assert!(same * 2 > met.len(), "{met:#?}");
    let now = tables(&place);
    for name in now.keys().filter(|name| name.starts_with("clause") || name.starts_with("verbatim")) {
        assert_eq!(now[name], rows[name], "history stays");
    }
    refit(&options(true, false)).unwrap();
    let after = themes_of(&place);
    for (id, (_, status, n)) in &after {
        assert!(status == "active" || *n == 0, "{id} is {status} and has {n} clauses");
    }
    place.write("2026-03.csv", month_file("2026-03", 200, 60));
    place.run(&["2026-03.csv"]);
}

#[test]
fn a_pinned_theme_is_as_it_was_after_a_refit() {
    let place = Place::new();
    place.write("one.csv", month_file("2026-01", 200, 80));
    place.run(&["one.csv"]);
    let (theme, (label, ..)) = themes_of(&place).into_iter().max_by_key(|(_, (_, _, n))| *n).unwrap();
    let centre = |place: &Place| {
        let desk = ThemeDesk::open(&place.out()).unwrap();
        desk.registry().themes().iter().find(|known| known.id == theme).map(|known| (known.centroid.clone(), known.threshold))
    };
    let before = centre(&place);
    edit(&place, &theme, &Edit::Pin);
    let options = RefitOptions { out: place.out(), as_of: AS_OF.parse().unwrap(), restate: true, dry_run: false, settings: None };
    refit(&options).unwrap();
    assert_eq!(centre(&place), before);
    assert_eq!(themes_of(&place)[&theme].0, label);
}
