//! Without which words can a branch not match?
//!
//! The rarest of them trigger it; of the others, its companions, some must stand near the trigger. Only what is certain counts: an
//! operand that can match in another way has no companions.

use super::compile::{Builder, anchor_class};
use super::expression::Relation;
use super::program::{Companion, Node, UNBOUNDED};

/// Atoms of which one is in every match, and how common they are together.
pub(super) struct Required {
    pub(super) atoms: Vec<u32>,
    pub(super) weight: u64,
}

/// Companions of which more than this are to be expected in the words looked at, in millionths, cut nothing.
const TOO_COMMON: u64 = 1_500_000;
impl Builder {
    pub(super) fn required(&self, node: &Node) -> Required {
        match node {
            Node::Leaf(atom) => Required { atoms: vec![*atom], weight: self.atoms[*atom as usize].weight },
            Node::Or(members) => union(members.iter().map(|member| self.required(member)).collect()),
            Node::AtLeast(k, members) => {
                let mut each: Vec<Required> = members.iter().map(|member| self.required(member)).collect();
                each.sort_by_key(|member| member.weight);
                // Of any `k` members one is among these.
                each.truncate(members.len() + 1 - k);
                union(each)
            }
            Node::And(members, _) => self.required(self.rarest(members)),
            Node::Pair(pair) if pair.relation == Relation::NotNear || !pair.right_first => self.required(&pair.left),
            Node::Pair(pair) => self.required(&pair.right),
        }
    }

    fn rarest<'n>(&self, members: &'n [Node]) -> &'n Node {
        let rarest = members.iter().min_by_key(|member| self.required(member).weight);
        rarest.expect("the parser refuses AND without a positive member")
    }

    /// Adds what must stand near the atoms that [`Builder::required`] gives, with how much of it is to be expected there.
    pub(super) fn companions(&mut self, node: &Node, out: &mut Vec<(u64, Companion)>) {
        match node {
            Node::Leaf(_) | Node::Or(_) | Node::AtLeast(..) => {}
            Node::And(members, _) => {
                let rarest = self.rarest(members);
                for member in members.iter().filter(|member| !std::ptr::eq(*member, rarest)) {
                    self.needed(member, UNBOUNDED, UNBOUNDED, true, out);
                }
                self.companions(rarest, out);
            }
            Node::Pair(pair) if pair.relation == Relation::NotNear => self.companions(&pair.left, out),
            Node::Pair(pair) => {
                let (trigger, other) = if pair.right_first { (&pair.right, &pair.left) } else { (&pair.left, &pair.right) };
                // The trigger is a place of a leaf, or stands anywhere inside of a longer span.
                let inside = !matches!(trigger, Node::Leaf(_));
                let slack = if inside { self.width(trigger) } else { 0 };
                let reach = slack.saturating_add(pair.n).saturating_add(self.width(other));
                let (before, after) = match pair.relation {
                    Relation::Before if pair.right_first => (reach, slack),
                    Relation::Before => (slack, reach),
                    Relation::Near | Relation::NotNear => (reach, reach),
                };
                self.needed(other, before, after, inside, out);
                self.companions(trigger, out);
            }
        }
    }

    /// Adds what cannot be missing of an operand that lies in a window.
    fn needed(&mut self, node: &Node, before: u32, after: u32, inside: bool, out: &mut Vec<(u64, Companion)>) {
        match node {
            Node::And(members, _) => members.iter().for_each(|member| self.needed(member, UNBOUNDED, UNBOUNDED, true, out)),
            Node::Pair(pair) if pair.relation != Relation::NotNear => {
                self.needed(&pair.left, before, after, inside, out);
                self.needed(&pair.right, before, after, inside, out);
            }
            _ => {
                let mut classes = Vec::new();
                for atom in self.required(node).atoms {
                    let sequences = &self.atoms[atom as usize].sequences;
                    if sequences.is_empty() {
                        return;
                    }
                    classes.extend(sequences.iter().map(|id| anchor_class(&self.sequences[*id as usize])));
                }
                classes.sort_unstable();
                classes.dedup();
                let weight: u64 = classes.iter().map(|class| self.class_weights[*class as usize]).sum();
                let expected = weight.saturating_mul(u64::from(before.saturating_add(after).min(100)));
                if expected > TOO_COMMON {
                    return;
                }
                let n = self.companion_sets.len() as u32;
                let set = *self.companion_ids.entry(classes.clone()).or_insert(n);
                if set == n {
                    self.companion_sets.push((weight, classes));
                }
                out.push((expected, Companion { set, before, after, inside }));
            }
        }
    }
}

/// Numbers for sets of words, given how common each is, and what they stay below. Sets about as common as each other share a number
/// modulo 64, so that a sieve by it lets through rare sets for rare ones only. All together the sets of one such number have a 64th of
/// all shares; where many have one number, the others stay unused up to the same height.
pub(super) fn numbers(weights: &[u64], share: fn(u64) -> u64) -> (Vec<u32>, usize) {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|set| weights[*set]);
    let share = |set: usize| share(weights[set]);
    let all: u64 = order.iter().map(|set| share(*set)).sum();
    let (mut numbers, mut sizes, mut before) = (vec![0; weights.len()], [0_u32; 64], 0);
    for set in order {
        let place = (before * 64 / all) as usize;
        numbers[set] = sizes[place] * 64 + place as u32;
        sizes[place] += 1;
        before += share(set);
    }
    (numbers, sizes.into_iter().max().unwrap_or(0).max(1) as usize * 64)
}

fn union(each: Vec<Required>) -> Required {
    each.into_iter().fold(Required { atoms: Vec::new(), weight: 0 }, |mut sum, member| {
        sum.atoms.extend(member.atoms);
        sum.weight += member.weight;
        sum
    })
}
