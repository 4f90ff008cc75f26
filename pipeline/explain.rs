//! Why is a verbatim read as it is?
//!
//! One text goes through the stages that a run takes it through, and every step is kept: what redaction replaced, each term with
//! what changed it, each rule's hit with how it is meant, the nearest theme of each clause. Nothing here decides anything; what it
//! shows is what the tables hold.

use serde::Serialize;

use crate::config::Settings;
use crate::language;
use crate::runner::Knowledge;
use crate::stage::embed::{Embedder, Vector};
use crate::stage::hotline::{Facts, Hit, Matcher, Rules};
use crate::stage::sentiment::{Explanation, Scorer};
use crate::stage::theme::Assigner;
use crate::text::{CharIndex, Tokens, Verbatim, WordTable, is_meaningful, normalise};
use crate::theme::Registry;

/// A verbatim with everything that is said of it.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The text as tables hold it: normalised and redacted. Spans count its Unicode scalar values.
    pub text: String,
    /// Pieces of personal data that were replaced.
    pub redaction_count: u32,
    /// Whether it says something: false for "n/a", "nothing", "…".
    pub meaningful: bool,
    /// Words.
    pub word_count: usize,
    /// Language, clauses, terms, emotion and score.
    pub sentiment: Explanation,
    /// Every place where a HOTLINE rule matched, fired or not.
    pub hits: Vec<HitExplanation>,
    /// The theme nearest to each clause, by place of the clause; null for a clause that says too little, or without themes.
    pub themes: Vec<Option<ThemeExplanation>>,
}

/// A place where a rule matched.
#[derive(Clone, Debug, Serialize)]
pub struct HitExplanation {
    /// The rule.
    pub rule_id: String,
    /// Its version.
    pub rule_version: i32,
    /// What it is about.
    pub category: String,
    /// The team that acts.
    pub route: String,
    /// 1 (worst) to 5.
    pub severity: i32,
    /// First character.
    pub start_char: i32,
    /// One past the last character.
    pub end_char: i32,
    /// From the first to the last matched term.
    pub matched_text: String,
    /// How it is meant.
    pub assertion: &'static str,
    /// The words that decided the assertion; null when affirmed.
    pub cue_text: Option<String>,
    /// Whether it makes the response a HOTLINE.
    pub fired: bool,
    /// Why it did not fire; null when it did.
    pub suppressed_by: Option<String>,
}

/// The theme nearest to a clause.
#[derive(Clone, Debug, Serialize)]
pub struct ThemeExplanation {
    /// Id of the theme.
    pub theme_id: String,
    /// Its label.
    pub label: String,
    /// Cosine of the clause with the theme's centre, -1 to 1.
    pub similarity: f32,
    /// What the theme asks for: below it the clause is about none of the themes.
    pub threshold: f32,
    /// Whether the clause is of the theme.
    pub near: bool,
}

/// Takes `raw` through all stages. `registry`: the themes of an output directory; `None`: no clause has a theme.
///
/// Conditions of rules on scores, segment and channel are taken as not met: a text alone has none.
pub fn explain(knowledge: &Knowledge, registry: Option<&Registry>, settings: &Settings, raw: &str) -> Explained {
    let (mut normalised, mut text) = (String::new(), String::new());
    normalise(raw, &mut normalised);
    let redaction_count = knowledge.redactor.redact(&normalised, &mut text);
    let (mut table, mut tokens) = (WordTable::default(), Tokens::default());
    tokens.cut(&text, &mut table);
    let verbatim =
        Verbatim { text: &text, words: &tokens.words, clauses: &tokens.clauses, table: &table, language: language::detect(&text) };
    Explained {
        redaction_count,
        meaningful: is_meaningful(&text),
        word_count: verbatim.words.len(),
        sentiment: Scorer::new(&knowledge.lexicons).explain(&verbatim),
        hits: hits(&knowledge.rules, settings, &verbatim),
        themes: registry.map_or_else(|| vec![None; verbatim.clauses.len()], |registry| themes(knowledge, registry, settings, &verbatim)),
        text,
    }
}

fn hits(rules: &Rules, settings: &Settings, verbatim: &Verbatim<'_>) -> Vec<HitExplanation> {
    // An undecided text gets the rules of the default language, as in a run.
    let language = if verbatim.language == "und" { settings.language.default.as_str() } else { verbatim.language };
    let mut hits: Vec<Hit> = Vec::new();
    Matcher::new(rules).matches(&Verbatim { language, ..*verbatim }, &Facts::default(), &mut hits);
    let mut starts = CharIndex::new(verbatim.text);
    hits.iter().map(|hit| hit_explanation(rules, verbatim, hit, &mut starts)).collect()
}

fn hit_explanation(rules: &Rules, verbatim: &Verbatim<'_>, hit: &Hit, starts: &mut CharIndex<'_>) -> HitExplanation {
    let rule = &rules.rules()[hit.rule as usize];
    let matched_text = verbatim.slice(hit.start_byte, hit.end_byte);
    let start_char = starts.char_at(hit.start_byte);
    HitExplanation {
        rule_id: rule.id.clone(),
        rule_version: rule.version,
        category: rule.category.clone(),
        route: rule.route.clone(),
        severity: rule.severity,
        start_char,
        end_char: start_char + matched_text.chars().count() as i32,
        matched_text: matched_text.to_owned(),
        assertion: hit.assertion.as_str(),
        cue_text: hit.cue.map(|(start, end)| verbatim.slice(start, end).to_owned()),
        fired: hit.fired,
        suppressed_by: hit.suppressed_by.as_ref().map(ToString::to_string),
    }
}

fn themes(knowledge: &Knowledge, registry: &Registry, settings: &Settings, verbatim: &Verbatim<'_>) -> Vec<Option<ThemeExplanation>> {
    let (mut embedder, mut assigner) = (Embedder::new(&knowledge.model, registry.usage()), Assigner::new(registry));
    let is_read = settings.themes.reads(verbatim.language);
    let mut vector = Vector::default();
    let mut nearest = |clause| {
        let has_vector = is_read && embedder.clause(verbatim, clause, &mut vector);
        let nearest = if has_vector { assigner.nearest(&vector)? } else { return None };
        let theme = &registry.themes()[nearest.theme];
        Some(ThemeExplanation {
            theme_id: theme.id.clone(),
            label: theme.label.clone(),
            similarity: nearest.similarity,
            threshold: theme.threshold,
            near: nearest.near,
        })
    };
    verbatim.clauses.iter().map(&mut nearest).collect()
}
