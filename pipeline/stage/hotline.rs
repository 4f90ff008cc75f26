//! Does somebody have to act on this verbatim?
//!
//! [`Rules`] are read from TOML files and compiled once; a [`Matcher`] for each worker finds where they match,
//! settles how each hit is meant ([`Assertion`]) and says why a hit did not fire ([`Suppressed`]). The rule
//! language is described in `lexicons/hotline/README.md`. Cases, clocks and people are left to others.

mod assertion;
mod companions;
mod compile;
mod condition;
mod cost;
mod cues;
mod evaluate;
mod expression;
mod matcher;
mod memo;
#[cfg(test)]
mod naive;
mod program;
mod regexes;
mod rule;
mod settle;
mod vocabulary;
mod words;

use std::fmt;

pub use assertion::Assertion;
pub use condition::{Facts, ScoreFact};
pub use cost::Cost;
pub use matcher::Matcher;
pub use rule::{Cannot, Rule, Scope, Subject};

use crate::Result;
use crate::text::{Tokens, Verbatim, WordTable};

/// All rules, compiled; immutable and shared by all workers.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    program: program::Program,
    fingerprint: String,
}

/// A place where a rule matched, fired or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index in [`Rules::rules`].
    pub rule: u32,
    /// First byte of the first matched term.
    pub start_byte: u32,
    /// One past the last byte of the last matched term.
    pub end_byte: u32,
    /// How it is meant.
    pub assertion: Assertion,
    /// Bytes of the word that decided the assertion; none when affirmed.
    pub cue: Option<(u32, u32)>,
    /// Whether the hit makes the response a HOTLINE.
    pub fired: bool,
    /// Why it did not fire; none when it did.
    pub suppressed_by: Option<Suppressed>,
}

/// Why a hit did not fire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppressed {
    /// The rule does not accept the assertion.
    Assertion,
    /// A span of this `unless` entry overlaps the hit.
    Unless(String),
    /// This `when` entry does not hold.
    When(String),
}

impl fmt::Display for Suppressed {
    /// The value of the column `suppressed_by`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assertion => f.write_str("assertion"),
            Self::Unless(term) => write!(f, "unless:{term}"),
            Self::When(condition) => write!(f, "when:{condition}"),
        }
    }
}

/// An example of a rule that does not come out as the rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedExample {
    /// File, line and column of the example.
    pub place: String,
    /// The rule.
    pub rule: String,
    /// The example, as its author wrote it.
    pub text: String,
    /// Whether it should have fired.
    pub should_fire: bool,
    /// What came out instead: the assertion and what suppressed it, or that nothing matched.
    pub found: String,
}

/// The shipped files, in order of their names.
const SHIPPED: [(&str, &str); 12] = [
    ("churn.toml", include_str!("../../lexicons/hotline/churn.toml")),
    ("de.toml", include_str!("../../lexicons/hotline/de.toml")),
    ("es.toml", include_str!("../../lexicons/hotline/es.toml")),
    ("fr.toml", include_str!("../../lexicons/hotline/fr.toml")),
    ("fraud_security.toml", include_str!("../../lexicons/hotline/fraud_security.toml")),
    ("irate.toml", include_str!("../../lexicons/hotline/irate.toml")),
    ("legal_regulatory.toml", include_str!("../../lexicons/hotline/legal_regulatory.toml")),
    ("pt.toml", include_str!("../../lexicons/hotline/pt.toml")),
    ("safety.toml", include_str!("../../lexicons/hotline/safety.toml")),
    ("sales_lead.toml", include_str!("../../lexicons/hotline/sales_lead.toml")),
    ("unresolved_repeat.toml", include_str!("../../lexicons/hotline/unresolved_repeat.toml")),
    ("vulnerable.toml", include_str!("../../lexicons/hotline/vulnerable.toml")),
];

impl Rules {
    /// The rules that come with the program. Fails only if they were built broken.
    pub fn shipped() -> Result<Self> {
        Self::load(&Self::shipped_files())
    }

    /// The shipped files, name and text, for [`Rules::load`] beside a user's own.
    pub fn shipped_files() -> Vec<(String, String)> {
        SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    /// Reads and compiles rule files, given as name and text. Fails with [`Error::Lexicon`](crate::Error::Lexicon),
    /// which names file, line and column and what is accepted there; so also for a rule that could blow up.
    pub fn load(files: &[(String, String)]) -> Result<Self> {
        let rules = rule::read(files)?;
        let mut hash = xxhash_rust::xxh3::Xxh3::new();
        for (name, text) in files {
            for part in [name, text] {
                hash.update(&(part.len() as u64).to_le_bytes());
                hash.update(part.as_bytes());
            }
        }
        let program = compile::compile(&rules);
        Ok(Self { rules, program, fingerprint: format!("{:032x}", hash.digest128()) })
    }

    /// The rules, in order of files and of rules in each.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Changes whenever a file or its name does: 32 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    /// What each rule costs, in the order of [`Rules::rules`].
    pub fn costs(&self) -> Vec<Cost> {
        self.rules.iter().map(cost::of).collect()
    }

    /// Runs the examples of every rule against that rule, without its `when`, and gives those that fail.
    pub fn test(&self) -> Vec<FailedExample> {
        let mut bench = Bench { matcher: Matcher::new(self), table: WordTable::default(), tokens: Tokens::default(), hits: Vec::new() };
        let mut failed = Vec::new();
        for (i, rule) in self.rules.iter().enumerate() {
            let examples = rule.fires.iter().map(|text| (text, true)).chain(rule.silent.iter().map(|text| (text, false)));
            for ((text, should_fire), place) in examples.zip(&rule.example_places) {
                let (fired, found) = bench.run(i as u32, rule, text);
                if fired != should_fire {
                    failed.push(FailedExample { place: place.clone(), rule: rule.id.clone(), text: text.clone(), should_fire, found });
                }
            }
        }
        failed
    }
}

/// What it takes to run an example.
struct Bench<'e> {
    matcher: Matcher<'e>,
    table: WordTable,
    tokens: Tokens,
    hits: Vec<Hit>,
}

impl Bench<'_> {
    fn run(&mut self, index: u32, rule: &Rule, text: &str) -> (bool, String) {
        self.tokens.cut(text, &mut self.table);
        let language = rule.language.as_deref().unwrap_or("en");
        let verbatim = Verbatim { text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language };
        self.matcher.matches(&verbatim, &Facts::default(), &mut self.hits);
        let own: Vec<&Hit> = self.hits.iter().filter(|hit| hit.rule == index).collect();
        let fired = own.iter().any(|hit| matches!(hit.suppressed_by, None | Some(Suppressed::When(_))));
        let told = own.iter().map(|hit| match &hit.suppressed_by {
            Some(by) => format!("{} (suppressed by {by})", hit.assertion.as_str()),
            None => hit.assertion.as_str().to_owned(),
        });
        let found = if own.is_empty() { "no match".to_owned() } else { told.collect::<Vec<_>>().join(", ") };
        (fired, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_the_shipped_rules_holds() {
        let rules = Rules::shipped().unwrap();
        let failed: Vec<String> = rules
            .test()
            .iter()
            .map(|f| format!("{} {} {:?}: {}", f.rule, if f.should_fire { "fires" } else { "silent" }, f.text, f.found))
            .collect();
        assert!(failed.is_empty(), "{}", failed.join("\n"));
        for rule in rules.rules() {
            assert!(rule.fires.len() >= 3 && rule.silent.len() >= 3, "{} has too few examples", rule.id);
        }
    }
}
