//! What do all rules look for, put together?
//!
//! Every slot of every phrase becomes a class of words, every phrase a set of sequences of classes, every leaf of an expression an
//! atom. Equal ones are kept once. A sequence is found through its anchor: the class whose words are rarest. The members of a rule's
//! outermost OR are its branches; a branch is looked at only where one of the atoms was found without which it cannot match, and all
//! its other atoms are looked for only there.

use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;

use super::expression::{Expr, Leaf, Relation};
use super::regexes;
use super::rule::{Rule, Scope};
use super::vocabulary::{Vocabulary, class_weight, is_common, is_everywhere, vocabulary};
use super::words::{Slot, WordPattern};

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
    /// By class: the sequences that it anchors.
    pub(super) anchored: Vec<Vec<u32>>,
    /// By atom: the branches that cannot match without one of its kind.
    pub(super) triggers: Vec<Vec<u32>>,
    /// By atom: words of its longest sequence.
    pub(super) lengths: Vec<u32>,
    pub(super) n_classes: usize,
    pub(super) regexes: Vec<RegexAtom>,
    pub(super) vocabulary: Vocabulary,
}

/// One member of the outermost OR of a rule.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) rule: u32,
    pub(super) node: Node,
    pub(super) width: u32,
}

/// What bears on all branches of one rule.
#[derive(Debug)]
pub(super) struct Compiled {
    /// By `unless` entry: its expression and the words of its longest span.
    pub(super) unless: Vec<(Node, u32)>,
    /// Every atom of the expression that a hit can hold, sorted.
    pub(super) atoms: Vec<u32>,
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
}

#[derive(Debug)]
pub(super) struct RegexAtom {
    pub(super) regex: Regex,
    pub(super) scope: Scope,
    pub(super) atom: u32,
    /// Whether it runs only on texts with a word that holds its literal.
    pub(super) has_literal: bool,
}

/// Compiles parsed rules, which were checked when they were read.
pub(super) fn compile(rules: &[Rule]) -> Program {
    let mut builder = Builder::default();
    for (i, rule) in rules.iter().enumerate() {
        let mut atoms = Vec::new();
        let whole = std::slice::from_ref(&rule.parsed);
        let members = if let Expr::Or(members) = &rule.parsed { members.as_slice() } else { whole };
        for member in members {
            let node = builder.node(member, rule.scope);
            node.atoms(&mut atoms);
            let branch = builder.branches.len() as u32;
            let required = builder.required(&node).atoms;
            builder.triggers.resize(builder.weights.len(), Vec::new());
            for atom in required {
                builder.triggers[atom as usize].push(branch);
            }
            builder.branches.push(Branch { rule: i as u32, width: builder.width(&node), node });
        }
        let unless = rule.parsed_unless.iter().map(|expr| {
            let node = builder.node(expr, rule.scope);
            let width = builder.width(&node);
            (node, width)
        });
        let unless = unless.collect();
        atoms.sort_unstable();
        atoms.dedup();
        builder.rules.push(Compiled { unless, atoms });
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

impl Node {
    /// Adds the atoms that a span of it can hold.
    fn atoms(&self, out: &mut Vec<u32>) {
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

#[derive(Default)]
struct Builder {
    classes: HashMap<Arc<[WordPattern]>, u32>,
    /// By where the words of a slot lie in memory: slots that are shared are compared once.
    shared: HashMap<usize, u32>,
    class_list: Vec<Arc<[WordPattern]>>,
    class_weights: Vec<u64>,
    sequence_ids: HashMap<Vec<u32>, u32>,
    sequences: Vec<Sequence>,
    /// By the classes of their sequences.
    words_atoms: HashMap<Vec<Vec<u32>>, u32>,
    regex_atoms: HashMap<(String, Scope), u32>,
    regexes: Vec<RegexAtom>,
    literals: Vec<Option<String>>,
    /// By atom: how common it is thought to be.
    weights: Vec<u64>,
    lengths: Vec<u32>,
    triggers: Vec<Vec<u32>>,
    branches: Vec<Branch>,
    rules: Vec<Compiled>,
}

/// Atoms of which one is in every match, and how common they are together.
struct Required {
    atoms: Vec<u32>,
    weight: u64,
}

impl Builder {
    fn node(&mut self, expr: &Expr<Leaf>, scope: Scope) -> Node {
        match expr {
            Expr::Or(members) => Node::Or(self.nodes(members, scope)),
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
            Expr::Leaf(Leaf::Words(sequences)) => Node::Leaf(self.words(sequences)),
            Expr::Leaf(Leaf::Regex(pattern)) => Node::Leaf(self.regex(pattern, scope)),
        }
    }

    fn nodes(&mut self, members: &[Expr<Leaf>], scope: Scope) -> Vec<Node> {
        members.iter().map(|member| self.node(member, scope)).collect()
    }

    /// Words of the longest span.
    fn width(&self, node: &Node) -> u32 {
        match node {
            Node::Leaf(atom) => self.lengths[*atom as usize],
            Node::Or(members) => members.iter().map(|member| self.width(member)).max().unwrap_or(0),
            Node::And(..) | Node::AtLeast(..) => UNBOUNDED,
            Node::Pair(pair) if pair.relation == Relation::NotNear => self.width(&pair.left),
            Node::Pair(pair) => self.width(&pair.left).saturating_add(pair.n).saturating_add(self.width(&pair.right)),
        }
    }

    fn words(&mut self, sequences: &[Vec<Slot>]) -> u32 {
        let classes: Vec<Vec<u32>> = sequences.iter().map(|slots| slots.iter().map(|slot| self.class(slot)).collect()).collect();
        if let Some(atom) = self.words_atoms.get(&classes) {
            return *atom;
        }
        let atom = self.weights.len() as u32;
        let mut weight = 0;
        for slots in &classes {
            let id = match self.sequence_ids.get(slots) {
                Some(id) => *id,
                None => self.add_sequence(slots.clone()),
            };
            let sequence = &mut self.sequences[id as usize];
            sequence.atoms.push(atom);
            weight += self.class_weights[sequence.slots[sequence.anchor as usize] as usize];
        }
        self.words_atoms.insert(classes, atom);
        self.weights.push(weight);
        self.lengths.push(sequences.iter().map(Vec::len).max().unwrap_or(1) as u32);
        atom
    }

    fn add_sequence(&mut self, slots: Vec<u32>) -> u32 {
        let id = self.sequences.len() as u32;
        let known = slots.iter().enumerate().filter(|(_, class)| **class != ANY);
        let anchor = known.clone().min_by_key(|(_, class)| self.class_weights[**class as usize]).map_or(0, |(i, _)| i);
        let others = known.filter(|(i, _)| *i != anchor);
        let probe = others.min_by_key(|(_, class)| self.class_weights[**class as usize]);
        let probe = probe.map_or((0, ANY), |(i, class)| (i as i32 - anchor as i32, *class));
        self.sequence_ids.insert(slots.clone(), id);
        self.sequences.push(Sequence { slots: slots.into_boxed_slice(), anchor: anchor as u32, probe, atoms: Vec::new() });
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
        let atom = self.weights.len() as u32;
        self.regex_atoms.insert((pattern.to_owned(), scope), atom);
        let literal = regexes::required_literal(pattern);
        let regex = regexes::build(pattern).expect("expressions are parsed only when their regexes compile");
        self.regexes.push(RegexAtom { regex, scope, atom, has_literal: literal.is_some() });
        self.weights.push(if literal.is_some() { 1_000 } else { 1_000_000 });
        self.lengths.push(UNBOUNDED);
        self.literals.push(literal);
        atom
    }

    fn required(&self, node: &Node) -> Required {
        let union = |members: &[Node]| {
            let each = members.iter().map(|member| self.required(member));
            each.fold(Required { atoms: Vec::new(), weight: 0 }, |mut sum, member| {
                sum.atoms.extend(member.atoms);
                sum.weight += member.weight;
                sum
            })
        };
        match node {
            Node::Leaf(atom) => Required { atoms: vec![*atom], weight: self.weights[*atom as usize] },
            Node::Or(members) | Node::AtLeast(_, members) => union(members),
            Node::And(members, _) => {
                let found = members.iter().map(|member| self.required(member));
                found.min_by_key(|member| member.weight).expect("the parser refuses AND without a positive member")
            }
            Node::Pair(pair) if pair.relation == Relation::NotNear => self.required(&pair.left),
            Node::Pair(pair) => {
                let (left, right) = (self.required(&pair.left), self.required(&pair.right));
                if right.weight < left.weight { right } else { left }
            }
        }
    }

    fn finish(self) -> Program {
        let mut anchored = vec![Vec::new(); self.class_list.len()];
        for (id, sequence) in self.sequences.iter().enumerate() {
            anchored[sequence.slots[sequence.anchor as usize] as usize].push(id as u32);
        }
        let mut triggers = self.triggers;
        triggers.resize(self.weights.len(), Vec::new());
        for branches in &mut triggers {
            branches.sort_unstable();
            branches.dedup();
        }
        let vocabulary = vocabulary(&self.class_list, &self.literals);
        Program {
            rules: self.rules,
            branches: self.branches,
            sequences: self.sequences,
            anchored,
            triggers,
            lengths: self.lengths,
            n_classes: self.class_list.len(),
            regexes: self.regexes,
            vocabulary,
        }
    }
}
