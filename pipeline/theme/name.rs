//! What would a person call a theme?
//!
//! Terms of one to three words are ranked by how much more often the theme's clauses hold them than all clauses do (class
//! TF-IDF in the form of a divergence: share inside times the logarithm of share inside over share outside). A term has no
//! function word at its ends, no number, no mask, no placeholder. The label is the best term of several words if
//! it is about as frequent as the best single word, else the two best words.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::material::{Material, Placed};
use crate::stage::embed::{is_mask, is_stop};

/// Label and key terms of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) label: String,
    pub(super) keywords: Vec<String>,
}

/// How often terms occur in all clauses, and what single words are.
pub(super) struct Namer<'m> {
    material: &'m Material,
    n_clauses: usize,
    frequencies: HashMap<Term, u32>,
    kinds: Vec<Kind>,
    /// For each word the first word with the same stem: "delay", "delays" and "delayed" are one term.
    stems: Vec<u32>,
}

/// One to three words; the rest is [`NONE`].
type Term = [u32; 3];
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// May stand anywhere.
    Content,
    /// May stand between two others.
    Function,
    /// In no term.
    Never,
}

const N_KEYWORDS: usize = 8;
/// A term of several words is the label when this share of the clauses holds it, though single words are more frequent.
const TELLING_SHARE: f64 = 0.08;
/// Share of a theme's clauses that hold one of its best terms. In the demo "router", "invoice" and "phones" are in 30 to 60 % of
/// theirs; what "sent, leaving" and "half, time" were made of had no word in more than 12 %.
const NAMING_SHARE: f64 = 0.16;

struct Scored {
    term: Term,
    n_inside: u32,
    score: f64,
}

impl<'m> Namer<'m> {
    pub(super) fn new(material: &'m Material) -> Self {
        let kind = |id: u32| match material.folded(id) {
            word if is_mask(word) || !word.chars().any(char::is_alphabetic) => Kind::Never,
            word if is_stop(word) => Kind::Function,
            _ => Kind::Content,
        };
        let kinds = (0..material.n_words() as u32).map(kind).collect();
        let mut first: HashMap<&str, u32> = HashMap::new();
        let stems = (0..material.n_words() as u32).map(|id| *first.entry(stem(material.folded(id))).or_insert(id)).collect();
        let mut namer = Self { stems, material, n_clauses: material.clauses.len(), frequencies: HashMap::new(), kinds };
        let mut frequencies = HashMap::new();
        for clause in 0..material.clauses.len() {
            namer.for_terms(clause, |term, _| *frequencies.entry(term).or_insert(0) += 1);
        }
        namer.frequencies = frequencies;
        namer
    }

    /// Calls `see` once for each distinct term of a clause, with its words.
    fn for_terms(&self, clause: usize, mut see: impl FnMut(Term, &[Placed])) {
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
                    see(term, part);
                }
            }
        }
    }

    fn is_term(&self, part: &[Placed]) -> bool {
        let kind = |word: &Placed| if word.aside { Kind::Never } else { self.kinds[word.id as usize] };
        let (Some(first), Some(last)) = (part.first(), part.last()) else { return false };
        kind(first) == Kind::Content
            && kind(last) == Kind::Content
            && part.iter().skip(1).all(|word| word.joined && kind(word) != Kind::Never)
            && (part.len() == 1 || self.stems[first.id as usize] != self.stems[last.id as usize])
    }

    /// Whether one of the three best terms is in enough of the clauses to stand for them: a theme that no word names is none that a
    /// person could tell from the others.
    pub(super) fn can_name(&self, members: &[usize]) -> bool {
        let best = self.scored(members).into_iter().take(3).map(|scored| scored.n_inside).max().unwrap_or(0);
        f64::from(best) >= members.len() as f64 * NAMING_SHARE
    }

    /// The name of the theme that `members` make; `taken` are labels of others, in lower case.
    pub(super) fn name(&self, members: &[usize], taken: &BTreeSet<String>) -> Name {
        let scored = self.scored(members);
        let forms = self.forms(members, &scored);
        let form = |scored: &Scored| forms.get(&scored.term).cloned().unwrap_or_default();
        let mut chosen: Vec<&Scored> = Vec::new();
        for candidate in &scored {
            if chosen.len() < N_KEYWORDS && chosen.iter().all(|other| !self.overlap(&other.term, &candidate.term)) {
                chosen.push(candidate);
            }
        }
        let free = |label: &String| !taken.contains(&label.to_lowercase());
        let telling = scored
            .iter()
            .filter(|scored| words(&scored.term).len() > 1 && f64::from(scored.n_inside) >= members.len() as f64 * TELLING_SHARE);
        let pair = |(i, first): (usize, &&Scored)| {
            chosen.iter().skip(i + 1).map(|second| format!("{}, {}", form(first), form(second))).collect::<Vec<_>>()
        };
        let mut labels =
            telling.take(3).map(form).chain(chosen.iter().enumerate().flat_map(pair)).chain(chosen.iter().map(|scored| form(scored)));
        Name { label: labels.find(free).unwrap_or_default(), keywords: chosen.into_iter().map(form).collect() }
    }

    fn scored(&self, members: &[usize]) -> Vec<Scored> {
        let mut inside: HashMap<Term, u32> = HashMap::new();
        for clause in members {
            self.for_terms(*clause, |term, _| *inside.entry(term).or_insert(0) += 1);
        }
        let n_members = members.len() as f64;
        let fewest = (members.len() / 50).max(2) as u32;
        let mut scored: Vec<Scored> = inside
            .into_iter()
            .filter(|(_, n)| *n >= fewest)
            .filter_map(|(term, n_inside)| {
                let share = f64::from(n_inside) / n_members;
                let everywhere = f64::from(*self.frequencies.get(&term)?) / self.n_clauses as f64;
                let n_words = words(&term).len() as f64;
                // A term of two words says more than either; it is taken when it is about half as frequent.
                let score = share * libm::log(share / everywhere) * (0.4 + 0.6 * n_words).min(1.8);
                (score > 0.0).then_some(Scored { term, n_inside, score })
            })
            .collect();
        scored.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| b.n_inside.cmp(&a.n_inside)).then_with(|| self.text(&a.term).cmp(&self.text(&b.term)))
        });
        scored.truncate(60);
        scored
    }

    fn text(&self, term: &Term) -> String {
        words(term).iter().map(|id| self.material.folded(*id)).collect::<Vec<_>>().join(" ")
    }

    /// Whether two terms would say the same side by side: one holds a word of the other, endings apart.
    fn overlap(&self, a: &Term, b: &Term) -> bool {
        let content = |term: &Term| -> Vec<String> {
            let ids = words(term).iter().filter(|id| self.kinds[**id as usize] == Kind::Content);
            ids.map(|id| stem(self.material.folded(*id)).to_owned()).collect()
        };
        let (a, b) = (content(a), content(b));
        a.iter().all(|word| b.contains(word)) || b.iter().all(|word| a.contains(word))
    }

    /// How people write the best terms: the most frequent form, and of those at the beginning of a clause only the ones that are
    /// written so elsewhere.
    fn forms(&self, members: &[usize], scored: &[Scored]) -> HashMap<Term, String> {
        let mut forms: HashMap<Term, BTreeMap<String, u32>> = scored.iter().map(|scored| (scored.term, BTreeMap::new())).collect();
        for clause in members {
            let said = &self.material.clauses[*clause];
            let shouted = !said.text.chars().any(char::is_lowercase);
            self.for_terms(*clause, |term, part| {
                let (Some(forms), Some(first), Some(last)) = (forms.get_mut(&term), part.first(), part.last()) else { return };
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
        let best = |term: &Term| {
            let mut best: Option<(&String, u32)> = None;
            for (form, n) in &forms[term] {
                if best.is_none_or(|(_, most)| *n >= most) {
                    best = Some((form, *n));
                }
            }
            best.map_or_else(|| self.text(term), |(form, _)| form.clone())
        };
        scored.iter().map(|scored| (scored.term, best(&scored.term))).collect()
    }
}

fn words(term: &Term) -> &[u32] {
    let n = term.iter().position(|id| *id == NONE).unwrap_or(3);
    &term[..n]
}

/// Without the endings that part "charge", "charges" and "charged". Only for telling that two words are alike.
fn stem(word: &str) -> &str {
    for ending in ["ings", "ing", "ied", "ies", "es", "ed", "'s", "s", "y", "e"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= 4
        {
            return stem;
        }
    }
    word.strip_suffix('s').filter(|stem| stem.len() >= 3 && !stem.ends_with('s')).unwrap_or(word)
}
