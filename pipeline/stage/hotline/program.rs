//! What do all rules look for, put together?
//!
//! Every slot of every phrase becomes a class of words, every phrase a set of sequences of classes, every leaf of an expression an
//! atom. Equal ones are kept once. A sequence is found through its anchor: the class whose words are rarest. The members of a rule's
//! outermost OR are its branches. Phrases among them are hits as soon as they are found; any other branch is looked at only where one
//! of the atoms was found without which it cannot match, and only when words of its other operands stand near ([`Companion`]).

use regex::Regex;

use super::compile::Builder;
use super::expression::Relation;
use super::regexes;
use super::rule::{Rule, Scope};
use super::vocabulary::{Vocabulary, is_common, is_everywhere};
use super::words::WordPattern;

/// Stands in a sequence for any word.
pub(super) const ANY: u32 = u32::MAX;
/// The width of what can be as long as its unit.
pub(super) const UNBOUNDED: u32 = u32::MAX;

/// All rules, compiled.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) rules: Vec<Compiled>,
    pub(super) branches: Vec<Branch>,
    pub(super) sequences: Vec<Sequence>,
    /// What bears on a word because of a class that it belongs to, by class.
    pub(super) bearings: Vec<Bearing>,
    /// By atom: what a place of a regular expression leads to.
    pub(super) targets: Vec<Vec<Target>>,
    /// By atom: words of its longest sequence.
    pub(super) lengths: Vec<u32>,
    pub(super) regexes: Vec<RegexAtom>,
    pub(super) vocabulary: Vocabulary,
    /// Languages that rules are written for alone.
    pub(super) languages: Vec<String>,
    pub(super) n_companions: usize,
}

/// What a class of words is part of.
#[derive(Debug, Default)]
pub(super) struct Bearing {
    /// The sequences that it anchors.
    pub(super) anchors: Vec<u32>,
    /// The sets of companions that hold it.
    pub(super) companions: Vec<u32>,
    /// The entries of `unless`, counted over all rules, that cannot match without a sequence that it anchors.
    pub(super) unless: Vec<u32>,
}

/// What is to be done where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// The place is a hit of this rule.
    Hit(u32),
    /// This branch is looked at.
    Look(u32),
}

/// One member of the outermost OR of a rule, other than phrases.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) rule: u32,
    pub(super) scope: Scope,
    pub(super) width: u32,
    pub(super) n_companions: u32,
    /// The bits of all companions at their numbers modulo 64, and how far before and behind the trigger they are looked for.
    pub(super) sieve: u64,
    pub(super) before: u32,
    pub(super) after: u32,
    /// All of the first ones must stand near what triggered the branch; the rarest first.
    pub(super) companions: [Companion; MAX_COMPANIONS],
    pub(super) node: Box<Node>,
}

/// A branch has at most so many companions: each more cuts less than it costs.
pub(super) const MAX_COMPANIONS: usize = 3;

/// Words of which one must stand near a trigger, or the branch cannot match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Companion {
    /// The number of the set of words.
    pub(super) set: u32,
    /// How many words before the trigger.
    pub(super) before: u32,
    /// How many words behind it.
    pub(super) after: u32,
    /// Whether it may be a word of the trigger itself.
    pub(super) inside: bool,
}

/// What bears on all branches of one rule.
#[derive(Debug)]
pub(super) struct Compiled {
    /// By `unless` entry: its expression and the words of its longest span.
    pub(super) unless: Vec<(Node, u32)>,
    /// The number of the first of them, counted over all rules.
    pub(super) first_unless: u32,
    /// Words of the longest span of any of them.
    pub(super) unless_width: u32,
    /// Those that no word announces.
    pub(super) unannounced: Vec<u32>,
    /// The regular expressions that a hit can hold, as atoms.
    pub(super) regexes: Vec<u32>,
    /// Words of the longest sequence that a hit can hold.
    pub(super) longest: u32,
    pub(super) scope: Scope,
    /// The bit of its language; 1 for every language.
    pub(super) languages: u64,
}

/// An expression over atoms, with what it takes to look at as little of the text as possible.
#[derive(Debug)]
pub(super) enum Node {
    Leaf(u32),
    Or(Vec<Node>),
    /// Members that must be there, and members that must not.
    And(Vec<Node>, Vec<Node>),
    AtLeast(usize, Vec<Node>),
    Pair(Box<Pair>),
}

#[derive(Debug)]
pub(super) struct Pair {
    pub(super) left: Node,
    pub(super) right: Node,
    pub(super) relation: Relation,
    pub(super) n: u32,
    /// Whether the right operand is the rarer: the other one is then looked for only around what was found of it.
    pub(super) right_first: bool,
    /// Words of the longest span of the operand that is looked for last.
    pub(super) reach: u32,
}

#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) slots: Box<[u32]>,
    pub(super) anchor: u32,
    /// The rarest slot beside the anchor: how many words behind it, and its class. [`ANY`] where there is none.
    pub(super) probe: (i32, u32),
    pub(super) atoms: Vec<u32>,
    /// The rules of which a hit can hold it, sorted.
    pub(super) rules: Vec<u32>,
    /// Sorted, each once.
    pub(super) targets: Vec<Target>,
}

#[derive(Debug)]
pub(super) struct RegexAtom {
    pub(super) regex: Regex,
    pub(super) scope: Scope,
    pub(super) atom: u32,
    /// Whether it runs only on texts with a word that holds its literal.
    pub(super) has_literal: bool,
}

impl Program {
    /// The bits of the rules that bear on verbatims of a language.
    pub(super) fn languages_of(&self, language: &str) -> u64 {
        EVERY_LANGUAGE | self.languages.iter().position(|own| own == language).map_or(0, language_bit)
    }

    /// The bit of the language of the rule that something is to be done for.
    pub(super) fn languages_of_target(&self, target: Target) -> u64 {
        let rule = match target {
            Target::Hit(rule) => rule,
            Target::Look(branch) => self.branches[branch as usize].rule,
        };
        self.rules[rule as usize].languages
    }
}

/// The bit of rules for all languages.
pub(super) const EVERY_LANGUAGE: u64 = 1;

/// The bit of the rules for the language at a place of [`Program::languages`]; beyond sixty languages they share one.
pub(super) fn language_bit(place: usize) -> u64 {
    2 << place.min(62)
}

impl Node {
    /// Adds the atoms that a span of it can hold.
    pub(super) fn atoms(&self, out: &mut Vec<u32>) {
        match self {
            Self::Leaf(atom) => out.push(*atom),
            Self::And(members, _) | Self::Or(members) | Self::AtLeast(_, members) => members.iter().for_each(|member| member.atoms(out)),
            Self::Pair(pair) => {
                pair.left.atoms(out);
                if pair.relation != Relation::NotNear {
                    pair.right.atoms(out);
                }
            }
        }
    }
}

/// Where one rule is looked up, told in its own words.
#[derive(Debug, Default)]
pub(super) struct LookUp {
    pub(super) n_sequences: usize,
    /// Words of nearly every sentence that are the rarest of their phrase.
    pub(super) everywhere: Vec<String>,
    /// Words of most texts that are.
    pub(super) common: Vec<String>,
    /// Regular expressions that no word announces.
    pub(super) regexes: Vec<String>,
}

/// What must be looked up for one rule alone.
pub(super) fn look_up_of(rule: &Rule) -> LookUp {
    let mut builder = Builder::default();
    builder.node(&rule.parsed, rule.scope);
    for unless in &rule.parsed_unless {
        builder.node(unless, rule.scope);
    }
    let mut found = LookUp { n_sequences: builder.sequences.len(), ..LookUp::default() };
    for sequence in &builder.sequences {
        for pattern in builder.class_list[sequence.slots[sequence.anchor as usize] as usize].iter() {
            match pattern {
                WordPattern::Exact(word) if is_everywhere(word) => found.everywhere.push(format!("`{word}`")),
                WordPattern::Exact(word) if is_common(word) => found.common.push(format!("`{word}`")),
                _ => {}
            }
        }
    }
    let unannounced = builder.regex_atoms.iter().filter(|((pattern, _), _)| regexes::required_literal(pattern).is_none());
    found.regexes = unannounced.map(|((pattern, _), _)| format!("/{pattern}/")).collect();
    for list in [&mut found.everywhere, &mut found.common, &mut found.regexes] {
        list.sort_unstable();
        list.dedup();
    }
    found
}
