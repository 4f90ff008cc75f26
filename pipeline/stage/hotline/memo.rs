//! What do the rules look for that a distinct word bears on?
//!
//! Words of which the rules ask the same share a profile; most words have the first one, of which nothing is asked. Profiles are
//! learnt from the vocabulary when a word of theirs is first seen; the pass over the words of a text only reads.

use std::collections::HashMap;

use super::cues::{Cue, LANGUAGES, cue};
use super::program::{ANY, EVERY_LANGUAGE, Program, Sequence, Target};
use super::words::forms;
use crate::text::{WordId, WordTable};

/// A sequence of an atom that a word is the anchor of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) atom: u32,
    pub(super) sequence: u32,
}

/// A sequence of a rule that a word is the anchor of, and that a hit of it can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cover {
    pub(super) rule: u32,
    pub(super) sequence: u32,
}

/// A sequence that leads to a hit or to a branch, with the one other word that is asked for before the sequence is read at all: of
/// the sequences that a common word is the anchor of, nearly all end there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lead {
    pub(super) sequence: u32,
    pub(super) target: Target,
    /// The class of the other word; [`ANY`]: the anchor stands alone.
    pub(super) class: u32,
    /// How many words behind the anchor it stands.
    pub(super) offset: i32,
    /// Words of the sequence before its anchor, and all of them.
    pub(super) anchor: u32,
    pub(super) length: u32,
    /// A third word, as the other one.
    pub(super) third: (i32, u32),
    /// Whether the sequence asks for no fourth word.
    pub(super) is_all: bool,
}

/// The number of a profile above the flags that the pass over all words asks for, so that it reads one number a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known(u32);

/// What a word of a profile begins, as flags of [`Known`]: leads by the word before it, by the word behind it, other leads, leads of
/// rules for one language, and regular expressions.
pub(super) const BESIDE: [u32; 2] = [1, 2];
pub(super) const LEADS: u32 = 4;
pub(super) const OWN_LEADS: u32 = 8;
pub(super) const REGEXES: u32 = 16;
const FLAG_BITS: u32 = 5;

impl Known {
    #[inline]
    pub(super) fn profile(self) -> usize {
        (self.0 >> FLAG_BITS) as usize
    }

    /// Whether it has one of these flags.
    #[inline]
    pub(super) fn is(self, flags: u32) -> bool {
        self.0 & flags != 0
    }
}

/// What is known of each distinct word.
#[derive(Debug, Default)]
pub(super) struct Memo {
    generation: u32,
    /// By word id.
    pub(super) known: Vec<Known>,
    /// By language, then by word id.
    pub(super) cues: [Vec<Cue>; LANGUAGES.len()],
    /// By the classes and regexes of a word.
    profile_ids: HashMap<(Vec<u32>, Vec<u32>), Known>,
    /// The classes that a word belongs to.
    pub(super) classes: Members,
    /// The atoms that have a sequence which the word is the anchor of.
    pub(super) atoms: Members,
    /// The sets of companions that it belongs to.
    pub(super) companions: Members,
    places: Lists<Place>,
    covers: Lists<Cover>,
    /// By profile: the sieves of the rules of its covers, and of those whose entries of `unless` it announces.
    rules: Vec<[u64; 2]>,
    /// Leads by the word before, and by the word behind: by profile.
    sides: [Vec<Side>; 2],
    groups: Vec<Group>,
    beside: Vec<Lead>,
    leads: Lists<Lead>,
    own_leads: Lists<Lead>,
    regexes: Lists<u32>,
    unless: Lists<u32>,
}

impl Memo {
    /// Learns the words that have been added to the table.
    pub(super) fn update(&mut self, table: &WordTable, program: &Program) {
        if self.generation != table.generation() || self.known.len() > table.len() {
            self.generation = table.generation();
            self.known.clear();
            self.cues.iter_mut().for_each(Vec::clear);
        }
        while self.known.len() < table.len() {
            let word = table.folded(WordId(self.known.len() as u32));
            let forms = forms(word);
            for (language, cues) in LANGUAGES.iter().zip(&mut self.cues) {
                cues.push(cue(&forms[0], language));
            }
            let (mut classes, mut regexes) = (Vec::new(), Vec::new());
            program.vocabulary.look_up(&forms, &mut classes, &mut regexes);
            let known = self.profile(classes, regexes, program);
            self.known.push(known);
        }
    }

    fn profile(&mut self, classes: Vec<u32>, regexes: Vec<u32>, program: &Program) -> Known {
        if self.profile_ids.is_empty() {
            self.learn(&[], &[], program);
            self.profile_ids.insert((Vec::new(), Vec::new()), Known::default());
        }
        let key = (classes, regexes);
        if let Some(known) = self.profile_ids.get(&key) {
            return *known;
        }
        let known = self.learn(&key.0, &key.1, program);
        self.profile_ids.insert(key, known);
        known
    }

    /// Adds the next profile.
    fn learn(&mut self, classes: &[u32], regexes: &[u32], program: &Program) -> Known {
        let bearings = || classes.iter().map(|class| &program.bearings[*class as usize]);
        let sorted = |mut list: Vec<u32>| {
            list.sort_unstable();
            list.dedup();
            list
        };
        let anchored = || bearings().flat_map(|bearing| &bearing.anchors).map(|id| (*id, &program.sequences[*id as usize]));
        let mut places: Vec<Place> =
            anchored().flat_map(|(sequence, own)| own.atoms.iter().map(move |atom| Place { atom: *atom, sequence })).collect();
        places.sort_unstable();
        let leads = || anchored().flat_map(|(sequence, own)| own.targets.iter().map(move |target| lead(sequence, own, *target)));
        let of_all = || leads().filter(|lead| program.languages_of_target(lead.target) == EVERY_LANGUAGE);
        let of_one = leads().filter(|lead| program.languages_of_target(lead.target) != EVERY_LANGUAGE);
        for (sides, offset) in self.sides.iter_mut().zip([-1, 1]) {
            let start = self.groups.len() as u32;
            let mut own: Vec<Lead> = of_all().filter(|lead| lead.offset == offset).collect();
            own.sort_by_key(|lead| lead.class);
            for group in own.chunk_by(|a, b| a.class == b.class) {
                let start = self.beside.len() as u32;
                self.beside.extend(group);
                self.groups.push(Group { class: group[0].class, start, end: self.beside.len() as u32 });
            }
            sides.push(Side { wanted: sieve(own.iter().map(|lead| lead.class)), start, end: self.groups.len() as u32 });
        }
        let profile = self.leads.push(of_all().filter(|lead| lead.offset.abs() != 1));
        self.own_leads.push(of_one);
        let mut covers: Vec<Cover> =
            anchored().flat_map(|(sequence, own)| own.rules.iter().map(move |rule| Cover { rule: *rule, sequence })).collect();
        covers.sort_unstable();
        let unless = sorted(bearings().flat_map(|bearing| bearing.unless.iter().copied()).collect());
        let of_entry = |entry: &u32| program.rules.partition_point(|rule| rule.first_unless <= *entry) as u32 - 1;
        self.rules.push([sieve(covers.iter().map(|cover| cover.rule)), sieve(unless.iter().map(of_entry))]);
        self.covers.push(covers.into_iter());
        self.classes.push(classes, program.bearings.len());
        self.atoms.push(&sorted(places.iter().map(|place| place.atom).collect()), program.lengths.len());
        self.companions.push(&sorted(bearings().flat_map(|bearing| bearing.companions.iter().copied()).collect()), program.n_companions);
        self.unless.push(unless.into_iter());
        self.places.push(places.into_iter());
        self.regexes.push(regexes.iter().copied());
        let flag = |is_set: bool, flag: u32| if is_set { flag } else { 0 };
        let flags = flag(self.sides[0][profile].wanted != 0, BESIDE[0])
            | flag(self.sides[1][profile].wanted != 0, BESIDE[1])
            | flag(!self.leads.of(profile).is_empty(), LEADS)
            | flag(!self.own_leads.of(profile).is_empty(), OWN_LEADS)
            | flag(!regexes.is_empty(), REGEXES);
        Known((profile as u32) << FLAG_BITS | flags)
    }

    /// The sequences of one atom that a word of the profile is the anchor of.
    pub(super) fn places_of(&self, profile: usize, atom: u32) -> &[Place] {
        let all = self.places.of(profile);
        let from = all.partition_point(|place| place.atom < atom);
        let n = all.get(from..).unwrap_or_default().iter().take_while(|place| place.atom == atom).count();
        all.get(from..from + n).unwrap_or_default()
    }

    /// The sequences of a rule that a word of the profile is the anchor of, and that a hit can hold.
    pub(super) fn covers(&self, profile: usize, rule: u32) -> impl Iterator<Item = &Cover> {
        let all = if self.rules[profile][0] >> (rule % 64) & 1 == 1 { self.covers.of(profile) } else { &[] };
        let from = all.partition_point(|cover| cover.rule < rule);
        all.get(from..).unwrap_or_default().iter().take_while(move |cover| cover.rule == rule)
    }

    /// Calls `see` with each lead of a profile by the word before it (0) or behind it (1) that the other word lets through.
    #[inline]
    pub(super) fn beside(&self, side: usize, profile: usize, other: usize, mut see: impl FnMut(&Lead)) {
        let own = &self.sides[side][profile];
        let sieve = self.classes.sieves[other];
        if own.wanted & sieve == 0 {
            return;
        }
        for group in self.groups.get(own.start as usize..own.end as usize).unwrap_or_default() {
            if sieve >> (group.class % 64) & 1 == 1 && self.classes.holds(other, group.class) {
                self.beside.get(group.start as usize..group.end as usize).unwrap_or_default().iter().for_each(&mut see);
            }
        }
    }

    /// Other sequences of which rules for all languages make something.
    pub(super) fn leads(&self, profile: usize) -> &[Lead] {
        self.leads.of(profile)
    }

    /// Sequences of which only rules for one language make something.
    pub(super) fn own_leads(&self, profile: usize) -> &[Lead] {
        self.own_leads.of(profile)
    }

    /// The regular expressions that run only on texts with such a word.
    pub(super) fn regexes(&self, profile: usize) -> &[u32] {
        self.regexes.of(profile)
    }

    /// The entries of `unless` that a word of the profile announces, sorted; none if none of them is of this rule.
    #[inline]
    pub(super) fn unless(&self, profile: usize, rule: u32) -> &[u32] {
        if self.rules[profile][1] >> (rule % 64) & 1 == 1 { self.unless.of(profile) } else { &[] }
    }
}

fn lead(id: u32, sequence: &Sequence, target: Target) -> Lead {
    let ((offset, class), length) = (sequence.probe, sequence.slots.len() as u32);
    let asked = || sequence.slots.iter().zip(-(sequence.anchor as i32)..).filter(|(class, _)| **class != ANY);
    let third = asked().find(|(_, at)| *at != 0 && *at != offset).map_or((0, ANY), |(class, at)| (at, *class));
    Lead { sequence: id, target, class, offset, anchor: sequence.anchor, length, third, is_all: asked().count() < 4 }
}

/// The leads of a profile by one of its neighbours.
#[derive(Clone, Copy, Debug)]
struct Side {
    /// The sieve of the classes that they ask for.
    wanted: u64,
    /// Where their groups are.
    start: u32,
    end: u32,
}

/// Leads that ask for the same class beside them.
#[derive(Clone, Copy, Debug)]
struct Group {
    class: u32,
    start: u32,
    end: u32,
}

/// A list for each profile.
#[derive(Debug)]
struct Lists<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Adds the list of the next profile; returns its number.
    fn push(&mut self, items: impl Iterator<Item = T>) -> usize {
        self.items.extend(items);
        self.ends.push(self.items.len() as u32);
        self.ends.len() - 1
    }

    fn of(&self, profile: usize) -> &[T] {
        let start = profile.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..self.ends[profile] as usize]
    }
}

/// A set of small numbers for each profile: short sets as lists, those of common words, with hundreds, as bits.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// By profile: for each member the bit at its number modulo 64. Most questions end here.
    sieves: Vec<u64>,
    lists: Lists<u32>,
    /// By profile: where its bits begin.
    starts: Vec<u32>,
    bits: Vec<u64>,
}

/// Longer lists than this become bits.
const LONG_LIST: usize = 6;
const IS_LIST: u32 = u32::MAX;

/// For each number the bit at that number modulo 64.
fn sieve(members: impl Iterator<Item = u32>) -> u64 {
    members.fold(0, |sieve, member| sieve | 1 << (member % 64))
}

impl Members {
    /// Adds the set of the next profile: sorted numbers below `n`.
    fn push(&mut self, members: &[u32], n: usize) {
        self.sieves.push(sieve(members.iter().copied()));
        let is_long = members.len() > LONG_LIST;
        self.lists.push(members.iter().copied().filter(|_| !is_long));
        if !is_long {
            self.starts.push(IS_LIST);
            return;
        }
        let start = self.bits.len();
        self.starts.push(start as u32);
        self.bits.resize(start + n.div_ceil(64), 0);
        for member in members {
            self.bits[start + *member as usize / 64] |= 1 << (member % 64);
        }
    }

    /// For each number in the set of a profile the bit at that number modulo 64.
    #[inline]
    pub(super) fn sieve(&self, profile: usize) -> u64 {
        self.sieves[profile]
    }

    /// Whether a number is in the set of a profile.
    #[inline]
    pub(super) fn has(&self, profile: usize, member: u32) -> bool {
        self.sieves[profile] >> (member % 64) & 1 == 1 && self.holds(profile, member)
    }

    #[inline]
    fn holds(&self, profile: usize, member: u32) -> bool {
        match self.starts[profile] {
            IS_LIST => self.lists.of(profile).contains(&member),
            start => self.bits[start as usize + member as usize / 64] >> (member % 64) & 1 == 1,
        }
    }
}
