//! How do parsed rules become one program?
//!
//! Equal classes, sequences and atoms of all rules are kept once. Of the words without which a branch cannot match, the rarest trigger
//! it, by how common words are in feedback; the others become its companions.

use std::collections::HashMap;
use std::sync::Arc;

use super::companions::numbers;
use super::expression::{Expr, Leaf, Relation};
use super::program::{ANY, Bearing, Branch, Companion, Compiled, EVERY_LANGUAGE, MAX_COMPANIONS, Node, Pair, Program, RegexAtom};
use super::program::{Sequence, Target, UNBOUNDED, language_bit};
use super::regexes;
use super::rule::{Rule, Scope};
use super::vocabulary::{class_weight, vocabulary};
use super::words::{Slot, WordPattern};

/// Compiles parsed rules, which were checked when they were read.
pub(super) fn compile(rules: &[Rule]) -> Program {
    let mut builder = Builder::default();
    for (i, rule) in rules.iter().enumerate() {
        builder.rule(i as u32, rule);
    }
    builder.finish()
}

#[derive(Default)]
pub(super) struct Builder {
    classes: HashMap<Arc<[WordPattern]>, u32>,
    /// By where the words of a slot lie in memory: slots that are shared are compared once.
    shared: HashMap<usize, u32>,
    pub(super) class_list: Vec<Arc<[WordPattern]>>,
    pub(super) class_weights: Vec<u64>,
    sequence_ids: HashMap<Box<[u32]>, u32>,
    pub(super) sequences: Vec<Sequence>,
    /// By the numbers of their sequences.
    words_atoms: HashMap<Vec<u32>, u32>,
    pub(super) regex_atoms: HashMap<(String, Scope), u32>,
    regexes: Vec<RegexAtom>,
    literals: Vec<Option<String>>,
    pub(super) atoms: Vec<Atom>,
    branches: Vec<Branch>,
    rules: Vec<Compiled>,
    n_unless: u32,
    languages: Vec<String>,
    pub(super) companion_ids: HashMap<Vec<u32>, u32>,
    /// How common each set is, and its classes.
    pub(super) companion_sets: Vec<(u64, Vec<u32>)>,
}

#[derive(Default)]
pub(super) struct Atom {
    /// How common it is thought to be.
    pub(super) weight: u64,
    length: u32,
    /// Empty for regular expressions.
    pub(super) sequences: Vec<u32>,
    targets: Vec<Target>,
    /// The entries of `unless` that cannot match without one of their kind.
    unless: Vec<u32>,
}

/// The weight of regular expressions with and without a literal.
const REGEX_WEIGHTS: [u64; 2] = [1_000 * ALONE, 100_000 * ALONE];

impl Builder {
    fn rule(&mut self, index: u32, rule: &Rule) {
        let mut atoms = Vec::new();
        let node = self.node(&rule.parsed, rule.scope);
        node.atoms(&mut atoms);
        let members = if let Node::Or(members) = node { members } else { vec![node] };
        for node in members {
            if let Node::Leaf(atom) = node {
                self.atoms[atom as usize].targets.push(Target::Hit(index));
                continue;
            }
            let mut companions = Vec::new();
            self.companions(&node, &mut companions);
            companions.sort_by_key(|(weight, _)| *weight);
            companions.dedup();
            let n_companions = companions.len().min(MAX_COMPANIONS) as u32;
            let companions = std::array::from_fn(|i| companions.get(i).map_or(Companion::default(), |(_, companion)| *companion));
            let branch = self.branches.len() as u32;
            for atom in self.required(&node).atoms {
                self.atoms[atom as usize].targets.push(Target::Look(branch));
            }
            let (width, node) = (self.width(&node), Box::new(node));
            let before = companions.iter().map(|companion: &Companion| companion.before).max().unwrap_or(0);
            let after = companions.iter().map(|companion| companion.after).max().unwrap_or(0);
            self.branches.push(Branch { rule: index, scope: rule.scope, width, n_companions, sieve: 0, before, after, companions, node });
        }
        let languages = match &rule.language {
            None => EVERY_LANGUAGE,
            Some(language) => {
                let place = self.languages.iter().position(|known| known == language).unwrap_or_else(|| {
                    self.languages.push(language.clone());
                    self.languages.len() - 1
                });
                language_bit(place)
            }
        };
        let mut longest = 0;
        for atom in &atoms {
            let atom = &self.atoms[*atom as usize];
            longest = longest.max(if atom.sequences.is_empty() { 0 } else { atom.length });
            atom.sequences.iter().for_each(|id| self.sequences[*id as usize].rules.push(index));
        }
        atoms.retain(|atom| self.atoms[*atom as usize].sequences.is_empty());
        let compiled = self.unless(rule);
        self.rules.push(Compiled { regexes: atoms, longest, languages, ..compiled });
    }

    fn unless(&mut self, rule: &Rule) -> Compiled {
        let first_unless = self.n_unless;
        let (mut unless, mut unannounced) = (Vec::new(), Vec::new());
        for expr in &rule.parsed_unless {
            let node = self.node(expr, rule.scope);
            for atom in self.required(&node).atoms {
                self.atoms[atom as usize].unless.push(self.n_unless);
                if self.atoms[atom as usize].sequences.is_empty() {
                    unannounced.push(self.n_unless);
                }
            }
            unless.push((self.width(&node), node));
            self.n_unless += 1;
        }
        let unless: Vec<(Node, u32)> = unless.into_iter().map(|(width, node)| (node, width)).collect();
        let unless_width = unless.iter().map(|(_, width)| *width).max().unwrap_or(0);
        unannounced.dedup();
        let (regexes, longest) = (Vec::new(), 0);
        Compiled { unless, first_unless, unless_width, unannounced, regexes, longest, scope: rule.scope, languages: EVERY_LANGUAGE }
    }

    pub(super) fn node(&mut self, expr: &Expr<Leaf>, scope: Scope) -> Node {
        match expr {
            Expr::Or(members) => self.any_of(members, scope),
            Expr::AtLeast(k, members) => Node::AtLeast(*k, self.nodes(members, scope)),
            Expr::And(members) => {
                let present = members.iter().filter(|member| !matches!(member, Expr::Not(_)));
                let present = present.map(|member| self.node(member, scope)).collect();
                let absent = members.iter().filter_map(|member| if let Expr::Not(inside) = member { Some(inside) } else { None });
                let absent = absent.map(|inside| self.node(inside, scope)).collect();
                Node::And(present, absent)
            }
            Expr::Not(_) => unreachable!("the parser refuses NOT outside AND"),
            Expr::Pair(left, relation, n, right) => {
                let (left, right) = (self.node(left, scope), self.node(right, scope));
                let right_first = *relation != Relation::NotNear && self.required(&right).weight < self.required(&left).weight;
                let reach = self.width(if right_first { &left } else { &right });
                Node::Pair(Box::new(Pair { left, right, relation: *relation, n: *n, right_first, reach }))
            }
            Expr::Leaf(Leaf::Words(sequences)) => Node::Leaf(self.words(&[sequences])),
            Expr::Leaf(Leaf::Regex(pattern)) => Node::Leaf(self.regex(pattern, scope)),
        }
    }

    fn nodes(&mut self, members: &[Expr<Leaf>], scope: Scope) -> Vec<Node> {
        members.iter().map(|member| self.node(member, scope)).collect()
    }

    /// All phrases of an OR are one atom.
    fn any_of(&mut self, members: &[Expr<Leaf>], scope: Scope) -> Node {
        let (mut phrases, mut others) = (Vec::new(), Vec::new());
        flatten(members, &mut phrases, &mut others);
        let mut nodes: Vec<Node> = others.into_iter().map(|other| self.node(other, scope)).collect();
        if !phrases.is_empty() {
            nodes.push(Node::Leaf(self.words(&phrases)));
        }
        if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) }
    }

    /// Words of the longest span.
    pub(super) fn width(&self, node: &Node) -> u32 {
        match node {
            Node::Leaf(atom) => self.atoms[*atom as usize].length,
            Node::Or(members) => members.iter().map(|member| self.width(member)).max().unwrap_or(0),
            Node::And(..) | Node::AtLeast(..) => UNBOUNDED,
            Node::Pair(pair) if pair.relation == Relation::NotNear => self.width(&pair.left),
            Node::Pair(pair) => self.width(&pair.left).saturating_add(pair.n).saturating_add(self.width(&pair.right)),
        }
    }

    fn words(&mut self, phrases: &[&Vec<Vec<Slot>>]) -> u32 {
        let mut ids = Vec::new();
        let mut length = 1;
        for slots in phrases.iter().flat_map(|sequences| sequences.iter()) {
            length = length.max(slots.len());
            let classes: Box<[u32]> = slots.iter().map(|slot| self.class(slot)).collect();
            ids.push(match self.sequence_ids.get(&classes) {
                Some(id) => *id,
                None => self.add_sequence(classes),
            });
        }
        ids.sort_unstable();
        ids.dedup();
        if let Some(atom) = self.words_atoms.get(&ids) {
            return *atom;
        }
        let atom = self.atoms.len() as u32;
        let mut weight = 0;
        for id in &ids {
            let sequence = &mut self.sequences[*id as usize];
            sequence.atoms.push(atom);
            weight += sequence_weight(sequence, &self.class_weights);
        }
        self.words_atoms.insert(ids.clone(), atom);
        self.atoms.push(Atom { weight, length: length as u32, sequences: ids, ..Atom::default() });
        atom
    }

    fn add_sequence(&mut self, slots: Box<[u32]>) -> u32 {
        let id = self.sequences.len() as u32;
        let known = slots.iter().enumerate().filter(|(_, class)| **class != ANY);
        let anchor = known.clone().min_by_key(|(_, class)| self.class_weights[**class as usize]).map_or(0, |(i, _)| i);
        let others = known.filter(|(i, _)| *i != anchor);
        // A neighbour of the anchor, since what pairs of neighbours let through is remembered.
        let probe = others.min_by_key(|(i, class)| (i.abs_diff(anchor) != 1, self.class_weights[**class as usize]));
        let probe = probe.map_or((0, ANY), |(i, class)| (i as i32 - anchor as i32, *class));
        self.sequence_ids.insert(slots.clone(), id);
        self.sequences.push(Sequence { slots, anchor: anchor as u32, probe, atoms: Vec::new(), rules: Vec::new(), targets: Vec::new() });
        id
    }

    fn class(&mut self, slot: &Slot) -> u32 {
        let Slot::OneOf(patterns) = slot else { return ANY };
        // The rules hold every slot until all are compiled: no place is taken twice.
        let place = patterns.as_ptr().addr();
        if let Some(class) = self.shared.get(&place) {
            return *class;
        }
        let class = match self.classes.get(patterns) {
            Some(class) => *class,
            None => {
                let class = self.class_list.len() as u32;
                self.classes.insert(Arc::clone(patterns), class);
                self.class_weights.push(class_weight(patterns));
                self.class_list.push(Arc::clone(patterns));
                class
            }
        };
        self.shared.insert(place, class);
        class
    }

    fn regex(&mut self, pattern: &str, scope: Scope) -> u32 {
        if let Some(atom) = self.regex_atoms.get(&(pattern.to_owned(), scope)) {
            return *atom;
        }
        let atom = self.atoms.len() as u32;
        self.regex_atoms.insert((pattern.to_owned(), scope), atom);
        let literal = regexes::required_literal(pattern);
        let regex = regexes::build(pattern).expect("expressions are parsed only when their regexes compile");
        self.regexes.push(RegexAtom { regex, scope, atom, has_literal: literal.is_some() });
        self.atoms.push(Atom { weight: REGEX_WEIGHTS[usize::from(literal.is_none())], length: UNBOUNDED, ..Atom::default() });
        self.literals.push(literal);
        atom
    }

    fn finish(self) -> Program {
        let (mut sequences, rules) = (self.sequences, self.rules);
        let (class_numbers, n_classes) = numbers(&self.class_weights, |_| 1);
        let number = |class: u32| if class == ANY { ANY } else { class_numbers[class as usize] };
        for sequence in &mut sequences {
            sequence.slots.iter_mut().for_each(|class| *class = number(*class));
            sequence.probe.1 = number(sequence.probe.1);
        }
        let mut bearings: Vec<Bearing> = Vec::new();
        bearings.resize_with(n_classes, Bearing::default);
        for (id, sequence) in sequences.iter_mut().enumerate() {
            let own = &mut bearings[anchor_class(sequence) as usize];
            own.anchors.push(id as u32);
            for atom in &sequence.atoms {
                sequence.targets.extend(&self.atoms[*atom as usize].targets);
                own.unless.extend(&self.atoms[*atom as usize].unless);
            }
            sequence.rules.dedup();
            sequence.targets.sort_unstable();
            sequence.targets.dedup();
        }
        let weights: Vec<u64> = self.companion_sets.iter().map(|(weight, _)| *weight).collect();
        let (numbers, n_companions) = numbers(&weights, |weight| weight.isqrt() + 1);
        for ((_, classes), set) in self.companion_sets.iter().zip(&numbers) {
            classes.iter().for_each(|class| bearings[number(*class) as usize].companions.push(*set));
        }
        let mut branches = self.branches;
        for branch in &mut branches {
            for companion in branch.companions.iter_mut().take(branch.n_companions as usize) {
                companion.set = numbers[companion.set as usize];
                branch.sieve |= 1 << (companion.set % 64);
            }
        }
        let vocabulary =
            vocabulary(self.class_list.iter().zip(&class_numbers).map(|(patterns, number)| (&**patterns, *number)), &self.literals);
        let lengths = self.atoms.iter().map(|atom| atom.length).collect();
        let targets = self.atoms.into_iter().map(|atom| if atom.sequences.is_empty() { atom.targets } else { Vec::new() }).collect();
        let languages = self.languages;
        Program { rules, branches, sequences, bearings, targets, lengths, regexes: self.regexes, vocabulary, languages, n_companions }
    }
}

/// Phrases of an OR and of those inside of it, and its other members.
fn flatten<'e>(members: &'e [Expr<Leaf>], phrases: &mut Vec<&'e Vec<Vec<Slot>>>, others: &mut Vec<&'e Expr<Leaf>>) {
    for member in members {
        match member {
            Expr::Or(inside) => flatten(inside, phrases, others),
            Expr::Leaf(Leaf::Words(sequences)) => phrases.push(sequences),
            other => others.push(other),
        }
    }
}

/// The class that a sequence is found by.
pub(super) fn anchor_class(sequence: &Sequence) -> u32 {
    sequence.slots[sequence.anchor as usize]
}

/// How often a sequence is to be expected, in [`ALONE`]ths: its rarest word, of which those are left that have the next one beside
/// them. That one is taken to stand there sixteen times as often as anywhere: words of a phrase attract each other.
fn sequence_weight(sequence: &Sequence, class_weights: &[u64]) -> u64 {
    let own = class_weights[anchor_class(sequence) as usize];
    match sequence.probe {
        (_, ANY) => own * ALONE,
        (_, class) => own * (class_weights[class as usize] * 16 * ALONE / 1_000_000).clamp(1, ALONE),
    }
}

/// One in a million words, as weights of atoms count.
const ALONE: u64 = 4_096;
