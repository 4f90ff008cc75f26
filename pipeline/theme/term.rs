//! Which words and phrases do clauses hold, and how often?
//!
//! A term is one to three words that stand side by side, with a telling word at both ends; inside, small words may
//! join them ("freeze my card", "card was declined"). Numbers, masks, placeholders, handles, links and words that are unfit for a label are
//! in none. Forms of a word are one term.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use super::material::{Material, Placed};
use super::stem::stem;
use crate::stage::embed::{is_mask, is_stop};

/// One to three words; the rest is [`NONE`].
pub(super) type Term = [u32; 3];
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// May stand anywhere.
    Content,
    /// May begin or end a phrase, but is no term alone.
    Weak,
    /// May stand between two others.
    Joining,
    /// May stand in no term, but ends none either: the clause goes on behind it.
    Other,
}

/// Words that may stand inside a phrase without making it a piece of a sentence.
const JOINING: [&str; 27] = [
    "a", "an", "and", "are", "at", "by", "for", "from", "had", "in", "is", "my", "no", "not", "of", "on", "our", "out", "the", "to", "too",
    "up", "very", "was", "were", "with", "your",
];

/// The words of the lines of `lexicons/themes/unfit.txt` whose kind is weak, or is not.
fn listed(weak: bool) -> HashSet<&'static str> {
    let lines = include_str!("../../lexicons/themes/unfit.txt").lines().filter(|line| !line.starts_with('#'));
    let kinds = lines.filter_map(|line| line.split_once(':')).filter(|(kind, _)| (*kind == "weak") == weak);
    kinds.flat_map(|(_, words)| words.split_whitespace()).collect()
}

/// Oaths and slurs, words of courtesy and address, pieces of small words.
static UNFIT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| listed(false));

/// Words that tell nothing alone.
static WEAK: LazyLock<HashSet<&'static str>> = LazyLock::new(|| listed(true));

/// Whether a folded word may not name a theme, alone or as part of a longer word.
fn is_unfit(folded: &str) -> bool {
    UNFIT.contains(folded) || folded.split(['-', '\'', '’', '*']).any(|part| UNFIT.contains(part)) || folded.contains('*')
}

/// The terms of all clauses of a month.
pub(super) struct Terms<'m> {
    pub(super) material: &'m Material,
    pub(super) frequencies: HashMap<Term, u32>,
    kinds: Vec<Kind>,
    /// For each word the first word with the same stem: "delay", "delays" and "delayed" are one term.
    stems: Vec<u32>,
}

/// A term where it stands: its words, and the words before and behind it; [`None`]: the clause begins or ends there.
pub(super) struct Place<'p> {
    pub(super) words: &'p [Placed],
    pub(super) before: Option<u32>,
    pub(super) behind: Option<u32>,
}

impl<'m> Terms<'m> {
    pub(super) fn new(material: &'m Material) -> Self {
        let kind = |id: u32| match material.folded(id) {
            word if is_mask(word) || !word.chars().any(char::is_alphabetic) || is_unfit(word) => Kind::Other,
            word if JOINING.contains(&word) => Kind::Joining,
            word if WEAK.contains(word) => Kind::Weak,
            word if is_stop(word) || word.chars().count() < 2 => Kind::Other,
            _ => Kind::Content,
        };
        let kinds = (0..material.n_words() as u32).map(kind).collect();
        let mut first: HashMap<&str, u32> = HashMap::new();
        let stems = (0..material.n_words() as u32).map(|id| *first.entry(stem(material.folded(id))).or_insert(id)).collect();
        let mut terms = Self { stems, material, frequencies: HashMap::new(), kinds };
        let mut frequencies = HashMap::new();
        for clause in 0..material.clauses.len() {
            terms.each(clause, |term, _| *frequencies.entry(term).or_insert(0) += 1);
        }
        terms.frequencies = frequencies;
        terms
    }

    /// Calls `see` once for each distinct term of a clause, where it stands first.
    pub(super) fn each(&self, clause: usize, mut see: impl FnMut(Term, &Place<'_>)) {
        let words = self.material.words_of(clause);
        let mut seen: Vec<Term> = Vec::new();
        for start in 0..words.len() {
            for length in 1..=3 {
                let Some(part) = words.get(start..start + length) else { break };
                if !self.is_term(part) {
                    continue;
                }
                let mut term = [NONE; 3];
                term.iter_mut().zip(part).for_each(|(to, word)| *to = self.stems[word.id as usize]);
                if !seen.contains(&term) {
                    seen.push(term);
                    let before = start.checked_sub(1).and_then(|at| words.get(at)).map(|word| word.id);
                    see(term, &Place { words: part, before, behind: words.get(start + length).map(|word| word.id) });
                }
            }
        }
    }

    fn is_term(&self, part: &[Placed]) -> bool {
        let kind = |word: &Placed| if word.aside { Kind::Other } else { self.kinds[word.id as usize] };
        let (Some(first), Some(last)) = (part.first(), part.last()) else { return false };
        matches!(kind(first), Kind::Content | Kind::Weak)
            && matches!(kind(last), Kind::Content | Kind::Weak)
            && part.iter().any(|word| kind(word) == Kind::Content)
            && part.iter().skip(1).all(|word| word.joined && kind(word) != Kind::Other)
            && (part.len() == 1 || self.stems[first.id as usize] != self.stems[last.id as usize])
    }

    /// Words of a term that tell something, folded.
    pub(super) fn telling(&self, term: &Term) -> Vec<&str> {
        let ids = words(term).iter().filter(|id| matches!(self.kinds[**id as usize], Kind::Content | Kind::Weak));
        ids.map(|id| self.material.folded(*id)).collect()
    }

    /// Whether a word may begin or end a term.
    pub(super) fn is_telling(&self, id: u32) -> bool {
        matches!(self.kinds[id as usize], Kind::Content | Kind::Weak)
    }

    /// The folded words of a term.
    pub(super) fn text(&self, term: &Term) -> String {
        words(term).iter().map(|id| self.material.folded(*id)).collect::<Vec<_>>().join(" ")
    }

    /// How people write `wanted`: the most frequent form, and of those at the beginning of a clause only the ones that are
    /// written so elsewhere.
    pub(super) fn forms(&self, members: &[usize], wanted: impl Iterator<Item = Term>) -> HashMap<Term, String> {
        let mut forms: HashMap<Term, BTreeMap<String, u32>> = wanted.map(|term| (term, BTreeMap::new())).collect();
        for clause in members {
            let said = &self.material.clauses[*clause];
            let shouted = !said.text.chars().any(char::is_lowercase);
            self.each(*clause, |term, place| {
                let (Some(forms), Some(first), Some(last)) = (forms.get_mut(&term), place.words.first(), place.words.last()) else {
                    return;
                };
                let Some(text) = said.text.get(first.start_byte as usize..last.end_byte as usize) else { return };
                let at_start =
                    first.start_byte == 0 || said.text.get(..first.start_byte as usize).is_some_and(|t| !t.contains(char::is_alphanumeric));
                let form = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if shouted || at_start {
                    forms.entry(form.to_lowercase()).or_insert(0);
                } else {
                    *forms.entry(form).or_insert(0) += 1;
                }
            });
        }
        let best = |(term, forms): (Term, BTreeMap<String, u32>)| {
            let mut best: Option<(String, u32)> = None;
            for (form, n) in forms {
                if best.as_ref().is_none_or(|(_, most)| n >= *most) {
                    best = Some((form, n));
                }
            }
            (term, best.map_or_else(|| self.text(&term), |(form, _)| form))
        };
        forms.into_iter().map(best).collect()
    }
}

/// The words of a term.
pub(super) fn words(term: &Term) -> &[u32] {
    let n = term.iter().position(|id| *id == NONE).unwrap_or(3);
    &term[..n]
}
