//! What do all rules look for, put together?
//!
//! Every slot of every phrase becomes a class of words, every phrase a set of sequences of classes, every leaf
//! of an expression an atom. Equal ones are kept once. A sequence is found through its anchor: the class whose
//! words are rarest. What a distinct word belongs to is answered by one table of exact words and one
//! aho-corasick automaton over the fixed pieces of all wildcards, misspellings and regular expressions.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::expression::{Expr, Leaf, Relation};
use super::regexes;
use super::rule::{Rule, Scope};
use super::words::{Slot, WordPattern, longest_piece};

/// Stands in a sequence for any word.
pub(super) const ANY: u32 = u32::MAX;

/// All rules, compiled.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) rules: Vec<Compiled>,
    pub(super) sequences: Vec<Sequence>,
    /// By class: the sequences that it anchors.
    pub(super) anchored: Vec<Vec<u32>>,
    /// By atom: the rules that cannot match without one of its kind.
    pub(super) postings: Vec<Vec<u32>>,
    pub(super) regexes: Vec<RegexAtom>,
    pub(super) vocabulary: Vocabulary,
}

/// One rule's expressions over atoms.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) expr: Expr<u32>,
    pub(super) unless: Vec<Expr<u32>>,
    /// One of these atoms is in every match; sorted.
    pub(super) required: Vec<u32>,
    /// Every atom of the expression, sorted.
    pub(super) atoms: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) slots: Box<[u32]>,
    pub(super) anchor: u32,
    /// The first of two neighbouring slots, the anchor one of them, by which it is found; none where any word may stand beside the anchor.
    pub(super) pair: Option<u32>,
    pub(super) atoms: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct RegexAtom {
    pub(super) regex: Regex,
    pub(super) scope: Scope,
    pub(super) atom: u32,
    /// Whether it runs only on texts with a word that holds its literal.
    pub(super) has_literal: bool,
}

/// Which classes and regexes does a distinct word bear on?
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Plain word → classes.
    exact: HashMap<String, Vec<u32>>,
    /// Patterns with a piece, and the classes that they belong to.
    inexact: Vec<(WordPattern, Vec<u32>)>,
    /// Finds pieces in plain words; pattern → inexact patterns and regexes that have the piece.
    pieces: Option<AhoCorasick>,
    of_piece: Vec<Vec<Bearer>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bearer {
    Pattern(u32),
    Regex(u32),
}

impl Vocabulary {
    /// Adds the classes and regexes of a word, given by its forms, to the two lists; each sorted, without repetition.
    pub(super) fn look_up(&self, forms: &[String], classes: &mut Vec<u32>, regexes: &mut Vec<u32>) {
        for form in forms {
            if let Some(found) = self.exact.get(form) {
                classes.extend_from_slice(found);
            }
            let Some(pieces) = &self.pieces else { continue };
            for hit in pieces.find_overlapping_iter(form) {
                for bearer in &self.of_piece[hit.pattern().as_usize()] {
                    match bearer {
                        Bearer::Regex(regex) => regexes.push(*regex),
                        Bearer::Pattern(i) => {
                            let (pattern, found) = &self.inexact[*i as usize];
                            if pattern.matches(forms) {
                                classes.extend_from_slice(found);
                            }
                        }
                    }
                }
            }
        }
        for list in [classes, regexes] {
            list.sort_unstable();
            list.dedup();
        }
    }
}

/// Compiles parsed rules, which were checked when they were read.
pub(super) fn compile(rules: &[Rule]) -> Program {
    let mut builder = Builder::default();
    for (i, rule) in rules.iter().enumerate() {
        let expr = builder.expr(&rule.parsed, rule.scope);
        let unless = rule.parsed_unless.iter().map(|expr| builder.expr(expr, rule.scope)).collect();
        let mut required = builder.required(&expr).atoms;
        required.sort_unstable();
        required.dedup();
        let mut atoms = Vec::new();
        collect(&expr, &mut atoms);
        atoms.sort_unstable();
        atoms.dedup();
        builder.postings.resize(builder.n_atoms as usize, Vec::new());
        for atom in &required {
            builder.postings[*atom as usize].push(i as u32);
        }
        builder.rules.push(Compiled { expr, unless, required, atoms });
    }
    builder.finish()
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
    builder.expr(&rule.parsed, rule.scope);
    for unless in &rule.parsed_unless {
        builder.expr(unless, rule.scope);
    }
    let mut found = LookUp { n_sequences: builder.sequences.len(), ..LookUp::default() };
    for sequence in &builder.sequences {
        for pattern in &builder.class_list[sequence.slots[sequence.anchor as usize] as usize] {
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

fn collect(expr: &Expr<u32>, atoms: &mut Vec<u32>) {
    match expr {
        Expr::Leaf(atom) => atoms.push(*atom),
        Expr::Not(_) => {}
        Expr::And(members) | Expr::Or(members) | Expr::AtLeast(_, members) => members.iter().for_each(|member| collect(member, atoms)),
        Expr::Pair(left, relation, _, right) => {
            collect(left, atoms);
            if *relation != Relation::NotNear {
                collect(right, atoms);
            }
        }
    }
}

#[derive(Default)]
struct Builder {
    classes: HashMap<Vec<WordPattern>, u32>,
    class_list: Vec<Vec<WordPattern>>,
    sequence_ids: HashMap<Vec<u32>, u32>,
    sequences: Vec<Sequence>,
    words_atoms: HashMap<Vec<Vec<Slot>>, u32>,
    regex_atoms: HashMap<(String, Scope), u32>,
    regexes: Vec<RegexAtom>,
    literals: Vec<Option<String>>,
    /// By atom: how common it is thought to be.
    weights: Vec<u64>,
    n_atoms: u32,
    postings: Vec<Vec<u32>>,
    rules: Vec<Compiled>,
}

/// Atoms of which one is in every match, and how common they are together.
struct Required {
    atoms: Vec<u32>,
    weight: u64,
}

impl Builder {
    fn expr(&mut self, expr: &Expr<Leaf>, scope: Scope) -> Expr<u32> {
        let mut all = |members: &[Expr<Leaf>]| members.iter().map(|member| self.expr(member, scope)).collect::<Vec<_>>();
        match expr {
            Expr::And(members) => Expr::And(all(members)),
            Expr::Or(members) => Expr::Or(all(members)),
            Expr::AtLeast(k, members) => Expr::AtLeast(*k, all(members)),
            Expr::Not(inside) => Expr::Not(Box::new(self.expr(inside, scope))),
            Expr::Pair(left, relation, n, right) => {
                Expr::Pair(Box::new(self.expr(left, scope)), *relation, *n, Box::new(self.expr(right, scope)))
            }
            Expr::Leaf(Leaf::Words(sequences)) => Expr::Leaf(self.words(sequences)),
            Expr::Leaf(Leaf::Regex(pattern)) => Expr::Leaf(self.regex(pattern, scope)),
        }
    }

    fn words(&mut self, sequences: &[Vec<Slot>]) -> u32 {
        if let Some(atom) = self.words_atoms.get(sequences) {
            return *atom;
        }
        let atom = self.n_atoms;
        self.n_atoms += 1;
        self.words_atoms.insert(sequences.to_vec(), atom);
        let mut weight = 0;
        for slots in sequences {
            let slots: Vec<u32> = slots.iter().map(|slot| self.class(slot)).collect();
            let id = match self.sequence_ids.get(&slots) {
                Some(id) => *id,
                None => self.add_sequence(slots),
            };
            let sequence = &mut self.sequences[id as usize];
            sequence.atoms.push(atom);
            weight += class_weight(&self.class_list[sequence.slots[sequence.anchor as usize] as usize]);
        }
        self.weights.push(weight);
        atom
    }

    fn add_sequence(&mut self, slots: Vec<u32>) -> u32 {
        let id = self.sequences.len() as u32;
        let known = slots.iter().enumerate().filter(|(_, class)| **class != ANY);
        let anchor = known.min_by_key(|(_, class)| class_weight(&self.class_list[**class as usize])).map_or(0, |(i, _)| i as u32);
        self.sequence_ids.insert(slots.clone(), id);
        // The rarer of the anchor's neighbours.
        let beside = [anchor.checked_sub(1), Some(anchor + 1)].into_iter().flatten();
        let weight =
            |at: &u32| slots.get(*at as usize).filter(|class| **class != ANY).map(|class| class_weight(&self.class_list[*class as usize]));
        let pair = beside.filter_map(|at| Some((weight(&at)?, at.min(anchor)))).min().map(|(_, first)| first);
        self.sequences.push(Sequence { slots: slots.into_boxed_slice(), anchor, pair, atoms: Vec::new() });
        id
    }

    fn class(&mut self, slot: &Slot) -> u32 {
        let Slot::OneOf(patterns) = slot else { return ANY };
        if let Some(class) = self.classes.get(patterns) {
            return *class;
        }
        let class = self.class_list.len() as u32;
        self.classes.insert(patterns.clone(), class);
        self.class_list.push(patterns.clone());
        class
    }

    fn regex(&mut self, pattern: &str, scope: Scope) -> u32 {
        if let Some(atom) = self.regex_atoms.get(&(pattern.to_owned(), scope)) {
            return *atom;
        }
        let atom = self.n_atoms;
        self.n_atoms += 1;
        self.regex_atoms.insert((pattern.to_owned(), scope), atom);
        let literal = regexes::required_literal(pattern);
        let regex = regexes::build(pattern).expect("expressions are parsed only when their regexes compile");
        self.regexes.push(RegexAtom { regex, scope, atom, has_literal: literal.is_some() });
        self.weights.push(if literal.is_some() { 1_000 } else { 1_000_000 });
        self.literals.push(literal);
        atom
    }

    fn required(&self, expr: &Expr<u32>) -> Required {
        let union = |members: &[Expr<u32>]| {
            let each = members.iter().map(|member| self.required(member));
            each.fold(Required { atoms: Vec::new(), weight: 0 }, |mut sum, member| {
                sum.atoms.extend(member.atoms);
                sum.weight += member.weight;
                sum
            })
        };
        match expr {
            Expr::Leaf(atom) => Required { atoms: vec![*atom], weight: self.weights[*atom as usize] },
            Expr::Or(members) | Expr::AtLeast(_, members) => union(members),
            Expr::And(members) => {
                let found = members.iter().filter(|member| !matches!(member, Expr::Not(_))).map(|member| self.required(member));
                found.min_by_key(|member| member.weight).expect("the parser refuses AND without a positive member")
            }
            Expr::Pair(left, Relation::NotNear, _, _) => self.required(left),
            Expr::Pair(left, _, _, right) => {
                let (left, right) = (self.required(left), self.required(right));
                if right.weight < left.weight { right } else { left }
            }
            Expr::Not(_) => unreachable!("the parser refuses NOT alone"),
        }
    }

    fn finish(self) -> Program {
        let mut anchored = vec![Vec::new(); self.class_list.len()];
        for (id, sequence) in self.sequences.iter().enumerate() {
            anchored[sequence.slots[sequence.anchor as usize] as usize].push(id as u32);
        }
        let mut postings = self.postings;
        postings.resize(self.n_atoms as usize, Vec::new());
        let vocabulary = vocabulary(&self.class_list, &self.literals);
        Program { rules: self.rules, sequences: self.sequences, anchored, postings, regexes: self.regexes, vocabulary }
    }
}

fn vocabulary(classes: &[Vec<WordPattern>], literals: &[Option<String>]) -> Vocabulary {
    let mut out = Vocabulary::default();
    let mut inexact_ids: HashMap<&WordPattern, usize> = HashMap::new();
    for (class, patterns) in classes.iter().enumerate() {
        for pattern in patterns {
            if let WordPattern::Exact(word) = pattern {
                out.exact.entry(word.clone()).or_default().push(class as u32);
                continue;
            }
            let id = *inexact_ids.entry(pattern).or_insert_with(|| {
                out.inexact.push((pattern.clone(), Vec::new()));
                out.inexact.len() - 1
            });
            out.inexact[id].1.push(class as u32);
        }
    }
    let mut pieces: Vec<(String, Bearer)> = Vec::new();
    for (i, (pattern, _)) in out.inexact.iter().enumerate() {
        let bearer = Bearer::Pattern(i as u32);
        match pattern {
            WordPattern::Wild(glob, _) => pieces.push((longest_piece(glob).to_owned(), bearer)),
            WordPattern::Misspelt(word) => pieces.extend(thirds(word).map(|piece| (piece, bearer))),
            WordPattern::Exact(_) => unreachable!("exact words are in the table"),
        }
    }
    pieces.extend(literals.iter().enumerate().filter_map(|(i, literal)| Some((literal.clone()?, Bearer::Regex(i as u32)))));
    pieces.sort_unstable();
    let mut texts: Vec<String> = Vec::new();
    for (text, bearer) in pieces {
        if texts.last() != Some(&text) {
            texts.push(text);
            out.of_piece.push(Vec::new());
        }
        out.of_piece.last_mut().expect("one was pushed with the text").push(bearer);
    }
    if !texts.is_empty() {
        out.pieces = Some(AhoCorasick::new(&texts).expect("pieces of rules are far below the automaton's limits"));
    }
    out
}

/// Three parts of a word: one edit touches at most two of them (a swap across a border), so one stays whole.
fn thirds(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    let n = letters.len();
    (0..3).map(move |i| letters.get(i * n / 3..(i + 1) * n / 3).unwrap_or_default().iter().collect())
}

/// How common a class is: the sum over its words, so that a sequence is anchored on its rarest slot.
fn class_weight(patterns: &[WordPattern]) -> u64 {
    patterns.iter().map(pattern_weight).sum()
}

fn pattern_weight(pattern: &WordPattern) -> u64 {
    match pattern {
        WordPattern::Exact(word) if is_everywhere(word) => 1_000_000,
        WordPattern::Exact(word) if is_common(word) => 100_000,
        WordPattern::Exact(word) => letters_weight(word.chars().count()),
        WordPattern::Misspelt(_) => 200,
        WordPattern::Wild(glob, _) => 4 * letters_weight(longest_piece(glob).chars().count()),
    }
}

/// Shorter words are more common: halves with each letter, as in any Zipf-like vocabulary.
fn letters_weight(n_letters: usize) -> u64 {
    20_000 >> n_letters.min(8)
}

/// Words that stand in nearly every sentence: never an anchor when anything else is there.
fn is_everywhere(word: &str) -> bool {
    const EVERYWHERE: [&str; 40] = [
        "a", "and", "are", "as", "at", "be", "but", "can", "do", "for", "from", "had", "have", "he", "i", "in", "is", "it", "me", "my",
        "no", "not", "of", "on", "or", "our", "so", "that", "the", "their", "they", "this", "to", "was", "we", "were", "will", "with",
        "you", "your",
    ];
    EVERYWHERE.contains(&word)
}

/// Words that stand in most texts: an anchor of last resort.
fn is_common(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "a", "about", "after", "again", "all", "am", "an", "and", "any", "are", "as", "ask", "at", "back", "be", "because", "been",
        "before", "bank", "but", "by", "call", "called", "can", "can't", "card", "could", "credit", "customer", "day", "days", "did",
        "didn't", "do", "does", "doesn't", "don't", "even", "every", "ever", "first", "for", "from", "get", "go", "going", "got", "had",
        "has", "have", "he", "her", "here", "him", "his", "how", "i", "i'm", "i've", "if", "in", "into", "is", "it", "its", "just", "know",
        "like", "make", "me", "month", "months", "more", "my", "need", "never", "new", "no", "not", "now", "of", "off", "on", "one",
        "only", "or", "order", "other", "our", "out", "over", "people", "phone", "please", "product", "really", "said", "same", "see",
        "service", "she", "should", "since", "so", "some", "still", "take", "than", "that", "the", "their", "them", "then", "there",
        "they", "this", "time", "times", "to", "told", "too", "two", "up", "us", "use", "very", "wait", "want", "was", "way", "we", "week",
        "weeks", "well", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "without", "won't", "work",
        "would", "year", "years", "you", "your", "account", "company", "money", "flight", "de", "la", "el", "que", "en", "y", "no", "mi",
        "un", "una", "por", "con", "me", "le", "les", "je", "ne", "pas", "et", "vous", "ich", "sie", "nicht", "und", "der", "die", "das",
        "zu", "ein", "o", "e", "da", "não", "um", "uma", "com", "para", "se",
    ];
    COMMON.contains(&word)
}
