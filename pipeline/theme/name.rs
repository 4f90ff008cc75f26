//! What would a person call a theme?
//!
//! Terms of one to three words are ranked by how much more often the theme's clauses hold them than all clauses do (class
//! TF-IDF in the form of a divergence: share inside times the logarithm of share inside over share outside). The label is a phrase
//! that stands on its own if enough of the clauses hold one ("exchange rate"), else the best word with what is said of it in brackets
//! ("luggage (lost)"): a term that stands beside the first and not in its place, no other form of it and nothing that means nearly the same.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::material::{Material, Sentences};
use super::stem::alike;
use super::term::{Term, Terms, words};
use crate::stage::embed::{Model, Usage, Vector};

/// Label and key terms of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) label: String,
    pub(super) keywords: Vec<String>,
}

/// Names the themes of one month.
pub(super) struct Namer<'m> {
    terms: Terms<'m>,
    sentences: RefCell<Sentences<'m>>,
}

const N_KEYWORDS: usize = 8;
/// A phrase is the label when this share of the clauses holds it, or this part of those that hold the best word. With 8 % and no second
/// condition "print room" named a theme about closed tickets, and "Oman Air" one about all airlines.
const PHRASE_SHARE: f64 = 0.18;
const PHRASE_PART: f64 = 0.45;
/// And from here on when the best word is in it: "late fee" where four of ten clauses have "fee".
const PHRASE_PART_WITH_WORD: f64 = 0.25;
/// What stands in brackets is in this share of the clauses.
const FACET_SHARE: f64 = 0.08;
/// And stands beside the first word at least this part as often as by chance: "letter (certified)" .72, "loan (principal)" .58, "fit (perfect)" .98;
/// "refused (denied)" .00, "pants (shorts)" .30, "house (property)" .27. With 1 every third label has no brackets.
const BESIDE: f64 = 0.5;
/// A term is in so many clauses at least: what one or two people say tells who they are, and labels are shown where their words may not be.
const FEWEST_SAY: usize = 3;
/// Words this near say the same ("phones" and "handsets" .78, "seat" and "chairs" .66; "staff" and "service" .31).
const SAME_MEANING: f32 = 0.52;
/// A phrase that this share of its clauses continue with one and the same word is a piece of a longer one: "battles to appease".
const PIECE_SHARE: f64 = 0.6;

struct Scored {
    term: Term,
    n_inside: u32,
    score: f64,
}

impl Scored {
    fn is_phrase(&self) -> bool {
        words(&self.term).len() > 1
    }
}

impl<'m> Namer<'m> {
    pub(super) fn new(material: &'m Material, model: &'m Model, usage: &'m Usage) -> Self {
        Self { terms: Terms::new(material), sentences: RefCell::new(Sentences::new(model, usage)) }
    }

    /// Whether one of the three best terms is in this share of the clauses, enough to stand for them: a theme that no word names is none
    /// that a person could tell from the others.
    pub(super) fn can_name(&self, members: &[usize], naming_share: f64) -> bool {
        let best = self.scored(members).into_iter().take(3).map(|scored| scored.n_inside).max().unwrap_or(0);
        f64::from(best) >= members.len() as f64 * naming_share
    }

    /// The name of the theme that `members` make; `taken` are labels of others, in lower case.
    pub(super) fn name(&self, members: &[usize], taken: &BTreeSet<String>) -> Name {
        let mut scored = self.scored(members);
        let pieces = self.pieces(members, &scored);
        scored.retain(|scored| !pieces.contains(&scored.term));
        let forms = self.terms.forms(members, scored.iter().map(|scored| scored.term));
        let form = |scored: &Scored| forms.get(&scored.term).cloned().unwrap_or_default();
        let mut chosen: Vec<&Scored> = Vec::new();
        for candidate in &scored {
            if chosen.len() < N_KEYWORDS && chosen.iter().all(|other| !self.overlap(&other.term, &candidate.term)) {
                chosen.push(candidate);
            }
        }
        let labels = self.labels(&scored, members);
        let label = |of: Vec<&Scored>| match of[..] {
            [first, facet] => format!("{} ({})", form(first), form(facet)),
            _ => of.first().map_or_else(String::new, |first| form(first)),
        };
        let free = |label: &String| !label.is_empty() && !taken.contains(&label.to_lowercase());
        let label = labels.into_iter().map(label).find(free).unwrap_or_default();
        Name { label, keywords: chosen.into_iter().map(form).collect() }
    }

    /// Labels from best to worst, each one or two terms.
    fn labels<'s>(&self, scored: &'s [Scored], members: &[usize]) -> Vec<Vec<&'s Scored>> {
        let Some(word) = scored.iter().find(|scored| !scored.is_phrase()) else {
            return scored.iter().map(|scored| vec![scored]).collect();
        };
        let share = |scored: &Scored| f64::from(scored.n_inside) / members.len() as f64;
        let part = |scored: &Scored| f64::from(scored.n_inside) / f64::from(word.n_inside);
        let holds_word = |scored: &Scored| words(&scored.term).contains(&words(&word.term)[0]);
        let tells = |scored: &&Scored| {
            scored.is_phrase()
                && (share(scored) >= PHRASE_SHARE
                    || part(scored) >= PHRASE_PART
                    || holds_word(scored) && part(scored) >= PHRASE_PART_WITH_WORD)
        };
        let facets = |first: &Scored| {
            let beside = self.beside(&first.term, members);
            let is_said_of_it = |other: &&Scored| {
                let n_beside = beside.get(&other.term).copied().unwrap_or(0);
                share(other) >= FACET_SHARE
                    && f64::from(n_beside) >= BESIDE * share(other) * f64::from(first.n_inside)
                    && self.adds(&first.term, &other.term)
            };
            scored.iter().filter(is_said_of_it).take(6).collect::<Vec<_>>()
        };
        let mut labels: Vec<Vec<&Scored>> = scored.iter().filter(tells).take(3).map(|phrase| vec![phrase]).collect();
        let firsts: Vec<&Scored> = labels.iter().map(|label| label[0]).chain([word]).collect();
        labels.extend(firsts.iter().rev().flat_map(|first| facets(first).into_iter().map(|facet| vec![*first, facet])));
        labels.push(vec![word]);
        labels.extend(scored.iter().map(|scored| vec![scored]));
        labels
    }

    fn scored(&self, members: &[usize]) -> Vec<Scored> {
        let mut inside: HashMap<Term, u32> = HashMap::new();
        for clause in members {
            self.terms.each(*clause, |term, _| *inside.entry(term).or_insert(0) += 1);
        }
        let n_members = members.len() as f64;
        let n_clauses = self.terms.material.clauses.len() as f64;
        let fewest = (members.len() / 50).max(FEWEST_SAY) as u32;
        let mut scored: Vec<Scored> = inside
            .into_iter()
            .filter(|(_, n)| *n >= fewest)
            .filter_map(|(term, n_inside)| {
                let share = f64::from(n_inside) / n_members;
                let everywhere = f64::from(*self.terms.frequencies.get(&term)?) / n_clauses;
                let n_words = words(&term).len() as f64;
                // A term of two words says more than either; it is taken when it is about half as frequent.
                let score = share * libm::log(share / everywhere) * (0.4 + 0.6 * n_words).min(1.8);
                (score > 0.0).then_some(Scored { term, n_inside, score })
            })
            .collect();
        scored.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| b.n_inside.cmp(&a.n_inside))
                .then_with(|| self.terms.text(&a.term).cmp(&self.terms.text(&b.term)))
        });
        scored.truncate(60);
        scored
    }

    /// How many of the clauses with `first` hold each other term.
    ///
    /// What is said of a thing stands beside it; words that stand in its place do not, however well they tell the theme from others.
    fn beside(&self, first: &Term, members: &[usize]) -> HashMap<Term, u32> {
        let mut beside: HashMap<Term, u32> = HashMap::new();
        for clause in members {
            let mut terms = Vec::new();
            self.terms.each(*clause, |term, _| terms.push(term));
            if terms.contains(first) {
                terms.into_iter().for_each(|term| *beside.entry(term).or_insert(0) += 1);
            }
        }
        beside
    }

    /// Phrases that nearly always go on, or begin earlier, in one and the same way.
    fn pieces(&self, members: &[usize], scored: &[Scored]) -> BTreeSet<Term> {
        let mut around: BTreeMap<Term, [BTreeMap<u32, u32>; 2]> =
            scored.iter().filter(|scored| scored.is_phrase()).map(|scored| (scored.term, Default::default())).collect();
        for clause in members {
            self.terms.each(*clause, |term, place| {
                if let Some([before, behind]) = around.get_mut(&term) {
                    place.before.into_iter().for_each(|word| *before.entry(word).or_default() += 1);
                    place.behind.into_iter().for_each(|word| *behind.entry(word).or_default() += 1);
                }
            });
        }
        let n_inside = |term: &Term| scored.iter().find(|scored| scored.term == *term).map_or(0, |scored| scored.n_inside);
        let is_piece = |(term, around): &(Term, [BTreeMap<u32, u32>; 2])| {
            let n = f64::from(n_inside(term));
            let most = |words: &BTreeMap<u32, u32>, telling: bool| {
                let counts = words.iter().filter(|(id, _)| !telling || self.terms.is_telling(**id)).map(|(_, n)| *n);
                f64::from(counts.max().unwrap_or(0)) / n
            };
            let [before, behind] = around;
            // Small words before a phrase are no part of it, unless what is behind it is always the same too.
            most(before, true).max(most(behind, true)) >= PIECE_SHARE || most(before, false).min(most(behind, false)) >= PIECE_SHARE
        };
        around.into_iter().filter(is_piece).map(|(term, _)| term).collect()
    }

    /// Whether two terms would say the same side by side: one holds every word of the other, endings apart.
    fn overlap(&self, a: &Term, b: &Term) -> bool {
        let (a, b) = (self.terms.telling(a), self.terms.telling(b));
        let within = |a: &[&str], b: &[&str]| a.iter().all(|word| b.iter().any(|other| alike(word, other)));
        within(&a, &b) || within(&b, &a)
    }

    /// Whether the second term says something that the first does not.
    fn adds(&self, first: &Term, second: &Term) -> bool {
        let (a, b) = (self.terms.telling(first), self.terms.telling(second));
        if a.iter().any(|word| b.iter().any(|other| alike(word, other))) {
            return false;
        }
        let (Some(a), Some(b)) = (self.vector(first), self.vector(second)) else { return true };
        a.similarity(&b) < SAME_MEANING
    }

    fn vector(&self, term: &Term) -> Option<Vector> {
        self.sentences.borrow_mut().vector(&self.terms.text(term))
    }
}
